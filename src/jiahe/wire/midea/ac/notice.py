"""The AC's notice A1: temperatures, energy and humidity that a unit tells unasked. Owns its layout, both ways.

Facts: captures of a live unit (blaueis, CC0) that show it beside C0 and the energy group.
"""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.wire.midea.ac import group, state
from jiahe.wire.talk import Point, Raw

LAYOUT = 0xA1
SIZE = 31


def read(body: bytes, coding: group.Energy | None) -> dict[str, Raw] | None:
    """The points in an A1 body, which a unit sends about every 30 s; None where it is too short to be one.

    Read off captures: bytes 1-4 are those of the energy group, 13 and 14 the temperatures of C0, 18 their tenths;
    byte 17 is midea-local's humidity. Of a unit without a sensor it is 0.
    """
    if len(body) < 19:
        return None
    values: dict[str, Raw] = {
        state.INDOOR: state.read_temperature(body[13], body[18] & 0x0F),
        state.OUTDOOR: state.read_temperature(body[14], body[18] >> 4),
    }
    if coding is not None and any(body[1:5]):
        values["energy.total"] = group.read_energy(body[1:5], coding)
    if body[17]:
        values["humidity.indoor"] = body[17]
    return values


def write(values: Mapping[Point, Raw], coding: group.Energy) -> bytes:
    """DEVICE: the A1 body with these values."""
    body = bytearray([LAYOUT]) + bytearray(SIZE - 1)
    total, humidity = values.get("energy.total"), values.get("humidity.indoor")
    if isinstance(total, int | float):
        body[1:5] = group.write_energy(total, coding)
    if isinstance(humidity, int | float):
        body[17] = min(max(round(humidity), 0), 100)
    body[13], inner = state.write_temperature(values.get(state.INDOOR))
    body[14], outer = state.write_temperature(values.get(state.OUTDOOR))
    body[18] = outer << 4 | inner
    return bytes(body)
