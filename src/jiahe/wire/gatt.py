"""What passes between a Bluetooth LE family's session and `transport.ble`: one GATT operation as one datagram.

Owns the framing; never knows a family or a radio. A session of a Bluetooth family speaks in these datagrams, so that
Link, the tap and the virtual end work as they do for every other wire:

    operation (1 byte) | characteristic (2 or 16 bytes) | payload (0 to 512 bytes)

The low six bits of the first byte are the `Operation`; its top bit says that 16 bytes of UUID follow (most significant
byte first, as it is written); otherwise 2 bytes follow that are a number of the Bluetooth SIG. What the hub asks
(READ, WRITE, SUBSCRIBE) is answered by one frame for the same characteristic: what was asked, or that it was not done,
with the reason as UTF-8 text. NOTIFIED comes unasked after a SUBSCRIBE. Source of UUID forms and of the limit of 512
bytes: Bluetooth Core Specification 5.4, Vol 3, Part B 2.5.1 and Part F 3.2.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

LONGEST = 512
"""Bytes of the longest attribute value."""
REASON = 160
"""Bytes kept of a reason: a sentence."""

_SIG_TAIL = "-0000-1000-8000-00805f9b34fb"
_FULL = 0x80


class Operation(IntEnum):
    """What is asked, and how it ended: the answer to n is n + 0x10, and n + 0x20 where it was not done."""

    READ = 0x01
    WRITE = 0x02
    SUBSCRIBE = 0x03
    VALUE = 0x11
    WRITTEN = 0x12
    SUBSCRIBED = 0x13
    NOTIFIED = 0x14
    NOT_READ = 0x21
    NOT_WRITTEN = 0x22
    NOT_SUBSCRIBED = 0x23

    @property
    def done(self) -> Operation:
        """The answer to this ask."""
        return Operation(self + 0x10)

    @property
    def undone(self) -> Operation:
        """The refusal of this ask."""
        return Operation(self + 0x20)


ASKS = frozenset({Operation.READ, Operation.WRITE, Operation.SUBSCRIBE})
UNDONE = frozenset({Operation.NOT_READ, Operation.NOT_WRITTEN, Operation.NOT_SUBSCRIBED})


def sig(number: int) -> str:
    """The UUID of a characteristic or service that has a number of the Bluetooth SIG, in full and lower case."""
    return f"{number:08x}{_SIG_TAIL}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One operation. `characteristic` is a UUID in full and lower case, as `sig` and bleak write it."""

    operation: Operation
    characteristic: str
    payload: bytes = b""

    def encode(self) -> bytes:
        """The datagram."""
        if self.characteristic.startswith("0000") and self.characteristic.endswith(_SIG_TAIL):
            return bytes((self.operation,)) + bytes.fromhex(self.characteristic[4:8]) + self.payload
        return (
            bytes((self.operation | _FULL,))
            + bytes.fromhex(self.characteristic.replace("-", ""))
            + self.payload
        )

    def answered(self, payload: bytes = b"") -> Frame:
        """That this ask was done."""
        return Frame(self.operation.done, self.characteristic, payload)

    def refused(self, reason: str) -> Frame:
        """That this ask was not done, and why."""
        return Frame(self.operation.undone, self.characteristic, reason.encode()[:REASON])

    @property
    def reason(self) -> str:
        """Why it was not done."""
        return self.payload[:REASON].decode("utf-8", "replace")


def decode(data: bytes) -> Frame | None:
    """The operation in a datagram; None for anything else, whatever it is."""
    head = header_size(data)
    if head is None or len(data) - head > LONGEST:
        return None
    operation = Operation(data[0] & ~_FULL)
    if head == 3:
        return Frame(operation, sig(int.from_bytes(data[1:3], "big")), data[3:])
    text = data[1:17].hex()
    uuid = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return Frame(operation, uuid, data[17:])


def header_size(data: bytes) -> int | None:
    """Bytes before the payload; None where no operation is named or the characteristic is cut."""
    if not data or data[0] & ~_FULL not in Operation.__members__.values():
        return None
    size = 17 if data[0] & _FULL else 3
    return size if len(data) >= size else None
