"""Nonsense on the command line ends in a sentence and an exit status; never in a traceback, never in a steered terminal."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jiahe.cli.main import main

STEERING = "\x1b]0;owned\x07"
CARD = {
    "id": "ac",
    "name": "AC" + STEERING,
    "room": "r",
    "availability": {"state": "offline", "reason": "it said " + STEERING},
    "properties": [
        {"path": "power", "kind": "bool", "value": None, "unit": "", "quality": "unknown", "writable": True}
    ],
    "actions": [{"path": "reset"}],
}
HOME = {"now": 1.0, "rooms": [{"id": "r", "name": "Room" + STEERING}], "devices": [CARD]}
OUTCOME = {"status": "refused", "reason": "the device refused: " + STEERING}


class FakeHub(BaseHTTPRequestHandler):
    paths: list[str]

    def do_GET(self) -> None:
        self.paths.append(self.path)
        known = {"/api/home": HOME, "/api/devices/ac": CARD}.get(self.path)
        self.answer(200 if known else 404, known or {"error": {"message": "no such thing " + STEERING}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, OUTCOME)

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch):
    FakeHub.paths = []
    with HTTPServer(("127.0.0.1", 0), FakeHub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("JIAHE_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("JIAHE_TOKEN", "t")
        yield FakeHub
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("device", ["空调", "a b", "x?y", "a\nb", "../home", "%2e", "a/b", "\udcff"])
def test_a_device_of_any_name_is_one_part_of_the_path(hub, capsys, device):
    assert main(["set", f"{device}.power", "on"]) in {0, 1}
    asked = [path for path in hub.paths if path != "/api/home"]  # which is asked for what there is
    assert asked
    assert all(path.startswith("/api/devices/") for path in asked), asked
    assert all(path.count("/") == 3 and "?" not in path for path in asked), asked
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("words", [["set", "ac.reset", "not json"], ["set", "ac.reset", "["]])
def test_arguments_that_are_no_json(hub, capsys, words):
    assert main(words) == 1
    assert "no JSON list of arguments" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["nan", "inf", "-inf", "soon"])
@pytest.mark.parametrize("words", [["set", "ac.power", "on", "--timeout"], ["discover", "--seconds"]])
def test_seconds_that_are_none(words, option, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*words[:-1], f"{words[-1]}={option}"])
    assert ended.value.code == 2
    assert "no number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["junk", "http://[", "http://h:99999", "http://", "file:///etc/passwd", "http://h:x"]
)
@pytest.mark.parametrize("verb", ["devices", "watch"])
def test_an_address_of_no_hub(monkeypatch, capsys, url, verb):
    monkeypatch.setenv("JIAHE_URL", url)
    assert main([verb]) == 1
    assert "is no address of a hub" in capsys.readouterr().err


@pytest.mark.parametrize("token", ["x\ny", "é", "\x1b"])
def test_a_token_of_no_hub_is_not_repeated(monkeypatch, capsys, token):
    monkeypatch.setenv("JIAHE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("JIAHE_TOKEN", token)
    assert main(["devices"]) == 1
    said = capsys.readouterr().err
    assert "JIAHE_TOKEN" in said
    assert token not in said.removesuffix("\n")


def test_foreign_words_do_not_steer_the_terminal(hub, capsys):
    assert main(["devices"]) == 1
    assert main(["set", "ac.power", "on"]) == 1
    assert main(["history", "ac.power"]) == 1
    shown = capsys.readouterr()
    assert "it said" in shown.out
    assert "refused" in shown.out
    assert "no such thing" in shown.err
    assert "\x1b" not in shown.out + shown.err
    assert "\x07" not in shown.out + shown.err


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's own")
def test_an_output_that_is_full_or_gone_has_words_or_none(hub):
    program = [sys.executable, "-m", "jiahe.cli.main", "devices"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
    assert (ended.returncode, ended.stderr) == (
        1,
        "jiahe: the output cannot be written: No space left on device\n",
    )
    running = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    running.stdout.close()
    assert running.communicate(timeout=30)[1] == ""
    assert running.returncode in {0, 1}
