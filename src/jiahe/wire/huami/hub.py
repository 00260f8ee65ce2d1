"""The HUB's end: unlock, then one GATT operation in flight. Owns the conversation's time; never a payload's meaning.

ATT itself allows one request in flight and ends the connection after 30 s of silence, so nothing is sent twice here:
an operation without an answer is the end of the conversation (`Broken`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.gatt import UNDONE, Frame, Operation, decode
from jiahe.wire.huami import activity, layout, proof
from jiahe.wire.huami.activity import Fetch
from jiahe.wire.huami.generation import generation_of
from jiahe.wire.huami.proof import Kind, Message, Status
from jiahe.wire.talk import (
    Act,
    Ask,
    Broken,
    Describe,
    Described,
    Done,
    Event,
    Identity,
    Ignored,
    LockedOut,
    Opened,
    Point,
    Raw,
    Read,
    Refusal,
    Refused,
    Reported,
    Unanswered,
)

QUEUE = 64
"""Asks that wait at one band: more is a defect of the asker."""
EVENTS = 512
"""Events caused by the other side that wait for an owner who does not come; then they are dropped."""
ATT_PATIENCE = 30.0
"""Seconds for one operation: the transaction time-out of ATT (Core Specification, Vol 3, Part F 3.3.3)."""
ANSWER_PATIENCE = 10.0
"""Seconds for the band's word on a challenge or a proof; it comes in a fraction of one."""
TAP_PATIENCE = 30.0
"""Seconds for a tap: the band itself gives up after about that long."""
MEASURE_EVERY = 60.0
"""Seconds between two measurements of the heart rate that a reading causes: each takes 10-20 s of green light."""

_KEYLESS = "There is no key for this band, and without one it tells nothing. Give it with `jiahe adopt`."
_WRONG_KEY = (
    "The key of this band is not the right one: it was probably paired anew with a phone. "
    "Give the new key, or pair it again, with `jiahe adopt`."
)
_NO_TAP = "The band did not take the new key: tap its button when it vibrates, and adopt it again."


class _State(Enum):
    CLOSED = "closed"
    PAIRING = "pairing"
    CHALLENGING = "challenging"
    PROVING = "proving"
    KNOWN = "known"
    OPEN = "open"
    ENDED = "ended"


_EXPECTED = MappingProxyType(
    {Kind.KEY: _State.PAIRING, Kind.CHALLENGE: _State.CHALLENGING, Kind.PROOF: _State.PROVING}
)


@dataclass(slots=True)
class _Job:
    """An ask under way: the operations that it still needs, and what they brought."""

    ticket: int
    deadline: float
    ask: Ask
    steps: deque[Frame]
    values: dict[Point, Raw] = field(default_factory=dict)
    faults: dict[Point, Refusal] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    fetch: Fetch | None = None


class Hub:
    """See the module."""

    def __init__(self, identity: Identity, redact: Callable[[bytes], bytes]) -> None:
        self._band = generation_of(identity.facts)
        self._key = bytes(identity.secrets.get("key", b""))
        if self._key and len(self._key) != proof.KEY_SIZE:
            raise LocalProtocolError(f"a band's key has {proof.KEY_SIZE} bytes, not {len(self._key)}")
        self._pair = bool(identity.facts.get("pair", False))
        self._hardware_id, self._redact = identity.hardware_id, redact
        self._state = _State.CLOSED
        self._setup: deque[Frame] = deque()
        self._queue: deque[_Job] = deque()
        self._flight: Frame | None = None
        self._flight_job: _Job | None = None
        self._due = self._auth_due = math.inf
        self._measured_at = -math.inf
        self._why_ended = ""
        self._tickets = 0
        self.out: list[bytes] = []
        self.said: list[Event] = []

    # ---- what the owner does ------------------------------------------------------------------------------------

    def open(self, now: float) -> None:
        """The band is connected: listen to what it says of our key, and offer it."""
        if self._state is not _State.CLOSED:
            return
        if not self._key:
            self._lock(_KEYLESS)
            return
        self._offer(Kind.KEY if self._pair and self._band.own_key else Kind.CHALLENGE)
        self._setup.appendleft(Frame(Operation.SUBSCRIBE, layout.AUTH))
        self._advance(now)

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """Queues an ask; LocalProtocolError for what cannot be said, and beyond QUEUE."""
        self.expire(now)
        if len(self._queue) >= QUEUE:
            raise LocalProtocolError(f"{QUEUE} asks wait at this band already")
        if not math.isfinite(deadline):
            raise LocalProtocolError("an ask needs a deadline")
        job = _Job(self._tickets + 1, deadline, ask, deque(_steps(ask)))
        self._tickets += 1
        if self._state is _State.ENDED:
            self.said.append(Unanswered(job.ticket, self._why_ended))
        elif deadline <= now:
            self.said.append(Unanswered(job.ticket, "its deadline had passed when it was asked"))
        else:
            self._queue.append(job)
            self._advance(now)
        return job.ticket

    def wake_at(self) -> float | None:
        """The earliest of all that is waited for."""
        times = [job.deadline for job in self._queue]
        if self._state is not _State.ENDED:
            times += (self._due, self._auth_due)
        first = min(times, default=math.inf)
        return None if math.isinf(first) else first

    def expire(self, now: float) -> None:
        """Asks whose deadline has passed, an operation without an answer, a key without a word."""
        if any(job.deadline <= now for job in self._queue):
            late = [job for job in self._queue if job.deadline <= now]
            self._queue = deque(job for job in self._queue if job.deadline > now)
            where = (
                "the band did not answer" if self._state is _State.OPEN else "the band is not unlocked yet"
            )
            self.said.extend(Unanswered(job.ticket, f"{where} before the deadline") for job in late)
            if self._flight_job in late:
                self._flight_job = None  # the operation itself goes on: ATT knows no taking back
        if self._state is _State.ENDED:
            return
        if self._auth_due <= now:
            if self._state is _State.PAIRING:
                self._lock(_NO_TAP)
            else:
                self._break("the band says nothing of our key")
        elif self._due <= now and self._flight is None and self._queue and self._queue[0].fetch is not None:
            self._fetched(self._queue[0], "the band tells no minutes")
            self._advance(now)
        elif self._due <= now:
            self._break("an operation had no answer for 30 s")
        else:
            self._advance(now)

    # ---- one operation in flight --------------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        while self._flight is None and self._state is not _State.ENDED:
            if self._setup:
                self._say(self._setup.popleft(), None, now)
            elif self._state is _State.KNOWN:
                self._state = _State.OPEN
                self.said.append(Opened({"hardware_id": self._hardware_id, "model": self._band.model}))
            elif self._state is _State.OPEN and self._queue:
                job = self._queue[0]
                if job.fetch is not None:
                    if not self._fetching(job, job.fetch, now):
                        return
                    continue
                step = job.steps.popleft() if job.steps else None
                if step is not None and step.characteristic == activity.CLOCK:
                    job.fetch = Fetch()
                elif step is None:
                    self._queue.popleft()
                    self._finish(job)
                elif step.characteristic != layout.HEART_CONTROL or self._may_measure(job, now):
                    self._say(step, job, now)
            else:
                return

    def _say(self, frame: Frame, job: _Job | None, now: float) -> None:
        self._flight, self._flight_job, self._due = frame, job, now + ATT_PATIENCE
        if frame.characteristic == layout.AUTH and frame.operation is Operation.WRITE:
            self._auth_due = now + (TAP_PATIENCE if self._state is _State.PAIRING else ANSWER_PATIENCE)
        self.out.append(frame.encode())

    def _fetching(self, job: _Job, fetch: Fetch, now: float) -> bool:
        """The next operation of a fetch, or its end; False while it waits for the band's word."""
        if fetch.done:
            self._fetched(job, fetch.fault)
        elif (step := fetch.take()) is not None:
            self._say(step, job, now)
        else:
            self._due = min(self._due, now + ANSWER_PATIENCE)
            return False
        return True

    def _fetched(self, job: _Job, fault: str) -> None:
        fetch, job.fetch, self._due = job.fetch, None, math.inf
        samples = fetch.samples if fetch is not None else []
        if samples:
            job.values[layout.MOVEMENT] = samples[-1].movement
            pulse = next((sample.pulse for sample in reversed(samples) if sample.pulse is not None), None)
            if pulse is not None:
                job.values[layout.HEART] = pulse
        else:
            # No minute since it was put on is no fault; a band that has none to tell is asked ever more rarely.
            job.faults[layout.MOVEMENT] = Refusal.NOT_READABLE if fault else Refusal.BUSY

    def _may_measure(self, job: _Job, now: float) -> bool:
        if isinstance(job.ask, Read):
            job.faults[layout.HEART] = Refusal.BUSY  # it is told when it is measured
            if now < self._measured_at + MEASURE_EVERY:
                return False
        self._measured_at = now
        return True

    def _finish(self, job: _Job) -> None:
        if job.refusal:
            self.said.append(Refused(job.ticket, Refusal.INTERNAL, job.refusal))
            return
        if isinstance(job.ask, Read):
            self.said.append(Reported(job.values, job.ticket, job.faults))
        elif isinstance(job.ask, Describe):
            facts = {"model": self._band.model, "hardware_id": self._hardware_id, **job.facts}
            self.said.append(Described(job.ticket, facts))
        self.said.append(Done(job.ticket))

    # ---- what comes in ------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """A datagram of `wire.gatt`, whatever it is."""
        self.expire(now)
        if self._state is _State.ENDED:
            return
        frame, flight = decode(data), self._flight
        if frame is None:
            self._ignore("no GATT operation", data)
        elif frame.operation is Operation.NOTIFIED:
            self._notified(frame, data)
        elif (
            flight is None
            or frame.characteristic != flight.characteristic
            or frame.operation not in (flight.operation.done, flight.operation.undone)
        ):
            self._ignore("an answer to nothing that waits", data)
        else:
            job, self._flight, self._flight_job, self._due = self._flight_job, None, None, math.inf
            if job is not None:
                self._brought(job, frame, data)
            elif frame.characteristic == layout.AUTH and frame.operation in UNDONE:
                self._break(f"the band takes no key here: {frame.reason}")
        self._advance(now)

    def _brought(self, job: _Job, frame: Frame, data: bytes) -> None:
        undone = frame.operation in UNDONE
        if job.fetch is not None:
            job.fetch.answered(frame)
            return
        row = layout.BY_CHARACTERISTIC.get(frame.characteristic)
        if frame.operation in (Operation.WRITTEN, Operation.NOT_WRITTEN):
            if undone and isinstance(job.ask, Act):
                job.refusal = frame.reason
        elif row is not None and isinstance(job.ask, Read):
            values = None if undone else row.decode(frame.payload)
            wanted = [point for point in row.points if point in job.ask.points]
            if values is not None:
                job.values.update({point: values[point] for point in wanted})
            else:
                job.faults.update(dict.fromkeys(wanted, Refusal.NOT_READABLE if undone else Refusal.INTERNAL))
                if not undone:
                    self._ignore("a value of the wrong shape", data)
        elif not undone:
            text = frame.payload.decode("utf-8", "replace").strip("\0 ")
            if text:
                job.facts[layout.CARD[frame.characteristic]] = text

    def _notified(self, frame: Frame, data: bytes) -> None:
        if frame.characteristic == layout.AUTH:
            self._authenticated(proof.answered(frame.payload), data)
            return
        fetch = self._queue[0].fetch if self._queue else None
        if fetch is not None and fetch.told(frame):
            self._due = math.inf if self._flight is None else self._due
            return
        row = layout.BY_CHARACTERISTIC.get(frame.characteristic)
        values = row.decode(frame.payload) if row and self._state in (_State.KNOWN, _State.OPEN) else None
        if values is None:
            self._ignore("a notification that says nothing to us", data)
        elif len(self.said) < EVENTS:
            self.said.append(Reported(values))

    # ---- unlocking ----------------------------------------------------------------------------------------------

    def _offer(self, kind: Kind, challenge: bytes = b"") -> None:
        if kind is Kind.KEY:
            self._state, payload = _State.PAIRING, proof.new_key(self._band, self._key)
        elif kind is Kind.CHALLENGE:
            self._state, payload = _State.CHALLENGING, proof.challenge_wanted(self._band)
        else:
            self._state, payload = _State.PROVING, proof.proof(self._band, self._key, challenge)
        self._setup.append(Frame(Operation.WRITE, layout.AUTH, payload))

    def _authenticated(self, message: Message | None, data: bytes) -> None:
        if message is None or _EXPECTED[message.kind] is not self._state:
            self._ignore("a word on a key that nobody offered", data)
        elif message.status != Status.YES:
            self._lock(_NO_TAP if message.kind is Kind.KEY else _WRONG_KEY)
        elif message.kind is Kind.KEY:
            self._offer(Kind.CHALLENGE)
        elif message.kind is Kind.CHALLENGE:
            self._offer(Kind.PROOF, message.body)
        else:
            self._state, self._auth_due = _State.KNOWN, math.inf
            heard = (*(row.characteristic for row in layout.LAYOUTS), activity.CONTROL, activity.DATA)
            self._setup.extend(Frame(Operation.SUBSCRIBE, characteristic) for characteristic in heard)

    # ---- ends ---------------------------------------------------------------------------------------------------

    def _lock(self, text: str) -> None:
        self.said.append(LockedOut(text))
        self._end(text)

    def _break(self, text: str) -> None:
        self._end(text)
        self.said.append(Broken(text))

    def _end(self, text: str) -> None:
        self._state, self._why_ended = _State.ENDED, text
        self.said.extend(Unanswered(job.ticket, text) for job in self._queue)
        self._queue.clear()
        self._setup.clear()
        self._flight = self._flight_job = None

    def _ignore(self, why: str, data: bytes) -> None:
        if len(self.said) < EVENTS:
            self.said.append(Ignored(why, self._redact(data)))


def _steps(ask: Ask) -> Iterable[Frame]:
    """The operations of an ask; LocalProtocolError for what a band has not."""
    if isinstance(ask, Read):
        if not ask.points:
            raise LocalProtocolError("a reading of nothing")
        rows = dict.fromkeys(_row(point) for point in ask.points if point != layout.MOVEMENT)
        minutes = [Frame(Operation.READ, activity.CLOCK)] if layout.MOVEMENT in ask.points else []
        return minutes + [
            Frame(Operation.READ, row.characteristic)
            if row.readable
            else Frame(Operation.WRITE, layout.HEART_CONTROL, layout.MEASURE)
            for row in rows
        ]
    if isinstance(ask, Act):
        if ask.arguments:
            raise LocalProtocolError("a band's actions take no arguments")
        if ask.action == layout.ALERT_ACT:
            return [Frame(Operation.WRITE, layout.ALERT, layout.VIBRATE)]
        if ask.action == layout.MEASURE_ACT:
            return [Frame(Operation.WRITE, layout.HEART_CONTROL, layout.MEASURE)]
        raise LocalProtocolError(f"a band has no action {ask.action!r}")
    if isinstance(ask, Describe):
        return [Frame(Operation.READ, characteristic) for characteristic in layout.CARD]
    raise LocalProtocolError("a band has nothing to write")


def _row(point: Point) -> layout.Layout:
    row = layout.BY_POINT.get(point)
    if row is None:
        raise LocalProtocolError(f"a band has no point {point!r}")
    return row
