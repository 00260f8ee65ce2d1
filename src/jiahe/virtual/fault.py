"""What can go wrong between a device and its network, on demand. Owns the disturbance; never reads what it
disturbs.

Chance comes from a generator that is handed in, so that the same seed disturbs the same datagrams.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.transport.transport import Receiver, Transport

LONGEST_DELAY = 30.0
"""Seconds; longer than any family waits, so more shows nothing more."""

IN_FLIGHT = 256
"""Delayed frames of one peer; a device that much behind has lost the rest."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How a device misbehaves. Shares are 0..1 of its datagrams or frames, `delay` is in seconds.

    `mute`: hears and says nothing. `wrong_key`: as if it had been paired again. `wrong_checksum`: the last
    byte of whatever bears a checksum is flipped.
    """

    mute: bool = False
    delay: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0
    wrong_key: bool = False
    wrong_checksum: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any], before: Faults | None = None) -> Faults:
        """Faults from somebody's JSON, those not named as `before`; UnknownName or OutOfDefinition naming
        what is wrong."""
        now = asdict(before or cls())
        bounds = {"delay": LONGEST_DELAY, "loss": 1.0, "duplicate": 1.0}
        for name, value in given.items():
            if name not in now:
                raise UnknownName(say("no_fault", name=f"{name!r:.60}", known=", ".join(now)))
            if name not in bounds:
                if not isinstance(value, bool):
                    raise OutOfDefinition(name, say("fault_truth"), "bool")
                now[name] = value
            elif (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 <= value <= bounds[name]
            ):
                raise OutOfDefinition(name, say("fault_number", most=f"{bounds[name]:g}"), bounds[name])
            else:
                now[name] = float(value)
        return cls(**now)

    def as_json(self) -> dict[str, bool | float]:
        """The same as JSON."""
        return asdict(self)

    @property
    def any(self) -> bool:
        """Whether anything is wrong at all."""
        return any(getattr(self, one.name) for one in fields(self))


class Disturbance:
    """What is wrong with one device now, shared by all its conversations; `faults` may be changed at any
    time.

    `checksummed` says whether a frame bears a checksum: flipping a byte of a greeting would disturb
    something else.
    """

    def __init__(self, seed: int, checksummed: Callable[[bytes], bool] = lambda data: True) -> None:
        self.faults = Faults()
        self.checksummed = checksummed
        self._chance = random.Random(seed)

    def hears(self) -> bool:
        """Whether what arrives now gets through."""
        faults = self.faults
        return not faults.mute and not (faults.loss and self._chance.random() < faults.loss)

    def sends(self, data: bytes) -> list[bytes]:
        """What becomes of a frame on its way out: nothing, itself, damaged, twice."""
        faults = self.faults
        if not faults.any:
            return [data]
        if not self.hears():
            return []
        if faults.wrong_checksum and data and self.checksummed(data):
            data = data[:-1] + bytes([data[-1] ^ 0x01])
        return [data] * (2 if faults.duplicate and self._chance.random() < faults.duplicate else 1)


class DisturbedReceiver:
    """Stands before a device's receiver: a `transport.Receiver` itself."""

    def __init__(self, receiver: Receiver, disturbance: Disturbance) -> None:
        self._receiver = receiver
        self._disturbance = disturbance

    def connected(self, transport: Transport) -> None:
        self._receiver.connected(DisturbedTransport(transport, self._disturbance))

    def received(self, data: bytes) -> None:
        if self._disturbance.hears():
            self._receiver.received(data)

    def lost(self, reason: str) -> None:
        self._receiver.lost(reason)


class DisturbedTransport:
    """Stands before a device's transport: a `transport.Transport` itself. Delayed frames keep their order."""

    def __init__(self, transport: Transport, disturbance: Disturbance) -> None:
        self._transport = transport
        self._disturbance = disturbance
        self._late: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def peer(self) -> str:
        return self._transport.peer

    def send(self, data: bytes) -> None:
        delay = self._disturbance.faults.delay
        for frame in self._disturbance.sends(data):
            if delay == 0 and not self._late:
                self._transport.send(frame)
            elif len(self._late) < IN_FLIGHT:
                loop = asyncio.get_running_loop()
                self._late.append((loop.time() + delay, frame))
                if self._timer is None:
                    self._timer = loop.call_at(self._late[0][0], self._deliver)

    def _deliver(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._late and self._late[0][0] <= now:
            self._transport.send(self._late.popleft()[1])
        if self._late:
            self._timer = loop.call_at(self._late[0][0], self._deliver)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._late.clear()
        self._transport.close()
