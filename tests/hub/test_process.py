"""The hub as a process: what it prints and how it ends when the world is not as it should be."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jiahe.hub import doctor

JIAHE = [sys.executable, "-m", "jiahe.cli.main"]
pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def ended(*arguments: str, within: float = 20.0) -> subprocess.CompletedProcess[str]:
    """A verb that ends by itself."""
    return subprocess.run([*JIAHE, *arguments], capture_output=True, text=True, timeout=within, check=False)


def until(so: Callable[[], Any], within: float = 20.0) -> Any:
    """Polls until it is so; what it was."""
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        try:
            if found := so():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@contextmanager
def hub(verb: str, directory: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A running hub, answering."""
    arguments = [*JIAHE, verb, "--dir", str(directory), "--port", str(port), "--host", "127.0.0.1"]
    if verb == "demo":
        arguments += ["--past", "1"]  # a week takes seconds that this is not about
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(lambda: process.poll() is not None or health(port))
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(10)


def health(port: int) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5) as answer:
        return json.loads(answer.read())


def api(directory: Path, path: str) -> Any:
    """The hub's own door, with the token that lies in its directory."""
    local = json.loads((directory / "hub.json").read_text("utf-8"))
    request = urllib.request.Request(
        local["url"] + path, headers={"Authorization": f"Bearer {local['token']}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.loads(answer.read())


def all_there(directory: Path, but: str = "") -> bool:
    """Whether every device of the demo is online, but this one; bands come and go with who wears them."""
    home = api(directory, "/api/home")
    states = {one["id"]: one["availability"]["state"] for one in home["devices"]}
    here = {name for name, state in states.items() if state == "online"}
    return (
        len(states) == 11
        and {name for name in states if not name.endswith("-band")} - {but} <= here - {but}
        and but not in here
    )


def cli(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    verb, *rest = arguments
    return ended(verb, "--dir", str(directory), *rest, within=40)


def test_it_stops_politely_and_leaves_nothing_open(tmp_path: Path) -> None:
    with hub("up", tmp_path, free_port()) as process:
        until((tmp_path / "hub.json").exists)  # written just after the door opens
        assert (tmp_path / "hub.json").stat().st_mode & 0o777 == 0o600
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not (tmp_path / "hub.json").exists()
    assert tmp_path.stat().st_mode & 0o077 == 0
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_damaged_database_is_said_and_kept(tmp_path: Path) -> None:
    with hub("up", tmp_path, free_port()):
        pass
    path = tmp_path / "home.db"
    damaged = path.read_bytes()[:100] + os.urandom(3000)
    path.write_bytes(damaged)
    tried = ended("up", "--dir", str(tmp_path), "--port", str(free_port()))
    assert tried.returncode == 1
    assert "home.db" in tried.stderr
    assert "Traceback" not in tried.stderr
    assert path.read_bytes() == damaged
    assert cli(tmp_path, "doctor").returncode == 1


def test_two_hubs_do_not_share_a_home(tmp_path: Path) -> None:
    port = free_port()
    with hub("up", tmp_path, port):
        second = ended("up", "--dir", str(tmp_path), "--port", str(free_port()))
        assert (second.returncode, "Traceback" in second.stderr) == (1, False)
        other = ended("up", "--dir", str(tmp_path / "other"), "--port", str(port), "--host", "127.0.0.1")
        assert other.returncode == 1
        assert "--port" in other.stderr
        assert health(port)["status"] == "ok"


def test_verbs_without_a_hub_say_what_to_do(tmp_path: Path) -> None:
    for verb in (["devices"], ["set", "a.b", "1"], ["history", "a.b"], ["discover"], ["adopt", "127.0.0.1"]):
        tried = cli(tmp_path, *verb)
        assert tried.returncode == 1
        assert "jiahe up" in tried.stderr
    assert ended("nonsense").returncode == 2


def test_the_demo_is_operated_broken_and_mended(tmp_path: Path) -> None:
    port = free_port()
    with hub("demo", tmp_path, port):
        until(lambda: all_there(tmp_path), 40)
        assert cli(tmp_path, "devices").returncode == 0
        assert "confirmed" in cli(tmp_path, "set", "bedroom-ac.target_temperature", "24.5").stdout
        wrong = cli(tmp_path, "set", "bedroom-ac.target_temperature", "99")
        assert (wrong.returncode, "30" in wrong.stderr) == (1, True)
        history = json.loads(cli(tmp_path, "history", "bedroom-ac.temperature", "--json").stdout)
        assert len(history["rows"]) > 10
        assert cli(tmp_path, "fault", "bedroom-ac", "new_address").returncode == 0
        until(lambda: all_there(tmp_path, but="bedroom-ac"), 30)
        until(lambda: all_there(tmp_path), 60)  # found again by its own id, at its new address
        assert "confirmed" in cli(tmp_path, "set", "bedroom-ac.target_temperature", "25").stdout
        watched = cli(tmp_path, "watch", "--after", "0", "--count", "6")
        assert len(watched.stdout.splitlines()) == 6
        token = cli(tmp_path, "token", "create", "script").stdout.strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/home", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert len(json.loads(answer.read())["devices"]) == 11
        assert cli(tmp_path, "doctor").returncode == 0


def test_killed_and_started_again_it_goes_on(tmp_path: Path) -> None:
    port = free_port()
    with hub("demo", tmp_path, port) as process:
        until(lambda: all_there(tmp_path), 40)
        assert "confirmed" in cli(tmp_path, "set", "living-purifier.mode", "sleep").stdout
        process.kill()
        process.wait(10)
    assert "no hub is running" in cli(tmp_path, "devices").stderr
    with hub("demo", tmp_path, port):
        until(lambda: all_there(tmp_path), 40)
        records = api(tmp_path, "/api/journal?device=living-purifier&latest=200")["records"]
        ours = [r["body"] for r in records if r["kind"] == "outcome"]
        ended_ones = [body for body in ours if body["cause"]["source"] == "this machine"]
        assert [(body["property"], body["status"]) for body in ended_ones] == [("mode", "confirmed")]


def test_a_band_that_is_out_with_its_wearer_is_nothing_to_mend() -> None:
    away = {"state": "offline", "reason": "nobody is there", "since": 0.0}
    band = {"id": "band", "kind": "wristband", "availability": away, "properties": []}
    assert doctor._device(band).grade is doctor.Grade.WELL
    assert doctor._device({**band, "kind": "air_purifier"}).grade is doctor.Grade.BAD
    assert doctor._device({**band, "availability": {**away, "state": "locked_out"}}).grade is doctor.Grade.BAD


def test_what_never_spoke_did_not_stop() -> None:
    def row(path: str, seen: float | None) -> dict[str, object]:
        return {"path": path, "value": None, "quality": "stale", "observed_at": seen}

    def said(*rows: dict[str, object]) -> tuple[str, str]:
        there = {"id": "fridge", "availability": {"state": "online", "reason": "", "since": 100.0}}
        found = doctor._device({**there, "properties": rows})
        return found.grade.value, found.text

    never, stopped, before = row("alarm", None), row("temperature", 110.0), row("door", 90.0)
    assert said(never, stopped, before) == (
        "look", "online, but it stopped reporting temperature and it never reported alarm",
    )  # fmt: skip
    assert said(never) == ("look", "online, but it never reported alarm")
    # heard by an earlier run of the hub only: what is asked for would have been heard since
    assert said(before) == ("well", "online; it tells of its own accord: door")
    assert said() == ("well", "online")
