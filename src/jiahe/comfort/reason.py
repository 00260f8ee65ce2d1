"""Why comfort did or did not do something, as data: a code and its figures. Owns the shape and how a sentence is filled in.

Never a free sentence: whoever shows a reason (the phone app, the diary) fills the sentence of the code (`words.py`) in its
reader's language. Figures are rounded where the reason is made, so that two readers see the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Figure = float | int | str


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of `words.SENTENCES` and the figures its sentence names."""

    code: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "figures": dict(self.figures)}


def reason(code: str, **figures: Figure) -> Reason:
    """A reason with its figures by name; numbers with a fraction are rounded to two digits behind the point."""
    return Reason(code, {name: _rounded(value) for name, value in figures.items()})


def filled(template: str, figures: Mapping[str, Figure]) -> str:
    """The sentence with its figures. Only plain `{name}` is known: the same templates are filled in by the phone app.

    Raises KeyError for a figure that the sentence names and nobody gave.
    """
    return template.format_map(figures)


def _rounded(value: Figure) -> Figure:
    if isinstance(value, float):
        return int(value) if value == int(value) and abs(value) < 1e15 else round(value, 2)
    return value
