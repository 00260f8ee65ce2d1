"""The AC's groups: measured values asked for by `41 21 01 4g` and answered by `C1 21 01 4g`.

Owns their layouts, and the coding of energy, which differs from unit to unit. A unit that lacks a group answers with
bit 7 of the group set. Facts: msmart-ng (MIT), blaueis captures and their decoded truth (CC0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from jiahe.wire.talk import Raw, Refusal

ANSWER = 0xC1
LACKING = 0x80
ANSWER_SIZE = 20
SMALLEST = 19


class Energy(Enum):
    """How a unit writes kilowatt hours."""

    DECIMAL = "two decimal digits a byte, hundredths last"
    TENTHS = "a binary number of tenths"
    HUNDREDTHS = "a binary number of hundredths"


def energy_coding(capability: Raw) -> Energy | None:
    """The coding that capability 0x0216 tells; None while it is not known.

    2 and 3 decimal, 4 and 5 binary tenths (msmart-ng). A live unit with 0 still counts, in binary hundredths: `00010d06` was
    688.7 kWh on it (blaueis), and its counter rises about one a minute at some 300 W, which tenths would not.
    """
    if not isinstance(capability, int):
        return None
    if capability in (2, 3):
        return Energy.DECIMAL
    return Energy.TENTHS if capability in (4, 5) else Energy.HUNDREDTHS


def _digits(data: bytes) -> int | None:
    text = data.hex()
    return int(text) if text.isdecimal() else None


def read_energy(data: bytes, coding: Energy) -> float | None:
    """kWh in four bytes; None where decimal digits are no digits."""
    if coding is Energy.DECIMAL:
        digits = _digits(data)
        return None if digits is None else digits / 100
    return int.from_bytes(data, "big") / (10 if coding is Energy.TENTHS else 100)


def write_energy(kwh: float, coding: Energy) -> bytes:
    """Four bytes for kWh."""
    number = round(kwh * (10 if coding is Energy.TENTHS else 100))
    if coding is Energy.DECIMAL:
        return bytes.fromhex(f"{min(max(number, 0), 99_999_999):08d}")
    return min(max(number, 0), 0xFFFFFFFF).to_bytes(4, "big")


def read_power(data: bytes, coding: Energy) -> float | None:
    """W in three bytes of tenths."""
    number = _digits(data) if coding is Energy.DECIMAL else int.from_bytes(data, "big")
    return None if number is None else number / 10


def write_power(watts: float, coding: Energy) -> bytes:
    """Three bytes for W."""
    number = max(round(watts * 10), 0)
    if coding is Energy.DECIMAL:
        return bytes.fromhex(f"{min(number, 999_999):06d}")
    return min(number, 0xFFFFFF).to_bytes(3, "big")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured point: its group, its first byte in the body, and its coding both ways (raw bytes of `size`)."""

    point: str
    group: int
    byte: int
    size: int
    read: Callable[[bytes, Energy], Raw]
    write: Callable[[float, Energy], bytes]


def _scaled(
    point: str, group: int, byte: int, *, scale: float = 1, offset: float = 0, size: int = 1
) -> Measure:
    """value = (raw - offset) * scale; two bytes are little endian."""

    def read(data: bytes, _: Energy) -> Raw:
        raw = int.from_bytes(data, "little")
        return (raw - offset) * scale if scale != int(scale) or offset else raw * int(scale)

    def write(value: float, _: Energy) -> bytes:
        raw = round(value / scale + offset)
        return int(min(max(raw, 0), (1 << 8 * size) - 1)).to_bytes(size, "little")

    return Measure(point, group, byte, size, read, write)


def _humidity(data: bytes, _: Energy) -> Raw:
    return data[0] or None  # 0 is no sensor


def _percent(value: float, _: Energy) -> bytes:
    return bytes([min(max(round(value), 0), 100)])


def _flag(data: bytes, _: Energy) -> Raw:
    return data[0] != 0


def _switch(value: float, _: Energy) -> bytes:
    return bytes([1 if value else 0])


MEASURES: tuple[Measure, ...] = (
    _scaled("outdoor.compressor_frequency", 0x41, 4),
    _scaled("outdoor.compressor_target_frequency", 0x41, 5),
    _scaled("outdoor.current", 0x41, 7),
    _scaled("outdoor.voltage", 0x41, 8),
    _scaled("indoor.air_temperature", 0x41, 10, scale=0.5, offset=30),
    _scaled("indoor.coil_temperature", 0x41, 11, scale=0.5, offset=30),
    _scaled("outdoor.coil_temperature", 0x41, 12, scale=0.5, offset=50),
    _scaled("outdoor.air_temperature", 0x41, 13, scale=0.5, offset=50),
    _scaled("outdoor.discharge_temperature", 0x41, 14),
    _scaled("indoor.fan_target_speed", 0x42, 4, scale=8),
    _scaled("indoor.fan_speed", 0x42, 5, scale=8),
    Measure("energy.total", 0x44, 4, 4, read_energy, write_energy),
    Measure("energy.run", 0x44, 12, 4, read_energy, write_energy),
    Measure("energy.power", 0x44, 16, 3, read_power, write_power),
    Measure("humidity.indoor", 0x45, 4, 1, _humidity, _percent),
    _scaled("outdoor.fan_speed", 0x45, 8, scale=8),
    Measure("outdoor.defrost", 0x45, 10, 1, _flag, _switch),
    _scaled("outdoor.power", 0x47, 10, size=2),
    _scaled("louvre.horizontal_angle", 0x4B, 9),
    _scaled("louvre.vertical_angle", 0x4B, 12),
)
BY_POINT = {measure.point: measure for measure in MEASURES}
ENERGY_GROUP = 0x44


def points_of(group: int) -> tuple[str, ...]:
    """The points of a group, none for a group that has no table."""
    return tuple(measure.point for measure in MEASURES if measure.group == group)


def query(group: int) -> bytes:
    """HUB: the body that asks for a group."""
    return bytes([0x41, 0x21, 0x01, group]) + bytes(16)


def group_of(body: bytes) -> int | None:
    """Which group a C1 body answers, bit 7 taken off; None where it is not a group's answer."""
    return body[3] & ~LACKING & 0xFF if len(body) > 3 and body[0] == ANSWER else None


def answered(body: bytes, coding: Energy | None) -> tuple[dict[str, Raw], dict[str, Refusal]]:
    """HUB: values and faults in a group's answer. Energy of unknown coding is not guessed: it is a fault."""
    group = group_of(body) or 0
    points = points_of(group)
    silent = group == ENERGY_GROUP and (
        coding is None or (coding is Energy.HUNDREDTHS and not any(body[4:19]))
    )
    if body[3] & LACKING or silent:
        return {}, dict.fromkeys(points, Refusal.UNSUPPORTED)
    values: dict[str, Raw] = {}
    for point in points:
        measure = BY_POINT[point]
        data = body[measure.byte : measure.byte + measure.size]
        if len(data) == measure.size:
            values[point] = measure.read(data, coding or Energy.DECIMAL)
    return values, {}


def answer(group: int, values: Mapping[str, Raw], coding: Energy) -> bytes:
    """DEVICE: the C1 body for a group; the lacking answer where no value of it is known."""
    known = {p: v for p in points_of(group) if isinstance(v := values.get(p), int | float)}
    if not known and not any(point in values for point in points_of(group)):
        return bytes([ANSWER, 0x21, 0x01, group | LACKING])
    body = bytearray(ANSWER_SIZE)
    body[:4] = bytes([ANSWER, 0x21, 0x01, group])
    for point, value in known.items():
        measure = BY_POINT[point]
        body[measure.byte : measure.byte + measure.size] = measure.write(value, coding)
    return bytes(body)
