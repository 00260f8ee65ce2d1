"""What the demo's devices show of the home they stand in, and what their settings do to it; the same for its past as for now.

Owns the tie between a lived-in home (`year.py`) and devices' values by path. A device is a face: the virtual product that answers on
the network, or paper, on which a past is written a thousand times faster. Knows no protocol and no clock.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from jiahe.model.definition import Value
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.balcony import BALCONY, Balcony
from jiahe.virtual.dwelling import IDLE, Sensed
from jiahe.virtual.family import ASLEEP, IN_BED
from jiahe.virtual.fridge_plug import PLUG, feed, metered
from jiahe.virtual.hands import Wish
from jiahe.virtual.law import Hidden
from jiahe.virtual.programmes import PROGRAMMES
from jiahe.virtual.settings import (
    HIGHEST_SPEED,
    Face,
    conditioner_values,
    level_of,
    purifier_values,
    setting_of,
    steady,
    value_of,
)
from jiahe.virtual.wrists import Wrists
from jiahe.virtual.year import MINUTE, ByHand, Decision, Home, Minute, Told

PURIFIER, CONDITIONER, BEDROOM_PURIFIER = "living-purifier", "bedroom-ac", "bedroom-purifier"
FRIDGE, COOKER, DISHWASHER, LAMP = "kitchen-fridge", "rice-cooker", "dishwasher", "bedroom-lamp"
PURIFIER_ROOM, CONDITIONER_ROOM = "living-room", "bedroom"
PURIFIERS: Mapping[str, str] = {PURIFIER_ROOM: PURIFIER, CONDITIONER_ROOM: BEDROOM_PURIFIER}
RITUALS = frozenset({"bed", "up", "leaving"})
"""What people do by habit rather than because something is wrong: in rooms that keep themselves they leave it be."""
ASLEEP_WITH_LIGHT = 40 * MINUTE
"""Seconds after which somebody wakes of a lamp that nothing put out."""
DARK = 25.0
"""W/m2 outside, below which somebody who is up wants light."""
PROGRAMME_OF: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "rice": (COOKER, {"programme": "standard_rice", "status": "cooking"}),
    "congee": (COOKER, {"programme": "congee", "status": "cooking"}),
    "dishes": (DISHWASHER, {"programme": "normal", "power": True, "status": "running", "running": True}),
}
"""What a programme of the family is at its appliance."""
LAMP_LEVEL = 60
"""% at which the lamp is lit."""
KEEPING_WARM = 60
"""Minutes at the end of `rice` that its cooker counts as keeping warm."""


class Change(NamedTuple):
    """Somebody set a device: a person by hand, or a controller, which `cause` names."""

    at: float
    device: str
    values: Mapping[str, Value]
    cause: str
    by_hand: bool


class Steward(Protocol):
    """Whoever keeps rooms of the past by itself, as a hub does: it sees devices, sets devices, and is told of hands."""

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms that it keeps: people do there only what is uncomfortable otherwise."""

    def touched(self, at: float, device: str, values: Mapping[str, Value], person: str) -> None:
        """A person set a device by hand."""

    def minute(self, at: float, lived: Lived) -> Iterable[tuple[str, Mapping[str, Value], str]]:
        """What is to be set at the end of this minute: device, values, cause."""


class Lived:
    """The home with its devices. `faces` by device id; `energy` is what the air conditioner's meter shows in kW.h. With `hands` the people
    operate the devices too (a past), and a `steward` keeps some rooms; without, only what nobody adopted: the reader of a demo is the person."""

    def __init__(
        self,
        home: Home,
        faces: Mapping[str, Face],
        *,
        seed: int,
        energy: float = 0.0,
        hands: bool = False,
        steward: Steward | None = None,
    ) -> None:
        self.home = home
        self.faces = faces
        self.energy = energy
        self.hands = hands
        self.steward = steward
        self.wrists = Wrists(home)
        self._balcony = Balcony(seed)
        self.changes: list[Change] = []
        self._others = ByHand()
        self._chance = random.Random(f"{seed}/sensors")
        self._hidden: dict[str, Hidden] = {COOKER: {}, DISHWASHER: {}}
        self._started: set[tuple[str, float]] = set()
        self._lit: bool | None = None
        self._lying_since: float | None = None
        self._seconds = MINUTE
        self._turn = -1
        home.controller = self

    # ---- a step ---------------------------------------------------------------------------------------------

    def step(self, t: float, seconds: float = MINUTE) -> Minute:
        """On by so many seconds (60 at most) from `t`; the sensors are shown by `show`."""
        self._set_fridge()
        self._seconds = seconds
        if (turn := int(t // MINUTE)) != self._turn:  # bands count whole minutes, however short the steps are
            self._turn = turn
            self.wrists.minute(t, self.home.family.at(t), self.faces)
        minute = self.home.minute(t, seconds)
        self.energy += minute.electric[f"{CONDITIONER_ROOM}.ac"] * seconds / 3.6e6
        self._kitchen(t, seconds)
        self._light(t, minute)
        return minute

    def decide(self, sensed: Mapping[str, Sensed], t: float, told: Told) -> Decision:
        """The devices' settings, as controls of their rooms; the other rooms as people want them."""
        others = self._others.decide(sensed, t, told)
        if self.hands:
            for wish in told.wishes:
                self._by_hand(t, wish)
        if self.steward is not None:
            for device, values, cause in self.steward.minute(t + self._seconds, self):
                self.put(t, device, values, cause, by_hand=False)
        controls = dict(others.controls)
        for room, device in PURIFIERS.items():
            controls[room] = controls.get(room, IDLE)._replace(purifier=level_of(self.faces[device]))
        conditioner = setting_of(self.faces[CONDITIONER])
        controls[CONDITIONER_ROOM] = controls[CONDITIONER_ROOM]._replace(ac=conditioner)
        return Decision(controls)

    def put(self, t: float, device: str, values: Mapping[str, Value], cause: str, *, by_hand: bool) -> None:
        """Sets a device and remembers who did; what is so already is nobody's doing."""
        face = self.faces[device]
        changed = {path: value for path, value in values.items() if face.values.get(path) != value}
        if changed:
            face.set(changed)
            self.changes.append(Change(t, device, changed, cause, by_hand))
            if by_hand and self.steward is not None:
                self.steward.touched(t + self._seconds, device, changed, cause)

    def _by_hand(self, t: float, wish: Wish) -> None:
        if self.steward is not None and wish.room in self.steward.rooms and wish.why in RITUALS:
            return
        if wish.ac is not None and wish.room == CONDITIONER_ROOM:
            self.put(t, CONDITIONER, conditioner_values(wish.ac), wish.person, by_hand=True)
        if wish.purifier is not None and wish.room in PURIFIERS:
            device = PURIFIERS[wish.room]
            favorite = "favorite_speed" in self.faces[device].values
            values = purifier_values(wish.purifier, favorite=favorite)
            self.put(t, device, values, wish.person, by_hand=True)

    # ---- appliances -----------------------------------------------------------------------------------------

    def _set_fridge(self) -> None:
        values, fridge = self.faces[FRIDGE].values, self.home.fridge
        feed(fridge, self.faces[PLUG])
        fridge.fridge_set = value_of(values, "fridge.target_temperature", 4.0) - (
            2.0 if values.get("fast_cool") else 0.0
        )
        fridge.freezer_set = value_of(values, "freezer.target_temperature", -18.0) - (
            4.0 if values.get("fast_freeze") else 0.0
        )

    def _kitchen(self, t: float, seconds: float) -> None:
        """Programmes that the family starts, and the time of those that run, whoever started them."""
        begun = set()
        for running, since in self.home.family.running(t):
            known = PROGRAMME_OF.get(running.name)
            if known is None:
                continue
            key = (running.name, running.start)
            begun.add(key)
            device, values = known
            length = PROGRAMMES[running.name].minutes - (KEEPING_WARM if running.name == "rice" else 0)
            if key not in self._started and since < length:
                self.faces[device].set({**values, "remaining_time": max(1, round(length - since))})
        for name, _ in self._started - begun:
            if PROGRAMME_OF[name][0] == COOKER:  # somebody took the rice and pulled the plug
                self._hidden[COOKER].clear()
                _set(self.faces[COOKER], {"status": "idle", "remaining_time": 0, "keep_warm_time": 0})
        self._started = begun
        for device, product in ((COOKER, "midea.ea.rice_cooker"), (DISHWASHER, "midea.e1.dishwasher")):
            face = self.faces[device]
            if device == DISHWASHER and not face.values["running"] and face.values["status"] == "idle":
                continue
            then = LAWS[product].step(face.values, self._hidden[device], seconds)
            changed = {
                path: value
                for path, value in then.items()
                if path in face.values and face.values[path] != value
            }
            if changed:
                face.set(changed)

    def _light(self, t: float, minute: Minute) -> None:
        """The bedroom's lamp: on when somebody who is up comes in the dark; off when they leave it, or long after they fell asleep by it.
        In between it is whose hand it was, or what the home does by itself."""
        here = [one for one in minute.where.values() if one.room == CONDITIONER_ROOM]
        up = any(one.activity not in (ASLEEP, IN_BED) for one in here)
        lying = any(one.activity in (ASLEEP, IN_BED) for one in here)
        asleep = lying and all(one.asleep for one in here)
        self._lying_since = (self._lying_since or t) if asleep else None
        late = self._lying_since is not None and t - self._lying_since >= ASLEEP_WITH_LIGHT
        lit = bool(self._lit)
        if not here or minute.outdoor.solar >= DARK or late:
            lit = False
        elif up and not lying:
            lit = True
        if lit != self._lit:
            if self._lit is not None or not lit:
                self.faces[LAMP].set({"power": lit, **({"light_level": LAMP_LEVEL} if lit else {})})
            self._lit = lit

    def recall(self, known: Mapping[str, Mapping[str, Value]], share: float) -> None:
        """The rooms as sensors showed them last, by device and path, as far as this `share` of it is still there (0 to 1). Walls are off as
        far as the air is, and rooms without a sensor as far as their neighbour."""
        rooms = self.home.dwelling.state
        off = share * _beside(known.get(CONDITIONER, {}).get("temperature"), rooms[CONDITIONER_ROOM].air)
        for state in rooms.values():
            state.air += off
            state.wall += off
        dust = {
            room: share * _beside(known.get(device, {}).get("pm2_5"), rooms[room].pm2_5)
            for room, device in PURIFIERS.items()
        }
        for room, state in rooms.items():
            state.pm2_5 = max(0.0, state.pm2_5 + dust.get(room, dust[PURIFIER_ROOM]))
        self.home.sensed = {}
        face = self.faces[CONDITIONER]
        _set(face, {"temperature": steady(face, "temperature", rooms[CONDITIONER_ROOM].air, 0.1)})
        for room, device in PURIFIERS.items():
            shown = round(rooms[room].pm2_5)
            _set(self.faces[device], {"pm2_5": shown if device == PURIFIER else float(shown)})

    # ---- what sensors show ----------------------------------------------------------------------------------

    def show(self, minute: Minute) -> None:
        """The sensors after a step, on steps of their own and without flicker."""
        room, outside = minute.sensed[CONDITIONER_ROOM], minute.outdoor
        face = self.faces[CONDITIONER]
        _set(face, {
            "temperature": steady(face, "temperature", room.temperature, 0.1),
            "outdoor_temperature": steady(face, "outdoor_temperature", outside.temperature, 0.5),
            "electric_power": steady(face, "electric_power", room.power["ac"], 1.0),
            "energy": round(self.energy, 2),
        })  # fmt: skip
        self._show_fridge(minute)
        balcony = self.faces[BALCONY]
        _set(balcony, self._balcony.shown(balcony, outside, minute.t))

    def show_purifier(self, minute: Minute, flicker: float = 0.0) -> None:
        """The sensors of both; a motor's speed differs by `flicker` 1/min from one reading to the next."""
        level = minute.controls[PURIFIER_ROOM].purifier
        speed = level * HIGHEST_SPEED + (self._chance.uniform(-flicker, flicker) if level else 0.0)
        values: dict[str, Value] = {
            "pm2_5": round(self._dust(minute, PURIFIER_ROOM)),
            "fan_rpm": round(speed if flicker else round(speed / 10) * 10),
        }
        self.faces[PURIFIER].set(values)
        face, dust = self.faces[BEDROOM_PURIFIER], self._dust(minute, CONDITIONER_ROOM)
        _set(face, {"pm2_5": steady(face, "pm2_5", dust, 1.0)})

    def _dust(self, minute: Minute, room: str) -> float:
        """ug/m3 as a sensor of light scattered tells them: a few percent off, and no more than it can."""
        return max(0.0, min(minute.sensed[room].pm2_5 * self._chance.gauss(1.0, 0.02), 600.0))

    def _show_fridge(self, minute: Minute) -> None:
        face, inside = self.faces[FRIDGE], minute.fridge
        doors = self.home.family.fridge_doors(minute.t)
        within = (minute.t % MINUTE) / MINUTE  # a door stands open in the first part of its minute
        _set(face, {
            "fridge.temperature": steady(face, "fridge.temperature", inside.fridge, 0.5),
            "freezer.temperature": steady(face, "freezer.temperature", inside.freezer, 0.5),
            "fridge.door_open": within < doors[0],
            "freezer.door_open": within < doors[1],
        })  # fmt: skip
        plug, kitchen = self.faces[PLUG], minute.sensed["kitchen"].temperature
        _set(plug, metered(plug, inside, kitchen))


def _beside(shown: Value, real: float) -> float:
    """How far a reading is from what is so; 0 where there is none."""
    return shown - real if isinstance(shown, int | float) else 0.0


def _set(face: Face, values: Mapping[str, Value]) -> None:
    changed = {path: value for path, value in values.items() if face.values.get(path) != value}
    if changed:
        face.set(changed)
