"""Comfort over HTTP: what it knows and why it acts, and what people change of it. Owns those handlers; the hub decides.

What somebody may not see is left out: a person's sleep is seen by who may see their band, a room by who may see what stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from jiahe.home.permission import THE_HOME, Verb
from jiahe.model.happening import Actor
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import ComfortDoor


def _comfort(call: Call) -> ComfortDoor:
    if call.doors.comfort is None:
        raise Refused(404, "no_comfort", "This home keeps no comfort.")
    return call.doors.comfort


def _steered(call: Call) -> ComfortDoor:
    """The same for who changes what it does: it operates the home, so whoever sets it to do so may do that too."""
    call.require(Verb.OPERATE, THE_HOME)
    return _comfort(call)


def _shown(call: Call) -> Mapping[str, Any]:
    """All of it that whoever asks sees: without that the home is empty for who is not told its mode, and without who it was
    that set a hand on it where they may not know."""
    state, sight = _comfort(call).state(call.sight.sees_whole), call.sight
    if "absence" in state and not sight.may(Verb.SEE, THE_HOME):
        state = {**state, "absence": {"by": "", "since": None}}
    if sight.knows_source(Actor.PERSON, "?"):
        return state
    return {**state, "rooms": [_nameless(room) for room in state["rooms"]]}


def _nameless(shown: Any) -> Any:
    """The same with every name of a person left out: `who` of a hand and of a sentence's figures."""
    if isinstance(shown, Mapping):
        return {key: "" if key == "who" else _nameless(value) for key, value in shown.items()}
    return [_nameless(one) for one in shown] if isinstance(shown, list) else shown


async def get_comfort(call: Call) -> web.StreamResponse:
    """What comfort knows, does and has learned."""
    return json_answer(_shown(call))


async def get_words(call: Call) -> web.StreamResponse:
    """Every sentence that comfort can say."""
    return json_answer({"words": _comfort(call).words()})


async def put_wishes(call: Call) -> web.StreamResponse:
    """What people want of it, in one piece."""
    await _steered(call).put_wishes(call.body)
    return json_answer(_shown(call))


async def patch_room(call: Call) -> web.StreamResponse:
    """One feature of one room on or off."""
    await _steered(call).switch(call.path(), call.body["feature"], call.body["on"])
    return json_answer(_shown(call))


async def post_release(call: Call) -> web.StreamResponse:
    """Take the hand off: the plan goes on."""
    await _steered(call).release(call.path())
    return json_answer(_shown(call))


async def post_filter(call: Call) -> web.StreamResponse:
    """There is a new filter in the room's purifier."""
    await _steered(call).new_filter(call.path())
    return json_answer(_shown(call))


async def put_point(call: Call) -> web.StreamResponse:
    """Write a point of a room's schedule; learning never moves it."""
    _steered(call).put_point(call.path(), call.body)
    return json_answer(_shown(call))


async def remove_point(call: Call) -> web.StreamResponse:
    """Take a point out of a room's schedule."""
    _steered(call).remove_point(call.path(), call.body)
    return json_answer(_shown(call))


async def delete_room(call: Call) -> web.StreamResponse:
    """Forget what was learned of a room."""
    await _steered(call).forget(call.path())
    return empty_answer()
