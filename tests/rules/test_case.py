"""Tests that travel with a rule: they pass, they fail with words, and they are themselves checked."""

from __future__ import annotations

import pytest
from tests.rules.flat import BEIJING, FLAT, SCENES, SHANGHAI

from jiahe.rules.case import CaseResult, run_cases
from jiahe.rules.load import parse_rule
from jiahe.rules.reader import Faults

RULE = """
when:
  - {becomes: purifier.pm2_5 > 75 ug/m3, for: 5 min}
  - {event: button.pressed}
  - {rule: other, ended: failed}
  - {hub: started}
if: mode != away
then:
  - {set: purifier.mode, to: sleep, otherwise: [{notify: owner, text: "No: {purifier.pm2_5}"}]}
  - {scene: good-night}
tests:
  - name: NAME
"""


def run(case: str, name: str = "x") -> CaseResult:
    body = "\n".join(f"    {line}" for line in case.strip().splitlines())
    rule = parse_rule(RULE.replace("NAME", name) + body + "\n", "cased")
    (result,) = run_cases(rule, FLAT, SHANGHAI, BEIJING, SCENES)
    return result


SCENE = "{set: lamp.power, to: off}, {set: purifier.mode, to: sleep}, {mode: night}"


@pytest.mark.parametrize("case", [
    f"given: {{purifier.pm2_5: 20}}\nwhen: {{purifier.pm2_5: 0.08 mg/m3}}\nafter: 5 min\nthen: [{{set: purifier.mode, to: sleep}}, {SCENE}]",
    "given: {purifier.pm2_5: 20}\nwhen: {purifier.pm2_5: 80}\nafter: 4 min\nthen: nothing",
    "given: {purifier.pm2_5: 20}\nwhen: [{purifier.pm2_5: 80}, {after: 4 min}, {purifier.pm2_5: unknown}, {after: 1 h}]\nthen: nothing",
    "mode: away\nwhen: {event: button.pressed}\nthen: nothing",
    "when: [{mode: away}, {event: button.pressed}]\nthen: nothing",
    "when: [{hub: started}]\nthen: [{set: purifier.mode, to: sleep}, {scene: good-night}]",
    "when: [{rule: other, ended: failed}]\nthen: [{set: purifier.mode, to: sleep}, {scene: good-night}]",
    "when: [{rule: other, ended: done}]\nthen: nothing",
    f"given: {{purifier.pm2_5: 9}}\nwhen: {{event: button.pressed}}\ncommands: refused\nthen: [{{set: purifier.mode, to: sleep}}, {{notify: owner, text: \"No: 9 µg/m³\"}}, {SCENE}]",
])  # fmt: skip
def test_cases_that_pass(case: str) -> None:
    result = run(case)
    assert result.passed, result.why


def test_a_case_that_fails_says_what_came_and_why() -> None:
    result = run("mode: away\nwhen: {event: button.pressed}\nthen: [{set: purifier.mode, to: auto}]")
    assert not result.passed
    assert result.why == (
        "expected set purifier.mode to auto; came nothing (`mode != away` was not so: mode was away)"
    )
    assert result.trace[-1]["what"] == "not"


@pytest.mark.parametrize(("case", "says"), [
    ("when: {purifier.pm2_5: 26 Cel}\nthen: nothing", "cannot be compared"),
    ("when: {purifier.pm25: 26}\nthen: nothing", "did you mean pm2_5"),
    ("when: {purifier.pm2_5: bedroom-ac.temperature}\nthen: nothing", "cannot be compared"),
    ("when: {hub: started}\nthen: [{set: purifier.mode, to: quiet}]", "takes one of"),
    ("when: {hub: started}\nthen: [{wait: 1 s}]", "lists set, do, scene, mode and notify"),
    ("at: 2026-02-30 12:00\nwhen: {hub: started}\nthen: nothing", "there is no date"),
])  # fmt: skip
def test_a_case_that_cannot_be_run_fails_with_the_reason(case: str, says: str) -> None:
    result = run(case)
    assert not result.passed
    assert says in result.why


@pytest.mark.parametrize(("case", "says"), [
    ("when: {hub: started}", "needs `then:`"),
    ("at: noon\nthen: nothing", "`at` is a local date and time"),
    ("wenn: 1\nthen: nothing", "a test has no `wenn`; did you mean `when`?"),
    ("when: {foo: 1}\nthen: nothing", "nothing that a test can make happen"),
    ("commands: maybe\nthen: nothing", "how devices answer"),
])  # fmt: skip
def test_faults_of_a_case(case: str, says: str) -> None:
    with pytest.raises(Faults, match=says):
        run(case)


def test_a_rule_that_does_not_fit_fails_its_cases() -> None:
    rule = parse_rule(
        "when: [{event: nobody.pressed}]\nthen: [stop]\ntests: [{when: {hub: started}, then: nothing}]",
        "lost",
    )
    (result,) = run_cases(rule, FLAT, SHANGHAI)
    assert (result.passed, "there is no device 'nobody'" in result.why) == (False, True)
