"""The demo home's rules fit its devices, and pass the tests that travel with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.rules.demo_home import BEIJING, DEFINITIONS, SHANGHAI

from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import bind_rule
from jiahe.rules.case import World, run_cases
from jiahe.rules.form import rule_form
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


@pytest.mark.parametrize("name", sorted(demo_rules()))
def test_what_it_says_to_people_is_said_in_both_languages(name: str) -> None:
    """Its own words are of the hub's making, until somebody edits them."""
    form = rule_form(demo_rules()[name])
    assert form is not None
    texts = [form["names"], form["about"], *(one["name"] for one in form["tests"]), *told(form["then"])]
    for text in texts:
        assert set(text) == {"en", "zh"}, text
        assert any("一" <= letter <= "鿿" for letter in text["zh"]), text


def told(steps: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The texts of every `notify` in these steps."""
    for card in steps["cards"]:
        assert card["known"], card["text"]
        if card["kind"] == "notify":
            yield card["fields"]["text"]
        for inner in (*card["lists"].values(), *(branch["then"] for branch in card["branches"])):
            yield from told(inner)


def test_who_is_told_is_told_in_every_language_of_the_rule_with_its_values() -> None:
    rule = parse_rule(TEXTS["filter-watch"], "filter-watch")
    world = World([rule], DEFINITIONS, SHANGHAI, BEIJING)
    life = PropertyRef("living-purifier", "filter_life")
    world.given({life: 11})
    world.report({life: 10})
    (order,) = world.orders
    assert order.text == "The purifier's filter has 10% left"
    assert order.texts == {"en": order.text, "zh": "净化器滤芯还剩 10%"}
