"""The device's side of every appliance with a sheet: what a hub's frames want, and the frames that answer.

Owns no physics: values come from the session's owner; the last of them are kept, for a body carries all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiahe.wire.midea.appliance import Asking
from jiahe.wire.midea.frame import Frame, Kind, without_tail
from jiahe.wire.midea.sheet import Layout, Query, Sheet, Unit, Values
from jiahe.wire.talk import Act, Answer, Describe, Point, Raw, Read, Refusal, Write

REFUSALS: tuple[Refusal, ...] = tuple(Refusal)


class SheetDevice:
    """Fills `appliance.DeviceSide`. Of `facts` it takes `protocol` and `subtype`."""

    def __init__(self, sheet: Sheet, facts: Mapping[str, Any]) -> None:
        self._sheet = sheet
        subtype, protocol = facts.get("subtype", 0), facts.get("protocol", 1)
        self._unit = Unit(
            subtype if isinstance(subtype, int) else 0, protocol if isinstance(protocol, int) else 1
        )
        self._points = frozenset(p for layout in sheet.layouts for p in layout.points)
        self._known: dict[Point, Raw] = {}

    def asked(self, frame: Frame) -> Asking | str:
        if frame.kind == Kind.APPLIANCE:
            return Asking(Describe(), frame, "appliance")
        if self._sheet.tail:
            bare = without_tail(frame)
            if isinstance(bare, str):
                return bare
            frame = bare
        if frame.kind == Kind.QUERY:
            query = self._query(frame.body)
            if query is None:
                return f"a query of {frame.body[:4].hex()}… is not known"
            return Asking(Read(self._sheet.layout(query.answer).points), frame, query.answer)
        if frame.kind == Kind.SET:
            return self._asked_to_set(frame)
        return f"a hub does not send frames of type {frame.kind:02x}"

    def _query(self, body: bytes) -> Query | None:
        for query in self._sheet.queries:
            if query.when(self._unit) and body[: query.mark] == query.body[: query.mark]:
                return query
        return None

    def _asked_to_set(self, frame: Frame) -> Asking | str:
        for deed in self._sheet.deeds:
            arguments = deed.hear(frame.body)
            if arguments is not None:
                return Asking(Act(deed.name, self._turned(arguments)), frame, self._sheet.state)
        for order in self._sheet.orders:
            values = order.hear(frame.body)
            if values:
                return Asking(Write(self._turned(values)), frame, self._sheet.state)
        return f"a set of {frame.body[:4].hex()}… is not known"

    def _turned(self, values: Values) -> dict[Point, Raw]:
        return self._sheet.turned(dict(values), self._unit)

    # ---- answers ------------------------------------------------------------------------------------------

    def answer(self, asking: Asking, answer: Answer) -> list[Frame]:
        frame = asking.frame
        if answer.refusal is not None:
            code = bytes([REFUSALS.index(answer.refusal)])
            return [self._frame(Kind.EXCEPTION, code, frame.message_id)]
        self._learn(answer.values)
        if asking.what == "appliance":
            return [self._appliance(answer)]
        layout = self._sheet.layout(asking.what)
        if frame.kind not in layout.marks:
            return [self._frame(frame.kind, frame.body, frame.message_id)]
        return [self._frame(frame.kind, self._body(layout, frame.kind, frame.body), frame.message_id)]

    def _appliance(self, answer: Answer) -> Frame:
        told = answer.facts.get("subtype", self._unit.subtype)
        subtype = told if isinstance(told, int) else 0
        body = bytes([0, self._sheet.type]) + (subtype & 0xFFFF).to_bytes(2, "little") + bytes(16)
        return Frame(self._sheet.type, Kind.APPLIANCE, body, self._unit.protocol)

    def _body(self, layout: Layout, kind: int, base: bytes = b"") -> bytes:
        return layout.write(self._turned(self._known), kind, base)

    def _frame(self, kind: int, body: bytes, message_id: int | None) -> Frame:
        return Frame(
            self._sheet.type, kind, body, self._unit.protocol, message_id if self._sheet.tail else None
        )

    # ---- unasked ------------------------------------------------------------------------------------------

    def push(self, values: Mapping[Point, Raw]) -> list[Frame]:
        self._learn(values)
        changed = values.keys() & self._points
        return [
            self._frame(layout.push, self._body(layout, layout.push), 0)
            for layout in self._sheet.layouts
            if layout.push and changed & set(layout.points)
        ]

    def _learn(self, values: Mapping[Point, Raw]) -> None:
        self._known.update((p, v) for p, v in values.items() if p in self._points)
