"""What an order would have done to a measured reading: first-order models, fitted on the journal itself.

Owns the fit, its error, and when it says nothing. Pure. A reading goes toward a level with a speed of its own, another
one while the device is on than while it is off:

    reading(t) = level + (reading(0) - level) * exp(-t / span)

Fitted by least squares on how the reading moved in pairs of neighbouring reports, for each state of the switch. A model
that is not clearly better than "it stays as it is" is no model: the reading is then not modelled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from jiahe.model.definition import Profile, Value
from jiahe.model.happening import PropertyRef

MODELLED = frozenset({"temperature", "pm2_5", "humidity"})
"""Last parts of the paths that are modelled: quantities of a room that a device moves slowly."""
SWITCH = "power"
LEAST_PAIRS = 20
"""Pairs in a state from which on a fit is tried: fewer are a story, not a law."""
LONGEST_STEP = 3600.0
"""Seconds between two reports of a pair at most: in longer ones too much else happens."""
BETTER = 0.8
"""The model's error must be below this part of that of "it stays": else it knows nothing."""
AGAIN = 1.2
"""How many times the pairs of the last fit there must be for another: a month has some thirty fits."""
MOST_PAIRS = 50_000
"""Pairs of one model: a month of a reading a minute; more fit no better."""


class Law(NamedTuple):
    """One state: `level` that it goes to, `span` in seconds, `error` as root mean square of one step, in its own unit."""

    level: float
    span: float
    error: float
    pairs: int

    def after(self, value: float, seconds: float) -> float:
        """The reading after so many seconds in this state."""
        return self.level + (value - self.level) * math.exp(-seconds / self.span)


@dataclass(frozen=True, slots=True)
class Model:
    """A reading under its device's switch; `on` and `off` are None where the journal did not say enough."""

    ref: PropertyRef
    on: Law | None
    off: Law | None

    @property
    def error(self) -> float:
        """The larger error of both laws, as root mean square of one step in the reading's own unit."""
        return max((law.error for law in (self.on, self.off) if law is not None), default=math.inf)


@dataclass(slots=True)
class Fit:
    """Gathers the pairs of one state: sums for the line `speed = a + b * value`, weighted by the seconds."""

    pairs: list[tuple[float, float, float]] = field(default_factory=list)

    def take(self, value: float, later: float, seconds: float) -> None:
        """One pair of neighbouring reports."""
        if len(self.pairs) < MOST_PAIRS and 0 < seconds <= LONGEST_STEP:
            self.pairs.append((value, later, seconds))

    def law(self) -> Law | None:
        """The law, or None where the pairs do not show one."""
        pairs = self.pairs
        if len(pairs) < LEAST_PAIRS:
            return None
        total = math.fsum(seconds for _, _, seconds in pairs)
        mean = math.fsum(value * seconds for value, _, seconds in pairs) / total
        pace = math.fsum(later - value for value, later, _ in pairs) / total
        spread = math.fsum(seconds * (value - mean) ** 2 for value, _, seconds in pairs)
        if spread <= 0:
            return None
        slope = math.fsum((value - mean) * (later - value - pace * s) for value, later, s in pairs) / spread
        if slope >= 0:
            return None  # it would run away: no law of a room
        found = Law(mean - pace / slope, -1 / slope, 0.0, len(pairs))
        error = _rms(found.after(value, seconds) - later for value, later, seconds in pairs)
        stays = _rms(value - later for value, later, _ in pairs)
        return found._replace(error=error) if stays and error < BETTER * stays else None


def _rms(errors: Iterable[float]) -> float:
    squares = [error * error for error in errors]
    return math.sqrt(math.fsum(squares) / len(squares))


@dataclass(slots=True)
class Fitter:
    """Sees every report of the past in order and fits a model for each reading that can have one."""

    refs: frozenset[PropertyRef]
    _last: dict[PropertyRef, tuple[float, float, bool]] = field(default_factory=dict)
    _power: dict[str, bool] = field(default_factory=dict)
    _fits: dict[tuple[PropertyRef, bool], Fit] = field(default_factory=dict)
    _fitted: tuple[int, dict[PropertyRef, Model]] = field(default_factory=lambda: (0, {}))

    def see(self, at: float, values: Mapping[PropertyRef, Value]) -> None:
        """One report; a pair counts only where the switch stayed as it was in between."""
        for ref, value in values.items():
            if ref.path == SWITCH and isinstance(value, bool) and self._power.get(ref.device) is not value:
                self._power[ref.device] = value
                for one in [one for one in self._last if one.device == ref.device]:
                    del self._last[one]
        for ref, value in values.items():
            power = self._power.get(ref.device)
            if (
                ref not in self.refs
                or power is None
                or isinstance(value, bool)
                or not isinstance(value, int | float)
            ):
                continue
            last = self._last.get(ref)
            if last is not None:
                self._fits.setdefault((ref, power), Fit()).take(last[0], float(value), at - last[1])
            self._last[ref] = (float(value), at, power)

    def power(self, device: str) -> bool | None:
        """How the device's switch really stands."""
        return self._power.get(device)

    def models(self) -> dict[PropertyRef, Model]:
        """Those readings that show a law in at least one state; fitted anew when a fifth more has been seen."""
        seen = sum(len(fit.pairs) for fit in self._fits.values())
        if seen <= self._fitted[0] * AGAIN:
            return self._fitted[1]
        found: dict[PropertyRef, Model] = {}
        for ref in sorted(self.refs):
            laws = {state: fit.law() for state in (True, False) if (fit := self._fits.get((ref, state)))}
            if any(laws.values()):
                found[ref] = Model(ref, laws.get(True), laws.get(False))
        self._fitted = (seen, found)
        return found


def modelled(refs: Iterable[PropertyRef], definitions: Mapping[str, Profile]) -> frozenset[PropertyRef]:
    """Those of these properties that a model may be tried for: measured, of a device with a switch that can be written."""
    found = set()
    for ref in refs:
        profile = definitions.get(ref.device)
        if profile is None or ref.path.rpartition(".")[2] not in MODELLED:
            continue
        switch, own = profile.properties.get(SWITCH), profile.properties.get(ref.path)
        if own is not None and not own.writable and switch is not None and switch.writable:
            found.add(ref)
    return frozenset(found)


@dataclass(slots=True)
class Course:
    """Readings that go another way than in the journal, because a switch of the replay stands otherwise."""

    fitter: Fitter
    errors: dict[str, float] = field(default_factory=dict)
    """What was modelled, by name, with the error of its model."""
    _open: dict[PropertyRef, tuple[float, float, Model]] = field(default_factory=dict)

    def diverge(self, device: str, at: float, values: Mapping[PropertyRef, Value]) -> None:
        """From now on this device's switch stands otherwise; fitted on what the journal said up to here."""
        if not any(ref.device == device and ref not in self._open for ref in self.fitter.refs):
            return
        for ref, model in self.fitter.models().items():
            value = values.get(ref)
            known = isinstance(value, int | float) and not isinstance(value, bool)
            if ref.device == device and ref not in self._open and known and model.on and model.off:
                self._open[ref] = (float(value), at, model)  # type: ignore[arg-type]
                self.errors[f"{ref.device}.{ref.path}"] = model.error

    def follows(self, ref: PropertyRef) -> bool:
        """Whether the reading is modelled now."""
        return ref in self._open

    def reading(self, ref: PropertyRef, at: float, real: Value, power: Value) -> Value:
        """The reading in place of `real`; back to the real one where both switches agree and both readings nearly do."""
        found = self._open.get(ref)
        if found is None or isinstance(real, bool) or not isinstance(real, int | float):
            return real
        value, since, model = found
        law = model.on if power is True else model.off
        assert law is not None, "only models of both states are followed"
        value = law.after(value, max(0.0, at - since))
        if self.fitter.power(ref.device) is power and abs(value - real) <= model.error:
            del self._open[ref]
            return real
        self._open[ref] = (value, at, model)
        return round(value) if isinstance(real, int) else round(value, 2)
