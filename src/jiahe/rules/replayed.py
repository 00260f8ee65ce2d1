"""What a replay says: runs, orders and what really happened beside them. Owns these shapes; never decides.

All times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.said import Said

NOT_MODELLED = "not modelled"
HAPPENED = "happened"
SIMULATED = "simulated"
"""What became of an order's effect: it is in the journal; the target was taken to obey; nobody knows."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that began. `really` is the run of the journal that it stands beside, "" where there was none."""

    at: float
    rule: str
    run: str
    trigger: str
    really: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """An order in one line (`text`). `effect` is `happened`, `simulated` or `not modelled`; `line` its step's."""

    at: float
    rule: str
    run: str
    text: str
    line: int
    effect: str


@dataclass(frozen=True, slots=True)
class Really:
    """What a replayed rule really did and the replay did not: a run, or an order of it."""

    at: float
    rule: str
    run: str
    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay. `reasons`: by rule, why it was triggered and did not run, with how often. `instead` is what was really
    done and would not have been. `not_modelled` are readings that may have been others from the moment given on.
    `modelled` are readings that were simulated, with the root mean square error of one step of their model.
    `complete` is False where a bound cut it short; `trace` is the engine's own account, its first entries."""

    start: float
    end: float
    versions: Mapping[str, str]
    faults: Mapping[str, str]
    runs: tuple[Ran, ...]
    orders: tuple[Sent, ...]
    instead: tuple[Really, ...]
    reasons: Mapping[str, Mapping[str, int]]
    not_modelled: Mapping[str, float]
    trace_hash: str
    happenings: int
    complete: bool = True
    trace: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    modelled: Mapping[str, float] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """As JSON data, without the trace."""
        return {
            "from": self.start,
            "to": self.end,
            "versions": dict(self.versions),
            "faults": {rule: str(why) for rule, why in self.faults.items()},
            "runs": [_row(one) for one in self.runs],
            "orders": [_row(one) for one in self.orders],
            "instead": [_row(one) for one in self.instead],
            "reasons": {
                rule: {str(why): count for why, count in found.items()}
                for rule, found in self.reasons.items()
            },
            "not_modelled": dict(self.not_modelled),
            "modelled": dict(self.modelled),
            "trace_hash": self.trace_hash,
            "happenings": self.happenings,
            "complete": self.complete,
            "says": {str(one): one.as_json() for one in self._sentences() if isinstance(one, Said)},
        }

    def _sentences(self) -> Iterator[str]:
        """What is said in words: of `faults` and `reasons`."""
        yield from self.faults.values()
        for found in self.reasons.values():
            yield from found


def _row(one: Ran | Sent | Really) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side: orders that only one of them gives, and how many both do."""

    both: int
    only_first: tuple[Sent, ...]
    only_second: tuple[Sent, ...]


WITHIN = 2.0
"""Seconds within which two orders with the same words are the same."""


def compare(first: Replay, second: Replay) -> Difference:
    """What changes where the second set of rules takes the place of the first."""
    open_orders: dict[str, list[Sent]] = {}
    for sent in second.orders:
        open_orders.setdefault(sent.text, []).append(sent)
    only_first, both = [], 0
    for sent in first.orders:
        line = open_orders.get(sent.text, [])
        found = next((one for one in line if abs(one.at - sent.at) <= WITHIN), None)
        if found is None:
            only_first.append(sent)
        else:
            both += 1
            line.remove(found)
    left = sorted((one for line in open_orders.values() for one in line), key=lambda one: (one.at, one.text))
    return Difference(both, tuple(only_first), tuple(left))
