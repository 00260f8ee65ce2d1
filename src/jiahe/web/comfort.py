"""Comfort over HTTP: what it knows and why it acts, and what people change of it. Owns those handlers; the hub decides.

What somebody may not see is left out: a person's sleep is seen by who may see their band, a room by who may see what stands in it.
"""

from __future__ import annotations

from aiohttp import web

from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import ComfortDoor


def _comfort(call: Call) -> ComfortDoor:
    if call.doors.comfort is None:
        raise Refused(404, "no_comfort", "This home keeps no comfort.")
    return call.doors.comfort


async def get_comfort(call: Call) -> web.StreamResponse:
    """What comfort knows, does and has learned."""
    return json_answer(_comfort(call).state(call.sight.sees))


async def get_words(call: Call) -> web.StreamResponse:
    """Every sentence that comfort can say."""
    return json_answer({"words": _comfort(call).words()})


async def put_wishes(call: Call) -> web.StreamResponse:
    """What people want of it, in one piece."""
    await _comfort(call).put_wishes(call.body)
    return json_answer(_comfort(call).state(call.sight.sees))


async def patch_room(call: Call) -> web.StreamResponse:
    """One feature of one room on or off."""
    await _comfort(call).switch(call.path(), call.body["feature"], call.body["on"])
    return json_answer(_comfort(call).state(call.sight.sees))


async def post_release(call: Call) -> web.StreamResponse:
    """Take the hand off: the plan goes on."""
    await _comfort(call).release(call.path())
    return json_answer(_comfort(call).state(call.sight.sees))


async def post_filter(call: Call) -> web.StreamResponse:
    """There is a new filter in the room's purifier."""
    await _comfort(call).new_filter(call.path())
    return json_answer(_comfort(call).state(call.sight.sees))


async def put_point(call: Call) -> web.StreamResponse:
    """Write a point of a room's schedule; learning never moves it."""
    _comfort(call).put_point(call.path(), call.body)
    return json_answer(_comfort(call).state(call.sight.sees))


async def remove_point(call: Call) -> web.StreamResponse:
    """Take a point out of a room's schedule."""
    _comfort(call).remove_point(call.path(), call.body)
    return json_answer(_comfort(call).state(call.sight.sees))


async def delete_room(call: Call) -> web.StreamResponse:
    """Forget what was learned of a room."""
    await _comfort(call).forget(call.path())
    return empty_answer()
