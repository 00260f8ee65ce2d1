"""What a hub knows of one room's heat: its quarters of an hour, its model, where its state is now. Pure.

Owns the rows that the model is fitted on, the observer, what the model does not explain (one slow rate), and how far
the room's sensor is from the unit's own; decides nothing. Memory is bounded by `identify.MOST` rows a room.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from jiahe.comfort.climate_seen import Limits, Reading, Unit
from jiahe.comfort.identify import MOST, STEP, Identified, Row, curved, identify, observe
from jiahe.comfort.thermal_model import (
    Matrix,
    Mode,
    Outside,
    State,
    ThermalModel,
    apply,
    bent,
    capacity_share,
    drive_of,
)

QUARTER = 900.0
FAN_WATTS = 25.0
"""What fans and electronics of a running unit take besides the compressor."""
LEARNS, FADES = 0.15, 4.0
"""Share of an unexplained rate that is taken over each quarter, and the hours in which it is expected to fade."""
ODD_MOST = 1.5
"""K/h: more is a fault, not an unknown."""
OFFSET_LEARNS, OFFSET_MOST = 0.05, 1.5
"""Share and most (K) of the distance between the room's sensor and the unit's own."""
ERRORS = 96
"""Quarters of which the error of prediction is remembered: a day."""


@dataclass(slots=True)
class Track:
    """One room's. `fit` is called once a day, outside the event loop."""

    limits: Limits
    rows: list[Row] = field(default_factory=list)
    known: Identified | None = None
    state: State | None = None
    odd: float = 0.0
    """K/h that the model does not explain, now."""
    usual: list[float] = field(default_factory=lambda: [0.0] * 24)
    """K/h that it never explains at that hour of the day (UTC): cooking, lamps, the sun's way round the house."""
    offset: float = 0.0
    """Room's sensor minus set point, in K, where the unit has come to rest."""
    rated: float = 0.0
    """W at full load, where no product file tells: the most of a quarter, slowly forgotten."""
    last_error: float | None = None
    _quarter: int | None = None
    _sums: dict[str, list[float]] = field(default_factory=dict)
    _beyond: int = 0

    def told(self, seen: Reading, air: float | None, home: float, sun: float) -> bool:
        """Takes a reading in; True where it ended a quarter of an hour, and the state moved on."""
        quarter = int(seen.at // QUARTER)
        ended = False
        if self._quarter is not None and quarter != self._quarter:
            if 0 < quarter - self._quarter <= 4:
                for one in range(self._quarter, quarter):
                    self._take(self._row(one))
                ended = True
            else:  # a gap of hours, or a clock set back: what was before is of no use for what comes
                self.state, self.odd = None, 0.0
                self._beyond = 0
            self._sums = {}
        self._quarter = quarter
        self._add("air", air)
        self._add("outdoor", seen.outdoor)
        self._add("beside", seen.beside)
        self._add("sun", seen.sun if seen.sun is not None else sun)
        self._add("home", home)
        drive = self._drive(seen, air)
        self._add("heat", drive)
        if drive is None:
            self._add("unknown", 1.0)
        return ended

    def fit(self) -> Identified | None:
        """Identifies the room from its rows; keeps and returns what may be believed. 0.1 to 0.6 s of CPU."""
        self.known = identify(self.rows, self.known.model if self.known is not None else None)
        if self.known is not None:
            self._settle()
        return self.known

    def _settle(self) -> None:
        """State and the usual of each hour, from the rows, with the model that is new."""
        assert self.known is not None
        model = self.known.model
        self.state, self.odd = None, 0.0
        rates: list[list[float]] = [[] for _ in range(24)]
        last: Row | None = None
        for row in curved(self.rows, model.steep):
            matrix = self._matrix(row.around)
            if last is None or row.quarter != last.quarter + 1:
                self.state = None
            if self.state is not None and row.air is not None and row.heat is not None:
                predicted = apply(matrix, self.state, model.push(row.around, row.heat)).air
                rates[row.quarter // 4 % 24].append((row.air - predicted) / STEP)
            self.state, last = observe(model, matrix, self.state, row), row
        self.usual = [_shrunk(one) for one in rates]

    @property
    def model(self) -> ThermalModel | None:
        """The room's model, where one is believed."""
        return self.known.model if self.known is not None else None

    def trusted(self) -> bool:
        """Whether the model still predicts: the last day's errors against those it was accepted with."""
        return self.known is not None and self._beyond < ERRORS // 4

    def to_json(self) -> dict[str, Any]:
        """For `of_json`; rows as lists, to be short."""
        rows = [
            [
                row.quarter,
                row.air,
                row.around.outdoor,
                row.around.sun,
                row.around.home,
                row.around.beside,
                row.heat,
            ]
            for row in self.rows
        ]
        return {
            "rows": rows,
            "known": None if self.known is None else asdict(self.known),
            "state": None if self.state is None else [self.state.air, self.state.mass],
            "odd": self.odd, "usual": self.usual, "offset": self.offset, "rated": self.rated, "quarter": self._quarter,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: dict[str, Any], limits: Limits) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        rows = [Row(a, Outside(o, s, h, b), heat, int(q)) for q, a, o, s, h, b, heat in body["rows"][-MOST:]]
        known = None
        if body["known"] is not None:
            known = Identified(**{**body["known"], "model": ThermalModel.of_json(body["known"]["model"])})
        state = None if body["state"] is None else State(*map(float, body["state"]))
        track = cls(limits, rows, known, state, float(body["odd"]))
        track.offset, track.rated = float(body["offset"]), float(body["rated"])
        track._quarter = body["quarter"]
        usual = [float(one) for one in body["usual"]]
        if len(usual) != 24:
            raise ValueError("a day has 24 hours")
        track.usual = usual
        return track

    def kilowatts(self) -> float:
        """Electric power at full load; 1 where nothing tells."""
        return (self.limits.rated_watts or self.rated or 1000.0) / 1000.0

    def expected(self, at: float, hours: float) -> float:
        """The unexplained rate (K/h) to expect `hours` after now, which is at `at`."""
        return self.odd * math.exp(-hours / FADES) + self.usual[int(at // 3600) % 24]

    def rest(self, unit: Unit | None, air: float | None, moved: float) -> None:
        """Learns the distance between both sensors while the unit runs and the room stands still."""
        if (
            unit is None
            or air is None
            or not unit.on
            or unit.mode is None
            or unit.set_point is None
            or abs(moved) > 0.15
        ):
            return
        wrong = air - unit.set_point
        if abs(wrong) <= 1.2 and (unit.watts is None or unit.watts > 2 * FAN_WATTS):
            self.offset += OFFSET_LEARNS * (wrong - self.offset)
            self.offset = min(max(self.offset, -OFFSET_MOST), OFFSET_MOST)

    # ---- inside

    def _add(self, name: str, value: float | None) -> None:
        if value is not None:
            self._sums.setdefault(name, []).append(value)

    def _mean(self, name: str) -> float | None:
        values = self._sums.get(name)
        return sum(values) / len(values) if values else None

    def _row(self, quarter: int) -> Row:
        before = self.rows[-1].around if self.rows else None
        outdoor = self._mean("outdoor")
        if outdoor is None:
            outdoor = before.outdoor if before is not None else 20.0
        around = Outside(outdoor, self._mean("sun") or 0.0, self._mean("home") or 0.0, self._mean("beside"))
        airs = self._sums.get("air", [])
        # the mean of the last third stands for the end of the quarter: one reading alone is half a step wrong
        last = airs[-max(1, len(airs) // 3) :]
        air = sum(last) / len(last) if last else None
        return Row(air, around, None if "unknown" in self._sums else self._mean("heat"), quarter)

    def _take(self, row: Row) -> None:
        before = self.rows[-1].air if self.rows else None
        self.rows.append(row)
        if len(self.rows) > MOST + 96:
            del self.rows[: len(self.rows) - MOST]
        self.last_error = None
        if self.known is None:
            return
        model, matrix = self.known.model, self._matrix(row.around)
        usual = self.usual[row.quarter // 4 % 24]
        if row.heat:
            row = replace(row, heat=bent(row.heat, model.steep))
        if self.state is not None and row.air is not None and row.heat is not None and before is not None:
            push, push_mass = model.push(row.around, row.heat)
            predicted = apply(matrix, self.state, (push + self.odd + usual, push_mass)).air
            self.last_error = row.air - predicted
            self.odd = min(max(self.odd + LEARNS * self.last_error / STEP, -ODD_MOST), ODD_MOST)
            far = abs(self.last_error) > max(0.4, 1.5 * self.known.error)
            self._beyond = min(self._beyond + 1, ERRORS) if far else max(self._beyond - 1, 0)
        self.odd *= math.exp(-STEP / FADES)
        self.state = observe(model, matrix, self.state, row, self.odd + usual)

    def _matrix(self, around: Outside) -> Matrix:
        assert self.known is not None
        return self.known.model.matrix(STEP, beside=around.beside is not None)

    def _drive(self, seen: Reading, air: float | None) -> float | None:
        """The signed drive that the reading tells of; None where the unit runs and nothing tells how hard."""
        unit = seen.unit
        if unit is None or not unit.on or unit.mode is None:
            return 0.0
        outdoor = seen.outdoor if seen.outdoor is not None else (35.0 if unit.mode is Mode.COOL else 7.0)
        if unit.watts is not None:
            self._rate(unit.watts, unit.mode, outdoor)
            share = max(0.0, unit.watts - FAN_WATTS) / (self.kilowatts() * 1000.0)
            return unit.mode.sign * min(drive_of(share, unit.mode, outdoor), 1.3)
        if unit.set_point is None or air is None:
            return None
        gap = unit.mode.sign * (unit.set_point + self.offset - air)
        if gap > 1.5:
            return unit.mode.sign * capacity_share(unit.mode, outdoor)
        return 0.0 if gap < -1.0 else None

    def _rate(self, watts: float, mode: Mode, outdoor: float) -> None:
        if self.limits.rated_watts is None:
            self.rated = max(self.rated * 0.99999, min(watts, 6000.0), 300.0)


def _shrunk(values: list[float]) -> float:
    """The mean, the nearer to nothing the fewer there are: twelve are three hours of three days."""
    return min(max(sum(values) / (len(values) + 12.0), -ODD_MOST), ODD_MOST)
