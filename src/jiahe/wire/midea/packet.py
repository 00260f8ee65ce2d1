"""The 5A5A packet: what V2 sends bare and V3 sends inside an envelope. Owns its 40-byte header and its signature.

`5A5A | 01 kind | u16 length | u16 magic | u32 message id | 8 time bytes | u64 device id | 12 zero | AES-ECB(payload) |
MD5(16)`, little endian; length counts everything. Facts: msmart-ng and midea-local (MIT), real captures.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from jiahe.wire.midea import crypto

START = b"\x5a\x5a"
HEADER = 40
SIGNATURE = 16
SMALLEST = HEADER + SIGNATURE
LARGEST = 2048
"""A frame has at most 256 bytes (packet: 328), a real discovery reply 184; more is not a packet."""

DATA = 0x1101  # 01 11 on the wire
HEARTBEAT = 0x1001
HEARTBEAT_REPLY = 0x0001

REQUEST, REPLY = 0x0020, 0x8020
BEAT, BEAT_REPLY = 0x007B, 0x807B
PROBE, PROBE_REPLY = 0x0092, 0x807A

_LAYOUT = struct.Struct("<2sHHHI8sQ12s")


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `payload` is in the clear. `device_id` is the appliance id, 0 where nobody is meant."""

    kind: int
    magic: int
    device_id: int
    payload: bytes
    message_id: int = 0
    stamp: bytes = bytes(8)

    @property
    def is_heartbeat(self) -> bool:
        return self.kind in (HEARTBEAT, HEARTBEAT_REPLY) or self.magic in (BEAT, BEAT_REPLY)


def encode(packet: Packet) -> bytes:
    """The signed bytes; a packet without payload (a heartbeat) is header and signature alone."""
    sealed = crypto.seal_packet(packet.payload) if packet.payload else b""
    header = _LAYOUT.pack(
        START,
        packet.kind,
        SMALLEST + len(sealed),
        packet.magic,
        packet.message_id,
        packet.stamp,
        packet.device_id,
        bytes(12),
    )
    unsigned = header + sealed
    return unsigned + crypto.sign(unsigned)


def length(head: bytes) -> int | None:
    """How long the packet is that begins with these bytes: 0 while too few to tell, None if it cannot be one."""
    if len(head) < 6:
        return 0
    said = int.from_bytes(head[4:6], "little")
    return said if SMALLEST <= said <= LARGEST else None


def decode(data: bytes) -> Packet | str:
    """The packet in exactly these bytes, or why they are not believed.

    A heartbeat's reply may carry a zero signature: real units do so (homebridge-midea-platform, issue 60).
    """
    if len(data) < SMALLEST or data[:2] != START or int.from_bytes(data[4:6], "little") != len(data):
        return "not a 5A5A packet, or its length is wrong"
    _, kind, _, magic, message_id, stamp, device_id, _ = _LAYOUT.unpack_from(data)
    sealed, signature = data[HEADER:-SIGNATURE], data[-SIGNATURE:]
    beat = magic in (BEAT, BEAT_REPLY) and not sealed
    if signature != crypto.sign(data[:-SIGNATURE]) and not (beat and not any(signature)):
        return "the packet's signature is wrong"
    payload = b""
    if sealed:
        opened = crypto.open_packet(sealed)
        if opened is None:
            return "the packet's payload cannot be decrypted"
        payload = opened
    return Packet(kind, magic, device_id, payload, message_id, stamp)


def stamp(epoch_seconds: float) -> bytes:
    """The header's time in UTC: hundredths, second, minute, hour, day, month, year, century."""
    try:
        at = datetime.fromtimestamp(epoch_seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return bytes(8)
    parts = (
        at.microsecond // 10_000,
        at.second,
        at.minute,
        at.hour,
        at.day,
        at.month,
        at.year % 100,
        at.year // 100,
    )
    return bytes(parts)
