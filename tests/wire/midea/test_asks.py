"""Reading, writing, describing, pushing: what an ask takes on the wire and what its owner hears."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import frame
from jiahe.wire.midea.ac import state
from jiahe.wire.talk import (
    Act,
    Answer,
    Describe,
    Described,
    Done,
    Happened,
    Read,
    Refusal,
    Refused,
    Reported,
    Unanswered,
    Write,
)

# ---- reading ---------------------------------------------------------------------------------------------


def test_a_read_is_answered_with_the_points_and_done(bench: Any, pair: Any) -> None:
    events = pair.ask(Read(("state.power", "state.target_temperature", "state.outdoor_temperature")))
    told = bench.values_of(events)
    assert events[-1] == Done(1)
    assert (told["state.power"], told["state.target_temperature"]) == (True, 24.5)
    assert told["state.outdoor_temperature"] == -3.4
    assert pair.asked == [Read(state.POINTS)]


def test_a_read_takes_the_fewest_queries(bench: Any, pair: Any) -> None:
    points = ("energy.total", "energy.power", "humidity.indoor", "state.mode", "property.louvre_vertical")
    told = bench.values_of(pair.ask(Read(points)))
    assert {p: told[p] for p in points} == {p: bench.VALUES[p] for p in points}
    # State, both pages of capabilities (for the coding of energy), energy, humidity, property.
    assert len(pair.asked) == 6
    pair.asked.clear()
    pair.ask(Read(("energy.total",)))
    assert len(pair.asked) == 1


def test_what_the_unit_does_not_tell_is_a_fault(pair: Any) -> None:
    events = pair.ask(Read(("property.0x1234", "indoor.fan_speed", "state.mode")))
    faults: dict[str, Refusal] = {}
    for event in events:
        if isinstance(event, Reported):
            faults |= event.faults
    assert faults["property.0x1234"] is Refusal.UNSUPPORTED
    assert faults["indoor.fan_speed"] is Refusal.UNSUPPORTED  # the group that it lacks
    assert events[-1] == Done(1)


def test_nonsense_is_our_own_fault(pair: Any) -> None:
    nonsense = [
        Read(("state.nothing",)),
        Read(("property.0x0009",)),  # has a name
        Write({}),
        Write({"state.indoor_temperature": 20.0}),
        Write({"state.power": 1}),
        Write({"state.mode": 0}),
        Write({"state.mode": 7}),
        Write({"state.fan": 103}),
        Write({"state.target_temperature": 24.3}),
        Write({"state.target_temperature": 44.0}),
        Write({"state.target_temperature": True}),
        Write({"state.target_temperature": float("nan")}),
        Write({"property.louvre_vertical": 101}),
        Write({"property.breeze_away": 1}),
        Write({"property.0x1234": "xyz"}),
        Act("anything"),
    ]
    for ask in nonsense:
        with pytest.raises(LocalProtocolError):
            pair.hub.ask(ask, pair.now + 5, pair.now)
    assert pair.hub.outgoing() == []
    with pytest.raises(LocalProtocolError):
        pair.device.ask(Describe(), 1.0, 0.0)
    with pytest.raises(LocalProtocolError):
        pair.device.answer(99, Answer(), 0.0)
    with pytest.raises(LocalProtocolError):
        pair.hub.answer(99, Answer(), 0.0)


# ---- writing ---------------------------------------------------------------------------------------------


def test_a_write_reads_changes_sets_and_reports_what_the_unit_then_says(bench: Any, pair: Any) -> None:
    pair.values.update({"state.eco": True, "state.swing_vertical": True, "state.frost_protection": True})
    events = pair.ask(Write({"state.target_temperature": 16.0, "state.mode": 4}))
    told = bench.values_of(events)
    assert events[-1] == Done(1)
    assert (told["state.target_temperature"], told["state.mode"]) == (16.0, 4)
    read, wish = pair.asked
    assert read == Read(state.POINTS)
    assert wish.values["state.target_temperature"] == 16.0
    # What was not asked for stays as it was.
    assert wish.values["state.eco"] is True
    assert wish.values["state.swing_vertical"] is True
    assert wish.values["state.frost_protection"] is True
    assert (wish.values["state.fan"], wish.values["state.humidity_setpoint"]) == (60, 45)
    # The reading before the set is news, but not this ask's answer.
    assert bench.values_of(events, None)["state.target_temperature"] == 24.5


def test_a_fresh_state_is_not_read_again_before_a_write(pair: Any) -> None:
    pair.ask(Write({"state.power": False}))
    pair.asked.clear()
    pair.now += 0.4
    pair.ask(Write({"state.power": True}))
    assert [type(a) for a in pair.asked] == [Write]
    pair.asked.clear()
    pair.now += 0.6
    pair.ask(Write({"state.power": False}))
    assert [type(a) for a in pair.asked] == [Read, Write]


def test_a_push_makes_the_next_write_read_afresh(pair: Any) -> None:
    pair.ask(Write({"state.power": False}))
    pair.values["state.eco"] = True
    pair.device.report({**pair.values}, pair.now)
    pair.run()
    pair.asked.clear()
    pair.ask(Write({"state.power": True}))
    assert [type(a) for a in pair.asked] == [Read, Write]
    assert pair.values["state.eco"] is True


def test_a_running_timer_survives_a_write() -> None:
    status = bytearray(state.write_status({"state.power": True, "state.target_temperature": 25.0}))
    status[4:7] = bytes([0x80 | 3 << 2 | 1, 0x7F, 0x40])
    body = state.write_set(bytes(status), {"state.power": False})
    assert body[4:7] == status[4:7]
    assert body[3] & 0x80
    status[4:7] = b"\x7f\x7f\x00"
    assert state.write_set(bytes(status), {})[4:7] == b"\x7f\x7f\xff"


def test_an_auxiliary_heater_survives_a_write() -> None:
    status = state.write_status({"state.smart_eye": True, "state.target_temperature": 25.0})
    assert state.write_set(status, {}, aux_only=True)[22] & 0x08
    assert not state.write_set(status, {}, aux_only=False)[22] & 0x08


def test_the_display_only_toggles_and_is_written_all_the_same(bench: Any, pair: Any) -> None:
    events = pair.ask(Write({"state.display": False}))
    assert bench.values_of(events)["state.display"] is False
    assert events[-1] == Done(1)
    pair.asked.clear()
    events = pair.ask(Write({"state.display": False}))
    assert bench.values_of(events, 2)["state.display"] is False
    assert not any(isinstance(a, Write) for a in pair.asked)


def test_properties_are_written_by_b0(bench: Any, pair: Any) -> None:
    wish = {"property.louvre_vertical": 75, "property.breeze_away": True, "property.ieco": True}
    events = pair.ask(Write({**wish, "property.fresh_air": 40, "property.0x1234": 7}))
    told = bench.values_of(events)
    assert told == {**wish, "property.fresh_air": 40, "property.0x1234": 7}
    assert events[-1] == Done(1)
    assert all(pair.values[p] == v for p, v in wish.items())


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{
                f.name: st.booleans()
                for f in state.FIELDS
                if f.name in state.SETTABLE - state.BRACELET and f.kind is bool
            },
            "state.mode": st.integers(1, 6),
            "state.fan": st.integers(0, 102),
            "state.cosy_sleep": st.integers(0, 3),
            "state.humidity_setpoint": st.integers(0, 100),
            "state.target_temperature": st.integers(26, 87).map(lambda n: n / 2),
        },
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_may_be_written_arrives(bench: Any, wish: dict[str, Any]) -> None:
    if not wish:
        return
    pair = bench.Pair(2)
    pair.open()
    events = pair.ask(Write(wish))
    assert events[-1] == Done(1)
    told = bench.values_of(events)
    assert {p: told[p] for p in wish} == wish
    assert {p: pair.values[p] for p in wish} == wish


@given(st.floats(-24.9, 102.0).map(lambda v: round(v, 1)) | st.none())
def test_any_temperature_comes_back(value: float | None) -> None:
    assert state.read_temperature(*state.write_temperature(value)) == value


# ---- describing and pushing ------------------------------------------------------------------------------


def test_a_description_carries_both_pages_of_capabilities(bench: Any, pair: Any) -> None:
    events = pair.ask(Describe())
    described = next(e for e in events if isinstance(e, Described))
    assert described.facts["capabilities"] == bench.CAPABILITIES
    assert (described.facts["type"], described.facts["subtype"]) == (0xAC, 8)
    assert events[-1] == Done(1)


def test_a_unit_without_b5_is_described_without_capabilities(bench: Any) -> None:
    pair = bench.Pair(3)
    pair.open()
    pair.mute = True
    pair.hub.ask(Describe(), pair.now + 30, pair.now)
    pair.run()
    # The appliance query alone is answered.
    (told,) = pair.device._device._appliance.answer(  # type: ignore[union-attr]
        pair.device._device._pending.pop(1)[0],
        Answer(facts={"subtype": 5}),  # type: ignore[union-attr]
    )
    pair.device._device._send(told, 0, pair.now)  # type: ignore[union-attr]
    pair.run()
    events = pair.at(29.0)
    described = next(e for e in events if isinstance(e, Described))
    assert described.facts["subtype"] == 5
    assert "capabilities" not in described.facts
    assert events[-1] == Done(1)


def test_a_silent_unit_is_not_described(pair: Any) -> None:
    pair.mute = True
    pair.ask(Describe(), 60.0)
    ends = [e for e in pair.at(61.0) if isinstance(e, Done | Unanswered)]
    assert [type(e) for e in ends] == [Unanswered]


def test_a_push_is_reported_without_a_ticket(bench: Any, pair: Any) -> None:
    pair.ask(Describe())
    pair.device.report({**bench.VALUES, "state.power": False, "property.louvre_vertical": 25}, pair.now)
    events = pair.run()
    told = bench.values_of(events, None)
    assert (told["state.power"], told["state.target_temperature"]) == (False, 24.5)
    assert (told["state.indoor_temperature"], told["energy.total"]) == (26.3, 123.45)
    assert told["property.louvre_vertical"] == 25
    assert len(events) == 3  # A0, A1, B5


def test_an_exception_is_a_refusal_of_what_was_asked_and_else_an_event(pair: Any) -> None:
    pair.answers = {"refusal": Refusal.BUSY}
    (refused,) = pair.ask(Read(("state.power",)))
    assert isinstance(refused, Refused)
    assert (refused.ticket, refused.why) == (1, Refusal.INTERNAL)
    alarm = frame.Frame(0xAC, frame.Kind.ABNORMAL, b"\x01\x02", 3, 0)
    pair.device._device._send(alarm, 0, pair.now)  # type: ignore[union-attr]
    (happened,) = pair.run()
    assert isinstance(happened, Happened)


# ---- the wristband ---------------------------------------------------------------------------------------


def test_wristband_bits_go_only_to_a_model_that_is_known_to_take_them(bench: Any) -> None:
    wish = {"state.bracelet_control": True, "state.bracelet_sleep": True}
    pair = bench.Pair(2)
    pair.open()
    (refused,) = pair.ask(Write(wish))
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.NOT_ALLOWED
    assert not any(isinstance(ask, Write) for ask in pair.asked)
    takes = [{"model": "JIAHE0AC", "only": list(wish)}]
    pair.hub = bench.hub(2, {"takes": takes, "serial": "000000000JIAHE0AC"})
    pair.open()
    events = pair.ask(Write(wish))
    assert events[-1] == Done(1)
    told = bench.values_of(events)
    assert {point: told[point] for point in wish} == wish
    pair.ask(Write({"state.eco": True}))
    assert {point: pair.values[point] for point in wish} == wish, "kept by a set of something else"


def test_a_set_leaves_the_wristband_bits_nought_for_other_models() -> None:
    status = state.write_status({"state.bracelet_control": True, "state.bracelet_sleep": True})
    assert state.write_set(status, {})[22] == 0
    assert state.write_set(status, {}, bracelet=True)[22] == 0b110
