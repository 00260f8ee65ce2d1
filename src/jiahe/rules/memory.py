"""What the engine remembers between two decisions: plain data that goes to JSON and comes back.

Owns its shape and what of it survives when a rule was changed meanwhile; never decides. Times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef

FORMAT = 1
TriggerKey = tuple[str, int]
"""Rule id and the trigger's number in its `when`."""


@dataclass(slots=True)
class Edge:
    """What is known of a trigger: whether its condition was last known true, and since when it lasts (`for`)."""

    truth: bool | None = None
    since: float | None = None


@dataclass(slots=True)
class Run:
    """One run of a rule. It waits at `pc` for `until` (time), a condition, or an order's outcome (`awaits`).

    `settling`: every step is taken, only outcomes are missing. `began_by` is the cause that triggered it, "" for time.
    """

    id: str
    rule: str
    began: float
    began_by: str = ""
    pc: int = 0
    until: float | None = None
    awaits: str = ""
    settling: bool = False
    orders: int = 0
    counters: dict[int, int] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    last_order: str = ""
    last_confirmed: bool | None = None
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Waiting:
    """A start in the line of a queued rule."""

    began_by: str
    trigger: int


@dataclass(slots=True)
class Memory:
    """Everything that a restart must not lose. `now` is the time of the last decision, 0 before the first."""

    now: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    values: dict[PropertyRef, tuple[Value, float]] = field(default_factory=dict)
    edges: dict[TriggerKey, Edge] = field(default_factory=dict)
    came: dict[TriggerKey, float] = field(default_factory=dict)
    """The last moment of each time trigger that was dealt with."""
    runs: dict[str, Run] = field(default_factory=dict)
    lines: dict[str, list[Waiting]] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    ran: dict[str, float] = field(default_factory=dict)
    """When each rule began its last run."""

    def dump(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "format": FORMAT,
            "now": self.now,
            "versions": self.versions,
            "values": [[ref.device, ref.path, value, at] for ref, (value, at) in self.values.items()],
            "edges": [[*key, edge.truth, edge.since] for key, edge in self.edges.items()],
            "came": [[*key, at] for key, at in self.came.items()],
            "runs": [_run_body(run) for run in self.runs.values()],
            "lines": {
                rule: [[one.began_by, one.trigger] for one in line]
                for rule, line in self.lines.items()
                if line
            },
            "starts": {rule: starts for rule, starts in self.starts.items() if starts},
            "paused": self.paused,
            "ran": self.ran,
        }

    @classmethod
    def load(cls, body: Mapping[str, Any]) -> Memory:
        """What `dump` made; an empty memory where it is of another format or damaged: rules then begin anew."""
        try:
            if body["format"] != FORMAT:
                return cls()
            return cls(
                now=float(body["now"]),
                versions=dict(body["versions"]),
                values={PropertyRef(device, path): (value, at) for device, path, value, at in body["values"]},
                edges={(rule, number): Edge(truth, since) for rule, number, truth, since in body["edges"]},
                came={(rule, number): at for rule, number, at in body["came"]},
                runs={one["id"]: _run(one) for one in body["runs"]},
                lines={rule: [Waiting(*one) for one in line] for rule, line in body["lines"].items()},
                starts={rule: list(starts) for rule, starts in body["starts"].items()},
                paused=dict(body["paused"]),
                ran={rule: float(at) for rule, at in body.get("ran", {}).items()},
            )
        except (LookupError, TypeError, ValueError):
            return cls()

    def forget(self, rule: str) -> list[Run]:
        """Drops all that belongs to a rule that is gone or another now; its runs, for who wants to say so."""
        for table in (self.edges, self.came):
            for key in [key for key in table if key[0] == rule]:
                del table[key]
        for named in (self.lines, self.starts, self.paused, self.versions):
            named.pop(rule, None)
        runs = [run for run in self.runs.values() if run.rule == rule]
        for run in runs:
            del self.runs[run.id]
        return runs

    def shift(self, seconds: float) -> None:
        """The clock was set back by so much: what lasts so and so long goes on lasting that long."""
        self.values = {ref: (value, at - seconds) for ref, (value, at) in self.values.items()}
        for edge in self.edges.values():
            if edge.since is not None:
                edge.since -= seconds
        for run in self.runs.values():
            if run.until is not None:
                run.until -= seconds
        self.starts = {rule: [at - seconds for at in starts] for rule, starts in self.starts.items()}
        self.paused = {rule: until - seconds for rule, until in self.paused.items()}


def _run_body(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "rule": run.rule,
        "began": run.began,
        "by": run.began_by,
        "pc": run.pc,
        "until": run.until,
        "awaits": run.awaits,
        "settling": run.settling,
        "orders": run.orders,
        "counters": [[slot, count] for slot, count in run.counters.items()],
        "open": list(run.open),
        "last": [run.last_order, run.last_confirmed],
        "failures": run.failures,
    }


def _run(body: Mapping[str, Any]) -> Run:
    return Run(
        id=str(body["id"]),
        rule=str(body["rule"]),
        began=float(body["began"]),
        began_by=str(body["by"]),
        pc=int(body["pc"]),
        until=body["until"],
        awaits=str(body["awaits"]),
        settling=bool(body["settling"]),
        orders=int(body["orders"]),
        counters={int(slot): int(count) for slot, count in body["counters"]},
        open=dict.fromkeys(body["open"]),
        last_order=str(body["last"][0]),
        last_confirmed=body["last"][1],
        failures=[str(one) for one in body["failures"]],
    )
