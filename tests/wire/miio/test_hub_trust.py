"""The HUB's end: tokens that are wrong or missing, pushes, and the bounds of its memory."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.wire.miio import packet
from jiahe.wire.talk import (
    Act,
    Describe,
    Done,
    Happened,
    Ignored,
    LockedOut,
    Opened,
    Read,
    Reported,
    Role,
    Unanswered,
)


def told(request: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """The device's answer to a get_properties: every value is its piid."""
    items = [{**item, "code": 0, "value": item["piid"]} for item in request["params"]]
    return {"id": request["id"], "result": items, **extra}


@pytest.fixture
def hub(play: Any) -> Any:
    return play.HandHeld(Role.HUB).opened()


# ---- tokens -----------------------------------------------------------------------------------------------------


def answer_hellos(hub: Any, play: Any, until: float, *, noise: bool = False) -> list[Any]:
    """A device whose token is another one: hellos are answered, the rest is silence (or a wrong checksum)."""
    events: list[Any] = []
    while hub.now < until:
        for data in hub.session.outgoing():
            if data == packet.HELLO:
                if not noise:
                    events += hub.hear(packet.hello_reply(play.did, int(hub.now) - 50))
            elif noise:
                events += hub.hear(packet.keys_of(b"another token...").seal(play.did, 1, b"{}"))
        due = hub.session.wake_at()
        events += hub.pass_to(min(until, due) if due is not None else until)
    return events


@pytest.mark.parametrize("noise", [False, True])
def test_a_wrong_token_locks_out(hub: Any, play: Any, noise: bool) -> None:
    asked = [hub.ask(Read(("2.1",)), within=5.0), hub.ask(Act("4.1"), within=5.0)]
    events = [e for e in answer_hellos(hub, play, hub.now + 2.0, noise=noise) if not isinstance(e, Ignored)]
    locked, *endings = events
    assert isinstance(locked, LockedOut)
    assert "jiahe adopt" in locked.text
    assert [(type(e), e.ticket) for e in endings] == [(Unanswered, ticket) for ticket in asked]

    again = hub.ask(Read(("2.1",)), within=5.0)
    events = [e for e in answer_hellos(hub, play, hub.now + 6.0, noise=noise) if not isinstance(e, Ignored)]
    assert [(type(e), e.ticket) for e in events] == [(Unanswered, again)], "said once"


def test_a_right_answer_after_a_lock_out_opens_again(hub: Any, play: Any) -> None:
    hub.ask(Read(("2.1",)))
    answer_hellos(hub, play, hub.now + 2.0)
    ticket = hub.ask(Read(("2.1",)))
    hub.said()
    hub.hear(packet.hello_reply(play.did, 3))
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == [
        Opened({"hardware_id": str(play.did)}),
        Reported({"2.1": 1}, ticket),
        Done(ticket),
    ]


def test_a_device_that_is_away_is_not_locked_out(hub: Any) -> None:
    for _ in range(5):
        hub.ask(Read(("2.1",)), within=4.0)
        assert not [e for e in hub.pass_to(hub.now + 10) if isinstance(e, LockedOut)]


def test_a_proven_token_is_doubted_only_after_ten_seconds(hub: Any, play: Any) -> None:
    hub.ask(Read(("2.1",)))
    (request,) = hub.said()
    hub.hear(hub.seal(told(request)))
    hub.ask(Read(("2.1",)), within=20.0)
    began = hub.now
    assert answer_hellos(hub, play, began + 9.0) == []
    locked, ending = answer_hellos(hub, play, began + 14.0)
    assert isinstance(locked, LockedOut)
    assert isinstance(ending, Unanswered)


def test_without_a_token_the_hello_works_and_every_ask_says_what_is_missing(play: Any) -> None:
    hub = play.HandHeld(Role.HUB, play.identity(token=b"")).opened()
    ticket = hub.ask(Describe())
    locked, ending = hub.session.events()
    assert isinstance(locked, LockedOut)
    assert "jiahe adopt" in locked.text
    assert isinstance(ending, Unanswered)
    assert ending.ticket == ticket
    hub.ask(Describe())
    assert [type(e) for e in hub.session.events()] == [Unanswered]


# ---- pushes -----------------------------------------------------------------------------------------------------


def test_pushes_are_told_once_and_acknowledged_each_time(hub: Any, play: Any) -> None:
    changed = {
        "id": 7,
        "method": "properties_changed",
        "params": [
            {"did": str(play.did), "siid": 2, "piid": 1, "value": True},
            {"did": "somebody behind a gateway", "siid": 2, "piid": 2, "value": 1},
            {"siid": 2, "piid": 3, "value": [1]},
        ],
    }
    happened = {
        "id": 8,
        "method": "event_occured",
        "params": {"did": str(play.did), "siid": 3, "eiid": 1, "arguments": [{"piid": 4, "value": 9}]},
    }
    assert hub.hear(hub.seal(changed)) == [Reported({"2.1": True})]
    assert hub.hear(hub.seal(changed)) == []
    assert hub.hear(hub.seal(happened)) == [Happened("3.1", {"3.4": 9})]
    assert hub.said() == [{"id": n, "result": {"code": 0}} for n in (7, 7, 8)]
    hub.now += 5.0
    assert hub.hear(hub.seal(changed)) == [Reported({"2.1": True})], "after 5 s the same id is another push"


# ---- bounds -----------------------------------------------------------------------------------------------------


def test_memory_is_bounded_however_long_the_other_side_talks(hub: Any, play: Any) -> None:
    for number in range(5000):
        hub.session.receive(b"noise", hub.now)
        push = {
            "id": number,
            "method": "properties_changed",
            "params": [{"siid": 2, "piid": 1, "value": number}],
        }
        hub.session.receive(hub.seal(push), hub.now)
    assert len(hub.session.events()) <= 1024
    assert len(hub.session.outgoing()) <= 1024
    end = hub.session._end
    assert len(end._pushes) <= 64
    ticket = hub.ask(Read(("2.1",)))
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == [Reported({"2.1": 1}, ticket), Done(ticket)]


def test_a_long_deadline_does_not_grow_a_call(hub: Any) -> None:
    hub.ask(Read(("2.1",)), within=3600.0)
    hub.pass_to(hub.now + 3000)
    hub.session.outgoing()
    assert len(hub.session._end._current.ids) <= 16
