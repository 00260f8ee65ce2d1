"""Records: the same out as in, told once and in order when they are on disk, and the last values at a start."""

import asyncio
import tracemalloc

import pytest

from jiahe.model.errors import StoreError
from jiahe.model.happening import Record, RecordKind
from jiahe.state import journal as module
from jiahe.state.journal import Journal
from jiahe.storage.database import Database
from jiahe.storage.log_rows import COMMON

UPDATE = RecordKind.UPDATE


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    yield database
    await database.close()


def _update(device: str, path: str, value: object) -> dict[str, object]:
    cause = {"id": "c1", "kind": "device", "source": device}
    return {"device": device, "property": path, "value": value, "quality": "good", "cause": cause}


async def test_a_record_comes_back_as_it_was_given(database):
    journal = await Journal.open(database)
    given = [
        journal.append(1790000000.12345, UPDATE, _update("purifier", "pm2_5", 12.5)),
        journal.append(1790000000.5, RecordKind.SECURITY, {"what": "login", "who": "小明"}, urgent=True),
        journal.append(
            1790000001, RecordKind.COMMAND, {"id": "x", "device": "ac", "action": "toggle", "arguments": []}
        ),
    ]
    assert (
        [record.seq for record in given]
        == [1, 2, 3]
        == [journal.last_seq - 2, journal.last_seq - 1, journal.last_seq]
    )
    assert given[0].at == 1790000000.123, "the time is kept to the millisecond, in memory too"
    await journal.committed(3)
    assert journal.committed_seq == 3
    assert await journal.records(0, 10) == given, "from memory"
    await journal.close()
    journal = await Journal.open(database)
    assert await journal.records(0, 10) == given, "from disk"
    assert await journal.records(1, 1) == given[1:2]
    assert await journal.records(0, 10, device="ac") == given[2:]
    assert await journal.records(0, 10, kinds=[RecordKind.SECURITY]) == given[1:2]
    assert journal.trouble == ""
    await journal.close()


async def test_pages_backwards_look_at_so_many_and_say_how_far_they_came(database, monkeypatch):
    monkeypatch.setattr(module, "LOOK_BACK", 10)
    journal = await Journal.open(database)
    for number in range(35):
        kind = RecordKind.EVENT if number in {0, 1, 12, 33} else UPDATE
        journal.append(1790000000 + number, kind, _update("ac", "power", number % 2 == 0))
    await journal.committed(35)
    seen, before, pages = [], 2**53, 0
    while before > 1:
        found, reached = await journal.earlier(before, 1, kinds=[RecordKind.EVENT])
        assert len(found) <= 1
        assert before - 12 <= reached < before or before > 36
        seen = [record.seq for record in found] + seen
        before, pages = reached + 1, pages + 1
    assert seen == [1, 2, 13, 34]
    assert pages <= 8
    await journal.close()


async def test_a_kept_record_takes_little_more_memory_than_its_body(database):
    journal = await Journal.open(database)
    count = 1_000
    tracemalloc.start()
    try:
        for number in range(count):
            journal.append(1, UPDATE, _update("purifier", "pm2_5", float(number)))
        await journal.committed(count)
        kept = [
            trace
            for trace in tracemalloc.take_snapshot().traces
            if trace.traceback[0].filename == module.__file__
        ]
    finally:
        tracemalloc.stop()
    assert sum(trace.size for trace in kept) / count < 2_000, "a body has 200 bytes"
    assert len(await journal.records(0, count)) == count, "and they are kept"
    await journal.close()


async def test_a_record_does_not_change_when_its_maker_changes_the_body(database):
    journal = await Journal.open(database)
    body = {"what": "started"}
    record = journal.append(1, RecordKind.SYSTEM, body)
    body["what"] = "never"
    await journal.committed(record.seq)
    assert (await journal.records(0, 1))[0].body == {"what": "started"} == record.body
    await journal.close()


async def test_what_is_no_json_is_refused_and_takes_no_number(database):
    journal = await Journal.open(database)
    with pytest.raises(StoreError, match="not JSON"):
        journal.append(1, RecordKind.SYSTEM, {"what": object()})
    assert journal.append(1, RecordKind.SYSTEM, {"what": "started"}).seq == 1
    await journal.close()


async def test_listeners_are_told_each_record_once_in_order_when_it_is_on_disk(database):
    journal = await Journal.open(database)
    heard: list[list[Record]] = [[], []]
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))

    def first(records: list[Record]) -> None:
        assert records
        assert records[-1].seq == journal.committed_seq
        heard[0].extend(records)
        raise RuntimeError("a defect of this listener")

    end = journal.on_commit(first)
    journal.on_commit(heard[1].extend)

    async def writer(n: int) -> None:
        for step in range(5):
            record = journal.append(n, UPDATE, _update(f"d{n}", "power", step))
            assert record not in heard[1]
            await journal.committed(record.seq)
            assert record in heard[1], "whoever waited finds the listeners told"

    await asyncio.gather(*(writer(n) for n in range(20)))
    assert [record.seq for record in heard[0]] == list(range(1, 101))
    assert heard[0] == heard[1]
    end()
    await journal.committed(journal.append(0, UPDATE, _update("d", "power", 1)).seq)
    assert (len(heard[0]), len(heard[1])) == (100, 101), "who ended its listening is told no more"
    assert set(complaints) == {"a listener of the journal failed"}
    await journal.close()


async def _latest_values(journal: Journal) -> dict[str, object]:
    return {f"{r.body['device']}/{r.body['property']}": r.body["value"] for r in await journal.latest()}


@pytest.mark.parametrize("every", [1, 7, 1_000])
async def test_the_last_values_are_there_at_a_start(database, monkeypatch, every):
    """With a snapshot at each commit, now and then, and never."""
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", every)
    journal = await Journal.open(database)
    for step in range(30):
        journal.append(step, UPDATE, _update(f"d{step % 4}", "power" if step % 3 else "mode", step))
        journal.append(step, RecordKind.EVENT, {"device": "d1", "event": "knock", "arguments": {}})
        await journal.committed(journal.last_seq)
    journal.append(40, RecordKind.HOME, {"what": "device_removed", "device": "d2"})
    journal.append(41, UPDATE, _update("d3", "power", None) | {"quality": "unknown", "raw": 99})
    await journal.committed(journal.last_seq)
    expected = {"d0/power": 28, "d0/mode": 24, "d1/power": 29, "d1/mode": 21, "d3/power": None, "d3/mode": 27}
    assert await _latest_values(journal) == expected
    await journal.close()
    journal = await Journal.open(database)
    assert await _latest_values(journal) == expected
    latest = await journal.latest()
    assert latest == sorted(latest, key=lambda record: record.seq)
    assert latest[-1].body["raw"] == 99
    await journal.close()


async def test_closing_leaves_little_to_read(database, monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_AT_CLOSE", 10)
    journal = await Journal.open(database)
    for step in range(20):
        journal.append(step, UPDATE, _update("d", "power", step))
    await journal.close()
    journal = await Journal.open(database)
    assert journal._snapshot == 20
    assert await _latest_values(journal) == {"d/power": 19}
    await journal.close()


async def test_an_update_that_is_not_on_disk_is_not_a_last_value(database, monkeypatch):
    journal = await Journal.open(database)
    record = journal.append(1, UPDATE, _update("d", "power", True))
    assert await journal.latest() == []
    await journal.committed(record.seq)
    assert await journal.latest() == [record]
    await journal.close()


async def test_a_damaged_snapshot_is_made_from_the_records(database, monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 1)
    journal = await Journal.open(database)
    await journal.committed(journal.append(1, UPDATE, _update("d", "power", True)).seq)
    await journal.close()
    changed = await database.write(
        lambda connection: (
            connection.execute("UPDATE blob SET body=x'00112233' WHERE kind='journal'").rowcount
        )
    )
    assert changed == 1
    journal = await Journal.open(database)
    assert await _latest_values(journal) == {"d/power": True}
    await journal.close()


async def test_the_bound_of_one_question(database, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 3)
    journal = await Journal.open(database)
    for n in range(10):
        journal.append(n, RecordKind.SYSTEM, {"what": "tick"})
    await journal.committed(10)
    assert [record.seq for record in await journal.records(4, 1_000)] == [5, 6, 7]
    assert [record.seq for record in await journal.newest(1_000)] == [8, 9, 10]
    assert [record.seq for record in await journal.newest(2)] == [9, 10]
    assert await journal.newest(2, device="nobody") == []
    await journal.close()


def test_what_devices_say_is_what_the_log_takes_for_common():
    """All other kinds get a row in its index of rare ones: a kind renamed here would fill it with millions."""
    assert {RecordKind.UPDATE.value, RecordKind.EVENT.value} == COMMON
