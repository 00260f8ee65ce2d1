"""The sleep scene itself: a band's minutes into the hub's own `Director`, and what the bedroom then does. For bench/comfort_sleep.py.

A bedroom with an air conditioner that obeys at once, a lamp and one band, in virtual time. Asleep is here what a sleeper would
notice: the air conditioner follows the sleep curve; awake, that it no longer does. A real wearer's minutes drive a band that
tells steps alone, a virtual wearer's one that tells movement too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Protocol

from jiahe.catalog.loader import Shelf
from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.wishes import wishes_of
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.virtual.wrists import COUNTS, HIGHEST

WISHES = {
    "rooms": {"bedroom": {"climate": True, "sleep": True}},
    "people": [{"id": "one", "name": "One", "band": "band", "bedroom": "bedroom", "curve": {"start": 26.0}}],
}
PRODUCTS = {"ac": "midea.ac.split", "lamp": "philips.light.bulb", "band": "xiaomi.mi-band-3"}
AIR, OUTSIDE, FOLLOWS = 29.0, 31.0, 0.06
"""°C of the room without the unit and outdoors, and the share by which the air nears its aim in a minute."""


class Told(Protocol):
    """A minute of a band, as bench/comfort_sleep.py reads it."""

    @property
    def counts(self) -> float: ...
    @property
    def steps(self) -> int: ...
    @property
    def heart_rate(self) -> int | None: ...


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


class Bedroom:
    """One bedroom over time. `follows` says whether its air conditioner follows the curve now."""

    def __init__(self, *, fine: bool) -> None:
        self._values: dict[PropertyRef, Known] = {}
        self._director = Director(UTC, 31.2, 121.5)
        shelf, placed = Shelf.shipped(), []
        for name, product in PRODUCTS.items():
            profile = shelf.get(product)
            if profile is None:
                raise LookupError(f"the catalogue has no {product} any more: choose another for this bench")
            placed.append(
                Placed(name, "" if name == "band" else "bedroom", profile.profile.name, profile.profile)
            )
        home = outfit(placed)
        if not fine:
            told = {ref: one for ref, one in home.definitions.items() if ref.path != "movement"}
            home = replace(home, definitions=told)
        self._fine = fine
        self._director.fit(wishes_of(WISHES, rooms=frozenset({"bedroom"}), bands=frozenset({"band"})), home)
        self._steps = 0
        self._say(0.0, "ac", power=False, mode="cool", target_temperature=26.0, temperature=28.0)
        self._say(0.0, "ac", outdoor_temperature=OUTSIDE)
        self._say(0.0, "lamp", power=True, light_level=80)

    def minute(self, at: float, told: Told | None) -> None:
        """The minute that ended at `at` (epoch seconds)."""
        if told is not None:
            self._steps += told.steps
            self._say(at, "band", steps=self._steps)
            if self._fine:
                self._say(at, "band", movement=min(HIGHEST, round(told.counts / COUNTS)))
            if told.heart_rate is not None:
                self._say(at, "band", heart_rate=told.heart_rate)
        self._room(at)
        view: Callable[[PropertyRef], Known | None] = self._values.get
        step = self._director.minute(at, view, lambda _: told is not None, "home")
        for order in step.orders:
            self._say(at, order.ref.device, **{order.ref.path: order.value})
            self._director.ended(at, order, done=True)

    @property
    def follows(self) -> bool:
        decided = self._director.decided.get("bedroom")
        on = self._values[PropertyRef("ac", "power")].value
        return on is True and decided is not None and decided.reasons[0].code.startswith("curve.")

    def _room(self, at: float) -> None:
        air = self._values[PropertyRef("ac", "temperature")].value
        on, target = (self._values[PropertyRef("ac", path)].value for path in ("power", "target_temperature"))
        if isinstance(air, float) and isinstance(target, float):
            self._say(at, "ac", temperature=round(air + ((target if on else AIR) - air) * FOLLOWS, 2))

    def _say(self, at: float, device: str, **values: Value) -> None:
        for path, value in values.items():
            self._values[PropertyRef(device, path)] = Known(value, Quality.GOOD, at)


def follows(first: int, told: Sequence[Told | None], *, fine: bool) -> list[bool]:
    """Whether the bedroom follows the curve in each minute of a wearer's record that begins at minute `first` of the epoch."""
    room, found = Bedroom(fine=fine), []
    for at, one in enumerate(told):
        # A band that does not look tells None, and one that found no pulse 0, as the record has it.
        room.minute((first + at) * 60.0, one)
        found.append(room.follows)
    return found
