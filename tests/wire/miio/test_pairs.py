"""Two older methods as one point: YES for true, NO for false, without parameters (as the first Mi plug has them)."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio.points import pair
from jiahe.wire.talk import Act, Answer, Asked, Done, Read, Refusal, Refused, Role, Write

POINT = "call:set_on/set_off"


@pytest.fixture
def both(play: Any) -> tuple[Any, Any]:
    """A hub that has heard of a device with the pair, and that device."""
    device = play.HandHeld(Role.DEVICE, play.identity(methods=("set_on/set_off", "beep")))
    return play.HandHeld(Role.HUB).opened(), device


@pytest.mark.parametrize("value", [True, False])
def test_it_is_written_and_heard_and_taken(both: tuple[Any, Any], value: bool) -> None:
    hub, device = both
    hub.ask(Write({POINT: value}))
    (request,) = hub.session.outgoing()
    (asked,) = device.hear(request)
    assert asked == Asked(asked.ticket, Write({POINT: value}))
    # A device answers with all that it has; of an older write it says no more than that it was taken.
    device.session.answer(asked.ticket, Answer({"prop:on": value, POINT: value}), device.now)
    (done,) = hub.hear(*device.session.outgoing())
    assert isinstance(done, Done)


def test_it_can_be_refused(both: tuple[Any, Any]) -> None:
    hub, device = both
    hub.ask(Write({POINT: True}))
    (asked,) = device.hear(*hub.session.outgoing())
    device.session.answer(asked.ticket, Answer(faults={POINT: Refusal.BAD_VALUE}), device.now)
    (refused,) = hub.hear(*device.session.outgoing())
    assert isinstance(refused, Refused)


def test_other_methods_are_what_they_were(both: tuple[Any, Any]) -> None:
    hub, device = both
    for ask in (Act("method:beep"), Write({"call:set_level": 3})):
        hub.ask(ask)
        (asked,) = device.hear(*hub.session.outgoing())
        assert asked.ask == ask
        device.session.answer(asked.ticket, Answer(), device.now)
        (done,) = hub.hear(*device.session.outgoing())
        assert isinstance(done, Done)


@pytest.mark.parametrize("value", [1, "on", None, 0.5])
def test_only_true_and_false_can_be_said(both: tuple[Any, Any], value: Any) -> None:
    with pytest.raises(LocalProtocolError):
        both[0].ask(Write({POINT: value}))


@pytest.mark.parametrize(
    "point", ["call:", "call:/", "call:a/", "call:/b", "call:a/b/c", "call:a b/c", "call:set_on/\n"]
)
def test_what_is_no_pair_cannot_be_written(both: tuple[Any, Any], point: str) -> None:
    with pytest.raises(LocalProtocolError):
        both[0].ask(Write({point: True}))


def test_it_cannot_be_read(both: tuple[Any, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        both[0].ask(Read((POINT,)))


def test_pairs() -> None:
    assert pair("set_on/set_off") == ("set_on", "set_off")
    assert pair("set_on") is None
