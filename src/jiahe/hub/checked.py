"""Rules checked before they are switched on: texts in the place of the home's own files, over the home's past.

Owns what stands beside each other there; `rules/check.py` finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiahe.hub.past import LONGEST, PastHome
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.rules.check import check_rules, faults_of
from jiahe.rules.engine import bind_all
from jiahe.rules.finding import Finding
from jiahe.rules.load import parse_rule
from jiahe.rules.past import devices_of, refs_of
from jiahe.rules.reader import Faults
from jiahe.rules.reading import read_past
from jiahe.rules.rule import Rule

MOST_RULES = 200
"""Texts of one check: each pair of rules is held against each other."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, gravest first, and how many tests each rule brings along."""

    findings: tuple[Finding, ...]
    tests: Mapping[str, int]

    def body(self) -> dict[str, Any]:
        """As JSON data."""
        return {"findings": [one.body() for one in self.findings], "tests": dict(self.tests)}


async def check_texts(past: PastHome, texts: Mapping[str, str], start: float, end: float) -> Checked:
    """Checks these texts (by rule id) together with the home's other rules over the journal from `start` to `end`
    (epoch seconds), on a reader thread. OutOfDefinition for a span that is none, or too many texts."""
    if not 0 < end - start <= LONGEST:
        raise OutOfDefinition("from", say("span_past", most=f"{LONGEST / 86400:g}"))
    if not 0 < len(texts) <= MOST_RULES:
        raise OutOfDefinition("rules", say("rules_checked", most=MOST_RULES), MOST_RULES)
    found: list[Finding] = []
    given: dict[str, Rule] = {}
    for name, text in texts.items():
        try:
            given[name] = parse_rule(text, name)
        except Faults as error:
            found += faults_of(name, error)
    rules = {
        name: rule for name, rule in past.library.rules.items() if rule.enabled and name not in texts
    } | given
    place, scenes, definitions = past.place, past.library.scenes, past.definitions
    on = [replace(rule, enabled=True) for rule in rules.values()]
    bound, _ = bind_all(on, definitions, scenes, place.location is not None, alone=True)
    refs = frozenset().union(*(refs_of(one) for one in bound.values()))
    devices = frozenset().union(*(devices_of(one) for one in bound.values()))
    found += await past.database.read(
        lambda connection: check_rules(
            rules.values(), definitions, place.zone, place.location, scenes,
            read_past(connection, devices, refs, start, end), start=start, about=given,
        )
    )  # fmt: skip
    return Checked(tuple(found), {name: len(rule.tests) for name, rule in given.items()})
