"""Reading the log's rows back, on whatever connection. Owns the way to one subject's rows; never writes.

The hot table has no index but its number. One subject's rows are found block by block: `log_block` says which subjects
occur in which `BLOCK` rows, and the blocks without it are skipped. Rows of rare kinds are found by `log_rare`, which has
them alone.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

BLOCK = 4096
"""Rows in a block: one small row of `log_block` for each, so ten million rows have 2,441 of them, read in 5 ms."""
ENDLESS = (1 << 63) - 1  # above every number SQLite can give
COMMON = frozenset({"update", "event"})
"""Kinds of which a log has millions: what devices say. Every other kind is rare, and stands in `log_rare` too."""


class Row(NamedTuple):
    """One row of the log. `at` is epoch milliseconds; `body` is the bytes as they were given."""

    seq: int
    at: int
    kind: str
    subject: str
    body: bytes


def read_names(connection: sqlite3.Connection) -> dict[int, str]:
    """The words (kinds and subjects) behind the numbers in the rows."""
    return dict(connection.execute("SELECT id, name FROM log_name").fetchall())


def last_seq(connection: sqlite3.Connection) -> int:
    """The number of the last row on disk, 0 where there is none."""
    found = connection.execute("SELECT max(seq) FROM log").fetchone()[0]
    return 0 if found is None else int(found)


def read_rows(
    connection: sqlite3.Connection,
    after: int,
    limit: int,
    subject: str | None = None,
    kinds: Iterable[str] | None = None,
) -> list[Row]:
    """At most `limit` rows with a number above `after`, in order; only of this subject and these kinds where given."""
    names = read_names(connection)
    chosen = _choice(names, subject, kinds)
    if chosen is None:
        return []
    spans = [(after, ENDLESS)] if chosen.rare else _spans(connection, after, chosen.subject)
    return _read(connection, spans, limit, names, chosen, "ASC")


def read_newest(
    connection: sqlite3.Connection,
    upto: int,
    limit: int,
    subject: str | None = None,
    kinds: Iterable[str] | None = None,
    floor: int = 0,
) -> list[Row]:
    """The last `limit` rows with a number of `upto` or below and above `floor`, in order; narrowed as in `read_rows`."""
    names = read_names(connection)
    chosen = _choice(names, subject, kinds)
    if chosen is None:
        return []
    back = [(0, upto)] if chosen.rare else _spans_back(connection, upto, chosen.subject)
    spans = ((max(low, floor), high) for low, high in back if high > floor)
    return _read(connection, spans, limit, names, chosen, "DESC")[::-1]


def first_since(connection: sqlite3.Connection, at: int) -> int:
    """A cursor to begin at for rows from `at` (epoch ms) on: at most `BLOCK` rows too early, never too late."""
    found = connection.execute("SELECT min(block) FROM log_block WHERE high_at>=?", (at,)).fetchone()[0]
    if found is None:
        found = connection.execute("SELECT ifnull(max(block) + 1, 0) FROM log_block").fetchone()[0]
    return int(found) * BLOCK


class _Choice(NamedTuple):
    """What to narrow the rows to, as SQL."""

    subject: int | None
    where: str
    values: list[int]
    rare: bool


def _choice(names: Mapping[int, str], subject: str | None, kinds: Iterable[str] | None) -> _Choice | None:
    """None where no row can fit: nobody wrote these words yet."""
    ids = {name: number for number, name in names.items()}
    where, values, rare = "", [], False
    if subject is not None:
        if subject not in ids:
            return None
        where, values = " AND found.subject=?", [ids[subject]]
    if kinds is not None:
        chosen = frozenset(kinds) & ids.keys()
        if not chosen:
            return None
        wanted, rare = sorted(ids[kind] for kind in chosen), not chosen & COMMON
        where += f" AND found.kind IN ({','.join('?' * len(wanted))})"
        values += wanted
    return _Choice(None if subject is None else ids[subject], where, values, rare)


def _read(
    connection: sqlite3.Connection,
    spans: Iterable[tuple[int, int]],
    limit: int,
    names: Mapping[int, str],
    chosen: _Choice,
    order: str,
) -> list[Row]:
    # CROSS: what is found is gone through in its order, and only its own rows of the log are read.
    table = "log_rare AS found CROSS JOIN log USING (seq)" if chosen.rare else "log AS found"
    columns = "found.seq, at, found.kind, found.subject, body"
    question = (
        f"SELECT {columns} FROM {table} WHERE found.seq>? AND found.seq<=?{chosen.where} "  # noqa: S608
        f"ORDER BY found.seq {order} LIMIT ?"
    )
    rows: list[Row] = []
    for low, high in spans:
        found = connection.execute(question, (low, high, *chosen.values, limit - len(rows)))
        rows += [_row(row, names) for row in found]
        if len(rows) >= limit:
            break
    return rows


def _spans(connection: sqlite3.Connection, after: int, subject: int | None) -> Iterator[tuple[int, int]]:
    """The stretches (low, high] of numbers in which to look, upwards."""
    begun = 0
    if subject is not None:
        blocks = connection.execute(
            "SELECT block, subjects FROM log_block WHERE block>=? ORDER BY block", (max(after, 0) // BLOCK,)
        )
        for block, subjects in blocks:
            begun = (int(block) + 1) * BLOCK
            if subject in unpacked(subjects):
                yield max(after, begun - BLOCK), begun
    yield max(after, begun), ENDLESS


def _spans_back(connection: sqlite3.Connection, upto: int, subject: int | None) -> Iterator[tuple[int, int]]:
    """The stretches (low, high] of numbers in which to look, downwards."""
    if subject is None:
        yield 0, upto
        return
    finished = connection.execute("SELECT ifnull(max(block) + 1, 0) FROM log_block").fetchone()[0] * BLOCK
    yield min(finished, upto), upto
    blocks = connection.execute(
        "SELECT block, subjects FROM log_block WHERE block<? ORDER BY block DESC", (-(-upto // BLOCK),)
    )
    for block, subjects in blocks:
        if subject in unpacked(subjects):
            yield int(block) * BLOCK, min((int(block) + 1) * BLOCK, upto)


def packed(subjects: Iterable[int]) -> bytes:
    """Subject numbers as they stand in `log_block`: unsigned 32 bit, in order."""
    return array("I", sorted(subjects)).tobytes()


def unpacked(subjects: bytes) -> frozenset[int]:
    """The other way of `packed`."""
    return frozenset(array("I", subjects))


def _row(row: tuple[int, int, int, int, bytes], names: Mapping[int, str]) -> Row:
    return Row(row[0], row[1], names.get(row[2], ""), names.get(row[3], ""), row[4])
