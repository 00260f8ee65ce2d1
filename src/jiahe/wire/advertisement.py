"""What a Bluetooth LE device calls out to everybody: AD structures, read and written.

Owns their bytes; never knows a family, an address or a radio. An advertisement is one datagram here: a row of AD
structures, each `length (1) | type (1) | data`, length counting the type (Core Specification 5.4, Vol 3, Part C 11).
Types: Assigned Numbers 2.3; only those that tell what a device is or measures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.wire.gatt import sig

LONGEST = 1650
"""Bytes of the longest extended advertisement (Vol 4, Part E 7.7.65.13)."""

_SOME_16, _ALL_16, _SOME_128, _ALL_128 = 0x02, 0x03, 0x06, 0x07
_SHORT_NAME, _NAME = 0x08, 0x09
_ADDRESS = re.compile(
    r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII
)
_DATA_16, _DATA_128, _MAKER = 0x16, 0x21, 0xFF


@dataclass(frozen=True, slots=True)
class Advertisement:
    """Who calls and what. UUIDs in full and lower case; `maker_data` by the SIG's company numbers."""

    name: str = ""
    services: tuple[str, ...] = ()
    service_data: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    maker_data: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))

    def encode(self) -> bytes:
        """The AD structures; what does not fit into its structure (252 bytes) or into LONGEST is left out."""
        parts = [_structure(_NAME, self.name.encode()[:248])] if self.name else []
        for uuid in self.services:
            short = _number(uuid)
            if short is None:
                parts.append(_structure(_ALL_128, _reversed(uuid)))
            else:
                parts.append(_structure(_ALL_16, short.to_bytes(2, "little")))
        for uuid, data in self.service_data.items():
            short = _number(uuid)
            if short is None:
                parts.append(_structure(_DATA_128, _reversed(uuid) + data))
            else:
                parts.append(_structure(_DATA_16, short.to_bytes(2, "little") + data))
        for company, data in self.maker_data.items():
            parts.append(_structure(_MAKER, (company & 0xFFFF).to_bytes(2, "little") + data))
        whole = b""
        for part in parts:
            if len(whole) + len(part) <= LONGEST:
                whole += part
        return whole


def decode(data: bytes) -> Advertisement | None:
    """What these AD structures say; None where they are no such row. Unknown types are passed over."""
    if not data or len(data) > LONGEST:
        return None
    name, services = "", []
    service_data: dict[str, bytes] = {}
    maker_data: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        size = data[at]
        if size == 0:  # early end: zeros fill the rest of a legacy advertisement
            break
        body = data[at + 2 : at + 1 + size]
        if at + 1 + size > len(data):
            return None
        kind = data[at + 1]
        at += 1 + size
        if kind in (_NAME, _SHORT_NAME):
            name = body.decode("utf-8", "replace")
        elif kind in (_SOME_16, _ALL_16):
            services += [sig(int.from_bytes(body[n : n + 2], "little")) for n in range(0, len(body) - 1, 2)]
        elif kind in (_SOME_128, _ALL_128):
            services += [_uuid(body[n : n + 16]) for n in range(0, len(body) - 15, 16)]
        elif kind == _DATA_16 and len(body) >= 2:
            service_data[sig(int.from_bytes(body[:2], "little"))] = body[2:]
        elif kind == _DATA_128 and len(body) >= 16:
            service_data[_uuid(body[:16])] = body[16:]
        elif kind == _MAKER and len(body) >= 2:
            maker_data[int.from_bytes(body[:2], "little")] = body[2:]
    return Advertisement(name, tuple(services), service_data, maker_data)


def hardware_id(address: str) -> str:
    """A Bluetooth address ("C8:0F:10:11:22:33", or a UUID where the system hides addresses) as decimal text; "" for
    anything else."""
    return str(int(re.sub("[:-]", "", address), 16)) if _ADDRESS.fullmatch(address) else ""


def _structure(kind: int, body: bytes) -> bytes:
    return bytes((len(body) + 1, kind)) + body if len(body) < 255 else b""


def _number(uuid: str) -> int | None:
    number = int(uuid[:8], 16)
    return number if number < 0x10000 and uuid == sig(number) else None


def _reversed(uuid: str) -> bytes:
    return bytes.fromhex(uuid.replace("-", ""))[::-1]


def _uuid(data: bytes) -> str:
    text = data[::-1].hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
