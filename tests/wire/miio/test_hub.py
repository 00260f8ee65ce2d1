"""The HUB's end against a device in the test's hand: hellos, tries, deadlines, lists that are too long, lock-out."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.model.errors import LocalProtocolError
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


# ---- hello ------------------------------------------------------------------------------------------------------


def test_one_hello_then_a_few_more_with_growing_gaps(play: Any) -> None:
    hub = play.HandHeld(Role.HUB)
    began, at = hub.now, [0.0]
    assert hub.said() == ["hello"]
    for _ in range(200):
        due = hub.session.wake_at()
        if due is None:
            break
        hub.now = due
        hub.session.wake(due)
        for said in hub.said():
            assert said == "hello"
            at.append(round(due - began, 6))
    assert at[:6] == [0.0, 0.3, 0.6, 1.0, 6.0, 11.0]
    assert len(at) == 12, "nobody asks: after a minute it stops"


def test_hellos_go_on_while_an_ask_waits_and_stop_with_it(play: Any) -> None:
    hub = play.HandHeld(Role.HUB)
    hub.pass_to(190.0)
    hub.said()
    hub.ask(Read(("2.1",)), within=30.0)
    events = hub.pass_to(219.9)
    assert events == []
    assert 5 <= len(hub.said()) <= 10
    (ending,) = hub.pass_to(300.0)
    assert isinstance(ending, Unanswered)
    assert "address" in ending.text
    hub.said()
    assert hub.session.wake_at() is None


def test_a_hello_of_another_device_opens_nothing(play: Any) -> None:
    hub = play.HandHeld(Role.HUB)
    (event,) = hub.hear(packet.hello_reply(play.did + 1, 5))
    assert isinstance(event, Ignored)
    assert event.why == "foreign device id"


def test_an_unknown_id_is_learned_once(play: Any) -> None:
    hub = play.HandHeld(Role.HUB, play.identity(device=""))
    assert hub.hear(packet.hello_reply(42, 5)) == [Opened({"hardware_id": "42"})]
    (event,) = hub.hear(packet.hello_reply(43, 5))
    assert event.why == "foreign device id"


def test_a_second_answer_to_one_hello_is_not_believed(hub: Any, play: Any) -> None:
    (event,) = hub.hear(packet.hello_reply(play.did, 9999, play.token))
    assert isinstance(event, Ignored)
    assert play.token not in event.data
    hub.ask(Read(("2.1",)))
    (sent,) = hub.session.outgoing()
    assert packet.device_and_stamp(sent) == (play.did, 50)


def test_asks_before_the_hello_is_answered_go_out_after_it(play: Any) -> None:
    hub = play.HandHeld(Role.HUB)
    assert hub.ask(Read(("2.1",))) == 1
    assert hub.said() == ["hello"]
    hub.hear(packet.hello_reply(play.did, 5))
    assert hub.said()[0]["method"] == "get_properties"


def test_the_stamp_runs_on_with_our_clock(hub: Any, play: Any) -> None:
    hub.now += 33.7
    hub.ask(Read(("2.1",)))
    (sent,) = hub.session.outgoing()
    assert packet.device_and_stamp(sent) == (play.did, 83)


@pytest.mark.parametrize(
    ("ask", "age", "asks"), [(Read(("2.1",)), 119, 0), (Read(("2.1",)), 121, 1), (Act("4.1"), 11, 1)]
)
def test_an_old_stamp_is_asked_for_again(hub: Any, play: Any, ask: Any, age: float, asks: int) -> None:
    hub.now += age
    hub.ask(ask)
    said = hub.said()
    assert said.count("hello") == asks
    if asks:
        hub.hear(packet.hello_reply(play.did, 7))
        (sent,) = hub.session.outgoing()
        assert packet.device_and_stamp(sent) == (play.did, 7)


def test_a_device_that_restarted_is_asked_at_once_with_its_new_stamp(hub: Any, play: Any) -> None:
    hub.now += 60
    hub.ask(Read(("2.1",)))
    hub.pass_to(hub.now + 0.85)
    assert [s if s == "hello" else s["method"] for s in hub.said()] == ["get_properties"] * 2 + [
        "hello",
        "get_properties",
    ]
    hub.hear(packet.hello_reply(play.did, 1))
    (sent,) = hub.session.outgoing()
    assert packet.device_and_stamp(sent) == (play.did, 1)


# ---- tries ------------------------------------------------------------------------------------------------------


def test_each_try_has_an_id_of_its_own_and_any_of_them_may_be_answered_late(hub: Any) -> None:
    began = hub.now
    ticket = hub.ask(Read(("2.1",)), within=10.0)
    assert hub.pass_to(began + 3.3) == []
    requests = [said for said in hub.said() if said != "hello"]
    assert len({request["id"] for request in requests}) == len(requests) == 5
    assert all(0 < request["id"] < 2**31 for request in requests)
    assert hub.hear(hub.seal(told(requests[0]))) == [Reported({"2.1": 1}, ticket), Done(ticket)]
    for late in requests[1:]:
        (event,) = hub.hear(hub.seal(told(late)))
        assert event.why == "an answer to nothing that waits"


def test_ids_wrap_inside_an_int32(play: Any) -> None:
    from jiahe.wire.miio.session import Session

    session = Session(Role.HUB, play.identity(), lambda n: b"\xff\xff\xff\xfe"[:n])
    session.open(0.0)
    session.receive(packet.hello_reply(play.did, 1), 0.0)
    session.outgoing()
    keys, ids = packet.keys_of(play.token), []
    for now in (0.0, 0.4, 0.8):
        if now:
            session.wake(now)
        else:
            session.ask(Read(("2.1",)), 5.0, now)
        for data in session.outgoing():
            if len(data) > 32:
                body = keys.unseal(data) or b""
                ids.append(int(body[6 : body.index(b",")]))
    assert ids == [2**31 - 1, 1, 2]


def test_one_request_in_flight(hub: Any) -> None:
    first, second = hub.ask(Read(("2.1",))), hub.ask(Read(("2.2",)))
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == [Reported({"2.1": 1}, first), Done(first)]
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == [Reported({"2.2": 2}, second), Done(second)]


def test_the_queue_has_a_bound(hub: Any) -> None:
    for _ in range(64):
        hub.ask(Read(("2.1",)))
    with pytest.raises(LocalProtocolError, match="64 asks"):
        hub.ask(Read(("2.1",)))
    endings = hub.pass_to(hub.now + 6.0)
    assert [e.ticket for e in endings if isinstance(e, Unanswered)] == list(range(1, 65))


def test_an_action_is_sent_once(hub: Any) -> None:
    ticket = hub.ask(Act("4.1"), within=30.0)
    (ending,) = hub.pass_to(hub.now + 40.0)
    assert ending == Unanswered(ticket, "no answer to the one try it gets before its deadline")
    assert [said["method"] for said in hub.said() if said != "hello"] == ["action"]


@pytest.mark.parametrize(
    "error", [{"code": -9999, "message": "user ack timeout"}, {"code": -30001, "message": "?"}]
)
def test_an_action_met_with_a_doubtful_error_is_not_sent_again(hub: Any, error: Any) -> None:
    ticket = hub.ask(Act("4.1"))
    (request,) = hub.said()
    (ending,) = hub.hear(hub.seal({"id": request["id"], "error": error}))
    assert isinstance(ending, Unanswered)
    assert ending.ticket == ticket
    hub.pass_to(hub.now + 10)
    assert hub.said() == []


def test_a_deadline_that_passed_is_answered_at_once(hub: Any) -> None:
    ticket = hub.ask(Read(("2.1",)), within=0.0)
    assert hub.session.events() == [Unanswered(ticket, "its deadline had passed when it was asked")]
    assert hub.said() == []


def test_an_answer_after_the_deadline_is_too_late_even_before_a_wake(hub: Any) -> None:
    ticket = hub.ask(Read(("2.1",)), within=1.0)
    (request,) = hub.said()
    hub.now += 1.0
    events = hub.hear(hub.seal(told(request)))
    assert [type(e) for e in events] == [Unanswered, Ignored]
    assert events[0].ticket == ticket


@pytest.mark.parametrize(
    "ask",
    [
        Read(()),
        Read(("power",)),
        Read(("0.1",)),
        Read(("prop:bad name",)),
        Write({}),
        Write({"2.1": None}),
        Write({"2.1": float("nan")}),
        Write({"2.1": 2**70}),
        Write({"2.1": [1]}),  # type: ignore[dict-item]
        Write({"prop:power": "on"}),
        Write({"2.1": "x" * 2000}),
        Act("power"),
        Act("4.1", {"4.1": object()}),  # type: ignore[dict-item]
        Act("4.1", {"4.1": "x" * 2000}),
    ],
)
def test_our_own_nonsense_is_our_own_error_and_nothing_is_sent(hub: Any, ask: Any) -> None:
    with pytest.raises(LocalProtocolError):
        hub.ask(ask)
    assert hub.said() == []
    assert hub.session.wake_at() is None
    assert hub.ask(Read(("2.1",))) == 1


def test_roles_do_not_do_each_others_work(hub: Any, play: Any) -> None:
    from jiahe.wire.talk import Answer

    with pytest.raises(LocalProtocolError):
        hub.session.answer(1, Answer(), 0.0)
    hub.session.report({"2.1": 1}, 0.0)
    assert hub.said() == []
    with pytest.raises(LocalProtocolError):
        play.HandHeld(Role.DEVICE).session.ask(Read(("2.1",)), 1.0, 0.0)


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
        import json

        request = json.loads(hub.keys.unseal(sent))
        methods.append((request["method"], len(request["params"])))
        result: Any = ["ok"]
        if request["method"] == "set_properties":
            result = [{"did": "", "siid": i["siid"], "piid": i["piid"], "code": 0} for i in request["params"]]
        events = hub.hear(hub.seal({"id": request["id"], "result": result}))
    assert events == [Done(ticket)]
    assert methods[-1] == ("set_mode", 1)
    assert sum(count for _, count in methods) == 21


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
