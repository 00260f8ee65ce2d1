"""The journal's rows for replay and why, on whatever connection. Owns which rows are read; never writes, never decides.

Blocking: for a reader thread (`Database.read`), or a program of its own. A month of a large home has ten million rows;
only those of the devices that a rule looks at are taken, and of these only the wanted properties are decoded.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator

import orjson

from jiahe.model.happening import PropertyRef, Record, RecordKind
from jiahe.storage.log_rows import BLOCK, Row, first_since, read_names, read_newest

KINDS = (RecordKind.UPDATE, RecordKind.EVENT, RecordKind.COMMAND, RecordKind.OUTCOME, RecordKind.RULE,
         RecordKind.HOME, RecordKind.SYSTEM)  # fmt: skip
PAGE = 2_000
MOST_BACK = 100_000
"""Rows of one device looked back at for what a property was at the start: a day of a talkative one. Older is unknown."""
BREATH = 500
"""Records between two breaths that let the hub's loop in: about 5 ms."""

Look = Callable[[int, int, str | None, tuple[RecordKind, ...]], list[Record]]
"""The last so many records up to a number, in order: `(upto, limit, device, kinds)`."""


def looker(connection: sqlite3.Connection) -> Look:
    """Questions about the past, newest first."""

    def look(upto: int, limit: int, device: str | None, kinds: tuple[RecordKind, ...]) -> list[Record]:
        rows = read_newest(connection, upto, limit, device, [kind.value for kind in kinds])
        return [record for row in rows if (record := _record(row)) is not None]

    return look


def last_before(connection: sqlite3.Connection, at: float) -> int:
    """A number that no record before `at` (epoch seconds) is above; at most a block too high."""
    found = connection.execute(
        "SELECT max(block) FROM log_block WHERE low_at<=?", (round(at * 1000),)
    ).fetchone()[0]
    later = connection.execute(
        "SELECT min(block) FROM log_block WHERE low_at>?", (round(at * 1000),)
    ).fetchone()[0]
    if later is None:
        return int(connection.execute("SELECT ifnull(max(seq), 0) FROM log").fetchone()[0])
    return (0 if found is None else int(found) + 1) * BLOCK


def read_past(
    connection: sqlite3.Connection,
    devices: Iterable[str],
    refs: Iterable[PropertyRef],
    start: float,
    end: float,
) -> Iterator[Record]:
    """How things were at `start`, then all of these devices and of the home itself up to `end` (epoch seconds).

    In the order of their times: a clock that was set back, and a past that was simulated, stand in another order.
    """
    devices, refs = frozenset(devices), frozenset(refs)
    after = first_since(connection, round(start * 1000))
    yield from _before(connection, devices, refs, after)
    ids = {name: number for number, name in read_names(connection).items()}
    subjects = sorted(ids[name] for name in {*devices, ""} if name in ids)
    kinds = {ids[kind.value]: kind for kind in KINDS if kind.value in ids}
    update = ids.get(RecordKind.UPDATE.value)
    words = tuple(orjson.dumps(path) for path in sorted({ref.path for ref in refs}))
    rows = connection.execute(
        f"SELECT seq, at, kind, body FROM log WHERE seq>? AND seq<=? AND subject IN ({_marks(subjects)}) "  # noqa: S608
        f"AND kind IN ({_marks(kinds)}) AND at<=? ORDER BY at, seq",
        (after, last_before(connection, end), *subjects, *kinds, round(end * 1000)),
    )
    count = 0
    for seq, at, kind, body in rows:
        if kind == update and not any(word in body for word in words):
            continue
        record = _decoded(seq, at, kinds[kind], body)
        if record is not None:
            yield record
        count += 1
        if not count % BREATH:
            time.sleep(0)


def _marks(values: Iterable[int]) -> str:
    return ",".join("?" for _ in values)


def _before(
    connection: sqlite3.Connection, devices: frozenset[str], refs: frozenset[PropertyRef], upto: int
) -> list[Record]:
    """The last word about each property, and about the home's mode."""
    found: list[Record] = []
    look = looker(connection)
    for device in sorted(devices):
        wanted = {ref.path for ref in refs if ref.device == device}
        found += _last_words(look, upto, device, wanted)
    homes = look(upto, PAGE, "", (RecordKind.HOME,))
    found += [record for record in homes if record.body.get("what") == "mode_changed"][-1:]
    return sorted(found, key=lambda record: record.seq)


def _last_words(look: Look, upto: int, device: str, wanted: set[str]) -> list[Record]:
    found: list[Record] = []
    read = 0
    while wanted and read < MOST_BACK:
        page = look(upto, PAGE, device, (RecordKind.UPDATE,))
        for record in reversed(page):
            path = record.body.get("property")
            if path in wanted:
                wanted.discard(str(path))
                found.append(record)
        if len(page) < PAGE:
            break
        read, upto = read + PAGE, page[0].seq - 1
    return found


def _record(row: Row) -> Record | None:
    try:
        return _decoded(row.seq, row.at, RecordKind(row.kind), row.body)
    except ValueError:
        return None


def _decoded(seq: int, at: int, kind: RecordKind, body: bytes) -> Record | None:
    """None for a body that a damaged disk left: one row must not end the whole."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return Record(seq, at / 1000, kind, found) if isinstance(found, dict) else None
