"""What an appliance's sheet says: its layouts, queries, orders and deeds. Owns the words; the sheets are in `appliances`.

A *layout* is one body with its fields, the same for reading and writing. An *order* sets points, a *deed* is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.wire.midea.field import Field
from jiahe.wire.midea.frame import Frame
from jiahe.wire.talk import Point, Raw

Values = Mapping[Point, Raw]
Marks = Mapping[int, Mapping[int, tuple[int, ...]]]
"""By frame type: which bytes of a body hold which of some values. The first of them is what a device writes."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What makes two appliances of one type differ in their bodies. `form` is what the list of models adds to it."""

    subtype: int = 0
    protocol: int = 0
    form: str = ""


def _any_unit(_: Unit) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Layout:
    """One body. It `fits` where its marks stand and it has `smallest` bytes; fields beyond its end are not there.

    `blank` is what a device begins with; `push` the frame type by which it tells unasked, 0 where it does not.
    """

    what: str
    marks: Marks
    fields: tuple[Field, ...]
    blank: bytes
    smallest: int = 1
    push: int = 0
    when: Callable[[Unit], bool] = _any_unit

    def fits(self, frame: Frame) -> bool:
        """Whether a frame (its tail taken off) has this layout."""
        marks = self.marks.get(frame.kind)
        if marks is None or len(frame.body) < self.smallest:
            return False
        return self.when(Unit(protocol=frame.protocol)) and all(
            at < len(frame.body) and frame.body[at] in values for at, values in marks.items()
        )

    def read(self, body: bytes) -> dict[Point, Raw]:
        """The points in a body of this layout."""
        return {row.name: row.read(body) for row in self.fields if row.needs <= len(body)}

    def write(self, values: Values, kind: int, base: bytes = b"") -> bytes:
        """DEVICE: the body that tells these values in a frame of this kind; `base` is the order it answers."""
        body = bytearray(self.blank)
        for row in self.fields:
            if row.name in values:
                row.write(body, values[row.name])
        for at, allowed in self.marks.get(kind, {}).items():
            asked = base[at] if at < len(base) else -1
            body[at] = asked if asked in allowed else allowed[0]
        return bytes(body)

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point that it can tell."""
        return tuple(row.name for row in self.fields)


@dataclass(frozen=True, slots=True)
class Query:
    """A body that asks for a layout. A device knows it by its first `mark` bytes; a hub sends it `when` the unit fits."""

    body: bytes
    answer: str
    mark: int = 1
    when: Callable[[Unit], bool] = _any_unit


Build = Callable[[Values, Values, Unit], bytes]
Hear = Callable[[bytes], "Values | None"]


@dataclass(frozen=True, slots=True)
class Order:
    """How points are set: `build(state, changes, unit)` makes the body, and `hear` for the device's end.

    `whole`: the body carries the whole state, so it is built on a state just heard.
    """

    points: tuple[Point, ...]
    build: Build
    hear: Hear
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """A whole number that a deed takes; `default` None where it must be given."""

    point: Point
    low: int
    high: int
    default: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something an appliance does once when told; as an order otherwise."""

    name: str
    build: Build
    hear: Hear
    arguments: tuple[Argument, ...] = ()
    whole: bool = False


def _as_they_are(values: dict[Point, Raw], _: Unit) -> dict[Point, Raw]:
    return values


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of one type. `state` is the layout that orders are built on and answered with; `name` what people call it.

    `tail`: bodies close with a message id and a CRC. `turned` evens out what some units of the type say otherwise; it
    is its own opposite, so that it serves both ends.
    """

    type: int
    name: str
    layouts: tuple[Layout, ...]
    queries: tuple[Query, ...]
    orders: tuple[Order, ...] = ()
    deeds: tuple[Deed, ...] = ()
    state: str = "state"
    tail: bool = False
    turned: Callable[[dict[Point, Raw], Unit], dict[Point, Raw]] = _as_they_are
    capabilities: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """Names of the numbers in a B5 body, where the type tells what it can in one."""
    bounds: Mapping[Point, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    """Where an order takes less than its bits could say."""

    def layout(self, what: str) -> Layout:
        """The layout of this name."""
        return next(layout for layout in self.layouts if layout.what == what)

    def field(self, point: Point) -> Field | None:
        """The first field of this name."""
        return next((row for layout in self.layouts for row in layout.fields if row.name == point), None)

    def wrong(self, point: Point, value: Raw) -> str | None:
        """Why this value cannot be written to this point; None where it can."""
        row = self.field(point)
        if row is None or not any(point in order.points for order in self.orders):
            return f"{point!r} is not a point of {self.name} that can be written"
        if (why := row.wrong(value)) is None and point in self.bounds:
            low, high = self.bounds[point]
            if not low <= float(value or 0) <= high:
                return f"{point} takes a whole number from {low:g} to {high:g}"
        return why


def whole_state(blank: bytes, fields: tuple[Field, ...], writable: tuple[Point, ...]) -> Order:
    """An order that carries the whole state in a body of its own: what is not changed is said as it was told.

    `fields` are all that the body has; those that are not `writable` are kept, never changed.
    """
    smallest = max(row.needs for row in fields)

    def build(state: Values, changes: Values, _: Unit) -> bytes:
        body = bytearray(blank)
        for row in fields:
            if row.name in changes or row.name in state:
                row.write(body, changes.get(row.name, state.get(row.name)))
        return bytes(body)

    def hear(body: bytes) -> Values | None:
        if len(body) < smallest or body[0] != blank[0]:
            return None
        return {row.name: row.read(body) for row in fields}

    return Order(writable, build, hear, whole=True)


def single(point: Point, yes: bytes, no: bytes, size: int) -> Order:
    """An order of one yes or no: these first bytes, filled with zeros to `size`."""

    def build(_: Values, changes: Values, __: Unit) -> bytes:
        return (yes if changes[point] else no).ljust(size, b"\0")

    def hear(body: bytes) -> Values | None:
        for head, value in ((yes, True), (no, False)):
            if body[: len(head)] == head:
                return {point: value}
        return None

    return Order((point,), build, hear)


def plain_deed(name: str, body: bytes) -> Deed:
    """A deed without arguments: always the same body."""
    return Deed(name, lambda *_: body, lambda heard: {} if heard == body else None)
