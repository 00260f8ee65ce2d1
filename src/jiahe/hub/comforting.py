"""Comfort as the phone sees it: what it knows, why it acts, and what people change of it. Owns those JSON shapes.

Times are epoch seconds, temperatures °C. A reason is a code and its figures; `words` has the sentence of every code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from jiahe.comfort.doors import ComfortDoors
from jiahe.comfort.outfit import Placed
from jiahe.comfort.runner import Runner
from jiahe.home.registry import Registry
from jiahe.hub.airing import air_of
from jiahe.hub.automation import Automation
from jiahe.hub.identifier import Identifiers
from jiahe.hub.tariffs import Tariffs
from jiahe.model.clock import Clock
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Reach
from jiahe.model.reasons import say
from jiahe.state.dispatch import Dispatch
from jiahe.state.store import Store
from jiahe.storage.documents import Documents

if TYPE_CHECKING:
    from jiahe.comfort.climate import RoomClimate
    from jiahe.comfort.climate_seen import Decision
    from jiahe.comfort.director import Director
    from jiahe.comfort.outfit import RoomOutfit
    from jiahe.comfort.schedule import Point
    from jiahe.comfort.wishes import Sleeper, Wishes

NIGHTS_SHOWN = 14
PLANNED_SHOWN = 48
"""Points of a plan: twelve hours of quarters."""
Sees = Callable[[str], bool]
"""Whether whoever asks may see this device."""


async def open_comfort(hub: Opened) -> Runner:
    """The runner with all that it takes of the other rooms."""
    place = hub.automation.place
    location = place.location
    doors = ComfortDoors(
        hub.clock,
        hub.store.get,
        lambda device: hub.store.availability(device).state is Reach.ONLINE,
        hub.dispatch.submit,
        hub.dispatch.outcome,
        hub.append,
        hub.documents,
        lambda: [
            Placed(one.id, one.area, one.profile.name, one.profile) for one in hub.registry.devices.values()
        ],
        lambda: hub.registry.rooms,
        lambda: hub.automation.runner.mode.value,
        hub.ids.new,
        lambda at, count: hub.tariffs.ahead(at, count),  # noqa: PLW0108  # the tariffs come later
    )
    where = (location.latitude, location.longitude) if location is not None else _guess(place.zone)
    return await Runner.open(doors, place.zone, where)


def _guess(zone: tzinfo) -> tuple[float, float]:
    """A place from the zone alone: on its meridian, in the middle of the temperate belt; the models absorb the rest."""
    offset = datetime(2026, 1, 1, tzinfo=zone).utcoffset() or timedelta()
    return 35.0, offset.total_seconds() / 240.0


class Opened(Protocol):
    """The rooms of a hub that comfort stands on (`hub.build.Hub`)."""

    clock: Clock
    store: Store
    dispatch: Dispatch
    documents: Documents
    registry: Registry
    automation: Automation
    ids: Identifiers
    tariffs: Tariffs

    @property
    def append(self) -> Callable[..., object]: ...


class Comforting:
    """The web's door to comfort."""

    def __init__(self, runner: Runner, clock: Callable[[], float]) -> None:
        self._runner, self._now = runner, clock

    def words(self) -> Mapping[str, Mapping[str, str]]:
        """Every sentence by code and language, figures in braces."""
        from jiahe.comfort.words import SENTENCES

        return {code: dict(texts) for code, texts in SENTENCES.items()}

    def state(self, sees: Sees) -> Mapping[str, Any]:
        """All that comfort knows of what this viewer may see."""
        director, wishes = self._runner.director, self._runner.wishes
        shown = {
            "active": director is not None, "trouble": self._runner.trouble, "now": self._now(),
            "looked": self._runner.looked,
        }  # fmt: skip
        if director is None:
            return {**shown, "rooms": [], "people": [], "bands": [], "faults": []}
        rooms = [
            one
            for one in director.outfit.rooms.values()
            if _visible(one, sees, director.advising.of(one.room))
        ]
        return {
            **shown,
            "rooms": [self._room(director, one, wishes, sees) for one in rooms],
            "people": [self._person(director, one) for one in wishes.people if sees(one.band)],
            "bands": [band for band in director.outfit.bands if sees(band)],
            "taste": {"tolerance": wishes.taste.tolerance, "worth": wishes.taste.worth},
            "tariff": wishes.tariff,
            "outdoor": self._outdoor(director, wishes, sees),
            "absence": _absence(director, wishes, sees),
            "faults": [
                {"about": note.about, "reasons": [why.as_json() for why in note.reasons]} for note in director.faults
                if all(sees(one.band) for one in wishes.people)  # they name people and bands
            ],
        }  # fmt: skip

    async def put_wishes(self, body: Mapping[str, Any]) -> None:
        """Everything that people want, in one piece. OutOfDefinition for what is wrong."""
        await self._runner.set_wishes(body)

    async def switch(self, room: str, feature: str, on: bool) -> None:
        """One feature of one room. UnknownName, OutOfDefinition."""
        from jiahe.comfort.wishes import switched

        self._outfit(room)
        await self._runner.set_wishes(switched(self._runner.wishes, room, feature, on=on).as_json())

    async def release(self, room: str) -> None:
        """Takes a person's hand off a room, of its climate and its purifier: the plan goes on at once."""
        director = self._steered(room)
        if room in director.climate.rooms:
            director.climate.rooms[room].release()
        director.air.release(room)
        director.think(room)
        await self._runner.beat()

    async def new_filter(self, room: str) -> None:
        """Somebody put a new filter into the room's purifier. UnknownName where there is none."""
        director = self._steered(room)
        if room not in director.air.rooms:
            raise UnknownName(say("no_steered_air", name=f"{room!r:.60}"))
        director.air.rooms[room].new_filter()
        await self._runner.save()

    def put_point(self, room: str, body: Mapping[str, Any]) -> None:
        """A point of the schedule that a person writes: it is never moved by learning."""
        self._climate(room).schedule.edit(_point(body))

    def remove_point(self, room: str, body: Mapping[str, Any]) -> None:
        """Takes a point out of the schedule. UnknownName where there is none such."""
        if not self._climate(room).schedule.remove(_point({**body, "target": None})):
            raise UnknownName(say("gone_point"))

    async def forget(self, room: str) -> None:
        """Everything learned of a room goes: its models, its schedule, its hands."""
        self._steered(room).forget(room)
        await self._runner.save()

    # ---- shapes --------------------------------------------------------------------------------------------------------

    def _outfit(self, room: str) -> RoomOutfit:
        director = self._runner.director
        if director is None or room not in director.outfit.rooms:
            raise UnknownName(say("no_steered_room", name=f"{room!r:.60}"))
        return director.outfit.rooms[room]

    def _climate(self, room: str) -> RoomClimate:
        director = self._runner.director
        if director is None or room not in director.climate.rooms:
            raise UnknownName(say("no_steered_climate", name=f"{room!r:.60}"))
        return director.climate.rooms[room]

    def _steered(self, room: str) -> Director:
        director = self._runner.director
        if director is None or (room not in director.climate.rooms and room not in director.air.rooms):
            raise UnknownName(say("no_steered", name=f"{room!r:.60}"))
        return director

    def _outdoor(self, director: Director, wishes: Wishes, sees: Sees) -> dict[str, Any]:
        """The sensor that stands outdoors, what else could, and what it measures now."""
        from jiahe.comfort.outdoors import measured

        named, now = wishes.outdoor, measured(self._now(), self._runner.view, director.outfit)
        seen = bool(named) and sees(named)
        return {
            "device": named if seen else "",
            "sensors": sorted(one for one in self._runner.outdoors if sees(one)),
            "pm2_5": now.pm2_5 if seen else None,
            "temperature": now.temperature if seen else None,
            "humidity": now.humidity if seen else None,
        }

    def _room(self, director: Director, one: RoomOutfit, wishes: Wishes, sees: Sees) -> dict[str, Any]:
        """Of what acts only what is seen, with what it reads; of a sleeper only to who may see their band."""
        wish, here = wishes.room(one.room), [who for who in wishes.people if who.bedroom == one.room]
        sleepers = [who.id for who in here if sees(who.band)]
        conditioner, purifier = (id_ if id_ and sees(id_) else "" for id_ in (one.conditioner, one.purifier))
        air = director.air.rooms.get(one.room) if purifier and _read(one, sees, "pm2_5") else None
        climate = (
            director.climate.rooms.get(one.room) if conditioner and _read(one, sees, "temperature") else None
        )
        advised = director.advising.of(one.room) if _read(one, sees, *one.readings) else ()
        shown: dict[str, Any] = {
            "room": one.room,
            "can": {"climate": bool(conditioner), "air": air is not None, "sleep": bool(sleepers)},
            "on": {"climate": wish.climate, "air": wish.air, "sleep": wish.sleep},
            "conditioner": conditioner, "purifier": purifier, "lights": [id_ for id_ in one.lights if sees(id_)],
            "sleepers": sleepers, "advice": [why.as_json() for why in advised],
        }  # fmt: skip
        if climate is not None:
            shown["climate"] = _climate(climate, director.decided.get(one.room))
        if air is not None:
            shown["air"] = air_of(air, self._now(), director.zone, self._runner.view)
        if len(sleepers) < len(here):
            _hush(shown)
        if wishes.outdoor and not sees(wishes.outdoor):
            _close(shown)
        return shown

    def _person(self, director: Director, one: Sleeper) -> dict[str, Any]:
        watched = director.bedtime.people.get(one.id)
        shown: dict[str, Any] = {
            "id": one.id, "name": one.name, "band": one.band, "bedroom": one.bedroom, "curve": one.curve.as_json(),
        }  # fmt: skip
        if watched is None:
            return shown
        said, habit = watched.watch.said, watched.watch.habit
        today = int(self._now() // 86400) + 719163  # ordinal of the day: the epoch began on day 719163
        bed, waking = habit.bedtime(today), habit.waking(today)
        return {
            **shown,
            "stage": watched.stage.value, "since": said.since, "probability": round(said.probability, 3),
            "reason": said.reason.as_json(), "fine": watched.fine,
            "bedtime": None if bed is None else {"minute": (bed.middle + 720) % 1440, "nights": bed.nights},
            "waking": None if waking is None else {"minute": (waking.middle + 720) % 1440, "nights": waking.nights},
            "nights": [list(night) for night in habit.nights[-NIGHTS_SHOWN:]],
        }  # fmt: skip


def _absence(director: Director, wishes: Wishes, sees: Sees) -> dict[str, Any]:
    """By whom the home is empty, for who may see what says so."""
    by, since = director.absence()
    bands = [one.band for one in wishes.people]
    seeing = [
        ref.device for room in director.outfit.rooms.values() for ref in room.readings.get("occupied", ())
    ]
    if not all(sees(one) for one in {"bands": bands, "rooms": seeing}.get(by, [])):
        by, since = "", None
    return {"by": by, "since": since}


def _read(one: RoomOutfit, sees: Sees, *names: str) -> bool:
    """Whether everything is seen that is read under these names."""
    return all(sees(ref.device) for name in names for ref in one.readings.get(name, ()))


def _hush(shown: Mapping[str, Any]) -> None:
    """Takes the reasons away that tell of somebody's sleep."""
    from jiahe.comfort.words import TELL_SLEEP

    for part in (shown.get("climate"), shown.get("air")):
        if part is not None and part["decision"] is not None:
            told = [why for why in part["decision"]["reasons"] if why["code"] not in TELL_SLEEP]
            part["decision"]["reasons"] = told


def _close(shown: dict[str, Any]) -> None:
    """Takes away what a sensor outdoors that is not seen may have told."""
    shown["advice"] = []
    for part in (shown.get("climate"), shown.get("air")):
        if part is not None:
            part["outdoor"] = None
        if part is not None and part["decision"] is not None:
            told = [why for why in part["decision"]["reasons"] if "outdoor" not in why["figures"]]
            part["decision"]["reasons"] = told


def _climate(room: RoomClimate, decision: Decision | None) -> dict[str, Any]:
    hold, known = room.hold, room.track.known
    shown: dict[str, Any] = {
        "mode": room.mode.value, "temperature": room.air, "outdoor": room.outdoor,
        "hold": None if hold is None else {"target": hold.target, "until": hold.until, "who": hold.who, "at": hold.at},
        "schedule": [
            {"mode": one.mode.value, "free": one.free, "minute": one.minute, "target": one.target, "edited": one.edited,
             "days": list(one.from_days)}
            for one in room.schedule.points
        ],
        "model": {"days": len(room.track.rows) / 96, "known": known is not None, "trusted": room.track.trusted()},
        "decision": None,
    }  # fmt: skip
    if decision is not None:
        setting = decision.setting
        shown["decision"] = {
            "on": setting.on, "mode": setting.mode.value, "target": setting.set_point, "by": decision.by,
            "again": decision.again, "reasons": [why.as_json() for why in decision.reasons],
            "planned": [list(one) for one in decision.planned[:PLANNED_SHOWN]],
        }  # fmt: skip
    return shown


def _visible(one: RoomOutfit, sees: Sees, advised: object) -> bool:
    """By what is steered there; a room with nothing but sensors is worth a word while there is advice."""
    sensors = [ref.device for refs in one.readings.values() for ref in refs] if advised else []
    return any(sees(device) for device in (one.conditioner, one.purifier, *one.lights, *sensors) if device)


def _point(body: Mapping[str, Any]) -> Point:
    from jiahe.comfort.schedule import Point
    from jiahe.comfort.thermal_model import Mode

    mode, minute, target = body.get("mode"), body.get("minute"), body.get("target")
    if mode not in tuple(Mode):
        raise OutOfDefinition("mode", say("comfort_mode"), [one.value for one in Mode])
    if isinstance(minute, bool) or not isinstance(minute, int) or not 0 <= minute < 1440:
        raise OutOfDefinition("minute", say("minute_of_day"), [0, 1439])
    if target is not None and (
        isinstance(target, bool) or not isinstance(target, int | float) or not 16 <= target <= 30
    ):
        raise OutOfDefinition("target", say("comfort_target"), [16, 30])
    return Point(Mode(mode), bool(body.get("free")), minute, None if target is None else float(target))
