"""What was done to a device in a span, from the log: the right rows, their order, and the bound that is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jiahe.history import marks
from jiahe.history.fold import History
from jiahe.model.happening import RecordKind
from jiahe.state.journal import Journal
from jiahe.storage.database import Database

T0 = 1_790_000_000.0


async def test_commands_and_rules_of_a_device_in_a_span(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(tmp_path / "jiahe.db")
    journal = await Journal.open(database)
    history = await History.open(database)

    def ran(saw: dict[str, Any], what: str = "ran") -> dict[str, Any]:
        return {"rule": "r", "what": what, "run": "r#1", "trigger": {"kind": "becomes", "saw": saw}}

    def command(number: int, device: str = "ac") -> dict[str, Any]:
        return {"id": f"c{number}", "device": device, "property": "power", "value": True}

    rows = [
        (T0 - 10, RecordKind.COMMAND, command(0)),
        (T0 + 1, RecordKind.RULE, ran({"ac.temperature": [29, "good"]})),
        (T0 + 2, RecordKind.COMMAND, command(1)),
        (T0 + 3, RecordKind.OUTCOME, {"command": "c1", "device": "ac", "status": "confirmed", "reason": ""}),
        (T0 + 4, RecordKind.COMMAND, command(2, "lamp")),
        (T0 + 5, RecordKind.RULE, ran({"acx.temperature": [29, "good"]})),
        (T0 + 6, RecordKind.RULE, ran({"ac.temperature": [29, "good"]}, "not")),
        (T0 + 7, RecordKind.UPDATE, {"device": "ac", "property": "power", "value": True, "quality": "good"}),
        (T0 + 99, RecordKind.COMMAND, command(3)),
    ]
    try:
        for at, kind, body in rows:
            await journal.committed(journal.append(at, kind, body).seq)
        found, whole = await history.marks("ac", T0, T0 + 50)
        assert [one.at - T0 for one in found] == [1, 2, 3]
        assert whole
        monkeypatch.setattr(marks, "MOST_MARKS", 2)
        found, whole = await history.marks("ac", T0, T0 + 50)
        assert ([one.at - T0 for one in found], whole) == ([2, 3], False)
        assert await history.marks("nobody", T0, T0 + 50) == ([], True)
    finally:
        await journal.close()
        await history.close()
        await database.close()


async def test_what_comfort_wrote_of_its_commands_is_told_with_them(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "jiahe.db")
    journal = await Journal.open(database)
    history = await History.open(database)
    mine = {"id": "k1", "kind": "comfort", "source": "climate"}
    other = {"id": "k2", "kind": "comfort", "source": "climate"}
    said = {"what": "climate", "about": "bedroom", "reasons": [{"code": "mild", "figures": {}}]}
    rows: list[tuple[float, RecordKind, dict[str, Any]]] = [
        (T0 - 1, RecordKind.COMFORT, said | {"cause": mine}),
        (T0 - 0.5, RecordKind.COMFORT, said | {"cause": other}),
        (
            T0,
            RecordKind.COMMAND,
            {"id": "c", "device": "ac", "property": "power", "value": False, "cause": mine},
        ),
    ]
    try:
        for at, kind, body in rows:
            await journal.committed(journal.append(at, kind, body).seq)
        found, whole = await history.marks("ac", T0, T0 + 50)
        assert [(one.kind, one.at - T0) for one in found] == [
            (RecordKind.COMFORT, -1),
            (RecordKind.COMMAND, 0),
        ]
        assert whole
    finally:
        await journal.close()
        await history.close()
        await database.close()
