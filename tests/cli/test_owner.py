"""The way back in for an owner who lost the password, as it is printed."""

from __future__ import annotations

import argparse
import socket
from types import SimpleNamespace

from jiahe.cli import owner


def test_the_link_is_printed_once_with_what_to_do(monkeypatch, capsys):
    asked = []

    def post(path, body):
        asked.append((path, body))
        return {"code": "C0DE", "seconds": 600.0}

    remote = SimpleNamespace(hub=SimpleNamespace(url="http://192.0.2.7:8420"), post=post)
    monkeypatch.setattr(owner.Remote, "find", lambda directory: remote)
    assert owner.owner(argparse.Namespace(dir=None, what="link")) == 0
    said = capsys.readouterr().out
    assert asked == [("/api/links", {})]
    assert said.count("http://192.0.2.7:8420/enter/C0DE") == 1
    assert "within 10 minutes" in said


def test_a_phone_gets_the_address_in_the_network_where_the_hub_listens_there(monkeypatch):
    monkeypatch.setattr("jiahe.hub.invitation.own_address", lambda: "127.0.0.9")
    with socket.create_server(("127.0.0.9", 0)) as server:
        port = server.getsockname()[1]
        assert owner.reachable(f"http://127.0.0.1:{port}") == f"http://127.0.0.9:{port}"
    assert owner.reachable(f"http://127.0.0.1:{port}") == f"http://127.0.0.1:{port}"
    assert owner.reachable("http://192.0.2.7:8420") == "http://192.0.2.7:8420"
