"""A hub and a band: unlocking, values, what goes wrong. Both ends are ours; the bytes are those that were published."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.huami.talking import KEY, STATE, Talk, each_model, obey

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.gatt import Frame, Operation, decode, sig
from jiahe.wire.huami import hub as hub_end
from jiahe.wire.huami import layout, proof
from jiahe.wire.huami.finder import Finder, advertised
from jiahe.wire.huami.generation import GENERATIONS, generation_of, named
from jiahe.wire.huami.session import Session
from jiahe.wire.talk import (
    Act,
    Answer,
    Asked,
    Broken,
    Describe,
    Described,
    Done,
    Event,
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
)

# ---- unlocking ------------------------------------------------------------------------------------------------------


@each_model
def test_the_bytes_of_unlocking(model: str) -> None:
    """`02 flag` -> `10 02 01 random` -> `03 flag proof` -> `10 03 01`; newer bands with the top bit and a tail."""
    talk = Talk(model)
    seal = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update(bytes(range(16))).hex()
    nonce = bytes(range(16)).hex()
    assert (
        talk.of(layout.AUTH)
        == {
            "mi-band-2": ["0208", "100201" + nonce, "0308" + seal, "100301"],
            "mi-band-3": ["0200", "100201" + nonce, "0300" + seal, "100301"],
            "mi-band-4": ["8200020100", "108201" + nonce, "8300" + seal, "108301"],
            "mi-band-5": ["8200020100", "108201" + nonce, "8300" + seal, "108301"],
        }[model]
    )
    assert talk.events == [Opened({"hardware_id": "7", "model": model})]


@pytest.mark.parametrize("model", ["mi-band-2", "mi-band-3"])
def test_pairing_gives_the_band_our_key_first(model: str) -> None:
    talk = Talk(model, band_key=b"the phone's key.", pair=True)
    flag = f"{GENERATIONS[model].flag:02x}"
    assert talk.of(layout.AUTH)[:2] == [f"01{flag}{KEY.hex()}", "100101"]
    assert [type(event) for event in talk.events] == [Opened]
    assert talk.band.key == KEY


def test_a_newer_band_is_never_given_a_key() -> None:
    talk = Talk("mi-band-4", pair=True)
    assert not [said for said in talk.of(layout.AUTH) if said.startswith("01")]
    assert [type(event) for event in talk.events] == [Opened]
    band = Session(Role.DEVICE, Identity("", {"key": KEY}, {"model": "mi-band-4"}), bytes)
    band.receive(Frame(Operation.SUBSCRIBE, layout.AUTH).encode(), 0.0)
    band.receive(Frame(Operation.WRITE, layout.AUTH, b"\x01\x00" + bytes(range(16))).encode(), 0.0)
    notified = decode(band.outgoing()[-1])
    assert notified is not None
    assert notified.payload == b"\x10\x01\x04"
    assert band.key == KEY


@each_model
def test_a_wrong_key_locks_out_and_nothing_is_read(model: str) -> None:
    talk = Talk(model, band_key=bytes(range(16)))
    (locked,) = talk.taken()
    assert isinstance(locked, LockedOut)
    assert "jiahe adopt" in locked.text
    assert talk.ask(Read(("battery.level",))) == [Unanswered(1, locked.text)]
    assert talk.of(layout.BY_POINT["battery.level"].characteristic) == []


@pytest.mark.parametrize("status", [0, 4, 5, 8, 0xFF])
def test_any_other_word_than_yes_is_no(status: int) -> None:
    hub = Session(Role.HUB, Identity("7", {"key": KEY}, {"model": "mi-band-4"}), bytes)
    hub.open(0.0)
    for frame in (
        Frame(Operation.SUBSCRIBED, layout.AUTH),
        Frame(Operation.WRITTEN, layout.AUTH),
        Frame(Operation.NOTIFIED, layout.AUTH, b"\x10\x82\x01" + bytes(16)),
        Frame(Operation.WRITTEN, layout.AUTH),
        Frame(Operation.NOTIFIED, layout.AUTH, bytes((0x10, 0x83, status))),
    ):
        hub.receive(frame.encode(), 1.0)
    assert [type(event) for event in hub.events()] == [LockedOut]
    assert hub.wake_at() is None


def test_without_a_key_and_with_half_of_one() -> None:
    hub = Session(Role.HUB, Identity("7"), bytes)
    ticket = hub.ask(Describe(), 5.0, 0.0)
    hub.open(0.0)
    locked, ended = hub.events()
    assert isinstance(locked, LockedOut)
    assert ended == Unanswered(ticket, locked.text)
    assert hub.outgoing() == []
    for role in Role:
        with pytest.raises(LocalProtocolError):
            Session(role, Identity("7", {"key": b"half"}), bytes)


def test_no_tap_ends_in_a_sentence() -> None:
    talk = Talk("mi-band-2", band_key=bytes(16), pair=True, tapped=False)
    assert talk.events == []
    assert talk.hub.wake_at() == hub_end.TAP_PATIENCE
    talk.hub.wake(hub_end.TAP_PATIENCE)
    talk.settle()
    (locked,) = talk.events
    assert isinstance(locked, LockedOut)
    assert "tap" in locked.text


def test_a_band_that_says_nothing_of_our_key_is_left() -> None:
    hub = Session(Role.HUB, Identity("7", {"key": KEY}), bytes)
    hub.open(0.0)
    hub.receive(Frame(Operation.SUBSCRIBED, layout.AUTH).encode(), 1.0)
    hub.receive(Frame(Operation.WRITTEN, layout.AUTH).encode(), 2.0)
    due = hub.wake_at()
    assert due == 1.0 + hub_end.ANSWER_PATIENCE
    hub.wake(due)
    assert hub.events() == [Broken("the band says nothing of our key")]


@pytest.mark.parametrize("step", [Operation.NOT_SUBSCRIBED, Operation.NOT_WRITTEN])
def test_what_is_no_band_of_this_family_is_left(step: Operation) -> None:
    hub = Session(Role.HUB, Identity("7", {"key": KEY}), bytes)
    hub.open(0.0)
    if step is Operation.NOT_WRITTEN:
        hub.receive(Frame(Operation.SUBSCRIBED, layout.AUTH).encode(), 0.0)
    hub.receive(Frame(step, layout.AUTH, b"no such characteristic").encode(), 0.0)
    (broken,) = hub.events()
    assert isinstance(broken, Broken)
    assert "no such characteristic" in broken.text


def test_a_challenge_is_proved_once() -> None:
    talk = Talk(band_key=KEY)
    written = [f for f in talk.passed if f.characteristic == layout.AUTH and f.operation is Operation.WRITE]
    band = Session(Role.DEVICE, Identity("", {"key": KEY}, {"model": "mi-band-3"}), lambda n: bytes(range(n)))
    band.receive(Frame(Operation.SUBSCRIBE, layout.AUTH).encode(), 0.0)
    for frame in (*written, written[-1]):
        band.receive(frame.encode(), 0.0)
    said = [frame.payload[:3] for data in band.outgoing() if (frame := decode(data)) and frame.payload]
    assert said == [b"\x10\x02\x01", b"\x10\x03\x01", b"\x10\x03\x04"]


# ---- values, actions ------------------------------------------------------------------------------------------------


def test_the_bytes_of_values_and_actions() -> None:
    talk = Talk()
    talk.taken()
    assert talk.ask(Read(("battery.level", "battery.charging", "steps.today"))) == [
        Reported({"battery.level": 83, "battery.charging": True, "steps.today": 4711}, 1),
        Done(1),
    ]
    assert talk.ask(Act("alert")) == [Done(2)]
    assert talk.ask(Act("heart.measure")) == [Done(3), Reported({"heart.rate": 61})]
    assert talk.ask(Describe()) == [
        Described(4, {"model": "mi-band-3", "hardware_id": "7", "firmware": "V1.0.2.4"}),
        Done(4),
    ]
    assert talk.of(layout.huami(6)) == ["0f5301" + "00" * 17]
    assert talk.of(layout.huami(7)) == ["0c6712" + "00" * 10]
    assert talk.of(sig(0x2A06)) == ["03"]
    assert talk.of(sig(0x2A39)) == ["150201"]
    assert talk.of(sig(0x2A37)) == ["003d"]


def test_a_reading_of_the_heart_rate_measures_at_most_once_a_minute() -> None:
    talk = Talk()
    talk.taken()
    first = talk.ask(Read(("heart.rate",)))
    assert first == [Reported({}, 1, {"heart.rate": Refusal.BUSY}), Done(1), Reported({"heart.rate": 61})]
    talk.now = 59.0
    assert talk.ask(Read(("heart.rate",))) == [Reported({}, 2, {"heart.rate": Refusal.BUSY}), Done(2)]
    talk.now = 61.0
    assert Reported({"heart.rate": 61}) in talk.ask(Read(("heart.rate",)))
    assert Reported({"heart.rate": 61}) in talk.ask(Act("heart.measure")), "a person may ask at any time"


def test_a_band_tells_what_changes() -> None:
    talk = Talk()
    talk.taken()
    talk.band.report(
        {"steps.today": 5000, "battery.level": 10, "battery.charging": False, "heart.rate": 90}, 0.0
    )
    talk.settle()
    assert talk.taken() == [
        Reported({"steps.today": 5000}),
        Reported({"battery.level": 10, "battery.charging": False}),
    ]


def test_a_band_that_refuses() -> None:
    talk = Talk(answers=lambda asked: Answer(refusal=Refusal.BUSY))
    talk.taken()
    assert talk.ask(Act("alert")) == [Refused(1, Refusal.INTERNAL, "busy")]
    assert talk.ask(Read(("steps.today",))) == [
        Reported({}, 2, {"steps.today": Refusal.NOT_READABLE}),
        Done(2),
    ]


def test_a_stranger_is_told_nothing() -> None:
    band = Session(Role.DEVICE, Identity("", {"key": KEY}), bytes)
    for row in layout.LAYOUTS:
        band.receive(Frame(Operation.SUBSCRIBE, row.characteristic).encode(), 0.0)
        band.receive(Frame(Operation.READ, row.characteristic).encode(), 0.0)
    band.receive(Frame(Operation.WRITE, layout.ALERT, layout.VIBRATE).encode(), 0.0)
    band.report(STATE, 0.0)
    said = [decode(data) for data in band.outgoing()]
    assert not [frame for frame in said if frame and frame.operation in (Operation.VALUE, Operation.NOTIFIED)]
    assert band.events() == []


@pytest.mark.parametrize("row", layout.LAYOUTS, ids=lambda row: row.points[0])
@settings(deadline=None)
@given(payload=st.binary(max_size=30))
def test_any_payload_is_decoded_or_none(row: layout.Layout, payload: bytes) -> None:
    values = row.decode(payload)
    if values is not None:
        assert set(values) == set(row.points)
        again = row.encode(values)
        assert again is not None
        assert row.decode(again) == values


@pytest.mark.parametrize("row", layout.LAYOUTS, ids=lambda row: row.points[0])
@pytest.mark.parametrize("raw", [None, "x", -1, 70_000, True, 1.5])
def test_what_cannot_be_told_is_not_encoded(row: layout.Layout, raw: object) -> None:
    assert row.encode({row.points[0]: raw}) is None  # type: ignore[dict-item]  # what a defect of an owner looks like


def test_an_operation_without_an_answer_ends_the_conversation() -> None:
    talk = Talk()
    talk.taken()
    talk.hub.ask(Read(("steps.today",)), 100.0, 0.0)
    talk.hub.outgoing()
    talk.hub.wake(hub_end.ATT_PATIENCE)
    ended, broken = talk.hub.events()
    assert isinstance(ended, Unanswered)
    assert isinstance(broken, Broken)
    assert talk.hub.wake_at() is None


@pytest.mark.parametrize(
    "said",
    [
        Frame(Operation.NOTIFIED, layout.huami(7), b"\x0c"),
        Frame(Operation.NOTIFIED, sig(0x2A37), b"\x01\x3d\x00"),
        Frame(Operation.NOTIFIED, sig(0x1234), b"?"),
        Frame(Operation.NOTIFIED, layout.AUTH, b"\x10\x03\x04"),
        Frame(Operation.VALUE, layout.huami(7), b"\x0c\x01\x00"),
    ],
)
def test_what_nobody_asked_for_is_ignored(said: Frame) -> None:
    talk = Talk()
    talk.taken()
    talk.hub.receive(said.encode(), 1.0)
    assert [type(event) for event in talk.hub.events()] == [Ignored]
    assert talk.ask(Act("alert")) == [Done(1)]


_CHARACTERISTICS = st.sampled_from(
    [layout.AUTH, layout.ALERT, layout.HEART_CONTROL, *layout.BY_CHARACTERISTIC, *layout.CARD]
)
_PAYLOADS = st.binary(max_size=24) | st.sampled_from(
    [
        b"\x10\x01\x01",
        b"\x10\x02\x01" + bytes(16),
        b"\x10\x03\x01",
        b"\x10\x03\x04",
        b"\x00\x3d",
        b"\x0f\x53\x01",
    ]
)
_FRAMES = st.builds(Frame, st.sampled_from(Operation), _CHARACTERISTICS, _PAYLOADS)


@settings(max_examples=300, deadline=None)
@given(st.lists(_FRAMES | st.floats(0.0, 40.0), max_size=40), st.booleans())
def test_any_frames_in_any_state_leave_every_ticket_with_one_end(
    said: list[Frame | float], pair: bool
) -> None:
    """A band gone wild, inside valid frames: nothing raises, each ask ends once, and the hub waits for nothing past it."""
    hub = Session(Role.HUB, Identity("7", {"key": KEY}, {"model": "mi-band-2", "pair": pair}), bytes)
    hub.open(0.0)
    now, tickets = 0.0, []
    events: list[Event] = []
    for number, step in enumerate(said):
        if isinstance(step, float):
            now += step
            hub.wake(now)
        else:
            hub.receive(step.encode(), now)
        if number % 4 == 0:
            tickets.append(
                hub.ask(
                    (Read(("steps.today", "heart.rate")), Act("alert"), Describe())[number % 3],
                    now + 5.0,
                    now,
                )
            )
        hub.outgoing()
        events += hub.events()
    hub.wake(now + 100.0)
    events += hub.events()
    ended = [event.ticket for event in events if isinstance(event, Done | Refused | Unanswered)]
    assert sorted(ended) == tickets
    assert hub.wake_at() is None or hub.wake_at() > now + 100.0
    assert sum(isinstance(event, Opened) for event in events) <= 1
    assert sum(isinstance(event, LockedOut | Broken) for event in events) <= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(_FRAMES, max_size=40))
def test_a_band_bears_any_frames(said: list[Frame]) -> None:
    band = Session(Role.DEVICE, Identity("", {"key": KEY}, {"model": "mi-band-2"}), bytes)
    asked = 0
    for frame in said:
        band.receive(frame.encode(), 0.0)
        for event in band.events():
            if isinstance(event, Asked):
                asked += 1
                band.answer(event.ticket, obey(event), 0.0)
        answers = [decode(data) for data in band.outgoing()]
        own = [a for a in answers if a is not None and a.operation is not Operation.NOTIFIED]
        wanted = frame.operation in (Operation.READ, Operation.WRITE, Operation.SUBSCRIBE)
        assert len(own) == int(wanted), "ATT answers each ask once and nothing else"
    assert asked <= len(said)


# ---- secrets --------------------------------------------------------------------------------------------------------


def test_the_key_is_in_no_redacted_frame() -> None:
    talk = Talk("mi-band-2", band_key=b"the phone's key.", pair=True)
    sent = [frame.encode() for frame in talk.passed]
    assert any(KEY in data for data in sent), "else this proves nothing"
    seal = proof.sealed(KEY, bytes(range(16)))
    for end in (talk.hub, talk.band):
        for data in sent:
            clean = end.redact(data)
            assert len(clean) == len(data)
            assert KEY not in clean
            assert seal not in clean
        assert "0123" not in repr(end)


# ---- finding --------------------------------------------------------------------------------------------------------


@each_model
def test_a_band_is_found_by_its_name(model: str) -> None:
    found = Finder().sighting(advertised(GENERATIONS[model]), "C8:0F:10:80:D4:AE")
    assert found is not None
    assert (found.family, found.hardware_id, found.model) == ("huami", str(0xC80F1080D4AE), model)
    assert found.facts == {"model": model}


def test_others_are_not() -> None:
    finder = Finder()
    assert finder.probes() == ()
    assert finder.sighting(advertised(GENERATIONS["mi-band-2"]), "192.168.1.9") is None
    assert finder.sighting(bytes.fromhex("0609") + b"Other", "C8:0F:10:80:D4:AE") is None
    assert finder.sighting(b"", "C8:0F:10:80:D4:AE") is None
    assert named("MI BAND 2 ") is GENERATIONS["mi-band-2"]
    assert named("Mi Smart Band 6") is None, "another protocol"
    assert generation_of({"model": 5}) is generation_of({}) is GENERATIONS["mi-band-2"]


@settings(deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_is_no_band(noise: bytes) -> None:
    found = Finder().sighting(noise, "C8:0F:10:80:D4:AE")
    assert found is None or found.model in GENERATIONS
