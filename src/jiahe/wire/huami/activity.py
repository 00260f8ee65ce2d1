"""What a band remembers of each minute: how much the wrist moved, steps, pulse. Owns those bytes; pure, holds no conversation.

A hub asks on CONTROL from when on (`01 01` and a date), hears how many minutes there are and from when (`10 01 01`), says
`02`, hears the minutes on DATA (a counter, then four bytes each: kind, movement 0-255, steps, pulse) and the end
(`10 02 01`). Dates are in the band's own clock, which it tells (Current Time, 0x2A2B): so no zone has to be known here.

Facts: published findings of the Gadgetbridge project on Mi Band 2 to 5, in our own words; not seen on a real band by us.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jiahe.wire.gatt import Frame, Operation, sig

_BASE = "-0000-3512-2118-0009af100700"
CONTROL, DATA, CLOCK = f"00000004{_BASE}", f"00000005{_BASE}", sig(0x2A2B)
LOOK_BACK = timedelta(minutes=5)
"""The last whole minutes: enough that one lost connection leaves no hole in an evening, and one notification holds them."""
MOST = 60
"""Minutes taken of one answer; the newest count."""
START, FETCH = b"\x01\x01", b"\x02"
_BEGUN, _ENDED = b"\x10\x01\x01", b"\x10\x02\x01"
_NO = b"\x10"
_DATE = 8
NO_PULSE = frozenset({0, 255})


@dataclass(frozen=True, slots=True)
class Sample:
    """One minute. `pulse` None where the band measured none."""

    movement: int
    steps: int
    pulse: int | None

    def encode(self) -> bytes:
        """Kind 0x01: a minute as any other."""
        return bytes((0x01, self.movement & 0xFF, min(self.steps, 255), self.pulse or 255))


def date(moment: datetime, zone: int) -> bytes:
    """A date to the minute; `zone` is the band's own byte of quarters of an hour."""
    year = moment.year.to_bytes(2, "little")
    return year + bytes((moment.month, moment.day, moment.hour, moment.minute, 0, zone))


def read_date(payload: bytes) -> datetime | None:
    """Year, month, day, hour, minute; None for what is no date."""
    if len(payload) < 6:
        return None
    try:
        return datetime(int.from_bytes(payload[:2], "little"), *payload[2:6])  # noqa: DTZ001 - the band's own clock has no zone
    except ValueError:
        return None


def begun(count: int, start: bytes) -> bytes:
    """DEVICE: so many minutes from this date on."""
    return _BEGUN + count.to_bytes(4, "little") + start


def packet(samples: Iterable[Sample]) -> bytes:
    """DEVICE: one notification of minutes."""
    return b"\x00" + b"".join(sample.encode() for sample in samples)


ENDED = _ENDED
"""DEVICE: all is told."""


@dataclass(slots=True)
class Fetch:
    """HUB: one asking. Give it what the band says; `next` is the operation it wants now, None while it waits for a word.

    A band may notify before it acknowledges the write that made it.
    """

    next: Frame | None = field(default_factory=lambda: Frame(Operation.READ, CLOCK))
    samples: list[Sample] = field(default_factory=list)
    done: bool = False
    fault: str = ""

    def take(self) -> Frame | None:
        """`next`, which is being said now."""
        taken, self.next = self.next, None
        return taken

    def answered(self, frame: Frame) -> None:
        """The band's answer to what was taken."""
        if frame.operation in (Operation.NOT_READ, Operation.NOT_WRITTEN):
            self._fail(frame.reason)
        elif frame.operation is Operation.VALUE:
            moment = read_date(frame.payload)
            if moment is None:
                self._fail("its clock tells no date")
            else:
                zone = frame.payload[10] if len(frame.payload) > 10 else 0
                since = date(moment - LOOK_BACK, zone)
                self.next = Frame(Operation.WRITE, CONTROL, START + since)

    def told(self, frame: Frame) -> bool:
        """A notification; False where it says nothing to this."""
        if self.done:
            return False
        if frame.characteristic == DATA:
            return self._minutes(frame.payload)
        if frame.characteristic != CONTROL:
            return False
        if frame.payload.startswith(_BEGUN) and len(frame.payload) >= 7:
            if int.from_bytes(frame.payload[3:7], "little"):
                self.next = Frame(Operation.WRITE, CONTROL, FETCH)
            else:
                self.done = True
        elif frame.payload.startswith(_ENDED):
            self.done = True
        elif frame.payload.startswith(_NO):
            self._fail("it has no minutes to tell")
        else:
            return False
        return True

    def _minutes(self, payload: bytes) -> bool:
        if len(payload) < 5 or (len(payload) - 1) % 4:
            return False
        for at in range(1, len(payload), 4):
            _, movement, steps, pulse = payload[at : at + 4]
            self.samples.append(Sample(movement, steps, None if pulse in NO_PULSE else pulse))
        del self.samples[:-MOST]
        return True

    def _fail(self, why: str) -> None:
        self.done, self.fault = True, why or "it does not tell its minutes"
