"""What of the rules' decisions is written into the journal. Owns the shape and the bounds of those records.

A decision that did something is always written. That a rule did not run is written once a minute for the same reason:
a condition that fails at every reading would fill the disk, and replay finds every single one again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jiahe.model.happening import Cause, RecordKind
from jiahe.rules.moment import Order

SAME_AGAIN = 60.0
"""Seconds in which the same reason for not running is written once."""
MOST_REASONS = 2_000
"""Reasons remembered for that; the oldest are forgotten."""
MOST_STEPS = 50
"""Steps of one record; a loop of a thousand rounds says the first ones and how many there were."""


class Account:
    """Writes records through `append(at, kind, body)`."""

    def __init__(self, append: Callable[[float, RecordKind, Mapping[str, Any]], object]) -> None:
        self._append = append
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def write(self, trace: Iterable[Mapping[str, Any]]) -> bool:
        """Keeps a decision's trace; True if any run began, moved or ended."""
        moved = False
        for entry in trace:
            body = {key: value for key, value in entry.items() if key != "at"}
            if entry["what"] == "not":
                skipped = self._again(entry)
                if skipped is None:
                    continue
                if skipped:
                    body["times"] = skipped + 1
            else:
                moved = True
            if len(steps := body.get("steps", ())) > MOST_STEPS:
                body |= {"steps": steps[:MOST_STEPS], "more_steps": len(steps) - MOST_STEPS}
            self._append(entry["at"], RecordKind.RULE, body)
        return moved

    def _again(self, entry: Mapping[str, Any]) -> int | None:
        """None if this was said lately, else how often it was kept back since."""
        condition = entry.get("condition", {})
        key = (entry["rule"], str(condition.get("failed", entry.get("why", ""))))
        at: float = entry["at"]
        last, count = self._told.pop(key, (-SAME_AGAIN, 0))
        if 0 <= at - last < SAME_AGAIN:
            self._told[key] = (last, count + 1)
            return None
        self._told[key] = (at, 0)
        if len(self._told) > MOST_REASONS:
            del self._told[next(iter(self._told))]
        return count

    def notification(self, at: float, order: Order, cause: Cause) -> None:
        """Somebody was told something."""
        body: dict[str, Any] = {
            "rule": order.rule,
            "what": "notify",
            "run": order.run,
            "who": order.who,
            "text": order.text,
        }
        if order.texts:
            body["texts"] = dict(order.texts)
        self._append(at, RecordKind.RULE, body | {"cause": _cause(cause)})

    def home(self, at: float, details: Mapping[str, Any], cause: Cause) -> None:
        """Something about the whole home: its mode."""
        self._append(at, RecordKind.HOME, {**details, "cause": _cause(cause)})

    def scene(self, at: float, details: Mapping[str, Any], cause: Cause) -> None:
        """How a scene ended."""
        self._append(at, RecordKind.RULE, {"what": "scene", **details, "cause": _cause(cause)})


def _cause(cause: Cause) -> dict[str, Any]:
    body = {"id": cause.id, "kind": cause.kind.value, "source": cause.source}
    return body if cause.parent is None else body | {"parent": cause.parent}
