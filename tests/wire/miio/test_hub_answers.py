"""The HUB's end: what devices answer, lists that are too long, and what is learned of both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jiahe.wire.miio import packet
from jiahe.wire.talk import (
    Done,
    Read,
    Refusal,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)


def told(request: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """The device's answer to a get_properties: every value is its piid."""
    items = [{**item, "code": 0, "value": item["piid"]} for item in request["params"]]
    return {"id": request["id"], "result": items, **extra}


def points(count: int) -> tuple[str, ...]:
    return tuple(f"2.{piid}" for piid in range(1, count + 1))


@pytest.fixture
def hub(play: Any) -> Any:
    return play.HandHeld(Role.HUB).opened()


# ---- errors -----------------------------------------------------------------------------------------------------


def test_busy_is_asked_again_until_the_deadline_and_is_then_a_refusal(hub: Any) -> None:
    ticket = hub.ask(Write({"2.1": 1}), within=2.0)
    tries = 0
    for _ in range(20):
        for request in hub.said():
            if request != "hello":
                tries += 1
                assert (
                    hub.hear(hub.seal({"id": request["id"], "error": {"code": -1, "message": "Device BUSY"}}))
                    == []
                )
        if hub.session.wake_at() is None:
            break
        events = hub.pass_to(hub.session.wake_at())
        if events:
            assert events == [Refused(ticket, Refusal.BUSY, "the device is busy: Device BUSY (code -1)")]
            break
    assert tries == 4


def test_a_wild_error_still_ends_the_ask(play: Any) -> None:
    for error in ("text", 5, [], [1], {"code": "x"}, {"code": True, "message": ["deep"]}, {}):
        hub = play.HandHeld(Role.HUB).opened()
        hub.ask(Read(("2.1",)))
        (request,) = hub.said()
        (ending,) = hub.hear(hub.seal({"id": request["id"], "error": error}))
        assert isinstance(ending, Refused)


# ---- long lists -------------------------------------------------------------------------------------------------


def test_a_long_read_is_asked_in_parts_and_told_as_one(hub: Any) -> None:
    ticket = hub.ask(Read(points(40)))
    sizes = []
    events: list[Any] = []
    while not events:
        (request,) = hub.said()
        sizes.append(len(request["params"]))
        events = hub.hear(hub.seal(told(request)))
    assert sizes == [15, 15, 10]
    assert events == [Reported({p: i + 1 for i, p in enumerate(points(40))}, ticket), Done(ticket)]


def test_a_list_met_with_silence_is_halved_and_the_size_is_learned(play: Any) -> None:
    hub = play.HandHeld(Role.HUB, play.identity(chunk=40)).opened()
    hub.ask(Read(points(12)), within=10.0)
    sizes = []
    for _ in range(50):
        for request in hub.said():
            if request == "hello":
                hub.hear(packet.hello_reply(play.did, int(hub.now) - 50))
                continue
            sizes.append(len(request["params"]))
            if sizes[-1] <= 6 and hub.hear(hub.seal(told(request))):
                assert sizes == [12, 12, 6, 6]
                assert hub.session.chunk == 6
                return
        hub.pass_to(hub.session.wake_at())
    raise AssertionError("never answered")


def test_two_lost_packets_do_not_shrink_what_was_proven(hub: Any) -> None:
    hub.ask(Read(points(12)))
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request)))
    hub.ask(Read(points(12)))
    hub.pass_to(hub.now + 1.7)
    assert {len(r["params"]) for r in hub.said() if r != "hello"} == {12}
    assert hub.session.chunk == 15


def test_one_point_that_makes_the_device_say_9999_is_found_and_asked_alone(hub: Any) -> None:
    def poll() -> tuple[list[Any], list[int]]:
        hub.ask(Read(points(8)), within=20.0)
        sizes: list[int] = []
        for _ in range(60):
            requests = hub.said()
            if not requests:
                hub.pass_to(hub.session.wake_at())
            for request in requests:
                if request == "hello":
                    continue
                sizes.append(len(request["params"]))
                if any(item["piid"] == 3 for item in request["params"]):
                    error = {"code": -9999, "message": "user ack timeout"}
                    events = hub.hear(hub.seal({"id": request["id"], "error": error}))
                else:
                    events = hub.hear(hub.seal(told(request)))
                if events:
                    return events, sizes
        raise AssertionError("never ended")

    values = {p: i + 1 for i, p in enumerate(points(8)) if p != "2.3"}
    events, sizes = poll()
    assert events == [Reported(values, 1, {"2.3": Refusal.INTERNAL}), Done(1)]
    assert hub.session.chunk == 15
    events, sizes = poll()
    assert events == [Reported(values, 2, {"2.3": Refusal.INTERNAL}), Done(2)]
    assert sizes == [7, 1, 1]


def test_a_device_without_the_method_behind_9999_refuses(hub: Any) -> None:
    ticket = hub.ask(Read(("2.1",)))
    events: list[Any] = []
    while not events:
        for request in hub.said():
            if request != "hello":
                error = {"code": -9999, "message": "user ack timeout"}
                events += hub.hear(hub.seal({"id": request["id"], "error": error}))
        if not events:
            hub.pass_to(hub.session.wake_at())
    (refused,) = events
    assert isinstance(refused, Refused)
    assert (refused.ticket, refused.why) == (ticket, Refusal.INTERNAL)


def test_long_texts_make_the_next_lists_shorter(hub: Any) -> None:
    for expected in ([15], [4, 4, 4, 3]):
        hub.ask(Read(points(15)))
        sizes, events = [], []
        while not events:
            (request,) = hub.said()
            sizes.append(len(request["params"]))
            result = [{**item, "code": 0, "value": "x" * 180} for item in request["params"]]
            events = hub.hear(hub.seal({"id": request["id"], "result": result}))
        assert sizes == expected


def test_what_was_told_before_the_silence_is_told(hub: Any) -> None:
    ticket = hub.ask(Read(points(20)), within=3.0)
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == []
    reported, ending = hub.pass_to(hub.now + 5)
    assert reported == Reported({p: i + 1 for i, p in enumerate(points(15))}, ticket)
    assert isinstance(ending, Unanswered)


def test_a_write_fits_its_datagrams_and_older_methods_go_alone(hub: Any) -> None:
    ticket = hub.ask(Write({**{f"2.{n}": "x" * 100 for n in range(1, 21)}, "call:set_mode": "auto"}))
    events: list[Any] = []
    methods = []
    while not events:
        (sent,) = hub.session.outgoing()
        assert len(sent) <= 1024
        request = json.loads(hub.keys.unseal(sent))
        methods.append((request["method"], len(request["params"])))
        result: Any = ["ok"]
        if request["method"] == "set_properties":
            result = [{"did": "", "siid": i["siid"], "piid": i["piid"], "code": 0} for i in request["params"]]
        events = hub.hear(hub.seal({"id": request["id"], "result": result}))
    assert events == [Done(ticket)]
    assert methods[-1] == ("set_mode", 1)
    assert sum(count for _, count in methods) == 21
