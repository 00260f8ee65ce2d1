"""Checks of a device's life: found, met, met again, idle, asked fast, and honest in every frame it sends.

Owns what a good citizen of the network does; never a property's value (`check_values.py`).
"""

from __future__ import annotations

import asyncio
import statistics

from jiahe.kit.examiner import Examiner
from jiahe.kit.line import Passed
from jiahe.kit.plan import inside, same
from jiahe.model.errors import AuthError, LinkError
from jiahe.transport.transport import Transport
from jiahe.wire.miio import packet
from jiahe.wire.talk import Describe, Done, Read

FIND_WITHIN = 2.0
"""Seconds for an answer to a probe; it is sent twice."""
RECONNECTS = 3
IDLE = 20.0
"""Seconds without a question: longer than any family's heartbeat."""
RUN = 40
"""Reads in a row by which the pace and the loss are measured."""
LOST_SHARE = 0.1
"""Of requests in a row that may need repeating; a home's Wi-Fi loses two in a hundred."""
PROMPT, SLOW = 1.0, 2.0
"""Seconds: the middle answer and the slowest; a person waits no longer before doubting it."""
STAMP_PAUSE = 4.0
REPEATED_AFTER = 0.35
"""An answer that took longer may have been asked for twice, so that a second one comes."""


class Ear:
    """Hears datagrams; a `transport.Receiver`."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.transport: Transport | None = None

    def connected(self, transport: Transport) -> None:
        self.transport = transport

    def received(self, data: bytes) -> None:
        if len(self.heard) < 64:
            self.heard.append(data)

    def lost(self, reason: str) -> None:
        """What was heard stays."""


async def found(by: Examiner) -> None:
    """Answers discovery as who it is, and shows no key."""
    subject = by.subject
    finder = subject.family.finder()
    sightings = []
    for probe in finder.probes():
        ear = Ear()
        try:
            way = await subject.dial("udp", subject.host, probe.port, ear)
        except LinkError:
            continue
        for _ in range(2):
            way.send(probe.data)
            await asyncio.sleep(FIND_WITHIN / 2)
        way.close()
        sightings += [seen for data in ear.heard if (seen := finder.sighting(data, subject.host)) is not None]
    by.result.tried += 1
    if not sightings:
        by.fail("does not answer discovery: a home would never find it")
    for seen in sightings[:4]:
        if seen.hardware_id != subject.identity.hardware_id:
            by.fail(f"is {seen.hardware_id} to discovery and {subject.identity.hardware_id} when operated")
        if seen.token:
            by.fail("shows its token to everybody who asks: it is not paired, or it never hides it")
        for key, value in subject.product.fingerprint.items():
            told = seen.model if key == "model" else seen.facts.get(key)
            if told and told != value:
                by.fail(f"tells discovery {key} {told!r:.40}; its product file says {value!r}")


async def card(by: Examiner) -> None:
    """Says what it is, as its product file has it, and nothing that is secret."""
    line = await by.ready()
    by.result.tried += 1
    reply = await line.ask(Describe(), 2 * by.subject.family.answer_within)
    if not isinstance(reply.ended, Done):
        by.fail(f"does not say what it is: {reply.ended.text or 'no answer'}")
        return
    for key, value in by.product.fingerprint.items():
        if reply.facts.get(key) != value:
            by.fail(f"says its {key} is {reply.facts.get(key)!r:.60}; its product file says {value!r}")
    shown = repr(reply.facts).lower()
    for name, secret in by.subject.identity.secrets.items():
        if secret.hex() in shown:
            by.fail(f"tells its {name} when asked what it is")


async def reconnect(by: Examiner) -> None:
    """Hung up on and met again, it is the same and holds the same."""
    rows = by.told
    if by.may_write:  # what it holds anyway it would also hold after having forgotten everything
        for row in rows:
            await by.set(row, inside(row.definition)[-1])
    before = await by.values(rows)
    for _ in range(RECONNECTS):
        by.result.tried += 1
        by.line.close()
        await asyncio.sleep(0.5)
        after = await by.values(rows)
        for path, value in before.items():
            if path in after and not same(value, after[path]):
                by.fail(
                    f"held {value!r:.30} and {after[path]!r:.30} after the connection was made anew", path
                )
        before = after or before


async def two_at_once(by: Examiner) -> None:
    """A second hub is answered while the first one stays."""
    row = next(iter(by.readable), None)
    if row is None:
        return
    first = await by.ready()
    by.result.tried += 1
    try:
        second = await by.other_line()
        told = [await by.value(row, line) for line in (second, first, second)]
        second.close()
    except (LinkError, AuthError) as error:
        say = by.note if by.subject.family.transport == "tcp" and not by.subject.twin else by.fail
        say(f"takes no second peer while one is there: {error}")
        return
    if None not in told and not (same(told[0], told[2]) or row.write is None):
        by.fail(f"tells two peers two values: {told[0]!r:.30} and {told[2]!r:.30}", row.definition.path)


async def idle(by: Examiner) -> None:
    """After a while without a question the next one is answered at once."""
    row = next(iter(by.readable), None)
    if row is None:
        return
    await by.ready()
    await asyncio.sleep(IDLE)
    by.result.tried += 1
    if not by.line.is_open:
        by.note(f"hangs up within {IDLE:g} s without a question")
    clock = by.subject.clock
    began = clock.monotonic()
    await by.value(row)
    if clock.monotonic() - began > PROMPT:
        by.fail(f"needs {clock.monotonic() - began:.1f} s to answer after {IDLE:g} s of quiet")


async def pace(by: Examiner) -> None:
    """Asked again and again it answers each time, the first time, and promptly."""
    row = next(iter(by.readable), None)
    if row is None or row.report is None:
        return
    line = await by.ready()
    taken: list[int] = []
    waits: list[float] = []
    clock = by.subject.clock
    for _ in range(RUN):
        by.result.tried += 1
        before, began = line.passed.sent, clock.monotonic()
        reply = await line.ask(Read((row.report,)))
        taken.append(line.passed.sent - before)
        waits.append(clock.monotonic() - began)
        if not isinstance(reply.ended, Done):
            by.fail(f"left {reply.ended.text or 'a question unanswered'}")
            return
    repeated = sum(1 for count in taken if count > min(taken))
    if repeated > LOST_SHARE * RUN:
        by.fail(f"{repeated} of {RUN} questions had to be asked again")
    if statistics.median(waits) > PROMPT:
        by.fail(f"the middle answer takes {statistics.median(waits):.1f} s")
    elif max(waits) > SLOW and repeated <= LOST_SHARE * RUN:
        by.fail(f"the slowest of {RUN} answers takes {max(waits):.1f} s")


async def stamps(by: Examiner) -> None:
    """The seconds in its datagrams (miIO) go on as a clock does: a hub's requests carry them back."""
    row = next(iter(by.readable), None)
    if by.subject.family.name != "miio" or row is None:
        return
    line = await by.ready()
    by.result.tried += 1
    line.passed.frames.clear()
    await by.value(row)
    await asyncio.sleep(STAMP_PAUSE)
    await by.value(row)
    seen = _stamps(line.passed)
    if len(seen) < 2:
        return
    (first_at, first), (last_at, last) = seen[0], seen[-1]
    passed = last_at - first_at
    if not passed - 2 <= last - first <= passed + 2:
        by.fail(f"its stamp went from {first} to {last} while {passed:.0f} s passed")


def _stamps(passed: Passed) -> list[tuple[float, int]]:
    frames = [(at, data) for at, data in passed.frames if not packet.envelope_fault(data)]
    return [(at, packet.device_and_stamp(data)[1]) for at, data in frames]


async def honest(by: Examiner) -> None:
    """Every frame that it sent on the examiner's undisturbed lines could be believed."""
    for line in by.lines:
        if line.subject is not by.subject or line.disturbed:
            continue
        by.result.tried += line.passed.heard
        repeats = sum(1 for wait in line.waits if wait > REPEATED_AFTER)
        for why, count in line.disbelieved.items():
            if "nothing that waits" in why and count <= repeats:
                by.note(f"{count} answers came after the question had been asked again")
            else:
                by.fail(f"{count} frames could not be believed: {why}")
