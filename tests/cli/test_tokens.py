"""`jiahe adopt --tokens FILE`: a list goes to the hub in bearable parts; the terminal never shows a key."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from jiahe.cli.main import main

TOKEN = "0123456789abcdef" * 2


class FakeHub(BaseHTTPRequestHandler):
    bodies: list[dict]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.bodies.append({"path": self.path, **body})
        data = json.dumps({"kept": len(body.get("keys", ())), "id": "a", "name": "A"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch):
    FakeHub.bodies = []
    with HTTPServer(("127.0.0.1", 0), FakeHub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("JIAHE_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("JIAHE_TOKEN", "t")
        yield FakeHub
        server.shutdown()
        thread.join()


def test_a_long_list_goes_in_parts(hub, tmp_path, capsys):
    file = tmp_path / "tokens.csv"
    file.write_text("name,did,token\n" + "".join(f"D{n},{n},{TOKEN}\n" for n in range(1, 251)), "utf-8")
    assert main(["adopt", "--tokens", str(file)]) == 0
    assert [len(body["keys"]) for body in hub.bodies] == [100, 100, 50]
    assert hub.bodies[0]["keys"][0] == {"family": "miio", "hardware_id": "1", "address": "", "token": TOKEN}
    shown = capsys.readouterr()
    assert "250 keys are kept" in shown.err
    assert TOKEN not in shown.out + shown.err


def test_what_cannot_be_used_is_said_and_the_rest_is_kept(hub, tmp_path, capsys):
    file = tmp_path / "tokens.csv"
    file.write_text(f"name,did,token\nGood,1,{TOKEN}\nSen\x1bsor,lumi.1,{TOKEN}\n", "utf-8")
    assert main(["adopt", "--tokens", str(file)]) == 1
    shown = capsys.readouterr().err
    assert "through a gateway" in shown
    assert "\x1b" not in shown
    assert len(hub.bodies) == 1


def test_with_an_address_it_is_adopted_too(hub, tmp_path):
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps([{"did": "1", "token": TOKEN}]), "utf-8")
    assert main(["adopt", "10.0.0.7", "--tokens", str(file)]) == 0
    assert [body["path"] for body in hub.bodies] == ["/api/keys", "/api/devices"]
    assert "token" not in hub.bodies[1]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"hello"])
def test_a_file_that_is_no_list(hub, tmp_path, capsys, data):
    (tmp_path / "a").write_bytes(data)
    assert main(["adopt", "--tokens", str(tmp_path / "a")]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert hub.bodies == []


def test_neither_address_nor_list(hub, tmp_path, capsys):
    assert main(["adopt"]) == 1
    assert "--tokens" in capsys.readouterr().err
    assert main(["adopt", "--tokens", str(tmp_path / "absent")]) == 1
