"""The hub's end of a session: tickets, one request in flight, retries, heartbeats. Owns time; never a layout.

Correlation: an answer echoes its request's message id; ids of earlier tries of the same ask count too. Until a unit has
shown that it echoes, the layout of the answer has to do.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import frame, lane, packet
from jiahe.wire.midea.appliance import HubSide, Request, Step, Told
from jiahe.wire.talk import (
    Ask,
    Broken,
    Describe,
    Described,
    Done,
    Entropy,
    Event,
    Happened,
    Identity,
    Ignored,
    LockedOut,
    Opened,
    Refusal,
    Refused,
    Reported,
    Unanswered,
)

RETRY_AFTER = (1.5, 3.0, 5.0)
"""Seconds until the second, third, later tries: a real unit answers within 0.2 s, so a lost packet costs little."""
OPTIONAL_TRIES = 2
GREETINGS = 3
GREET_AGAIN = 2.0
HEARTBEAT = 10.0
SILENCE = 35.0
"""No byte for three heartbeats and a half, from a unit that used to answer them: the way is dead."""
SESSION_LIFE = 12 * 3600.0
"""A real unit dropped its session key after 17 h (midea-msmart, issue 65)."""
MOST_WAITING = 64
"""A driver asks one thing at a time and a phone a handful; more is a defect, and memory is bounded."""
ACTED = "the connection was lost after it was sent; it may have been done, so it was not sent again"
WRONG_KEY = (
    "The appliance does not accept the token and key that we have. They change when it is set up anew with the "
    "maker's app: give its new token and key with `jiahe adopt`."
)


@dataclass(slots=True)
class _Job:
    ticket: int
    ask: Ask
    deadline: float
    steps: tuple[Step, ...]
    at: int = 0
    tries: int = 0
    request: Request | None = None
    ids: dict[int, tuple[int, Request]] = field(default_factory=dict)
    retry_at: float = 0.0
    heard: bool = False
    acted: bool = False


class Hub:
    """Everything `talk.Session` promises for Role.HUB."""

    def __init__(self, identity: Identity, appliance: HubSide, type_: int, entropy: Entropy) -> None:
        self._identity, self._appliance, self._type = identity, appliance, type_
        self._device_id = int(identity.hardware_id) if identity.hardware_id.isdecimal() else 0
        self._entropy = entropy
        self._lane: lane.Lane | None = None
        self._events: list[Event] = []
        self._queue: deque[_Job] = deque()
        self._job: _Job | None = None
        self._tickets = 0
        self._message_id = entropy(1)[0]
        self._packets = 0
        self._greetings = 0
        self._greet_at = self._beat_at = self._expires = 0.0
        self._heard_at = 0.0
        self._beats_back = False
        self._echoes = False
        self._sealed = False

    # ---- the owner's side ---------------------------------------------------------------------------------

    def open(self, fresh: lane.Lane, now: float) -> None:
        """A new connection: what was in flight is asked again."""
        self._lane = fresh
        self._sealed = not fresh.ready
        self._beats_back = self._echoes = False
        self._heard_at = now
        self._greetings = 0
        if self._job is not None and self._job.acted:
            self._end(Unanswered(self._job.ticket, ACTED))
        if self._job is not None:
            self._job.request = None
            self._job.ids.clear()
            self._job.at = 0
        if fresh.ready:
            self._opened(now)
        else:
            self._greet(now)

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        if why := self._appliance.nonsense(ask):
            raise LocalProtocolError(why)
        if len(self._queue) >= MOST_WAITING:
            raise LocalProtocolError(f"{MOST_WAITING} asks are waiting already")
        self._tickets += 1
        if why := self._appliance.refuses(ask):
            self._events.append(Refused(self._tickets, Refusal.NOT_ALLOWED, why))
            return self._tickets
        self._queue.append(_Job(self._tickets, ask, deadline, self._appliance.steps(ask)))
        self._go_on(now)
        return self._tickets

    def events(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken

    def outgoing(self) -> list[bytes]:
        if self._lane is None:
            return []
        taken, self._lane.out = self._lane.out, []
        return taken

    def wake_at(self) -> float | None:
        times = [job.deadline for job in self._queue]
        if self._job is not None:
            times.append(self._job.deadline)
            if self._running() and self._job.request is not None:
                times.append(self._job.retry_at)
        if self._lane is not None:
            times += [self._beat_at, self._expiry()] if self._lane.ready else [self._greet_at]
        return min(times, default=None)

    def wake(self, now: float) -> None:
        self._end_overdue(now)
        if self._lane is None:
            return
        if not self._lane.ready:
            if now >= self._greet_at:
                self._greet(now)
            return
        if now >= self._expiry() and self._job is None:
            self._break("the session key is 12 hours old: connecting afresh")
            return
        if now >= self._beat_at:
            self._beat(now)
        if self._running():
            self._retry(now)
            self._go_on(now)

    # ---- the connection -----------------------------------------------------------------------------------

    def _running(self) -> bool:
        return self._lane is not None and self._lane.ready

    def _greet(self, now: float) -> None:
        assert self._lane is not None
        if self._greetings >= GREETINGS:
            self._break("the appliance does not answer the handshake")
            return
        self._greetings += 1
        self._greet_at = now + GREET_AGAIN
        self._lane.greet()

    def _opened(self, now: float) -> None:
        self._beat_at = now + HEARTBEAT
        self._expires = now + SESSION_LIFE if self._sealed else float("inf")
        version = 3 if self._sealed else 2
        facts = {"version": version, "type": self._type, "hardware_id": self._identity.hardware_id}
        self._events.append(Opened(facts))
        self._go_on(now)

    def _expiry(self) -> float:
        """When idle. Under way, the ask's own timers decide."""
        return self._expires if self._job is None else float("inf")

    def _break(self, why: str) -> None:
        """The connection is over. Asks stay until their deadline: the owner connects again, and they go on."""
        self._lane = None
        self._events.append(Broken(why))

    def _lock_out(self) -> None:
        self._lane = None
        self._events.append(LockedOut(WRONG_KEY))
        while self._queue or self._job is not None:
            job = self._job or self._queue.popleft()
            self._job = None
            self._events.append(Unanswered(job.ticket, WRONG_KEY))

    def _beat(self, now: float) -> None:
        assert self._lane is not None
        if self._beats_back and now - self._heard_at > SILENCE:
            self._break(f"the appliance has been silent for {SILENCE:g} s")
            return
        self._beat_at = now + HEARTBEAT
        self._send(packet.Packet(packet.HEARTBEAT, packet.BEAT, self._device_id, b"", self._packet_id()), now)

    def _packet_id(self) -> int:
        self._packets = (self._packets + 1) & 0xFFFFFFFF
        return self._packets

    def _send(self, said: packet.Packet, now: float) -> None:
        assert self._lane is not None
        stamped = packet.Packet(
            said.kind,
            said.magic,
            said.device_id,
            said.payload,
            said.message_id,
            packet.stamp(self._identity.epoch + now),
        )
        self._lane.send(packet.encode(stamped))

    # ---- what arrives -------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        if self._lane is None:
            self._events.append(Ignored("bytes on a closed conversation", b""))
            return
        for news in self._lane.feed(data):
            match news:
                case lane.Heard(read):
                    self._heard_at = now
                    self._hear(read, data, now)
                case lane.Ready():
                    self._opened(now)
                case lane.Denied():
                    self._lock_out()
                case lane.Lost(why):
                    self._break(why)
                case lane.Odd(why, unit):
                    self._events.append(Ignored(why, unit))
        self._go_on(now)

    def _hear(self, read: packet.Packet, data: bytes, now: float) -> None:
        if read.is_heartbeat:
            self._beats_back = True
            return
        if self._device_id and read.device_id != self._device_id:
            self._events.append(Ignored("a packet of another appliance", read.payload))
            return
        framed = frame.decode(read.payload)
        if isinstance(framed, str):
            self._events.append(Ignored(framed, read.payload))
            return
        if framed.appliance != self._type:
            self._events.append(Ignored(f"a frame of another type, {framed.appliance:02x}", read.payload))
            return
        told = self._appliance.hear(framed, now)
        if isinstance(told, str):
            self._events.append(Ignored(told, read.payload))
            return
        self._told(told, now)

    def _told(self, told: Told, now: float) -> None:
        job, step = self._job, self._answered_step(told)
        if told.exception:
            if job is not None and (told.message_id in job.ids or _refuses_a_set(told, job.request)):
                self._end(Refused(job.ticket, Refusal.INTERNAL, f"the appliance refused: {told.exception}"))
            else:
                self._events.append(Happened("exception", {"frame": told.exception}))
            return
        if job is None or step is None:
            if told.values:
                self._events.append(Reported(told.values))
            return
        request = job.request
        faults: dict[str, Refusal] = dict(told.faults)
        if request is not None and step == job.at:
            lacking = [p for p in request.points if p not in told.values and p not in faults]
            faults |= dict.fromkeys(lacking, Refusal.UNSUPPORTED)
        if told.values or faults:
            ticket = job.ticket if job.steps[step].speaks else None
            self._events.append(Reported(told.values, ticket, faults if ticket else {}))
        if step >= job.at:
            job.heard = True
            job.at = step + 1
            job.request = None
            self._go_on(now)

    def _answered_step(self, told: Told) -> int | None:
        """Which step of the ask under way this answers, None where it answers none."""
        job = self._job
        if job is None or job.request is None or told.kind in (frame.Kind.NOTIFY, frame.Kind.CHANGE):
            return None
        if told.message_id is not None and (known := job.ids.get(told.message_id)) is not None:
            step, request = known
            if not request.fits(told):
                return None
            self._echoes = True
            return step
        loose = not self._echoes or told.what == "properties" or not job.request.tail
        if loose and job.request.fits(told) and told.kind == job.request.kind:
            return job.at
        return None

    # ---- asks ---------------------------------------------------------------------------------------------

    def _go_on(self, now: float) -> None:
        """Sends the next request where there is one to send; ends asks that have no more."""
        while self._running():
            if self._job is None:
                if not self._queue:
                    return
                self._job = self._queue.popleft()
            job = self._job
            if job.request is not None:
                return
            if now >= job.deadline:
                self._end(Unanswered(job.ticket, "there was no time left for it"))
            elif job.at >= len(job.steps):
                self._finish(job)
            elif (request := job.steps[job.at].build(now)) is None:
                job.at += 1
            else:
                job.request, job.tries = request, 0
                self._try(job, now)
                return

    def _finish(self, job: _Job) -> None:
        if job.steps and not job.heard and all(step.optional for step in job.steps):
            self._end(Unanswered(job.ticket, "the appliance answered none of the questions that it could"))
            return
        if isinstance(job.ask, Describe):
            facts: dict[str, Any] = {"version": 3 if self._sealed else 2, **self._appliance.description()}
            self._events.append(Described(job.ticket, facts))
        self._end(Done(job.ticket))

    def _end(self, event: Event) -> None:
        self._events.append(event)
        self._job = None

    def _try(self, job: _Job, now: float) -> None:
        request = job.request
        assert request is not None
        id_ = None
        if request.tail:
            self._message_id = self._message_id % 255 + 1
            id_ = self._message_id
            job.ids[id_] = (job.at, request)
        framed = frame.Frame(self._type, request.kind, request.body, request.protocol, id_)
        self._send(
            packet.Packet(
                packet.DATA, packet.REQUEST, self._device_id, frame.encode(framed), self._packet_id()
            ),
            now,
        )
        job.acted = job.steps[job.at].once
        job.retry_at = job.deadline if job.acted else now + RETRY_AFTER[min(job.tries, len(RETRY_AFTER) - 1)]
        job.tries += 1

    def _retry(self, now: float) -> None:
        job = self._job
        if job is None or job.request is None or now < job.retry_at:
            return
        step = job.steps[job.at]
        if step.optional and job.tries >= OPTIONAL_TRIES:
            job.at += 1
            job.request = None
        elif step.again_from:
            job.at -= step.again_from
            job.request = None
        else:
            self._try(job, now)

    def _end_overdue(self, now: float) -> None:
        if self._job is not None and now >= self._job.deadline:
            self._end(Unanswered(self._job.ticket, "the appliance did not answer"))
        overdue = [job for job in self._queue if now >= job.deadline]
        for job in overdue:
            self._queue.remove(job)
            self._events.append(Unanswered(job.ticket, "the appliance did not get to it in time"))


def _refuses_a_set(told: Told, request: Request | None) -> bool:
    """Whether a no without a message id is the answer to what is under way: such appliances echo none."""
    waiting = request is not None and not request.tail and request.kind == frame.Kind.SET
    return waiting and told.kind == frame.Kind.EXCEPTION
