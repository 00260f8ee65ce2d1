"""Which rows of the journal replay reads: how things were, then those of its devices only, in the order of their times."""

from __future__ import annotations

from pathlib import Path

from tests.rules.flat import ref
from tests.rules.past import T0

from jiahe.model.happening import RecordKind
from jiahe.rules.reading import last_before, looker, read_past
from jiahe.state.journal import Journal
from jiahe.storage.database import Database
from jiahe.storage.log_rows import BLOCK


def update(device: str, path: str, value: float, at: float) -> dict[str, object]:
    cause = {"id": f"c{at}", "kind": "device", "source": device}
    return {
        "device": device,
        "property": path,
        "value": value,
        "quality": "good",
        "observed_at": T0 + at,
        "cause": cause,
    }


async def filled(folder: Path, count: int) -> Database:
    database = await Database.open(folder / "home.db")
    journal = await Journal.open(database)
    journal.append(T0, RecordKind.UPDATE, update("door", "open", 1, 0))
    journal.append(T0, RecordKind.HOME, {"what": "mode_changed", "mode": "night", "was": "home"})
    for number in range(1, count):
        device = "purifier" if number % 10 == 0 else "lamp"
        journal.append(T0 + number, RecordKind.UPDATE, update(device, "pm2_5", number, number))
        if number % 1000 == 0:
            journal.append(T0 + number, RecordKind.SECURITY, {"what": "login"})
            await journal.committed(journal.last_seq)
    last = journal.append(T0 + 5, RecordKind.UPDATE, update("purifier", "level", 3, 5))
    await journal.committed(last.seq)
    await journal.close()
    return database


async def test_only_the_wanted_rows_and_what_was_before(tmp_path: Path) -> None:
    count = 3 * BLOCK
    database = await filled(tmp_path, count)
    refs = [ref("purifier.pm2_5"), ref("door.open")]
    start, end = T0 + count - 100, T0 + count - 50
    found = await database.read(lambda one: list(read_past(one, ["purifier", "door"], refs, start, end)))
    assert {record.kind for record in found} == {RecordKind.UPDATE, RecordKind.HOME}
    assert {record.body.get("device") for record in found} == {"purifier", "door", None}
    before = [record for record in found if record.at < start]
    assert {record.body.get("property", "mode") for record in before} == {"pm2_5", "open", "mode"}
    within = [record.at for record in found if record.at >= start]
    assert within == sorted(within)
    assert all(at <= end for at in within)
    assert len(within) == 5 + (end - T0) // 10 - (end - 1 - T0) // 10
    await database.close()


async def test_a_past_that_was_written_late_comes_in_its_time(tmp_path: Path) -> None:
    database = await filled(tmp_path, 2_000)
    refs = [ref("purifier.pm2_5"), ref("purifier.level")]
    found = await database.read(lambda one: list(read_past(one, ["purifier"], refs, T0 + 1, T0 + 1_999)))
    times = [record.at for record in found if record.at >= T0 + 1]
    assert times == sorted(times)
    assert sum(record.body.get("property") == "level" for record in found) == 1
    await database.close()


async def test_nothing_is_read_of_a_journal_that_knows_nobody(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "home.db")
    assert await database.read(lambda one: list(read_past(one, ["x"], [ref("x.y")], 0, 1e9))) == []
    assert await database.read(lambda one: last_before(one, 1e9)) == 0
    assert await database.read(lambda one: looker(one)(5, 5, None, (RecordKind.UPDATE,))) == []
    await database.close()
