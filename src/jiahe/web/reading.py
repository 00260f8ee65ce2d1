"""Answers that change nothing: the home, its past, its health. Owns those handlers."""

from __future__ import annotations

from aiohttp import web

from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import Record, RecordKind
from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.metrics import metrics_text

DAY = 86_400.0
ROWS = 300
"""Rows of a chart where the question does not say: about one a pixel on a phone."""
RECORDS = 100


async def get_health(call: Call) -> web.StreamResponse:
    """Whether the hub can take commands."""
    return json_answer({"status": "ok", "version": call.doors.version, **call.doors.health()})


async def get_home(call: Call) -> web.StreamResponse:
    """Everything at this moment."""
    return json_answer(await call.service.view.home())


async def get_device(call: Call) -> web.StreamResponse:
    """One device."""
    return json_answer(await call.service.view.device(call.doors.home.device(call.path())))


async def get_tap(call: Call) -> web.StreamResponse:
    """The last frames of one device."""
    return json_answer(call.doors.tap(call.doors.home.device(call.path()).id))


async def get_history(call: Call) -> web.StreamResponse:
    """A property's past as rows for a chart."""
    query, doors = call.query, call.doors
    device = query["device"]
    here = doors.home.devices.get(device)
    unit = here.profile.property(query["property"]).unit if here else ""
    end = query.get("to", doors.clock.now())
    start = query.get("from", end - DAY)
    if start >= end:
        raise OutOfDefinition("from", "must be earlier than `to`", end)
    series = await doors.history.query(device, query["property"], start, end, query.get("points", ROWS))
    if here is None and not series.rows:  # a device that left keeps its past; one that never was has none
        doors.home.device(device)
    return json_answer(
        {
            "device": device,
            "property": query["property"],
            "unit": unit,
            "from": start,
            "to": end,
            "step": series.step,
            "rows": [list(row) for row in series.rows],
            "gaps": [list(gap) for gap in series.gaps],
        }
    )


async def get_journal(call: Call) -> web.StreamResponse:
    """Records, oldest first: those after a cursor, or the newest."""
    query, journal = call.query, call.doors.journal
    device = query.get("device")
    if "before" in query:
        return await _earlier(call)
    if "kinds" in query:
        raise OutOfDefinition("kinds", "goes with `before`")
    if "latest" in query:
        if "after" in query or "limit" in query:
            raise OutOfDefinition("latest", "goes without `after` and `limit`")
        cursor = journal.committed_seq
        records = sorted(await journal.newest(query["latest"], device), key=lambda record: record.seq)
    else:
        after, limit = query.get("after", 0), query.get("limit", RECORDS)
        committed = journal.committed_seq
        records = list(await journal.records(after, limit, device))
        # a whole page: there may be more behind it; else everything up to `committed` was looked through
        cursor = after if len(records) >= limit else max(after, committed)
    cursor = max(cursor, records[-1].seq) if records else cursor
    return json_answer({"records": [record_body(record) for record in records], "cursor": cursor})


async def _earlier(call: Call) -> web.StreamResponse:
    """A page of the diary, backwards; `reached` is the `before` to go on with, 1 where there is nothing earlier."""
    query = call.query
    if "after" in query or "latest" in query:
        raise OutOfDefinition("before", "goes without `after` and `latest`")
    found, reached = await call.doors.journal.earlier(
        query["before"], query.get("limit", RECORDS), query.get("device"), _kinds(query.get("kinds"))
    )
    body = {"records": [record_body(record) for record in found], "cursor": call.doors.journal.committed_seq}
    return json_answer(body | {"reached": reached + 1})


def _kinds(text: str | None) -> list[RecordKind] | None:
    if text is None:
        return None
    try:
        return [RecordKind(word) for word in text.split(",")]
    except ValueError:
        known = [kind.value for kind in RecordKind]
        raise OutOfDefinition("kinds", f"takes some of {', '.join(known)}, with commas", known) from None


async def get_virtual(call: Call) -> web.StreamResponse:
    """The demo's devices and what is wrong with them."""
    if call.doors.virtual is None:
        raise Refused(404, "no_demo", "Only the demo has virtual devices.")
    return json_answer(await call.doors.virtual.faults())


async def get_metrics(call: Call) -> web.StreamResponse:
    """Prometheus text."""
    return web.Response(text=metrics_text(call.service), content_type="text/plain", charset="utf-8")


async def get_openapi(call: Call) -> web.StreamResponse:
    """This door, described; made from the table of routes."""
    from jiahe.web.openapi import document  # imported when somebody asks, not at start
    from jiahe.web.routes import ROUTES  # the table names this handler

    return json_answer(document(ROUTES, call.doors.version))


def record_body(record: Record) -> dict[str, object]:
    """A record as JSON."""
    return {"seq": record.seq, "at": record.at, "kind": record.kind.value, "body": record.body}
