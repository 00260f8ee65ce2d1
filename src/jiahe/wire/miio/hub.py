"""The HUB's end: hello, one request in flight, tries, deadlines, lock-out. Owns the conversation's time and ids.

Never knows what a request is about (`jobs.py` does) and never reads a datagram's bytes (`packet.py` does).

After a LockedOut the session goes on: what waited ends Unanswered, and the first believed datagram says Opened again.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import actions, codes, packet, subscription
from jiahe.wire.miio.codes import Next
from jiahe.wire.miio.end import End
from jiahe.wire.miio.jobs import CallJob, Job, ReadJob, WriteJob, act_job, describe_job
from jiahe.wire.miio.presence import Presence
from jiahe.wire.miio.repair import loads
from jiahe.wire.miio.sizing import START, Sizing
from jiahe.wire.talk import Act, Ask, Entropy, Identity, LockedOut, Opened, Read, Unanswered, Write

QUEUE = 64
"""Asks that wait at one device: a hub asks a device a few things at a time, more is a defect of the asker."""

_TRY_AT = (0.4, 0.8, 1.6, 3.2)
_TRY_EVERY = 3.2
_PUSH_MEMORY = 5.0
_PUSHES = 64

_REFUSES_US = (
    "The token of this device is not the right one: it was probably reset or paired anew. "
    "Give the new token with `jiahe adopt`."
)
_KEYLESS = (
    "There is no token for this device, and without one it takes no commands. Give it with `jiahe adopt`."
)


def _result(message: Mapping[str, Any]) -> Any:
    # python-miio's simulator leaves the frame around its card out.
    return message if "model" in message and "result" not in message else message.get("result")


class Hub(End):
    """See the module."""

    def __init__(self, identity: Identity, entropy: Entropy) -> None:
        super().__init__(identity, entropy)
        chunk = identity.facts.get("chunk", START)
        self.sizing = Sizing(chunk if type(chunk) is int else START)
        self._plain = bool(identity.facts.get("plain_action_arguments", False))
        self._presence = Presence()
        self._started = self._locked = False
        self._queue: deque[Job] = deque()
        self._current: Job | None = None
        self._tickets = 0
        self._pushes: OrderedDict[tuple[str, int], float] = OrderedDict()
        wanted = bool(identity.facts.get("subscribe", False)) and self.keys is not None
        self._subscriber = subscription.Subscriber(entropy, identity.epoch) if wanted else None

    # ---- what the owner does ------------------------------------------------------------------------------------

    def open(self, now: float) -> None:
        """One hello."""
        self._started = True
        self._greet(now)

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """Queues an ask; LocalProtocolError for what cannot be said, and for the 65th that waits."""
        self._expire(now)
        if len(self._queue) + (self._current is not None) >= QUEUE:
            raise LocalProtocolError(f"{QUEUE} asks wait at this device already")
        if not math.isfinite(deadline):
            raise LocalProtocolError("an ask needs a deadline")
        job = self._job(self._tickets + 1, deadline, ask)
        self._tickets += 1
        if self.keys is None:
            self._lock(_KEYLESS)
            self.said.append(Unanswered(job.ticket, _KEYLESS))
        elif deadline <= now:
            self.said.append(Unanswered(job.ticket, "its deadline had passed when it was asked"))
        else:
            self._queue.append(job)
            self._advance(now)
        return job.ticket

    def _job(self, ticket: int, deadline: float, ask: Ask) -> Job:
        if isinstance(ask, Read):
            return ReadJob(ticket, deadline, ask, self.sizing)
        if isinstance(ask, Write):
            return WriteJob(ticket, deadline, ask, self.sizing.chunk)
        if isinstance(ask, Act):
            return act_job(ticket, deadline, ask, plain=self._plain)
        return describe_job(ticket, deadline, ask)

    def wake_at(self) -> float | None:
        """The earliest of all that is waited for."""
        job = self._current
        times = [waiting.deadline for waiting in self._queue]
        if job is not None:
            times += (job.due, job.deadline)
        if self._presence.hello_due is not None:
            times.append(self._presence.hello_due)
        if self._subscriber is not None and self._presence.opened:
            times.append(self._subscriber.due)
        return min(times, default=None)

    def wake(self, now: float) -> None:
        """Deadlines first, then tries, then hellos."""
        self._expire(now)
        job = self._current
        if job is not None and job.repeatable and job.due <= now:
            self._timeout(job, now)
        hello_due = self._presence.hello_due
        if hello_due is not None and hello_due <= now:
            wanted = bool(self._queue) or self._current is not None
            if self._presence.greet_again(now, wanted=wanted):
                self.send(packet.HELLO)
        if self._subscriber is not None and self._presence.opened and self._subscriber.due <= now:
            self.send(self._subscriber.probe(now))
        self._advance(now)

    # ---- hello ------------------------------------------------------------------------------------------------

    def _greet(self, now: float) -> None:
        self._presence.greet(now)
        self.send(packet.HELLO)

    def _greeted(self, device: int, stamp: int, now: float) -> None:
        presence = self._presence
        restarted = presence.greeted(stamp, now)
        if not presence.opened:
            self.device, presence.opened = device, True
            self.said.append(self._card())
            if self._subscriber is not None:
                self._subscriber.begin(now)
        if restarted and self._current is not None and self._current.repeatable:
            self._say(self._current, now)
        self._advance(now)

    def _card(self) -> Opened:
        return Opened({"hardware_id": str(self.device)})

    # ---- one request in flight ----------------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        while self._current is None and self._queue and self._started:
            job = self._queue[0]
            if not self._presence.fresh(now, once=not job.repeatable):
                if self._presence.hello_due is None:
                    self._greet(now)
                return
            self._current = self._queue.popleft()
            self._say(job, now)

    def _say(self, job: Job, now: float) -> None:
        assert self.keys is not None
        assert self.device is not None
        tail, part = job.request()
        if not job.tries:
            job.began = now
        number = self.number()
        self.send(self.keys.seal(self.device, self._presence.stamp(now), b'{"id":%d,' % number + tail))
        job.sent(number, part)
        if not job.repeatable:
            job.due = job.deadline
        else:
            beyond = job.tries - len(_TRY_AT)
            after = _TRY_AT[job.tries - 1] if beyond <= 0 else _TRY_AT[-1] + _TRY_EVERY * beyond
            job.due = max(job.began + after, now + _TRY_AT[0])
        self._presence.tried(now)

    def _timeout(self, job: Job, now: float) -> None:
        if self._presence.shut_out(now):
            self._lock(_REFUSES_US)
            return
        job.silence(next(reversed(job.ids.values())))
        if job.tries >= 2 and self._presence.hello_due is None:
            self._greet(now)
        self._say(job, now)

    def _expire(self, now: float) -> None:
        job = self._current
        if job is not None and job.deadline <= now:
            if self._presence.shut_out(now):
                self._lock(_REFUSES_US)
            else:
                tries = "the one try it gets" if not job.repeatable else f"{job.tries} tries"
                job.given_up(f"no answer to {tries} before its deadline")
                # After silence the device's clock is not trusted any more.
                self._presence.clock_known = False
                self._finish(job)
        if self._queue and min(waiting.deadline for waiting in self._queue) <= now:
            late = [waiting for waiting in self._queue if waiting.deadline <= now]
            self._queue = deque(waiting for waiting in self._queue if waiting.deadline > now)
            known = self._presence.clock_known
            why = "its turn did not come" if known else "the device does not answer at its address"
            for waiting in late:
                waiting.given_up(f"{why} before the deadline")
                self._finish(waiting)
        if job is not None and self._current is None:
            self._advance(now)

    def _finish(self, job: Job) -> None:
        if job is self._current:
            self._current = None
        if job.ticket:
            self.said.extend(job.ending or ())
        elif self._subscriber is not None:
            self._subscriber.asking = False

    def _lock(self, text: str) -> None:
        if not self._locked:
            self._locked = True
            self.said.append(LockedOut(text))
        jobs = [job for job in (self._current, *self._queue) if job is not None]
        self._queue.clear()
        self._presence.clock_known = False
        for job in jobs:
            job.trouble = None
            job.given_up(text)
            self._finish(job)

    # ---- what comes in ------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """A datagram from the device's address, whatever it is."""
        self._expire(now)
        fault = packet.envelope_fault(data)
        if fault:
            self.ignore(fault, data)
            return
        device, stamp = packet.device_and_stamp(data)
        if device == packet.UNKNOWN_ID:
            self.ignore("a hello, not an answer to one", data)
        elif self.device is not None and device != self.device:
            self.ignore("foreign device id", data)
        elif len(data) == packet.HEADER_SIZE:
            self._short(device, stamp, data, now)
        elif not self._presence.opened or self.keys is None:
            self.ignore("sealed, before the hello was answered or without a token to open it", data)
        else:
            self._sealed(self.keys, stamp, data, now)

    def _short(self, device: int, stamp: int, data: bytes, now: float) -> None:
        if subscription.is_offer(data):
            self._offered(data, now)
        elif self._presence.hello_due is not None:
            self._greeted(device, stamp, now)
        elif self._subscriber is None or not self._subscriber.probed(now):
            self.ignore("an answer to a hello that was answered already, or never sent", data)

    def _sealed(self, keys: packet.Keys, stamp: int, data: bytes, now: float) -> None:
        body = keys.unseal(data)
        if body is None:
            self._presence.seen(now)
            self.ignore("the checksum is wrong: another token, or damaged on the way", data)
            return
        try:
            message = loads(body)
        except ValueError:
            self.ignore("no JSON in a valid envelope", data)
            return
        if not isinstance(message, dict):
            self.ignore("JSON of the wrong shape", data)
            return
        self._presence.believed()
        if self._locked:
            self._locked = False
            self.said.append(self._card())
        if "method" in message:
            self._pushed(keys, message, data, now)
        else:
            self._answered(message, stamp, data, now)

    def _answered(self, message: Mapping[str, Any], stamp: int, data: bytes, now: float) -> None:
        number, job = message.get("id"), self._current
        part = job.ids.get(number) if job is not None and type(number) is int else None
        if job is None or part is None:
            self.ignore("an answer to nothing that waits", data)
            return
        self._presence.set_clock(stamp, now)
        error = message.get("error")
        if error is not None:
            trouble = codes.outer_trouble(error)
            if trouble.what is Next.NO or not job.repeatable:
                job.refused(trouble)
            else:
                job.trouble = trouble
                if trouble.what is Next.SILENT_INSIDE:
                    job.inner_silence(part)
        elif not job.accept(part, _result(message)):
            self.ignore("an answer of the wrong shape", data)
            return
        if job.ending is not None:
            self._finish(job)
            self._advance(now)
        elif not job.tries:
            self._say(job, now)

    def _pushed(self, keys: packet.Keys, message: Mapping[str, Any], data: bytes, now: float) -> None:
        assert self.device is not None
        number, method = message.get("id"), message["method"]
        event = actions.pushed(self.device, method, message.get("params"))
        if event is None or type(number) is not int:
            self.ignore("a push that says nothing of this device", data)
            return
        self.send(
            keys.seal(self.device, self._presence.stamp(now), b'{"id":%d,"result":{"code":0}}' % number)
        )
        while self._pushes and next(iter(self._pushes.values())) <= now - _PUSH_MEMORY:
            self._pushes.popitem(last=False)
        if (method, number) in self._pushes:
            return
        if len(self._pushes) >= _PUSHES:
            self._pushes.popitem(last=False)
        self._pushes[method, number] = now
        self.note(event)

    # ---- subscription (experimental) ----------------------------------------------------------------------------

    def _offered(self, data: bytes, now: float) -> None:
        subscriber = self._subscriber
        if subscriber is None:
            self.ignore("an offer of a subscription that nobody asked for", data)
            return
        tail = subscriber.offered(data, now)
        if tail is None or not self._presence.opened or len(self._queue) >= QUEUE:
            return
        subscriber.asking = True
        self._queue.append(CallJob(0, now + subscription.PATIENCE, tail, subscriber.accepted))
        self._advance(now)
