"""Rules in a few words that tests of the engine share, a button that is pressed and a value that stopped arriving."""

from __future__ import annotations

from tests.rules.flat import ME, ref

from jiahe.model.happening import Quality
from jiahe.rules.case import World
from jiahe.rules.moment import (
    Change,
    EventHappened,
    Reading,
    Report,
)

DUST = "when: [{becomes: purifier.pm2_5 > 75}]\nthen: [{set: purifier.mode, to: sleep}]"
DUST_5 = "when: [{becomes: purifier.pm2_5 > 75, for: 5 min}]\nthen: [{set: purifier.mode, to: sleep}]"
SLEEP = "set purifier.mode to sleep"
SLOW = (
    "when: [{event: button.pressed}]\nthen: [{do: lamp.toggle}, {wait: 1 min}, {set: lamp.power, to: off}]\n"
)


def stale(one: World, name: str, value: object) -> None:
    """The value stopped arriving."""
    change = Change(ref(name), one.view.readings[ref(name)], Reading(value, Quality.STALE, one.now - 99))  # type: ignore[arg-type]
    one.view.readings[ref(name)] = change.new
    one.tell(Report((change,), ME))


def press(one: World, times: int) -> None:
    for _ in range(times):
        one.tell(EventHappened("button", "pressed", {}, ME))
        one.wait(1)
