"""What the one question costs: who may do what with what, for 200 devices and people with 20 grants.

In one process, as every door asks it. `python bench/permission.py [--quick]`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

import report

from jiahe.home.permission import (
    About,
    Decision,
    Grant,
    Hours,
    Principal,
    Resource,
    Rights,
    Role,
    Verb,
    Via,
    allowed,
    moment,
)
from jiahe.home.roles import RUN, USE

DEVICES, ROOMS, GRANTS = 200, 20, 20
KINDS = ("light", "fan", "room_air_conditioner", "wristband", "oven", "outlet")
TRAITS = ("on_off", "mode", "temperature", "light", "wristband", "child_lock", "energy", "")
VERBS = (Verb.SEE, Verb.OPERATE, Verb.CONFIGURE)
NOW = 1_790_000_000.0
ZONE = ZoneInfo("Asia/Shanghai")
LIMITS = (
    "`decision`: each question timed by itself, a million in all, of a guest with 20 grants over rooms, devices, kinds "
    "and traits, with hours and an end, in a random order over 200 devices with 8 traits and 3 verbs; allowed and "
    "refused (a refusal makes its sentence). Its floor is the same timing of a call that answers nothing.",
    "`first_decision`: the same of grants that were never asked before: what is kept of them is made anew each time.",
    "`moment`: the time in the home's own zone, made once for a request and once for all streams each half second.",
)


def guest() -> Principal:
    """Somebody with twenty grants of all forms."""
    draw = random.Random(6)
    grants = []
    for number in range(GRANTS):
        hours = Hours(frozenset(draw.sample(range(7), 5)), 8 * 60, 22 * 60) if number % 2 else None
        verbs = USE if number % 3 else RUN
        match number % 4:
            case 0:
                grants.append(Grant(verbs, rooms=frozenset({f"r{number}"}), hours=hours, until=NOW + 1e6))
            case 1:
                names = frozenset(f"d{draw.randrange(DEVICES)}" for _ in range(5))
                grants.append(Grant(verbs, devices=names, hours=hours))
            case 2:
                grants.append(Grant(verbs, kinds=frozenset({draw.choice(KINDS)}), hours=hours, until=NOW - 1))
            case _:
                grants.append(Grant(verbs, rooms=frozenset({f"r{number}"}), traits=frozenset(TRAITS[:3])))
    return Principal("g", "Guest", Role.GUEST, Via.KEY, NOW + 2e6, Rights(Role.GUEST, grants))


def questions() -> list[tuple[Verb, Resource]]:
    """All of them, in one random order."""
    found = [
        (verb, Resource(About.DEVICE, f"d{one}", f"r{one % ROOMS}", KINDS[one % len(KINDS)], trait, "Acme"))
        for one in range(DEVICES)
        for trait in TRAITS
        for verb in VERBS
    ]
    random.Random(7).shuffle(found)
    return found


def nothing(*_: object) -> None:
    return None


def timed(
    who: Callable[[], Principal],
    asked: Sequence[tuple[Verb, Resource]],
    rounds: int,
    ask: Callable[..., Decision | None],
) -> list[float]:
    """Microseconds of each question by itself; `who` is asked once a round."""
    at, clock, readings = moment(NOW, ZONE), time.perf_counter_ns, []
    for _ in range(rounds):
        principal = who()
        for verb, resource in asked:
            since = clock()
            ask(principal, verb, resource, at)
            readings.append((clock() - since) / 1000)
    return readings


def moments(count: int) -> list[float]:
    """Microseconds of each."""
    readings = []
    for number in range(count):
        since = time.perf_counter_ns()
        moment(NOW + number, ZONE)
        readings.append((time.perf_counter_ns() - since) / 1000)
    return readings


def _under(found: report.Figure, at_most: float) -> report.Figure:
    return found | {"at_most": at_most, "reached": found["value"] <= at_most}


def main() -> None:
    quick = "--quick" in sys.argv
    asked, somebody = questions(), guest()
    owner = Principal("o", "Owner", Role.OWNER, Via.SESSION)
    rounds = 10 if quick else 200
    for principal in (somebody, owner):
        timed(lambda principal=principal: principal, asked, 1, allowed)  # type: ignore[misc]  # bound at once
    kept = timed(lambda: somebody, asked, rounds, allowed)
    own = timed(lambda: owner, asked, max(1, rounds // 10), allowed)
    first = timed(guest, asked, max(1, rounds // 20), allowed)
    floor = timed(lambda: somebody, asked, max(1, rounds // 10), nothing)
    yes = sum(bool(allowed(somebody, verb, resource, moment(NOW, UTC))) for verb, resource in asked)
    assert 0.05 * len(asked) < yes < 0.95 * len(asked), "both answers are measured"
    figures = {
        "decision_median": report.figure(kept, "µs", floor, at_most=5.0),
        "decision_p99": _under(report.percentile(kept, 99, "µs", floor), 50.0),
        "decision_owner": report.figure(own, "µs", floor),
        "first_decision_p99": _under(report.percentile(first, 99, "µs", floor), 50.0),
        "moment": report.figure(moments(2_000), "µs"),
    }
    report.write("permission", figures, LIMITS, quick=quick)


if __name__ == "__main__":
    main()
