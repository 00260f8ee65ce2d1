"""Answers that change nothing: the home, its past, its health. Owns those handlers."""

from __future__ import annotations

from aiohttp import web

from jiahe.home.permission import SYSTEM, Verb
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.metrics import metrics_text

DAY = 86_400.0
OPEN_HEALTH = frozenset({"status", "version", "uptime"})
"""What a stranger learns: that the hub is there, and nothing of the home."""
ROWS = 300
"""Rows of a chart where the question does not say: about one a pixel on a phone."""


async def get_health(call: Call) -> web.StreamResponse:
    """Whether the hub can take commands."""
    body = {"status": "ok", "version": call.doors.version, **call.doors.health()}
    if call.signed is None or not call.sight.may(Verb.SEE, SYSTEM):
        body = {key: value for key, value in body.items() if key in OPEN_HEALTH}
    return json_answer(body)


async def get_home(call: Call) -> web.StreamResponse:
    """Everything at this moment."""
    answer = json_answer(await call.service.view.home(call.sight))
    # 36 kB of a home of five devices become 3 kB, a sixth of a second on a slow phone, for half a millisecond here
    answer.enable_compression()
    return answer


async def get_device(call: Call) -> web.StreamResponse:
    """One device."""
    return json_answer(await call.service.view.device(call.sight.device(call.path()), call.sight))


async def get_tap(call: Call) -> web.StreamResponse:
    """The last frames of one device."""
    return json_answer(call.doors.tap(call.doors.home.device(call.path()).id))


async def get_history(call: Call) -> web.StreamResponse:
    """A property's past as rows for a chart."""
    query, doors, sight = call.query, call.doors, call.sight
    device, path = query["device"], query["property"]
    here = doors.home.devices.get(device)
    if here is not None or not sight.sees(device, path):
        here = sight.device(device)
    unit = sight.profile(here).property(path).unit if here else ""
    end = query.get("to", doors.clock.now())
    start = query.get("from", end - DAY)
    if start >= end:
        raise OutOfDefinition("from", say("span_order"), end)
    series = await doors.history.query(device, query["property"], start, end, query.get("points", ROWS))
    if here is None and not series.rows:  # a device that left keeps its past; one that never was has none
        sight.device(device)
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


async def get_virtual(call: Call) -> web.StreamResponse:
    """The demo's devices and what is wrong with them."""
    if call.doors.virtual is None:
        raise Refused(404, "no_demo", "Only the demo has virtual devices.")
    return json_answer(await call.doors.virtual.faults())


async def get_metrics(call: Call) -> web.StreamResponse:
    """Prometheus text."""
    return web.Response(
        text=metrics_text(call.service, call.sight), content_type="text/plain", charset="utf-8"
    )


async def get_openapi(call: Call) -> web.StreamResponse:
    """This door, described; made from the table of routes."""
    from jiahe.web.openapi import document  # imported when somebody asks, not at start
    from jiahe.web.routes import ROUTES  # the table names this handler

    return json_answer(document(ROUTES, call.doors.version))
