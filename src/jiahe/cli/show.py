"""How things look in a terminal: tables, ages, values, small charts. Pure; owns words and widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jiahe.model.definition import UNIT_SIGNS

_BARS = "▁▂▃▄▅▆▇█"


def width(text: str) -> int:
    """Columns that a text takes in a terminal; Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the head in capitals."""
    lines = [
        tuple(title.upper() for title in head),
        *(tuple(printable(cell) for cell in row) for row in rows),
    ]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def printable(text: str) -> str:
    """A foreign name without what would steer the terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)


def age(seconds: float) -> str:
    """How long ago, in one unit."""
    if seconds < 2:
        return "now"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def value(entry: Mapping[str, Any]) -> str:
    """A property's value with its unit; "—" where nothing is known."""
    held = entry.get("value")
    if held is None:
        return "—"
    if isinstance(held, bool):
        return "on" if held else "off"
    if held == "":
        return "(empty)"
    unit = UNIT_SIGNS.get(str(entry.get("unit") or ""), entry.get("unit") or "")
    return f"{number(held)} {unit}".rstrip()


def number(held: Any) -> str:
    """A number without a tail of zeros."""
    return f"{held:.2f}".rstrip("0").rstrip(".") if isinstance(held, float) else str(held)


def clock(at: float) -> str:
    """Local time of day."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%H:%M:%S")


def moment(at: float) -> str:
    """Local date and time."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def bars(values: Sequence[float | None]) -> str:
    """A line of small bars; a gap is a space."""
    known = [item for item in values if item is not None]
    if not known:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    return "".join(" " if item is None else _BARS[min(7, int((item - low) / span * 8))] for item in values)
