"""Replay and why over HTTP: who may ask, what they may ask, one replay at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import jsonschema
import pytest

from jiahe.hub.checked import Checked
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.replayed import Ran, Really, Replay, Sent
from jiahe.rules.sentences import say
from jiahe.rules.why import Link, Why
from jiahe.web.openapi import document
from jiahe.web.routes import ROUTES
from jiahe.web.ruled import why_shown

FOUND = Replay(
    1.0, 2.0, {"r": "v"}, {}, (Ran(1.0, "r", "r#1", "time 22:30"),), (Sent(1.0, "r", "r#1", "set", 3, "simulated"),),
    (Really(1.5, "r", "r#2", "ran"),), {"r": {"x > 3": 2}}, {"a.b": 1.0}, "00", 5,
)  # fmt: skip
ANSWER = Why(1.0, "Mei did it", (Link(1.0, "person", "Mei", "on", 3),), {"a.b": [1, "good"]}, ({"line": 1},))


class FakePast:
    def __init__(self):
        self.asked = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def replay(self, *asked):
        self.asked.append(asked)
        await self.gate.wait()
        return FOUND.body()

    async def check(self, *asked):
        self.asked.append(asked)
        finding = Finding(Flaw.LOOP, "r", 1, "sets itself off", True, 5.0, ("s",))
        return Checked((finding,), {"r": 2}).body()

    async def why_rule(self, *asked):
        self.asked.append(asked)
        return ANSWER.body()

    async def why(self, *asked):
        self.asked.append(asked)
        return ANSWER.body()


def fits(body, name):
    made = document(ROUTES, "0.0")
    schema = {**made["components"]["schemas"][name], "components": made["components"]}
    jsonschema.Draft202012Validator(schema).validate(body)


@pytest.fixture
def past(house, client):
    found = FakePast()
    object.__setattr__(house.doors, "past", found)  # the app holds these doors
    return found


async def test_a_replay_of_the_homes_rule_and_of_a_text(ask, past):
    body = await ask("POST", "/api/rules/smog/replay", status=200, json={"from": 10, "to": 20})
    fits(body, "Replay")
    await ask("POST", "/api/rules/smog/replay", status=200, json={"text": "when: []", "from": 10, "to": 20})
    assert past.asked == [("smog", None, 10, 20), ("smog", "when: []", 10, 20)]


@pytest.mark.parametrize(("start", "end"), [(20, 10), (10, 10), (0, 32 * 86_400)])
async def test_a_span_that_is_none_or_too_long(ask, past, start, end):
    answer = await ask("POST", "/api/rules/smog/replay", status=422, json={"from": start, "to": end})
    assert answer["error"]["property"] == "from"
    assert not past.asked


async def test_a_check_of_the_homes_rule_and_of_a_text(ask, past, house):
    fits(
        await ask("POST", "/api/rules/check", status=200, json={"id": "smog", "from": 10, "to": 20}),
        "Checked",
    )
    await ask("POST", "/api/rules/check", status=200, json={"id": "smog", "text": "when: []"})
    assert past.asked[0] == ("smog", None, 10, 20)
    rule, text, start, end = past.asked[1]
    assert (rule, text, round(end - start)) == ("smog", "when: []", 7 * 86_400)
    await ask("POST", "/api/rules/check", status=422, json={})
    await ask("POST", "/api/rules/check", status=422, json={"id": "smog", "from": 20, "to": 10})


async def test_one_replay_at_a_time(ask, past):
    past.gate.clear()
    first = asyncio.ensure_future(ask("POST", "/api/rules/a/replay", status=200, json={}))
    while not past.asked:
        await asyncio.sleep(0)
    assert (await ask("POST", "/api/rules/b/replay", status=409, json={}))["error"]["code"] == "busy"
    past.gate.set()
    await first


async def test_why_a_rule_and_why_a_property(ask, past):
    fits(await ask("GET", "/api/rules/smog/why?at=5", status=200), "Why")
    fits(await ask("GET", "/api/why?device=ac&property=power&at=6", status=200), "Why")
    assert past.asked == [("smog", 5), ("ac", "power", 6)]
    await ask("GET", "/api/why?device=ac", status=422)


class Nothing:
    """A journal whose records are for nobody."""

    async def records(self, after, limit):
        return []


async def test_that_nothing_happened_is_told_to_who_may_ask_and_what_is_hidden_in_no_words():
    call = SimpleNamespace(sight=SimpleNamespace(trusted=False), doors=SimpleNamespace(journal=Nothing()))
    answer = Why(1.0, say("why_no_word", name="a.b"), (), {"a.b": [1, "good"]}, ({"line": 1},)).body()
    assert await why_shown(call, answer) == answer
    hidden = Why(1.0, say("why_no_word", name="a.b"), ANSWER.chain, ANSWER.saw, ANSWER.parts).body()
    assert await why_shown(call, hidden) == {"at": 1.0, "text": "", "chain": [], "saw": {}, "parts": []}


async def test_a_home_without_a_past(ask, house):
    assert replace(house.doors).past is None
    await ask("GET", "/api/rules/smog/why", status=404)
