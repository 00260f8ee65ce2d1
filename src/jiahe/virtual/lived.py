"""What the demo's devices show of the home they stand in, and what their settings do to it; the same for its past as for now.

Owns the tie between a lived-in home (`year.py`) and devices' values by path. A device is a face: the virtual product that answers on
the network, or paper, on which a past is written a thousand times faster. Knows no protocol and no clock.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from jiahe.model.definition import Value
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.dwelling import IDLE, Sensed
from jiahe.virtual.family import ASLEEP, IN_BED
from jiahe.virtual.hands import AUTO, QUIET, Wish
from jiahe.virtual.inverter import Setting
from jiahe.virtual.law import Hidden
from jiahe.virtual.programmes import PROGRAMMES
from jiahe.virtual.year import MINUTE, ByHand, Controller, Decision, Home, Minute, Told

PURIFIER, CONDITIONER = "living-purifier", "bedroom-ac"
FRIDGE, COOKER, DISHWASHER, LAMP = "kitchen-fridge", "rice-cooker", "dishwasher", "bedroom-lamp"
PURIFIER_ROOM, CONDITIONER_ROOM = "living-room", "bedroom"
HIGHEST_SPEED = 2200.0  # 1/min
FANS: Mapping[str, float] = {
    "auto": 102.0,
    "silent": 20.0,
    "low": 40.0,
    "medium": 60.0,
    "high": 80.0,
    "full": 100.0,
}
DARK = 25.0
"""W/m2 outside, below which somebody who is up wants light."""
SMALLEST = 0.8
"""Of its step by which a reading must have changed to be shown: sensors do not flicker."""
PROGRAMME_OF: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "rice": (COOKER, {"programme": "standard_rice", "status": "cooking"}),
    "congee": (COOKER, {"programme": "congee", "status": "cooking"}),
    "dishes": (DISHWASHER, {"programme": "normal", "power": True, "status": "running", "running": True}),
}
"""What a programme of the family is at its appliance."""
KEEPING_WARM = 60
"""Minutes at the end of `rice` that its cooker counts as keeping warm."""


class Face(Protocol):
    """A device's values by path, and the raw value behind one."""

    @property
    def values(self) -> Mapping[str, Value]: ...

    def set(self, values: Mapping[str, Value]) -> None:
        """The device itself changed them."""

    def raw(self, path: str) -> object:
        """As it stands on the wire; of `fan_mode` the fan's speed in %, above 100 automatic."""


class Paper:
    """A face that nobody asks: the values of a past."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    @property
    def values(self) -> Mapping[str, Value]:
        return self._values

    def set(self, values: Mapping[str, Value]) -> None:
        self._values.update(values)

    def raw(self, path: str) -> object:
        return FANS.get(str(self._values.get(path)))


class Change(NamedTuple):
    """Somebody set a device: a person by hand, or a controller, which `cause` names."""

    at: float
    device: str
    values: Mapping[str, Value]
    cause: str
    by_hand: bool


class Lived:
    """The home with its devices. `faces` by device id; `energy` is what the air conditioner's meter shows in kW.h. With `hands` the people
    operate the devices too (a past); without, only what nobody adopted: the reader of a demo is the person."""

    def __init__(
        self,
        home: Home,
        faces: Mapping[str, Face],
        *,
        seed: int,
        energy: float = 0.0,
        hands: bool = False,
        comfort: Controller | None = None,
    ) -> None:
        self.home = home
        self.faces = faces
        self.energy = energy
        self.hands = hands
        self.comfort = comfort
        self.changes: list[Change] = []
        self._others = ByHand()
        self._chance = random.Random(f"{seed}/sensors")
        self._hidden: dict[str, Hidden] = {COOKER: {}, DISHWASHER: {}}
        self._started: set[tuple[str, float]] = set()
        self._lit: bool | None = None
        home.controller = self

    # ---- a step ---------------------------------------------------------------------------------------------

    def step(self, t: float, seconds: float = MINUTE) -> Minute:
        """On by so many seconds (60 at most) from `t`; the sensors are shown by `show`."""
        self._set_fridge()
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
        if self.comfort is not None:
            wanted = self.comfort.decide(sensed, t, told)
            self._by_controller(t, wanted)
        purifier, conditioner = self.faces[PURIFIER], self.faces[CONDITIONER]
        controls = dict(others.controls)
        bedroom = controls.get(CONDITIONER_ROOM, IDLE)._replace(ac=setting_of(conditioner))
        living = controls.get(PURIFIER_ROOM, IDLE)._replace(purifier=level_of(purifier))
        controls |= {CONDITIONER_ROOM: bedroom._replace(purifier=0.0), PURIFIER_ROOM: living}
        return Decision(controls)

    def put(self, t: float, device: str, values: Mapping[str, Value], cause: str, *, by_hand: bool) -> None:
        """Sets a device and remembers who did; what is so already is nobody's doing."""
        face = self.faces[device]
        changed = {path: value for path, value in values.items() if face.values.get(path) != value}
        if changed:
            face.set(changed)
            self.changes.append(Change(t, device, changed, cause, by_hand))

    def _by_hand(self, t: float, wish: Wish) -> None:
        if wish.ac is not None and wish.room == CONDITIONER_ROOM:
            self.put(t, CONDITIONER, conditioner_values(wish.ac), wish.person, by_hand=True)
        if wish.purifier is not None and wish.room == PURIFIER_ROOM:
            self.put(t, PURIFIER, purifier_values(wish.purifier), wish.person, by_hand=True)

    def _by_controller(self, t: float, wanted: Decision) -> None:
        for room, device, kind in (
            (CONDITIONER_ROOM, CONDITIONER, "ac"),
            (PURIFIER_ROOM, PURIFIER, "purifier"),
        ):
            cause = wanted.causes.get(f"{room}.{kind}")
            control = wanted.controls.get(room)
            if cause is None or control is None:
                continue
            values = conditioner_values(control.ac) if kind == "ac" else purifier_values(control.purifier)
            self.put(t, device, values, cause, by_hand=False)

    # ---- appliances -----------------------------------------------------------------------------------------

    def _set_fridge(self) -> None:
        values, fridge = self.faces[FRIDGE].values, self.home.fridge
        fridge.fridge_set = _number(values, "fridge.target_temperature", 4.0) - (
            2.0 if values.get("fast_cool") else 0.0
        )
        fridge.freezer_set = _number(values, "freezer.target_temperature", -18.0) - (
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
        """The bedroom's lamp: on when somebody who is up comes in the dark, off for the night; in between it is whose hand it was."""
        up = [
            one
            for one in minute.where.values()
            if one.room == CONDITIONER_ROOM and one.activity not in (ASLEEP, IN_BED)
        ]
        lying = any(
            one.room == CONDITIONER_ROOM and one.activity in (ASLEEP, IN_BED) for one in minute.where.values()
        )
        lit = bool(up) and not lying and minute.outdoor.solar < DARK
        if lit != self._lit:
            if self._lit is not None or not lit:
                self.faces[LAMP].set({"power": lit})
            self._lit = lit

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

    def show_purifier(self, minute: Minute, flicker: float = 0.0) -> None:
        """Its two sensors; a motor's speed differs by `flicker` 1/min from one reading to the next."""
        level = minute.controls[PURIFIER_ROOM].purifier
        speed = level * HIGHEST_SPEED + (self._chance.uniform(-flicker, flicker) if level else 0.0)
        dust = minute.sensed[PURIFIER_ROOM].pm2_5 * self._chance.gauss(1.0, 0.02)
        values: dict[str, Value] = {
            "pm2_5": round(max(0.0, min(dust, 600.0))),
            "fan_rpm": round(speed if flicker else round(speed / 10) * 10),
        }
        self.faces[PURIFIER].set(values)

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


def setting_of(face: Face) -> Setting:
    """An air conditioner's settings as its room takes them."""
    now, fan = face.values, face.raw("fan_mode")
    speed = float(fan) if isinstance(fan, int | float) else 102.0
    return Setting(
        on=bool(now["power"]),
        mode=str(now["mode"]),
        set_point=_number(now, "target_temperature", 26.0),
        fan=0.0 if speed > 100.0 else speed / 100.0,
        turbo=bool(now.get("turbo")),
        eco=bool(now.get("eco")),
    )


def conditioner_values(setting: Setting) -> dict[str, Value]:
    """The values of a unit that is set so; the night's fan is its "silent"."""
    if not setting.on:
        return {"power": False}
    quiet = 0.0 < setting.fan <= 0.25
    return {
        "power": True,
        "mode": setting.mode,
        "target_temperature": setting.set_point,
        "fan_mode": "silent" if quiet else "auto",
        "sleep": quiet,
    }


def level_of(face: Face) -> float:
    """A purifier's settings as a level of 0 to 1, or -1 for its "auto"."""
    now = face.values
    if not now["power"]:
        return 0.0
    if now["mode"] == "favorite":
        return min(max(_number(now, "favorite_speed", 1200.0), 300.0), HIGHEST_SPEED) / HIGHEST_SPEED
    return QUIET if now["mode"] == "sleep" else AUTO


def purifier_values(level: float) -> dict[str, Value]:
    """The values of a purifier that is set so."""
    if level == 0.0:
        return {"power": False}
    if level < 0.0:
        return {"power": True, "mode": "auto"}
    if level <= QUIET:
        return {"power": True, "mode": "sleep"}
    return {
        "power": True,
        "mode": "favorite",
        "favorite_speed": int(min(max(level * HIGHEST_SPEED, 300.0), 2200.0)),
    }


def steady(face: Face, path: str, real: float, step: float) -> float:
    """The reading on its steps, kept while the real value is less than 0.8 of a step away."""
    shown = face.values.get(path)
    if isinstance(shown, int | float) and abs(real - shown) < SMALLEST * step:
        return float(shown)
    return round(round(real / step) * step, 3)


def _set(face: Face, values: Mapping[str, Value]) -> None:
    changed = {path: value for path, value in values.items() if face.values.get(path) != value}
    if changed:
        face.set(changed)


def _number(values: Mapping[str, Value], path: str, otherwise: float) -> float:
    found = values.get(path)
    return float(found) if isinstance(found, int | float) else otherwise
