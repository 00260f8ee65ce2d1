"""The appliances with a sheet, both ends: vectors, every value and order there and back, refusals, deeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.midea.appliance_stage import (
    BY_TYPE,
    UNITS,
    Pair,
    each_layout,
    each_sheet,
    framed,
    said_by,
)

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import frame, packet
from jiahe.wire.midea.allowed import why_not
from jiahe.wire.midea.appliance import Asking, Told
from jiahe.wire.midea.appliances.device_side import SheetDevice
from jiahe.wire.midea.appliances.hub_side import SheetHub
from jiahe.wire.midea.frame import Frame, Kind
from jiahe.wire.midea.session import Session
from jiahe.wire.midea.sheet import Layout, Sheet, Unit
from jiahe.wire.talk import (
    Act,
    Describe,
    Described,
    Done,
    Event,
    Happened,
    Identity,
    Read,
    Refusal,
    Refused,
    Role,
    Unanswered,
    Write,
)

VECTORS = Path(__file__).parents[2] / "vectors/midea"
TOLD: list[dict[str, Any]] = json.loads((VECTORS / "appliances-told.json").read_text("utf-8"))
ORDERS: list[dict[str, Any]] = json.loads((VECTORS / "appliances-orders.json").read_text("utf-8"))


# ---- vectors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row["meaning"])
def test_what_an_appliance_told_means_what_it_says(row: dict[str, Any]) -> None:
    read = frame.decode(bytes.fromhex(row["hex"]))
    assert isinstance(read, Frame), read
    told = SheetHub(BY_TYPE[row["type"]], {}).hear(read, 0.0)
    assert isinstance(told, Told), told
    assert told.what == row["what"]
    assert {point: told.values[point] for point in row["values"]} == row["values"]
    assert row["source"]
    assert row["licence"]


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row["meaning"])
def test_an_order_has_these_bytes_and_is_heard_as_what_was_asked(row: dict[str, Any]) -> None:
    sheet, ask = BY_TYPE[row["type"]], row["ask"]
    unit = Unit(row.get("subtype", 0), row.get("protocol", 1), row.get("form", ""))
    wanted = ask.get("write") or ask.get("arguments", {})
    if "write" in ask:
        order: Any = next(order for order in sheet.orders if set(wanted) <= set(order.points))
    else:
        order = next(deed for deed in sheet.deeds if deed.name == ask["act"])
        wanted = {a.point: wanted.get(a.point, a.default) for a in order.arguments}
    body = order.build(row["state"], wanted, unit)
    if "frame" in row:
        assert frame.encode(Frame(sheet.type, Kind.SET, body, unit.protocol)).hex() == row["frame"]
    elif "starts" in row:
        assert body.hex().startswith(row["starts"])
        assert len(body) == row["size"]
    else:
        assert body.hex() == row["body"]
    asking = SheetDevice(sheet, {"subtype": unit.subtype, "protocol": unit.protocol})
    heard = asking.asked(framed(sheet, Kind.SET, body, unit.protocol))
    assert isinstance(heard, Asking), heard
    if isinstance(heard.ask, Write):
        assert {point: heard.ask.values[point] for point in wanted} == wanted
    else:
        assert heard.ask == Act(ask["act"], wanted)


# ---- there and back ------------------------------------------------------------------------------------------------


@each_layout
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_read_is_written_back(sheet: Sheet, layout: Layout, data: st.DataObject) -> None:
    kind = next(iter(layout.marks))
    body = data.draw(st.binary(min_size=len(layout.blank), max_size=len(layout.blank)))
    values = layout.read(body)
    again = layout.write(values, kind)
    assert layout.fits(Frame(sheet.type, kind, again, 0 if layout.what.startswith("old") else 1))
    marked = layout.marks[kind]
    kept = {row.name for row in layout.fields if not any(_touches(row, at) for at in marked)}
    told = layout.read(again)
    assert {p: v for p, v in told.items() if p in kept} == {p: v for p, v in values.items() if p in kept}


def _touches(row: Any, at: int) -> bool:
    """Whether a field reads the byte of a mark: that one says which layout it is."""
    probe = bytearray(row.needs)
    seen = {row.read(bytes(probe))}
    if at < len(probe):
        for value in (0x01, 0x80, 0xFF, 0x31):
            probe[at] = value
            seen.add(row.read(bytes(probe)))
    return len(seen) > 1


@each_sheet
def test_everything_is_read_and_every_order_arrives(sheet: Sheet) -> None:
    pair = Pair(sheet)
    pair.ask(Read(sheet.layout(sheet.state).points))
    assert pair.events[-1] == Done(1)
    assert pair.reported().keys() >= set(sheet.layout(sheet.state).points)
    for ticket, point in enumerate((p for order in sheet.orders for p in order.points), 2):
        row = sheet.field(point)
        assert row is not None
        low, high = sheet.bounds.get(point, (row.low, row.high))
        value: Any = True if row.kind is bool else int(high if high > low else low)
        events = pair.ask(Write({point: value}))
        assert events[-1] == Done(ticket), (point, events)
        assert pair.values[point] == value, point
        assert pair.reported()[point] == value, point
    for deed in sheet.deeds:
        arguments = {a.point: a.high if a.high < 60 else a.low for a in deed.arguments}
        pair.ask(Act(deed.name, arguments))
        assert isinstance(pair.events[-1], Done)
        assert pair.asks[-1] == Act(deed.name, arguments)


@each_sheet
def test_a_push_is_heard_and_a_description_too(sheet: Sheet) -> None:
    pair = Pair(sheet)
    state = sheet.layout(next(layout.what for layout in sheet.layouts if layout.push))
    row = next(row for row in state.fields if row.kind in (bool, int))
    value = True if row.kind is bool else 3
    pair.device.report({row.name: value}, 0.0)
    pair.run()
    assert pair.reported()[row.name] == value
    events = pair.ask(Describe())
    (described,) = [event for event in events if isinstance(event, Described)]
    assert described.facts["type"] == sheet.type
    assert described.facts["subtype"] == UNITS.get(sheet.type, {}).get("subtype", 0)
    assert described.facts["protocol"] == 1
    assert described.facts["answers"] in {query.answer for query in sheet.queries}


@each_sheet
def test_nonsense_is_our_error(sheet: Sheet) -> None:
    pair = Pair(sheet)
    nonsense: list[Any] = [Read(("no point",)), Write({}), Write({"no point": 1}), Act("no deed")]
    for point in (p for order in sheet.orders for p in order.points):
        nonsense += [Write({point: "text"}), Write({point: 1.5}), Write({point: 1000}), Write({point: None})]
    for deed in sheet.deeds:
        nonsense += [
            Act(deed.name, {"no": 1}),
            *(Act(deed.name, {a.point: a.high + 1}) for a in deed.arguments),
        ]
    for ask in nonsense:
        with pytest.raises(LocalProtocolError):
            pair.hub.ask(ask, 5.0, 0.0)


# ---- models --------------------------------------------------------------------------------------------------------


@each_sheet
def test_a_model_off_the_list_is_refused_and_nothing_is_sent(sheet: Sheet) -> None:
    pair = Pair(sheet, serial="0000E131176000001X")
    asks: list[Any] = [Act(d.name, {a.point: a.low for a in d.arguments}) for d in sheet.deeds]
    wishes = [
        Write({point: value}) for order in sheet.orders for point in order.points for value in (True, 40)
    ]
    asks += [
        wish for wish in wishes if not any(sheet.wrong(point, value) for point, value in wish.values.items())
    ]
    assert bool(asks) is (sheet.type not in (0xB1, 0xB4))
    for ask in asks:
        pair.frames.clear()
        (refused,) = pair.ask(ask)
        assert isinstance(refused, Refused)
        assert refused.why is Refusal.NOT_ALLOWED
        assert "model 76000001" in refused.text
        assert pair.frames == []


ENTRIES: tuple[tuple[dict[str, Any], str, int | None, bool], ...] = (
    ({"model": "310A1700"}, "310A1700", None, True),
    ({"model": "310A1700"}, "310A1701", None, False),
    ({"model": "310A*"}, "310A1701", None, True),
    ({"model": "310A1700", "subtype": 5}, "310A1700", 5, True),
    ({"model": "310A1700", "subtype": 5}, "310A1700", 6, False),
    ({"model": "310A1700", "subtype": 5}, "310A1700", None, False),
    ({"subtype": 15}, "", 15, True),
    ({}, "310A1700", 5, False),
    ({"model": ""}, "", 0, False),
    ({"model": "310A1700", "only": ["state.other"]}, "310A1700", None, False),
    ({"model": "310A1700", "only": ["state.power", "state.other"]}, "310A1700", None, True),
)


@pytest.mark.parametrize(("entry", "model", "subtype", "taken"), ENTRIES)
def test_an_entry_means_a_model_or_a_subtype_never_a_type(
    entry: dict[str, Any], model: str, subtype: int | None, taken: bool
) -> None:
    facts: dict[str, Any] = {"takes": [entry], "serial": f"0000CA311{model}000000000000000" if model else ""}
    if subtype is not None:
        facts["subtype"] = subtype
    assert (why_not(facts, "a thing", ["state.power"]) is None) is taken


@pytest.mark.parametrize("takes", [None, [], "all", 5, [1, "x"], {"model": "310A1700"}])
@pytest.mark.parametrize("serial", [None, 7, "", "short", "0000CA311310A1700"])
def test_facts_of_any_kind_allow_nothing_by_accident(takes: Any, serial: Any) -> None:
    assert why_not({"takes": takes, "serial": serial}, "a thing", ["state.power"]) is not None


# ---- deeds ---------------------------------------------------------------------------------------------------------


def test_a_deed_is_sent_once_however_long_the_silence() -> None:
    pair = Pair(BY_TYPE[0xE1])
    pair.frames.clear()
    pair.mute = True
    pair.ask(Act("do.pause"), seconds=20.0)
    pair.pass_to(9.0)
    data = [frame for frame in pair.frames if len(frame) > 60]
    assert len(data) == 1
    pair.pass_to(21.0)
    assert [event for event in pair.events if isinstance(event, Unanswered)]
    assert len([frame for frame in pair.frames if len(frame) > 60]) == 1


def test_a_deed_is_not_sent_again_over_a_new_connection() -> None:
    pair = Pair(BY_TYPE[0xE1])
    pair.mute = True
    pair.ask(Act("do.pause"), seconds=20.0)
    pair.mute = False
    pair.frames.clear()
    pair.hub.open(pair.now)
    pair.device.open(pair.now)
    pair.run()
    (ended,) = [event for event in pair.events if isinstance(event, Unanswered)]
    assert "may have been done" in ended.text
    assert pair.frames == []
    assert pair.ask(Read(("state.power",)))[-1] == Done(2)


def test_a_write_is_repeated_with_a_state_read_afresh() -> None:
    pair = Pair(BY_TYPE[0xCA])
    pair.ask(Write({"state.eco": True}))
    pair.mute = True
    pair.ask(Write({"state.fridge_target": 4}), seconds=20.0)
    pair.mute = False
    pair.pass_to(4.0)
    assert pair.events[-1] == Done(2)
    assert (pair.values["state.eco"], pair.values["state.fridge_target"]) == (True, 4)


def test_a_no_without_a_message_id_is_the_answer_to_the_set_under_way() -> None:
    pair = Pair(BY_TYPE[0xDA])
    pair.refusal = Refusal.BUSY
    (*_, refused) = pair.ask(Act("do.pause"))
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.INTERNAL


def test_an_alarm_between_is_no_refusal() -> None:
    sheet = BY_TYPE[0xB4]
    pair = Pair(sheet)
    hub = SheetHub(sheet, {})
    told = hub.hear(framed(sheet, Kind.ABNORMAL, b"\x07\x01"), 0.0)
    assert isinstance(told, Told)
    assert told.exception
    pair.mute = True
    pair.ask(Read(("state.status",)), seconds=1.0)
    assert not [event for event in pair.events if isinstance(event, Refused | Happened)]


# ---- units of one type that differ -----------------------------------------------------------------------------------


def test_an_oven_is_asked_until_the_body_it_answers_is_known() -> None:
    """And from then on only for that one: another hub session knows it by the fact."""
    sheet = BY_TYPE[0xB1]
    hub = Session(Role.HUB, Identity("77", {}, {"version": 2, "type": 0xB1}), bytes)
    hub.open(0.0)
    hub.ask(Describe(), 20.0, 0.0)
    answers = {b"\x00": sheet.layout("short state").write({"state.temperature": 60}, Kind.QUERY)}
    now = 0.0
    events: list[Event] = []
    while not any(isinstance(event, Done) for event in events):
        for body in sent_by(hub):
            if body in answers:
                hub.receive(said_by(sheet, answers[body]), now)
        wake = hub.wake_at()
        assert wake is not None
        now = max(now, wake)
        hub.wake(now)
        events += hub.events()
    (described,) = [event for event in events if isinstance(event, Described)]
    assert described.facts["answers"] == "short state"
    later = SheetHub(sheet, described.facts)
    (step,) = later.steps(Read(("state.temperature",)))
    request = step.build(0.0)
    assert request is not None
    assert request.body == b"\x00"


def sent_by(hub: Session) -> list[bytes]:
    bodies = []
    for data in hub.outgoing():
        read = packet.decode(data)
        assert isinstance(read, packet.Packet)
        framed_in = frame.decode(read.payload)
        if isinstance(framed_in, Frame):
            bodies.append(framed_in.body)
    return bodies


def test_a_silent_oven_is_unanswered_not_done() -> None:
    pair = Pair(BY_TYPE[0xB1])
    pair.mute = True
    pair.ask(Read(("state.status",)), seconds=30.0)
    pair.pass_to(31.0)
    assert isinstance(pair.events[-1], Unanswered)


@pytest.mark.parametrize(("subtype", "raw"), [(15, 1), (39, 2), (43, 2), (44, 1)])
def test_rice_cookers_of_some_subtypes_say_two_for_cooking(subtype: int, raw: int) -> None:
    pair = Pair(BY_TYPE[0xEA], subtype=subtype)
    pair.values = {"state.status": 1, "state.programme": 4}
    pair.ask(Read(("state.status",)))
    assert pair.reported()["state.status"] == 1
    pair.ask(Act("do.start", {"do.programme": 4}))
    order = BY_TYPE[0xEA].deeds[0]
    given_all = {a.point: 4 if a.point == "do.programme" else a.default for a in order.arguments}
    assert order.build({}, given_all, Unit(subtype, 1))[8] == raw


def test_an_old_rice_cooker_is_read_by_its_own_bodies() -> None:
    sheet = BY_TYPE[0xEA]
    hub = SheetHub(sheet, {"protocol": 0})
    for what in ("old state", "old long state"):
        layout = sheet.layout(what)
        body = layout.write({"state.minutes_left": 75, "state.programme": 300}, Kind.QUERY)
        told = hub.hear(framed(sheet, Kind.QUERY, body, 0), 0.0)
        assert isinstance(told, Told)
        assert told.what == what
        assert (told.values["state.minutes_left"], told.values["state.programme"]) == (75, 300)
    pair = Pair(sheet, protocol=0)
    pair.values = {"state.minutes_left": 12}
    pair.ask(Read(("state.minutes_left",)))
    assert pair.reported()["state.minutes_left"] == 12
