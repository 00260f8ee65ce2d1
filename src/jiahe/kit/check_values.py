"""Checks of values: every property read, written there and back at its bounds, and refused beyond them.

Owns what is tried with a property or an action and what counts as wrong; never how it is asked.
"""

from __future__ import annotations

import asyncio

from jiahe.catalog.datatype import Unreadable
from jiahe.catalog.product import PointRow
from jiahe.kit.examiner import Examiner
from jiahe.kit.plan import inside, outside, same
from jiahe.model.definition import Kind, Value
from jiahe.model.errors import LocalProtocolError
from jiahe.wire.talk import Act, Done, Raw, Read, Refused, Unanswered

KEPT_FOR = 4.0
"""Seconds after which a written value must still be there: firmware that falls back does so within two or three."""
SETTLE = 0.3
"""Seconds given to a device that must not change, so that a slow one is caught."""
TOGETHER = 4
"""Properties written in one request."""
NOWHERE = {"miio": "250.250"}
"""A point that no product has, by family; others can only be asked by names they know."""


async def read_each(by: Examiner) -> None:
    """Every readable property by itself."""
    for row in by.readable:
        by.result.tried += 1
        value = await by.value(row)
        if value is not None and row.write is not None:
            by.before.setdefault(row.definition.path, value)


async def read_all(by: Examiner) -> None:
    """All at once, twice: the same as one by one, and steady."""
    if not by.readable:
        return
    for _ in range(2):
        reply = await by.read(row.report for row in by.readable if row.report)
        if reply is None:
            return
        for row in by.readable:
            by.result.tried += 1
            value = by.judge(row, reply)
            path = row.definition.path
            if value is not None and path in by.before and not same(by.before[path], value):
                by.fail(f"reads {value!r:.40} among all and {by.before[path]!r:.40} by itself", path)


async def read_unknown(by: Examiner) -> None:
    """A property that is not there gets a fault of its own, and does not spoil its neighbours."""
    nowhere, line = NOWHERE.get(by.subject.family.name), await by.ready()
    if nowhere is None or not by.readable:
        return
    neighbour = by.readable[0]
    assert neighbour.report is not None
    if neighbour.report.startswith("prop:"):
        nowhere = "prop:no_such_property"
    by.result.tried += 1
    reply = await line.ask(Read((nowhere, neighbour.report)))
    if not isinstance(reply.ended, Done):
        by.fail("a question for a property that it has not got takes away the answer to its neighbour")
    elif reply.values.get(nowhere) is not None:
        by.fail(f"tells {reply.values[nowhere]!r:.40} for {nowhere}, which it has not got")
    elif neighbour.report not in reply.values:
        by.fail("leaves out a property because another one in the question does not exist")


async def write_bounds(by: Examiner) -> None:
    """Every settable property there and back: both ends, a step inside, the middle, every choice."""
    for row in by.settable:
        original = by.before.get(row.definition.path)
        wanted = [value for value in inside(row.definition) if not same(value, original)]
        for value in _ending_elsewhere(wanted, original, row):
            by.result.tried += 1
            before = await by.values(by.settable)
            failed = len(by.result.findings)
            await by.set(row, value)
            if len(by.result.findings) > failed + 20:
                break
            taken = len(by.result.findings) == failed
            after = await by.values(by.settable)
            if taken and not same(value, after.get(row.definition.path, value)):
                told = after[row.definition.path]
                by.fail(f"took {value!r:.30}, and the next reading says {told!r:.30}", row.definition.path)
            for change in by.moved(row, before, after):
                by.fail(f"when {value!r:.30} was written, {change}", row.definition.path)
    await _write_again(by)
    power = next((row for row in by.settable if row.definition.path == "power"), None)
    if power is not None and power.definition.kind is Kind.BOOL:
        await by.set(power, True)  # the rest is tried with the device on: many take nothing while off


async def _write_again(by: Examiner) -> None:
    """Once more in the other order: now that nothing holds what it held at first, what resets another shows."""
    for row in reversed(by.settable):
        before = await by.values(by.settable)
        held = before.get(row.definition.path)
        value = next((one for one in reversed(inside(row.definition)) if not same(one, held)), None)
        if value is None or row.definition.path == "power":
            continue
        by.result.tried += 1
        failed = len(by.result.findings)
        await by.set(row, value)
        if len(by.result.findings) == failed:
            for change in by.moved(row, before, await by.values(by.settable)):
                by.fail(f"when {value!r:.30} was written, {change}", row.definition.path)


def _ending_elsewhere(wanted: list[Value], original: Value, row: PointRow) -> list[Value]:
    """The values in an order that also writes the original again, in the middle of them, and ends on another."""
    if row.definition.path == "power" and row.definition.kind is Kind.BOOL:
        return [False, True]
    return wanted if original is None or len(wanted) < 2 else [*wanted[:1], original, *wanted[1:]]


async def write_kept(by: Examiner) -> None:
    """What was written is still there some seconds later."""
    rows = by.told
    before = await by.values(rows)
    if not before:
        return
    await asyncio.sleep(KEPT_FOR)
    after = await by.values(rows)
    for path, value in before.items():
        by.result.tried += 1
        if not same(value, after.get(path)):
            by.fail(f"held {value!r:.30} and {after.get(path)!r:.30} {KEPT_FOR:g} s later, unasked", path)


async def write_together(by: Examiner) -> None:
    """Several properties in one request all take."""
    rows = [
        row
        for row in by.told
        if row.definition.path != "power" and by.before.get(row.definition.path) is not None
    ]  # fmt: skip
    groups = [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]
    for group in (group for group in groups if len(group) > 1):
        by.result.tried += 1
        wanted = {row.definition.path: by.before[row.definition.path] for row in group}
        ended = await by.put(
            {row.write: row.datatype.encode(wanted[row.definition.path]) for row in group if row.write}
        )
        if not isinstance(ended, Done):
            why = (
                ended.text
                if isinstance(ended, Refused | Unanswered)
                else "it cannot be said over this protocol"
            )
            (by.skip if ended is None else by.fail)(f"did not take {', '.join(wanted)} together: {why}")
            continue
        await asyncio.sleep(SETTLE)
        told = await by.values(group)
        for path, value in wanted.items():
            if not same(value, told.get(path)):
                by.fail(
                    f"written together with others as {value!r:.30}, reports {told.get(path)!r:.30}", path
                )


async def refuse_outside(by: Examiner) -> None:
    """Values beyond the bounds, unknown codes and wrong types change nothing."""
    for row in by.told:
        path = row.definition.path
        if tries := list(outside(row)):
            await by.set(
                row, inside(row.definition)[-1]
            )  # off the bounds, so that a value pulled to one shows
        for name, raw in tries:
            before = await by.value(row)
            assert row.write is not None
            ended = await by.put({row.write: raw})
            if ended is None:
                continue  # the protocol itself cannot say it
            by.result.tried += 1
            await asyncio.sleep(SETTLE)
            failures = len(by.result.findings)
            after = await by.value(row)
            if len(by.result.findings) > failures or not same(before, after):
                by.fail(
                    f"{name} ({raw!r:.30}) was written: it held {before!r:.30} and then {after!r:.30}", path
                )
                if before is not None:
                    await by.put({row.write: row.datatype.encode(before)})
            elif isinstance(ended, Done):
                by.note(f"{name} ({raw!r:.30}): says yes and does nothing", path)
            elif isinstance(ended, Unanswered):
                by.note(f"{name} ({raw!r:.30}): says nothing at all", path)


async def refuse_read_only(by: Examiner) -> None:
    """What can only be read cannot be written."""
    for row in by.readable:
        if row.write is not None or row.definition.writable or row.report is None:
            continue
        now = await by.value(row)
        raw = _another(row, now)
        if raw is None:
            continue
        ended = await by.put({row.report: raw})
        if ended is None:
            continue
        by.result.tried += 1
        after = await by.value(row)
        if after == row_value(row, raw) and not same(after, now):
            by.fail(f"can only be read, and took {raw!r:.30}", row.definition.path)
        elif isinstance(ended, Done):
            by.note("can only be read; a write is answered with yes and does nothing", row.definition.path)


def row_value(row: PointRow, raw: Raw) -> Value:
    """What a raw value means here; None where it means nothing."""
    try:
        return row.datatype.decode(raw)
    except Unreadable:
        return None


def _another(row: PointRow, now: Value) -> Raw:
    """Another raw value of this row."""
    other = next((value for value in inside(row.definition) if not same(value, now)), None)
    return None if other is None else row.datatype.encode(other)


async def act(by: Examiner) -> None:
    """Every action once with the first values of its arguments and once with the last; none with nonsense."""
    line = await by.ready()
    for action in by.product.actions:
        path, arguments = action.definition.path, action.definition.arguments
        tries = [
            [inside(one)[0] for one in arguments],
            [inside(one)[1 % len(inside(one))] for one in arguments],
        ]
        for values in tries if arguments else tries[:1]:
            by.result.tried += 1
            reply = await line.ask(by.mapper.to_act(path, values))
            if not isinstance(reply.ended, Done):
                by.fail(f"with {values}: {reply.ended.text or 'no answer'}", path)
        wild = _nonsense(action.arguments[0][1].name, arguments[0].high) if arguments else None
        if wild is not None:
            by.result.tried += 1
            given = dict(by.mapper.to_act(path, tries[0]).arguments) | {action.arguments[0][0]: wild}
            try:
                reply = await line.ask(Act(action.point, given))
            except LocalProtocolError:
                continue  # the protocol itself cannot say it
            if isinstance(reply.ended, Done):
                by.fail(f"took the argument {wild!r:.30}, which is outside of its definition", path)
    await _unknown_action(by)


def _nonsense(datatype: str, high: float | None) -> Raw:
    if datatype in ("int", "float"):
        return None if high is None else high + 1 if datatype == "float" else int(high) + 1
    return 12345 if datatype == "text" else "no-such-value"


async def _unknown_action(by: Examiner) -> None:
    nowhere = NOWHERE.get(by.subject.family.name)
    if nowhere is None or not by.product.actions:
        return
    by.result.tried += 1
    reply = await (await by.ready()).ask(Act(nowhere, {}))
    if isinstance(reply.ended, Done):
        by.fail("says yes to an action that it has not got")


async def toggle_once(by: Examiner) -> None:
    """An action is done once: one that toggles leaves the other state, each time."""
    row = toggled(by)
    if row is None:
        by.skip("no action of this product shows by itself whether it was done once or twice")
        return
    for _ in range(2):
        by.result.tried += 1
        before = await by.value(row)
        await (await by.ready()).ask(by.mapper.to_act("toggle", ()))
        await asyncio.sleep(SETTLE)
        after = await by.value(row)
        if same(before, after):
            by.fail(f"was toggled and still is {after!r}", row.definition.path)


def toggled(by: Examiner) -> PointRow | None:
    """The power of a product whose action `toggle` turns it."""
    toggles = (row.definition for row in by.product.actions if row.definition.path == "toggle")
    if not any(not definition.arguments for definition in toggles):
        return None
    found = (
        row for row in by.readable if row.definition.path == "power" and row.definition.kind is Kind.BOOL
    )
    return next(found, None)
