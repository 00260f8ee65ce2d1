"""What a check says about a rule. Owns the kinds of findings and their order; finds nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jiahe.model.said import told


class Flaw(StrEnum):
    """The kinds of findings, gravest first."""

    FAULT = "fault"  # it cannot be read, or does not fit the home: devices, properties, units
    TEST = "test"  # one of its own tests fails
    LOOP = "loop"  # rules set themselves or each other off, without end
    CONTRADICTION = "contradiction"  # opposite values for the same property at the same time
    OSCILLATION = "oscillation"  # to and fro, also by way of the room
    UNREACHABLE = "unreachable"  # something that can never be so, or is always so
    SILENT_INPUT = "silent_input"  # it looks at a value that the device never says
    TOO_OFTEN = "too_often"  # it would have run again and again
    NO_WAY_BACK = "no_way_back"  # what it sets is never set back by anybody


ORDER = tuple(Flaw)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a rule. `line` counts from 1. `confirmed`: the past (or a trial run) shows it; False means
    that it follows from the text alone. `at` is when in the past (epoch seconds); `others` are the other rules in it."""

    flaw: Flaw
    rule: str
    line: int
    message: str
    confirmed: bool = False
    at: float | None = None
    others: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """As JSON data."""
        found: dict[str, Any] = {
            "flaw": self.flaw.value,
            "rule": self.rule,
            "line": self.line,
            "message": self.message,
        }
        found["confirmed"] = self.confirmed
        found |= told(self.message)
        if self.at is not None:
            found["at"] = round(self.at, 3)
        if self.others:
            found["others"] = list(self.others)
        return found


def sorted_findings(found: list[Finding]) -> tuple[Finding, ...]:
    """Gravest first, each once."""
    once = {(one.flaw, one.rule, one.line, one.message): one for one in found}
    return tuple(
        sorted(once.values(), key=lambda one: (ORDER.index(one.flaw), one.rule, one.line, one.message))
    )
