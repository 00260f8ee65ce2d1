"""`jiahe rules import` over a home on disk: files written switched off, questions, the account, the exit status."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.cli import rules_import
from jiahe.cli.main import main
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents

GOOD = """
- alias: Morning
  triggers: [{trigger: time, at: "07:00"}]
  actions: [{action: light.turn_on, target: {entity_id: light.hall}}]
"""
BAD = """
- alias: Bad
  triggers: [{trigger: zone, entity_id: person.x}]
  actions: [{stop: x}]
"""
OTHER = """
- alias: Shelly
  triggers: [{trigger: time, at: "08:00"}]
  actions: [{action: switch.turn_off, target: {entity_id: switch.shelly_1}}]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of one device with a power, called Hall."""
    shelf = Shelf.shipped()
    product = next(
        one.id for one in shelf.all() if (found := one.profile.properties.get("power")) and found.writable
    )

    async def lay() -> None:
        database = await Database.open(tmp_path / "home.db")
        try:
            await Documents(database).put("device", "lamp", {"product": product, "name": "Hall", "facts": {}})
        finally:
            await database.close()

    asyncio.run(lay())
    return tmp_path


def folder(home: Path, text: str) -> list[str]:
    source = home / "config"
    source.mkdir(exist_ok=True)
    (source / "automations.yaml").write_text(text, "utf-8")
    return ["rules", "import", str(source), "--dir", str(home)]


def test_a_rule_is_written_switched_off_and_never_written_over(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(folder(home, GOOD)) == 0
    text = (home / "rules" / "morning.yaml").read_text("utf-8")
    assert "enabled: false" in text
    assert "set: lamp.power" in text
    assert "1 automations: 1 rules written" in capsys.readouterr().out
    assert main(folder(home, GOOD)) == 1
    assert "is there already" in capsys.readouterr().out
    assert main([*folder(home, GOOD), "--on", "--out", str(home / "new")]) == 0
    assert "enabled" not in (home / "new" / "morning.yaml").read_text("utf-8")


def test_what_was_not_imported_is_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(folder(home, GOOD + BAD)) == 1
    assert "not imported  automations.yaml:7: Bad: the trigger `zone`" in capsys.readouterr().out
    assert main([*folder(home, BAD), "--json"]) == 1
    row = json.loads(capsys.readouterr().out)["refused"][0]
    assert row == {"file": "automations.yaml", "line": 3, "automation": "Bad", "what": "the trigger `zone`"}


def test_an_answer_is_kept_in_the_map(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(folder(home, OTHER)) == 1
    assert "switch.shelly_1: DEVICE.property" in capsys.readouterr().out
    mapping = home / "map.yaml"
    mapping.write_text("people: {notify.x: Mei}  # kept\n", "utf-8")
    monkeypatch.setattr(rules_import.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "lamp.power")
    assert main([*folder(home, OTHER), "--map", str(mapping)]) == 0
    assert "# kept" in mapping.read_text("utf-8")
    assert "switch.shelly_1: lamp.power" in mapping.read_text("utf-8")
    monkeypatch.setattr(rules_import.sys.stdin, "isatty", lambda: False, raising=False)
    assert main([*folder(home, OTHER), "--map", str(mapping), "--out", str(home / "again")]) == 0


def test_a_folder_or_a_map_that_is_none_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "import", str(home / "nowhere"), "--dir", str(home)]) == 1
    assert "is no folder" in capsys.readouterr().err
    (home / "map.yaml").write_text("lights: {a: b}\n", "utf-8")
    assert main([*folder(home, GOOD), "--map", str(home / "map.yaml")]) == 1
    assert "map.yaml:1: a map has entities" in capsys.readouterr().err
