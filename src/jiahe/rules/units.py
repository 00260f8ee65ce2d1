"""Units that a family writes, their UCUM codes, and how one turns into another. Owns the table; pure.

Source of the codes and factors: The Unified Code for Units of Measure (ucum.org), tables of base, derived and
customary units. Temperatures have a zero point of their own, so a difference converts by the factor only.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Unit(NamedTuple):
    """`value * factor + offset` is the value in the base unit of `dimension`."""

    code: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


_ROWS = (
    Unit("", "1"),
    Unit("%", "share"),
    Unit("ms", "time", 0.001), Unit("s", "time"), Unit("min", "time", 60.0), Unit("h", "time", 3600.0),
    Unit("d", "time", 86400.0), Unit("wk", "time", 604800.0),
    Unit("K", "temperature"), Unit("Cel", "temperature", 1.0, 273.15),
    Unit("[degF]", "temperature", 5 / 9, 459.67 * 5 / 9),
    Unit("ug/m3", "density", 1e-6), Unit("mg/m3", "density", 1e-3), Unit("g/m3", "density"),
    Unit("[ppm]", "fraction"), Unit("[ppb]", "fraction", 1e-3),
    Unit("mW", "power", 1e-3), Unit("W", "power"), Unit("kW", "power", 1e3),
    Unit("J", "energy"), Unit("W.h", "energy", 3600.0), Unit("kW.h", "energy", 3.6e6), Unit("cal", "energy", 4.184),
    Unit("kcal", "energy", 4184.0),
    Unit("mV", "voltage", 1e-3), Unit("V", "voltage"), Unit("mA", "current", 1e-3), Unit("A", "current"),
    Unit("lx", "light"), Unit("lm", "flux"),
    Unit("Pa", "pressure"), Unit("hPa", "pressure", 100.0), Unit("kPa", "pressure", 1e3), Unit("bar", "pressure", 1e5),
    Unit("mm", "length", 1e-3), Unit("cm", "length", 1e-2), Unit("m", "length"), Unit("km", "length", 1e3),
    Unit("mL", "volume", 1e-6), Unit("L", "volume", 1e-3), Unit("m3", "volume"),
    Unit("mg", "mass", 1e-6), Unit("g", "mass", 1e-3), Unit("kg", "mass"),
    Unit("/min", "rate", 1 / 60), Unit("Hz", "rate"), Unit("m3/h", "flow"), Unit("deg", "angle"), Unit("dB", "level"),
)  # fmt: skip

UNITS = MappingProxyType({unit.code: unit for unit in _ROWS})
"""By UCUM code."""

ALIASES = MappingProxyType(
    {
        "sec": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "mins": "min",
        "hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk",
        "°C": "Cel", "℃": "Cel", "C": "Cel", "°F": "[degF]", "℉": "[degF]", "F": "[degF]", "degF": "[degF]",
        "µg/m³": "ug/m3", "μg/m³": "ug/m3", "ug/m³": "ug/m3", "µg/m3": "ug/m3", "μg/m3": "ug/m3", "mg/m³": "mg/m3",
        "ppm": "[ppm]", "ppb": "[ppb]", "kWh": "kW.h", "Wh": "W.h", "l": "L", "ml": "mL", "m³": "m3",
        "rpm": "/min", "bpm": "/min", "lux": "lx", "°": "deg", "mbar": "hPa", "m³/h": "m3/h", "percent": "%",
    }
)  # fmt: skip
"""What people write, and the code it stands for."""


def find(written: str) -> Unit | None:
    """The unit that was written, or None. A code that only devices use is a unit of its own dimension."""
    return UNITS.get(ALIASES.get(written, written))


def of(code: str) -> Unit:
    """The unit of a property's definition; one we have no row for converts into nothing but itself."""
    return UNITS.get(code) or Unit(code, f"unit {code}")


def convert(value: float, source: Unit, target: Unit, *, difference: bool = False) -> float:
    """`value` in another unit of the same dimension; a difference of temperatures has no zero point."""
    if source.code == target.code:
        return value
    if difference:
        return value * source.factor / target.factor
    converted = (value * source.factor + source.offset - target.offset) / target.factor
    return round(converted, 9)  # 86 °F is 30 °C, and not 30.000000000000057
