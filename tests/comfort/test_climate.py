"""The whole controller of a room: who decides, what is safe, what is said, and that it comes back as it was."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort import climate_words, mpc
from jiahe.comfort.climate import CHANGES, RoomClimate
from jiahe.comfort.climate_plan import QUARTERS
from jiahe.comfort.climate_seen import (
    COOL_LEAST,
    HEAT_MOST,
    Decision,
    Limits,
    Reading,
    Setting,
    Unit,
    Wish,
    safe,
)
from jiahe.comfort.forecast import Outlook, Weather
from jiahe.comfort.home_climate import HomeClimate
from jiahe.comfort.identify import Identified
from jiahe.comfort.presence import Presence
from jiahe.comfort.reason import filled
from jiahe.comfort.schedule import Point
from jiahe.comfort.swing import MARGIN
from jiahe.comfort.thermal_model import Mode, Outside, State, ThermalModel

ZONE = timezone(timedelta(hours=8))
T = datetime(2026, 7, 6, 12, tzinfo=ZONE).timestamp()
HOME, NOBODY = [1.0] * QUARTERS, [0.0] * QUARTERS
HOT, COLD = [Weather(34.0, 0.3)] * QUARTERS, [Weather(-2.0, 0.1)] * QUARTERS
MODEL = ThermalModel(1.2, 0.10, 0.25, 0.03, 9.0, 1.2, 0.4, 0.2, 0.2)


def room(
    *, air: float = 28.0, known: bool = True, mode: Mode = Mode.COOL, outdoor: float = 34.0
) -> RoomClimate:
    found = RoomClimate(ZONE, Limits(modes=(Mode.COOL, Mode.HEAT)))
    found.mode = mode
    found.told(Reading(T - 60, air, outdoor, Unit(False, mode, 26.0, 1.0)), 1.0, 0.3)
    if known:
        found.track.known = Identified(MODEL, 2, 0.2, 0.8, 1500, 0.7)
        found.track.state = State(air, air)
    return found


def first(decision: Decision) -> str:
    return decision.reasons[0].code


def test_it_plans_for_who_is_home() -> None:
    decision = room().decide(T, HOME, HOT, season=30.0)
    assert (decision.by, first(decision), decision.setting.on, decision.act) == ("plan", "hold", True, True)
    assert decision.setting.set_point <= 26.5
    assert decision.again == T + 900
    assert len(decision.planned) == len(mpc.STAGES)


def test_it_begins_before_somebody_comes_and_says_for_when() -> None:
    chances = [0.0] * 4 + [0.9] * (QUARTERS - 4)
    decision = room(air=30.0).decide(T, chances, HOT, season=30.0)
    assert decision.setting.on
    assert first(decision) == "ahead"
    assert decision.reasons[0].figures["at"] == T + 4 * 900
    assert decision.reasons[0].figures["chance"] == 90


def test_it_works_ahead_of_dear_hours_and_says_from_when_and_how_dear() -> None:
    chances = [0.0] * 8 + [0.9] * (QUARTERS - 8)
    dear = [0.3] * 4 + [1.2] * 24 + [0.3] * (QUARTERS - 28)
    flat = room(air=27.0).decide(T, chances, HOT, season=30.0)
    assert first(flat) == "ahead"
    ahead = room(air=27.0).decide(T, chances, HOT, prices=dear, season=30.0)
    assert ahead.setting.on
    assert (
        ahead.planned[3][1] < flat.planned[3][1] - 0.5
    )  # colder by the time when it costs four times as much
    assert (first(ahead), ahead.reasons[0].figures) == ("dearer_from", {"at": T + 4 * 900, "times": 4})


def test_an_empty_home_is_left_alone() -> None:
    decision = room().decide(T, NOBODY, HOT, season=30.0)
    assert (decision.setting.on, first(decision)) == (False, "empty_long")
    away = room().decide(T, HOME, HOT, season=30.0, away=True)
    assert (away.setting.on, first(away)) == (False, "away")


def test_an_empty_home_in_winter_is_not_let_down_too_far() -> None:
    cold = room(air=9.0, mode=Mode.HEAT, outdoor=-2.0)
    decision = cold.decide(T, NOBODY, COLD, season=0.0)
    assert decision.setting.on
    assert decision.setting.mode is Mode.HEAT
    assert decision.setting.set_point == 16.0  # what the unit can


def test_pipes_do_not_freeze_not_even_against_a_hand() -> None:
    cold = room(air=4.0, mode=Mode.HEAT, outdoor=-8.0)
    cold.hand(T - 600, Mode.HEAT, None, who="li")
    decision = cold.decide(T, NOBODY, COLD, season=0.0)
    assert (first(decision), decision.setting.on, decision.setting.mode) == ("frost", True, Mode.HEAT)


def test_a_hand_wins_over_everything_but_frost_and_is_let_go() -> None:
    cooled = room()
    cooled.hand(T, Mode.COOL, 22.0, who="li")
    decision = cooled.decide(T + 60, NOBODY, HOT, season=30.0)
    assert (decision.by, first(decision), decision.setting.set_point) == ("hand", "hand", 22.0)
    assert decision.reasons[0].figures["who"] == "li"
    cooled.told(Reading(T + 9 * 3600, 28.0, 34.0, Unit(True, Mode.COOL, 22.0, 300.0)), 0.0, 0.3)
    cooled.track.state = State(28.0, 28.0)  # the readings between are left out here
    later = cooled.decide(T + 9 * 3600, NOBODY, HOT, season=30.0)
    assert later.by == "plan"
    cooled.hand(T, Mode.COOL, None)
    assert not cooled.decide(T + 60, HOME, HOT, season=30.0).setting.on
    cooled.release()
    assert cooled.decide(T + 60, HOME, HOT, season=30.0).by == "plan"


def test_a_set_point_changed_on_a_unit_that_is_off_switches_nothing_and_is_wanted_when_it_runs() -> None:
    cooled = room()
    cooled.wish(T, Mode.COOL, 23.0, who="li")
    empty = cooled.decide(T + 60, NOBODY, HOT, season=30.0)
    assert (empty.by, first(empty), empty.setting.on) == ("plan", "empty_long", False)
    again = RoomClimate.of_json(json.loads(json.dumps(cooled.to_json())), ZONE, cooled.limits)
    assert again.hold == cooled.hold
    assert cooled.hold is not None
    assert cooled.hold.until == T + 24 * 3600
    home = cooled.decide(T + 120, HOME, HOT, season=30.0)
    assert (home.by, home.setting.on) == ("plan", True)
    assert (first(home), home.reasons[0].figures) == ("wish", {"target": 23})
    assert min(air for _, air in home.planned) <= 23.5
    cooled.release()
    cooled.switched = None
    assert first(cooled.decide(T + 3600, HOME, HOT, season=30.0)) != "wish"


def test_who_switched_it_off_and_then_turns_the_knob_has_still_switched_it_off() -> None:
    cooled = room(known=False)
    cooled.hand(T, Mode.COOL, None, who="li")
    cooled.wish(T + 600, Mode.COOL, 23.0, who="li")
    decision = cooled.decide(T + 660, HOME, HOT, season=30.0)
    assert (first(decision), decision.setting.on) == ("hand_off", False)
    off = room(known=False)
    off.schedule.edit(Point(Mode.COOL, False, 0, None))
    off.wish(T, Mode.COOL, 23.0)
    assert not off.decide(T + 60, HOME, HOT, season=30.0).setting.on, "the schedule wants it off"


def test_without_a_model_the_schedule_goes_on_the_units_own_thermostat() -> None:
    unknown = room(known=False)
    decision = unknown.decide(T, HOME, HOT, season=30.0)
    assert (decision.by, first(decision)) == ("thermostat", "no_model")
    assert decision.setting == Setting(True, Mode.COOL, 26.0)
    assert first(room().decide(T, HOME, None, season=30.0)) == "no_weather"


def restless(found: RoomClimate, at: float, air: float, chances: Sequence[float] = HOME) -> Decision:
    found.air, found.watch.last_at = air, at  # not told: so fast a change would be taken for a window
    return found.decide(at, chances, HOT, season=30.0)


def test_a_plan_does_not_switch_back_within_a_quarter_of_an_hour_and_says_until_when() -> None:
    unknown = room(known=False)
    assert restless(unknown, T, 27.0).setting.on
    still = restless(unknown, T + 600, 21.0)
    assert (still.setting.on, first(still)) == (True, "stays_on")
    assert still.reasons[0].figures["until"] == T + 900
    assert not restless(unknown, T + 900, 21.0).setting.on
    still = restless(unknown, T + 1500, 26.4)
    assert (still.setting.on, first(still)) == (False, "stays_off")
    assert restless(unknown, T + 1800, 26.4).setting.on


def test_who_leaves_or_comes_a_window_and_a_hand_do_not_wait_for_it() -> None:
    unknown = room(known=False)
    restless(unknown, T, 27.0)
    assert not restless(unknown, T + 900, 26.0, NOBODY).setting.on
    assert restless(unknown, T + 1800, 26.2).setting.on
    unknown.hand(T + 1900, Mode.COOL, None)
    assert not restless(unknown, T + 1960, 26.2).setting.on
    unknown.release()
    assert restless(unknown, T + 2020, 26.2).setting.on, "who takes the hand off sees it go on"
    unknown.watch.window_since, unknown.watch.window_until = T + 2100, T + 3100
    shut = restless(unknown, T + 2400, 26.2)
    assert (first(shut), shut.setting.on) == ("window_open", False)
    assert restless(unknown, T + 3300, 26.2).setting.on, (
        "who shuts the window waits no longer than a compressor must"
    )


def test_who_falls_asleep_does_not_wait_for_it() -> None:
    unknown = room(known=False)
    restless(unknown, T, 27.0)
    assert restless(unknown, T + 600, 21.0).setting.on
    unknown.unbind()
    assert not restless(unknown, T + 660, 21.0).setting.on


@pytest.mark.parametrize(
    ("mode", "season", "airs"),
    [
        (Mode.COOL, 30.0, ((20.0, False), (25.2, False), (25.8, True), (23.0, True), (21.5, False))),
        (Mode.HEAT, 5.0, ((26.0, False), (20.8, False), (20.4, True), (23.0, True), (24.5, False))),
    ],
)
def test_nothing_is_switched_on_to_cool_a_cold_room_or_to_heat_a_warm_one(
    mode: Mode, season: float, airs: tuple[tuple[float, bool], ...]
) -> None:
    unknown, at = room(known=False), T
    for air, on in airs:
        at += 3600.0
        for minute in range(0, 60, 5):
            seen = Reading(at + 60.0 * minute - 3300.0, air, 34.0 if mode is Mode.COOL else 0.0)
            unknown.told(seen, 1.0, 0.0)
        unknown.watch.jumps.clear()
        decision = unknown.decide(at, HOME, None, season=season)
        assert (decision.by, decision.setting.mode, decision.setting.on) == ("thermostat", mode, on), air
        assert first(decision) == ("no_weather" if on else "mild")


def test_a_solve_that_takes_too_long_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpc, "ITERATIONS", 1)
    decision = room().decide(T, HOME, HOT, season=30.0)
    assert (decision.by, first(decision), decision.setting.on) == ("thermostat", "no_solution", True)


def test_a_model_that_no_longer_predicts_is_not_used() -> None:
    strange = room()
    for quarter in range(60):
        for minute in range(0, 15, 5):
            at = T + quarter * 900 + minute * 60
            strange.told(
                Reading(at, 26.0 + 2.0 * (quarter % 2), 34.0, Unit(False, Mode.COOL, 26.0, 1.0)), 1.0, 0.3
            )
    decision = strange.decide(T + 60 * 900, HOME, HOT, season=30.0)
    assert decision.by != "plan"


def test_a_window_stops_it_and_a_broken_sensor_leaves_it_to_the_unit() -> None:
    open_window = room()
    open_window.told(Reading(T, 28.0, 34.0, window_open=True), 1.0, 0.3)
    decision = open_window.decide(T, HOME, HOT, season=30.0)
    assert (decision.by, first(decision), decision.setting.on) == ("fault", "window_open", False)
    blind = room()
    decision = blind.decide(T + 3600, HOME, HOT, season=30.0)
    assert (decision.by, first(decision), decision.setting) == (
        "thermostat", "sensor_missing", Setting(True, Mode.COOL, 26.0),
    )  # fmt: skip


def test_a_unit_that_refuses_is_left_alone_for_a_while() -> None:
    refusing = room()
    refusing.decide(T, HOME, HOT, season=30.0)
    for n in range(3):
        refusing.watch.commanded(T + n, done=False)
    decision = refusing.decide(T + 60, HOME, HOT, season=30.0)
    assert (first(decision), decision.act, decision.again) == ("unit_refuses", False, T + 2 + 1800)


def test_a_wish_is_followed_and_named() -> None:
    wish = Wish(T - 3600, T + 8 * 3600, 27.5, "sleep_curve")
    decision = room(air=29.0).decide(T, HOME, HOT, season=30.0, wishes=[wish])
    assert first(decision) == "sleep_curve"
    assert decision.setting.set_point >= 26.5


def test_a_point_of_the_schedule_that_says_off_is_off() -> None:
    off = room()
    off.schedule.edit(Point(Mode.COOL, False, 0, None))
    decision = off.decide(T, HOME, [Weather(27.0, 0.0)] * QUARTERS, season=30.0)
    assert (first(decision), decision.setting.on) == ("scheduled_off", False)


def test_it_does_not_flap() -> None:
    chance, nervous, settings, switched = random.Random(5), room(air=26.5), 0, []
    last = None
    for minute in range(0, 240, 5):
        at = T + minute * 60
        nervous.track.state = State(26.3 + chance.uniform(-0.6, 0.6), 26.3)
        decision = nervous.decide(at, HOME if chance.random() < 0.5 else NOBODY, HOT, season=30.0)
        if decision.setting != last:
            settings += 1
            if last is None or last.on is not decision.setting.on:
                switched.append(at)
        last = decision.setting
    assert all(b - a >= 900 for a, b in pairwise(switched))
    assert settings <= 4 * (CHANGES + 4)


@given(
    st.booleans(), st.sampled_from(Mode), st.floats(-50, 90), st.floats(5, 25), st.floats(20, 35),
    st.sampled_from([0.1, 0.5, 1.0]),
)  # fmt: skip
def test_no_setting_is_ever_dangerous(
    on: bool, mode: Mode, point: float, low: float, high: float, step: float
) -> None:
    limits = Limits(low, max(low, high), step)
    found = safe(Setting(on, mode, point), limits)
    if mode is Mode.COOL:
        assert found.set_point >= COOL_LEAST
        assert found.set_point <= max(limits.high, COOL_LEAST)
    else:
        assert found.set_point <= max(HEAT_MOST, limits.low)
        assert found.set_point >= limits.low


def test_what_is_unsafe_is_said() -> None:
    asked = room()
    asked.hand(T, Mode.COOL, 10.0)
    decision = asked.decide(T + 1, HOME, HOT, season=30.0)
    assert decision.setting.set_point == 16.0
    assert decision.reasons[-1].code == "unsafe"


def test_the_season_decides_between_heating_and_cooling() -> None:
    between = room(air=30.0, mode=Mode.HEAT)
    between.decide(T, HOME, HOT, season=17.0)
    assert between.mode is Mode.COOL
    cool = room(air=15.0, outdoor=10.0)
    cool.decide(T, HOME, COLD, season=17.0)
    assert cool.mode is Mode.HEAT
    assert room().decide(T, HOME, COLD, season=5.0).setting.mode is Mode.HEAT
    only = RoomClimate(ZONE, Limits(modes=(Mode.COOL,)))
    only.decide(T, HOME, COLD, season=5.0)
    assert only.mode is Mode.COOL


def test_the_time_to_a_temperature_comes_with_an_interval() -> None:
    hot = room(air=30.0)
    found = hot.time_to(T, 26.0, HOT)
    assert found is not None
    early, usual, late = found
    assert early < usual < late
    assert MODEL.step(State(30.0, 30.0), Outside(34.0, 0.3), -1.0, usual / 3600).air == pytest.approx(
        26.0, abs=0.3
    )
    assert room(known=False).time_to(T, 26.0, HOT) is None


# ---- a home over days


def lived(days: int) -> HomeClimate:
    """A room that follows `MODEL`, a unit that follows its set point, people who are out by day."""
    home = HomeClimate(ZONE, Outlook(31.2, 121.3), Presence(ZONE))
    one = home.add("bedroom", Limits(modes=(Mode.COOL,), rated_watts=1000.0))
    state, setting, chance = State(28.0, 28.0), Setting(False, Mode.COOL, 26.0), random.Random(2)
    for step in range(days * 288):
        at = T + step * 300.0
        hour = (at / 3600 + 8) % 24
        outdoor = 31.0 + 4.0 * (1 - abs(hour - 15) / 6) + chance.gauss(0, 0.2)
        here = not 8 <= hour < 18
        gap = state.air - setting.set_point
        drive = min(max(0.5 * gap + 0.2, 0.0), 1.0) if setting.on else 0.0
        sun = home.outlook.sun(at)
        state = MODEL.step(state, Outside(outdoor, sun, float(here)), -drive, 300 / 3600)
        watts = 25.0 + 1000.0 * drive * (0.5 + 0.5 * drive) if drive else 1.0
        home.presence.told(at, home=here)
        seen = Reading(
            at,
            round(state.air + chance.gauss(0, 0.03), 1),
            outdoor,
            Unit(setting.on, Mode.COOL, setting.set_point, watts),
        )
        home.told("bedroom", seen)
        if step % 3 == 0:
            setting = home.decide(at, "bedroom").setting
        if step == 6 * 288 + 200:  # once: a fit is the longest part of it
            one.track.fit()
    return home


@pytest.fixture(scope="module")
def week() -> HomeClimate:
    return lived(8)


def test_after_a_week_the_room_is_known_and_planned_for(week: HomeClimate) -> None:
    one = week.rooms["bedroom"]
    assert one.track.known is not None
    assert one.track.known.error < 0.4
    at = T + 8 * 86400
    decision = week.decide(at, "bedroom")
    assert decision.by == "plan"


def test_it_comes_back_from_json_and_decides_the_same(week: HomeClimate) -> None:
    at = T + 8 * 86400 + 60
    text = json.dumps(week.to_json())
    assert len(text) < 300_000
    again = HomeClimate.of_json(
        json.loads(text), ZONE, {"bedroom": Limits(modes=(Mode.COOL,), rated_watts=1000.0)}
    )
    assert again.decide(at, "bedroom").reasons[-1].code == "no_reading"
    for one in (again, week):
        one.told("bedroom", Reading(at, 27.0, 33.0, Unit(False, Mode.COOL, 26.0, 1.0)))
    there, here = again.decide(at, "bedroom"), week.decide(at, "bedroom")
    assert (there.setting.on, there.reasons) == (here.setting.on, here.reasons)
    for (when, kelvin), (when_too, kelvin_too) in zip(there.planned, here.planned, strict=True):
        assert when == when_too
        assert kelvin == pytest.approx(kelvin_too, abs=0.3)  # the part of the quarter under way is not kept
    first_room, second = again.to_json()["rooms"]["bedroom"], week.to_json()["rooms"]["bedroom"]
    assert first_room["schedule"] == second["schedule"]
    assert first_room["track"]["known"] == second["track"]["known"]


def test_every_sentence_can_be_filled_with_what_was_said(week: HomeClimate) -> None:
    for hours in range(0, 24, 2):
        for one in week.decide(T + 8 * 86400 + 3600 * hours, "bedroom").reasons:
            for text in climate_words.SENTENCES[one.code].values():
                assert "{" not in filled(text, one.figures)


def test_a_home_has_a_bounded_number_of_rooms() -> None:
    home = HomeClimate(ZONE, Outlook(0.0, 0.0), Presence(ZONE))
    for n in range(64):
        home.add(f"r{n}", Limits())
    with pytest.raises(ValueError, match="64"):
        home.add("one more", Limits())


def at_home(found: RoomClimate, airs: Sequence[float], at: float = T) -> float:
    """Quarters of an hour with somebody home, at whose ends the room is as warm as told."""
    for air in airs:
        found.decide(at, HOME, HOT, season=30.0)
        found.track.state = State(air, air)
        at += 900.0
        found.told(Reading(at - 60.0, air, 34.0, Unit(True, Mode.COOL, 26.0, 300.0)), 1.0, 0.3)
        found.told(Reading(at + 1.0, air, 34.0, Unit(True, Mode.COOL, 26.0, 300.0)), 1.0, 0.3)
    return at


def test_what_the_unit_swings_moves_the_plan_into_the_band_and_a_unit_that_does_not_lets_it_out() -> None:
    swings, still = room(air=26.2), room(air=26.2)
    at_home(swings, [26.5, 26.2, 25.9, 26.2] * 12)
    at_home(still, [26.2] * 48)
    assert swings.swing.margin > still.swing.margin + 0.2
    assert swings.swing.missed
    assert still.swing.missed
    cold, warm = (one.decide(T + 90000.0, HOME, HOT, season=30.0).setting for one in (swings, still))
    assert cold.set_point <= warm.set_point
    again = RoomClimate.of_json(json.loads(json.dumps(swings.to_json())), ZONE, swings.limits)
    assert again.swing.margin == swings.swing.margin


def test_an_arrival_in_a_warm_home_says_nothing_about_the_swing() -> None:
    found = room(air=31.0)
    at_home(found, [30.0, 29.5, 29.0])
    assert found.swing.missed == []
    assert found.swing.margin == MARGIN


def test_a_room_that_is_held_has_one_set_point() -> None:
    """The weather changes by the hour, what people want does not: nor does what the unit is told."""
    found = room(air=26.2)
    points = set()
    for quarter in range(24):
        weather = [Weather(31.0 + 3.0 * ((quarter + n) % 7) / 7, 0.1) for n in range(QUARTERS)]
        found.track.state = State(26.2, 26.0)
        points.add(found.decide(T + 900.0 * quarter, HOME, weather, season=30.0).setting.set_point)
    assert len(points) == 1


def test_a_compressor_that_stands_still_is_off_until_it_is_needed() -> None:
    """No heat comes in: the plan asks for next to nothing, and a fan that runs all the same is switched off."""
    found = room(air=26.1, outdoor=27.0)
    weather = [Weather(27.0, 0.0)] * QUARTERS
    found.last = Setting(True, Mode.COOL, 26.0)
    found.told(Reading(T - 30, 26.1, 27.0, Unit(True, Mode.COOL, 26.0, 12.0)), 1.0, 0.0)
    decision = found.decide(T, HOME, weather, season=30.0)
    assert not decision.setting.on
    assert first(decision) in ("coast", "mild")


def test_a_hand_beyond_what_is_safe_never_becomes_a_setting() -> None:
    found = room(known=False)
    found.hand(T - 9 * 3600, Mode.COOL, 10.0)
    decision = found.decide(T, HOME, HOT, season=30.0)
    assert decision.by == "thermostat"
    assert decision.setting.set_point >= COOL_LEAST
