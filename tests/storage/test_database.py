"""One file: what is refused and in which words, what survives, and who may hold it."""

import asyncio
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from jiahe.model.errors import StoreError
from jiahe.storage import database as module
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents
from jiahe.storage.schema import MIGRATIONS


def _fill(connection: sqlite3.Connection, rows: int = 2_000) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS filler (id INTEGER PRIMARY KEY, body BLOB)")
    connection.executemany("INSERT INTO filler (body) VALUES (?)", [(os.urandom(200),) for _ in range(rows)])


async def _made(path: Path) -> bytes:
    """A well file with something in it; its bytes."""
    database = await Database.open(path)
    await database.write(_fill)
    await database.close()
    return path.read_bytes()


async def _refused(path: Path, words: str) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words):
        await Database.open(path)
    assert path.read_bytes() == before, "what is refused is left as it was"
    # The lock was let go of: the next try is refused for the same reason, not for the lock.
    with pytest.raises(StoreError, match=words):
        await Database.open(path)


async def test_what_is_written_is_there_after_reopening(tmp_path):
    path = tmp_path / "new" / "home.db"
    database = await Database.open(path)
    await database.write(lambda connection: _fill(connection, 10))
    await database.close()
    await database.close()
    assert not path.with_name("home.db-wal").exists(), "the WAL was moved into the file"
    assert path.stat().st_mode & 0o077 == 0, "nobody else may read a home"
    database = await Database.open(path)
    count = await database.read(
        lambda connection: connection.execute("SELECT count(*) FROM filler").fetchone()
    )
    assert count == (10,)
    assert await database.check() == []
    await database.close()


async def test_every_commit_is_synced(tmp_path):
    database = await Database.open(tmp_path / "home.db")

    def pragmas(connection: sqlite3.Connection) -> list[object]:
        return [
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")
        ]

    try:
        assert await database.read(pragmas) == [2, "wal"]
        # synchronous may not be looked at inside the writer's transaction only: it is set per connection
        assert await database.write(pragmas) == [2, "wal"]
    finally:
        await database.close()


async def test_a_write_that_raises_is_undone(tmp_path):
    database = await Database.open(tmp_path / "home.db")

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO document VALUES ('a', 'b', '{}')")
        raise RuntimeError("in the midst")

    with pytest.raises(RuntimeError, match="midst"):
        await database.write(fails)
    assert await Documents(database).all("a") == {}
    await Documents(database).put("a", "c", {})
    assert list(await Documents(database).all("a")) == ["c"], "the next one is a transaction of its own"
    await database.close()


async def test_a_reader_sees_one_view_and_does_not_hold_up_the_writer(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    reading, go_on = threading.Event(), threading.Event()

    def long_question(connection: sqlite3.Connection) -> list[int]:
        counts = [connection.execute("SELECT count(*) FROM document").fetchone()[0]]
        reading.set()
        assert go_on.wait(10)
        counts.append(connection.execute("SELECT count(*) FROM document").fetchone()[0])
        return counts

    question = asyncio.ensure_future(database.read(long_question))
    await asyncio.to_thread(reading.wait, 10)
    await Documents(database).put("a", "b", {})
    assert await Documents(database).get("a", "b") == {}, "a short question is answered beside a long one"
    go_on.set()
    assert await question == [0, 0]
    await database.close()


async def test_a_reader_cannot_write(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    with pytest.raises(StoreError, match="read-only"):
        await database.read(lambda connection: connection.execute("DELETE FROM document"))
    await database.close()


async def test_questions_that_wait_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    database = await Database.open(tmp_path / "home.db")
    go_on = threading.Event()
    waiting = [asyncio.ensure_future(database.read(lambda _: go_on.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="waiting"):
        await database.read(lambda _: None)
    go_on.set()
    await asyncio.gather(*waiting)
    await database.read(lambda _: None)
    await database.close()
    with pytest.raises(StoreError, match="closed"):
        await database.read(lambda _: None)


async def test_two_hubs_never_share_a_home_but_a_cli_verb_may_write(tmp_path):
    path = tmp_path / "home.db"
    hub = await Database.open(path)
    with pytest.raises(StoreError, match=f"another hub.*{os.getpid()}"):
        await Database.open(path)
    verb = await Database.open(path, exclusive=False)
    assert hub.exclusive
    assert not verb.exclusive
    await Documents(verb).put("token", "laptop", {"hash": "x"})
    assert await Documents(hub).get("token", "laptop") == {"hash": "x"}
    await verb.close()
    await hub.close()
    await (await Database.open(path)).close()


async def test_a_program_that_holds_the_file_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    path = tmp_path / "home.db"
    hub = await Database.open(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program"):
        await hub.write(lambda connection: _fill(connection, 1))
    other.execute("ROLLBACK")
    other.close()
    await hub.write(lambda connection: _fill(connection, 1))
    await hub.close()


async def test_a_newer_file_is_left_alone(tmp_path):
    path = tmp_path / "home.db"
    await (await Database.open(path, (*MIGRATIONS, "CREATE TABLE tomorrow (x)"))).close()
    await _refused(path, "newer Jiahe")


async def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(tmp_path):
    path = tmp_path / "home.db"
    database = await Database.open(path)
    await Documents(database).put("room", "kitchen", {"name": "Kitchen"})
    await database.close()
    steps = (*MIGRATIONS, "CREATE TABLE tomorrow (x); INSERT INTO tomorrow VALUES (1)")
    for _ in range(2):
        database = await Database.open(path, steps)
        assert await Documents(database).get("room", "kitchen") == {"name": "Kitchen"}
        rows = await database.read(lambda connection: connection.execute("SELECT x FROM tomorrow").fetchall())
        assert rows == [(1,)], "a step is made once"
        await database.close()


async def test_a_step_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "home.db"
    await (await Database.open(path)).close()
    with pytest.raises(StoreError):
        await Database.open(path, (*MIGRATIONS, "CREATE TABLE tomorrow (x); CREATE TABLE document (x)"))
    database = await Database.open(path)
    tables = await database.read(
        lambda connection: connection.execute(
            "SELECT name FROM sqlite_schema WHERE name='tomorrow'"
        ).fetchall()
    )
    assert tables == []
    await database.close()


async def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "home.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    await _refused(path, "another program's")


async def test_a_start_cut_short_is_gone_on_with(tmp_path):
    """The first opening was killed after SQLite made the file and before the tables were committed."""
    path = tmp_path / "home.db"
    begun = sqlite3.connect(path)
    begun.execute("PRAGMA page_size=1024")
    begun.execute("PRAGMA journal_mode=WAL")
    begun.close()
    assert path.stat().st_size == 1024
    database = await Database.open(path)
    assert await Documents(database).all("room") == {}
    await database.close()


async def test_a_text_file_is_no_database(tmp_path):
    path = tmp_path / "home.db"
    path.write_text(
        "this is a diary, and it is longer than the header of a database is; it must stay a diary\n" * 3
    )
    await _refused(path, "not a database")


@pytest.mark.parametrize("kept", [50, 1024, 5_000, 100_000])
async def test_a_file_cut_off_is_refused(tmp_path, kept):
    path = tmp_path / "home.db"
    whole = await _made(path)
    assert len(whole) > 200_000
    path.write_bytes(whole[:kept])
    await _refused(path, "damaged")


async def test_a_wild_header_is_refused(tmp_path):
    path = tmp_path / "home.db"
    whole = await _made(path)
    path.write_bytes(os.urandom(64) + whole[64:])
    await _refused(path, "damaged")


async def test_a_wild_page_is_found_at_opening(tmp_path):
    path = tmp_path / "home.db"
    whole = await _made(path)
    page = 1024 * (len(whole) // 2048)
    path.write_bytes(whole[:page] + b"\xa5" * 1024 + whole[page + 1024 :])
    await _refused(path, "damaged")


async def test_in_a_large_file_a_wild_page_is_found_by_check(tmp_path, monkeypatch):
    path = tmp_path / "home.db"
    whole = await _made(path)
    page = 1024 * (len(whole) // 2048)
    path.write_bytes(whole[:page] + b"\xa5" * 1024 + whole[page + 1024 :])
    monkeypatch.setattr(module, "QUICK_BYTES", 0)
    database = await Database.open(path)
    assert await database.check() != []
    with pytest.raises(StoreError, match="damaged"):
        await database.read(
            lambda connection: connection.execute("SELECT sum(length(body)) FROM filler").fetchall()
        )
    await database.close()


async def test_a_full_disk_is_told_and_what_was_written_stays(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    await Documents(database).put("a", "b", {"x": 1})
    pages = await database.write(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await database.write(
        lambda connection: connection.execute(f"PRAGMA max_page_count={pages + 5}").fetchall()
    )
    with pytest.raises(StoreError, match="disk is full"):
        await database.write(_fill)
    assert await Documents(database).get("a", "b") == {"x": 1}
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count=1000000").fetchall())
    await database.write(_fill)
    assert await database.check() == []
    await database.close()


async def test_a_folder_that_is_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        await Database.open(tmp_path / "file" / "home.db")
    (tmp_path / "home.db").mkdir()
    with pytest.raises(StoreError):
        await Database.open(tmp_path / "home.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="permission"):
        await Database.open(tmp_path / "home.db")
    tmp_path.chmod(0o700)


async def test_a_folder_where_everybody_may_write_is_refused_and_left_as_it_was(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (folder / "home.lock").symlink_to(victim)
    for mode in (0o777, 0o1777):
        folder.chmod(mode)
        for exclusive in (True, False):
            with pytest.raises(StoreError, match="can be written by everybody"):
                await Database.open(folder / "home.db", exclusive=exclusive)
    assert victim.read_text() == "kept"
    assert [path.name for path in folder.iterdir()] == ["home.lock"]


async def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    if os.geteuid() == 0:
        os.chown(tmp_path, 12_345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(StoreError, match="belongs to another user"):
        await Database.open(tmp_path / "home.db")
    assert list(tmp_path.iterdir()) == []
