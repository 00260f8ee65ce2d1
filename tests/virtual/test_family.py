"""A family lives as families do; what a band and a hub see of it is not the truth; hands act when they would."""

from __future__ import annotations

import csv
import gzip
import statistics
from collections import Counter
from pathlib import Path

import pytest

from jiahe.virtual.band import Bands
from jiahe.virtual.dwelling import RoomControl, Sensed
from jiahe.virtual.family import COOKING, IN_BED, MINUTES, OUT, SITTING, Family, Where
from jiahe.virtual.habits import Person, away, family_of, holiday, plan, weekend, works
from jiahe.virtual.hands import AUTO, GIVE_UP, Hands, Wish
from jiahe.virtual.inverter import Setting
from jiahe.virtual.weather import Outdoor

MONDAY = 20_514  # 2026-03-02
SUMMER = 20_620  # 2026-06-16


def day_of(family: Family, person: Person, day: int) -> list[Where]:
    return [family.at(family.start_of(day) + 60.0 * n)[person.id] for n in range(MINUTES)]


def shift_worker() -> Person:
    return Person("wang", {"en": "Wang"}, "shift", "bedroom", 410, 1385, cooks=True)


# ---- days ------------------------------------------------------------------------------------------------------


def test_the_calendar_is_the_calendar() -> None:
    assert not weekend(MONDAY)
    assert weekend(MONDAY + 5)
    assert weekend(MONDAY + 6)
    assert holiday(20_454)  # 2026-01-01
    assert holiday(20_501)  # 2026-02-17, New Year's day
    assert not holiday(MONDAY)


@pytest.mark.parametrize("seed", range(1, 7))
def test_every_minute_of_everybody_is_somewhere_and_asleep_only_in_bed(seed: int) -> None:
    family = Family(seed)
    for person in family.people:
        for day in range(MONDAY, MONDAY + 8):
            line = day_of(family, person, day)
            assert len(line) == MINUTES
            for where in line:
                assert (where.activity == OUT) == (where.room == "")
                assert not where.asleep or where.room == person.room
            asleep = sum(where.asleep for where in line)
            assert 200 < asleep < 720, (person.id, day)


def test_a_minute_is_the_same_in_whatever_order_it_is_asked() -> None:
    times = [Family(3).start_of(MONDAY) + 977.0 * 60 * n for n in range(60)]
    one, other = Family(3), Family(3)
    assert [one.at(t) for t in times] == [other.at(t) for t in reversed(times)][::-1]
    assert [one.emissions(t) for t in times] == [other.emissions(t) for t in reversed(times)][::-1]
    assert [one.at(t) for t in times] != [Family(4).at(t) for t in times]


@pytest.mark.parametrize("seed", [1, 3])
def test_workers_are_out_on_workdays_and_a_label_is_what_happened(seed: int) -> None:
    family = Family(seed)
    for person in family.people:
        for day in range(MONDAY, MONDAY + 5):
            line = day_of(family, person, day)
            if person.work in ("office", "school"):
                assert works(person, day)
                assert sum(not where.home for where in line) > 200
            night = plan(seed, person, day).night
            assert night.bed < night.asleep < night.wake < night.up
            if night.asleep > 5 and night.wake < MINUTES:
                assert not line[int(night.asleep) - 2].asleep
                assert line[int(night.asleep) + 2].asleep
            assert not line[int(night.wake) + 1].asleep


def test_a_shift_worker_sleeps_by_day_after_a_night_at_work() -> None:
    family = Family(2, (shift_worker(),))
    day = next(d for d in range(MONDAY, MONDAY + 7) if d % 6 == 3)
    line = day_of(family, family.people[0], day)
    assert not line[120].home
    assert line[12 * 60].asleep
    assert not line[23 * 60].home


def test_a_journey_leaves_the_flat_empty_unless_nobody_travels() -> None:
    first, back = away(1, 2026)
    assert 5 <= back - first <= 9
    family = Family(1)
    for day in range(first, back):
        assert not any(family.anybody(family.start_of(day) + 3600.0 * hour) for hour in range(24))
    staying = Family(1, journeys=False)
    assert any(staying.anybody(staying.start_of(first) + 3600.0 * hour) for hour in range(24))


def test_families_differ_and_one_seed_is_one_family() -> None:
    sizes = Counter(len(family_of(seed)) for seed in range(200))
    assert set(sizes) == {2, 3, 4}
    assert 0.1 < sum(one.work == "shift" for seed in range(200) for one in family_of(seed)[:2]) / 400 < 0.3


# ---- what they do to the air ------------------------------------------------------------------------------------


def test_meals_are_cooked_by_somebody_and_the_kitchen_shows_it() -> None:
    family = Family(1)
    dinners = 0
    for day in range(MONDAY, MONDAY + 7):
        for n in range(17 * 60, 21 * 60):
            t = family.start_of(day) + 60.0 * n
            names = {running.name for running, _ in family.running(t)}
            if "dinner" in names:
                dinners += 1
                assert family.emissions(t)["kitchen"].dust > 5_000
                assert any(where.activity == COOKING for where in family.at(t).values())
                assert family.appliances(t)["stove"] > 0
    assert dinners > 60, "minutes in a week"


def test_an_empty_flat_gives_off_nothing_but_what_still_runs() -> None:
    family = Family(1)
    empty = [t for day in range(MONDAY, MONDAY + 4) for n in range(600, 900, 30)
             if not family.anybody(t := family.start_of(day) + 60.0 * n) and not family.running(t)]  # fmt: skip
    assert empty
    assert all(family.emissions(t) == {} for t in empty)
    assert all(family.windows(t, Outdoor(20.0, 50.0)) == {} for t in empty)
    assert all(family.fridge_doors(t) == (0.0, 0.0) for t in empty)


def test_windows_stay_shut_in_smog_and_frost() -> None:
    family = Family(1)
    opened = 0
    for n in range(0, MINUTES, 10):
        t = family.start_of(MONDAY + 5) + 60.0 * n
        assert family.windows(t, Outdoor(20.0, 50.0, pm2_5=200.0)) == {}
        assert family.windows(t, Outdoor(-12.0, 50.0)) == {}
        opened += bool(family.windows(t, Outdoor(21.0, 50.0)))
    assert opened > 20


# ---- bands -----------------------------------------------------------------------------------------------------


def test_a_band_is_still_at_night_and_quicker_by_day() -> None:
    family = Family(1)
    bands, person = Bands(family), family.people[0]
    asleep, sitting = [], []
    for day in range(MONDAY, MONDAY + 10):
        for n in range(MINUTES):
            t = family.start_of(day) + 60.0 * n
            band = bands.at(person, t)
            if not band.worn:
                assert (band.counts, band.steps, band.heart_rate, band.intensity) == (0.0, 0, None, 0)
                continue
            where = family.at(t)[person.id]
            (asleep if where.asleep else sitting if where.activity == SITTING else []).append(band)
    assert statistics.mean(one.counts == 0 for one in asleep) > 0.9
    assert statistics.mean(one.counts == 0 for one in sitting) < 0.6
    assert statistics.mean(one.steps for one in asleep) == 0
    rates = [[one.heart_rate for one in some if one.heart_rate] for some in (asleep, sitting)]
    assert statistics.mean(rates[0]) + 5 < statistics.mean(rates[1])
    assert 0.005 < statistics.mean(one.heart_rate is None for one in asleep) < 0.05
    assert bands.at(person, family.start_of(MONDAY)) == Bands(Family(1)).at(
        Family(1).people[0], family.start_of(MONDAY)
    )


def test_now_and_then_a_band_charges_or_lies_on_the_table() -> None:
    family = Family(1)
    bands, person = Bands(family), family.people[0]
    nights = [bands.worn_at_night(person, day) for day in range(MONDAY, MONDAY + 365)]
    assert 3 < nights.count(False) < 30
    evening = [
        not bands.at(person, family.start_of(day) + 20 * 3600.0).worn for day in range(MONDAY, MONDAY + 30)
    ]
    assert 3 <= sum(evening) <= 7
    child = next(one for one in family.people if not one.band)
    assert child.id not in bands.now(family.start_of(MONDAY))
    assert len(bands.now(family.start_of(MONDAY))) == sum(one.band for one in family.people)


def test_days_of_a_band_look_like_those_of_real_wearers(shared_data: Path) -> None:
    """Steps a day and the share of minutes that move at all, against the middle half of 22 wearers' days, widened by a half."""
    steps, still = [], []
    with gzip.open(shared_data / "wristband" / "minuteStepsWide_merged.csv.gz", "rt") as file:
        days: dict[tuple[str, str], list[int]] = {}
        for row in csv.reader(file):
            if row[0] != "Id":
                days.setdefault((row[0], row[1].split()[0]), []).extend(int(cell) for cell in row[2:])
    steps = sorted(sum(day) for day in days.values() if len(day) == MINUTES and sum(day) > 500)
    with gzip.open(shared_data / "wristband" / "minuteIntensitiesWide_merged.csv.gz", "rt") as file:
        cells = [int(cell) for row in csv.reader(file) if row[0] != "Id" for cell in row[2:]]
    still = sum(cell == 0 for cell in cells) / len(cells)
    family = Family(1)
    bands, ours, quiet = Bands(family), [], []
    for day in range(MONDAY, MONDAY + 21):
        line = [bands.at(family.people[0], family.start_of(day) + 60.0 * n) for n in range(MINUTES)]
        ours.append(sum(one.steps for one in line))
        quiet += [one.intensity == 0 for one in line]
    middle = statistics.median(ours)
    assert steps[len(steps) // 4] / 1.5 < middle < steps[3 * len(steps) // 4] * 1.5
    assert abs(statistics.mean(quiet) - still) < 0.2


# ---- hands -----------------------------------------------------------------------------------------------------


def reading(temperature: float, dust: float = 10.0) -> Sensed:
    return Sensed(temperature, temperature, 50.0, 800.0, dust, {"ac": 0.0, "purifier": 0.0})


def acted(
    family: Family, outdoor: Outdoor, sensed: Sensed, control: RoomControl, start: float, minutes: int
) -> list[Wish]:
    hands, wishes = Hands(family), []
    rooms = ("living-room", "bedroom", "child-room")
    for n in range(minutes):
        wishes += hands.act(
            start + 60.0 * n, outdoor, dict.fromkeys(rooms, sensed), dict.fromkeys(rooms, control)
        )
    return wishes


EVENING = 19.5 * 3600.0
HOT, FROSTY = Outdoor(33.0, 60.0), Outdoor(2.0, 60.0)


def test_who_is_hot_cools_and_who_is_cold_heats_after_a_while() -> None:
    family = Family(1, journeys=False)
    start = family.start_of(SUMMER) + EVENING
    cooled = [one for one in acted(family, HOT, reading(31.0), RoomControl(), start, 30) if one.ac]
    assert cooled
    assert all(one.ac and one.ac.on and one.ac.mode == "cool" and one.why == "hot" for one in cooled)
    heated = [one for one in acted(family, FROSTY, reading(15.0), RoomControl(), start, 30) if one.ac]
    assert all(one.ac and one.ac.mode == "heat" and one.why == "cold" for one in heated)
    assert heated
    assert not [one for one in acted(family, HOT, reading(31.0), RoomControl(), start, GIVE_UP - 1) if one.ac]


def test_nobody_touches_what_is_right_and_too_cold_is_said_so() -> None:
    family = Family(1, journeys=False)
    start = family.start_of(SUMMER) + EVENING
    best = family.people[0].cool
    on = RoomControl(Setting(True, "cool", best))
    assert not [w for w in acted(family, HOT, reading(best), on, start, 40) if w.why in ("hot", "too cold")]
    chilly = [
        w for w in acted(family, HOT, reading(best - 4.0), on, start, 40) if w.ac and w.why == "too cold"
    ]
    assert chilly
    assert all(w.ac and w.ac.set_point > best - 4.0 for w in chilly)


def test_the_last_one_switches_off_mostly() -> None:
    on = RoomControl(Setting(True, "cool", 26.0), AUTO)
    left = forgot = 0
    for seed in range(1, 40):
        family = Family(seed, journeys=False)
        hands, was = Hands(family), True
        for n in range(6 * 60, 11 * 60):
            t = family.start_of(MONDAY) + 60.0 * n
            wishes = hands.act(t, HOT, {"living-room": reading(26.0)}, {"living-room": on})
            now = family.anybody(t)
            if was and not now:
                left += 1
                forgot += not any(one.why == "leaving" and one.ac and not one.ac.on for one in wishes)
            was = now
    assert left > 15
    assert forgot < 0.4 * left


def test_dust_is_noticed_by_somebody_in_the_room_and_by_nobody_elsewhere() -> None:
    family = Family(1, journeys=False)
    start = family.start_of(SUMMER) + EVENING
    wishes = [
        one
        for one in acted(family, HOT, reading(26.0, 120.0), RoomControl(), start, 60)
        if one.purifier is not None
    ]
    assert any(one.why == "dusty" and one.purifier == AUTO for one in wishes)
    gone = family.start_of(MONDAY) + 14 * 3600.0
    assert not family.anybody(gone)
    assert acted(family, HOT, reading(26.0, 120.0), RoomControl(), gone, 10) == []
    assert IN_BED != SITTING
