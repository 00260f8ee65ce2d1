"""The AC's state: status C0, pushed A0 and set 40, as one table of fields with their place in each layout.

Owns the bits. A status is never believed beyond its length; a set carries every field that both layouts share, so that
writing one leaves the others as they are. Facts: msmart-ng, midea-local, midea-beautiful-air (MIT), node-mideahvac
(bracelet bits), and 180 captured states of live units (blaueis, CC0). The layout of A0 was read off the captures: sets
of 23.5 °C and Fahrenheit are followed by `a0 57 80 66 … 80 80`: byte 1 has the temperature less 12 in bits 5-1 and the
half degree in bit 6, byte 9 Fahrenheit in bit 7, byte 11 the display; the other bytes are those of C0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jiahe.wire.midea.bits import Bits
from jiahe.wire.talk import Raw

STATUS, PUSH, SET = 0xC0, 0xA0, 0x40
SET_SIZE = 24
SMALLEST_STATUS, SMALLEST_PUSH, SMALLEST_SET = 17, 12, 20

SOURCE_APP = 0x02
BEEP = 0x40
SWING_MARK = 0x30
TIMERS_OFF = b"\x7f\x7f\xff"
TIMERS_SENT = 0x80
BLANK_STATUS = bytes([STATUS, 0, 0, 0, 0x7F, 0x7F, *bytes(5), 0xFF, 0xFF, *bytes(11)])
"""A status that tells nothing: no timers, no temperatures."""
BLANK_PUSH = bytes([PUSH, 0, 0, 0, 0x7F, 0x7F, *bytes(14)])


@dataclass(frozen=True, slots=True)
class Field:
    """One point and where it stands: in a status, in a push, in a set (None: not there). `low`/`high` bound a write."""

    name: str
    kind: type[bool] | type[int]
    status: Bits | None
    push: Bits | None
    set: Bits | None
    low: int = 0
    high: int = 0
    writable: bool = True

    def value(self, bits: Bits, body: bytes) -> Raw:
        """The raw value that stands in `bits` of `body`, None where the body is too short for it."""
        found = bits.read(body)
        return found if found is None or self.kind is int else found != 0

    def put(self, bits: Bits, body: bytearray, value: Raw) -> None:
        """Writes the value; True sets all the bits, as the maker does for a louvre's two."""
        if isinstance(value, bool):
            bits.write(body, bits.mask if value else 0)
        elif isinstance(value, int):
            bits.write(body, value)


def _same(name: str, byte: int, shift: int, width: int = 1, *, writable: bool = True, high: int = 0) -> Field:
    """A field with one place in all three layouts."""
    here = Bits(byte, shift, width)
    return Field(name, bool if not high else int, here, here, here, 0, high, writable)


FIELDS: tuple[Field, ...] = (
    Field("state.power", bool, Bits(1, 0), Bits(1, 0), Bits(1, 0)),
    Field("state.resume", bool, Bits(1, 2), None, Bits(1, 2), writable=False),
    Field("state.timer_mode", bool, Bits(1, 4), None, Bits(1, 4), writable=False),
    Field("state.fault", bool, Bits(1, 7), None, None, writable=False),
    Field("state.mode", int, Bits(2, 5, 3), Bits(2, 5, 3), Bits(2, 5, 3), 1, 6),
    Field("state.fan", int, Bits(3, 0, 7), Bits(3, 0, 7), Bits(3, 0, 7), 0, 102),
    Field("state.timer_on", int, Bits(4, 0, 8), Bits(4, 0, 8), Bits(4, 0, 8), writable=False),
    Field("state.timer_off", int, Bits(5, 0, 8), Bits(5, 0, 8), Bits(5, 0, 8), writable=False),
    Field("state.timer_minutes", int, Bits(6, 0, 8), Bits(6, 0, 8), Bits(6, 0, 8), writable=False),
    _same("state.swing_vertical", 7, 2, 2),
    _same("state.swing_horizontal", 7, 0, 2),
    _same("state.cosy_sleep", 8, 0, 2, high=3),
    _same("state.power_save", 8, 3),
    _same("state.low_frequency_fan", 8, 4, writable=False),
    _same("state.turbo", 8, 5),
    _same("state.smart_eye", 8, 6),
    _same("state.follow_me", 8, 7),
    _same("state.child_sleep", 9, 0, writable=False),
    _same("state.natural_wind", 9, 1),
    _same("state.dry", 9, 2),
    _same("state.ptc", 9, 3),
    Field("state.eco", bool, Bits(9, 4), Bits(9, 4), Bits(9, 7)),
    _same("state.purifier", 9, 5),
    _same("state.sleep", 10, 0),
    Field("state.fahrenheit", bool, Bits(10, 2), Bits(9, 7), Bits(10, 2)),
    Field("state.catch_cold", bool, Bits(10, 3), None, Bits(10, 3), writable=False),
    Field("state.night_light", bool, Bits(10, 4), None, Bits(10, 4), writable=False),
    Field("state.peak_electricity", bool, Bits(10, 5), None, Bits(10, 5), writable=False),
    Field("state.natural_fan", bool, Bits(10, 6), None, Bits(10, 6), writable=False),
    Field("state.filter_alert", bool, Bits(13, 5), None, None, writable=False),
    Field("state.pmv", int, Bits(14, 0, 4), None, None, writable=False),
    Field("state.error_code", int, Bits(16, 0, 8), None, None, writable=False),
    Field("state.humidity_setpoint", int, Bits(19, 0, 7), None, Bits(19, 0, 7), 0, 100),
    Field("state.frost_protection", bool, Bits(21, 7), None, Bits(21, 7)),
    Field("state.bracelet_control", bool, Bits(22, 2), None, Bits(22, 2)),
    Field("state.bracelet_sleep", bool, Bits(22, 1), None, Bits(22, 1)),
    Field("state.keep_warm", bool, Bits(22, 0), None, None, writable=False),
)

TARGET, DISPLAY = "state.target_temperature", "state.display"
INDOOR, OUTDOOR = "state.indoor_temperature", "state.outdoor_temperature"
TURBO = "state.turbo"
_MODE_BITS, _HALF_BIT = Bits(2, 0, 4), Bits(2, 4)
_ALTERNATE = Bits(13, 0, 5)
_TURBO_TOO = Bits(10, 1)
_AUX_ONLY = Bits(22, 3)
_DISPLAY_STATUS, _DISPLAY_PUSH = Bits(14, 4, 3), Bits(11, 0, 3)
_DISPLAY_OFF = 7

LOWEST_TARGET, HIGHEST_TARGET = 13.0, 43.5
"""What the five bits of the alternate temperature (degrees less 12, 0 for none) can say; a unit takes less."""

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
POINTS: tuple[str, ...] = (*BY_NAME, TARGET, INDOOR, OUTDOOR, DISPLAY)
PUSHED: frozenset[str] = frozenset({f.name for f in FIELDS if f.push} | {TARGET, DISPLAY})
BRACELET: frozenset[str] = frozenset({"state.bracelet_control", "state.bracelet_sleep"})
"""Read where node-mideahvac reads them. That a set has them in the same place is inferred (bytes 19, 21 and 22 of a set
are otherwise those of a status), so they are sent to models on the list of the product file only."""
SETTABLE: frozenset[str] = frozenset({f.name for f in FIELDS if f.set and f.writable} | {TARGET})


def read_temperature(half_degrees: int, tenths: int) -> float | None:
    """A measured temperature in °C from its byte ((x - 50) / 2, 0xFF none) and its nibble of tenths.

    The tenths *replace* the half degree. The maker's own codec adds them; but in all 261 captured readings with
    tenths (tests/wire/midea/test_real_frames.py counts them) an odd byte goes with tenths 5-9 and an even one with
    0-4: added, no unit would ever have measured between x.5 and x.9; replaced, every reading is continuous.
    """
    if half_degrees == 0xFF:
        return None
    halves = half_degrees - 50
    if not tenths:
        return halves / 2
    whole = abs(halves) // 2
    size = (whole * 10 + tenths) / 10
    return -size if halves < 0 else size


def write_temperature(value: Raw) -> tuple[int, int]:
    """The byte and the nibble for a temperature in °C, as real units code it; (0xFF, 0) for None."""
    if value is None or isinstance(value, str):
        return 0xFF, 0
    tenths = max(-250, min(1020, round(value * 10)))
    whole, rest = divmod(abs(tenths), 10)
    halves = whole * 2 + (rest >= 5)
    if tenths < 0:
        return 50 - max(halves, 1), rest  # -0.1 to -0.4: only an odd byte carries the sign
    return 50 + halves, rest


def read_status(body: bytes) -> dict[str, Raw] | None:
    """Every state point in a C0 body (without id and CRC); None where it is too short to be one."""
    if len(body) < SMALLEST_STATUS:
        return None
    values: dict[str, Raw] = {
        f.name: f.value(f.status, body) for f in FIELDS if f.status and f.status.byte < len(body)
    }
    values[TURBO] = bool(values[TURBO]) or bool(_TURBO_TOO.read(body))
    alternate = _ALTERNATE.read(body) or 0
    whole = alternate + 12 if alternate else (body[2] & 0x0F) + 16
    values[TARGET] = whole + (0.5 if _HALF_BIT.read(body) else 0.0)
    values[DISPLAY] = _DISPLAY_STATUS.read(body) != _DISPLAY_OFF
    values[INDOOR] = read_temperature(body[11], body[15] & 0x0F)
    values[OUTDOOR] = read_temperature(body[12], body[15] >> 4)
    return values


def write_status(values: Mapping[str, Raw], base: bytes = BLANK_STATUS) -> bytes:
    """DEVICE: a C0 body with these values on top of `base`; a point that is not given stays as `base` has it."""
    body = bytearray(base)
    for field in FIELDS:
        if field.status and field.name in values:
            field.put(field.status, body, values[field.name])
    if TURBO in values:
        _TURBO_TOO.write(body, 0)
    if isinstance(target := values.get(TARGET), int | float):
        whole, half = divmod(round(target * 2), 2)
        _MODE_BITS.write(body, min(max(whole - 16, 0), 15))
        _HALF_BIT.write(body, half)
        _ALTERNATE.write(body, whole - 12 if 12 < whole < 44 else 0)
    if DISPLAY in values:
        _DISPLAY_STATUS.write(body, 0 if values[DISPLAY] else _DISPLAY_OFF)
    for point, byte, shift in ((INDOOR, 11, 0), (OUTDOOR, 12, 4)):
        if point in values:
            body[byte], tenths = write_temperature(values[point])
            Bits(15, shift, 4).write(body, tenths)
    return bytes(body)


def read_push(body: bytes) -> dict[str, Raw] | None:
    """The state points that an A0 body carries; None where it is too short to be one."""
    if len(body) < SMALLEST_PUSH:
        return None
    values: dict[str, Raw] = {f.name: f.value(f.push, body) for f in FIELDS if f.push}
    values[TARGET] = (body[1] >> 1 & 0x1F) + 12 + (0.5 if body[1] & 0x40 else 0.0)
    values[DISPLAY] = _DISPLAY_PUSH.read(body) != _DISPLAY_OFF
    return values


def write_push(values: Mapping[str, Raw]) -> bytes:
    """DEVICE: the A0 body with these values."""
    body = bytearray(BLANK_PUSH)
    for field in FIELDS:
        if field.push and field.name in values:
            field.put(field.push, body, values[field.name])
    if isinstance(target := values.get(TARGET), int | float):
        whole, half = divmod(round(target * 2), 2)
        Bits(1, 1, 5).write(body, min(max(whole - 12, 0), 31))
        Bits(1, 6).write(body, half)
    if values.get(DISPLAY) is False:
        _DISPLAY_PUSH.write(body, _DISPLAY_OFF)
    return bytes(body)


def write_set(
    status: bytes, changes: Mapping[str, Raw], *, aux_only: bool = False, bracelet: bool = False
) -> bytes:
    """HUB: the 40 body that leaves a unit as `status` (its C0 body) says, but for `changes`.

    No beep. Running timers are sent again (a set without them would stop them). `aux_only`: the unit has an
    independent auxiliary heater, so the status bit read as `smart_eye` means that, and is kept in its own place.
    `bracelet`: the unit is known to take the wristband bits; elsewhere they are left 0, as every library does.
    """
    values = {**(read_status(status) or {}), **changes}
    if not bracelet:
        values = {point: value for point, value in values.items() if point not in BRACELET}
    body = bytearray([SET]) + bytearray(SET_SIZE - 1)
    for field in FIELDS:
        if field.set and field.name in values:
            field.put(field.set, body, values[field.name])
    body[1] |= SOURCE_APP
    body[3] |= TIMERS_SENT
    if not (body[4] | body[5]) & 0x80:
        body[4:7] = TIMERS_OFF
    body[7] |= SWING_MARK
    _TURBO_TOO.write(body, bool(values.get(TURBO)))
    if aux_only:
        _AUX_ONLY.write(body, bool(values.get("state.smart_eye")))
    if isinstance(target := values[TARGET], int | float):
        whole, half = divmod(round(target * 2), 2)
        plain = 17 <= whole <= 30
        _MODE_BITS.write(body, whole - 16 if plain else 0)
        _HALF_BIT.write(body, half)
        body[18] = 0 if plain else whole - 12
    return bytes(body)


def read_set(body: bytes) -> dict[str, Raw] | None:
    """DEVICE: what a 40 body asks for; None where it is too short to be one.

    Timers are told only where byte 3 says that they were sent; otherwise the unit keeps its own.
    """
    if len(body) < SMALLEST_SET:
        return None
    values: dict[str, Raw] = {
        f.name: f.value(f.set, body) for f in FIELDS if f.set and f.writable and f.set.byte < len(body)
    }
    values[TURBO] = bool(values[TURBO]) or bool(_TURBO_TOO.read(body))
    whole = body[18] & 0x1F
    values[TARGET] = (whole + 12 if whole else (body[2] & 0x0F) + 16) + (0.5 if _HALF_BIT.read(body) else 0.0)
    return values
