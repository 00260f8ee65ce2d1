"""Pushes on their way to phones. Owns the line of what is sent, its bound and its retries (RFC 8030).

What a push says is sealed before it leaves the house; the push service learns that this home has something to say,
how urgent it is and how long it is worth delivering. Without internet nothing of this works, and `trouble` says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from jiahe.notice.seal import seal
from jiahe.notice.subscription import Subscription
from jiahe.notice.vapid import Vapid

LINE = 200
"""Pushes that wait at once; more is a home that went mad, and the oldest are dropped: the app's list has them."""
PAUSES = (5.0, 30.0, 120.0, 600.0)
"""Seconds before each further try: a phone network's hiccup, a router's restart, a short outage. Then it is given up."""
LONGEST_PAUSE = 900.0
"""Seconds: the most that a service's own Retry-After can ask of us."""
GONE = frozenset({404, 410})
"""RFC 8030, section 7.3: the subscription is over."""
NOT_OURS = frozenset({401, 403})
"""The service does not take this home's key for this browser: it must subscribe anew."""
LATER = frozenset({408, 425, 429})


class Answer(Protocol):
    """A push service's answer."""

    @property
    def status(self) -> int: ...
    @property
    def retry_after(self) -> float: ...


Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Answer]]
"""Sends one request; ConnectionError or TimeoutError where the service cannot be reached."""
Gone = Callable[[Subscription], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Message:
    """One push to one browser. `topic` replaces an older one of the same topic that waits at the service."""

    to: Subscription = field(repr=False)
    text: bytes = field(repr=False)
    topic: str
    ends_at: float
    """Epoch seconds after which it is worth nothing."""
    urgent: bool = False


class Sender:
    """Sends one message after another; `run()` is a task of the hub."""

    def __init__(
        self,
        vapid: Vapid,
        post: Post,
        gone: Gone,
        now: Callable[[], float],
        entropy: Callable[[int], bytes],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._vapid, self._post, self._gone, self._now = vapid, post, gone, now
        self._entropy, self._sleep = entropy, sleep
        self._line: deque[tuple[float, int, Message]] = deque()
        self._filled = asyncio.Event()
        self.trouble = ""
        """Why pushes do not get through, as a word for the app: "" or "unreachable"."""
        self.dropped = self.sent = 0

    def offer(self, message: Message) -> None:
        """Puts a message in line; urgent ones at its front."""
        if len(self._line) >= LINE:
            self._line.popleft()
            self.dropped += 1
        entry = (0.0, 0, message)
        (self._line.appendleft if message.urgent else self._line.append)(entry)
        self._filled.set()

    @property
    def waiting(self) -> int:
        """Messages that are not delivered yet."""
        return len(self._line)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            entry = self._due()
            if entry is None:
                await self._until_more()
                continue
            self._line.remove(entry)
            _, tries, message = entry
            pause = await self._send(message, tries)
            if pause is not None:
                self._line.append((self._now() + pause, tries + 1, message))

    def _due(self) -> tuple[float, int, Message] | None:
        now = self._now()
        return next((entry for entry in self._line if entry[0] <= now), None)

    async def _until_more(self) -> None:
        self._filled.clear()
        if not self._line:
            await self._filled.wait()
            return
        next_at = min(entry[0] for entry in self._line)
        with contextlib.suppress(TimeoutError):
            # never longer than a moment: a wall clock that is set must not hold everything up
            async with asyncio.timeout(min(5.0, max(0.01, next_at - self._now()))):
                await self._filled.wait()

    async def _send(self, message: Message, tries: int) -> float | None:
        """Seconds until it is tried again; None when it is done with."""
        now = self._now()
        if now >= message.ends_at:
            return None
        try:
            answer = await self._post(message.to.endpoint, self._headers(message, now), self._sealed(message))
        except (ConnectionError, TimeoutError, OSError):
            self.trouble = "unreachable"
            return _pause(tries, 0.0)
        self.trouble = ""
        if answer.status in GONE or answer.status in NOT_OURS:
            await self._gone(message.to)
            self._line = deque(entry for entry in self._line if entry[2].to.id != message.to.id)
            return None
        if answer.status in LATER or answer.status >= 500:
            return _pause(tries, answer.retry_after)
        if 200 <= answer.status < 300:
            self.sent += 1
        else:  # 400, 413: this message will never be taken
            self.dropped += 1
        return None

    def _headers(self, message: Message, now: float) -> dict[str, str]:
        return {
            "Authorization": self._vapid.authorization(message.to.origin, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int(message.ends_at - now))),
            "Topic": message.topic,
            "Urgency": "high" if message.urgent else "normal",
        }

    def _sealed(self, message: Message) -> bytes:
        own = ec.generate_private_key(ec.SECP256R1())
        return seal(message.text, message.to.p256dh, message.to.auth, self._entropy(16), own)


def _pause(tries: int, asked: float) -> float | None:
    if tries >= len(PAUSES):
        return None
    return min(LONGEST_PAUSE, max(PAUSES[tries], asked))
