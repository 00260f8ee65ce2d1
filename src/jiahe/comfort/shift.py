"""Shifting what can wait: the cheapest start of a programme that must have ended by a given time. Pure.

Owns the choice of the start, what was learned of how long a programme takes, and the life of a planned start as data
(`Planned`): waiting, started, missed, off. Never sends anything and reads no clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from jiahe.model.definition import Value

LONGEST_MINUTES = 24 * 60
FARTHEST = 3 * 86_400.0
"""Seconds ahead that something may be planned: food does not wait longer, and nobody remembers."""
MOST_KWH = 50.0
FEWEST_RUNS = 2
"""Past runs of a programme from which its length is believed."""
LAST_RUNS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What a programme takes: its minutes, its kWh (spread evenly), and where that is known from."""

    minutes: float
    kwh: float
    source: str
    """told (by who planned it), learned (of this device's past), or usual (of its kind)."""


USUAL: Mapping[str, Load] = {
    "dishwasher": Load(150.0, 0.9, "usual"),
    "laundry_washer": Load(90.0, 0.7, "usual"),
    "laundry_dryer": Load(120.0, 1.8, "usual"),
    "rice_cooker": Load(45.0, 0.4, "usual"),
    "water_heater": Load(90.0, 2.5, "usual"),
}
"""By kind: minutes and kWh as energy labels and plates of household appliances say (EU 2019/2017, 2019/2014; plates of
0.8 kW for a rice cooker and 2 kW for a 60 litre heater). Kinds that are not here can wait only where somebody tells the minutes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A start and its end (epoch seconds); `cost` and the `cost_now` of starting at once, None where nobody knows a price."""

    start: float
    end: float
    cost: float | None
    cost_now: float | None


def cheapest(
    load: Load,
    now: float,
    deadline: float,
    price: Callable[[float], float | None],
    edges: Sequence[float],
) -> Choice | None:
    """The cheapest start in [now, deadline - its minutes], the earliest of equals; None where it would not be ready.

    `price` stands still between `edges`. The cost is piecewise linear in the start, so that it is least at one of the
    instants where the start or the end meets an edge: only those are looked at. Without prices it starts now.
    """
    seconds = load.minutes * 60.0
    low, high = now, deadline - seconds
    if low > high:
        return None
    starts = {low, high, *edges, *(edge - seconds for edge in edges)}
    best: tuple[float, float] | None = None
    for start in sorted(one for one in starts if low <= one <= high):
        cost = cost_of(load, start, price, edges)
        if cost is None:
            return Choice(low, low + seconds, None, None)
        if best is None or cost < best[0] - 1e-9:
            best = cost, start
    assert best is not None  # `low` is one of the starts
    cost, start = best
    return Choice(start, start + seconds, cost, cost_of(load, now, price, edges))


def cost_of(
    load: Load, start: float, price: Callable[[float], float | None], edges: Sequence[float]
) -> float | None:
    """What it costs from this start, in the currency of `price`; None where a price is not known."""
    end = start + load.minutes * 60.0
    inside = edges[bisect_right(edges, start) :]
    bounds = [start, *(edge for edge in inside if edge < end), end]
    cost = 0.0
    for low, high in pairwise(bounds):
        one = price(low)
        if one is None:
            return None
        cost += one * (high - low)
    return cost * load.kwh / (end - start)


def learned(kind: str, runs: Sequence[tuple[float, float | None]]) -> Load | None:
    """From past runs (minutes, and kWh where they were measured), the newest last; the usual of its kind where there are too few."""
    usual = USUAL.get(kind)
    last = [one for one in runs if 1.0 <= one[0] <= LONGEST_MINUTES][-LAST_RUNS:]
    if len(last) < FEWEST_RUNS:
        return usual
    minutes = _middle([one for one, _ in last])
    measured = [kwh for _, kwh in last if kwh is not None and 0.0 < kwh <= MOST_KWH]
    kwh = _middle(measured) if measured else (usual.kwh if usual else 1.0)
    return Load(round(minutes, 1), round(kwh, 3), "learned")


def _middle(values: Sequence[float]) -> float:
    """The median."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2.0


def runs_of(rows: Sequence[tuple[float, bool | None]], end: float) -> list[tuple[float, float]]:
    """Stretches of True in a line of (epoch seconds, value), each with a known beginning and end; `end` closes none."""
    found: list[tuple[float, float]] = []
    begun: float | None = None
    before: bool | None = None
    for at, value in rows:
        if at > end:
            break
        if value is True and before is False:
            begun = at
        elif value is not True and begun is not None:
            if value is False:
                found.append((begun, at))
            begun = None
        before = value
    return found


# ---- a planned start ---------------------------------------------------------------------------------------------------


class Life(StrEnum):
    """Where a planned start is."""

    WAITING = "waiting"
    STARTED = "started"
    MISSED = "missed"  # its window passed, and the device did not begin
    OVER = "over"  # somebody started it before, or the end of its window was kept


@dataclass(frozen=True, slots=True)
class Planned:
    """A start to come. `path` is an action's, with `arguments`; or a property's, with `value` and, for a window, `after`,
    the value that it is set to when the minutes are over. `who` is for whom it is done, `by` their name.
    """

    id: str
    device: str
    path: str
    arguments: tuple[Value, ...] | None
    value: Value
    after: Value
    who: str
    by: str
    made_at: float
    deadline: float
    start: float
    minutes: float
    kwh: float
    source: str
    cost: float | None = None
    cost_now: float | None = None
    currency: str = ""
    life: Life = Life.WAITING
    began: float | None = None
    why: str = ""
    """A code of `shift_words` for what keeps it from starting, or how it ended; "" for nothing."""
    tried_at: float | None = None
    tries: int = 0

    @property
    def latest(self) -> float:
        """After this it would not be ready."""
        return self.deadline - self.minutes * 60.0

    def as_json(self) -> dict[str, Any]:
        """For `planned_of`."""
        body = asdict(self)
        body["arguments"] = None if self.arguments is None else list(self.arguments)
        return body


def planned_of(body: Mapping[str, Any]) -> Planned:
    """From `as_json`; KeyError, TypeError or ValueError where it is none."""
    arguments = body["arguments"]
    return Planned(
        **{**body, "arguments": None if arguments is None else tuple(arguments), "life": Life(body["life"])}
    )


class Act(StrEnum):
    """What is to be done about a planned start now."""

    WAIT = "wait"
    START = "start"
    BEGAN = "began"  # it runs, though it did not say so when it was asked
    END = "end"
    MISS = "miss"
    TAKEN = "taken"  # it runs already, and not by us
    SAY = "say"  # something keeps it, and that is news
    FORGET = "forget"


RETRY = 120.0
"""Seconds between two attempts: a device that was just asked has told by then what it does."""
TRIES = 5
"""Attempts of one start: whoever refuses five times has a reason that time does not change."""
KEPT = 86_400.0
"""Seconds after its deadline that a planned start is still shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The device as it is now: reached, its door, and whether it works; None where nobody knows."""

    online: bool
    door_open: bool | None
    running: bool | None


def next_act(one: Planned, now: float, seen: Seen) -> tuple[Act, str]:
    """What to do, and the code of the reason. Never a start before its time, nor after `latest`."""
    if one.life is Life.STARTED and one.after is not None and one.began is not None:
        return _end(one, now, one.began + one.minutes * 60.0)
    if one.life is not Life.WAITING:
        return (Act.FORGET, "") if now > one.deadline + KEPT else (Act.WAIT, "")
    if seen.running:
        return (Act.BEGAN, "") if one.tried_at is not None else (Act.TAKEN, "shift_taken")
    if now > one.latest or one.tries >= TRIES:
        return Act.MISS, one.why or "shift_late"
    if now < one.start:
        return Act.WAIT, ""
    keeps = "shift_offline" if not seen.online else "shift_door" if seen.door_open else ""
    if keeps:
        return (Act.SAY, keeps) if one.why != keeps else (Act.WAIT, keeps)
    if one.tried_at is not None and now < one.tried_at + RETRY:
        return Act.WAIT, one.why
    return Act.START, ""


def _end(one: Planned, now: float, end: float) -> tuple[Act, str]:
    if now < end or (one.tried_at is not None and now < one.tried_at + RETRY):
        return Act.WAIT, ""
    return (Act.END, "") if one.tries < TRIES else (Act.FORGET, "")
