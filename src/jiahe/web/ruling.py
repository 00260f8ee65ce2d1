"""Rules, scenes and the home's mode: read, written, switched and played. Owns those handlers; the hub decides."""

from __future__ import annotations

from aiohttp import web

from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import RulesDoor


def _rules(call: Call) -> RulesDoor:
    if call.doors.rules is None:
        raise Refused(404, "no_rules", "This home keeps no rules.")
    return call.doors.rules


async def get_rules(call: Call) -> web.StreamResponse:
    """Every rule, those with faults too."""
    return json_answer({"rules": _rules(call).rules()})


async def get_rule(call: Call) -> web.StreamResponse:
    """One rule with its text."""
    return json_answer(_rules(call).rule(call.path()))


async def put_rule(call: Call) -> web.StreamResponse:
    """Write a rule; nothing is written where something speaks against it."""
    return json_answer(await _rules(call).put_rule(call.path(), call.body["text"], call.cause()))


async def post_enable(call: Call) -> web.StreamResponse:
    """Switch a rule on or off in its file."""
    return json_answer(await _rules(call).enable_rule(call.path(), call.body["enabled"], call.cause()))


async def delete_rule(call: Call) -> web.StreamResponse:
    """The rule and its file go."""
    await _rules(call).remove_rule(call.path(), call.cause())
    return empty_answer()


async def get_scenes(call: Call) -> web.StreamResponse:
    """Every scene, those with faults too."""
    return json_answer({"scenes": _rules(call).scenes()})


async def put_scene(call: Call) -> web.StreamResponse:
    """Write a scene."""
    return json_answer(await _rules(call).put_scene(call.path(), call.body["text"], call.cause()))


async def delete_scene(call: Call) -> web.StreamResponse:
    """The scene and its file go."""
    await _rules(call).remove_scene(call.path(), call.cause())
    return empty_answer()


async def post_scene(call: Call) -> web.StreamResponse:
    """Play a scene and wait for every part's end."""
    return json_answer(await _rules(call).play_scene(call.path(), call.cause()))


async def get_mode(call: Call) -> web.StreamResponse:
    """The home's mode."""
    return json_answer({"mode": _rules(call).mode()})


async def put_mode(call: Call) -> web.StreamResponse:
    """Set the home's mode."""
    return json_answer({"mode": await _rules(call).set_mode(call.body["mode"], call.cause())})
