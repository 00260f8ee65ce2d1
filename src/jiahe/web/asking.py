"""Questions about rules and the past: replay, why and why not. Owns those handlers; the hub's past answers."""

from __future__ import annotations

from aiohttp import web

from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import PastDoor
from jiahe.web.ruled import checked, need_rule, need_text, why_shown

DAY = 86_400.0
LONGEST = 31 * DAY
"""Seconds of one replay over this door: a month takes seconds of a thread; longer ones are for the command line."""


def _past(call: Call) -> PastDoor:
    if call.doors.past is None:
        raise Refused(404, "no_past", "This home keeps no past that could be asked.")
    return call.doors.past


def _admit(call: Call, rule: str, text: str | None) -> None:
    """A rule that is seen; or a text that looks at nothing else than what is seen."""
    if text is None:
        need_rule(call, rule)
    else:
        need_text(call, "rules", rule, text, written=False)


async def post_replay(call: Call) -> web.StreamResponse:
    """One at a time: each holds a reader thread for seconds."""
    past, body = _past(call), call.body
    _admit(call, call.path(), body.get("text"))
    end = body.get("to", call.doors.clock.now())
    start = body.get("from", end - DAY)
    if not 0 < end - start <= LONGEST:
        raise OutOfDefinition("from", say("span_days", most=31), end)
    lock = call.service.replaying
    if lock.locked():
        raise Refused(409, "busy", say("replaying"))
    async with lock:
        return json_answer(await past.replay(call.path(), body.get("text"), start, end))


async def post_check(call: Call) -> web.StreamResponse:
    """Shares its turn with replay: it holds a reader thread as long."""
    past, body = _past(call), call.body
    _admit(call, body["id"], body.get("text"))
    end = body.get("to", call.doors.clock.now())
    start = body.get("from", end - 7 * DAY)
    if not 0 < end - start <= LONGEST:
        raise OutOfDefinition("from", say("span_days", most=31), end)
    lock = call.service.replaying
    if lock.locked():
        raise Refused(409, "busy", say("checking"))
    async with lock:
        return json_answer(checked(call, await past.check(body["id"], body.get("text"), start, end)))


async def get_why_rule(call: Call) -> web.StreamResponse:
    """What a rule did, or what kept it from running."""
    past, at = _past(call), call.query.get("at", call.doors.clock.now())
    need_rule(call, call.path())
    return json_answer(await why_shown(call, await past.why_rule(call.path(), at)))


async def get_why(call: Call) -> web.StreamResponse:
    """Who made a property what it was."""
    query = call.query
    past, at = _past(call), query.get("at", call.doors.clock.now())
    device, path = query["device"], query["property"]
    if not call.sight.sees(device, path):
        call.sight.profile(call.sight.device(device)).property(path)
        raise UnknownName(say("gone_property", name=repr(path[:60])))
    return json_answer(await why_shown(call, await past.why(device, path, at)))
