"""To and fro: thresholds without a gap, where the room itself closes the circle, and what the past would have seen. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule, BoundTrigger
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.moment import OrderKind
from jiahe.rules.possible import parts_of
from jiahe.rules.rule import (
    Becomes,
)
from jiahe.rules.sentences import say
from jiahe.rules.syntax import parse
from jiahe.rules.tree import Compare, Reference
from jiahe.rules.trial import Sent, Trial
from jiahe.rules.writes import name_of, said, writes

MOST_TURNS = 6
"""Times in an hour that a property may be set to another value: more is to and fro."""
GAPS: Mapping[str, float] = {"Cel": 0.5, "ug/m3": 5.0, "%": 3.0, "[ppm]": 50.0}
"""How far apart the thresholds of on and off must be, in the property's unit: about what sensors flicker by."""


def oscillations(
    rules: Mapping[str, BoundRule], trial: Trial | None, units: Callable[[PropertyRef], str]
) -> Iterator[Finding]:
    """Thresholds of on and off without a gap (the room itself closes the circle), and what the past would have seen."""
    told: set[frozenset[str]] = set()
    for low, high in _opposites(rules):
        gap = GAPS.get(units(low.sensor), 0.0)
        pair = frozenset((low.rule, high.rule))
        if high.value - low.value >= gap or pair in told:
            continue
        known = None if trial is None else trial.values.get(low.sensor)
        if trial is not None and (
            known is None or known.low > low.value + gap or known.high < high.value - gap
        ):
            continue  # the room never was near
        told.add(pair)
        yield Finding(
            Flaw.OSCILLATION, high.rule, high.line,
            say("swing", name=name_of(high.target), value=said(high.to), value2=f'{high.value:g}', rule=low.rule, value3=said(low.to), value4=f'{low.value:g}', name2=name_of(low.sensor), gap=f'{gap:g}'),
            trial is not None, others=(low.rule,) if low.rule != high.rule else (),
        )  # fmt: skip
    for name, turns in _turns(trial).items():
        rule_names = tuple(sorted({one.order.rule for one in turns}))
        if frozenset(rule_names) not in told:
            last = turns[-1]
            yield Finding(
                Flaw.OSCILLATION, last.order.rule, last.order.line,
                say("to_and_fro", name=name_of(name), count=len(turns)), True, last.at,
                tuple(one for one in rule_names if one != last.order.rule),
            )  # fmt: skip


class _Threshold(NamedTuple):
    rule: str
    line: int
    sensor: PropertyRef
    value: float
    target: PropertyRef
    to: Value


def _opposites(rules: Mapping[str, BoundRule]) -> Iterator[tuple[_Threshold, _Threshold]]:
    """Pairs that start below and above a threshold of the same sensor and set the same thing of its device apart."""
    below: list[_Threshold] = []
    above: list[_Threshold] = []
    for bound in rules.values():
        for trigger in bound.triggers:
            if (
                trigger.condition is None
                or not isinstance(trigger.trigger, Becomes)
                or trigger.trigger.lasting >= 600.0
            ):
                continue
            for sensor, side, value in _bounds(trigger):
                for write in writes(bound):
                    if (
                        write.target.device == sensor.device
                        and write.target != sensor
                        and write.value is not None
                    ):
                        one = _Threshold(bound.rule.id, write.line, sensor, value, write.target, write.value)
                        (below if side == "<" else above).append(one)
    for low in below:
        for high in above:
            if (
                (low.sensor, low.target) == (high.sensor, high.target)
                and low.to != high.to
                and low.rule != high.rule
            ):
                yield low, high


def _bounds(trigger: BoundTrigger) -> Iterator[tuple[PropertyRef, str, float]]:
    assert trigger.condition is not None
    for part in parts_of(parse(trigger.condition.text)):
        if isinstance(part, Compare) and part.operator in ("<", "<=", ">", ">="):
            for side, other, operator in (
                (part.left, part.right, part.operator[0]),
                (part.right, part.left, {"<": ">", ">": "<"}[part.operator[0]]),
            ):
                value = getattr(other, "value", None)
                if isinstance(side, Reference) and isinstance(value, float):
                    yield side.ref, operator, value


def _turns(trial: Trial | None) -> dict[PropertyRef, list[Sent]]:
    """Properties that were set to another value more than MOST_TURNS times within an hour, with those orders."""
    windows: dict[PropertyRef, list[Sent]] = defaultdict(list)
    found: dict[PropertyRef, list[Sent]] = {}
    for one in trial.sent if trial else ():
        target = one.order.target
        if one.order.kind is not OrderKind.SET or target is None:
            continue
        window = windows[target]
        if window and window[-1].order.value == one.order.value:
            continue
        window[:] = [other for other in window if other.at > one.at - 3600.0] + [one]
        if len(window) > MOST_TURNS and target not in found:
            found[target] = list(window)
    return found
