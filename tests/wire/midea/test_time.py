"""Retries, deadlines, heartbeats, the session key's life: every ask ends once, silence or not."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import frame, hub
from jiahe.wire.midea.ac import state
from jiahe.wire.talk import (
    Answer,
    Broken,
    Done,
    Ignored,
    Opened,
    Read,
    Reported,
    Unanswered,
    Write,
)

# ---- time ------------------------------------------------------------------------------------------------


def test_silence_is_retried_and_ends_at_the_deadline(pair: Any) -> None:
    pair.mute = True
    pair.ask(Read(("state.power",)), 7.0)
    events = pair.at(8.0)
    assert len(pair.asked) == 3  # at 0, 1.5 and 4.5 s
    assert [e for e in events if not isinstance(e, Ignored)] == [
        Unanswered(1, "the appliance did not answer")
    ]


def test_a_late_answer_to_the_first_try_counts(bench: Any, pair: Any) -> None:
    pair.ask(Read(("state.power",)))  # the unit has shown that it echoes ids
    pair.mute = True
    pair.hub.ask(Read(("state.mode",)), pair.now + 10, pair.now)
    pair.run()
    pair.at(2.0)
    assert len(pair.asked) == 3
    pair.device.answer(2, Answer(bench.VALUES), pair.now)  # the first try's ticket
    events = pair.run()
    assert events[-1] == Done(2)
    pair.device.answer(3, Answer(bench.VALUES), pair.now)  # and the second's answer comes still
    events = pair.run()
    assert [e.ticket for e in events if isinstance(e, Reported)] == [None]


def test_an_answer_to_an_ask_that_ended_does_not_end_the_next(pair: Any, bench: Any) -> None:
    pair.ask(Read(("state.power",)))  # the unit has shown that it echoes ids
    pair.mute = True
    pair.ask(Read(("state.power",)), 1.0)
    pair.at(1.1)
    pair.ask(Read(("state.mode",)))
    pair.device.answer(2, Answer(bench.VALUES), pair.now)
    events = pair.run()
    assert [e.ticket for e in events if isinstance(e, Reported)] == [None]
    assert not any(isinstance(e, Done) for e in events)
    pair.device.answer(3, Answer(bench.VALUES), pair.now)
    assert pair.run()[-1] == Done(3)


def test_a_unit_that_echoes_no_ids_is_understood_by_layout(pair: Any, bench: Any) -> None:
    pair.mute = True
    kinds = {Read: frame.Kind.QUERY, Write: frame.Kind.SET}

    def answer_without_an_echo() -> list[Any]:
        body = state.write_status(bench.VALUES)
        said = frame.Frame(0xAC, kinds[type(pair.asked[-1])], body, 3, 0)
        pair.device._device._send(said, 0, pair.now)
        heard: list[Any] = pair.run()
        return heard

    pair.ask(Read(("state.power",)))
    assert answer_without_an_echo()[-1] == Done(1)
    pair.now += 1.0
    pair.ask(Write({"state.fan": 20}))
    assert not any(isinstance(e, Done) for e in answer_without_an_echo())
    assert isinstance(pair.asked[-1], Write)
    assert answer_without_an_echo()[-1] == Done(2)


def test_a_lost_set_is_sent_again_upon_a_fresh_reading(pair: Any) -> None:
    pair.mute = True
    pair.hub.ask(Write({"state.power": False}), pair.now + 20, pair.now)
    pair.run()
    pair.device.answer(1, Answer(pair.values), pair.now)
    pair.run()
    assert [type(a) for a in pair.asked] == [Read, Write]
    pair.values["state.eco"] = True  # somebody else's doing, meanwhile
    pair.mute = False
    events = pair.at(2.0)
    assert [type(a) for a in pair.asked] == [Read, Write, Read, Write]
    assert pair.asked[-1].values["state.eco"] is True
    assert events[-1] == Done(1)


def test_a_late_answer_to_a_set_ends_the_write_though_it_reads_again(bench: Any, pair: Any) -> None:
    pair.mute = True
    pair.hub.ask(Write({"state.power": False}), pair.now + 20, pair.now)
    pair.run()
    pair.device.answer(1, Answer(pair.values), pair.now)
    pair.run()
    pair.at(1.6)
    assert [type(a) for a in pair.asked] == [Read, Write, Read]
    pair.device.answer(2, Answer({**pair.values, "state.power": False}), pair.now)
    events = pair.run()
    assert events[-1] == Done(1)
    assert bench.values_of(events)["state.power"] is False


def test_one_request_is_in_flight_at_a_time(pair: Any) -> None:
    pair.mute = True
    for _ in range(3):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    pair.run()
    assert len(pair.asked) == 1
    pair.mute = False
    events = pair.at(6.0)
    assert sorted(e.ticket for e in events if isinstance(e, Done)) == [1, 2, 3]


def test_too_many_asks_are_refused_at_once(pair: Any) -> None:
    pair.mute = True
    for _ in range(hub.MOST_WAITING + 1):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    with pytest.raises(LocalProtocolError):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    pair.run()
    ends = [e for e in pair.at(6.0) if isinstance(e, Unanswered)]
    assert len({e.ticket for e in ends}) == len(ends) == hub.MOST_WAITING + 1


def test_a_heartbeat_goes_out_every_ten_seconds_and_a_dead_way_is_noticed(pair: Any) -> None:
    assert pair.at(60.0) == []
    received = pair.device.receive
    pair.device.receive = lambda data, now: None  # type: ignore[method-assign]
    events = pair.at(50.0)
    assert [type(e) for e in events] == [Broken]
    pair.device.receive = received  # type: ignore[method-assign]
    assert [type(e) for e in pair.open()] == [Opened]


def test_an_ask_outlives_a_broken_connection(bench: Any) -> None:
    pair = bench.Pair(3)
    pair.open()
    pair.device._sealed._cipher = None  # type: ignore[union-attr]  # the unit forgot the session key
    pair.hub.ask(Write({"state.power": False}), pair.now + 5, pair.now)
    (broken,) = pair.run()
    assert isinstance(broken, Broken)
    events = pair.open()
    assert isinstance(events[0], Opened)
    assert events[-1] == Done(1)
    assert pair.values["state.power"] is False


def test_the_session_key_is_renewed_after_twelve_hours(bench: Any) -> None:
    pair = bench.Pair(3)
    pair.open()
    events = pair.at(12 * 3600 + 1)
    assert [type(e) for e in events] == [Broken]
    assert [type(e) for e in pair.open()] == [Opened]
    plain = bench.Pair(2)
    plain.open()
    assert plain.at(13 * 3600) == []
