"""`jiahe rules list|show|enable|disable`, `scene` and `mode`: what a running hub is asked, and what is printed of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from jiahe.cli.main import main

FAULT = {"file": "lost.yaml", "line": 2, "column": 9, "message": "there is no device \x1b[2J"}
DUST = {"id": "dust", "names": {"en": "Dust"}, "enabled": True, "faults": [], "paused": None}
LOST = {"id": "lost", "names": {}, "enabled": False, "faults": [FAULT], "paused": None}
TEST = {"name": "thick air", "line": 6, "why": "expected nothing"}
PARTS = [
    {"target": "purifier.mode", "status": "timed_out", "reason": "it did not answer"},
    {"target": "mode", "status": "confirmed", "reason": ""},
]


class FakeHub(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, Any]]
    answers: dict[str, Any]

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.asked.append((self.command, self.path, body))
        found = self.answers[f"{self.command} {self.path}"]
        status = 422 if "error" in found else 200
        data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeHub]]:
    FakeHub.asked, FakeHub.answers = [], {}
    with HTTPServer(("127.0.0.1", 0), FakeHub) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("JIAHE_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("JIAHE_TOKEN", "t")
        yield FakeHub
        server.shutdown()
        thread.join()


def test_the_list_names_faults(hub: type[FakeHub], capsys: pytest.CaptureFixture[str]) -> None:
    hub.answers["GET /api/rules"] = {"rules": [DUST, {**DUST, "id": "held", "paused": 2e9}]}
    assert main(["rules", "list"]) == 0
    printed = capsys.readouterr().out
    assert "Dust" in printed
    assert "paused until" in printed
    hub.answers["GET /api/rules"] = {"rules": [DUST, LOST]}
    assert main(["rules", "list"]) == 1
    printed = capsys.readouterr().out
    assert "lost.yaml:2:9: there is no device" in printed
    assert "\x1b" not in printed
    assert main(["rules", "list", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [DUST, LOST]
    hub.answers["GET /api/rules"] = {"rules": []}
    assert main(["rules", "list"]) == 0
    assert "no rules yet" in capsys.readouterr().out


def test_a_rule_is_shown_as_it_is(hub: type[FakeHub], capsys: pytest.CaptureFixture[str]) -> None:
    hub.answers["GET /api/rules/dust"] = {**DUST, "text": "# mine\nwhen: x\n", "summary": None}
    hub.answers["GET /api/rules/lost"] = {**LOST, "text": "when: 3", "summary": None}
    assert main(["rules", "show", "dust"]) == 0
    assert capsys.readouterr().out == "# dust: on\n# mine\nwhen: x\n"
    assert main(["rules", "show", "lost"]) == 1


def test_switching(hub: type[FakeHub], capsys: pytest.CaptureFixture[str]) -> None:
    answer = {**DUST, "text": "", "summary": None, "failed_tests": []}
    hub.answers["POST /api/rules/dust/enable"] = answer
    assert main(["rules", "enable", "dust"]) == 0
    assert capsys.readouterr().out == "dust: on\n"
    hub.answers["POST /api/rules/dust/enable"] = {**answer, "enabled": False, "failed_tests": [TEST]}
    assert main(["rules", "disable", "dust"]) == 0
    assert "dust: off\n  its test “thick air” (line 6) fails" in capsys.readouterr().out
    assert [body for _, _, body in hub.asked] == [{"enabled": True}, {"enabled": False}]
    hub.answers["POST /api/rules/dust/enable"] = {
        "error": {"code": "test_failed", "message": "its test fails"}
    }
    assert main(["rules", "enable", "dust"]) == 1
    assert capsys.readouterr().err == "jiahe: its test fails\n"


def test_scenes(hub: type[FakeHub], capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "sleep", "names": {"zh": "晚安"}, "text": "", "faults": []}
    hub.answers["GET /api/scenes"] = {"scenes": [row]}
    assert main(["scene"]) == 0
    assert "晚安" in capsys.readouterr().out
    played = {"scene": "sleep", "status": "partly_confirmed", "parts": PARTS}
    hub.answers["POST /api/scenes/sleep"] = played
    assert main(["scene", "sleep"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "sleep: partly confirmed",
        "  purifier.mode: timed out: it did not answer",
        "  mode: confirmed",
    ]
    hub.answers["POST /api/scenes/sleep"] = {**played, "status": "all_confirmed"}
    assert main(["scene", "sleep", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"] == PARTS


def test_the_mode(hub: type[FakeHub], capsys: pytest.CaptureFixture[str]) -> None:
    hub.answers["GET /api/mode"] = {"mode": "home"}
    hub.answers["PUT /api/mode"] = {"mode": "away"}
    assert main(["mode"]) == 0
    assert main(["mode", "away"]) == 0
    assert capsys.readouterr().out == "home\naway\n"
    assert hub.asked[-1] == ("PUT", "/api/mode", {"mode": "away"})
