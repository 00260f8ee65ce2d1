"""The hub's side of every appliance with a sheet. Remembers its last word; owns the order of exchanges, never a byte.

A write that needs the whole state reads it first; a deed is sent once. What a unit is not known to take is refused here
(`allowed`), before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from jiahe.wire.midea.allowed import form_of, why_not
from jiahe.wire.midea.appliance import APPLIANCE_QUERY, Request, Step, Told
from jiahe.wire.midea.frame import Frame, Kind, without_tail
from jiahe.wire.midea.sheet import Deed, Layout, Order, Query, Sheet, Unit
from jiahe.wire.talk import Act, Ask, Describe, Point, Raw, Read, Write

FRESH = 0.5
"""A state that arrived less than so many seconds ago need not be asked for again before a write."""
CAPABILITIES = b"\xb5"
TAILED = frozenset({Kind.SET, Kind.QUERY, Kind.NOTIFY, Kind.CHANGE})


class SheetHub:
    """Fills `appliance.HubSide`. Of `facts` it takes `subtype`, `protocol`, `answers`, `serial` and `takes`."""

    def __init__(self, sheet: Sheet, facts: Mapping[str, Any]) -> None:
        self._sheet = sheet
        self._facts = dict(facts)
        self._told: dict[str, Any] = {"type": sheet.type}
        self._unit = Unit(_number(facts.get("subtype")), _number(facts.get("protocol")))
        self._answers = facts.get("answers")
        self._state: dict[Point, Raw] = {}
        self._state_at = float("-inf")

    # ---- asks ---------------------------------------------------------------------------------------------

    def nonsense(self, ask: Ask) -> str | None:
        match ask:
            case Read(points):
                unknown = [p for p in points if self._sheet.field(p) is None]
                return f"{self._sheet.name} has no point {unknown[0]!r}" if unknown else None
            case Write(values):
                if not values:
                    return "a write without values"
                return next((why for p, v in values.items() if (why := self._sheet.wrong(p, v))), None)
            case Act(action, arguments):
                deed = self._deed(action)
                return (
                    f"{self._sheet.name} has no action {action!r}"
                    if deed is None
                    else _misfit(deed, arguments)
                )
            case Describe():
                return None

    def refuses(self, ask: Ask) -> str | None:
        wanted: Iterable[str] = ()
        if isinstance(ask, Write):
            wanted = ask.values
        elif isinstance(ask, Act):
            wanted = (ask.action,)
        return why_not(self._known(), self._sheet.name, wanted)

    def _known(self) -> dict[str, Any]:
        return {**self._facts, "subtype": self._unit.subtype}

    def steps(self, ask: Ask) -> tuple[Step, ...]:
        match ask:
            case Read(points):
                return self._reading(points)
            case Write(values):
                return self._writing(values)
            case Act(action, arguments):
                deed = self._deed(action)
                assert deed is not None, "nonsense() has been asked"
                held = {a.point: arguments.get(a.point, a.default) for a in deed.arguments}
                return self._sending(deed, held, once=True)
            case Describe():
                appliance = Step(
                    lambda now: Request(Kind.APPLIANCE, APPLIANCE_QUERY, _is("appliance"), tail=False),
                    optional=True,
                )
                return (appliance, *(self._asking(query, (), optional=True) for query in self._sheet.queries))

    def _queries(self) -> list[Query]:
        """Those to try: all that such units may answer, or the one that this unit is known to."""
        fitting = [query for query in self._sheet.queries if query.when(self._unit)]
        return [query for query in fitting if query.answer == self._answers] or fitting

    def _reading(self, points: tuple[Point, ...]) -> tuple[Step, ...]:
        """What is only told unasked is not asked for; what this unit's layout has not got is a fault."""
        asked = {p for query in self._sheet.queries for p in self._sheet.layout(query.answer).points}
        wanted = tuple(p for p in points if p in asked)
        queries = self._queries() if wanted else []
        return tuple(self._asking(query, wanted, optional=len(queries) > 1) for query in queries)

    def _asking(
        self, query: Query, points: tuple[Point, ...], *, optional: bool = False, speaks: bool = True
    ) -> Step:
        def build(now: float) -> Request | None:
            if optional and (not query.when(self._unit) or self._answers not in (None, query.answer)):
                return None  # the unit has told since that it is of another kind, or another layout was heard
            return self._request(Kind.QUERY, query.body, self._is_answer, points)

        return Step(build, optional=optional, speaks=speaks)

    def _writing(self, values: Mapping[Point, Raw]) -> tuple[Step, ...]:
        steps: list[Step] = []
        left = dict(values)
        for order in self._sheet.orders:
            changes = {p: left.pop(p) for p in order.points if p in left}
            if changes:
                steps += self._sending(order, changes)
        return tuple(steps)

    def _sending(
        self, what: Order | Deed, values: Mapping[Point, Raw], *, once: bool = False
    ) -> tuple[Step, ...]:
        steps: list[Step] = []
        if what.whole:
            query = self._queries()[0]
            asking = self._asking(query, (), speaks=False)
            steps.append(Step(lambda now: None if self._fresh(now) else asking.build(now), speaks=False))

        def build(now: float) -> Request | None:
            unit = replace(self._unit, form=form_of(self._known()))
            changes = self._sheet.turned(dict(values), unit)
            body = what.build(self._sheet.turned(dict(self._state), unit), changes, unit)
            return self._request(Kind.SET, body, _is_answer_to_set)

        steps.append(Step(build, again_from=1 if what.whole and not once else 0, once=once))
        return tuple(steps)

    def _is_answer(self, told: Told) -> bool:
        """Whichever of its layouts a unit answers in: which query it takes for which is its own matter."""
        return any(told.what == query.answer for query in self._sheet.queries)

    def _fresh(self, now: float) -> bool:
        return now - self._state_at < FRESH

    def _request(
        self, kind: int, body: bytes, fits: Callable[[Told], bool], points: tuple[Point, ...] = ()
    ) -> Request:
        return Request(kind, body, fits, tail=self._sheet.tail, points=points, protocol=self._unit.protocol)

    def _deed(self, action: str) -> Deed | None:
        return next((deed for deed in self._sheet.deeds if deed.name == action), None)

    # ---- what the unit says -------------------------------------------------------------------------------

    def hear(self, frame: Frame, now: float) -> Told | str:
        if frame.kind == Kind.APPLIANCE:
            return self._hear_appliance(frame)
        if self._sheet.tail and frame.kind in TAILED:
            bare = without_tail(frame)
            if isinstance(bare, str):
                return bare
            frame = bare
        for layout in self._sheet.layouts:
            if layout.fits(frame):
                return self._hear_layout(frame, layout, now)
        if self._sheet.capabilities and frame.body[:1] == CAPABILITIES:
            self._told["capabilities"] = capabilities(frame.body, self._sheet.capabilities)
            return Told(frame.kind, "capabilities", message_id=frame.message_id)
        if frame.kind in (Kind.ABNORMAL, Kind.EXCEPTION):
            text = f"frame type {frame.kind:02x}: {frame.body.hex()}"
            return Told(frame.kind, "exception", message_id=frame.message_id, exception=text)
        if frame.kind == Kind.SET:
            return Told(frame.kind, "accepted", message_id=frame.message_id)
        return f"a body of {frame.body[:4].hex()}… in a frame of type {frame.kind:02x} is not known"

    def _hear_layout(self, frame: Frame, layout: Layout, now: float) -> Told:
        values = self._sheet.turned(layout.read(frame.body), self._unit)
        if frame.kind == Kind.QUERY:
            self._answers = layout.what
            if "protocol" not in self._told and "protocol" not in self._facts:
                self._unit = replace(self._unit, protocol=frame.protocol)
                self._told["protocol"] = frame.protocol
        if layout.what == self._sheet.state:
            self._state |= values
            self._state_at = now
        return Told(frame.kind, layout.what, values, message_id=frame.message_id)

    def _hear_appliance(self, frame: Frame) -> Told | str:
        if len(frame.body) < 4:
            return "an appliance answer that is too short"
        self._unit = Unit(int.from_bytes(frame.body[2:4], "little"), frame.protocol)
        self._told |= {"subtype": self._unit.subtype, "protocol": self._unit.protocol}
        return Told(frame.kind, "appliance")

    def description(self) -> dict[str, Any]:
        return self._told | ({"answers": self._answers} if self._answers is not None else {})


def capabilities(body: bytes, names: Mapping[int, str]) -> dict[str, Raw]:
    """What a B5 body says that a unit can: a count, then number (little endian), length and data; to its end at most."""
    told: dict[str, Raw] = {}
    at = 2
    for _ in range(body[1] if len(body) > 1 else 0):
        data = body[at + 3 : at + 3 + body[at + 2]] if at + 2 < len(body) else b""
        if not data:
            break
        number = int.from_bytes(body[at : at + 2], "little")
        told[names.get(number, f"0x{number:04x}")] = data[0] if len(data) == 1 else data.hex()
        at += 3 + body[at + 2]
    return told


def _number(fact: object) -> int:
    return fact if isinstance(fact, int) else 0


def _is(what: str) -> Callable[[Told], bool]:
    return lambda told: told.what == what


def _is_answer_to_set(told: Told) -> bool:
    """Whatever it tells: some answer with their state, some with an echo, in a layout or in none."""
    return told.kind == Kind.SET


def _misfit(deed: Deed, arguments: Mapping[Point, Raw]) -> str | None:
    """Why a deed cannot be done with these arguments; None where it can."""
    known = {argument.point: argument for argument in deed.arguments}
    for point in arguments:
        if point not in known:
            return f"{deed.name} takes no {point!r}"
    for point, argument in known.items():
        value = arguments.get(point, argument.default)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not argument.low <= int(value or 0) <= argument.high:
            return f"{point} takes a whole number from {argument.low} to {argument.high}"
    return None
