"""Random weather against the whole chain: whatever the device does, commands end in time and confirmed means done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.driver.fake_house import Hub
from tests.machines import virtual_time

from jiahe.model.happening import Command, Outcome, RecordKind, Status
from jiahe.wire.talk import Act, Refusal

WISHES = {"power": [True, False], "mode": ["auto", "cool"], "target_temperature": [18.0, 22.5]}
RAWS = {"auto": 0, "cool": 1}
POINTS = {"power": "power", "mode": "mode", "target_temperature": "target"}


@dataclass(frozen=True)
class Step:
    after: float
    what: str
    which: int


STEPS = st.lists(
    st.builds(
        Step,
        after=st.sampled_from([0.0, 0.003, 0.2, 1.0, 4.0, 20.0]),
        what=st.sampled_from(
            ["wish", "wish", "wish", "act", "mute", "unmute", "drop", "slow", "quick", "stubborn", "refuse", "agree",
             "hide", "show", "lock", "unlock", "push", "wild", "sight", "restart"]
        ),
        which=st.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


class Weather:
    def __init__(self) -> None:
        self.hub = Hub()
        self.commands: list[tuple[Command, float]] = []
        self.waiters: list[asyncio.Task[tuple[Outcome, float]]] = []

    async def do(self, step: Step) -> None:
        hub, box = self.hub, self.hub.box
        if step.what == "wish":
            path = list(WISHES)[step.which % 3]
            self.submit(
                hub.command(path, WISHES[path][step.which // 3], seconds=(2.0, 5.0, 11.0)[step.which % 3])
            )
        elif step.what == "act":
            self.submit(hub.command("clean", action=True, seconds=3.0 + step.which))
        elif step.what in ("mute", "unmute"):
            box.mute = step.what == "mute"
        elif step.what == "drop":
            box.drop()
        elif step.what in ("slow", "quick", "stubborn"):
            box.takes_after = {"slow": 0.7, "quick": 0.0, "stubborn": None}[step.what]
        elif step.what in ("refuse", "agree"):
            box.refuses = Refusal.BUSY if step.what == "refuse" else None
        elif step.what == "hide":
            box.hide()
        elif step.what == "show":
            await box.listen()
        elif step.what in ("lock", "unlock"):
            box.key = "another" if step.what == "lock" else "right"
        elif step.what == "push":
            box.push(temperature=20.0 + step.which)
        elif step.what == "wild":
            box.push(power="perhaps")
            box.values["power"] = False
        elif step.what == "sight":
            hub.sighted(("box", "trap")[step.which % 2])
        else:
            hub.start()

    def submit(self, command: Command) -> None:
        self.commands.append((command, self.hub.clock.monotonic()))
        self.waiters.append(asyncio.create_task(self.wait(command)))

    async def wait(self, command: Command) -> tuple[Outcome, float]:
        outcome = await self.hub.dispatch.outcome(command.id)
        return outcome, self.hub.clock.monotonic()


async def through(steps: list[Step]) -> None:
    weather = Weather()
    hub = weather.hub
    await hub.up()
    for step in steps:
        await weather.do(step)
        await asyncio.sleep(step.after)
    ended = await asyncio.gather(*weather.waiters)
    acted = sum(isinstance(ask, Act) for _, ask in hub.box.heard)
    assert acted <= sum(command.is_action for command, _ in weather.commands)
    for (command, begun), (outcome, at) in zip(weather.commands, ended, strict=True):
        limit = command.deadline - command.issued_at
        assert at - begun <= limit + 1e-6, outcome
        assert bool(outcome.reason) == (outcome.status is not Status.CONFIRMED)
        if outcome.status is Status.CONFIRMED and not command.is_action:
            _device_said_it(hub, command)
    outcomes = hub.book.of(RecordKind.OUTCOME)
    assert sorted(record.body["command"] for record in outcomes) == sorted(c.id for c, _ in weather.commands)
    # fair weather again: it comes back by itself
    hub.box.mute, hub.box.key, hub.box.refuses, hub.box.takes_after = False, "right", None, 0.0
    await hub.box.listen()
    await asyncio.sleep(100)
    assert hub.reach == "online", hub.reason
    assert (await hub.tell("power", not hub.box.values["power"])).status is Status.CONFIRMED
    assert hub.moves == []
    await hub.down()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def _device_said_it(hub: Hub, command: Command) -> None:
    """The store's word at that time was the device's: an update of the wished value stands before the outcome."""
    records = hub.book.records
    end = next(
        n for n, r in enumerate(records) if r.kind is RecordKind.OUTCOME and r.body["command"] == command.id
    )
    path = command.target.path
    said = [r.body for r in records[:end] if r.kind is RecordKind.UPDATE and r.body["property"] == path]
    assert said[-1]["value"] == command.value
    assert said[-1]["quality"] == "good"


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_any_weather(steps: list[Step]) -> None:
    virtual_time.run(through(steps))
