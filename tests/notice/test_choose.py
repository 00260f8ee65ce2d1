"""Who hears of what: never what they may not see, never at night unless it burns, never too often."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import OutOfDefinition
from jiahe.notice.choose import (
    HOUR,
    PUSHES_AN_HOUR,
    URGENT_AN_HOUR,
    Pace,
    Push,
    Recipient,
    choose,
    due_summaries,
    note,
)
from jiahe.notice.happening import Happening, Text
from jiahe.notice.preference import Channels, Preferences, Quiet, preferences_of
from jiahe.notice.topic import TOPICS, Topic

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
NIGHT = datetime(2026, 6, 1, 23, tzinfo=UTC).timestamp()


def happening(topic: Topic = Topic.RULE, key: str = "k", at: float = NOON, to: str = "") -> Happening:
    return Happening(topic, key, at, {"en": Text("Hello"), "zh": Text("你好")}, to=to)


def person(id_: str = "mei", preferences: Preferences | None = None, may: bool = True) -> Recipient:
    return Recipient(id_, frozenset({id_, "owner"}), preferences or Preferences(), Pace(), lambda _: may)


def told(one: Recipient, what: Happening, now: float) -> Push | None:
    found = choose([one], what, now, UTC)
    for delivery in found:
        note(delivery, one.pace, now)
    return found[0].push if found else None


def test_by_day_it_is_pushed_and_kept():
    (delivery,) = choose([person()], happening(), NOON, UTC)
    assert (delivery.app, delivery.push, delivery.counts) == (True, Push.NOW, False)


@given(topic=st.sampled_from(Topic), at=st.floats(NOON, NOON + 86_400), named=st.booleans())
def test_who_may_not_see_hears_nothing(topic, at, named):
    assert choose([person(may=False)], happening(topic, at=at, to="mei" if named else ""), at, UTC) == []


def test_a_topic_that_is_off_is_off():
    off = preferences_of({"topics": {"rule": {"app": False, "push": False}}})
    assert choose([person(preferences=off)], happening(), NOON, UTC) == []
    only_app = preferences_of({"topics": {"rule": {"push": False}}})
    (delivery,) = choose([person(preferences=only_app)], happening(), NOON, UTC)
    assert (delivery.app, delivery.push) == (True, Push.NO)


@pytest.mark.parametrize(("to", "heard"), [("mei", ["mei"]), ("Mei ", ["mei"]), ("owner", ["mei", "an"]),
                                           ("everybody", ["mei", "an"]), ("somebody who left", ["mei", "an"])])  # fmt: skip
def test_a_name_means_that_person_and_an_unknown_one_everybody(to, heard):
    found = choose([person("mei"), person("an")], happening(to=to), NOON, UTC)
    assert [one.person for one in found] == heard


def test_quiet_hours_hold_back_until_their_end_and_smoke_breaks_through():
    one = person()
    assert told(one, happening(key="a", at=NIGHT), NIGHT) is Push.LATER
    assert told(one, happening(key="b", at=NIGHT), NIGHT) is Push.LATER
    assert told(one, happening(Topic.SAFETY, "smoke", NIGHT), NIGHT) is Push.NOW
    seven = datetime(2026, 6, 2, 7, tzinfo=UTC).timestamp()
    assert due_summaries({"mei": one.pace}, seven - 1) == []
    assert due_summaries({"mei": one.pace}, seven) == [("mei", 2)]
    assert due_summaries({"mei": one.pace}, seven) == []


def test_more_than_the_bound_of_an_hour_is_one_summary():
    one = person()
    pushes = [told(one, happening(key=str(number)), NOON + number) for number in range(PUSHES_AN_HOUR + 3)]
    assert pushes == [Push.NOW] * PUSHES_AN_HOUR + [Push.LATER] * 3
    assert due_summaries({"mei": one.pace}, NOON + HOUR - 1) == []
    assert due_summaries({"mei": one.pace}, NOON + HOUR) == [("mei", 3)]
    assert told(one, happening(key="later"), NOON + HOUR + 10) is Push.NOW


def test_urgent_ones_have_a_bound_of_their_own():
    one = person()
    for number in range(PUSHES_AN_HOUR + 1):
        told(one, happening(key=str(number)), NOON)
    pushes = [told(one, happening(Topic.SAFETY, f"s{number}"), NOON) for number in range(URGENT_AN_HOUR + 1)]
    assert pushes == [Push.NOW] * URGENT_AN_HOUR + [Push.LATER]


@pytest.mark.parametrize("topic", Topic)
def test_the_same_soon_again_is_counted(topic):
    one = person()
    again = TOPICS[topic].again
    told(one, happening(topic), NOON)
    (delivery,) = choose([one], happening(topic, at=NOON + again - 1), NOON + again - 1, UTC)
    assert (delivery.counts, delivery.push) == (True, Push.NO)
    (delivery,) = choose([one], happening(topic, at=NOON + again), NOON + again, UTC)
    assert not delivery.counts


def test_what_is_too_old_is_not_pushed():
    old = NOON - TOPICS[Topic.RULE].life - 1
    (delivery,) = choose([person()], happening(at=old), NOON, UTC)
    assert (delivery.app, delivery.push) == (True, Push.NO)


def test_a_clock_that_is_set_back_does_not_silence_anybody():
    one = person()
    for number in range(PUSHES_AN_HOUR):
        told(one, happening(key=str(number), at=NOON + 86_400), NOON + 86_400)
    assert told(one, happening(key="x"), NOON) is Push.NOW
    assert told(one, happening(key="0"), NOON) is Push.NOW


# ---- quiet hours by the home's own clock --------------------------------------------------------------------------


@given(start=st.times(), end=st.times(), now=st.floats(1.7e9, 1.9e9))
def test_quiet_hours_hold_exactly_between_their_two_times_of_day(start, end, now):
    start, end = start.replace(microsecond=0, second=0, fold=0), end.replace(microsecond=0, second=0, fold=0)
    zone = ZoneInfo("Asia/Shanghai")
    clock = datetime.fromtimestamp(now, zone).time()
    within = start <= clock < end if start < end else start != end and (clock >= start or clock < end)
    until = Quiet(start, end).until(now, zone)
    assert (until is not None) is within
    if until is not None:
        assert now < until <= now + 86_400
        assert datetime.fromtimestamp(until, zone).time() == end


def test_a_night_in_which_the_clocks_change_ends_at_seven_all_the_same():
    zone = ZoneInfo("Europe/Berlin")
    late = datetime(2026, 3, 28, 23, tzinfo=zone).timestamp()
    until = Quiet(time(22), time(7)).until(late, zone)
    assert until == datetime(2026, 3, 29, 7, tzinfo=zone).timestamp()
    assert until == late + 7 * HOUR  # one hour is missing in that night


# ---- settings -------------------------------------------------------------------------------------------------------


def test_settings_go_to_json_and_back():
    chosen = preferences_of(
        {"topics": {"air": {"push": False}}, "quiet": {"from": "23:30", "to": "06:15"}, "language": "zh"}
    )
    assert preferences_of(chosen.body()) == chosen
    assert chosen.topics[Topic.AIR] == Channels(True, False)
    assert preferences_of({"quiet": None}, chosen).quiet is None
    assert preferences_of({}, chosen) == chosen


@pytest.mark.parametrize(
    "body",
    [
        {"topics": []},
        {"topics": {"weather": {"app": True}}},
        {"topics": {"air": True}},
        {"topics": {"air": {"app": 1}}},
        {"topics": {"air": {"mail": True}}},
        {"quiet": "22:00"},
        {"quiet": {"from": "22:00"}},
        {"quiet": {"from": "24:00", "to": "07:00"}},
        {"quiet": {"from": "2200", "to": "07:00"}},
        {"quiet": {"from": "٢٢:٠٠", "to": "07:00"}},
        {"quiet": {"from": 22, "to": 7}},
        {"language": "fr"},
        {"sound": True},
    ],
)
def test_a_wrong_setting_is_refused_by_name(body):
    with pytest.raises(OutOfDefinition) as refused:
        preferences_of(body)
    assert refused.value.property_name.split(".")[0] == next(iter(body))
