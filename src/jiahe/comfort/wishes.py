"""What people want comfort to do: which rooms, whose band, which curve. Owns the document and its checks; pure.

Nothing acts before somebody switched it on: until then comfort watches and learns, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from jiahe.comfort.climate_seen import Taste
from jiahe.comfort.sleep_curve import Curve
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.model.said import spoken

FEATURES = ("climate", "sleep", "air")
PEOPLE, ROOMS = 16, 64
"""Of one home."""
NAME = 80
NOISE_LOW, NOISE_HIGH = 1, 100


@dataclass(frozen=True, slots=True)
class RoomWish:
    """What comfort may do in a room by itself."""

    climate: bool = False
    sleep: bool = False
    air: bool = False


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A person with a band (a device's id) and the room they sleep in."""

    id: str
    name: str
    band: str
    bedroom: str
    curve: Curve = field(default_factory=Curve)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The home's. `tariff` is the name of one in `tariff.py`, `outdoor` the id of the sensor that stands outdoors; "" for none."""

    rooms: Mapping[str, RoomWish] = field(default_factory=dict)
    people: tuple[Sleeper, ...] = ()
    taste: Taste = field(default_factory=Taste)
    tariff: str = ""
    outdoor: str = ""

    def room(self, name: str) -> RoomWish:
        """Nothing, where nobody said anything of it."""
        return self.rooms.get(name, RoomWish())

    def as_json(self) -> dict[str, Any]:
        """For `wishes_of`."""
        return {
            "rooms": {name: asdict(room) for name, room in self.rooms.items()},
            "people": [
                {"id": one.id, "name": one.name, "band": one.band, "bedroom": one.bedroom, "curve": one.curve.as_json()}
                for one in self.people
            ],
            "taste": asdict(self.taste),
            "tariff": self.tariff,
            "outdoor": self.outdoor,
        }  # fmt: skip


def wishes_of(
    body: Mapping[str, Any],
    *,
    rooms: frozenset[str],
    bands: frozenset[str],
    sensors: frozenset[str] = frozenset(),
) -> Wishes:
    """From JSON that anybody may have sent; OutOfDefinition names what is wrong and what would be right. `sensors`: ids of
    the devices that may stand outdoors (`outfit.weathers`)."""
    _only(body, {"rooms", "people", "taste", "tariff", "outdoor"}, "")
    found = _object(body.get("rooms", {}), "rooms")
    if len(found) > ROOMS:
        raise OutOfDefinition("rooms", say("comfort_rooms", most=ROOMS), ROOMS)
    for name in found:
        if name not in rooms:
            raise OutOfDefinition(f"rooms.{name:.40}", say("gone_in_room"))
    people = body.get("people", [])
    if not isinstance(people, list) or len(people) > PEOPLE:
        raise OutOfDefinition("people", say("list_most", most=PEOPLE), PEOPLE)
    sleepers = tuple(_sleeper(one, f"people.{number}", rooms, bands) for number, one in enumerate(people))
    for number, one in enumerate(sleepers):
        if one.id in {other.id for other in sleepers[:number]}:
            raise OutOfDefinition(f"people.{number}.id", say("stands_twice"))
    tariff = body.get("tariff", "")
    if not isinstance(tariff, str) or len(tariff) > NAME:
        raise OutOfDefinition("tariff", say("tariff_name"))
    outdoor = body.get("outdoor", "")
    if not isinstance(outdoor, str) or (outdoor and outdoor not in sensors):
        raise OutOfDefinition("outdoor", say("comfort_outdoor"))
    return Wishes(
        {name: _room(one, f"rooms.{name}") for name, one in found.items()},
        sleepers, _taste(_object(body.get("taste", {}), "taste")), tariff, outdoor,
    )  # fmt: skip


def switched(wishes: Wishes, room: str, feature: str, *, on: bool) -> Wishes:
    """The same with one feature of one room on or off."""
    if feature not in FEATURES:
        raise OutOfDefinition("feature", say("one_of", names=", ".join(FEATURES)), list(FEATURES))
    changed = replace(wishes.room(room), **{feature: on})
    return replace(wishes, rooms={**wishes.rooms, room: changed})


def _room(body: Any, where: str) -> RoomWish:
    given = _object(body, where)
    _only(given, set(FEATURES), where)
    for name, value in given.items():
        if not isinstance(value, bool):
            raise OutOfDefinition(f"{where}.{name}", say("is_yes_or_no"))
    return RoomWish(**given)


def _sleeper(body: Any, where: str, rooms: frozenset[str], bands: frozenset[str]) -> Sleeper:
    given = _object(body, where)
    _only(given, {"id", "name", "band", "bedroom", "curve"}, where)
    for name in ("id", "name", "band", "bedroom"):
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= NAME:
            raise OutOfDefinition(f"{where}.{name}", say("text_of", most=NAME))
    if given["bedroom"] not in rooms:
        raise OutOfDefinition(f"{where}.bedroom", say("gone_in_room"))
    if given["band"] not in bands:
        raise OutOfDefinition(f"{where}.band", say("gone_in_band"))
    try:
        curve = Curve.from_json(_numbers(_object(given.get("curve", {}), f"{where}.curve"), f"{where}.curve"))
    except ValueError as error:
        raise OutOfDefinition(f"{where}.curve", spoken(error)) from None
    return Sleeper(given["id"], given["name"], given["band"], given["bedroom"], curve)


def _taste(given: Mapping[str, Any]) -> Taste:
    bounds = {"tolerance": (0.1, 3.0), "worth": (0.05, 10.0), "idle": (5.0, 18.0)}
    _only(given, set(bounds), "taste")
    for name, value in _numbers(given, "taste").items():
        low, high = bounds[name]
        if not low <= value <= high:
            raise OutOfDefinition(
                f"taste.{name}", say("between", low=f"{low:g}", high=f"{high:g}"), [low, high]
            )
    return Taste(**{name: float(value) for name, value in given.items()})


def _numbers(given: Mapping[str, Any], where: str) -> Mapping[str, float]:
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OutOfDefinition(f"{where}.{name:.40}", say("is_number"))
    return given


def _object(body: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise OutOfDefinition(where, say("is_an_object"))
    return body


def _only(body: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in body:
        if name not in known:
            raise OutOfDefinition(
                f"{where}.{name:.40}".strip("."), say("not_known", known=", ".join(sorted(known)))
            )
