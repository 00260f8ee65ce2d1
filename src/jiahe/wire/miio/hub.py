"""The HUB's end: hello, one request in flight, tries, deadlines, lock-out. Owns the conversation's time and ids.

Never knows what a request is about (`jobs.py` does) and never reads a datagram's bytes (`packet.py` does).

Lock-out, by what can be seen: a device with another token answers hellos and is silent to everything else (or its
answers have a wrong checksum). So three tries without a believed answer, with a sign of life after the first of
them, are taken for it; after 1.5 s where this token was never seen to work, after 10 s where it was (an appliance's
controller may need 4 s to be given up by its network module). The session goes on: the first believed datagram
says Opened again.
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
from jiahe.wire.miio.repair import loads
from jiahe.wire.miio.sizing import START, Sizing
from jiahe.wire.talk import Act, Ask, Entropy, Identity, LockedOut, Opened, Read, Unanswered, Write

QUEUE = 64
"""Asks that wait at one device: a hub asks a device a few things at a time, more is a defect of the asker."""

_HELLO_AT = (0.3, 0.6, 1.0)
_HELLO_EVERY = 5.0
_HELLO_UNASKED = 12
"""Hellos to a device that never answered, while nobody asks for anything: a minute."""
_TRY_AT = (0.4, 0.8, 1.6, 3.2)
_TRY_EVERY = 3.2
_STAMP_AGE = 120.0
"""Seconds without traffic after which the device's clock is asked for again (as homebridge-miot and Valetudo do)."""
_STAMP_AGE_ONCE = 10.0
"""The same before an action: it is sent once, and a device that restarted would not take an old stamp."""
_STAMP_SHIFT = 2
_LOCK_TRIES = 3
_LOCK_NEW, _LOCK_PROVEN = 1.5, 10.0
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
        self._started = self._opened = self._proven = self._locked = False
        self._queue: deque[Job] = deque()
        self._current: Job | None = None
        self._tickets = 0
        self._hello_due: float | None = None
        self._hello_began, self._hellos = 0.0, 0
        self._heard_at: float | None = None
        self._stamp, self._stamp_at = 0, 0.0
        self._silent, self._silent_from, self._there_at = 0, 0.0, -math.inf
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
        if self._hello_due is not None:
            times.append(self._hello_due)
        if self._subscriber is not None and self._opened:
            times.append(self._subscriber.due)
        return min(times, default=None)

    def wake(self, now: float) -> None:
        """Deadlines first, then tries, then hellos."""
        self._expire(now)
        job = self._current
        if job is not None and job.repeatable and job.due <= now:
            self._timeout(job, now)
        if self._hello_due is not None and self._hello_due <= now:
            self._greet_again(now)
        if self._subscriber is not None and self._opened and self._subscriber.due <= now:
            self.send(self._subscriber.probe(now))
        self._advance(now)

    # ---- hello --------------------------------------------------------------------------------------------------

    def _greet(self, now: float) -> None:
        self._hello_began, self._hellos = now, 1
        self._hello_due = now + _HELLO_AT[0]
        self.send(packet.HELLO)

    def _greet_again(self, now: float) -> None:
        waited_for = bool(self._queue) or self._current is not None
        if not waited_for and (self._opened or self._hellos >= _HELLO_UNASKED):
            self._hello_due = None
            return
        if self._there_at < self._hello_began:
            # A device that does not even answer a hello is away: its silence says nothing about the token.
            self._silent = 0
        self._hellos += 1
        beyond = self._hellos - len(_HELLO_AT)
        after = _HELLO_AT[self._hellos - 1] if beyond <= 0 else _HELLO_AT[-1] + _HELLO_EVERY * beyond
        self._hello_due = max(self._hello_began + after, now + _HELLO_AT[0])
        self.send(packet.HELLO)

    def _greeted(self, device: int, stamp: int, now: float) -> None:
        self._hello_due = None
        self._there_at = now
        shifted = self._heard_at is not None and abs(self._now_there(now) - stamp) > _STAMP_SHIFT
        self._set_clock(stamp, now)
        if not self._opened:
            self.device, self._opened = device, True
            self.said.append(self._card())
            if self._subscriber is not None:
                self._subscriber.begin(now)
        if shifted and self._current is not None and self._current.repeatable:
            self._say(self._current, now)
        self._advance(now)

    def _card(self) -> Opened:
        return Opened({"hardware_id": str(self.device)})

    def _set_clock(self, stamp: int, now: float) -> None:
        self._stamp, self._stamp_at, self._heard_at = stamp, now, now

    def _now_there(self, now: float) -> int:
        return self._stamp + int(now - self._stamp_at)

    # ---- one request in flight ----------------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        while self._current is None and self._queue and self._started:
            job = self._queue[0]
            oldest = _STAMP_AGE if job.repeatable else _STAMP_AGE_ONCE
            if self._heard_at is None or now - self._heard_at > oldest:
                if self._hello_due is None:
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
        self.send(self.keys.seal(self.device, self._now_there(now), b'{"id":%d,' % number + tail))
        job.sent(number, part)
        if not job.repeatable:
            job.due = job.deadline
        else:
            beyond = job.tries - len(_TRY_AT)
            after = _TRY_AT[job.tries - 1] if beyond <= 0 else _TRY_AT[-1] + _TRY_EVERY * beyond
            job.due = max(job.began + after, now + _TRY_AT[0])
        if not self._silent:
            self._silent_from = now
        self._silent += 1

    def _timeout(self, job: Job, now: float) -> None:
        if self._shut_out(now):
            self._lock(_REFUSES_US)
            return
        job.silence(next(reversed(job.ids.values())))
        if job.tries >= 2 and self._hello_due is None:
            self._greet(now)
        self._say(job, now)

    def _expire(self, now: float) -> None:
        job = self._current
        if job is not None and job.deadline <= now:
            if self._shut_out(now):
                self._lock(_REFUSES_US)
            else:
                tries = "the one try it gets" if not job.repeatable else f"{job.tries} tries"
                job.given_up(f"no answer to {tries} before its deadline")
                # After silence the device's clock is not trusted any more.
                self._heard_at = None
                self._finish(job)
        if self._queue and min(waiting.deadline for waiting in self._queue) <= now:
            late = [waiting for waiting in self._queue if waiting.deadline <= now]
            self._queue = deque(waiting for waiting in self._queue if waiting.deadline > now)
            why = (
                "its turn did not come"
                if self._heard_at is not None
                else "the device does not answer at its address"
            )
            for waiting in late:
                waiting.given_up(f"{why} before the deadline")
                self._finish(waiting)

    def _finish(self, job: Job) -> None:
        if job is self._current:
            self._current = None
        if job.ticket:
            self.said.extend(job.ending or ())
        elif self._subscriber is not None:
            self._subscriber.asking = False

    def _shut_out(self, now: float) -> bool:
        patience = _LOCK_PROVEN if self._proven else _LOCK_NEW
        return (
            self._silent >= _LOCK_TRIES
            and self._there_at > self._silent_from
            and now - self._silent_from >= patience
        )

    def _lock(self, text: str) -> None:
        if not self._locked:
            self._locked = True
            self.said.append(LockedOut(text))
        jobs = [self._current, *self._queue] if self._current is not None else list(self._queue)
        self._queue.clear()
        self._heard_at = None
        for job in jobs:
            if job is not None:
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
        elif not self._opened or self.keys is None:
            self.ignore("sealed, before the hello was answered or without a token to open it", data)
        else:
            self._sealed(self.keys, stamp, data, now)

    def _short(self, device: int, stamp: int, data: bytes, now: float) -> None:
        if subscription.is_offer(data):
            self._offered(data, now)
        elif self._hello_due is not None:
            self._greeted(device, stamp, now)
        elif self._subscriber is None or not self._subscriber.probed(now):
            self.ignore("an answer to a hello that was answered already, or never sent", data)

    def _sealed(self, keys: packet.Keys, stamp: int, data: bytes, now: float) -> None:
        body = keys.unseal(data)
        if body is None:
            self._there_at = now
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
        self._silent, self._proven = 0, True
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
        self._set_clock(stamp, now)
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
        self.send(keys.seal(self.device, self._now_there(now), b'{"id":%d,"result":{"code":0}}' % number))
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
        if tail is None or not self._opened or len(self._queue) >= QUEUE:
            return
        subscriber.asking = True
        self._queue.append(CallJob(0, now + subscription.PATIENCE, tail, subscriber.accepted))
        self._advance(now)
