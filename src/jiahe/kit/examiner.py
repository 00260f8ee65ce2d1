"""The hand that examines: asks a device, waits for a value to settle, puts everything back. Owns one line and what
the device held before; never decides which checks there are (`checks.py` does).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

from jiahe.catalog.mapper import Mapper, Wild
from jiahe.catalog.product import PointRow
from jiahe.driver.quirk import fitted
from jiahe.kit.finding import CheckResult, Verdict
from jiahe.kit.line import Disturb, Line, Subject
from jiahe.kit.plan import ill_typed, same
from jiahe.link.link import Reply
from jiahe.model.definition import Value
from jiahe.model.errors import JiaheError, LocalProtocolError
from jiahe.wire.talk import Done, Point, Raw, Read, Refused, Unanswered, Write

LOOK_EVERY = 0.25
"""Seconds between two looks whether a written value is reported."""

_COUPLED = frozenset(
    {"mode", "comfort_mode", "fan", "swing", "thermostat", "humidistat", "on_off", "operation"}
)
"""Traits that may move each other: a mode sets a fan's speed, switching on sets a mode. Everything else stays put."""


class Examiner:
    """One examination under way. `result` is the check that is being made."""

    def __init__(self, subject: Subject, *, may_write: bool = True) -> None:
        self.subject, self.may_write = subject, may_write
        self.product = fitted(subject.product, subject.identity.facts)
        self.mapper = Mapper(self.product)
        self.line = Line(subject)
        self.lines = [self.line]
        self.result = CheckResult("", "", "")
        self.generic = "model" not in subject.product.fingerprint
        """The file is of a whole class of units: what one of them has not got is no fault."""
        self.before: dict[str, Value] = {}
        """What writable properties held when the examination began."""
        rows = self.product.rows
        self.readable = [row for row in rows if row.report is not None and row.polled]
        self.settable = sorted(
            (row for row in rows if row.write is not None and row.definition.writable),
            key=lambda row: row.definition.path != "power",
        )
        self.told = [row for row in self.settable if row in self.readable]
        """What can be set and then asked for."""

    # ---- what is found -------------------------------------------------------------------------------------

    def fail(self, text: str, path: str = "") -> None:
        """Something is not as the product file says."""
        self.result.add(Verdict.FAILED, text, path)

    def note(self, text: str, path: str = "") -> None:
        """It works, and whoever reads the report should know it."""
        self.result.add(Verdict.NOTED, text, path)

    def skip(self, text: str, path: str = "") -> None:
        """It cannot be tried."""
        self.result.add(Verdict.SKIPPED, text, path)

    # ---- the line ------------------------------------------------------------------------------------------

    async def ready(self) -> Line:
        """The main line, opened anew where it was lost."""
        if not self.line.is_open:
            self.line.close()
            self.line = await self.other_line()
        return self.line

    async def other_line(self, subject: Subject | None = None, disturb: Disturb | None = None) -> Line:
        """Another conversation with the device, open."""
        line = Line(subject or self.subject, disturb)
        self.lines.append(line)
        await line.open()
        return line

    def close(self) -> None:
        """Hangs up everywhere."""
        for line in self.lines:
            line.close()

    # ---- reading -------------------------------------------------------------------------------------------

    async def read(self, points: Iterable[Point], line: Line | None = None) -> Reply | None:
        """The device's answer; None where there was none (that is a failure of its own, and noted)."""
        wanted = tuple(dict.fromkeys(points))
        reply = await (line or await self.ready()).ask(Read(wanted))
        if isinstance(reply.ended, Unanswered):
            self.fail(
                f"no answer to a read of {_some(wanted)} within {self.subject.family.answer_within:g} s"
            )
            return None
        if isinstance(reply.ended, Refused):
            self.fail(f"refused a read of {_some(wanted)}: {reply.ended.text}")
            return None
        return reply

    def judge(self, row: PointRow, reply: Reply) -> Value:
        """The value of this row in an answer; None, with the reason noted, where it is none."""
        point, path = row.report, row.definition.path
        assert point is not None
        if point not in reply.values:
            fault = reply.faults.get(point)
            told = fault.value.replace("_", " ") if fault else "the answer leaves it out"
            (self.note if self.generic else self.fail)(f"does not tell {point}: {told}", path)
            return None
        raw = reply.values[point]
        if raw is None and self.generic:
            self.note(f"tells nothing for {point}: this unit has not got it, or it is not known now", path)
            return None
        if wrong := ill_typed(row, raw):
            self.fail(f"the value of {point} {wrong}", path)
            return None
        value = self.mapper.to_values({point: raw})[path]
        if isinstance(value, Wild):
            self.fail(f"reports {raw!r:.40}, which is {value.why}", path)
            return None
        return value

    async def value(self, row: PointRow, line: Line | None = None) -> Value:
        """What the device reports for this row now."""
        assert row.report is not None
        reply = await self.read((row.report,), line)
        return None if reply is None else self.judge(row, reply)

    async def values(self, rows: Iterable[PointRow], line: Line | None = None) -> dict[str, Value]:
        """What the device reports for all of these at once, by path; those that it does not tell are left out."""
        wanted = [row for row in rows if row in self.readable]
        if not wanted:
            return {}
        reply = await self.read([row.report for row in wanted if row.report], line)
        if reply is None:
            return {}
        told = self.mapper.to_values(reply.values)
        paths = [row.definition.path for row in wanted]
        return {path: value for path in paths if not isinstance(value := told.get(path), Wild | None)}

    # ---- writing -------------------------------------------------------------------------------------------

    async def put(
        self, values: Mapping[Point, Raw], line: Line | None = None
    ) -> Done | Refused | Unanswered | None:
        """How a write of raw values ended; None where the family has no way to say it."""
        try:
            reply = await (line or await self.ready()).ask(Write(values))
        except LocalProtocolError:
            return None
        if isinstance(reply.ended, Done) and (faults := [f for p, f in reply.faults.items() if p in values]):
            return Refused(reply.ended.ticket, faults[0], faults[0].value.replace("_", " "))
        return reply.ended

    async def set(self, row: PointRow, value: Value, line: Line | None = None) -> bool:
        """Writes a value and waits until the device reports it; whether it did, with the reason noted where not."""
        path, point = row.definition.path, row.write
        assert point is not None
        for told in self.lines:
            told.pushed.pop(row.report or "", None)
        ended = await self.put({point: row.datatype.encode(value)}, line)
        shown = f"{value!r:.40}"
        if ended is None:
            self.skip(f"{shown} cannot be said over this protocol", path)
            return False
        if isinstance(ended, Unanswered):
            self.fail(f"no answer to a write of {shown}", path)
            return False
        if isinstance(ended, Refused):
            if isinstance(value, str) and not row.definition.choices:
                self.note(f"refused the text {shown}: {ended.text}", path)
            else:
                self.fail(f"refused {shown}, which its file admits: {ended.text}", path)
            return False
        if row not in self.readable:
            return True
        return await self._settled(row, value, line)

    async def _settled(self, row: PointRow, value: Value, line: Line | None) -> bool:
        clock = self.subject.clock
        until = clock.monotonic() + self.subject.family.answer_within
        failures = len(self.result.findings)
        while True:
            told = await self.value(row, line)
            if same(value, told):
                break
            if clock.monotonic() >= until or len(self.result.findings) > failures:
                if len(self.result.findings) == failures or told is None:
                    self.fail(f"took {value!r:.40} and reports {told!r:.40}", row.definition.path)
                return False
            await asyncio.sleep(LOOK_EVERY)
        heard = self.line.pushed.get(row.report or "")
        if heard is not None and row.report is not None:
            pushed = self.mapper.to_values({row.report: heard})[row.definition.path]
            if not same(value, pushed):
                self.fail(
                    f"reports {value!r:.40} when asked and told {pushed!r:.40} unasked", row.definition.path
                )
                return False
        return True

    def moved(self, row: PointRow, before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
        """Settable properties that changed although only this row was written and nothing couples them."""
        own = row.definition
        found = []
        for other in self.settable:
            path, trait = other.definition.path, other.definition.trait
            if path == own.path or path not in before or path not in after:
                continue
            if other.report == row.report or other.write == row.write:
                continue  # two readings of one thing, as some published specs have them
            if trait in _COUPLED and own.trait in _COUPLED:
                continue
            if not same(before[path], after[path]):
                found.append(f"{path} went from {before[path]!r:.30} to {after[path]!r:.30}")
        return found

    async def restore(self) -> None:
        """Puts back what was found, as far as the device lets us; says nothing of its own."""
        quiet, self.result = self.result, CheckResult("", "", "")
        try:
            for row in self.settable:
                wanted = self.before.get(row.definition.path)
                if wanted is not None and row.write is not None:
                    with contextlib.suppress(JiaheError):
                        await self.put({row.write: row.datatype.encode(wanted)})
        finally:
            self.result = quiet


def _some(points: tuple[Point, ...]) -> str:
    return ", ".join(points[:4]) + (f" and {len(points) - 4} more" if len(points) > 4 else "")
