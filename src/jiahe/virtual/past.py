"""The past of the demo home: the same rooms, people and devices, played on paper up to now. Pure by seed; owns no device.

A demo that starts now has days to show. Readings stand every five minutes in the last week and every quarter of an hour before
it, so that a year of past does not fill the disk; what somebody set stands at its own minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jiahe.model.definition import Value
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.family import Family
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.inverter import Setting
from jiahe.virtual.lived import (
    BEDROOM_PURIFIER,
    CONDITIONER,
    COOKER,
    DISHWASHER,
    FRIDGE,
    LAMP,
    PURIFIER,
    Lived,
    Steward,
)
from jiahe.virtual.settings import Paper, conditioner_values
from jiahe.virtual.weather import DAY, HOUR, Weather, moved, synthetic
from jiahe.virtual.wrists import WEARERS
from jiahe.virtual.year import MINUTE, Home, Seen, home_of

STEP = 300.0
"""Seconds between two readings: twelve an hour draw a day's curve without filling the disk."""
OLD_STEP = 900.0
OLD = 7 * DAY
AT_HOME = 40 * 60.0
"""Seconds before its end that the past finds both machines on: a demo that shows something."""
CITY = "shanghai"

BEGINNING: Mapping[str, Mapping[str, Value]] = {
    PURIFIER: {"power": True, "mode": "auto", "pm2_5": 20, "fan_rpm": 0, "favorite_speed": 1200},
    BEDROOM_PURIFIER: {"power": True, "mode": "auto", "fan_mode": "auto", "pm2_5": 20.0, "filter_life": 91},
    CONDITIONER: {
        "power": False, "mode": "cool", "target_temperature": 26.0, "fan_mode": "auto", "sleep": False, "temperature": 25.0,
        "outdoor_temperature": 25.0, "electric_power": 0.0, "energy": 0.0,
        "bracelet_control": False, "bracelet_sleep": False,
    },
    FRIDGE: {
        "fridge.temperature": 4.0, "fridge.target_temperature": 4.0, "fridge.power": True, "fridge.door_open": False,
        "freezer.temperature": -18.0, "freezer.target_temperature": -18.0, "freezer.power": True, "freezer.door_open": False,
    },
    COOKER: {**LAWS["midea.ea.rice_cooker"].start, "programme": "standard_rice", "remaining_time": 0, "delay_start": 0, "keep_warm_time": 0},
    DISHWASHER: {**LAWS["midea.e1.dishwasher"].start, "running": False, "programme": "normal", "phase": "idle", "remaining_time": 0},
    LAMP: {"power": False, "light_level": 60},
    BALCONY: {
        "pm2_5": 30.0, "pm10": 50.0, "temperature": 20.0, "humidity": 60.0, "co2": 430.0,
        "battery": 100, "charging": "not_charging", "battery_voltage": 4.12,
    },
    PLUG: {"power": True, "electric_power": 3.0, "internal_temperature": 30, "display": True},
    **{band: {"steps": 0, "movement": 0, "heart_rate": 64, "battery": 76, "charging": "not_charging"} for band in WEARERS},
}  # fmt: skip
"""How the devices of the demo begin."""
QUIETLY = frozenset(
    {
        "voltage",
        "favorite_speed",
        "light_level",
        "fridge.power",
        "freezer.power",
        "delay_start",
        "filter_life",
        "battery_voltage",
        "internal_temperature",
        "display",
    }
)
"""Values of a beginning that no past tells: the hub asks for them when it meets the device."""
NOISY = frozenset({"pm2_5", "temperature", "outdoor_temperature", "electric_power", "fan_rpm"})
"""Told at every reading, changed or not: a line in a chart needs its points."""
MEASURING = frozenset({PURIFIER, BEDROOM_PURIFIER, CONDITIONER})


def demo_home(seed: int, start: float, utc_offset: float) -> Home:
    """The flat of the demo as it stands at `start` (epoch seconds), with the sun where the clock on its wall wants it."""
    weather: Weather = synthetic(CITY, seed)
    weather = moved(weather, weather.start + 8 * HOUR - utc_offset)
    home = home_of(CITY, seed, start=start, weather=weather, utc_offset=utc_offset)
    # A demo whose people are on a journey shows nothing.
    home.family = Family(seed, utc_offset=utc_offset, journeys=False)
    home.__post_init__()
    return home


class Past:
    """The past from `start` to `end` (epoch seconds). `play` it, then take `lived` from where it ended: its home goes on."""

    def __init__(
        self,
        seed: int,
        start: float,
        end: float,
        *,
        utc_offset: float = 8 * HOUR,
        energy: float = 0.0,
        steward: Steward | None = None,
    ) -> None:
        """`energy` in kW.h is what the meter showed at `start`; a `steward` keeps its rooms every minute."""
        self.start, self.end = start, end
        faces = {device: Paper(values) for device, values in BEGINNING.items()}
        home = demo_home(seed, start, utc_offset)
        self.lived = Lived(home, faces, seed=seed, energy=energy, hands=True, steward=steward)
        self._told: dict[tuple[str, str], Value] = {}
        self._awaited = False

    def play(self) -> Iterator[Seen]:
        """Minute by minute; readings at every step, settings when they changed, in order of time, the last at `end`."""
        at, due = self.start, self.start
        while at < self.end:
            seconds = min(MINUTE, self.end - at)
            minute = self.lived.step(at, seconds)
            at = min(self.end, at + seconds)
            if not self._awaited and at >= self.end - AT_HOME:
                self._awaited = True
                self._come_home(at)
            for change in self.lived.changes:
                yield from self._settings(at, change.device, change.values, change.cause)
            self.lived.changes.clear()
            if at - due >= (OLD_STEP if self.end - at > OLD else STEP) - 1e-6 or at == self.end:
                due = at
                self.lived.show(minute)
                self.lived.show_purifier(minute)
                yield from self._readings(at)

    def _come_home(self, at: float) -> None:
        hands, person = self.lived.home.hands, self.lived.home.family.people[0]
        mode, best = ("cool", person.cool) if hands.cooling else ("heat", person.warm)
        target = round(best * 2.0) / 2.0
        if self.lived.steward is None:  # nobody but them would switch it on
            values = conditioner_values(Setting(True, mode, target))
            self.lived.put(at, CONDITIONER, values, person.id, by_hand=True)
        self.lived.put(at, PURIFIER, {"power": True, "mode": "auto"}, person.id, by_hand=True)

    def _settings(self, at: float, device: str, values: Mapping[str, Value], cause: str) -> Iterator[Seen]:
        for path, value in values.items():
            self._told[device, path] = value
            yield Seen(at, device, path, value, cause)

    def _readings(self, at: float) -> Iterator[Seen]:
        for device, face in self.lived.faces.items():
            for path, value in face.values.items():
                known = self._told.get((device, path), _NEVER)
                if path in QUIETLY or not self.lived.wrists.here.get(device, True):
                    continue  # a band that is out with its wearer is not heard
                if known == value and not (path in NOISY and device in MEASURING):
                    continue
                self._told[device, path] = value
                yield Seen(at, device, path, value)


_NEVER = object()


def played(seed: int, end: float, hours: float = 24.0, utc_offset: float = 8 * HOUR) -> Iterator[Seen]:
    """The `hours` before `end` (epoch seconds) in the demo home of this seed."""
    return Past(seed, end - hours * HOUR, end, utc_offset=utc_offset).play()


__all__ = ["AT_HOME", "CONDITIONER", "PURIFIER", "Past", "demo_home", "played"]
