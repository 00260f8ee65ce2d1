"""Checks of a device under attack or on a bad network: noise, damaged and repeated frames, a wrong key.

Owns what is thrown at it and what must not happen; never more than a handful of frames, so that nothing is harmed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jiahe.catalog.product import PointRow
from jiahe.kit.check_life import Ear
from jiahe.kit.check_values import SETTLE, toggled
from jiahe.kit.examiner import Examiner
from jiahe.kit.plan import inside, same
from jiahe.model.definition import Value
from jiahe.model.errors import AuthError, JiaheError, LinkError, LocalProtocolError
from jiahe.wire.talk import Done, Refused, Write

RECOVERS_WITHIN = 1.0
"""Seconds after which a device that was shouted at must answer as before."""
PATIENCE = 2.5
"""Seconds for which a question that must not be answered is left to stand."""


def _noise() -> list[bytes]:
    """Shapes of nonsense: empty-ish, long, headers that lie about what follows."""
    return [
        b"\x00",
        b"\xff" * 31,
        b"\x21\x31\xff\xff" + b"\x00" * 28,
        b"\x21\x31\x00\x30" + b"\x01" * 44,
        b"\x83\x70\xff\xff\x20\x03\x00\x00" + b"\x55" * 16,
        b"\x5a\x5a\x01\x11\x68\x00\x20\x00" + b"\x00" * 96,
        bytes(range(256)) * 5,
        b'{"id":1,"method":"get_properties","params":' + b"[" * 400,
    ]


async def noise(by: Examiner) -> None:
    """Noise neither silences nor changes it."""
    subject = by.subject
    rows = by.told
    before = await by.values(rows)
    for shape in _noise():
        by.result.tried += 1
        try:
            way = await subject.dial(subject.family.transport, subject.host, subject.port, Ear())
        except LinkError as error:
            by.fail(f"cannot be reached any more after noise: {error}")
            return
        way.send(shape)
        await asyncio.sleep(0.05)
        way.close()
    await asyncio.sleep(RECOVERS_WITHIN)
    by.line.close()
    after = await by.values(rows or by.readable[:1])
    if rows and not after:
        by.fail("does not answer after noise")
    for path, value in before.items():
        if path in after and not same(value, after[path]):
            by.fail(f"noise changed it from {value!r:.30} to {after[path]!r:.30}", path)


async def _target(by: Examiner) -> tuple[PointRow, Value, Value] | None:
    """A property to aim at, what it holds now, and a value that it does not hold."""
    for row in by.told:
        if row.definition.path != "power" and by.before.get(row.definition.path) is not None:
            held = await by.value(row)
            other = next((value for value in inside(row.definition) if not same(value, held)), None)
            if held is not None and other is not None:
                return row, held, other
    return None


async def damaged(by: Examiner) -> None:
    """A frame with one bit flipped, anywhere, is not obeyed."""
    if await _target(by) is None:
        by.skip("there is no settable property to aim at")
        return
    for where, flip in (
        ("in its checksum", _flip(16)),
        ("at its end", _flip(-1)),
        ("in its middle", _flip(None)),
    ):
        by.result.tried += 1
        await _aimed(by, lambda data, flip=flip: [flip(data)], f"a write with a bit flipped {where}")  # type: ignore[misc]  # a lambda's default


def _flip(place: int | None) -> Callable[[bytes], bytes]:
    def flipped(data: bytes) -> bytes:
        at = len(data) // 2 if place is None else place % len(data) if len(data) > abs(place) else 0
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return flipped


async def _aimed(by: Examiner, disturb: Callable[[bytes], list[bytes]], what: str) -> None:
    """Writes over a line that is disturbed once it is open; the value must not take."""
    target = await _target(by)
    if target is None or target[0].write is None:
        return
    row, before, wish = target
    armed = False
    try:
        line = await by.other_line(disturb=lambda data: disturb(data) if armed else [data])
        armed = True
        reply = await line.ask(Write({target[0].write: row.datatype.encode(wish)}), PATIENCE)
        answered = isinstance(reply.ended, Done)
    except JiaheError:
        answered = False  # it hung up: that is right
    finally:
        by.lines[-1].close()
    after = await by.value(row)
    if answered or same(after, wish):
        by.fail(f"obeyed {what}: {before!r:.30} became {after!r:.30}", row.definition.path)
        await by.put({target[0].write: row.datatype.encode(before)})


async def wrong_key(by: Examiner) -> None:
    """Who has not its key is neither obeyed nor answered; who has it is served right afterwards."""
    subject, target = by.subject, await _target(by)
    if not subject.identity.secrets:
        by.skip("its protocol has no key")
        return
    stranger = subject.with_keys(other_key)
    by.result.tried += 1
    try:
        line = await by.other_line(stranger)
        if target is not None and target[0].write is not None:
            row, _, value = target
            reply = await line.ask(Write({row.write or "": row.datatype.encode(value)}), PATIENCE)
            if isinstance(reply.ended, Done | Refused):
                by.fail("answers somebody who has another key")
    except (AuthError, LinkError, LocalProtocolError):
        pass  # turned away: that is right
    finally:
        by.lines[-1].close()
    if target is not None:
        row, _, value = target
        now = await by.value(row)
        if same(now, value):
            by.fail(f"obeyed somebody who has another key: became {now!r:.30}", row.definition.path)
    by.line.close()
    await by.values(by.readable[:1])


def other_key(key: bytes) -> bytes:
    """A key that is certainly another one."""
    return bytes(byte ^ 0x5A for byte in key)


async def repeated(by: Examiner) -> None:
    """A datagram that the network delivers twice is done once."""
    if by.subject.family.transport != "udp":
        by.skip("its transport delivers nothing twice")
        return
    row = toggled(by)
    if row is None:
        by.skip("no action of this product shows by itself whether it was done once or twice")
        return
    line = await by.other_line(disturb=lambda data: [data, data])
    for _ in range(2):
        by.result.tried += 1
        before = await by.value(row)
        reply = await line.ask(by.mapper.to_act("toggle", ()))
        await asyncio.sleep(SETTLE)
        after = await by.value(row)
        if isinstance(reply.ended, Done) and same(before, after):
            by.fail("did it twice when one request came twice", "toggle")
    line.close()
