"""The journal as one viewer reads it, forwards by a cursor and backwards. Owns that handler and the bound of a search.

Records that a viewer may not see are passed over: a page is filled from behind them, as far as one request may look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import Record, RecordKind
from jiahe.model.reasons import say
from jiahe.web.answer import json_answer
from jiahe.web.call import Call
from jiahe.web.sight import Sight

RECORDS = 100
PAGE, PAGES = 1_000, 20
"""Records read at a time, and times of one request, for who does not see all of them: some 100 ms of a reader thread."""


async def get_journal(call: Call) -> web.StreamResponse:
    """Records, oldest first: those after a cursor, or the newest."""
    query = call.query
    device = query.get("device")
    if "before" in query:
        return await _earlier(call)
    if "kinds" in query:
        raise OutOfDefinition("kinds", "goes with `before`")
    if "latest" in query:
        if "after" in query or "limit" in query:
            raise OutOfDefinition("latest", "goes without `after` and `limit`")
        cursor = call.doors.journal.committed_seq
        rows = await _latest(call, cursor, query["latest"], device)
    else:
        rows, cursor = await _forwards(call, query.get("after", 0), query.get("limit", RECORDS), device)
    return json_answer({"records": rows, "cursor": cursor})


async def _latest(call: Call, cursor: int, limit: int, device: str | None) -> list[Any]:
    if not _everything(call.sight):
        return (await _backwards(call, cursor + 1, limit, device, None))[0]
    records = await call.doors.journal.newest(limit, device)
    return [record_body(record, record.body) for record in sorted(records, key=lambda record: record.seq)]


def _everything(sight: Sight) -> bool:
    """Whether this viewer sees every record: then there is nothing to pass over."""
    return sight.trusted and sight.security


async def _earlier(call: Call) -> web.StreamResponse:
    """A page of the diary, backwards; `reached` is the `before` to go on with, 1 where there is nothing earlier."""
    query = call.query
    if "after" in query or "latest" in query:
        raise OutOfDefinition("before", "goes without `after` and `latest`")
    kinds = _kinds(query.get("kinds"))
    rows, reached = await _backwards(
        call, query["before"], query.get("limit", RECORDS), query.get("device"), kinds
    )
    return json_answer({"records": rows, "cursor": call.doors.journal.committed_seq, "reached": reached + 1})


async def _forwards(call: Call, after: int, limit: int, device: str | None) -> tuple[list[Any], int]:
    """At most `limit` rows above `after`, and the cursor up to which all was looked through."""
    journal, sight = call.doors.journal, call.sight
    everything = _everything(sight)
    rows: list[Any] = []
    for _ in range(PAGES):
        committed, wanted = journal.committed_seq, limit if everything else PAGE
        records = await journal.records(after, wanted, device)
        for record in records:
            after = record.seq
            if (row := _row(record, sight)) is not None:
                rows.append(row)
                if len(rows) >= limit:
                    return rows, after
        if len(records) < wanted:  # everything up to `committed` was looked through
            return rows, max(after, committed)
    return rows, after


async def _backwards(
    call: Call, before: int, limit: int, device: str | None, kinds: Sequence[RecordKind] | None
) -> tuple[list[Any], int]:
    """At most `limit` rows below `before`, in order, and the cursor down to which all was looked through."""
    journal, sight = call.doors.journal, call.sight
    everything = _everything(sight)
    rows: list[Any] = []
    reached = before - 1
    for _ in range(1 if everything else PAGES):
        records, reached = await journal.earlier(before, limit if everything else PAGE, device, kinds)
        for record in reversed(records):
            if (row := _row(record, sight)) is not None:
                rows.append(row)
                if len(rows) >= limit:
                    return rows[::-1], record.seq - 1
        before = reached + 1
        if reached <= 0:
            break
    return rows[::-1], reached


def _row(record: Record, sight: Sight) -> dict[str, Any] | None:
    body = sight.record(record)
    return None if body is None else record_body(record, body)


def record_body(record: Record, body: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON, with what its viewer sees of its body."""
    return {"seq": record.seq, "at": record.at, "kind": record.kind.value, "body": body}


def _kinds(text: str | None) -> list[RecordKind] | None:
    if text is None:
        return None
    try:
        return [RecordKind(word) for word in text.split(",")]
    except ValueError:
        known = [kind.value for kind in RecordKind]
        raise OutOfDefinition("kinds", say("grant_verbs", known=", ".join(known)), known) from None
