"""The wristbands of the demo's family as devices: what each shows in a minute, and whether it is at home to be heard.

Owns the tie between what a band measured (`band.py`) and its values by path; knows no protocol. A band goes where its wearer goes:
out of the home nobody hears it, and it counts on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jiahe.model.definition import Value
from jiahe.virtual.band import BandMinute
from jiahe.virtual.family import Where
from jiahe.virtual.settings import Face

if TYPE_CHECKING:
    from jiahe.virtual.year import Home

WEARERS: Mapping[str, str] = {"wang-band": "wang", "li-band": "li"}
"""Whose a band is: a person of `habits.family_of` by the band's id."""
COUNTS = 4.0
"""Counts of an actigraph's minute in one of the band's own unit (0 to 255): a brisk walk, 420 counts, is about 100."""
HIGHEST = 255
PULSE_EVERY = 15
"""Minutes between two readings of the pulse that a band takes by itself."""
PATHS = ("steps", "movement", "heart_rate", "battery", "charging")


class Wrists:
    """Both bands. `minute` once a minute, in order; `here` says by band whether it is at home, `heard` what it said last at home and
    when (epoch seconds)."""

    def __init__(self, home: Home) -> None:
        people = {one.id: one for one in home.family.people}
        self._home = home
        self._wearers = {device: people[person] for device, person in WEARERS.items() if person in people}
        self._steps: dict[str, tuple[int, int]] = {}
        self.here: dict[str, bool] = dict.fromkeys(self._wearers, True)
        self.heard: dict[str, dict[str, tuple[Value, float]]] = {device: {} for device in self._wearers}

    def minute(self, t: float, where: Mapping[str, Where], faces: Mapping[str, Face]) -> None:
        """The minute that began at `t`, into the faces of the bands."""
        for device, person in self._wearers.items():
            told = self._home.bands.at(person, t)
            self.here[device] = where[person.id].home or not told.worn
            shown = self._shown(device, t, told)
            face = faces[device]
            changed = {path: value for path, value in shown.items() if face.values.get(path) != value}
            if changed:
                face.set(changed)
            if self.here[device]:
                self.heard[device].update({path: (value, t) for path, value in shown.items()})

    def pulse(self, device: str, t: float) -> int | None:
        """What a measurement finds now; None where no pulse is found."""
        return self._home.bands.at(self._wearers[device], t).heart_rate

    def _shown(self, device: str, t: float, told: BandMinute) -> dict[str, Value]:
        percent, charging = self._home.bands.battery(self._wearers[device], t)
        shown: dict[str, Value] = {
            "steps": self._walked(device, t),
            "movement": min(HIGHEST, round(told.counts / COUNTS)),
            "battery": percent,
            "charging": "charging" if charging else "not_charging",
        }
        if told.heart_rate is not None and self._home.family.moment(t)[1] % PULSE_EVERY == 0:
            shown["heart_rate"] = told.heart_rate
        return shown

    def _walked(self, device: str, t: float) -> int:
        """Steps of today: a band begins anew at midnight. A minute that was added already is not added twice."""
        person, bands = self._wearers[device], self._home.bands
        day, minute = self._home.family.moment(t)
        key, total = self._steps.get(device, (-1, 0))
        now = day * 1440 + minute
        if key // 1440 != day or key > now:
            start = self._home.family.start_of(day)
            total = sum(bands.at(person, start + 60.0 * n).steps for n in range(minute + 1))
        else:
            total += sum(bands.at(person, t - 60.0 * n).steps for n in range(now - key))
        self._steps[device] = (now, total)
        return min(total, 65_535)
