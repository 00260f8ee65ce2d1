"""The minutes that a band keeps: fetched by its own clock, bounded, and in nobody's way."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from tests.wire.huami.talking import STATE, Talk

from jiahe.wire.gatt import Frame, Operation, decode
from jiahe.wire.huami import activity, layout
from jiahe.wire.talk import (
    Answer,
    Asked,
    Done,
    Read,
    Refusal,
    Reported,
)


def _moving(_: Asked) -> Answer:
    return Answer({**STATE, "activity.movement": 37})


def test_the_last_minute_is_fetched_by_the_bands_own_clock() -> None:
    talk = Talk(answers=_moving)
    talk.taken()
    reported, done = talk.ask(Read(("activity.movement",)))
    assert isinstance(reported, Reported)
    assert (reported.values, reported.faults) == ({"activity.movement": 37, "heart.rate": 61}, {})
    assert isinstance(done, Done)
    five_before_noon = "0101" + "ea07" + "0101" + "0b37" + "0000"
    assert talk.of(activity.CONTROL) == [
        five_before_noon,
        "10010101000000" + five_before_noon[4:],
        "02",
        "100201",
    ]
    assert talk.of(activity.DATA) == ["00" + "01" + "25" + "00" + "3d"]


def test_a_band_with_no_minute_yet_and_one_that_tells_none() -> None:
    talk = Talk()  # its owner knows of no movement
    talk.taken()
    reported, done = talk.ask(Read(("activity.movement", "steps.today")))
    assert isinstance(reported, Reported)
    assert reported.values == {"steps.today": 4711}
    assert reported.faults == {"activity.movement": Refusal.BUSY}
    assert isinstance(done, Done)
    fetch = activity.Fetch()
    fetch.answered(Frame(Operation.NOT_READ, activity.CLOCK, b"no such thing"))
    assert (fetch.done, fetch.fault) == (True, "no such thing")
    fetch = activity.Fetch()
    fetch.answered(Frame(Operation.VALUE, activity.CLOCK, bytes(11)))
    assert (fetch.done, fetch.fault) == (True, "its clock tells no date")


def test_a_band_that_never_ends_its_minutes_does_not_hold_up_what_else_is_asked() -> None:
    talk = Talk(answers=_moving)
    talk.taken()
    talk.hub.ask(Read(("activity.movement",)), 60.0, 0.0)
    talk.hub.ask(Read(("steps.today",)), 60.0, 0.0)
    frames = [decode(data) for data in talk.hub.outgoing()]
    assert [frame.characteristic for frame in frames if frame] == [activity.CLOCK]
    talk.hub.receive(
        Frame(
            Operation.VALUE, activity.CLOCK, activity.date(datetime(2026, 1, 1, tzinfo=UTC), 32) + bytes(3)
        ).encode(),
        1.0,
    )
    talk.hub.outgoing()
    talk.hub.receive(Frame(Operation.WRITTEN, activity.CONTROL).encode(), 1.0)
    assert talk.hub.events() == []
    talk.hub.wake(12.0)
    said = talk.hub.events()
    assert isinstance(said[0], Reported)
    assert said[0].faults == {"activity.movement": Refusal.NOT_READABLE}
    frames = [decode(data) for data in talk.hub.outgoing()]
    assert [frame.characteristic for frame in frames if frame] == [
        layout.BY_POINT["steps.today"].characteristic
    ]


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_whatever_a_band_says_of_its_minutes_is_bounded_and_never_raises(pieces: list[bytes]) -> None:
    fetch = activity.Fetch()
    for number, piece in enumerate(pieces):
        where = (activity.CONTROL, activity.DATA, layout.ALERT)[number % 3]
        fetch.told(Frame(Operation.NOTIFIED, where, piece))
        fetch.answered(Frame(Operation.VALUE, activity.CLOCK, piece))
    assert len(fetch.samples) <= activity.MOST
    assert all(0 <= sample.movement <= 255 for sample in fetch.samples)
