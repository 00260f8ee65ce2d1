"""A room is known again from its readings; what does not predict is not believed."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from jiahe.comfort.identify import FEWEST, STEP, Identified, Row, identify
from jiahe.comfort.thermal_model import Outside, State, ThermalModel, bent

TRUE = ThermalModel(1.6, 0.15, 0.2, 0.02, 12.0, 1.5, 0.5, 0.1, 0.4)


def rows(
    model: ThermalModel, days: int, *, seed: int = 1, noise: float = 0.05, told: bool = True
) -> list[Row]:
    """A summer's room whose unit works in the evenings, by its own thermostat."""
    chance, state, found = random.Random(seed), State(28.0, 28.0), []
    for quarter in range(days * 96):
        hour = quarter / 4 % 24
        outdoor = 29 + 5 * math.cos((hour - 15) / 24 * 2 * math.pi) + 1.5 * math.sin(quarter / 170)
        sun = max(0.0, 0.7 * math.cos((hour - 12) / 12 * math.pi)) * (0.5 + 0.5 * math.sin(quarter / 96) ** 2)
        home = 0.0 if 8 < hour < 18 else 1.0
        heat = -min(max((state.air - 26.0) * 0.6, 0.0), 1.0) if hour > 18 or hour < 6 else 0.0
        around = Outside(outdoor, sun, home)
        state = model.step(state, around, heat, STEP)
        seen = heat if told or heat == 0.0 else None
        found.append(Row(round(state.air + chance.gauss(0, noise), 1), around, seen, quarter))
    return found


@pytest.fixture(scope="module")
def known() -> Identified:
    found = identify(rows(TRUE, 12))
    assert found is not None
    return found


def test_a_room_is_identified_from_twelve_days(known: Identified) -> None:
    assert known.order == 2
    assert known.error < 0.25
    assert known.error < 0.5 * known.naive
    assert known.confidence > 0.4


def test_what_it_predicts_for_a_day_is_near_the_truth(known: Identified) -> None:
    around, start = [Outside(34.0, 0.3, 1.0)] * 32, State(29.0, 28.5)
    told = known.model.run(start, around, [bent(-0.5, known.model.steep)] * 32, STEP)
    true = TRUE.run(start, around, [-0.5] * 32, STEP)
    assert told[-1].air == pytest.approx(true[-1].air, abs=1.0)


def test_the_time_it_tells_has_an_interval_that_is_never_closer_than_a_tenth(known: Identified) -> None:
    assert known.slower >= 1.1
    assert known.faster >= 1.1


def test_few_rows_tell_nothing() -> None:
    assert identify(rows(TRUE, 2)) is None
    assert identify([replace(row, air=None) for row in rows(TRUE, 6)]) is None


def test_a_sensor_that_wanders_by_itself_gives_no_model() -> None:
    chance, value, found = random.Random(3), 25.0, []
    for row in rows(TRUE, 8):
        value += chance.gauss(0.0, 0.6)
        found.append(replace(row, air=min(max(value, 5.0), 40.0)))
    known = identify(found)
    assert known is None or known.confidence < 0.3


def test_gaps_in_the_readings_do_not_keep_it_from_being_known() -> None:
    whole = rows(TRUE, 14)
    known = identify(whole[:500] + whole[700:])
    assert known is not None
    assert known.error < 0.4


def test_a_unit_that_does_not_tell_its_power_still_leaves_the_passive_room() -> None:
    found = rows(TRUE, 14, told=False)
    assert len(found) > FEWEST
    known = identify(found)
    assert known is None or known.error < known.naive
