"""A hub in a process of its own, and what the kernel says of it. Owns its start, its door and its end.

The door is a blocking socket that is kept open: a measured request pays for the hub, and next to nothing for its
client. Never measures by itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
JIAHE = Path(sys.executable).with_name("jiahe")
HOST = "127.0.0.1"
PATIENCE = 30.0
"""Seconds for anything that is waited for: far beyond what is measured, so that a hang ends in words."""
POLL = 0.001
"""Seconds between two tries to reach a door that is about to open: the error of every start that is measured."""


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for homes, on the disk of the project: a temporary folder may be memory, where a sync costs nothing."""
    place = ROOT / "tmp"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as name:
        yield Path(name)


def plain_environment(**more: str) -> dict[str, str]:
    """Ours, with byte code kept: without it every start compiles every module again."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "JIAHE_DIR", "JIAHE_URL", "JIAHE_TOKEN")
    return {key: value for key, value in os.environ.items() if key not in left_out} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


# ---- its door -------------------------------------------------------------------------------------------------


class Door:
    """One HTTP connection that is kept open."""

    def __init__(self, port: int, token: str = "") -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: {HOST}:{port}\r\nAuthorization: Bearer {token}\r\n"
        self._buffer = b""

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        return self.exchange(self.prepare(method, path, body))

    def prepare(self, method: str, path: str, body: object = None) -> bytes:
        """The bytes of a request."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if content else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{kind}Content-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    def exchange(self, request: bytes) -> tuple[int, Any]:
        """Sends a prepared request; status and JSON of the answer."""
        self._socket.sendall(request)
        data = self._buffer
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, data = data[:end].decode("latin-1"), data[end + 4 :]
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        size = int(fields.get("content-length", "0"))
        while len(data) < size:
            data += self._more()
        self._buffer = data[size:]
        return int(head.split(" ", 2)[1]), json.loads(data[:size]) if size else None

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the hub closed the connection in the middle of an answer")
        return data

    def close(self) -> None:
        self._socket.close()


def wait_for_health(port: int, process: subprocess.Popen[bytes]) -> float:
    """When (perf_counter) `GET /api/health` was answered for the first time."""
    question = f"GET /api/health HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode()
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        with socket.socket() as door:
            door.settimeout(PATIENCE)
            try:
                door.connect((HOST, port))
            except ConnectionRefusedError:
                if process.poll() is not None:
                    break
                time.sleep(POLL)
                continue
            door.sendall(question)
            answer = door.recv(4096)
            now = time.perf_counter()
            assert b" 200 " in answer.split(b"\r\n", 1)[0], answer
            return now
    raise RuntimeError(f"no answer to GET /api/health within {PATIENCE:g} s; exit status {process.poll()}")


# ---- its life -------------------------------------------------------------------------------------------------


class RunningHub:
    """`jiahe up` (or `demo`) of the home in `directory`; `started` is the seconds from its start to its first answer."""

    def __init__(self, directory: Path, verb: str = "up", **environment: str) -> None:
        self.directory, self.port = directory, free_port()
        words = [verb, "--dir", str(directory), "--host", HOST, "--port", str(self.port)]
        self.log = directory.with_name(directory.name + ".log")
        with self.log.open("wb") as log:
            since = time.perf_counter()
            self.process = subprocess.Popen(
                [str(JIAHE), *words], env=plain_environment(**environment), stdout=log, stderr=log
            )
        try:
            self.started = wait_for_health(self.port, self.process) - since
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def pid(self) -> int:
        return self.process.pid

    def token(self) -> str:
        """The owner's rights: what a running hub leaves in the home's files."""
        card = self.directory / "hub.json"
        _wait(card.exists, f"{card} to be written")
        return str(json.loads(card.read_text(encoding="utf-8"))["token"])

    def door(self) -> Door:
        """A connection with the owner's rights."""
        return Door(self.port, self.token())

    def adopt(self, devices: Sequence[dict[str, Any]]) -> None:
        """Takes devices (as `played.py` names them) into the home through the door, and waits until all are online."""
        door = self.door()
        for device in devices:
            keys = ("id", "name", "address", "family", "hardware_id", "token", "key")
            body = {key: device[key] for key in keys if device[key]}
            status, answer = door.request("POST", "/api/devices", body)
            assert status == 201, answer
        self.wait_online(len(devices))
        door.close()

    def wait_online(self, devices: int) -> None:
        """Until that many devices answer."""
        door = self.door()
        _wait(
            lambda: door.request("GET", "/api/health")[1]["online"] >= devices,
            f"{devices} devices to be online",
        )
        door.close()

    def stop(self) -> None:
        """As Ctrl+C does."""
        stop(self.process)

    def __enter__(self) -> RunningHub:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process of ours; a deaf one is killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(so: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not so():
        if time.monotonic() > until:
            raise RuntimeError(f"waited {PATIENCE:g} s for {what}")
        time.sleep(0.02)


# ---- what the kernel says of a process (Linux) ----------------------------------------------------------------


class Memory(NamedTuple):
    """MB (10^6 bytes): `rss` is everything mapped in, `pss` counts what is shared by its share."""

    rss: float
    pss: float


def memory(pid: int) -> Memory:
    fields = _fields(Path(f"/proc/{pid}/smaps_rollup"))
    return Memory(*(int(fields[key].split()[0]) * 1024 / 1e6 for key in ("Rss", "Pss")))


def threads(pid: int) -> int:
    return int(_fields(Path(f"/proc/{pid}/status"))["Threads"])


def cpu_seconds(pid: int) -> float:
    """Of all its threads, in user and in kernel mode.

    By the scheduler's own nanoseconds where the kernel tells them: the clock ticks of /proc/PID/stat miss a process
    that works for a tenth of a millisecond at a time.
    """
    if Path("/proc/self/schedstat").exists():
        return sum(map(_thread_seconds, Path(f"/proc/{pid}/task").iterdir()))
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _thread_seconds(thread: Path) -> float:
    try:
        return int((thread / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except OSError:  # it ended while we looked
        return 0.0


def bytes_written(pid: int) -> int:
    """What it has caused to be written to the disk so far."""
    return int(_fields(Path(f"/proc/{pid}/io"))["write_bytes"])


def _fields(path: Path) -> dict[str, str]:
    rows = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
    return {key: rest.strip() for key, _, rest in rows}
