"""The AA frame: what the appliance itself speaks, on the LAN as on its serial bus. Owns header, checksum, id and CRC.

`AA | length (frame - 1) | type | 0 or type^length | 0 0 | sequence | 0 | protocol | frame type | body | checksum`.
An air conditioner closes its body with a message id, which its answers echo, and a CRC-8. Facts: msmart-ng,
midea-local (MIT); blaueis traces (CC0) of live units.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from jiahe.wire.midea import crypto

START = 0xAA
HEADER = 10
LARGEST_BODY = 255 - HEADER - 2
"""The length byte counts header and body; two bytes are left for message id and CRC."""


class Kind(IntEnum):
    """Frame types of the LAN (a serial bus has more)."""

    SET = 0x02
    QUERY = 0x03
    NOTIFY = 0x04  # by itself, about every 30 s
    CHANGE = 0x05  # by itself, when something changed
    ABNORMAL = 0x06
    EXCEPTION = 0x0A
    APPLIANCE = 0xA0  # what are you


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `body` is without message id and CRC where `message_id` is not None."""

    appliance: int
    kind: int
    body: bytes
    protocol: int = 0
    message_id: int | None = None


def encode(frame: Frame) -> bytes:
    """The frame's bytes, with id and CRC where it has an id."""
    body = frame.body
    if frame.message_id is not None:
        body += bytes([frame.message_id])
        body += bytes([crypto.crc8(body)])
    head = bytes([HEADER + len(body), frame.appliance, 0, 0, 0, 0, 0, frame.protocol, frame.kind])
    return bytes([START]) + head + body + bytes([crypto.checksum(head + body)])


def decode(data: bytes) -> Frame | str:
    """The frame in exactly these bytes with its body as it stands, or why they are not believed."""
    if len(data) < HEADER + 1 or data[0] != START or data[1] != len(data) - 1:
        return "not an AA frame, or its length is wrong"
    if crypto.checksum(data[1:-1]) != data[-1]:
        return "the frame's checksum is wrong"
    return Frame(data[2], data[9], data[HEADER:-1], data[8])


def without_tail(frame: Frame, *, crc_optional: bool = False) -> Frame | str:
    """The frame with message id and CRC taken off its body, or why it is not believed.

    Some units close with the additive checksum instead of the CRC (msmart-ng's real samples); some answer property
    queries with any CRC at all (protocol 8, blaueis captures), for which `crc_optional` leaves the frame's checksum
    and the packet's signature to vouch.
    """
    body = frame.body
    if len(body) < 3:
        return "the body is too short for an id and a CRC"
    if not crc_optional and body[-1] not in (crypto.crc8(body[:-1]), crypto.checksum(body[:-1])):
        return "the body's CRC is wrong"
    return Frame(frame.appliance, frame.kind, body[:-2], frame.protocol, body[-2])
