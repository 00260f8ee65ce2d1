"""Rules and scenes built without text: their files as cards, edits of them, their tests. Owns those handlers.

Nothing is written here: whoever builds saves the text with PUT.
"""

from __future__ import annotations

from aiohttp import web

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import SENTENCES as REASONS
from jiahe.model.reasons import say
from jiahe.rules.sentences import SENTENCES as RULES
from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import RulesDoor
from jiahe.web.ruled import formed, need_text

KINDS = {"rule": "rules", "scene": "scenes"}


def _rules(call: Call) -> RulesDoor:
    if call.doors.rules is None:
        raise Refused(404, "no_rules", "This home keeps no rules.")
    return call.doors.rules


async def post_form(call: Call) -> web.StreamResponse:
    """A text with edits in it, as cards, and what is wrong in it."""
    body = call.body
    folder = KINDS.get(body.get("kind", "rule"))
    if folder is None:
        raise OutOfDefinition("kind", say("kind_rule"))
    rules = _rules(call)
    name = body.get("id", "new")
    answer = await rules.form(folder, name, body["text"], body.get("edits", []))
    return json_answer(formed(call, folder, name, answer))


async def post_tests(call: Call) -> web.StreamResponse:
    """The tests of a text, run."""
    rules, body = _rules(call), call.body
    need_text(call, "rules", body["id"], body["text"], written=False)
    return json_answer(await rules.try_rule(body["id"], body["text"]))


async def get_words(call: Call) -> web.StreamResponse:
    """What a builder offers besides the devices' properties and actions."""
    rules = _rules(call)
    events = [row for row in rules.events() if call.sight.sees(str(row["device"]), str(row["event"]))]
    return json_answer({"events": events, "sun": rules.has_place()})


async def get_sentences(call: Call) -> web.StreamResponse:
    """What a phone makes its reader's words of: every sentence by its code."""
    return json_answer({"words": {code: dict(row) for code, row in {**RULES, **REASONS}.items()}})
