"""Points to properties and back, in all four directions. Pure; owns the translation, never a connection.

Hub: what was reported -> values; what is wished -> points to write. Device (the same product, reversed): what is
so -> points to report; what was written -> values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jiahe.catalog.datatype import EXACT, Unreadable
from jiahe.catalog.product import ActionRow, PointRow, Product
from jiahe.model.definition import Kind, Value
from jiahe.model.errors import UnknownName
from jiahe.wire.talk import Act, Point, Raw


@dataclass(frozen=True, slots=True)
class Wild:
    """A raw value with no meaning in the product's file; becomes an update of quality `unknown`.

    `raw` is fit for a record: what is no short JSON scalar is shown as text.
    """

    raw: Raw
    why: str


RAW_LIMIT = 200
"""Characters kept of a raw value: enough to see what a device meant, and every record is kept for ever."""


def kept_raw(raw: object) -> Raw:
    """A foreign value as a record can hold it: a JSON scalar as it is, anything else as the start of its text."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float) and abs(raw) <= EXACT:
        return raw
    if isinstance(raw, int) and abs(raw) > 10**RAW_LIMIT:
        return "a number of hundreds of digits"
    text = raw if isinstance(raw, str) else repr(raw)
    return text[:RAW_LIMIT].encode("utf-8", "backslashreplace").decode()


class Mapper:
    """The translation table of one product, built once."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._by_path = {row.definition.path: row for row in product.rows}
        self._reported: dict[Point, list[PointRow]] = {}
        self._written: dict[Point, list[PointRow]] = {}
        for row in product.rows:
            if row.report is not None:
                self._reported.setdefault(row.report, []).append(row)
            if row.write is not None:
                self._written.setdefault(row.write, []).append(row)
        self._actions = {row.definition.path: row for row in product.actions}
        self._action_points = {row.point: row for row in product.actions}
        self._events = {row.point: row.definition.path for row in product.events}

    # ---- values --------------------------------------------------------------------------------------------------

    def to_values(self, raws: Mapping[Point, Raw], *, written: bool = False) -> dict[str, Value | Wild]:
        """What these raws mean, by path; points that the product does not have are left out.

        `written`: the raws came in a Write (device's end) and are addressed as writes are.
        """
        rows = self._written if written else self._reported
        values: dict[str, Value | Wild] = {}
        for point, raw in raws.items():
            for row in rows.get(point, ()):
                values[row.definition.path] = _decoded(row, raw)
        return values

    def to_points(self, values: Mapping[str, Value], *, reporting: bool = False) -> dict[Point, Raw]:
        """Where these values go, by point: to be written (hub), or to be reported (device's end)."""
        raws: dict[Point, Raw] = {}
        for path, value in values.items():
            row = self._by_path.get(path)
            if row is None:
                raise UnknownName(f"{self.product.id} has no property {path!r}")
            point = row.report if reporting else row.write
            if point is not None:
                raws[point] = None if value is None else row.datatype.encode(value)
        return raws

    def read_points(self, paths: Iterable[str] | None = None) -> tuple[Point, ...]:
        """The points to read for these paths (all that are to be asked for, for None), each once, in the file's order."""
        if paths is None:
            return tuple(point for point, rows in self._reported.items() if any(row.polled for row in rows))
        points = (self._by_path[path].report for path in paths if path in self._by_path)
        return tuple(dict.fromkeys(point for point in points if point is not None))

    def paths(self, points: Iterable[Point], *, written: bool = False) -> tuple[str, ...]:
        """The paths that live at these points."""
        rows = self._written if written else self._reported
        return tuple(row.definition.path for point in points for row in rows.get(point, ()))

    def told_points(self) -> tuple[Point, ...]:
        """Every point that the device tells, those too that it only tells of its own accord."""
        return tuple(self._reported)

    def by_cadence(self) -> dict[float, tuple[Point, ...]]:
        """Points to be asked for, grouped by how often, in seconds."""
        groups: dict[float, dict[Point, None]] = {}
        for point, rows in self._reported.items():
            cadence = min((row.cadence for row in rows if row.polled), default=None)
            if cadence is not None:
                groups.setdefault(cadence, {})[point] = None
        return {cadence: tuple(points) for cadence, points in groups.items()}

    def row(self, path: str) -> PointRow:
        """The row of this path, or UnknownName."""
        found = self._by_path.get(path)
        if found is None:
            raise UnknownName(f"{self.product.id} has no property {path!r}")
        return found

    # ---- actions and events --------------------------------------------------------------------------------------

    def to_act(self, path: str, arguments: Sequence[Value]) -> Act:
        """The action at this path with checked arguments, as the wire takes it."""
        row = self._actions.get(path)
        if row is None:
            raise UnknownName(f"{self.product.id} has no action {path!r}")
        checked = check_arguments(row, arguments)
        return Act(
            row.point,
            {p: kind.encode(value) for (p, kind), value in zip(row.arguments, checked, strict=True)},
        )

    def from_act(self, act: Act) -> tuple[str, tuple[Value | Wild, ...]]:
        """Which action a device was told to do, with its arguments; UnknownName if it has none such."""
        row = self._action_points.get(act.action)
        if row is None:
            raise UnknownName(f"{self.product.id} has no action at {act.action!r}")
        arguments: list[Value | Wild] = []
        for place, (point, kind) in enumerate(row.arguments):
            raw = act.arguments.get(
                point, act.arguments.get(f"in:{place}")
            )  # some clients send bare values in order
            try:
                arguments.append(kind.decode(raw))
            except Unreadable:
                arguments.append(Wild(kept_raw(raw), "not of the argument's datatype"))
        return row.definition.path, tuple(arguments)

    def event(self, point: Point) -> str | None:
        """The path of the event that comes from this point."""
        return self._events.get(point)


def check_arguments(row: ActionRow, arguments: Sequence[Value]) -> tuple[Value, ...]:
    """The arguments in their own types, or OutOfDefinition; UnknownName where their number is wrong."""
    wanted = row.definition.arguments
    if len(arguments) != len(wanted):
        names = ", ".join(argument.name for argument in wanted) or "none"
        raise UnknownName(
            f"{row.definition.path} takes {len(wanted)} argument{'s' if len(wanted) != 1 else ''} ({names}), not {len(arguments)}"
        )
    return tuple(definition.check(value) for definition, value in zip(wanted, arguments, strict=True))


def _decoded(row: PointRow, raw: Raw) -> Value | Wild:
    definition = row.definition
    try:
        value = row.datatype.decode(raw)
    except Unreadable:
        return Wild(kept_raw(raw), f"no {definition.kind.value} of this product")
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = definition.low, definition.high
        if (low is not None and value < low) or (high is not None and value > high):
            return Wild(kept_raw(raw), f"outside {low} to {high}")
        if definition.kind is Kind.INT and isinstance(value, float):
            return Wild(kept_raw(raw), "not a whole number")
    return value
