"""What was done to a device in a span of time, for the marks on its charts. Owns which rows are read; never judges them.

Blocking: for a reader thread.
"""

from __future__ import annotations

import sqlite3

import orjson

from jiahe.model.happening import Record, RecordKind
from jiahe.storage.log_rows import BLOCK, Row, first_since, read_newest

MOST_MARKS = 500
"""Records of one answer, the newest: a screen cannot show more."""
MOST_READ = 4_000
"""Rows looked at for them: reports between two commands are skipped by the log's index, not by us."""
PAGE = 500
_OF_DEVICE = (RecordKind.COMMAND.value, RecordKind.OUTCOME.value)
_OF_COMFORT = (RecordKind.COMFORT.value,)
BEFORE = 5.0
"""Seconds: comfort writes down what it decides a moment before its command is written."""
_OF_RULES = (RecordKind.RULE.value,)


def read_marks(
    connection: sqlite3.Connection, device: str, start: float, end: float
) -> tuple[list[Record], bool]:
    """Commands to a device with their outcomes, what comfort wrote of those of its own, and runs of rules that looked at
    it, oldest first (epoch seconds); False where there were more."""
    commands, whole = _back(connection, device, _OF_DEVICE, start, end)
    decided = _decided(connection, commands, start, end)
    runs, all_runs = _back(connection, "", _OF_RULES, start, end)
    name = f"{device}."
    seen = [one for one in runs if one.body.get("what") == "ran" and _looked_at(one, name)]
    found = sorted([*commands, *decided, *seen], key=lambda one: one.seq)
    return found[-MOST_MARKS:], whole and all_runs and len(found) <= MOST_MARKS


def _decided(
    connection: sqlite3.Connection, commands: list[Record], start: float, end: float
) -> list[Record]:
    """Comfort's records whose cause the commands carry: why it did so."""
    causes = {
        _cause(one) for one in commands if one.kind is RecordKind.COMMAND and _cause(one)[1] == "comfort"
    }
    if not causes:
        return []
    written, _ = _back(connection, "", _OF_COMFORT, start - BEFORE, end)
    return [one for one in written if _cause(one) in causes]


def _cause(record: Record) -> tuple[str, str]:
    cause = record.body.get("cause")
    return (str(cause.get("id", "")), str(cause.get("kind", ""))) if isinstance(cause, dict) else ("", "")


def _looked_at(run: Record, name: str) -> bool:
    trigger = run.body.get("trigger")
    saw = trigger.get("saw") if isinstance(trigger, dict) else None
    return isinstance(saw, dict) and any(str(key).startswith(name) for key in saw)


def _back(
    connection: sqlite3.Connection, subject: str, kinds: tuple[str, ...], start: float, end: float
) -> tuple[list[Record], bool]:
    low, high = round(start * 1000), round(end * 1000)
    upto = first_since(connection, high) + 2 * BLOCK
    found: list[Record] = []
    read = 0
    while read < MOST_READ:
        rows = read_newest(connection, upto, PAGE, subject, kinds)
        found += [one for row in reversed(rows) if low <= row.at < high and (one := _record(row)) is not None]
        if len(rows) < PAGE or rows[0].at < low:
            return found, True
        read, upto = read + len(rows), rows[0].seq - 1
    return found, False


def _record(row: Row) -> Record | None:
    try:
        body = orjson.loads(row.body)
    except orjson.JSONDecodeError:
        return None
    return Record(row.seq, row.at / 1000, RecordKind(row.kind), body) if isinstance(body, dict) else None
