"""The demo's past under comfort: the same director that lives in a hub, asked every simulated minute. Owns what it is shown, and what is
written of what it said; never decides (`comfort/director.py`) and plays no device (`virtual/`).

What stands in the journal afterwards is what the hub's own runner would have written: a note with its reasons, and what was set with
that note as its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from jiahe.comfort.director import Director
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.reason import Reason
from jiahe.comfort.step import Seen
from jiahe.comfort.wishes import wishes_of
from jiahe.driver.quirk import fitted
from jiahe.model.definition import Value
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality
from jiahe.state.body import cause_body
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.home import DemoHome
from jiahe.virtual.lived import CONDITIONER_ROOM, Lived
from jiahe.virtual.wrists import WEARERS

LONGEST = 14 * 86_400.0
"""Seconds before now for which comfort is there: two weeks teach it a family's week, and a year of past is not to take minutes more."""
FIRST = 600.0
"""Seconds until the first sensors of a past have spoken: before that nobody knows whether it is summer."""
HOME = "home"
"""The family leaves the mode of its home as it is: what bands tell says who is there."""


@dataclass(frozen=True, slots=True)
class Told:
    """A value as the store of a hub would have it."""

    value: Value
    observed_at: float
    quality: Quality = Quality.GOOD


class Week:
    """A `virtual.lived.Steward`. `records` are the notes not fetched yet, (epoch seconds, body), in order; `causes` by id."""

    def __init__(
        self,
        home: DemoHome,
        zone: tzinfo,
        location: tuple[float, float],
        rooms: Mapping[str, str],
        new_id: Callable[[], str],
        *,
        days: float,
        simulated: str,
        language: str = "en",
    ) -> None:
        """`days` before now are to be lived through; `rooms`: the hub's id of each of the demo's rooms; `simulated`: the id of the cause before every other."""
        self._rooms, self._zone, self._new_id, self._simulated = rooms, zone, new_id, simulated
        self._placed = [_placed(one, rooms) for one in home.residents.values()]
        self._people = {one.id: one.names[language] for one in home.family.people}
        self._since = home.now() - min(days * 86_400.0 - FIRST, LONGEST)
        self.rooms: frozenset[str] = frozenset()
        body = wanted(home, rooms[CONDITIONER_ROOM], language)
        self.wishes = wishes_of(
            body, rooms=frozenset(rooms.values()), bands=frozenset(WEARERS), sensors=frozenset({BALCONY})
        )
        self.director = Director(zone, *location)
        self.director.fit(self.wishes, outfit(self._placed, self.wishes.outdoor))
        self.records: list[tuple[float, dict[str, Any]]] = []
        self.causes: dict[str, Cause] = {}

    # ---- the steward's part --------------------------------------------------------------------------------------

    def touched(self, at: float, device: str, values: Mapping[str, Value], person: str) -> None:
        """A hand: the director is told of each value that changed."""
        if at < self._since:
            return
        cause = Cause("", Actor.PERSON, self._people.get(person, person))
        for path in values:
            self.director.changed(at, PropertyRef(device, path), cause)

    def minute(self, at: float, lived: Lived) -> Iterator[tuple[str, Mapping[str, Value], str]]:
        """One look of the director, and what it orders: done at once, as the virtual devices do it."""
        if at < self._since:
            return
        self.rooms = frozenset({CONDITIONER_ROOM})

        def view(ref: PropertyRef) -> Seen | None:
            if ref.device in WEARERS:
                value, when = lived.wrists.heard[ref.device].get(ref.path, (None, 0.0))
                return None if value is None else Told(value, when)
            value = lived.faces[ref.device].values.get(ref.path)
            return None if value is None else Told(value, at)

        def reached(device: str) -> bool:
            return lived.wrists.here.get(device, True)

        step = self.director.minute(at, view, reached, HOME)
        causes: dict[tuple[str, str], str] = {}
        for note in step.notes:
            causes[note.what, note.about] = self._write(at, note.what, note.about, note.reasons)
        for order in step.orders:
            key = order.feature, step.about(order)
            if key not in causes:
                causes[key] = self._write(at, order.feature, order.room, order.reasons)
            self.director.ended(at, order, done=True)
            yield order.ref.device, {order.ref.path: order.value}, causes[key]
        for fit in self.director.fits_due(at, datetime.fromtimestamp(at, self._zone).hour):
            fit()

    # ---- what is written -----------------------------------------------------------------------------------------

    def fetch(self, until: float) -> Iterator[tuple[float, dict[str, Any]]]:
        """The notes up to this moment, each once."""
        while self.records and self.records[0][0] <= until:
            yield self.records.pop(0)

    def _write(self, at: float, what: str, about: str, reasons: tuple[Reason, ...]) -> str:
        cause = Cause(self._new_id(), Actor.COMFORT, what, self._simulated)
        self.causes[cause.id] = cause
        body = {
            "what": what,
            "about": about,
            "reasons": [one.as_json() for one in reasons],
            "cause": cause_body(cause),
        }
        self.records.append((at, body))
        return cause.id


def wanted(home: DemoHome, bedroom: str, language: str) -> dict[str, Any]:
    """What the family of the demo wants of comfort: the bedroom kept, by both their bands, each at the temperatures they find right;
    their air monitor hangs on the balcony."""
    people = {one.id: one for one in home.family.people}
    return {
        "rooms": {bedroom: {"climate": True, "sleep": True, "air": True}},
        "people": [
            {
                "id": person,
                "name": people[person].names[language],
                "band": band,
                "bedroom": bedroom,
                "curve": {"start": _half(people[person].cool), "warm": _half(people[person].warm)},
            }
            for band, person in WEARERS.items()
        ],
        "outdoor": BALCONY,
    }


def _placed(resident: Any, rooms: Mapping[str, str]) -> Placed:
    profile = fitted(resident.product, resident.unit.virtual.facts).profile
    return Placed(resident.id, rooms.get(resident.room, ""), profile.name, profile)


def _half(value: float) -> float:
    return round(value * 2.0) / 2.0
