"""The HUB's end against a device in the test's hand: hellos, tries, deadlines, our own nonsense."""

from __future__ import annotations

from typing import Any

import pytest

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import packet
from jiahe.wire.miio.session import Session
from jiahe.wire.talk import (
    Act,
    Answer,
    Done,
    Ignored,
    Opened,
    Read,
    Reported,
    Role,
    Unanswered,
    Write,
)


def told(request: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """The device's answer to a get_properties: every value is its piid."""
    items = [{**item, "code": 0, "value": item["piid"]} for item in request["params"]]
    return {"id": request["id"], "result": items, **extra}


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


def test_the_next_ask_starts_when_a_late_datagram_finds_the_first_one_over(hub: Any, play: Any) -> None:
    hub.ask(Read(("2.1",)), within=1.0)
    second = hub.ask(Read(("2.2",)), within=60.0)
    hub.said()
    hub.now += 1.1
    hub.hear(b"noise")
    assert hub.said() == ["hello"], "after a silence the clock is asked for first"
    hub.hear(packet.hello_reply(play.did, 52))
    (request,) = hub.said()
    assert hub.hear(hub.seal(told(request))) == [Reported({"2.2": 2}, second), Done(second)]


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
    with pytest.raises(LocalProtocolError):
        hub.session.answer(1, Answer(), 0.0)
    hub.session.report({"2.1": 1}, 0.0)
    assert hub.said() == []
    with pytest.raises(LocalProtocolError):
        play.HandHeld(Role.DEVICE).session.ask(Read(("2.1",)), 1.0, 0.0)
