"""History over a journal: sealed or not, reopened, rebuilt or left half done, it says the same."""

import asyncio
import random

import pytest

from jiahe.history import fold as module
from jiahe.history.fold import History
from jiahe.history.line import Lines
from jiahe.history.query import Series, answer
from jiahe.model.errors import OutOfDefinition, StoreError
from jiahe.model.happening import RecordKind
from jiahe.state.journal import Journal
from jiahe.storage.chunk import decode
from jiahe.storage.database import Database
from jiahe.storage.rollup import tidy
from jiahe.storage.series import View, read_heads, read_sealed

T0 = 1_790_000_000.0


class Home:
    """A journal with its history, wired as the hub wires them."""

    def __init__(self, path):
        self.path = path
        self.expected = Lines([], 0)

    async def open(self):
        self.database = await Database.open(self.path)
        self.journal = await Journal.open(self.database)
        self.history = await History.open(self.database)
        self.journal.on_commit(self.history.observe)
        return self

    async def close(self):
        await self.journal.close()
        await self.history.close()
        await self.database.close()

    def append(self, at, kind, body):
        record = self.journal.append(at, kind, body)
        self.expected.take(record.seq, round(record.at * 1000), kind.value, body)
        return record

    def fill(self, count, chance):
        """A home of three devices: numbers, words, breaks, late samples, restarts."""
        for _ in range(count):
            at = T0 + self.journal.last_seq * 37 + chance.randrange(30)
            device = f"d{chance.randrange(3)}"
            roll = chance.random()
            if roll < 0.04:
                state = chance.choice(["offline", "online", "locked_out"])
                self.append(at, RecordKind.AVAILABILITY, {"device": device, "state": state, "reason": ""})
            elif roll < 0.06:
                self.append(at, RecordKind.SYSTEM, {"what": chance.choice(["started", "stopped", "tick"])})
            elif roll < 0.08:
                self.append(at, RecordKind.EVENT, {"device": device, "event": "knock", "arguments": {}})
            else:
                path, value = chance.choice(
                    [
                        ("temperature", chance.randrange(300) / 10),
                        ("power", roll < 0.5),
                        ("mode", chance.choice("abc")),
                    ]
                )
                late = chance.randrange(40_000) if roll > 0.97 else 0
                quality = "good" if roll < 0.93 else chance.choice(["stale", "unknown"])
                body = {"device": device, "property": path, "value": value, "quality": quality}
                self.append(at - late, RecordKind.UPDATE, body)

    async def agrees(self):
        """Every series, asked in several ways, is what the records folded in memory alone give."""
        last = T0 + self.journal.last_seq * 37 + 1_000
        for name, growing in self.expected.series.items():
            device, _, path = name.rpartition("/")
            for start, end, points in ((T0 - 90_000, last, 40), (T0, last, 3), (T0 + 5_000, T0 + 9_000, 100)):
                found = await self.history.query(device, path, start, end, points)
                truth = await self.database.read(
                    lambda connection, samples=growing.samples, start=start, end=end, points=points: answer(
                        View(connection, 0, tidy(samples)), round(start * 1000), round(end * 1000), points
                    )
                )
                assert _rounded(found) == _rounded(truth), name


def _rounded(series: Series) -> Series:
    """Means differ in the last place when the same stretches are joined in another order."""
    rows = [
        (t, low, mean if mean is None else round(mean, 9), high, last)
        for t, low, mean, high, last in series.rows
    ]
    return Series(rows, series.step, series.gaps)


@pytest.fixture
async def home(tmp_path):
    home = await Home(tmp_path / "home.db").open()
    yield home
    await home.close()


async def test_sealed_reopened_and_rebuilt_it_says_the_same(home, monkeypatch):
    monkeypatch.setattr(module, "SEAL_EVERY", 150)
    monkeypatch.setattr(module, "SEAL_STEP", 40)
    monkeypatch.setattr(module, "READ_STEP", 64)
    chance = random.Random(7)
    for _ in range(6):
        for _ in range(4):
            home.fill(60, chance)
            await home.journal.committed(home.journal.last_seq)
        await home.agrees()
        await home.close()
        await home.open()
        await home.agrees()
    seq, _ = await home.database.read(read_sealed)
    assert seq > 1_000, "most of it was sealed on the way"
    await home.history.rebuild()
    await home.agrees()
    home.fill(20, chance)
    await home.journal.committed(home.journal.last_seq)
    await home.agrees()
    assert home.history.trouble == ""


async def test_sealing_in_the_midst_of_new_records_loses_none(home, monkeypatch):
    monkeypatch.setattr(module, "SEAL_STEP", 1)
    chance = random.Random(1)
    home.fill(300, chance)
    await home.journal.committed(home.journal.last_seq)
    sealing = asyncio.ensure_future(home.history.seal())
    while not sealing.done():
        home.fill(5, chance)
        await home.journal.committed(home.journal.last_seq)
        await home.agrees()
    await sealing
    await home.agrees()
    await home.close()
    await home.open()
    await home.agrees()


@pytest.mark.parametrize("steps", [1, 2, 4])
async def test_a_sealing_cut_short_is_gone_on_with(home, monkeypatch, steps):
    """As after a kill between two steps: some series are sealed further than others."""
    monkeypatch.setattr(module, "SEAL_STEP", 1)
    chance = random.Random(steps)
    home.fill(200, chance)
    await home.journal.committed(home.journal.last_seq)
    write, left = home.database.write, [steps]

    async def dying(work):
        if isinstance(work, module._Sealing):
            if not left[0]:
                raise StoreError("killed here")
            left[0] -= 1
        return await write(work)

    monkeypatch.setattr(home.database, "write", dying)
    with pytest.raises(StoreError, match="killed here"):
        await home.history.seal()
    await home.agrees()
    assert len(await home.database.read(read_heads)) == steps
    await home.close()
    await home.open()
    await home.agrees()
    home.fill(200, chance)
    await home.journal.committed(home.journal.last_seq)
    await home.history.seal()
    await home.close()
    await home.open()
    await home.agrees()


async def test_records_it_was_not_shown_are_read_from_the_journal(home):
    chance = random.Random(3)
    observe = home.history.observe
    shown = []
    home.journal.on_commit(shown.append)
    home.journal._callbacks.remove(observe)
    home.fill(50, chance)
    await home.journal.committed(home.journal.last_seq)
    home.fill(50, chance)
    await home.journal.committed(home.journal.last_seq)
    observe(shown[-1])  # the first fifty are missing
    observe(shown[-1])
    await home.history._settle()
    await home.agrees()
    observe(shown[0])  # known already
    await home.agrees()
    home.journal.on_commit(observe)


async def test_when_sealing_fails_it_says_so_stays_bounded_and_goes_on_by_itself(home, monkeypatch):
    monkeypatch.setattr(module, "SEAL_EVERY", 50)
    monkeypatch.setattr(module, "MOST_UNSEALED", 200)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    chance = random.Random(5)
    write, well = home.database.write, False

    async def failing(work):
        if isinstance(work, module._Sealing) and not well:
            raise StoreError("the disk is full")
        return await write(work)

    monkeypatch.setattr(home.database, "write", failing)
    for _ in range(30):
        home.fill(50, chance)
        await home.journal.committed(home.journal.last_seq)
    assert "the disk is full" in home.history.trouble
    assert home.history._unsealed <= 300
    well = True
    async with asyncio.timeout(10):
        while home.history.trouble or home.history._behind:
            await asyncio.sleep(0.01)
    await home.agrees()


async def test_a_damaged_chunk_is_told_and_rebuilt(home):
    home.fill(100, random.Random(2))
    await home.journal.committed(home.journal.last_seq)
    await home.history.seal()
    bodies = await home.database.read(
        lambda connection: connection.execute("SELECT body FROM series_chunk").fetchall()
    )
    assert all(decode(body) for (body,) in bodies)
    await home.database.write(
        lambda connection: connection.execute("UPDATE series_chunk SET body=substr(body,1,30)")
    )
    with pytest.raises(StoreError, match="make the history again"):
        await home.history.query("d0", "temperature", T0, T0 + 3_000, 10)
    await home.history.rebuild()
    await home.agrees()


async def test_closing_seals_what_would_make_the_next_opening_slow(home, monkeypatch):
    monkeypatch.setattr(module, "SEAL_AT_CLOSE", 100)
    chance = random.Random(4)
    home.fill(50, chance)
    await home.close()
    await home.open()
    assert await home.database.read(read_sealed) == (0, 0)
    home.fill(200, chance)
    await home.close()
    await home.open()
    assert (await home.database.read(read_sealed))[0] == home.journal.last_seq == 250
    await home.agrees()


async def test_no_answer_goes_beyond_now(home):
    class Clock:
        def now(self):
            return T0 + 100

        def monotonic(self):
            return 0.0

    history = await History.open(home.database, Clock())
    body = {"device": "d", "property": "p", "value": 1, "quality": "good"}
    home.journal.on_commit(history.observe)
    await home.journal.committed(home.append(T0, RecordKind.UPDATE, body).seq)
    found = await history.query("d", "p", T0, T0 + 1_000, 10)
    assert found.rows[0] == (T0, 1.0, 1.0, 1.0, 1.0)
    assert found.rows[-1][0] + found.step == T0 + 100
    assert (await history.query("d", "p", T0 + 500, T0 + 1_000, 10)).gaps == []
    with pytest.raises(OutOfDefinition):
        await history.query("d", "p", T0, T0, 10)
    await history.close()
