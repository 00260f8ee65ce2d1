"""The hub's side of an AC: which frames an ask takes, and what the unit's frames mean. Remembers the unit's last word.

Owns the order of exchanges (a write is read, change, set); never a ticket, a deadline or a byte of a packet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiahe.wire.midea.ac import capability, group, notice, state
from jiahe.wire.midea.ac import property as properties
from jiahe.wire.midea.allowed import why_not
from jiahe.wire.midea.appliance import APPLIANCE_QUERY, Request, Step, Told
from jiahe.wire.midea.frame import Frame, Kind, without_tail
from jiahe.wire.talk import Act, Ask, Describe, Point, Raw, Read, Write

STATE_QUERY = bytes.fromhex("418100ff03ff000200000000000000000000000003")
DISPLAY_TOGGLE = bytes.fromhex("410200ff02000200") + bytes(12)
"""Without the beep bit (0x40); msmart-ng's form. A unit has no other way to its display, and it only toggles."""

FRESH = 0.5
"""A state that arrived less than so many seconds ago need not be asked for again before a write."""
PROPERTIES_A_QUERY = 10
"""What the maker's own modules ask at once in captures is 5 to 11."""


def _is(what: str) -> Any:
    return lambda told: told.what == what


class AirConditionerHub:
    """Fills `appliance.HubSide`. `facts` may carry `capabilities` (by name, raw) learned earlier."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        known = facts.get("capabilities")
        self._capabilities: dict[str, Raw] = dict(known) if isinstance(known, Mapping) else {}
        self._second_page = False
        self._asked_capabilities = False
        self._status = b""
        self._status_at = float("-inf")
        self._facts: dict[str, Any] = {"type": 0xAC}
        self._known_facts = facts
        self._protocol = 0

    # ---- asks ---------------------------------------------------------------------------------------------

    def nonsense(self, ask: Ask) -> str | None:
        match ask:
            case Read(points):
                unknown = [p for p in points if not _readable(p)]
                return f"an air conditioner has no point {unknown[0]!r}" if unknown else None
            case Write(values):
                if not values:
                    return "a write without values"
                return next((why for p, v in values.items() if (why := _wrong(p, v))), None)
            case Act():
                return "an air conditioner has no actions"
            case Describe():
                return None

    def refuses(self, ask: Ask) -> str | None:
        """Only the wristband bits need a model that is known to take them: no public library sets them."""
        wanted = [p for p in ask.values if p in state.BRACELET] if isinstance(ask, Write) else []
        return why_not({**self._known_facts, **self._facts}, "an air conditioner", wanted)

    def steps(self, ask: Ask) -> tuple[Step, ...]:
        match ask:
            case Read(points):
                return self._read_steps(points)
            case Write(values):
                return self._write_steps(values)
            case Act() | Describe():
                return (Step(self._ask_appliance, optional=True), *self._capability_steps())

    def _read_steps(self, points: tuple[Point, ...]) -> tuple[Step, ...]:
        steps: list[Step] = []
        states = tuple(p for p in points if p in _STATE_POINTS)
        if states:
            steps.append(Step(lambda now: self._query(STATE_QUERY, "state", states)))
        measured = [p for p in points if p in group.BY_POINT]
        groups = dict.fromkeys(group.BY_POINT[p].group for p in measured)
        if group.ENERGY_GROUP in groups and self._energy() is None and not self._asked_capabilities:
            steps += self._capability_steps(quietly=True)
        for number in groups:
            wanted = tuple(p for p in measured if group.BY_POINT[p].group == number)
            steps.append(self._group_step(number, wanted))
        ids = [(p, i) for p in points if (i := properties.number(p)) is not None]
        for at in range(0, len(ids), PROPERTIES_A_QUERY):
            steps.append(self._property_step(ids[at : at + PROPERTIES_A_QUERY]))
        return tuple(steps)

    def _group_step(self, number: int, wanted: tuple[Point, ...]) -> Step:
        return Step(lambda now: self._query(group.query(number), f"group {number}", wanted))

    def _property_step(self, ids: list[tuple[Point, int]]) -> Step:
        body = properties.query(i for _, i in ids)
        return Step(lambda now: self._query(body, "properties", tuple(p for p, _ in ids)))

    def _capability_steps(self, *, quietly: bool = False) -> tuple[Step, ...]:
        speaks = not quietly
        return (
            Step(
                lambda now: self._query(capability.FIRST_PAGE, "capabilities"), optional=True, speaks=speaks
            ),
            Step(self._ask_second_page, optional=True, speaks=speaks),
        )

    def _write_steps(self, values: Mapping[Point, Raw]) -> tuple[Step, ...]:
        changes = {p: v for p, v in values.items() if p in state.SETTABLE}
        props = {p: v for p, v in values.items() if properties.number(p) is not None}
        steps: list[Step] = []
        if changes:
            steps.append(Step(self._ask_state_unless_fresh, speaks=False))
            steps.append(Step(lambda now: self._set(changes), again_from=1))
        if props:
            body = properties.write(props)
            steps.append(Step(lambda now: Request(Kind.SET, body, _is("properties"), points=tuple(props))))
        display = values.get(state.DISPLAY)
        if isinstance(display, bool):
            steps.append(Step(self._ask_state_unless_fresh, speaks=False))
            steps.append(Step(lambda now: self._toggle_display(display), again_from=1, speaks=False))
            steps.append(Step(lambda now: self._query(STATE_QUERY, "state", (state.DISPLAY,))))
        return tuple(steps)

    # ---- requests -----------------------------------------------------------------------------------------

    def _query(self, body: bytes, what: str, points: tuple[Point, ...] = ()) -> Request:
        return Request(Kind.QUERY, body, _is(what), points=points, protocol=self._protocol)

    def _ask_appliance(self, now: float) -> Request:
        return Request(Kind.APPLIANCE, APPLIANCE_QUERY, _is("appliance"), tail=False)

    def _ask_second_page(self, now: float) -> Request | None:
        self._asked_capabilities = True
        return self._query(capability.SECOND_PAGE, "capabilities") if self._second_page else None

    def _ask_state_unless_fresh(self, now: float) -> Request | None:
        if now - self._status_at < FRESH:
            return None
        return self._query(STATE_QUERY, "state")

    def _set(self, changes: Mapping[Point, Raw]) -> Request:
        aux = self._capabilities.get("modes") in capability.AUX_ONLY_MODES
        bracelet = why_not({**self._known_facts, **self._facts}, "", state.BRACELET) is None
        body = state.write_set(self._status, changes, aux_only=aux, bracelet=bracelet)
        return Request(Kind.SET, body, _is("state"), points=tuple(changes), protocol=self._protocol)

    def _toggle_display(self, wanted: bool) -> Request | None:
        shown = (state.read_status(self._status) or {}).get(state.DISPLAY)
        return None if shown is wanted else self._query(DISPLAY_TOGGLE, "state")

    def _energy(self) -> group.Energy | None:
        return group.energy_coding(self._capabilities.get("energy"))

    # ---- what the unit says -------------------------------------------------------------------------------

    def hear(self, frame: Frame, now: float) -> Told | str:
        if frame.kind == Kind.APPLIANCE:
            return self._hear_appliance(frame)
        told = without_tail(frame, crc_optional=frame.body[:1] in (b"\xb0", b"\xb1"))
        if isinstance(told, str):
            return told
        match told.kind:
            case Kind.QUERY | Kind.SET:
                return self._hear_answer(told, now)
            case Kind.NOTIFY | Kind.CHANGE:
                return self._hear_push(told)
            case Kind.ABNORMAL | Kind.EXCEPTION:
                text = f"frame type {told.kind:02x}: {told.body.hex()}"
                return Told(told.kind, "exception", message_id=told.message_id, exception=text)
            case _:
                return f"a frame of type {told.kind:02x} is not spoken on the LAN"

    def _hear_answer(self, frame: Frame, now: float) -> Told | str:
        body, layout = frame.body, frame.body[0]
        if layout == state.STATUS:
            values = state.read_status(body)
            if values is None:
                return "a state that is too short"
            self._status, self._status_at = body, now
            return Told(frame.kind, "state", values, message_id=frame.message_id)
        if layout in (properties.READ, properties.WRITE):
            values, faults = properties.answered(body)
            return Told(frame.kind, "properties", values, faults, frame.message_id)
        if layout == capability.ANSWER and frame.kind == Kind.QUERY:
            told, self._second_page = capability.read(body)
            self._capabilities |= told
            return Told(frame.kind, "capabilities", message_id=frame.message_id)
        if (number := group.group_of(body)) is not None:
            values, faults = group.answered(body, self._energy())
            return Told(frame.kind, f"group {number}", values, faults, frame.message_id)
        return f"an answer of layout {layout:02x} is not known"

    def _hear_push(self, frame: Frame) -> Told | str:
        body, layout = frame.body, frame.body[0]
        values: dict[str, Raw] | None = {}
        if layout == state.PUSH:
            values = state.read_push(body)
            # The push is newer than the whole state we hold, but not all of it: the next write reads afresh.
            self._status_at = float("-inf")
        elif layout == capability.ANSWER:
            values = properties.listed(body)
        elif layout in (properties.WRITE, properties.READ):
            values, _ = properties.answered(body)
        elif layout == state.STATUS:
            values = state.read_status(body)
        elif layout == notice.LAYOUT:
            values = notice.read(body, self._energy())
        if values is None:
            return f"a notice of layout {layout:02x} that is too short"
        return Told(frame.kind, f"push {layout:02x}", values)

    def _hear_appliance(self, frame: Frame) -> Told | str:
        body = frame.body
        if len(body) < 4:
            return "an appliance answer that is too short"
        self._facts["subtype"] = int.from_bytes(body[2:4], "little")
        self._facts["protocol"] = self._protocol = frame.protocol
        return Told(frame.kind, "appliance")

    def description(self) -> dict[str, Any]:
        told = dict(self._facts)
        if self._capabilities:
            told["capabilities"] = dict(self._capabilities)
        return told


_STATE_POINTS = frozenset(state.POINTS)


def _readable(point: Point) -> bool:
    return point in _STATE_POINTS or point in group.BY_POINT or properties.number(point) is not None


def _wrong(point: Point, value: Raw) -> str | None:
    """Why this value cannot be written to this point; None where it can."""
    if properties.number(point) is not None:
        return properties.wrong(point, value)
    if point == state.TARGET:
        low, high = state.LOWEST_TARGET, state.HIGHEST_TARGET
        fine = isinstance(value, int | float) and not isinstance(value, bool)
        if not fine or not low <= float(value or 0) <= high or float(value or 0) * 2 % 1:
            return f"{point} takes half degrees from {low:g} to {high:g} °C"
        return None
    if point == state.DISPLAY:
        return None if isinstance(value, bool) else f"{point} takes true or false"
    field = state.BY_NAME.get(point)
    if field is None or point not in state.SETTABLE:
        return f"{point!r} is not a point of an air conditioner that can be written"
    if field.kind is bool:
        return None if isinstance(value, bool) else f"{point} takes true or false"
    if not isinstance(value, int) or isinstance(value, bool) or not field.low <= value <= field.high:
        return f"{point} takes a whole number from {field.low} to {field.high}"
    return None
