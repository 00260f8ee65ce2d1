"""The model's law: it finds the law that made the numbers, states its error, and is silent where there is none."""

from __future__ import annotations

import math
import random

import pytest
from tests.rules.flat import FLAT, ref
from tests.rules.past import T0, Past

from jiahe.rules.effect import Fit, modelled

SMOG = "when: [{becomes: purifier.pm2_5 > 75}]\nthen: [{set: purifier.power, to: on}]\n"


def test_the_law_that_made_the_numbers_is_found() -> None:
    fit, value = Fit(), 30.0
    for _ in range(200):
        later = 20 + (value - 20) * math.exp(-60 / 1800)
        fit.take(value, later, 60)
        value = later
    law = fit.law()
    assert law is not None
    assert law.level == pytest.approx(20, abs=0.2)
    assert law.span == pytest.approx(1800, rel=0.05)
    assert law.error < 0.01


def test_where_chance_rules_there_is_no_law() -> None:
    chance, fit, value = random.Random(1), Fit(), 50.0
    for _ in range(500):
        later = value + chance.uniform(-1, 1)
        fit.take(value, later, 60)
        value = later
    assert fit.law() is None
    assert Fit().law() is None


def test_only_slow_readings_beside_a_switch_are_tried() -> None:
    refs = [
        ref("purifier.pm2_5"),
        ref("purifier.level"),
        ref("bedroom-ac.temperature"),
        ref("nobody.temperature"),
    ]
    assert modelled(refs, FLAT) == {ref("purifier.pm2_5"), ref("bedroom-ac.temperature")}


def days(past: Past) -> None:
    """The air goes to 80 while the purifier is off and to 10 while it is on; on the third day nobody switches it on."""
    value, power = 20.0, False
    past.report(-1, purifier__power=False, purifier__pm2_5=20.0)
    for minute in range(1, 3 * 1440):
        if minute < 2 * 1440 and minute % 240 == 0:
            power = not power
            past.report(minute * 60, purifier__power=power)
        elif minute == 2 * 1440:
            power = False
            past.report(minute * 60, purifier__power=False)
        level = 10 if power else 80
        value = level + (value - level) * math.exp(-60 / 1200)
        past.report(minute * 60 + 1, purifier__pm2_5=round(value, 3))


def test_an_order_that_was_never_given_cleans_the_air_in_the_replay() -> None:
    past = Past()
    days(past)
    start = 2 * 86_400.0
    off = "when: [{becomes: purifier.pm2_5 < 20}]\nthen: [{set: purifier.power, to: off}]\n"
    found = past.replay(SMOG, off, start=start, end=3 * 86_400.0)
    assert list(found.modelled) == ["purifier.pm2_5"]
    assert found.modelled["purifier.pm2_5"] < 0.1
    assert not found.not_modelled
    texts = [one.text for one in found.orders]
    assert texts[:4] == ["set purifier.power to on", "set purifier.power to off"] * 2, (
        "it swings, as it would have"
    )
    first, second = found.orders[:2]
    clean = -1200 * math.log((20 - 10) / (75 - 10))
    assert second.at - first.at == pytest.approx(clean, abs=180)
    assert first.at > T0 + start
