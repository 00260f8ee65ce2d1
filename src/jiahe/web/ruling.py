"""Rules, scenes and the home's mode: read, written, switched and played. Owns those handlers; the hub decides."""

from __future__ import annotations

from aiohttp import web

from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import RulesDoor
from jiahe.web.ruled import need_play, need_rule, need_text, need_touched, rule_row, scene_row


def _rules(call: Call) -> RulesDoor:
    if call.doors.rules is None:
        raise Refused(404, "no_rules", "This home keeps no rules.")
    return call.doors.rules


async def get_rules(call: Call) -> web.StreamResponse:
    """Every rule, those with faults too."""
    rows = [row for row in _rules(call).rules() if call.sight.rule(row["id"])]
    return json_answer({"rules": [rule_row(call, row) for row in rows]})


async def get_rule(call: Call) -> web.StreamResponse:
    """One rule with its text."""
    rules = _rules(call)
    need_rule(call, call.path())
    return json_answer(rule_row(call, rules.rule(call.path())))


async def put_rule(call: Call) -> web.StreamResponse:
    """Write a rule; nothing is written where something speaks against it."""
    rules, name, text = _rules(call), call.path(), call.body["text"]
    if any(row["id"] == name for row in rules.rules()):
        need_touched(call, "rules", name)
    need_text(call, "rules", name, text, written=True)
    return json_answer(rule_row(call, await rules.put_rule(name, text, call.cause())))


async def post_enable(call: Call) -> web.StreamResponse:
    """Switch a rule on or off in its file."""
    rules, name = _rules(call), call.path()
    need_touched(call, "rules", name)
    return json_answer(rule_row(call, await rules.enable_rule(name, call.body["enabled"], call.cause())))


async def delete_rule(call: Call) -> web.StreamResponse:
    """The rule and its file go."""
    rules = _rules(call)
    need_touched(call, "rules", call.path())
    await rules.remove_rule(call.path(), call.cause())
    return empty_answer()


async def get_scenes(call: Call) -> web.StreamResponse:
    """Every scene, those with faults too."""
    rows = [row for row in _rules(call).scenes() if call.sight.scene(row["id"])]
    return json_answer({"scenes": [scene_row(call, row) for row in rows]})


async def put_scene(call: Call) -> web.StreamResponse:
    """Write a scene."""
    rules, name, text = _rules(call), call.path(), call.body["text"]
    if any(row["id"] == name for row in rules.scenes()):
        need_touched(call, "scenes", name)
    need_text(call, "scenes", name, text, written=True)
    return json_answer(scene_row(call, await rules.put_scene(name, text, call.cause())))


async def delete_scene(call: Call) -> web.StreamResponse:
    """The scene and its file go."""
    rules = _rules(call)
    need_touched(call, "scenes", call.path())
    await rules.remove_scene(call.path(), call.cause())
    return empty_answer()


async def post_scene(call: Call) -> web.StreamResponse:
    """Play a scene and wait for every part's end."""
    rules = _rules(call)
    need_play(call, call.path())
    return json_answer(await rules.play_scene(call.path(), call.cause()))


async def get_mode(call: Call) -> web.StreamResponse:
    """The home's mode."""
    return json_answer({"mode": _rules(call).mode()})


async def put_mode(call: Call) -> web.StreamResponse:
    """Set the home's mode."""
    return json_answer({"mode": await _rules(call).set_mode(call.body["mode"], call.cause())})
