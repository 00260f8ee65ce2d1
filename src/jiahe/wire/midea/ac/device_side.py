"""The device's side of an AC: what a hub's frames ask for, and the frames that answer. The tables of the hub's side.

Owns no physics: values come from the session's owner with each answer; the last known state is kept only because a
push carries all of it and the display can only be toggled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiahe.wire.midea.ac import capability, group, notice, state
from jiahe.wire.midea.ac import property as properties
from jiahe.wire.midea.appliance import Asking
from jiahe.wire.midea.frame import Frame, Kind, without_tail
from jiahe.wire.talk import Answer, Describe, Point, Raw, Read, Refusal, Write

TYPE = 0xAC
NEEDED_FOR_PUSH = frozenset({"state.power", "state.mode", "state.fan", state.TARGET})
REFUSALS: tuple[Refusal, ...] = tuple(Refusal)


class AirConditionerDevice:
    """Fills `appliance.DeviceSide`. Of `facts` it takes `protocol`, `subtype` and `capabilities`."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._protocol = int(facts.get("protocol", 3))
        self._subtype = int(facts.get("subtype", 0))
        known = facts.get("capabilities")
        self._capabilities: dict[str, Raw] = dict(known) if isinstance(known, Mapping) else {}
        self._known: dict[Point, Raw] = {}

    def asked(self, frame: Frame) -> Asking | str:
        if frame.kind == Kind.APPLIANCE:
            return Asking(Describe(), frame, "appliance")
        read = without_tail(frame)
        if isinstance(read, str):
            return read
        if read.kind == Kind.SET:
            return self._asked_to_set(read)
        if read.kind == Kind.QUERY:
            return self._asked_to_tell(read)
        return f"a hub does not send frames of type {read.kind:02x}"

    def _asked_to_set(self, frame: Frame) -> Asking | str:
        body = frame.body
        if body[0] == state.SET:
            values = state.read_set(body)
            return Asking(Write(values), frame, "set") if values else "a set that is too short"
        if body[0] == properties.WRITE:
            wished = properties.listed(body, asked=True)
            wished.pop("property.buzzer", None)
            return Asking(Write(wished), frame, "properties") if wished else "a set of no properties"
        return f"a set of layout {body[0]:02x} is not known"

    def _asked_to_tell(self, frame: Frame) -> Asking | str:
        body = frame.body
        if body[0] == properties.READ:
            points = tuple(properties.name(i) for i in properties.queried(body))
            return Asking(Read(points), frame, "properties") if points else "a query of no properties"
        if body[0] == capability.ANSWER:
            return Asking(Describe(), frame, "capabilities")
        if body[0] != 0x41 or len(body) < 4:
            return f"a query of layout {body[0]:02x} is not known"
        if body[1] & ~0x80 == 0x21 and body[2] == 0x01:
            points = group.points_of(body[3])
            if points:
                return Asking(Read(points), frame, "group")
            lacking = bytes([group.ANSWER, 0x21, 0x01, body[3] | group.LACKING])
            return Asking(None, frame, "group", (self._reply(frame, lacking),))
        if body[4:5] == b"\x02":
            shown = self._known.get(state.DISPLAY, True)
            return Asking(Write({state.DISPLAY: not shown}), frame, "state")
        return Asking(Read(state.POINTS), frame, "state")

    # ---- answers ------------------------------------------------------------------------------------------

    def answer(self, asking: Asking, answer: Answer) -> list[Frame]:
        frame = asking.frame
        if answer.refusal is not None:
            code = bytes([REFUSALS.index(answer.refusal)])
            return [Frame(TYPE, Kind.EXCEPTION, code, self._protocol, frame.message_id)]
        self._learn(answer.values)
        match asking.what:
            case "appliance":
                return [self._appliance(answer)]
            case "capabilities":
                return [self._capability_page(frame, answer)]
            case "group":
                body = group.answer(frame.body[3], answer.values, self._energy())
                return [self._reply(frame, body)]
            case "properties":
                return [self._reply(frame, self._property_body(asking, answer))]
            case _:
                return [self._reply(frame, state.write_status({**self._known, **answer.values}))]

    def _property_body(self, asking: Asking, answer: Answer) -> bytes:
        body = asking.frame.body
        if isinstance(asking.ask, Write):
            names = [*asking.ask.values]
            values = {**asking.ask.values, **answer.values}
        else:
            names = [properties.name(i) for i in properties.queried(body)]
            values = dict(answer.values)
        ids = [i for name in names if (i := properties.number(name)) is not None]
        return properties.answer(body[0], ids, values, answer.faults)

    def _capability_page(self, frame: Frame, answer: Answer) -> Frame:
        told = answer.facts.get("capabilities")
        if isinstance(told, Mapping):
            self._capabilities = dict(told)
        pages = capability.write(self._capabilities)
        wanted = 1 if frame.body[2:3] == b"\x01" else 0
        empty = bytes([capability.ANSWER, 0, 0])
        return self._reply(frame, pages[wanted] if wanted < len(pages) else empty)

    def _appliance(self, answer: Answer) -> Frame:
        subtype = answer.facts.get("subtype", self._subtype)
        told = int(subtype) if isinstance(subtype, int) else 0
        body = bytes([0, TYPE]) + (told & 0xFFFF).to_bytes(2, "little") + bytes(16)
        return Frame(TYPE, Kind.APPLIANCE, body, self._protocol)

    def _reply(self, frame: Frame, body: bytes) -> Frame:
        return Frame(TYPE, frame.kind, body, self._protocol, frame.message_id)

    # ---- unasked ------------------------------------------------------------------------------------------

    def push(self, values: Mapping[Point, Raw]) -> list[Frame]:
        self._learn(values)
        frames: list[Frame] = []
        if state.PUSHED & values.keys() and self._known.keys() >= NEEDED_FOR_PUSH:
            frames.append(Frame(TYPE, Kind.CHANGE, state.write_push(self._known), self._protocol, 0))
        if _NOTICED & values.keys():
            body = notice.write(self._known, self._energy())
            frames.append(Frame(TYPE, Kind.NOTIFY, body, self._protocol, 0))
        props = {p: v for p, v in values.items() if properties.number(p) is not None}
        if props:
            frames.append(Frame(TYPE, Kind.CHANGE, properties.notice(props), self._protocol, 0))
        return frames

    def _learn(self, values: Mapping[Point, Raw]) -> None:
        self._known.update((p, v) for p, v in values.items() if p in _KEPT)

    def _energy(self) -> group.Energy:
        return group.energy_coding(self._capabilities.get("energy")) or group.Energy.DECIMAL


_NOTICED = frozenset({state.INDOOR, state.OUTDOOR, "energy.total", "humidity.indoor"})
_KEPT = frozenset(state.POINTS) | _NOTICED
