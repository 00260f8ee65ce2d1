"""Who is home, and what the weather will be, from what was."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone

import pytest

from jiahe.comfort.forecast import Outlook, Told, clear_sky
from jiahe.comfort.presence import KEPT, SLOTS, Presence

QUARTERS_AHEAD = 72
ZONE = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 6, 1, tzinfo=ZONE)


def at(day: int, hour: float) -> float:
    return (MONDAY + timedelta(days=day, hours=hour)).timestamp()


def lived(days: int, leaves: float = 8.0, back: float = 18.5) -> Presence:
    """Workdays out, free days at home."""
    presence = Presence(ZONE)
    for quarter in range(days * SLOTS):
        hour, day = quarter / 4 % 24, quarter // SLOTS
        presence.told(at(0, quarter / 4), home=day % 7 >= 5 or not leaves <= hour < back)
    return presence


def test_a_new_home_knows_nothing_and_says_so() -> None:
    assert Presence(ZONE).chances(at(0, 12), 4) == [0.5] * 4


def test_after_two_weeks_the_evening_is_expected() -> None:
    presence = lived(14)
    presence.told(at(14, 8.0), home=False)
    presence.told(at(14, 14.0), home=False)
    chances = presence.chances(at(14, 14.0), 40)
    assert chances[0] == 0.0
    assert max(chances[1:17]) < 0.2
    assert min(chances[19:]) > 0.8


def test_the_weekend_goes_by_itself() -> None:
    presence = lived(19)
    presence.told(at(19, 0.0), home=True)
    presence.told(at(19, 7.5), home=True)
    assert min(presence.chances(at(19, 7.5), 30)) > 0.7
    midnight = presence.chances(at(20, 20.0), 80)  # Sunday evening to Monday afternoon
    assert midnight[-1] < 0.3


def test_who_is_late_is_still_expected() -> None:
    presence = lived(14)
    presence.told(at(14, 8.0), home=False)
    presence.told(at(14, 20.0), home=False)
    chances = presence.chances(at(14, 20.0), 8)
    assert chances[0] == 0.0
    assert chances[4] > 0.4


def test_on_a_journey_nobody_is_expected_every_evening_anew() -> None:
    presence = lived(21)
    presence.told(at(21, 8.0), home=False)
    for quarter in range(8 * 4, 40 * 4):
        presence.told(at(21, quarter / 4), home=False)
    chances = presence.chances(at(22, 15.75), QUARTERS_AHEAD)
    assert max(chances) < 0.3
    presence.told(at(22, 16.0), home=True)
    for quarter in range(4 * 24):
        presence.told(at(22, 16.0 + quarter / 4), home=not 32 <= 64 + quarter - 96 < 64)
    presence.told(at(23, 15.5), home=False)
    assert presence.chances(at(23, 15.5), 20)[16] > 0.5


def test_it_is_bounded_and_comes_back_as_it_was() -> None:
    presence = lived(KEPT + 20)
    assert len(presence.days) <= KEPT
    again = Presence.of_json(json.loads(json.dumps(presence.to_json())), ZONE)
    now = at(KEPT + 20, 3.0)
    assert again.chances(now, SLOTS) == presence.chances(now, SLOTS)


def test_a_clock_set_back_or_far_ahead_fills_nothing() -> None:
    presence = lived(3)
    kept = json.dumps(presence.to_json()["days"])
    presence.told(at(0, 1.0), home=False)
    assert json.dumps(presence.to_json()["days"]) == kept
    presence.told(at(60, 0.0), home=True)
    assert presence.days[max(presence.days)].known == 0


# ---- weather


def days_of(outlook: Outlook, count: int, mean: float = 28.0) -> None:
    for hour in range(count * 24):
        outlook.seen(at(0, hour), mean + 4 * math.cos((hour % 24 - 15) / 24 * 2 * math.pi))


def test_without_a_forecast_the_day_goes_as_the_last_ones_did() -> None:
    outlook = Outlook(31.2, 121.3)
    days_of(outlook, 4)
    now = at(4, 3.0)
    outlook.seen(now, 28 + 4 * math.cos((3 - 15) / 24 * 2 * math.pi) + 3.0)
    ahead = outlook.ahead([now, now + 12 * 3600])
    assert ahead is not None
    assert ahead[0].outdoor == pytest.approx(27.0, abs=1.0)
    assert 32.5 < ahead[1].outdoor < 34.5  # the warm anomaly of three kelvin has faded by half


def test_a_forecast_is_believed_as_far_as_it_goes() -> None:
    outlook = Outlook(31.2, 121.3)
    days_of(outlook, 2)
    told = Told([(at(2, 0), 20.0, 0.1), (at(2, 3), 23.0, None)])
    ahead = outlook.ahead([at(2, 1), at(2, 9)], told)
    assert ahead is not None
    assert ahead[0].outdoor == pytest.approx(21.0)
    assert ahead[1].outdoor > 24.0


def test_nobody_knows_where_nothing_was_ever_told() -> None:
    outlook = Outlook(31.2, 121.3)
    assert outlook.ahead([at(0, 1)]) is None
    outlook.seen(at(0, 1), 400.0)
    assert outlook.ahead([at(0, 1)]) is None
    outlook.seen(at(0, 1), 30.0)
    ahead = outlook.ahead([at(0, 9)])
    assert ahead is not None
    assert ahead[0].outdoor == 30.0


def test_the_sun_stands_where_it_stands() -> None:
    assert clear_sky(at(20, 12.0), 31.2, 121.3) == pytest.approx(1.0, abs=0.1)
    assert clear_sky(at(20, 0.0), 31.2, 121.3) == 0.0
    assert clear_sky(at(200, 12.0), 39.9, 116.4) < 0.6  # December in Beijing


def test_the_outlook_comes_back_as_it_was() -> None:
    outlook = Outlook(31.2, 121.3)
    days_of(outlook, 6)
    again = Outlook.of_json(json.loads(json.dumps(outlook.to_json())))
    assert again.ahead([at(6, 5)]) == outlook.ahead([at(6, 5)])
    assert len(again.hours) <= 96


def test_who_says_to_be_on_their_way_is_expected_for_three_hours() -> None:
    presence = lived(14)
    presence.told(at(14, 8.0), home=False)
    presence.told(at(14, 10.0), home=False)
    before = presence.chances(at(14, 10.0), 12)
    presence.coming(at(14, 10.0))
    again = Presence.of_json(json.loads(json.dumps(presence.to_json())), ZONE)
    for one in (presence, again):
        assert one.chances(at(14, 10.0), 12) == [0.0] + [1.0] * 11
    presence.told(at(14, 13.1), home=False)
    assert max(presence.chances(at(14, 13.1), 4)) < 0.5  # nobody came
    assert max(before) < 0.5


def test_who_came_is_no_longer_on_the_way() -> None:
    presence = lived(14)
    presence.told(at(14, 8.0), home=False)
    presence.coming(at(14, 9.0))
    presence.told(at(14, 10.0), home=True)
    presence.told(at(14, 10.25), home=False)
    assert max(presence.chances(at(14, 10.25), 8)) < 0.5
