"""The DEVICE's end against a hub in the test's hand: what it hears once, what it never hears, what it remembers."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import packet
from jiahe.wire.talk import Act, Answer, Asked, Ignored, Opened, Read, Refusal, Role, Write

GET = {"id": 5, "method": "get_properties", "params": [{"did": "x", "siid": 2, "piid": 1}]}


@pytest.fixture
def device(play: Any) -> Any:
    return play.HandHeld(Role.DEVICE)


def test_a_hello_is_answered_with_the_seconds_since_it_opened(device: Any, play: Any) -> None:
    device.now += 12.9
    assert device.hear(packet.HELLO) == [Opened({"hardware_id": str(play.did)})]
    (answer,) = device.session.outgoing()
    assert answer == packet.hello_reply(play.did, 12)
    assert device.hear(packet.HELLO) == []


def test_only_an_unprovisioned_device_shows_its_token(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(unprovisioned=True))
    device.hear(packet.HELLO)
    (answer,) = device.session.outgoing()
    assert packet.shown_token(answer) == play.token
    assert play.token not in device.session.redact(answer)


def test_a_request_is_asked_once_and_answered_as_often_as_it_comes(device: Any) -> None:
    assert device.hear(device.seal(GET)) == [Asked(1, Read(("2.1",)))]
    assert device.hear(device.seal(GET)) == [], "still with its owner"
    assert device.said() == []
    device.session.answer(1, Answer({"2.1": 3}), device.now)
    first = device.session.outgoing()
    assert device.hear(device.seal(GET, stamp=77)) == []
    assert device.session.outgoing() == first


def test_an_id_used_before_for_another_request_is_an_echo(device: Any) -> None:
    device.hear(device.seal(GET))
    (event,) = device.hear(device.seal({**GET, "method": "action"}))
    assert isinstance(event, Ignored)


def test_only_the_last_32_ids_are_remembered(device: Any) -> None:
    for number in range(33):
        (asked,) = device.hear(device.seal({**GET, "id": number}))
        device.session.answer(asked.ticket, Answer({"2.1": 1}), device.now)
    assert len(device.session._end._answers) == 32
    assert device.hear(device.seal({**GET, "id": 1})) == []
    (asked,) = device.hear(device.seal({**GET, "id": 0}))
    assert isinstance(asked, Asked)


def test_another_token_is_met_with_silence(device: Any, play: Any) -> None:
    (event,) = device.hear(
        packet.keys_of(b"another token...").seal(play.did, 1, b'{"id":1,"method":"miIO.info"}')
    )
    assert isinstance(event, Ignored)
    assert "checksum" in event.why
    assert device.said() == []


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no_such", [], -10000),
        ("", [], -10000),
        (5, [], -10000),
        (["x"], [], -10000),
        ("get_properties", None, -5001),
        ("get_properties", [], -5001),
        ("get_properties", [{"siid": 2}], -5001),
        ("get_properties", [{"siid": "2", "piid": 1}], -5001),
        ("get_properties", [{"siid": 2, "piid": 1}] * 257, -5001),
        ("set_properties", [{"siid": 2, "piid": 1}], -5001),
        ("set_properties", [{"siid": 2, "piid": 1, "value": {}}], -5001),
        ("action", {"siid": 2}, -5001),
        ("action", {"siid": 2, "aiid": 1, "in": [{"value": 1}]}, -5001),
        ("action", {"siid": 2, "aiid": 1, "in": 7}, -5001),
        ("get_prop", [5], -5001),
        ("get_prop", "power", -5001),
        ("set_power", [], -5001),
        ("set_power", [[1]], -5001),
        ("reset", 7, -5001),
    ],
)
def test_wrong_requests_get_an_error_and_are_not_asked(
    play: Any, method: Any, params: Any, code: int
) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(methods=("reset",)))
    assert device.hear(device.seal({"id": 1, "method": method, "params": params})) == []
    (said,) = device.said()
    assert (said["id"], said["error"]["code"]) == (1, code)


def test_older_methods(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(methods=("reset",)))
    assert device.hear(device.seal({"id": 1, "method": "set_power", "params": ["on"]})) == [
        Asked(1, Write({"call:set_power": "on"}))
    ]
    assert device.hear(device.seal({"id": 2, "method": "reset"})) == [Asked(2, Act("method:reset"))]
    device.session.answer(1, Answer(), device.now)
    device.session.answer(2, Answer({"out:0": 5}), device.now)
    assert device.said() == [{"id": 1, "result": ["ok"]}, {"id": 2, "result": [5]}]


def test_a_device_asked_too_much_says_busy_and_forgets_after_a_minute(device: Any) -> None:
    for number in range(32):
        assert len(device.hear(device.seal({**GET, "id": number}))) == 1
    assert device.hear(device.seal({**GET, "id": 100})) == []
    (said,) = device.said()
    assert said["error"]["message"] == "busy"
    device.now += 61
    (asked,) = device.hear(device.seal({**GET, "id": 101}))
    assert isinstance(asked, Asked)
    with pytest.raises(LocalProtocolError):
        device.session.answer(1, Answer(), device.now)


def test_answers_of_nonsense_are_our_fault_and_can_be_mended(device: Any) -> None:
    device.hear(device.seal(GET))
    for wrong in (2**70, object()):
        with pytest.raises(LocalProtocolError, match="JSON"):
            device.session.answer(1, Answer({"2.1": wrong}), device.now)  # type: ignore[dict-item]
    with pytest.raises(LocalProtocolError):
        device.session.answer(2, Answer(), device.now)
    device.session.answer(1, Answer({"2.1": 1}), device.now)
    assert len(device.said()) == 1
    with pytest.raises(LocalProtocolError):
        device.session.answer(1, Answer(), device.now)


@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_can_be_said_and_is_heard_as_itself_or_close(
    play: Any, device: Any, why: Refusal
) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Act("4.1"))
    (request,) = hub.session.outgoing()
    device.hear(request)
    device.session.answer(1, Answer(refusal=why), device.now)
    (refused,) = hub.hear(*device.session.outgoing())
    close = {Refusal.NOT_ALLOWED: Refusal.NOT_WRITABLE}  # never a device's own word
    assert refused.why is close.get(why, why)


def test_an_answer_that_is_too_long_becomes_an_error(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(reply_limit=200))
    device.hear(device.seal(GET))
    device.session.answer(1, Answer({"2.1": "x" * 200}), device.now)
    (said,) = device.said()
    assert said["error"]["code"] == -9999


def test_a_device_needs_its_id(play: Any) -> None:
    with pytest.raises(LocalProtocolError, match="hardware_id"):
        play.HandHeld(Role.DEVICE, play.identity(device=""))


def test_memory_is_bounded(device: Any) -> None:
    for number in range(3000):
        device.session.receive(packet.HELLO, device.now)
        device.session.receive(b"noise", device.now)
        device.session.receive(device.seal({**GET, "id": number}), device.now)
    end = device.session._end
    assert len(end._pending) <= 32
    assert len(end._answers) <= 32
    assert len(device.session.events()) <= 1024
    assert len(device.session.outgoing()) <= 1024
