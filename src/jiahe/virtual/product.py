"""A device played from its product file. Owns the values a device has; never a socket, a session or a law
of physics.

The mapper is the hub's, reversed: what is written to it are the hub's points, what it reports are the
device's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog.mapper import Mapper, Wild
from jiahe.catalog.product import Product
from jiahe.model.definition import ActionDef, Kind, PropertyDef, Value
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.wire.talk import Act, Answer, Ask, Point, Raw, Read, Refusal, Write

Values = Mapping[str, Value]
Action = Callable[[tuple[Value, ...]], Values]
"""What becomes of the values when an action is done, by path; `{}` where nothing does."""


_USUAL: Mapping[str, Values] = MappingProxyType(
    {
        "reset_filter": {"filter_life": 100, "filter_used_time": 0},
        "reset_brush": {"brush_life": 100},
        "reset_mop": {"mop_life": 100},
    }
)


def _unheard(_: Any) -> None:
    """Nobody listens."""


class VirtualProduct:
    """Values by path, and answers to asks.

    `on_change` hears the reported points that changed, whoever changed them; `on_written` hears what a hub
    wrote or did, by path, after it was taken. Both are called inside `asked`, before the answer is sent.
    """

    def __init__(
        self,
        product: Product,
        *,
        values: Values = MappingProxyType({}),
        facts: Mapping[str, Any] = MappingProxyType({}),
        actions: Mapping[str, Action] = MappingProxyType({}),
    ) -> None:
        self.product = product
        self.mapper = Mapper(product)
        self.facts = dict(facts)
        self.on_change: Callable[[Mapping[Point, Raw]], None] = _unheard
        self.on_written: Callable[[Values], None] = _unheard
        self._actions = dict(actions)
        self._silent = frozenset(self.mapper.told_points()) - frozenset(self.mapper.read_points())
        self._values: dict[str, Value] = {row.definition.path: _first(row.definition) for row in product.rows}
        self._unnamed: dict[str, Raw] = {}
        self._check_all(values)
        self._values.update(values)
        self._reported = self._encode(self._values)

    # ---- the device's own side -----------------------------------------------------------------------------

    @property
    def values(self) -> Values:
        """What is so, by path."""
        return MappingProxyType(self._values)

    def set(self, values: Values) -> None:
        """Something at the device itself changed them (a sensor, a button); OutOfDefinition or UnknownName
        if it cannot."""
        checked = self._check_all(values)
        self._take(checked)

    def reported(self) -> dict[Point, Raw]:
        """Every point that the device tells, with its raw value now."""
        return dict(self._reported)

    def raw(self, path: str) -> Raw:
        """The raw value that this path is reported with; None where it is not reported."""
        point = self.mapper.row(path).report
        return None if point is None else self._reported.get(point)

    # ---- asks ----------------------------------------------------------------------------------------------

    def asked(self, _ticket: int, ask: Ask) -> Answer:
        """The answer to what a hub wants; whatever it is, never an exception."""
        if isinstance(ask, Read):
            return self._read(ask)
        if isinstance(ask, Write):
            return self._write(ask)
        if isinstance(ask, Act):
            return self._act(ask)
        return Answer(values=self.reported(), facts=self.facts)

    def _read(self, ask: Read) -> Answer:
        values: dict[Point, Raw] = {}
        faults: dict[Point, Refusal] = {}
        for point in ask.points:
            if point in self._reported and point not in self._silent:
                values[point] = self._reported[point]
            else:
                known = point in self._silent or self.mapper.paths((point,), written=True)
                faults[point] = Refusal.NOT_READABLE if known else Refusal.UNKNOWN_POINT
        return Answer(values, faults)

    def _write(self, ask: Write) -> Answer:
        """Takes each point that can be taken; the others are faults. The answer carries the state
        afterwards."""
        faults: dict[Point, Refusal] = {}
        taken: dict[str, Value] = {}
        unnamed: dict[str, Raw] = {}
        for point, raw in ask.values.items():
            meaning = self.mapper.to_values({point: raw}, written=True)
            if not meaning:
                faults[point] = Refusal.NOT_WRITABLE if point in self._reported else Refusal.UNKNOWN_POINT
            for path, value in meaning.items():
                row = self.mapper.row(path)
                if value is not None and value == row.datatype.other:
                    taken[path], unnamed[path] = value, raw
                    continue
                try:
                    taken[path] = row.definition.check(None if isinstance(value, Wild) else value)
                except OutOfDefinition:
                    faults[point] = Refusal.BAD_VALUE
        if taken:
            self._take(taken, unnamed)
            self.on_written(MappingProxyType(taken))
        return Answer(self.reported(), faults)

    def _act(self, ask: Act) -> Answer:
        try:
            path, arguments = self.mapper.from_act(ask)
        except UnknownName:
            return Answer(refusal=Refusal.UNKNOWN_POINT)
        definition = self.product.profile.action(path)
        checked = []
        for argument, value in zip(definition.arguments, arguments, strict=True):
            try:
                checked.append(argument.check(None if isinstance(value, Wild) else value))
            except OutOfDefinition:
                return Answer(refusal=Refusal.BAD_VALUE)
        action = self._actions.get(path)
        self._take(action(tuple(checked)) if action is not None else self._usual(definition))
        self.on_written(MappingProxyType({path: True}))
        return Answer()

    # ---- actions that mean the same on every product -------------------------------------------------------

    def _usual(self, action: ActionDef) -> Values:
        """What an action of the vocabulary changes, in its own component; any other is done and changes nothing."""
        changed = {
            action.path.removesuffix(action.name) + name: value
            for name, value in _USUAL.get(action.name, {}).items()
        }
        if action.name == "toggle":
            power = action.path.removesuffix(action.name) + "power"
            changed[power] = not self._values.get(power, False)
        definitions = self.product.profile.properties
        return {
            path: definitions[path].check(value)
            for path, value in changed.items()
            if path in definitions and definitions[path].kind in (Kind.BOOL, Kind.INT)
        }

    # ---- values --------------------------------------------------------------------------------------------

    def _check_all(self, values: Values) -> Values:
        return {
            path: None if value is None else self.product.profile.property(path).check(value)
            for path, value in values.items()
        }

    def _take(self, values: Values, unnamed: Mapping[str, Raw] = MappingProxyType({})) -> None:
        for path in values:
            self._unnamed.pop(path, None)
        self._unnamed.update(unnamed)
        self._values.update(values)
        changed = {
            point: raw
            for point, raw in self._encode(values).items()
            if point not in self._reported or self._reported[point] != raw
        }
        if changed:
            self._reported.update(changed)
            self.on_change(MappingProxyType(changed))

    def _encode(self, values: Values) -> dict[Point, Raw]:
        raws = self.mapper.to_points(
            {path: value for path, value in values.items() if path not in self._unnamed}, reporting=True
        )
        for path, raw in self._unnamed.items():
            point = self.mapper.row(path).report
            if path in values and point is not None:
                raws[point] = raw
        return raws


def _first(definition: PropertyDef) -> Value:
    """What a property holds before anybody set it: off, the lowest, the first choice, nothing said."""
    if definition.kind is Kind.BOOL:
        return False
    if definition.kind is Kind.ENUM:
        return definition.choices[0]
    if definition.kind is Kind.TEXT:
        return ""
    low, high = definition.low, definition.high
    nought = max(low if low is not None else 0.0, min(0.0, high if high is not None else 0.0))
    return int(nought) if definition.kind is Kind.INT else float(nought)
