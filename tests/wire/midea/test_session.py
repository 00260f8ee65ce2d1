"""Both ends of the session against each other: every ask ends once, whatever the wire does to the bytes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import envelope, frame, hub, packet
from jiahe.wire.midea.ac import state
from jiahe.wire.midea.session import Session
from jiahe.wire.talk import (
    Act,
    Answer,
    Asked,
    Broken,
    Describe,
    Described,
    Done,
    Event,
    Happened,
    Identity,
    Ignored,
    LockedOut,
    Opened,
    Read,
    Refusal,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)

TOKEN = bytes(range(64))
KEY = bytes(range(100, 132))
ID = "151732605161920"
CAPABILITIES = {
    "eco": 1,
    "modes": 1,
    "swing": 1,
    "energy": 2,
    "turbo": 1,
    "fan": 1,
    "humidity": 2,
    "cool_min_temperature": 16.0,
    "cool_max_temperature": 30.0,
    "auto_min_temperature": 16.0,
    "auto_max_temperature": 30.0,
    "heat_min_temperature": 16.0,
    "heat_max_temperature": 30.0,
    "half_degrees": True,
    "fahrenheit": 0,
    "display": 1,
    "louvre_vertical": 1,
    "sound": 1,
    "0x0040": 0,
}
VALUES: dict[str, Any] = {
    "state.power": True,
    "state.mode": 2,
    "state.fan": 60,
    "state.target_temperature": 24.5,
    "state.indoor_temperature": 26.3,
    "state.outdoor_temperature": -3.4,
    "state.display": True,
    "state.humidity_setpoint": 45,
    "energy.total": 123.45,
    "energy.power": 456.7,
    "humidity.indoor": 55,
    "property.louvre_vertical": 50,
}


def _identity(version: int, **over: Any) -> Identity:
    secrets = {"token": over.pop("token", TOKEN), "key": over.pop("key", KEY)} if version == 3 else {}
    facts = {"version": version, "type": 0xAC, **over.pop("facts", {})}
    return Identity(over.pop("hardware_id", ID), secrets, facts, 1.79e9)


def _entropy(seed: int) -> Any:
    return random.Random(seed).randbytes


class Pair:
    """A hub and a virtual unit in memory. `cut` splits what crosses; `lose` says which pieces to drop."""

    def __init__(self, version: int = 3, *, device: Identity | None = None, seed: int = 1) -> None:
        self.hub = Session(Role.HUB, _identity(version), _entropy(seed))
        self.device = Session(Role.DEVICE, device or _identity(version), _entropy(seed + 1))
        self.values = dict(VALUES)
        self.heard: list[Event] = []
        self.asked: list[Any] = []
        self.device_heard: list[Event] = []
        self.mute = False
        self.answers: Mapping[str, Any] = {}
        self.cut: Any = lambda data: [data]
        self.now = 100.0

    def open(self) -> list[Event]:
        self.device.open(self.now)
        self.hub.open(self.now)
        return self.run()

    def run(self) -> list[Event]:
        """Carries bytes both ways until nothing moves; returns what the hub's owner heard."""
        fresh: list[Event] = []
        for _ in range(100):
            there, back = self.hub.outgoing(), self.device.outgoing()
            if not there and not back:
                break
            for piece in (p for data in there for p in self.cut(data)):
                self.device.receive(piece, self.now)
            for piece in (p for data in back for p in self.cut(data)):
                self.hub.receive(piece, self.now)
            self._be_the_unit()
            fresh += self.hub.events()
        fresh += self.hub.events()
        self.heard += fresh
        return fresh

    def _be_the_unit(self) -> None:
        for event in self.device.events():
            if not isinstance(event, Asked):
                self.device_heard.append(event)
                continue
            self.asked.append(event.ask)
            if self.mute:
                continue
            if isinstance(event.ask, Write):
                self.values.update(event.ask.values)
            facts = {"capabilities": CAPABILITIES, "subtype": 8} if isinstance(event.ask, Describe) else {}
            answer = Answer(self.values, facts=facts, **self.answers)
            self.device.answer(event.ticket, answer, self.now)

    def at(self, seconds: float) -> list[Event]:
        """Lets time pass, waking the hub each time that it wants to."""
        fresh: list[Event] = []
        end = self.now + seconds
        for _ in range(10_000):
            wake = self.hub.wake_at()
            if wake is None or wake > end:
                break
            self.now = max(self.now, wake)
            self.hub.wake(self.now)
            fresh += self.run()
        self.now = end
        return fresh

    def ask(self, ask: Any, seconds: float = 5.0) -> list[Event]:
        self.hub.ask(ask, self.now + seconds, self.now)
        return self.run()


@pytest.fixture(params=[2, 3])
def pair(request: pytest.FixtureRequest) -> Pair:
    made = Pair(request.param)
    (opened,) = made.open()
    assert opened == Opened({"version": request.param, "type": 0xAC, "hardware_id": ID})
    return made


def _values(events: list[Event], ticket: int | None = 1) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Reported) and event.ticket == ticket:
            told |= event.values
    return told


# ---- reading --------------------------------------------------------------------------------------------------


def test_a_read_is_answered_with_the_points_and_done(pair: Pair) -> None:
    events = pair.ask(Read(("state.power", "state.target_temperature", "state.outdoor_temperature")))
    told = _values(events)
    assert events[-1] == Done(1)
    assert (told["state.power"], told["state.target_temperature"]) == (True, 24.5)
    assert told["state.outdoor_temperature"] == -3.4
    assert pair.asked == [Read(state.POINTS)]


def test_a_read_takes_the_fewest_queries(pair: Pair) -> None:
    points = ("energy.total", "energy.power", "humidity.indoor", "state.mode", "property.louvre_vertical")
    told = _values(pair.ask(Read(points)))
    assert {p: told[p] for p in points} == {p: VALUES[p] for p in points}
    # State, both pages of capabilities (for the coding of energy), energy, humidity, property.
    assert len(pair.asked) == 6
    pair.asked.clear()
    pair.ask(Read(("energy.total",)))
    assert len(pair.asked) == 1


def test_what_the_unit_does_not_tell_is_a_fault(pair: Pair) -> None:
    events = pair.ask(Read(("property.0x1234", "indoor.fan_speed", "state.mode")))
    faults: dict[str, Refusal] = {}
    for event in events:
        if isinstance(event, Reported):
            faults |= event.faults
    assert faults["property.0x1234"] is Refusal.UNSUPPORTED
    assert faults["indoor.fan_speed"] is Refusal.UNSUPPORTED  # the group that it lacks
    assert events[-1] == Done(1)


def test_nonsense_is_our_own_fault(pair: Pair) -> None:
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


# ---- writing --------------------------------------------------------------------------------------------------


def test_a_write_reads_changes_sets_and_reports_what_the_unit_then_says(pair: Pair) -> None:
    pair.values.update({"state.eco": True, "state.swing_vertical": True, "state.frost_protection": True})
    events = pair.ask(Write({"state.target_temperature": 16.0, "state.mode": 4}))
    told = _values(events)
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
    assert _values(events, None)["state.target_temperature"] == 24.5


def test_a_fresh_state_is_not_read_again_before_a_write(pair: Pair) -> None:
    pair.ask(Write({"state.power": False}))
    pair.asked.clear()
    pair.now += 0.4
    pair.ask(Write({"state.power": True}))
    assert [type(a) for a in pair.asked] == [Write]
    pair.asked.clear()
    pair.now += 0.6
    pair.ask(Write({"state.power": False}))
    assert [type(a) for a in pair.asked] == [Read, Write]


def test_a_push_makes_the_next_write_read_afresh(pair: Pair) -> None:
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


def test_the_display_only_toggles_and_is_written_all_the_same(pair: Pair) -> None:
    events = pair.ask(Write({"state.display": False}))
    assert _values(events)["state.display"] is False
    assert events[-1] == Done(1)
    pair.asked.clear()
    events = pair.ask(Write({"state.display": False}))
    assert _values(events, 2)["state.display"] is False
    assert not any(isinstance(a, Write) for a in pair.asked)


def test_properties_are_written_by_b0(pair: Pair) -> None:
    wish = {"property.louvre_vertical": 75, "property.breeze_away": True, "property.ieco": True}
    events = pair.ask(Write({**wish, "property.fresh_air": 40, "property.0x1234": 7}))
    told = _values(events)
    assert told == {**wish, "property.fresh_air": 40, "property.0x1234": 7}
    assert events[-1] == Done(1)
    assert all(pair.values[p] == v for p, v in wish.items())


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{f.name: st.booleans() for f in state.FIELDS if f.writable and f.set and f.kind is bool},
            "state.mode": st.integers(1, 6),
            "state.fan": st.integers(0, 102),
            "state.cosy_sleep": st.integers(0, 3),
            "state.humidity_setpoint": st.integers(0, 100),
            "state.target_temperature": st.integers(26, 87).map(lambda n: n / 2),
        },
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_may_be_written_arrives(wish: dict[str, Any]) -> None:
    if not wish:
        return
    pair = Pair(2)
    pair.open()
    events = pair.ask(Write(wish))
    assert events[-1] == Done(1)
    told = _values(events)
    assert {p: told[p] for p in wish} == wish
    assert {p: pair.values[p] for p in wish} == wish


@given(st.floats(-24.9, 102.0).map(lambda v: round(v, 1)) | st.none())
def test_any_temperature_comes_back(value: float | None) -> None:
    assert state.read_temperature(*state.write_temperature(value)) == value


# ---- describing and pushing -----------------------------------------------------------------------------------


def test_a_description_carries_both_pages_of_capabilities(pair: Pair) -> None:
    events = pair.ask(Describe())
    described = next(e for e in events if isinstance(e, Described))
    assert described.facts["capabilities"] == CAPABILITIES
    assert (described.facts["type"], described.facts["subtype"]) == (0xAC, 8)
    assert events[-1] == Done(1)


def test_a_unit_without_b5_is_described_without_capabilities() -> None:
    pair = Pair(3)
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


def test_a_silent_unit_is_not_described(pair: Pair) -> None:
    pair.mute = True
    pair.ask(Describe(), 60.0)
    ends = [e for e in pair.at(61.0) if isinstance(e, Done | Unanswered)]
    assert [type(e) for e in ends] == [Unanswered]


def test_a_push_is_reported_without_a_ticket(pair: Pair) -> None:
    pair.ask(Describe())
    pair.device.report({**VALUES, "state.power": False, "property.louvre_vertical": 25}, pair.now)
    events = pair.run()
    told = _values(events, None)
    assert (told["state.power"], told["state.target_temperature"]) == (False, 24.5)
    assert (told["state.indoor_temperature"], told["energy.total"]) == (26.3, 123.45)
    assert told["property.louvre_vertical"] == 25
    assert len(events) == 3  # A0, A1, B5


def test_an_exception_is_a_refusal_of_what_was_asked_and_else_an_event(pair: Pair) -> None:
    pair.answers = {"refusal": Refusal.BUSY}
    (refused,) = pair.ask(Read(("state.power",)))
    assert isinstance(refused, Refused)
    assert (refused.ticket, refused.why) == (1, Refusal.INTERNAL)
    alarm = frame.Frame(0xAC, frame.Kind.ABNORMAL, b"\x01\x02", 3, 0)
    pair.device._device._send(alarm, 0, pair.now)  # type: ignore[union-attr]
    (happened,) = pair.run()
    assert isinstance(happened, Happened)


# ---- time -----------------------------------------------------------------------------------------------------


def test_silence_is_retried_and_ends_at_the_deadline(pair: Pair) -> None:
    pair.mute = True
    pair.ask(Read(("state.power",)), 7.0)
    events = pair.at(8.0)
    assert len(pair.asked) == 3  # at 0, 1.5 and 4.5 s
    assert [e for e in events if not isinstance(e, Ignored)] == [
        Unanswered(1, "the appliance did not answer")
    ]


def test_a_late_answer_to_the_first_try_counts(pair: Pair) -> None:
    pair.ask(Read(("state.power",)))  # the unit has shown that it echoes ids
    pair.mute = True
    pair.hub.ask(Read(("state.mode",)), pair.now + 10, pair.now)
    pair.run()
    pair.at(2.0)
    assert len(pair.asked) == 3
    pair.device.answer(2, Answer(VALUES), pair.now)  # the first try's ticket
    events = pair.run()
    assert events[-1] == Done(2)
    pair.device.answer(3, Answer(VALUES), pair.now)  # and the second's answer comes still
    events = pair.run()
    assert [e.ticket for e in events if isinstance(e, Reported)] == [None]


def test_a_lost_set_is_sent_again_upon_a_fresh_reading(pair: Pair) -> None:
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


def test_a_late_answer_to_a_set_ends_the_write_though_it_reads_again(pair: Pair) -> None:
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
    assert _values(events)["state.power"] is False


def test_one_request_is_in_flight_at_a_time(pair: Pair) -> None:
    pair.mute = True
    for _ in range(3):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    pair.run()
    assert len(pair.asked) == 1
    pair.mute = False
    events = pair.at(6.0)
    assert sorted(e.ticket for e in events if isinstance(e, Done)) == [1, 2, 3]


def test_too_many_asks_are_refused_at_once(pair: Pair) -> None:
    pair.mute = True
    for _ in range(hub.MOST_WAITING + 1):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    with pytest.raises(LocalProtocolError):
        pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    pair.run()
    ends = [e for e in pair.at(6.0) if isinstance(e, Unanswered)]
    assert len({e.ticket for e in ends}) == len(ends) == hub.MOST_WAITING + 1


def test_a_heartbeat_goes_out_every_ten_seconds_and_a_dead_way_is_noticed(pair: Pair) -> None:
    assert pair.at(60.0) == []
    received = pair.device.receive
    pair.device.receive = lambda data, now: None  # type: ignore[method-assign]
    events = pair.at(50.0)
    assert [type(e) for e in events] == [Broken]
    pair.device.receive = received  # type: ignore[method-assign]
    assert [type(e) for e in pair.open()] == [Opened]


def test_an_ask_outlives_a_broken_connection() -> None:
    pair = Pair(3)
    pair.open()
    pair.device._sealed._cipher = None  # type: ignore[union-attr]  # the unit forgot the session key
    pair.hub.ask(Write({"state.power": False}), pair.now + 5, pair.now)
    (broken,) = pair.run()
    assert isinstance(broken, Broken)
    events = pair.open()
    assert isinstance(events[0], Opened)
    assert events[-1] == Done(1)
    assert pair.values["state.power"] is False


def test_the_session_key_is_renewed_after_twelve_hours() -> None:
    pair = Pair(3)
    pair.open()
    events = pair.at(12 * 3600 + 1)
    assert [type(e) for e in events] == [Broken]
    assert [type(e) for e in pair.open()] == [Opened]
    plain = Pair(2)
    plain.open()
    assert plain.at(13 * 3600) == []


# ---- who is who -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"token": bytes(64)}, {"key": bytes(32)}])
def test_a_wrong_token_or_key_locks_out_in_words(wrong: dict[str, bytes]) -> None:
    pair = Pair(3, device=_identity(3, **wrong))
    pair.hub.ask(Read(("state.power",)), pair.now + 5, pair.now)
    locked, unanswered = pair.open()
    assert isinstance(locked, LockedOut)
    assert "token" in locked.text
    assert isinstance(unanswered, Unanswered)
    assert pair.hub.wake_at() is None


def test_a_unit_that_does_not_answer_the_greeting_is_given_up() -> None:
    pair = Pair(3)
    pair.hub.open(pair.now)
    pair.hub.outgoing()
    events: list[Event] = []
    for _ in range(5):
        wake = pair.hub.wake_at()
        if wake is not None:
            pair.hub.wake(wake)
            events += pair.hub.events()
    assert [type(e) for e in events] == [Broken]


@pytest.mark.parametrize("facts", [{"version": 1}, {"type": 0x01}])
def test_what_cannot_be_operated_is_said_at_once(facts: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        Session(Role.HUB, _identity(3, facts=facts), _entropy(1))


def test_a_v3_unit_needs_its_keys() -> None:
    with pytest.raises(LocalProtocolError):
        Session(Role.HUB, _identity(3, token=b"short"), _entropy(1))


def test_another_appliances_packets_are_not_believed() -> None:
    pair = Pair(2, device=_identity(2, hardware_id="4711"))
    pair.open()
    pair.ask(Read(("state.power",)))
    assert [type(e) for e in pair.device_heard] == [Opened, Ignored]
    pair.device.report(VALUES, pair.now)
    events = pair.run()
    assert [type(e) for e in events] == [Ignored, Ignored, Ignored]


@pytest.mark.parametrize("where", ["checksum", "crc", "type", "kind", "short"])
def test_a_damaged_frame_in_a_sound_packet_is_not_believed(where: str) -> None:
    pair = Pair(2)
    pair.open()
    pair.ask(Read(("state.power",)))
    body = state.write_status({**VALUES, "state.power": False})
    said = frame.Frame(0xAC, frame.Kind.NOTIFY, body, 3, 9)
    good = bytearray(frame.encode(said))
    if where == "checksum":
        good[-1] ^= 1
    elif where == "crc":
        good[-2] ^= 1
        good[-1] = -sum(good[1:-1]) & 0xFF
    elif where == "type":
        good = bytearray(frame.encode(frame.Frame(0xDB, frame.Kind.NOTIFY, body, 3, 9)))
    elif where == "kind":
        good = bytearray(frame.encode(frame.Frame(0xAC, 0x63, body, 3, 9)))
    else:
        good = bytearray(frame.encode(frame.Frame(0xAC, frame.Kind.QUERY, body[:10], 3, 9)))
    pair.hub.receive(packet.encode(packet.Packet(packet.DATA, packet.REPLY, int(ID), bytes(good))), pair.now)
    assert [type(e) for e in pair.hub.events()] == [Ignored]


# ---- any bytes ------------------------------------------------------------------------------------------------


@given(st.integers(2, 3), st.integers(0, 2**32), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_fragmentation_is_one_conversation(version: int, seed: int, joined: bool) -> None:
    pair = Pair(version, seed=seed)
    chance = random.Random(seed)

    def cut(data: bytes) -> list[bytes]:
        pieces = []
        while data:
            size = chance.randint(1, len(data))
            pieces.append(data[:size])
            data = data[size:]
        return pieces if not joined else [b"".join(pieces)]

    pair.cut = cut
    pair.open()
    for ask in (Read(("state.power", "energy.total")), Write({"state.fan": 33}), Describe()):
        pair.ask(ask)
    assert [e for e in pair.heard if isinstance(e, Done)] == [Done(1), Done(2), Done(3)]
    assert pair.values["state.fan"] == 33


@given(st.integers(2, 3), st.lists(st.binary(max_size=200), max_size=20), st.booleans())
@settings(max_examples=80, deadline=None)
def test_garbage_never_raises_and_every_ask_ends_once(
    version: int, noise: list[bytes], between: bool
) -> None:
    pair = Pair(version)
    if between:
        pair.open()
    else:
        pair.device.open(pair.now)
        pair.hub.open(pair.now)
    starts = (b"", packet.START, envelope.START)
    tickets = []
    for i, data in enumerate(noise):
        tickets.append(pair.hub.ask(Read(("state.power",)), pair.now + 9, pair.now))
        pair.hub.receive(starts[i % 3] + data, pair.now)
        pair.device.receive(starts[i % 3] + data, pair.now)
        pair.hub.redact(data)
        pair.run()
        pair.now += 0.5
    pair.at(20.0)
    ends = [e.ticket for e in pair.heard if isinstance(e, Done | Refused | Unanswered)]
    assert sorted(ends) == tickets


@given(st.integers(0, 2**32), st.floats(0.0, 0.6), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_on_a_lossy_wire_every_ask_ends_once(seed: int, loss: float, version: int) -> None:
    """Whole packets vanish or arrive twice: TCP does neither, a gateway between may."""
    pair = Pair(version, seed=seed)
    chance = random.Random(seed)
    pair.open()
    pair.cut = lambda data: [data] * chance.choices((0, 1, 2), (loss, 1 - loss, 0.1))[0]
    tickets = []
    for i in range(6):
        ask = Write({"state.fan": i + 1}) if i % 2 else Read(("state.power", "humidity.indoor"))
        tickets.append(pair.hub.ask(ask, pair.now + 6, pair.now))
        pair.run()
        pair.at(1.0)
    pair.at(10.0)
    ends = [e.ticket for e in pair.heard if isinstance(e, Done | Refused | Unanswered)]
    assert sorted(ends) == tickets


@given(st.binary(min_size=1, max_size=60), st.sampled_from(frame.Kind))
@settings(max_examples=200, deadline=None)
def test_a_wild_body_in_a_sound_frame_never_raises(body: bytes, kind: frame.Kind) -> None:
    for start in (
        b"\xc0",
        b"\xc1\x21\x01",
        b"\xb5",
        b"\xb1",
        b"\xb0",
        b"\xa0",
        b"\xa1",
        b"\x40",
        b"\x41",
        b"",
    ):
        wild = frame.encode(frame.Frame(0xAC, kind, start + body, 3, 7))
        for role in Role:
            session = Session(role, _identity(2), _entropy(3))
            session.open(0.0)
            session.receive(packet.encode(packet.Packet(packet.DATA, packet.REPLY, int(ID), wild)), 0.0)
            for event in session.events():
                if isinstance(event, Asked):
                    session.answer(event.ticket, Answer(VALUES), 0.0)
            session.outgoing()


def test_a_flood_of_noise_breaks_the_connection_in_bounded_memory(pair: Pair) -> None:
    broken = []
    for _ in range(80):
        pair.hub.receive(b"\x11" * 1024, pair.now)
        broken += [e for e in pair.hub.events() if isinstance(e, Broken)]
    assert len(broken) == 1


# ---- the tap --------------------------------------------------------------------------------------------------


def test_the_tap_never_sees_the_token_or_the_nonce() -> None:
    pair = Pair(3)
    pair.device.open(0.0)
    pair.hub.open(0.0)
    (greeting,) = pair.hub.outgoing()
    assert TOKEN in greeting
    assert pair.hub.redact(greeting) == greeting[:8] + bytes(64)
    assert pair.device.redact(greeting) == greeting[:8] + bytes(64)
    for cut in range(1, len(greeting)):  # pieces of it, as the device's end may read them
        clean = pair.device.redact(greeting[:cut]) + pair.device.redact(greeting[cut:])
        assert len(clean) == len(greeting)
        assert not any(TOKEN[i : i + 4] in clean for i in range(61)), cut
    pair.device.receive(greeting, 0.0)
    for cut in range(1, len(greeting)):
        clean = pair.device.redact(greeting[cut:])
        assert not any(TOKEN[i : i + 8] in clean for i in range(57)), cut
    (reply,) = pair.device.outgoing()
    pair.hub.receive(reply, 0.0)
    assert pair.hub.redact(reply) == reply[:8] + bytes(64)
    pair.hub.ask(Read(("state.power",)), 9.0, 0.0)
    (request,) = pair.hub.outgoing()
    assert pair.hub.redact(request) == request
    assert pair.hub.redact(request[:20]) == request[:20]


def test_no_secret_stands_in_events_or_reprs() -> None:
    pair = Pair(3, device=_identity(3, token=bytes(range(1, 65))))
    pair.open()
    said = repr(pair.heard) + repr(pair.device_heard) + repr(_identity(3))
    assert repr(TOKEN[8:16])[2:-1] not in said
    assert TOKEN.hex()[16:48] not in said
