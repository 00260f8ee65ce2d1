"""`jiahe product …`: exit status, what is written, and what is never overwritten. (The walk is in docs/makers.md.)"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jiahe.cli.main import main

FILE = Path(__file__).parents[1] / "products" / "faults" / "purifier.toml"


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIAHE_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("JIAHE_MAKER_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def test_a_report_is_the_same_bytes_twice_and_another_key_is_told(tmp_path, capsys):
    assert main(["product", "report", str(FILE), "--out", "a"]) == 0
    assert main(["product", "report", str(FILE), "--out", "b"]) == 0
    for ending in ("json", "html"):
        name = f"examplia.airpurifier.one.report.{ending}"
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    name = "a/examplia.airpurifier.one.report.json"
    public = json.loads((tmp_path / name).read_text())["signature"]["public_key"]
    assert main(["product", "verify", name, "--signer", public.upper()]) == 0
    assert main(["product", "verify", name, "--signer", "00" * 32]) == 1
    assert "not by the key you named" in capsys.readouterr().out
    assert main(["product", "verify", "absent.json"]) == 1


def test_a_report_of_a_shipped_product_by_its_id(capsys):
    assert main(["product", "report", "zhimi.airpurifier.mb4", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["verdict"] == "passed"
    assert len(body["product"]["file_sha256"]) == 64
    assert main(["product", "report", "no.such.product"]) == 1
    assert main(["product", "report", str(FILE), "--date", "tomorrow"]) == 1
    assert main(["product", "report", str(FILE), "--address", "127.0.0.1", "--token", "xyz"]) == 1


def test_the_list_and_the_page(tmp_path, capsys):
    (tmp_path / "home" / "products").mkdir(parents=True)
    (tmp_path / "home" / "products" / "examplia.airpurifier.one.toml").write_bytes(FILE.read_bytes())
    assert main(["product", "report", "examplia.airpurifier.one", "--out", "r"]) == 0
    capsys.readouterr()
    assert main(["product", "list", "--json", "--reports", "r"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["examplia.airpurifier.one"]["report"]["verdict"] == "passed"
    assert rows["midea.ac.split"]["report"] is None
    assert main(["product", "page", "--out", "site", "--reports", "r"]) == 0
    assert (tmp_path / "site" / "index.html").is_file()
    assert (tmp_path / "site" / "reports" / "examplia.airpurifier.one.report.html").is_file()


def test_a_report_of_another_version_of_the_file_is_not_shown(tmp_path, capsys):
    mine = tmp_path / "examplia.airpurifier.one.toml"
    mine.write_bytes(FILE.read_bytes())
    assert main(["product", "report", str(mine)]) == 0
    mine.write_bytes(FILE.read_bytes() + b"# changed\n")
    capsys.readouterr()
    assert main(["product", "list", str(mine), "--only", "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)[0]["report"] is None
    assert "another version of the product file" in shown.err


def test_new_never_writes_over_a_file_nor_outside(tmp_path, capsys):
    spec = tmp_path / "spec.json"
    instance = {
        "type": "urn:miot-spec-v2:device:outlet:0000A002:examplia-plug1:1", "description": "Plug",
        "services": [{"iid": 2, "type": "urn:miot-spec-v2:service:switch:0000780C:examplia-plug1:1", "description": "Switch",
                      "properties": [{"iid": 1, "type": "urn:miot-spec-v2:property:on:00000006:examplia-plug1:1",
                                      "description": "On", "format": "bool", "access": ["read", "write", "notify"]}]}],
    }  # fmt: skip
    spec.write_text(json.dumps(instance))
    assert main(["product", "new", "--spec", str(spec), "--model", "examplia.plug.one"]) == 0
    assert main(["product", "new", "--spec", str(spec), "--model", "examplia.plug.one"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["product", "new", "--spec", str(spec), "--model", "../../evil"]) == 1
    assert not list(tmp_path.parent.glob("evil*"))


def test_check_for_programs(capsys):
    assert main(["product", "check", str(FILE), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(set(row) == {"file", "line", "key", "text", "right", "grave"} for row in rows)
    assert main(["product", "check", "absent.toml"]) == 1


def test_play_says_what_is_wrong_before_it_listens(capsys):
    assert main(["product", "play", str(FILE), "--fault", "loss=much"]) == 1
    assert main(["product", "play", str(FILE), "--fault", "thunder"]) == 1
    assert main(["product", "play", str(FILE), "--address", "203.0.113.7"]) == 1
    assert "Traceback" not in capsys.readouterr().err
