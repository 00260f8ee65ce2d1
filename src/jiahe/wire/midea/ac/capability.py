"""The AC's capabilities: what B5 tells about a unit, raw by name, both ways. Owns names; never what a raw means to people.

A body is `B5 n (id u16, length, data)*` and, just before the message id, whether there is a second page. Facts:
msmart-ng (MIT) and its 20 captured answers. Raw meanings, for whoever maps them: modes 0 cool+dry+auto, 1 all, 2
heat+auto, 3 cool; fan 1 any percentage, others steps; swing 0 vertical, 1 both, 2 none, 3 horizontal; energy 2-5
(`group.energy_coding`); fahrenheit 0 can, 1 cannot.
"""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.wire.talk import Raw

ANSWER = 0xB5
FIRST_PAGE = bytes([0xB5, 0x01, 0x00])
SECOND_PAGE = bytes([0xB5, 0x01, 0x01, 0x01])
PAGE = 10
"""Entries in a first page, as real units send it."""

NAMES: dict[int, str] = {
    0x0212: "eco",
    0x0214: "modes",
    0x0215: "swing",
    0x0216: "energy",
    0x021A: "turbo",
    0x0210: "fan",
    0x021F: "humidity",
    0x0217: "filter_reminder",
    0x0213: "frost_protection",
    0x0219: "aux_heat",
    0x021E: "anion",
    0x0222: "fahrenheit",
    0x0224: "display",
    0x0221: "filter_check",
    0x022C: "sound",
    0x0009: "louvre_vertical",
    0x000A: "louvre_horizontal",
    0x0011: "sleep_curve",
    0x0018: "breezeless",
    0x0030: "smart_eye",
    0x0032: "wind_on_me",
    0x0033: "wind_off_me",
    0x0039: "self_clean",
    0x0042: "breeze_away",
    0x0043: "breeze_control",
    0x0048: "rate_select",
    0x004B: "fresh_air",
    0x0051: "parent_control",
    0x0059: "cascade",
    0x0067: "flash",
    0x0093: "aux_fan_speed",
    0x0094: "aux_heat_fan_speed",
    0x00CD: "out_silent",
    0x00E3: "ieco",
}
_IDS = {name: id_ for id_, name in NAMES.items()}

TEMPERATURES = 0x0225
LIMITS: tuple[str, ...] = (
    "cool_min_temperature",
    "cool_max_temperature",
    "auto_min_temperature",
    "auto_max_temperature",
    "heat_min_temperature",
    "heat_max_temperature",
)
"""°C, in the order of the six bytes of 0x0225, each twice the value."""
DECIMALS = "half_degrees"
_DEFAULT_LIMITS = (16.0, 30.0)

AUX_ONLY_MODES = frozenset({9, 10, 11, 13, 14, 15})
"""Values of `modes` of units with an independent auxiliary heater."""


def read(body: bytes) -> tuple[dict[str, Raw], bool]:
    """HUB: raw capabilities by name, and whether there is a second page; stops where the body does."""
    values: dict[str, Raw] = {}
    at = 2
    for _ in range(body[1] if len(body) > 1 else 0):
        if at + 3 > len(body):
            break
        id_, size = int.from_bytes(body[at : at + 2], "little"), body[at + 2]
        data = body[at + 3 : at + 3 + size]
        if len(data) < size:
            break
        values |= _entry(id_, data)
        at += 3 + size
    more = at < len(body) and body[-1] != 0
    return values, more


def _entry(id_: int, data: bytes) -> dict[str, Raw]:
    if not data:
        return {}
    if id_ == TEMPERATURES and len(data) >= len(LIMITS):
        limits: dict[str, Raw] = {name: data[i] / 2 for i, name in enumerate(LIMITS)}
        return limits | ({DECIMALS: data[6] != 0} if len(data) > 6 else {})
    name = NAMES.get(id_, f"0x{id_:04x}")
    return {name: data[0] if len(data) == 1 else data.hex()}


def _data(value: Raw) -> bytes:
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)[:32]
        except ValueError:
            return b""
    return bytes([int(value) & 0xFF]) if value is not None else b""


def write(values: Mapping[str, Raw]) -> list[bytes]:
    """DEVICE: one or two bodies, without id and CRC, that tell these raw capabilities."""
    entries: list[tuple[int, bytes]] = []
    for name, value in values.items():
        id_ = _IDS.get(name)
        if id_ is None and name.startswith("0x") and len(name) == 6:
            try:
                id_ = int(name, 16)
            except ValueError:
                continue
        if id_ is not None and (data := _data(value)):
            entries.append((id_, data))
    if any(name in values for name in LIMITS):
        entries.insert(min(len(entries), PAGE - 1), (TEMPERATURES, _limits(values)))
    first, second = entries[:PAGE], entries[PAGE : PAGE + 40]
    pages = [first, second] if second else [first]
    return [_page(page, more=bool(second) and page is first) for page in pages]


def _limits(values: Mapping[str, Raw]) -> bytes:
    halves = bytearray()
    for i, name in enumerate(LIMITS):
        limit = values.get(name)
        degrees = limit if isinstance(limit, int | float) else _DEFAULT_LIMITS[i % 2]
        halves.append(min(max(round(degrees * 2), 0), 255))
    halves.append(1 if values.get(DECIMALS) else 0)
    return bytes(halves)


def _page(entries: list[tuple[int, bytes]], *, more: bool) -> bytes:
    listed = b"".join(id_.to_bytes(2, "little") + bytes([len(data)]) + data for id_, data in entries)
    return bytes([ANSWER, len(entries)]) + listed + bytes([more])
