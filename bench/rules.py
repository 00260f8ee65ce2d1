"""What rules cost: a change that nobody listens to, and the way from a device's report to the rule's command.

One process, the rooms as the hub wires them, with a journal on disk; the device is a function that notes when it is
reached, so that both ways are the same from there on. `python bench/rules.py [--quick]`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import report
import uvloop
from running import folder

from jiahe.hub.clock import LoopClock
from jiahe.hub.identifier import Identifiers
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.happening import Actor, Cause, Command, PropertyRef, PropertyUpdate, Quality, Status, Verdict
from jiahe.rules.doors import HomeDoors
from jiahe.rules.engine import Engine
from jiahe.rules.library import Library
from jiahe.rules.load import parse_rule
from jiahe.rules.moment import Change, Reading, Report, Table, TimePassed
from jiahe.rules.rule import Rule
from jiahe.rules.runner import Runner
from jiahe.state.dispatch import Dispatch
from jiahe.state.intake import Intake
from jiahe.state.journal import Journal
from jiahe.state.store import Store
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents

RULES = 1_000
DEVICE = Profile(
    "generic",
    {
        "level": PropertyDef("level", Kind.INT, "ug/m3"),
        "power": PropertyDef("power", Kind.BOOL, writable=True),
    },
)
DEVICES = {f"d{number}": DEVICE for number in range(RULES + 1)}
QUIET = PropertyRef(f"d{RULES}", "level")
TEXT = "when: [{{becomes: d{0}.level > 75}}, {{time: '22:30'}}]\nif: d{0}.level > 0 and mode == home\n\
then: [{{set: d{0}.power, to: on}}]\n"
ZONE = ZoneInfo("Asia/Shanghai")
ITSELF = Cause("c", Actor.DEVICE, "d")
BATCH = 10_000
LIMITS = (
    "`unheard`: one `decide` with 1,000 rules and a report of a property that none of them names; its floor is a call of "
    "a function that does nothing.",
    "`report_to_command`: from `Intake.accept` to the device's driver, with 1,000 rules in the home; its floor is the "
    "same report and a listener that submits the same command itself. Both write update, command and outcome.",
)


def rules() -> list[Rule]:
    return [parse_rule(TEXT.format(number), f"r{number}") for number in range(RULES)]


def unheard(engine: Engine, count: int) -> tuple[list[float], list[float]]:
    """Microseconds a change, and of a call."""
    table, now = Table(), 1_790_000_000.0
    engine.decide(table, TimePassed(), now)
    change = Change(QUIET, Reading(1, Quality.GOOD, now), Reading(2, Quality.GOOD, now))
    happening = Report((change,), ITSELF)

    def nothing(*_: object) -> None:
        return None

    def timed(work: object) -> float:
        assert callable(work)
        since = time.perf_counter()
        for _ in range(BATCH):
            work(table, happening, now)
        return (time.perf_counter() - since) / BATCH * 1e6

    return [timed(engine.decide) for _ in range(count)], [timed(nothing) for _ in range(count)]


class Home:
    """Intake, store, dispatch and journal, with a device that is reached at once."""

    def __init__(self, journal: Journal, documents: Documents) -> None:
        self.clock, self.store = LoopClock(), Store()
        self.ids = Identifiers(self.clock.now())
        self.reached = 0.0
        self.intake = Intake(self.clock, self.store, journal, DEVICES.get, self.ids.new)
        self.dispatch = Dispatch(
            self.clock, self.store, journal, DEVICES.get, self.route, lambda cause, target: "", self.ids.new
        )
        self.doors = HomeDoors(
            self.clock, self.store.get, self.dispatch.submit, self.dispatch.outcome, journal.append, documents,
            lambda: DEVICES,
        )  # fmt: skip

    async def route(self, command: Command) -> Verdict:
        self.reached = time.perf_counter()
        return Verdict(Status.CONFIRMED)

    async def report(self, device: str, level: int) -> float:
        """Milliseconds from the report to the driver; 0 where nothing came of it."""
        self.reached = 0.0
        cause = Cause(self.ids.new(), Actor.DEVICE, device)
        update = PropertyUpdate(
            PropertyRef(device, "level"), level, Quality.GOOD, self.clock.now(), cause, level
        )
        since = time.perf_counter()
        self.intake.accept([update], {})
        await asyncio.sleep(0.005)
        return max(0.0, self.reached - since) * 1000


async def ways(place: Path, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds with the rule, and without."""
    found: list[list[float]] = []
    for ruled in (True, False):
        database = await Database.open(place / f"{ruled}.db")
        journal = await Journal.open(database)
        home = Home(journal, Documents(database))
        runner = await Runner.open(home.doors, ZONE)
        if ruled:
            await runner.load(Library({rule.id: rule for rule in rules()}))
            home.intake.listen(runner.updates)
            runner.start(ITSELF)
        else:

            def simply(news: list[PropertyUpdate], home: Home = home) -> None:
                if news[0].value == 80:
                    home.dispatch.submit(PropertyRef(news[0].ref.device, "power"), news[0].cause, value=True)

            home.intake.listen(simply)
        readings = []
        for number in range(-20, count):
            device = f"d{number % RULES}"
            await home.report(device, 20)
            took = await home.report(device, 80)
            assert took, "the command came"
            if number >= 0:
                readings.append(took)
        found.append(readings)
        await runner.close()
        await home.dispatch.close()
        await journal.close()
        await database.close()
    return found[0], found[1]


def main() -> None:
    quick = "--quick" in sys.argv
    since = time.perf_counter()
    read = rules()
    parsed = (time.perf_counter() - since) / RULES * 1000
    since = time.perf_counter()
    engine = Engine(read, DEVICES, ZONE)
    bound = (time.perf_counter() - since) / RULES * 1000
    cost, floor = unheard(engine, 5 if quick else 30)
    with folder() as place, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ruled, plain = runner.run(ways(place, 50 if quick else 500))
    over = [a - b for a, b in zip(sorted(ruled), sorted(plain), strict=True)]
    figures = {
        "unheard_change_1000_rules": report.figure(cost, "µs", floor, at_most=5.0),
        "report_to_command_over_floor": report.figure(over, "ms", at_most=0.3),
        "report_to_command": report.figure(ruled, "ms", plain),
        "read_a_rule": report.figure([parsed], "ms"),
        "bind_a_rule": report.figure([bound], "ms"),
    }
    report.write("rules", figures, LIMITS, quick=quick)


if __name__ == "__main__":
    main()
