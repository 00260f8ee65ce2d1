"""The purifier ahead of time: a room learned from its readings, a plan within the noise bound, and a filter by mass."""

import json
import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.air_model import AirFit, AirModel
from jiahe.comfort.air_plan import AirWish, Level, Stage, allowed, fallback, plan
from jiahe.comfort.filter_life import DAY, FilterLife
from jiahe.comfort.words import SENTENCES

ROOM = AirModel(0.2, 0.4, 3.0, 2.0)
LEVELS = [Level(0, 0.0, 1, 0), Level(1, 0.2, 3, 26), Level(2, 0.5, 7, 46), Level(3, 1.0, 29, 61)]
NOBODY, HOME, NIGHT = Stage(150, 0, False), Stage(150, 1, False), Stage(150, 1, True)


def _learned(days: int, *, noise: float = 1.0, seed: int = 1) -> AirFit:
    chance, fit, now = random.Random(seed), AirFit(), 60.0
    shown, share, outdoor = now, 0.0, 80.0
    for step in range(days * 96):
        if step % 8 == 0:
            share = chance.choice((0.0, 0.2, 0.5, 1.0))
        outdoor = max(5.0, outdoor + chance.gauss(0, 8))
        now = ROOM.after(now, outdoor, share, 0.25)
        before, shown = shown, max(0.0, now + chance.gauss(0, noise))
        fit.learn(before, shown, outdoor, share, 0.25)
    return fit


def test_a_room_is_learned_and_believed() -> None:
    fit = _learned(10)
    assert fit.model.inflow == pytest.approx(ROOM.inflow, rel=0.3)
    assert fit.model.cleaning == pytest.approx(ROOM.cleaning, rel=0.3)
    assert fit.confidence > 0.5
    assert AirFit().confidence == 0


def test_a_pan_that_the_purifier_answers_is_not_learned_as_a_purifier_that_cleans_little() -> None:
    chance, fit, now = random.Random(4), AirFit(), 20.0
    shown, outdoor = now, 80.0
    for step in range(14 * 96):
        outdoor = max(20.0, outdoor + chance.gauss(0, 8))
        share = 1.0 if shown > 30 else 0.5 if shown > 20 else 0.2
        pan = 250.0 if step % 96 in (28, 72, 73) else 0.0
        now = AirModel(ROOM.inflow, ROOM.loss, ROOM.cleaning, ROOM.source + pan).after(
            now, outdoor, share, 0.25
        )
        before, shown = shown, max(0.0, now + chance.gauss(0, 1))
        # What is told of the step is where the purifier stood at its end, which had heard of the pan.
        fit.learn(before, shown, outdoor, 1.0 if pan else share, 0.25)
    assert fit.model.cleaning == pytest.approx(ROOM.cleaning, rel=0.25)
    assert fit.model.inflow == pytest.approx(ROOM.inflow, rel=0.4)


def test_a_sensor_that_says_anything_is_not_believed() -> None:
    chance, fit = random.Random(3), AirFit()
    shown = [chance.uniform(0, 300) for _ in range(960)]
    for before, after in pairwise(shown):
        fit.learn(before, after, 80, chance.choice((0.0, 1.0)), 0.25)
    assert fit.confidence < _learned(10).confidence


@pytest.mark.parametrize(
    "step", [(math.nan, 1, 1, 0, 0.25), (-1, 1, 1, 0, 0.25), (1, 1, 1, 2, 0.25), (1, 1, 1, 0, 9)]
)
def test_a_step_without_meaning_teaches_nothing(step: tuple[float, float, float, float, float]) -> None:
    fit = _learned(1)
    before = fit.as_json()
    fit.learn(*step)
    assert fit.as_json() == before


def test_a_fit_survives_json() -> None:
    fit = _learned(3)
    again = AirFit.from_json(json.loads(json.dumps(fit.as_json())))
    assert (again.model, again.steps, again.confidence) == (fit.model, fit.steps, fit.confidence)


def test_the_exact_solution_composes() -> None:
    half = ROOM.after(ROOM.after(90, 100, 0.5, 0.5), 100, 0.5, 0.5)
    assert half == pytest.approx(ROOM.after(90, 100, 0.5, 1.0))
    assert ROOM.after(90, 100, 0.5, 1.0) < ROOM.mean(90, 100, 0.5, 1.0) < 90


def test_nobody_there_is_no_reason_to_clean() -> None:
    step = plan(ROOM, LEVELS, [NOBODY] * 40, 80, None, AirWish())
    assert step.level.share == 0
    assert step.reasons[0].code == "air.nobody"


def test_it_cleans_ahead_of_an_arrival() -> None:
    wish = AirWish(price=0.002)
    step = plan(ROOM, LEVELS, [NOBODY] + [HOME] * 20, 80, None, wish)
    assert step.level.share > 0
    assert step.reasons[0].code == "air.before_arrival"
    assert step.reasons[0].figures["minutes"] == 15


def test_it_cleans_harder_ahead_of_a_night_that_binds_it() -> None:
    wish = AirWish(price=0.0012)
    before_night = plan(ROOM, LEVELS, [HOME] * 2 + [NIGHT] * 32, 30, None, wish).level.share
    no_night = plan(ROOM, LEVELS, [HOME] * 2 + [NOBODY] * 32, 30, None, wish).level.share
    assert before_night > no_night


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0, 900),
    st.lists(st.builds(Stage, st.floats(0, 900), st.floats(0, 1), st.booleans()), min_size=1, max_size=12),
    st.sampled_from([None, *LEVELS]),
)
def test_no_sleeper_hears_more_than_the_bound(now: float, stages: list[Stage], running: Level | None) -> None:
    wish = AirWish()
    for step in (
        plan(ROOM, LEVELS, stages, now, running, wish),
        fallback(LEVELS, now, stages[0].there > 0.5, stages[0].asleep, running, wish),
    ):
        assert not stages[0].asleep or step.level.noise <= wish.noise
        for why in step.reasons:
            assert SENTENCES[why.code]["zh"].format_map(why.figures)


def test_a_purifier_that_is_always_loud_runs_at_its_quietest() -> None:
    assert allowed([Level(1, 0.5, 5, 40), Level(2, 1, 9, 60)], True, 30) == [Level(1, 0.5, 5, 40)]
    with pytest.raises(ValueError, match="at least one level"):
        allowed([], True, 30)


def test_a_change_of_level_must_bring_something() -> None:
    wish = AirWish(switch=1.0)
    for level in LEVELS:
        assert plan(ROOM, LEVELS, [HOME] * 8, 20, level, wish).level == level


def test_the_threshold_has_two_edges_and_is_quiet_without_a_sensor() -> None:
    wish = AirWish(threshold=20)
    assert fallback(LEVELS, 21, True, False, LEVELS[0], wish).level.share == 0
    assert fallback(LEVELS, 21, True, False, LEVELS[1], wish).level.share > 0
    assert fallback(LEVELS, None, True, False, None, wish).level == LEVELS[1]
    assert fallback(LEVELS, 300, False, False, None, wish).level.share == 0


def test_a_filter_ends_by_the_dust_it_caught() -> None:
    life = FilterLife(clean_air=300, capacity=1_000)
    assert life.says() is None
    for _ in range(6):
        life.run(0.5, 40, DAY)
    assert life.caught == pytest.approx(sum(144 * math.exp2(-n * 0.14) for n in range(6)), rel=0.1)
    days = life.days_left
    assert days is not None
    said = life.says()
    assert said is not None
    assert said.code == "filter.soon"
    for _ in range(6):
        life.run(0.5, 40, DAY)
    assert life.left == 0
    used = life.says()
    assert used is not None
    assert used.code == "filter.used"
    life.replaced()
    assert life.left == 1
    assert FilterLife.from_json(life.as_json()) == life


def test_a_filter_catches_nothing_from_what_is_no_number() -> None:
    life = FilterLife(clean_air=300)
    life.run(1, math.nan, 60)
    life.run(1, 50, -60)
    assert life.caught == 0
    with pytest.raises(ValueError, match="above 0"):
        FilterLife(clean_air=0)
