"""The log: numbers without a gap, group commit, what happens when the disk fails, and one subject's rows."""

import asyncio
from collections import Counter

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import StoreError
from jiahe.storage import log as module
from jiahe.storage.database import Database
from jiahe.storage.log import Log
from jiahe.storage.log_rows import BLOCK, first_since, packed, read_newest, read_rows, unpacked
from jiahe.storage.schema import MIGRATIONS

NEVER = 3_600.0


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    yield database
    await database.close()


async def _full(database: Database) -> None:
    """The file cannot grow any more, as on a full disk."""
    pages = await database.write(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await database.write(lambda connection: connection.execute(f"PRAGMA max_page_count={pages}").fetchall())


async def _room(database: Database) -> None:
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count=1000000").fetchall())


def _watched_commits(log: Log) -> list[int]:
    commits: list[int] = []
    log.on_commit(commits.append)
    return commits


async def test_rows_come_back_in_order_and_numbers_go_on_after_reopening(database):
    log = await Log.open(database)
    assert (log.last_seq, log.committed_seq, log.trouble) == (0, 0, "")
    assert [log.append(1.5 + n, "k", f"s{n % 2}", b"%d" % n) for n in range(5)] == [1, 2, 3, 4, 5]
    await log.committed(5)
    await log.close()

    log = await Log.open(database)
    assert log.last_seq == log.committed_seq == 5
    assert log.append(9, "k", "s0", b"5") == 6
    await log.committed(6)
    rows = await log.rows(0, 100)
    assert [(row.seq, row.at, row.kind, row.subject, row.body) for row in rows[:2]] == [
        (1, 1500, "k", "s0", b"0"),
        (2, 2500, "k", "s1", b"1"),
    ]
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.seq for row in await log.rows(2, 2)] == [3, 4]
    assert await log.rows(6, 10) == []
    assert await log.rows(0, 0) == []
    await log.close()


async def test_a_row_lingers_until_somebody_waits(database, monkeypatch):
    monkeypatch.setattr(module, "LINGER_ALONE", NEVER)
    log = await Log.open(database)
    commits = _watched_commits(log)
    for n in range(150):
        log.append(n, "k", "s", b"")
    await database.write(lambda _: None)  # a whole turn of the writer: had a commit begun, it would be over
    assert commits == []
    assert log.committed_seq == 0
    await log.committed(3)
    assert commits == [150], "all that waits goes in the same transaction"
    await log.close()


async def test_urgent_rows_and_full_batches_do_not_linger(database, monkeypatch):
    monkeypatch.setattr(module, "LINGER_ALONE", NEVER)
    log = await Log.open(database)
    done = asyncio.Event()
    log.on_commit(lambda _: done.set())
    log.append(0, "k", "s", b"", urgent=True)
    await asyncio.wait_for(done.wait(), 10)
    done.clear()
    for n in range(module.ROWS_A_COMMIT):
        log.append(n, "k", "s", b"")
    await asyncio.wait_for(done.wait(), 10)
    assert log.committed_seq == module.ROWS_A_COMMIT + 1
    await log.close()


def test_on_uvloop_too_a_waiter_hastens_what_lingers(tmp_path, monkeypatch):
    """The hub runs on uvloop, whose timers of no delay do not tell their moment."""
    monkeypatch.setattr(module, "LINGER_ALONE", NEVER)

    async def run() -> list[int]:
        database = await Database.open(tmp_path / "home.db")
        log = await Log.open(database)
        commits = _watched_commits(log)
        for _ in range(3):
            log.append(0, "k", "s", b"")
            await asyncio.wait_for(log.committed(log.append(0, "k", "s", b"")), 10)
        await log.close()
        await database.close()
        return commits

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(run()) == [2, 4, 6]


async def test_while_watched_rows_linger_shortly(database, monkeypatch):
    monkeypatch.setattr(module, "LINGER_ALONE", NEVER)
    monkeypatch.setattr(module, "LINGER_WATCHED", 0.001)
    log = await Log.open(database)
    done = asyncio.Event()
    log.on_commit(lambda _: done.set())
    log.append(0, "k", "s", b"")
    with log.watch(), log.watch():  # what already waits is hastened too
        await asyncio.wait_for(done.wait(), 10)
        done.clear()
        log.append(0, "k", "s", b"")
        await asyncio.wait_for(done.wait(), 10)
    done.clear()
    log.append(0, "k", "s", b"")
    await database.write(lambda _: None)
    assert log.committed_seq == 2
    await log.close()
    assert log.committed_seq == 3


async def test_a_hundred_writers_share_commits(database):
    log = await Log.open(database)
    commits = _watched_commits(log)

    async def writer(name: str) -> list[int]:
        mine = []
        for n in range(20):
            mine.append(log.append(n, "k", name, b"x"))
            await log.committed(mine[-1])
            assert log.committed_seq >= mine[-1]
        return mine

    numbers = await asyncio.gather(*(writer(f"w{n}") for n in range(100)))
    assert sorted(n for mine in numbers for n in mine) == list(range(1, 2001))
    assert commits == sorted(set(commits))
    assert len(commits) < 200
    await log.close()


async def test_close_writes_what_is_pending(database, monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_COMMIT", 10)
    log = await Log.open(database)
    for n in range(35):
        log.append(n, "k", "s", b"%d" % n)
    await log.close()
    assert log.committed_seq == 35
    rows = await database.read(lambda connection: read_rows(connection, 0, 100))
    assert [row.body for row in rows] == [b"%d" % n for n in range(35)]
    with pytest.raises(StoreError, match="closed"):
        log.append(1, "k", "s", b"")
    await log.close()


async def test_a_full_disk_is_told_and_when_there_is_room_nothing_is_missing(database, monkeypatch):
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(module, "LINGER_ALONE", 0.01)
    log = await Log.open(database)
    await log.committed(log.append(0, "k", "s", b"first"))
    await _full(database)
    seq = log.append(1, "k", "new subject", bytes(4000))
    with pytest.raises(StoreError, match="disk is full"):
        await log.committed(seq)
    assert "disk is full" in log.trouble
    later = log.append(2, "k", "another", b"later")
    with pytest.raises(StoreError, match="disk is full"):
        await log.committed(later)
    assert log.committed_seq == 1
    assert [row.body for row in await log.rows(0, 10)] == [b"first"]

    done = asyncio.Event()
    log.on_commit(lambda committed: done.set() if committed >= later else None)
    await _room(database)
    await asyncio.wait_for(done.wait(), 10)  # by itself: nobody asked
    assert log.trouble == ""
    await log.committed(later)
    rows = await database.read(lambda connection: read_rows(connection, 0, 10))
    assert [(row.seq, row.subject) for row in rows] == [(1, "s"), (2, "new subject"), (3, "another")]
    await log.close()


async def test_closing_on_a_full_disk_says_how_much_is_lost(database):
    log = await Log.open(database)
    await _full(database)
    for n in range(3):
        log.append(n, "k", "s", bytes(4000))
    with pytest.raises(StoreError, match=r"3 records could not be written.*disk is full"):
        await log.close()


async def test_what_waits_is_bounded(database, monkeypatch):
    monkeypatch.setattr(module, "MOST_PENDING", 5)
    log = await Log.open(database)
    for n in range(5):
        log.append(n, "k", "s", b"")
    with pytest.raises(StoreError, match="5 records wait"):
        log.append(6, "k", "s", b"")
    await log.committed(5)
    assert log.append(6, "k", "s", b"") == 6, "a refused row takes no number"
    await log.close()


async def test_nonsense_is_refused(database):
    log = await Log.open(database)
    with pytest.raises(StoreError, match="over the limit"):
        log.append(0, "k", "s", bytes(module.LARGEST_BODY + 1))
    with pytest.raises(ValueError, match="no row 1"):
        await log.committed(1)
    assert log.last_seq == 0
    await log.close()


async def test_only_the_hub_of_the_home_writes(database):
    verb = await Database.open(database.path, exclusive=False)
    log = await Log.open(verb)
    with pytest.raises(StoreError, match="only the hub"):
        log.append(0, "k", "s", b"")
    await log.close()
    await verb.close()


async def test_a_listener_that_fails_stops_nobody(database):
    heard: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context["message"]))
    log = await Log.open(database)
    end = log.on_commit(lambda _: 1 // 0)
    commits = _watched_commits(log)
    await log.committed(log.append(0, "k", "s", b""))
    await log.committed(log.append(0, "k", "s", b""))
    end()
    end()
    await log.committed(log.append(0, "k", "s", b""))
    assert commits == [1, 2, 3]
    assert heard == ["a listener of the log failed"] * 2
    await log.close()


async def test_a_waiter_that_went_away_stops_nobody(database):
    log = await Log.open(database)
    seq = log.append(0, "k", "s", b"")
    gone = asyncio.ensure_future(log.committed(seq))
    await asyncio.sleep(0)
    gone.cancel()
    await log.committed(seq)
    await log.close()


async def test_one_subjects_rows_are_all_its_rows_on_disk_and_in_memory(database, monkeypatch):
    """Compared with a plain filter: around the borders of blocks, and for a subject that most blocks lack."""
    log = await Log.open(database)
    subjects = []
    for seq in range(1, 3 * BLOCK + 500):
        rare = seq in {1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 1}
        subjects.append("rare" if rare else f"s{seq % 7}")
        log.append(seq, "k" if seq % 3 else "other", subjects[-1], b"")
    await log.close()
    log = await Log.open(database)  # nothing in memory: all from disk
    subjects += ["rare"] * 10
    for seq in range(3 * BLOCK + 500, 3 * BLOCK + 510):
        await log.committed(log.append(seq, "k", "rare", b""))
    expected = [seq for seq, subject in enumerate(subjects, 1) if subject == "rare"]
    assert len(expected) == 15
    for after in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1, 3 * BLOCK, 3 * BLOCK + 505):
        for limit in (1, 3, 100):
            found = [row.seq for row in await log.rows(after, limit, "rare")]
            assert found == [seq for seq in expected if seq > after][:limit]
    for limit in (1, 9, 10, 11, 14, 15, 100):  # ten of them are in memory
        assert [row.seq for row in await log.newest(limit, "rare")] == expected[-limit:]
    assert [row.seq for row in await log.newest(12)] == list(range(3 * BLOCK + 498, 3 * BLOCK + 510))
    assert (
        await log.newest(0) == await log.newest(5, "nobody") == await log.newest(5, kinds=["nothing"]) == []
    )
    for upto in (BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 1, 3 * BLOCK + 600):
        found = await database.read(lambda connection, upto=upto: read_newest(connection, upto, 3, "rare"))
        assert [row.seq for row in found] == [seq for seq in expected if seq <= upto][-3:]
    for before in (1, 2, BLOCK + 1, 3 * BLOCK + 500, 3 * BLOCK + 505, 9 * BLOCK):
        for floor in (0, 1, BLOCK, 3 * BLOCK + 502):
            page = [row.seq for row in await log.newest(3, "rare", before=before, floor=floor)]
            assert page == [seq for seq in expected if floor < seq < before][-3:], (before, floor)
    assert await log.rows(0, 5, "nobody") == []
    assert await log.rows(0, 5, kinds=["nothing"]) == []
    counted = Counter(row.kind for row in await log.rows(0, 50_000))
    assert [row.seq for row in await log.rows(0, 50_000, kinds=["other"])] == list(
        range(3, 3 * BLOCK + 500, 3)
    )
    assert counted["other"] == BLOCK + 166
    at = (BLOCK + 5) * 1000
    assert await database.read(lambda connection: first_since(connection, at)) == BLOCK
    assert await database.read(lambda connection: first_since(connection, 10**12)) == 3 * BLOCK
    await log.close()


async def test_rare_kinds_are_found_among_common_ones_forwards_and_backwards(database):
    """Compared with a plain filter; a kind that is common, and one that nobody wrote, are asked for beside them."""
    log = await Log.open(database)
    rows = [
        (seq, "command" if seq % 97 == 0 else "rule" if seq % 61 == 0 else "update", f"s{seq % 3}")
        for seq in range(1, 2 * BLOCK + 300)
    ]
    for seq, kind, subject in rows:
        assert log.append(seq, kind, subject, b"%d" % seq) == seq
    await log.close()
    log = await Log.open(database)
    for kinds in (["command"], ["rule", "command"], ["command", "update"], ["rule", "nothing"]):
        for subject in (None, "s1"):
            fits = [n for n, kind, who in rows if kind in kinds and subject in (None, who)]
            for edge in (0, 97, BLOCK, BLOCK + 1, 2 * BLOCK + 291):
                for limit in (1, 7, 10_000):
                    after = await log.rows(edge, limit, subject, kinds)
                    assert [row.seq for row in after] == [n for n in fits if n > edge][:limit]
                    back = await database.read(
                        lambda connection, e=edge, n=limit, s=subject, k=kinds: read_newest(
                            connection, e, n, s, k, floor=50
                        )
                    )
                    assert [row.seq for row in back] == [n for n in fits if 50 < n <= edge][-limit:]
                    assert all(row.body == b"%d" % row.seq and row.kind in kinds for row in [*after, *back])
    await log.close()


async def test_an_older_file_learns_which_of_its_rows_are_rare(tmp_path):
    path = tmp_path / "home.db"
    old = await Database.open(path, MIGRATIONS[:1])
    names = [(1, "update"), (2, "command"), (3, "lamp")]
    await old.write(lambda connection: connection.executemany("INSERT INTO log_name VALUES (?,?)", names))
    rows = [(seq, seq, 2 if seq % 5 == 0 else 1, 3, b"{}") for seq in range(1, 41)]
    await old.write(lambda connection: connection.executemany("INSERT INTO log VALUES (?,?,?,?,?)", rows))
    await old.close()
    database = await Database.open(path)
    log = await Log.open(database)
    found = await log.rows(7, 100, "lamp", ["command"])
    assert [row.seq for row in found] == [10, 15, 20, 25, 30, 35, 40]
    await log.committed(log.append(41, "command", "lamp", b"{}"))
    assert [row.seq for row in await log.newest(2, "lamp", ["command"])] == [40, 41]
    await log.close()
    await database.close()


async def test_recent_rows_come_from_memory_within_its_bounds(database, monkeypatch):
    monkeypatch.setattr(module, "RECENT_ROWS", 100)
    log = await Log.open(database)
    for seq in range(1, 301):
        log.append(seq, "k" if seq % 2 else "other", f"s{seq % 3}", b"%d" % seq)
    await log.committed(300)
    questions = 0
    read = database.read

    async def counting(work):
        nonlocal questions
        questions += 1
        return await read(work)

    monkeypatch.setattr(database, "read", counting)
    for after in (200, 201, 250, 299):
        for subject, kinds in ((None, None), ("s1", None), (None, ["k"]), ("s2", ["other"])):
            from_memory = await log.rows(after, 30, subject, kinds)
            on_disk = await read(
                lambda connection, a=after, s=subject, k=kinds: read_rows(connection, a, 30, s, k)
            )
            assert from_memory == on_disk
    assert questions == 0
    assert [row.seq for row in await log.rows(199, 1)] == [200]
    assert questions == 1
    await log.close()


async def test_a_commit_that_failed_only_in_its_answer_is_not_written_twice(database, monkeypatch):
    """The disk took the rows and the call failed all the same: the retry must not break on its own rows."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    log = await Log.open(database)
    write, failures = database.write, [1]

    async def lying(work):
        result = await write(work)
        if failures:
            failures.pop()
            raise StoreError("an I/O error after the commit")
        return result

    monkeypatch.setattr(database, "write", lying)
    done = asyncio.Event()
    log.on_commit(lambda _: done.set())
    with pytest.raises(StoreError, match="I/O error"):
        await log.committed(log.append(0, "k", "s", b"once"))
    await asyncio.wait_for(done.wait(), 10)
    assert [row.body for row in await log.rows(0, 10)] == [b"once"]
    assert log.trouble == ""
    await log.committed(log.append(0, "k", "s", b"twice"))
    await log.close()


@given(st.sets(st.integers(1, (1 << 32) - 1)))
def test_packed_subjects_come_back(subjects):
    assert unpacked(packed(subjects)) == subjects
