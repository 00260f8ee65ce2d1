"""One table of calls, read from both ends: what the hub says, what the device hears, answers, and what the hub reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jiahe.wire.talk import (
    Act,
    Answer,
    Asked,
    Describe,
    Described,
    Done,
    Ignored,
    Read,
    Refusal,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)

CARD = {
    "model": "zhimi.airpurifier.mb4",
    "firmware": "2.1.1",
    "hardware": "esp32",
    "mac": "AA:BB:CC:00:11:22",
}


def item(siid: int, piid: int, **rest: Any) -> dict[str, Any]:
    return {"did": "", "siid": siid, "piid": piid, **rest}


# ask, method, params, the device's answer, what is on the wire for it, what the hub tells of it
CASES: list[tuple[Any, str, Any, Answer, dict[str, Any], list[Any]]] = [
    (
        Read(("2.1", "3.4", "9.9")),
        "get_properties",
        [item(2, 1), item(3, 4), item(9, 9)],
        Answer({"2.1": True, "3.4": 12.5}, {"9.9": Refusal.NOT_READABLE}),
        {"result": [item(2, 1, code=0, value=True), item(3, 4, code=0, value=12.5), item(9, 9, code=-4001)]},
        [Reported({"2.1": True, "3.4": 12.5}, 1, {"9.9": Refusal.NOT_READABLE}), Done(1)],
    ),
    (
        Read(("2.1",)),
        "get_properties",
        [item(2, 1)],
        Answer(),
        {"result": [item(2, 1, code=-4003)]},
        [Reported({}, 1, {"2.1": Refusal.UNKNOWN_POINT}), Done(1)],
    ),
    (
        Read(("prop:power", "prop:none")),
        "get_prop",
        ["power", "none"],
        Answer({"prop:power": "on"}),
        {"result": ["on", None]},
        [Reported({"prop:power": "on"}, 1, {"prop:none": Refusal.UNKNOWN_POINT}), Done(1)],
    ),
    (
        Write({"2.1": False, "2.4": "家"}),
        "set_properties",
        [item(2, 1, value=False), item(2, 4, value="家")],
        Answer(),
        {"result": [item(2, 1, code=0), item(2, 4, code=0)]},
        [Done(1)],
    ),
    (
        Write({"2.1": 9, "2.2": 1}),
        "set_properties",
        [item(2, 1, value=9), item(2, 2, value=1)],
        Answer(faults={"2.1": Refusal.BAD_VALUE}),
        {"result": [item(2, 1, code=-4005), item(2, 2, code=0)]},
        [
            Refused(
                1,
                Refusal.BAD_VALUE,
                "2.1: the value is not one the device takes (code -4005); accepted before or beside it: 2.2",
            )
        ],
    ),
    (Write({"call:set_power": "on"}), "set_power", ["on"], Answer(), {"result": ["ok"]}, [Done(1)]),
    (
        Write({"call:set_nothing": 1}),
        "set_nothing",
        [1],
        Answer(faults={"call:set_nothing": Refusal.UNKNOWN_POINT}),
        {"error": {"code": -10000, "message": "method not supported"}},
        [
            Refused(
                1,
                Refusal.UNSUPPORTED,
                "the device does not know this method (code -10000): method not supported",
            )
        ],
    ),
    (
        Act("4.1", {"4.2": 7, "4.3": "x"}),
        "action",
        {"did": "", "siid": 4, "aiid": 1, "in": [{"piid": 2, "value": 7}, {"piid": 3, "value": "x"}]},
        Answer({"4.5": 1}),
        {"result": {"did": "", "siid": 4, "aiid": 1, "code": 0, "out": [{"piid": 5, "value": 1}]}},
        [Done(1, {"4.5": 1})],
    ),
    (
        Act("4.1"),
        "action",
        {"did": "", "siid": 4, "aiid": 1, "in": []},
        Answer(faults={"4.1": Refusal.UNKNOWN_POINT}),
        {"result": {"did": "", "siid": 4, "aiid": 1, "code": -4003, "out": []}},
        [
            Refused(
                1,
                Refusal.UNKNOWN_POINT,
                "4.1: there is no such property, action or event (code -4003)",
            )
        ],
    ),
    (
        Act("method:app_start", {"in:0": 1}),
        "app_start",
        [1],
        Answer(),
        {"result": ["ok"]},
        [Done(1, {"out:0": "ok"})],
    ),
    (
        Act("4.1"),
        "action",
        {"did": "", "siid": 4, "aiid": 1, "in": []},
        Answer(refusal=Refusal.BUSY),
        {"error": {"code": -5001, "message": "busy"}},
        [Refused(1, Refusal.BUSY, "the device is busy: busy (code -5001)")],
    ),
    (
        Describe(),
        "miIO.info",
        [],
        Answer(facts=CARD | {"token": "never", "ssid": "never"}),
        {
            "result": {
                "model": CARD["model"],
                "fw_ver": "2.1.1",
                "hw_ver": "esp32",
                "mac": CARD["mac"],
                "life": 0,
                "ap": {},
                "netif": {},
            }
        },
        [Described(1, CARD), Done(1)],
    ),
]


@pytest.mark.parametrize(("ask", "method", "params", "answer", "wire", "events"), CASES)
def test_a_call_from_both_ends(
    play: Any, ask: Any, method: str, params: Any, answer: Answer, wire: dict[str, Any], events: list[Any]
) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(ask)
    (said,) = hub.session.outgoing()
    request = json.loads(hub.keys.unseal(said))
    assert (request["method"], request["params"]) == (method, params)

    device = play.HandHeld(Role.DEVICE, play.identity(methods=("app_start",)))
    assert device.hear(said) == [Asked(1, ask)]
    device.session.answer(1, answer, device.now)
    (reply,) = device.session.outgoing()
    assert json.loads(device.keys.unseal(reply)) == {"id": request["id"], **wire}

    assert hub.hear(reply) == events
    (late,) = hub.hear(reply)
    assert isinstance(late, Ignored), "a doubled answer says nothing again"


def test_a_card_with_address_and_token_and_what_the_hub_takes_of_it(play: Any) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Describe())
    (request,) = hub.session.outgoing()
    device = play.HandHeld(Role.DEVICE, play.identity(tells_token=True))
    device.hear(request)
    device.session.answer(1, Answer(facts=CARD | {"address": "10.0.0.9"}), device.now)
    (reply,) = device.session.outgoing()
    card = json.loads(device.keys.unseal(reply))["result"]
    assert (card["netif"], card["token"]) == ({"localIp": "10.0.0.9"}, play.token.hex())
    assert hub.hear(reply) == [Described(1, CARD), Done(1)]


def test_bare_action_values_are_a_quirk(play: Any) -> None:
    hub = play.HandHeld(Role.HUB, play.identity(plain_action_arguments=True)).opened()
    hub.ask(Act("4.1", {"4.2": 7, "4.3": "x"}))
    (said,) = hub.session.outgoing()
    assert json.loads(hub.keys.unseal(said))["params"]["in"] == [7, "x"]
    device = play.HandHeld(Role.DEVICE)
    assert device.hear(said) == [Asked(1, Act("4.1", {"in:0": 7, "in:1": "x"}))]


def test_the_answer_keeps_the_order_and_the_did_of_the_request(play: Any) -> None:
    device = play.HandHeld(Role.DEVICE)
    params = [{"did": "b", "siid": 3, "piid": 1}, {"siid": 2, "piid": 1}, {"did": "b", "siid": 3, "piid": 1}]
    (asked,) = device.hear(device.seal({"id": 1, "method": "get_properties", "params": params}))
    assert asked == Asked(1, Read(("3.1", "2.1")))
    device.session.answer(1, Answer({"2.1": 1, "3.1": 2}), 100.0)
    (reply,) = device.said()
    assert [(i["did"], i["siid"], i["value"]) for i in reply["result"]] == [
        ("b", 3, 2),
        ("", 2, 1),
        ("b", 3, 2),
    ]


WILD: list[tuple[Any, Any]] = [
    *(
        (Read(("2.1",)), {"result": wild})
        for wild in (None, 1, "ok", {}, [], [1], [[]], [item(9, 9, code=0, value=1)])
    ),
    *(
        (Read(("2.1",)), {"result": [{"siid": s, "piid": p, "value": 1}]})
        for s, p in ((True, 1), ("2", 1), (2.0, 1), (None, None), ([], {}))
    ),
    (Read(("2.1",)), {"result": [{"siid": 2, "piid": 1, "code": "0"}]}),
    (Read(("prop:a", "prop:b")), {"result": ["only one"]}),
    (Read(("prop:a",)), {"result": {"a": 1}}),
    *(
        (Write({"2.1": 1}), {"result": wild})
        for wild in (None, "no", 1, [], [[]], [item(2, 1)], [item(2, 1, code=None)])
    ),
    (Write({"2.1": 1, "2.2": 2}), {"result": [item(2, 1, code=0)]}),
    (Write({"call:set_x": 1}), {"result": [{"x": 1}]}),
    *((Act("4.1"), {"result": wild}) for wild in (None, [], "ok", {"out": []}, {"code": "0"})),
    (Act("method:app_start"), {}),
    *((Describe(), {"result": wild}) for wild in (None, [], {}, {"model": 5})),
]


@pytest.mark.parametrize(("ask", "wild"), WILD)
def test_a_wild_body_in_a_valid_envelope_is_not_believed(play: Any, ask: Any, wild: dict[str, Any]) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(ask)
    (request,) = hub.said()
    (event,) = hub.hear(hub.seal({"id": request["id"]} | wild))
    assert isinstance(event, Ignored)
    assert event.why == "an answer of the wrong shape"
    (ending,) = [e for e in hub.pass_to(106.0) if not isinstance(e, Ignored)]
    assert isinstance(ending, Unanswered), "the ask still waits, and ends at its deadline"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"7",
        b"null",
        b'"x"',
        b"{}",
        b"not json",
        b"[" * 1000 + b"]" * 1000,
        b"[" * 3000,
        b'{"id":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"id":123456789012345678901234567890,"result":[]}',
        b'{"id":true,"result":[]}',
        b'{"id":1.0,"result":[]}',
        b'{"id":1,"method":5}',
        b'{"id":1,"method":{"a":[]}}',
        b'{"id":1,"method":"properties_changed","params":7}',
        b'{"id":1,"method":"event_occured","params":[]}',
        b'{"id":99999999999999999999,"method":"get_prop","params":["a"]}',
    ],
)
@pytest.mark.parametrize("role", Role)
def test_wild_json_at_both_ends(play: Any, role: Role, body: bytes) -> None:
    end = play.HandHeld(role)
    if role is Role.HUB:
        end.opened()
    events = end.hear(end.seal(body))
    assert all(isinstance(event, Ignored) for event in events)
    if role is Role.HUB:
        assert events
        assert end.said() == []
    else:
        assert bool(events) != bool(end.said()), "ignored, or answered with an error"


def test_a_wild_value_is_a_fault_of_that_point_alone(play: Any) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Read(("2.1", "2.2", "2.3", "2.4")))
    (request,) = hub.said()
    result = [
        item(2, 1, code=0, value=[1]),
        item(2, 2, code=0),
        item(2, 3, code=0, value=2**63),
        item(2, 4, code=-704042001),
    ]
    assert hub.hear(hub.seal({"id": request["id"], "result": result})) == [
        Reported(
            {"2.3": 2**63},
            1,
            {"2.4": Refusal.UNKNOWN_POINT, "2.1": Refusal.INTERNAL, "2.2": Refusal.INTERNAL},
        ),
        Done(1),
    ]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (-4004, Refusal.INTERNAL),
        (-4007, Refusal.UNKNOWN_POINT),
        (-704022036, Refusal.INTERNAL),
        (-704040003, Refusal.UNKNOWN_POINT),
        (-704030013, Refusal.NOT_READABLE),
        (-704030023, Refusal.NOT_WRITABLE),
        (-704220043, Refusal.BAD_VALUE),
        (-704053100, Refusal.NOT_WRITABLE),
        (-704000901, Refusal.INTERNAL),
        (-704000777, Refusal.INTERNAL),
        (12345, Refusal.INTERNAL),
    ],
)
def test_item_codes(play: Any, code: int, why: Refusal) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Write({"2.1": 1}))
    (request,) = hub.said()
    (refused,) = hub.hear(hub.seal({"id": request["id"], "result": [item(2, 1, code=code)]}))
    assert isinstance(refused, Refused)
    assert refused.why is why
    assert refused.text.startswith("2.1: ")
    assert str(code) in refused.text


@pytest.mark.parametrize(
    ("ask", "result", "events"),
    [
        (Write({"2.1": 1, "2.2": 2}), 0, [Done(1)]),
        (Write({"2.1": 1}), ["ok"], [Done(1)]),
        (Act("4.1"), ["ok"], [Done(1)]),
        (Act("4.1"), {"code": 0}, [Done(1)]),
        (Act("4.1"), {"code": 1, "out": [7]}, [Done(1, {"out:0": 7})]),
        (Act("4.1"), {"code": 0, "out": [[7]]}, [Done(1)]),
        (
            Act("method:a"),
            ["unknown_method"],
            [Refused(1, Refusal.UNSUPPORTED, "method:a: the device answered unknown_method")],
        ),
        (
            Write({"call:set_x": 1}),
            ["error"],
            [
                Refused(
                    1, Refusal.UNSUPPORTED, "call:set_x: the device does not know this method (code -10000)"
                )
            ],
        ),
    ],
)
def test_other_ways_to_say_it(play: Any, ask: Any, result: Any, events: list[Any]) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(ask)
    (request,) = hub.said()
    assert hub.hear(hub.seal({"id": request["id"], "result": result})) == events


def test_a_card_without_its_frame(play: Any) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Describe())
    (request,) = hub.said()
    flat = {"id": request["id"], "model": "a.b.c", "fw_ver": 7, "ap": {"ssid": "home"}, "token": "00"}
    assert hub.hear(hub.seal(flat)) == [Described(1, {"model": "a.b.c"}), Done(1)]


def test_code_1_is_accepted(play: Any) -> None:
    hub = play.HandHeld(Role.HUB).opened()
    hub.ask(Write({"2.1": 1}))
    (request,) = hub.said()
    assert hub.hear(hub.seal({"id": request["id"], "result": [item(2, 1, code=1)]})) == [Done(1)]
