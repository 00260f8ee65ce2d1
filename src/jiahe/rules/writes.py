"""What a rule sets, read from its steps, and how that is said. Owns these few words for all checks. Pure."""

from __future__ import annotations

from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.model.errors import JiaheError
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule
from jiahe.rules.program import Give
from jiahe.rules.sight import Unknowable


class Write(NamedTuple):
    """What a rule sets; `value` None where it is computed."""

    target: PropertyRef
    value: Value
    line: int


def writes(bound: BoundRule) -> list[Write]:
    """Every property that a rule sets, anywhere in its steps."""
    return [
        Write(one.target, None if one.refs else fixed_value(one), one.line)
        for one in bound.program
        if isinstance(one, Give) and one.arguments is None and one.value is not None
    ]


def fixed_value(give: Give) -> Value:
    assert give.value is not None
    try:
        return give.value(None)  # type: ignore[arg-type]  # a constant looks at nothing
    except (AttributeError, TypeError, JiaheError, Unknowable):  # it looks at a word such as the hour
        return None


def name_of(ref: PropertyRef | None) -> str:
    return f"{ref.device}.{ref.path}" if ref else "the mode"


def said(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
