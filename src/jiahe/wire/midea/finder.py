"""Discovery, both ends: the probe to UDP 6445 and 20086, what the answers tell, and a device's own answer.

Sans-I/O. V2 answers with a packet, V3 with the same in an envelope-like wrapping, V1 with XML (recognised, never
operated). Facts: msmart-ng, midea-local, openHAB (MIT, MIT, EPL) and the real samples in tests/vectors/midea.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from jiahe.wire.midea import crypto, packet
from jiahe.wire.talk import Identity, Probe, Sighting

FAMILY = "midea"
PORTS = (6445, 20086)
WRAPPING = 8
TAIL = 16
SERIAL_SIZE = 32
NAME_AT = 41
LARGEST = 2048
"""A real answer has 120 to 208 bytes; a V1 document some hundreds."""

QUESTION = b"\xff\x00"
"""What the fixed 72-byte datagram of all public software says once decrypted."""

_ATTRIBUTE = re.compile(rb'\b(port|apc_sn|apc_type)="([^"]{0,64})"')
_TYPE = re.compile(r"_([0-9A-Fa-f]{2})_")


def probe() -> bytes:
    """The datagram that every V2 and V3 appliance answers."""
    return packet.encode(packet.Packet(packet.DATA, packet.PROBE, 0, QUESTION))


def is_probe(data: bytes) -> bool:
    """Whether a datagram is such a question, by signature and magic."""
    read = packet.decode(data) if len(data) <= LARGEST else ""
    return isinstance(read, packet.Packet) and read.magic == packet.PROBE


class Finder:
    """See `wire.talk.Finder`."""

    def probes(self) -> tuple[Probe, ...]:
        """The same question to both ports: some units listen on one only."""
        return tuple(Probe(port, probe()) for port in PORTS)

    def sighting(self, data: bytes, address: str) -> Sighting | None:
        """The device that answered from `address` (believed over the address inside the answer)."""
        if len(data) > LARGEST:
            return None
        if data[:1] == b"<":
            return _old_sighting(data, address)
        inner = _inner(data)
        if inner is None:
            return None
        read, version = inner
        plain = read.payload
        if len(plain) < NAME_AT:
            return None
        serial = _text(plain[8 : 8 + SERIAL_SIZE])
        name_end = NAME_AT + plain[40]
        facts: dict[str, Any] = {"version": version, "serial": serial}
        if type_ := _type(_text(plain[NAME_AT:name_end]), plain[name_end:]):
            facts["type"] = type_
        tail = plain[name_end:]
        if len(tail) >= 28 and any(tail[22:28]):
            facts["mac"] = tail[22:28].hex(":")
        device = read.device_id & 0xFFFF_FFFF_FFFF
        port = int.from_bytes(plain[4:8], "little")
        if not device or not 0 < port < 65536:
            return None
        return Sighting(FAMILY, str(device), address, port, serial[9:17], facts)


def _inner(data: bytes) -> tuple[packet.Packet, int] | None:
    """The packet of a V2 or V3 answer and which of them it was."""
    version, bare = 2, data
    if data[:2] == b"\x83\x70":
        if len(data) < WRAPPING + packet.SMALLEST + TAIL:
            return None
        version, bare = 3, data[WRAPPING:-TAIL]
    read = packet.decode(bare)
    if isinstance(read, str) or read.magic != packet.PROBE_REPLY:
        return None
    return read, version


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace").rstrip("\0 ")


def _type(name: str, tail: bytes) -> int:
    """The appliance type: the hex between the SSID's underscores, else from V3's tail; 0 where neither tells."""
    if found := _TYPE.search(name):
        return int(found[1], 16)
    return tail[16] if len(tail) > 16 else 0


def _old_sighting(data: bytes, address: str) -> Sighting | None:
    """V1: found by its attributes, not parsed as XML: a stranger's document is not worth a parser's risks."""
    told = {match[1]: match[2].decode("ascii", "replace") for match in _ATTRIBUTE.finditer(data)}
    port = told.get(b"port", "")
    if b"apc_type" not in told or not port.isdecimal() or not 0 < int(port) < 65536:
        return None
    return Sighting(FAMILY, "", address, int(port), facts={"version": 1, "serial": told.get(b"apc_sn", "")})


def reply(
    identity: Identity,
    data: bytes,
    address: str,
    port: int,
    *,
    serial: str,
    ssid: str = "",
    mac: bytes = b"",
    now: float = 0.0,
) -> bytes | None:
    """DEVICE: the answer to a probe datagram, None to anything else.

    `address` and `port` are where the device is operated (TCP); `serial` at most 32 ASCII characters, of real AC
    modules "000000P0000000Q1" + MAC + "0000"; `ssid` like "net_ac_63BA" ("" is made from type and serial), its hex
    between underscores is the type. `now` is monotonic seconds as in a session.
    """
    if not is_probe(data):
        return None
    try:
        host = ipaddress.IPv4Address(address).packed[::-1]
    except ValueError:
        host = bytes(4)
    type_ = int(identity.facts.get("type", 0xAC))
    name = (ssid or f"net_{type_:02x}_{serial[-8:-4] or '0000'}").encode("ascii", "replace")[:32]
    plain = (
        host
        + port.to_bytes(4, "little")
        + serial.encode("ascii", "replace")[:SERIAL_SIZE].ljust(SERIAL_SIZE, b"0")
    )
    plain += bytes([len(name)]) + name
    version = identity.facts.get("version", 3)
    if version == 3:
        plain += _tail(type_, mac or _mac_in(serial))
    device = int(identity.hardware_id) if identity.hardware_id.isdecimal() else 0
    stamp = packet.stamp(identity.epoch + now)
    signed = packet.encode(packet.Packet(packet.DATA, packet.PROBE_REPLY, device, plain, 0, stamp))
    if version == 2:
        return signed
    # What the 16 bytes behind a real unit's packet are is not known; no client looks at them.
    return (
        b"\x83\x70" + (len(signed) + TAIL).to_bytes(2, "big") + b"\x20\x0f\0\0" + signed + crypto.sign(signed)
    )


def _tail(type_: int, mac: bytes) -> bytes:
    """What a V3 unit tells behind its SSID: type at 14, 16 and 17, MAC at 22 (layout of the real sample)."""
    tail = bytearray(72)
    tail[2:5] = b"\x87\x00\x02"
    tail[14] = tail[16] = tail[17] = type_
    tail[22:28] = mac[:6].ljust(6, b"\0")
    return bytes(tail)


def _mac_in(serial: str) -> bytes:
    try:
        return bytes.fromhex(serial[16:28])
    except ValueError:
        return bytes(6)


def redact(data: bytes) -> bytes:
    """A discovery answer with SSID and serial (all but its model) replaced by zeros; anything else as it is."""
    inner = _inner(data)
    if inner is None:
        return data
    read, version = inner
    plain = bytearray(read.payload)
    if len(plain) < NAME_AT:
        return data
    plain[25:40] = b"0" * 15
    end = min(NAME_AT + plain[40], len(plain))
    plain[NAME_AT:end] = b"0" * (end - NAME_AT)
    if len(plain) >= end + 28:
        plain[end + 22 : end + 28] = bytes(6)
    clean = packet.encode(
        packet.Packet(read.kind, read.magic, read.device_id, bytes(plain), read.message_id, read.stamp)
    )
    return clean if version == 2 else data[:WRAPPING] + clean + data[-TAIL:]
