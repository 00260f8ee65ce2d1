"""Where a band's values stand: one row per characteristic, decode beside encode. Pure; knows no conversation.

Facts: the published findings of the Gadgetbridge project, in our own words; the heart rate and alert characteristics
are the Bluetooth SIG's (Assigned Numbers 3.8; Heart Rate Service 1.0; Immediate Alert Service 1.0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jiahe.wire.gatt import sig
from jiahe.wire.talk import Point, Raw


def huami(number: int) -> str:
    """A characteristic of the maker's own."""
    return f"{number:08x}-0000-3512-2118-0009af100700"


SERVICE = sig(0xFEE0)
"""What every band of this family calls out."""
AUTH = huami(0x0009)
HEART_CONTROL = sig(0x2A39)
ALERT = sig(0x2A06)

LEVEL, CHARGING, STEPS, HEART = "battery.level", "battery.charging", "steps.today", "heart.rate"
MOVEMENT = "activity.movement"
"""How much the wrist moved in the last whole minute, 0 to 255; fetched as `activity.py` tells."""
ALERT_ACT, MEASURE_ACT = "alert", "heart.measure"

VIBRATE = b"\x03"
"""Vibrates once and shows nothing; 1 and 2 pretend a message and a call."""
MEASURE = bytes((0x15, 0x02, 0x01))
HEART_COMMANDS = frozenset(
    {MEASURE, bytes((0x15, 0x02, 0x00)), bytes((0x15, 0x01, 0x00)), bytes((0x15, 0x01, 0x01))}
)
"""Measure once, and stop it; measure all the time, off and on."""

Values = Mapping[Point, Raw]


@dataclass(frozen=True, slots=True)
class Layout:
    """One characteristic. `decode` gives None for a payload that is none of its; `encode` None for values that it
    cannot hold. `readable`: it answers a read (all of them notify)."""

    characteristic: str
    points: tuple[Point, ...]
    decode: Callable[[bytes], Values | None]
    encode: Callable[[Values], bytes | None]
    readable: bool = True


def _battery(payload: bytes) -> Values | None:
    if len(payload) < 3 or payload[1] > 100:
        return None
    return {LEVEL: payload[1], CHARGING: payload[2] == 1}


def _as_battery(values: Values) -> bytes | None:
    level = _whole(values.get(LEVEL), 100)
    return None if level is None else bytes((0x0F, level, int(bool(values.get(CHARGING))))) + bytes(17)


def _steps(payload: bytes) -> Values | None:
    return {STEPS: int.from_bytes(payload[1:3], "little")} if len(payload) >= 3 else None


def _as_steps(values: Values) -> bytes | None:
    steps = _whole(values.get(STEPS), 0xFFFF)
    return None if steps is None else b"\x0c" + steps.to_bytes(2, "little") + bytes(10)


def _heart(payload: bytes) -> Values | None:
    """Flags 0: one byte of beats a minute; 0 where the band is not worn or could not tell."""
    return {HEART: payload[1]} if len(payload) == 2 and payload[0] == 0 else None


def _as_heart(values: Values) -> bytes | None:
    rate = _whole(values.get(HEART), 0xFF)
    return None if rate is None else bytes((0, rate))


def _whole(raw: Raw, high: int) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= high else None


LAYOUTS: tuple[Layout, ...] = (
    Layout(huami(0x0006), (LEVEL, CHARGING), _battery, _as_battery),
    Layout(huami(0x0007), (STEPS,), _steps, _as_steps),
    Layout(sig(0x2A37), (HEART,), _heart, _as_heart, readable=False),
)
BY_CHARACTERISTIC = MappingProxyType({row.characteristic: row for row in LAYOUTS})
BY_POINT = MappingProxyType({point: row for row in LAYOUTS for point in row.points})

CARD: Mapping[str, str] = MappingProxyType(
    {sig(0x2A28): "firmware", sig(0x2A27): "hardware", sig(0x2A25): "serial"}
)
"""What the Device Information service tells, as text."""

SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SERVICE: (huami(0x0004), huami(0x0005), huami(0x0006), huami(0x0007), sig(0x2A2B)),
        sig(0xFEE1): (AUTH,),
        sig(0x180D): (sig(0x2A37), HEART_CONTROL),
        sig(0x1802): (ALERT,),
        sig(0x180A): tuple(CARD),
    }
)
"""Which service holds what: for the device's end; a hub finds a characteristic wherever it stands."""
