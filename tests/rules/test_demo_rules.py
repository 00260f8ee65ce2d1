"""The demo home's rules fit its devices, and pass the tests that travel with them."""

from __future__ import annotations

import pytest
from tests.rules.demo_home import BEIJING, DEFINITIONS, SHANGHAI

from jiahe.rules.bind import bind_rule
from jiahe.rules.case import run_cases
from jiahe.rules.load import parse_rule
from jiahe.virtual.demo_rules import demo_rules

TEXTS = demo_rules()


def test_there_are_a_dozen() -> None:
    assert len(TEXTS) >= 12


@pytest.mark.parametrize("name", TEXTS)
def test_a_rule_of_the_demo_fits_and_its_tests_pass(name: str) -> None:
    rule = parse_rule(TEXTS[name], name)
    bind_rule(rule, DEFINITIONS, rules=TEXTS)
    assert rule.names["en"]
    assert rule.names["zh"]
    results = run_cases(rule, DEFINITIONS, SHANGHAI, BEIJING)
    assert [one.why for one in results if not one.passed] == []
    assert any(one.got for one in results), "a rule that does something"
    assert any(not one.got for one in results), "and one moment at which it does nothing"
