"""The experimental subscription, both ends against each other and against a wild one."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.wire.miio import packet
from jiahe.wire.miio.session import Session
from jiahe.wire.talk import Done, Ignored, Read, Reported, Role


def both(play: Any, *, hub: bool = True, device: bool = True, fate: Any = lambda n: [0.01]) -> Any:
    return play.Shuttle(
        Session(Role.HUB, play.identity(subscribe=hub), play.entropy),
        Session(Role.DEVICE, play.identity(subscribe=device), play.entropy),
        fate,
    )


def test_a_subscribed_hub_hears_what_changes(play: Any) -> None:
    pair = both(play)
    pair.run(1.0)
    pair.device.report({"2.1": True, "2.2": 5, "not a point": 1}, pair.now)
    pair.run(10.0)
    assert [e for e in pair.heard if isinstance(e, Reported)] == [Reported({"2.1": True, "2.2": 5})]
    assert not [e for e in pair.heard if isinstance(e, Ignored)]
    assert pair.device.wake_at() is None, "acknowledged"


@pytest.mark.parametrize(("hub", "device"), [(False, True), (True, False)])
def test_without_both_sides_nothing_is_pushed_and_reading_works(play: Any, hub: bool, device: bool) -> None:
    pair = both(play, hub=hub, device=device)
    pair.run(1.0)
    pair.state["2.1"] = 4
    pair.device.report({"2.1": 4}, pair.now)
    ticket = pair.hub.ask(Read(("2.1",)), 5.0, pair.now)
    pair.run(130.0)
    answers = [e for e in pair.heard if isinstance(e, Reported | Done | Ignored)]
    assert answers == [Reported({"2.1": 4}, ticket), Done(ticket)]


def test_a_lost_push_is_sent_again_and_told_once(play: Any) -> None:
    lost: list[int] = []
    pair = both(play, fate=lambda n: [] if n in lost else [0.01, 0.02])
    pair.run(1.0)
    lost.append(pair.sent)
    pair.device.report({"2.1": 1}, pair.now)
    pair.run(5.0)
    assert [e for e in pair.heard if isinstance(e, Reported)] == [Reported({"2.1": 1})]


def test_a_push_nobody_acknowledges_is_sent_three_times(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(subscribe=True))
    sub = {
        "id": 1,
        "method": "miIO.sub",
        "params": {"version": "2.0", "did": "9", "update_ts": 5, "sub_method": "."},
    }
    device.hear(device.seal(sub))
    assert device.said() == [{"id": 1, "result": {"code": 0}}]
    device.session.report({"2.1": 1}, device.now)
    device.pass_to(device.now + 60)
    assert len(device.said()) == 3
    for n in range(100):
        device.session.report({"2.1": n}, device.now)
    assert len(device.session._end._publisher._waiting) <= 32
    for value in (2**70, [1], object()):
        device.session.report({"2.1": value}, device.now)
    device.now += 1000
    device.session.outgoing()
    device.session.report({"2.1": 1}, device.now)
    assert device.said() == [], "a subscriber that no longer probes is forgotten"


def test_unsubscribed_is_silent(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE, play.identity(subscribe=True))
    for number, method in enumerate(("miIO.sub", "miIO.unsub")):
        device.hear(device.seal({"id": number, "method": method, "params": {"update_ts": 5}}))
    device.said()
    device.session.report({"2.1": 1}, device.now)
    assert device.said() == []
    device.hear(device.seal({"id": 9, "method": "miIO.sub", "params": {"update_ts": "now"}}))
    assert device.said() == [{"id": 9, "result": {"code": -5001}}]


def offer(play: Any, since: int = 0, kind: int = 1, wild: int = 0xFE) -> bytes:
    head = packet.hello_reply(play.did, 1)[:16]
    return head + b"MSUB" + since.to_bytes(4, "big") + b"PUB" + bytes((kind, wild, 0, 0, 0))


@pytest.mark.parametrize(
    ("kind", "wild", "subscribes"),
    [(0, 0xFE, True), (1, 0xFE, True), (4, 0xFE, True), (2, 0xFE, False), (1, 0, False)],
)
def test_which_offers_are_taken(play: Any, kind: int, wild: int, subscribes: bool) -> None:
    hub = play.HandHeld(Role.HUB, play.identity(subscribe=True)).opened()
    hub.pass_to(hub.now)
    (probe,) = hub.said()
    assert probe[:16] == packet.HELLO[:16]
    assert probe[16:20] == b"MDID"
    assert probe[28:] == b"\x00" * 4
    hub.hear(offer(play, kind=kind, wild=wild))
    said = hub.said()
    assert bool(said) is subscribes
    if subscribes:
        params = said[0]["params"]
        assert (said[0]["method"], params["sub_method"], params["version"]) == ("miIO.sub", ".", "2.0")
        assert int(params["did"]) == int.from_bytes(probe[20:28], "big")
        assert hub.hear(hub.seal({"id": said[0]["id"], "result": {"code": 0}})) == [], "nobody's ticket"
        hub.hear(offer(play, since=params["update_ts"]))
        assert hub.said() == [], "ours already"
        hub.hear(offer(play, since=params["update_ts"] + 1))
        assert hub.said()[0]["method"] == "miIO.sub", "somebody else took it"


def test_offers_nobody_asked_for(play: Any) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    (event,) = hub.hear(offer(play))
    assert isinstance(event, Ignored)
