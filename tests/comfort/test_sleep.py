"""The sleep watch over made-up nights: stages in order, waking at once, habits learned, and every band that lies."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.activity import Minute, Scale
from jiahe.comfort.band_trust import BandTrust, shared_bands
from jiahe.comfort.sleep import Sleep, SleepWatch, Stage
from jiahe.comfort.sleep_words import SENTENCES

ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_767_585_600.0  # 2026-01-05 12:00 in Shanghai, a Monday
BED, ASLEEP, WAKE, UP = 675, 690, 1150, 1155  # minutes after noon


def _watch(*, fine: bool = True) -> SleepWatch:
    return SleepWatch(ZONE, Scale(6.5), BandTrust(fine=fine))


def _day(number: int, *, rest: int = 55, seed: int = 1) -> Iterator[Minute]:
    """One day from noon to noon of somebody who sleeps from `ASLEEP` to `WAKE`."""
    chance = random.Random(f"{seed}/{number}")
    for at in range(1_440):
        if ASLEEP <= at < WAKE:
            share, size, pulse = 0.02, 10.0, rest
        elif BED <= at < UP:
            share, size, pulse = 0.6, 35.0, rest + 6
        else:
            share, size, pulse = 0.75, 90.0, rest + 14
        counts = size * chance.uniform(0.5, 2.0) if chance.random() < share else 0.0
        steps = 30 if UP <= at < UP + 5 else 0
        beats = round(pulse + chance.gauss(0, 2))
        yield Minute(NOON + (number * 1_440 + at) * 60.0, counts, steps, beats)


def _play(watch: SleepWatch, days: int, first: int = 0, **how: int) -> list[Sleep]:
    return [watch.minute(minute) for day in range(first, first + days) for minute in _day(day, **how)]


@cache
def _kept(days: int) -> str:
    watch = _watch()
    _play(watch, days)
    return json.dumps(watch.as_json())


def _lived(days: int) -> SleepWatch:
    """A watch that has seen so many days."""
    return SleepWatch.from_json(json.loads(_kept(days)), ZONE)


def test_a_night_goes_through_its_stages() -> None:
    said = _play(_watch(), 6)[-1_440:]
    onset = next(at for at, one in enumerate(said) if one.stage is Stage.ASLEEP)
    quiet = [at for at, one in enumerate(said) if one.stage is Stage.QUIET]
    assert abs(onset - ASLEEP) <= 15
    assert quiet
    assert all(one.stage is not Stage.ASLEEP for one in said[: ASLEEP - 60])
    end = next(at for at, one in enumerate(said) if at > WAKE - 5 and one.stage is Stage.AWAKE)
    assert end - WAKE <= 5
    assert all(one.stage is not Stage.ASLEEP for one in said[WAKE + 6 :])


def test_asleep_is_ten_minutes_over_nine_tenths() -> None:
    said = _play(_watch(), 3)
    for at, one in enumerate(said[1:], start=1):
        if one.stage is Stage.ASLEEP and said[at - 1].stage is not Stage.ASLEEP:
            assert all(before.probability > 0.9 for before in said[at - 9 : at + 1])
            assert one.reason.code == "sleep.asleep"


def test_the_habit_is_learned_and_the_waking_foretold() -> None:
    watch = _lived(9)
    nights = watch.habit.nights
    assert len(nights) >= 7
    usual = watch.habit.waking(nights[-1].day)
    assert usual is not None
    assert abs(usual.middle - WAKE) <= 10
    bed = watch.habit.bedtime(nights[-1].day)
    assert bed is not None
    assert abs(bed.middle - ASLEEP) <= 15


def test_a_habit_does_not_run_away_with_its_own_delay() -> None:
    watch = _watch(fine=False)
    for day in range(20):
        for minute in _day(day):
            steps = 12 if minute.counts and minute.counts > 60 else 0
            watch.minute(replace(minute, counts=float(steps), steps=steps, heart_rate=None))
    beds = [night.asleep for night in watch.habit.nights]
    assert len(beds) >= 10
    assert max(beds[-4:]) < min(beds[:4]) + 30


def test_an_evening_on_the_sofa_is_not_learned_as_the_beginning_of_the_night() -> None:
    """Steps alone: an hour and a half of stillness before bed looks like sleep. The habit is the bed, or the sofa is sleep every evening."""
    watch = _watch(fine=False)
    for day in range(14):
        for at, minute in enumerate(_day(day)):
            sofa, to_bed = 590 <= at < 672, 672 <= at < BED
            steps = 0 if sofa else 40 if to_bed or (minute.counts or 0) > 60 else 0
            watch.minute(replace(minute, counts=float(steps), steps=steps, heart_rate=None))
    bed = watch.habit.bedtime(watch.habit.nights[-1].day)
    assert bed is not None
    assert abs(bed.middle - BED) <= 20


@pytest.mark.parametrize("wakings", [(120,), (150,), (120, 220)])
def test_who_gets_up_every_night_keeps_the_bedtime(wakings: tuple[int, ...]) -> None:
    watch = _watch(fine=False)
    for day in range(10):
        for at, minute in enumerate(_day(day)):
            up = any(ASLEEP + after <= at < ASLEEP + after + 3 for after in wakings)
            steps = 30 if up or (minute.counts or 0) > 60 else 0
            watch.minute(replace(minute, counts=float(steps), steps=steps, heart_rate=None))
    bed = watch.habit.bedtime(watch.habit.nights[-1].day)
    assert bed is not None
    assert abs(bed.middle - ASLEEP) <= 20


def test_a_pulse_that_rises_around_the_usual_waking_is_a_waking_and_at_night_is_none() -> None:
    for at, wakes in ((1_130, True), (840, False)):
        watch, night = _lived(7), list(_day(7))
        for minute in night[:at]:
            watch.minute(replace(minute, counts=0.0) if minute.at >= night[ASLEEP].at else minute)
        assert watch.said.stage is Stage.ASLEEP
        for minute in night[at : at + 6]:
            watch.minute(replace(minute, counts=0.0, heart_rate=61))
        assert (watch.said.stage is not Stage.ASLEEP) is wakes


def test_a_walk_to_the_kitchen_wakes_at_once_and_the_night_goes_on() -> None:
    watch = _lived(6)
    night = list(_day(6))
    for minute in night[:900]:
        watch.minute(minute)
    assert watch.said.stage is Stage.ASLEEP
    since = watch.night_since
    up = watch.minute(replace(night[900], counts=300.0, steps=40))
    assert (up.stage, up.reason.code) == (Stage.AWAKE, "sleep.walks")
    for minute in night[901:960]:
        watch.minute(minute)
    assert watch.said.stage is Stage.ASLEEP
    assert watch.night_since == since


def test_turning_over_is_no_waking() -> None:
    watch = _lived(6)
    night = list(_day(6))
    for minute in night[:900]:
        watch.minute(minute)
    assert watch.minute(replace(night[900], counts=25.0)).stage is Stage.ASLEEP


def test_an_afternoon_on_the_sofa_is_no_sleep_of_a_band_that_steps() -> None:
    watch = _watch(fine=False)
    for at in range(1_440):
        sofa = 60 <= at < 300
        steps = 0 if sofa or at % 3 else 15
        said = watch.minute(Minute(NOON + at * 60.0, float(steps), steps))
        assert not (sofa and said.stage in (Stage.ASLEEP, Stage.QUIET))


# ---- what speaks against a band --------------------------------------------------------------------------------------


def _after(watch: SleepWatch, minutes: list[Minute]) -> str:
    for minute in minutes:
        watch.minute(minute)
    return watch.said.reason.code if watch.said.stage is Stage.UNKNOWN else watch.said.stage.value


def test_a_band_on_the_table_says_nothing_of_sleep() -> None:
    watch = _lived(6)
    for minute in _day(6):
        watch.minute(
            minute
            if minute.at < NOON + 6 * 86_400 + 36_000
            else replace(minute, counts=0.0, steps=0, heart_rate=0)
        )
    assert watch.said.reason.code == "sleep.band_no_pulse"
    assert all(night.day != watch.habit.nights[0].day + 6 for night in watch.habit.nights)


def test_a_band_without_a_pulse_that_does_not_move_at_all() -> None:
    minutes = [Minute(NOON + at * 60.0, 0.0, 0) for at in range(300)]
    assert _after(_watch(), minutes) == "sleep.band_still"


def test_a_pulse_is_only_missed_where_it_was_looked_for() -> None:
    watch = _watch()
    for at in range(60):
        watch.minute(Minute(NOON + at * 60.0, 0.0, 0, 60 if at % 30 == 0 else None))
    assert watch.said.stage is not Stage.UNKNOWN


def test_its_own_word_that_it_is_not_worn() -> None:
    assert _after(_watch(), [Minute(NOON, 3.0, 0, 60, worn=False)]) == "sleep.band_off"


def test_silence_becomes_unknown_and_ends_a_sleep() -> None:
    watch = _lived(6)
    night = list(_day(6))[:900]
    for minute in night:
        watch.minute(minute)
    assert watch.silence(night[-1].at + 5 * 60).stage is Stage.ASLEEP
    lost = watch.silence(night[-1].at + 16 * 60)
    assert (lost.stage, lost.reason.code) == (Stage.UNKNOWN, "sleep.band_silent")
    back = watch.minute(Minute(night[-1].at + 40 * 60, 0.0, 0, 55))
    assert back.stage is Stage.UNKNOWN
    assert watch.minute(Minute(night[-1].at + 41 * 60, 0.0, 0, 55)).stage is not Stage.ASLEEP


def test_silence_before_the_first_word() -> None:
    assert _watch().silence(NOON).reason.code == "sleep.no_band"


def test_a_clock_that_goes_back() -> None:
    watch = _watch()
    watch.minute(Minute(NOON, 10.0))
    assert watch.minute(Minute(NOON - 3_600, 10.0)).reason.code == "sleep.clock_back"
    assert watch.minute(Minute(NOON - 3_540, 10.0)).stage is not Stage.UNKNOWN


def test_a_minute_told_twice_changes_nothing() -> None:
    watch = _watch()
    _play(watch, 1)
    last = list(_day(0))[-1]
    before = watch.as_json()
    watch.minute(last)
    assert watch.as_json() == before


@pytest.mark.parametrize("counts", [None, -1.0, float("nan"), float("inf")])
def test_counts_without_meaning(counts: float | None) -> None:
    assert _after(_watch(), [Minute(NOON, counts)]) == "sleep.band_senseless"


def test_a_time_that_is_none_is_the_callers_fault() -> None:
    with pytest.raises(ValueError, match="epoch seconds"):
        _watch().minute(Minute(float("nan"), 1.0))


def test_another_wearer_is_noticed_in_the_night_and_not_learned() -> None:
    watch = _lived(9)
    nights = watch.habit.nights
    said = _play(watch, 1, first=9, rest=80)
    assert said[-500].reason.code == "sleep.another_wearer"
    assert watch.habit.nights == nights
    _play(watch, 1, first=10)
    assert watch.habit.nights[-1].day == nights[-1].day + 2


def test_a_wearer_whose_pulse_has_changed_is_believed_again() -> None:
    watch = _lived(9)
    before = len(watch.habit.nights)
    said = _play(watch, 6, first=9, rest=80)
    assert said[-500].stage is Stage.ASLEEP
    assert len(watch.habit.nights) > before


def test_two_people_with_one_band() -> None:
    found = shared_bands({"wang": "b1", "li": "b1", "grandma": "b2"})
    assert [(one.code, one.figures["people"]) for one in found] == [("sleep.shared_band", "li, wang")]
    assert shared_bands({"wang": "b1", "li": "b2"}) == []


def test_missing_nights_are_said() -> None:
    watch = _lived(6)
    now = NOON + 6 * 86_400
    assert watch.nights_missing(now + 3_600) is None
    said = watch.nights_missing(now + 5 * 86_400)
    assert said is not None
    assert said.code == "sleep.nights_missing"


# ---- laws ------------------------------------------------------------------------------------------------------------


def test_what_is_kept_goes_on_as_if_nothing_had_happened() -> None:
    watch = _lived(6)
    night = list(_day(6))
    for minute in night[:800]:
        watch.minute(minute)
    again = SleepWatch.from_json(json.loads(json.dumps(watch.as_json())), ZONE)
    for minute in night[800:]:
        assert again.minute(minute) == watch.minute(minute)
    assert again.as_json() == watch.as_json()


MINUTES = st.lists(
    st.tuples(
        st.integers(-200, 2_000),
        st.none() | st.floats(-5, 1e6),
        st.none() | st.integers(0, 300),
        st.none() | st.integers(0, 255),
        st.none() | st.booleans(),
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(MINUTES)
def test_whatever_a_band_tells_there_is_a_stage_and_a_sentence(
    rows: list[tuple[int, float | None, int | None, int | None, bool | None]],
) -> None:
    watch = _watch()
    for at, counts, steps, pulse, worn in rows:
        said = watch.minute(Minute(NOON + at * 60.0, counts, steps, pulse, worn))
        assert 0 <= said.probability <= 1
        for words in SENTENCES[said.reason.code].values():
            assert words.format_map(said.reason.figures)
    json.dumps(watch.as_json(), allow_nan=False)
