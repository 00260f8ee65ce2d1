"""Rules, scenes and the mode over HTTP: what is asked of the hub, in whose name, and how it is answered."""

from __future__ import annotations

import pytest

from jiahe.model.errors import UnknownName
from jiahe.model.happening import Actor
from jiahe.web.answer import Refused

FAULT = {"file": "r.yaml", "line": 2, "column": 5, "message": "there is no device"}
TEST = {"name": "at night", "line": 4, "why": "expected nothing"}
ROW = {"id": "r", "names": {"en": "R"}, "enabled": True, "faults": [], "paused": None}
SUMMARY = {"about": "", "version": "v", "mode": "single", "when": [{"line": 1, "text": "time 22:30"}], "if": None,
           "then": [{"line": 2, "text": "mode night"}], "tests": 1}  # fmt: skip
RULE = {**ROW, "text": "when: x", "summary": SUMMARY}
SCENE = {"id": "s", "names": {}, "text": "mode: night", "faults": []}
PART = {"target": "mode", "value": "night", "status": "confirmed", "reason": ""}


class FakeRules:
    def __init__(self):
        self.asked, self.causes, self.error = [], [], None

    def _asked(self, *asked):
        *said, cause = asked
        self.asked.append(tuple(said))
        self.causes.append(cause)
        if self.error:
            raise self.error

    def rules(self):
        return [ROW, {**ROW, "id": "s", "names": {}, "enabled": False, "faults": [FAULT], "paused": 5.0}]

    def rule(self, name):
        if name != "r":
            raise UnknownName(f"there is no rule {name}")
        return RULE

    async def put_rule(self, *asked):
        self._asked("put_rule", *asked)
        return {**RULE, "failed_tests": [TEST]}

    async def enable_rule(self, *asked):
        self._asked("enable_rule", *asked)
        return {**RULE, "failed_tests": []}

    async def remove_rule(self, *asked):
        self._asked("remove_rule", *asked)

    async def form(self, folder, name, text, edits):
        self.asked.append(("form", folder, name, text, edits))
        return {"text": text, "form": {"when": []}, "faults": [FAULT]}

    async def try_rule(self, name, text):
        return {"tests": [{**TEST, "passed": False}]}

    def events(self):
        return [{"device": "bedroom-ac", "event": "beeped", "labels": {"en": "Beeped"}}]

    def has_place(self):
        return True

    def scenes(self):
        return [SCENE]

    async def put_scene(self, *asked):
        self._asked("put_scene", *asked)
        return SCENE

    async def remove_scene(self, *asked):
        self._asked("remove_scene", *asked)

    async def play_scene(self, *asked):
        self._asked("play_scene", *asked)
        return {"scene": "s", "status": "all_confirmed", "parts": [PART]}

    def mode(self):
        return "home"

    async def set_mode(self, *asked):
        self._asked("set_mode", *asked)
        return asked[0]


@pytest.fixture
def rules(house, client):
    found = FakeRules()
    object.__setattr__(house.doors, "rules", found)  # the app holds these doors
    return found


async def test_what_is_read_fits_its_schema(ask, rules):
    assert len((await ask("GET", "/api/rules", status=200))["rules"]) == 2
    assert (await ask("GET", "/api/rules/r", status=200))["text"] == "when: x"
    await ask("GET", "/api/rules/nobody", status=404)
    assert (await ask("GET", "/api/scenes", status=200))["scenes"] == [
        {**SCENE, "may": ["see", "operate", "configure"]}
    ]
    assert await ask("GET", "/api/mode", status=200) == {"mode": "home"}
    assert rules.asked == []


async def test_what_is_changed_is_changed_by_the_person(ask, rules):
    await ask("PUT", "/api/rules/r", status=200, json={"text": "when: x"})
    await ask("POST", "/api/rules/r/enable", status=200, json={"enabled": False})
    await ask("DELETE", "/api/rules/r", status=204)
    await ask("PUT", "/api/scenes/s", status=200, json={"text": "mode: night"})
    await ask("POST", "/api/scenes/s", status=200, json={})
    await ask("DELETE", "/api/scenes/s", status=204)
    await ask("PUT", "/api/mode", status=200, json={"mode": "night"})
    assert rules.asked == [
        ("put_rule", "r", "when: x"),
        ("enable_rule", "r", False),
        ("remove_rule", "r"),
        ("put_scene", "s", "mode: night"),
        ("play_scene", "s"),
        ("remove_scene", "s"),
        ("set_mode", "night"),
    ]
    assert {cause.kind for cause in rules.causes} == {Actor.PERSON}
    assert len({cause.id for cause in rules.causes}) == 7


async def test_faults_and_failed_tests_stand_in_the_answer(ask, rules):
    rules.error = Refused(422, "rule_fault", "line 2: there is no device", more={"faults": [FAULT]})
    answer = await ask("PUT", "/api/rules/r", status=422, json={"text": "x"})
    assert answer["error"]["faults"] == [FAULT]
    rules.error = Refused(422, "test_failed", "its test fails", more={"failed_tests": [TEST]})
    answer = await ask("POST", "/api/rules/r/enable", status=422, json={"enabled": True})
    assert answer["error"]["failed_tests"] == [TEST]


async def test_what_is_no_request(ask, rules):
    await ask("PUT", "/api/rules/r", status=422, json={})
    await ask("PUT", "/api/rules/r", status=422, json={"text": "x" * 60_001})
    await ask("POST", "/api/rules/r/enable", status=422, json={"enabled": "yes"})
    await ask("PUT", "/api/mode", status=422, json={"mode": 3})
    assert rules.asked == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/rules"), ("PUT", "/api/rules/r"), ("POST", "/api/scenes/s"), ("PUT", "/api/mode")],
)
async def test_a_stranger_learns_and_does_nothing(client, rules, method, path):
    headers = {"Origin": f"http://{client.host}:{client.port}"}
    answer = await client.request(method, path, json={} if method != "GET" else None, headers=headers)
    assert answer.status == 401
    assert rules.asked == []


async def test_a_home_without_rules(ask):
    await ask("GET", "/api/rules", status=404)


async def test_a_rule_is_built_without_text(ask, rules):
    edit = {"op": "set", "path": ["if"], "value": "mode == home"}
    asked = {"text": "when: x", "edits": [edit], "id": "r"}
    formed = await ask("POST", "/api/rules/form", status=200, json=asked)
    assert (formed["form"], formed["faults"]) == ({"when": []}, [FAULT])
    await ask("POST", "/api/rules/form", status=200, json={"text": "set: x", "kind": "scene"})
    assert rules.asked == [
        ("form", "rules", "r", "when: x", [edit]),
        ("form", "scenes", "new", "set: x", []),
    ]
    await ask("POST", "/api/rules/form", status=422, json={"text": "x", "kind": "poem"})
    await ask("POST", "/api/rules/form", status=422, json={"text": "x", "edits": [edit] * 51})
    await ask("POST", "/api/rules/form", status=422, json={"text": "x", "edits": ["set"]})
    tried = await ask("POST", "/api/rules/tests", status=200, json={"id": "r", "text": "when: x"})
    assert tried["tests"][0]["passed"] is False
    words = await ask("GET", "/api/rule-words", status=200)
    assert (words["events"][0]["event"], words["sun"]) == ("beeped", True)
