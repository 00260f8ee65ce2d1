"""Questions about rules and the past: replay, why and why not. Owns those handlers; the hub's past answers."""

from __future__ import annotations

from aiohttp import web

from jiahe.model.errors import OutOfDefinition
from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import PastDoor

DAY = 86_400.0
LONGEST = 31 * DAY
"""Seconds of one replay over this door: a month takes seconds of a thread; longer ones are for the command line."""


def _past(call: Call) -> PastDoor:
    if call.doors.past is None:
        raise Refused(404, "no_past", "This home keeps no past that could be asked.")
    return call.doors.past


async def post_replay(call: Call) -> web.StreamResponse:
    """One at a time: each holds a reader thread for seconds."""
    past, body = _past(call), call.body
    end = body.get("to", call.doors.clock.now())
    start = body.get("from", end - DAY)
    if not 0 < end - start <= LONGEST:
        raise OutOfDefinition("from", "must be earlier than `to`, by 31 days at most", end)
    lock = call.service.replaying
    if lock.locked():
        raise Refused(409, "busy", "Another replay is under way; ask again in a moment.")
    async with lock:
        return json_answer(await past.replay(call.path(), body.get("text"), start, end))


async def post_check(call: Call) -> web.StreamResponse:
    """Shares its turn with replay: it holds a reader thread as long."""
    past, body = _past(call), call.body
    end = body.get("to", call.doors.clock.now())
    start = body.get("from", end - 7 * DAY)
    if not 0 < end - start <= LONGEST:
        raise OutOfDefinition("from", "must be earlier than `to`, by 31 days at most", end)
    lock = call.service.replaying
    if lock.locked():
        raise Refused(409, "busy", "Another replay or check is under way; ask again in a moment.")
    async with lock:
        return json_answer(await past.check(body["id"], body.get("text"), start, end))


async def get_why_rule(call: Call) -> web.StreamResponse:
    """What a rule did, or what kept it from running."""
    at = call.query.get("at", call.doors.clock.now())
    return json_answer(await _past(call).why_rule(call.path(), at))


async def get_why(call: Call) -> web.StreamResponse:
    """Who made a property what it was."""
    query = call.query
    at = query.get("at", call.doors.clock.now())
    return json_answer(await _past(call).why(query["device"], query["property"], at))
