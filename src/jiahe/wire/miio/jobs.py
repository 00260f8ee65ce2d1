"""An ask on its way: what it still has to say, and what it has heard. Owns the progress of one ask.

A job never sends, never looks at a clock and never draws an id: `hub.py` does. A job is over when `ending` is set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import actions, codes, properties
from jiahe.wire.miio.codes import Next, Trouble
from jiahe.wire.miio.points import address, named
from jiahe.wire.miio.properties import read_request, read_told
from jiahe.wire.miio.sizing import START, Sizing
from jiahe.wire.talk import (
    Act,
    Describe,
    Described,
    Done,
    Event,
    Point,
    Raw,
    Read,
    Refusal,
    Refused,
    Reported,
    Unanswered,
    Write,
)

Part = tuple[Point, ...]
"""The points that one request spoke of; an answer is read by the request it answers."""

_REMEMBERED_IDS = 16
"""Tries of one request whose late answer still counts: the last of them go back a minute."""


class Job:
    """What all asks share. `ticket` is 0 for the session's own calls, which nobody waits for."""

    __slots__ = ("began", "deadline", "due", "ending", "ids", "repeatable", "ticket", "tries", "trouble")

    def __init__(self, ticket: int, deadline: float, *, repeatable: bool = True) -> None:
        self.ticket, self.deadline, self.repeatable = ticket, deadline, repeatable
        self.ids: dict[int, Part] = {}
        self.tries = 0
        self.began = self.due = 0.0
        self.trouble: Trouble | None = None
        self.ending: tuple[Event, ...] | None = None

    def request(self) -> tuple[bytes, Part]:
        """What to say next, behind the id."""
        raise NotImplementedError

    def accept(self, part: Part, result: Any) -> bool:
        """Takes an answer; False where its shape is not to be believed."""
        raise NotImplementedError

    def inner_silence(self, part: Part) -> None:
        """The device said -9999 to this part; where `tries` is 0 afterwards there is something else to say at once."""

    def silence(self, part: Part) -> None:
        """A try went without an answer."""

    def sent(self, number: int, part: Part) -> None:
        """A try went out under this id."""
        self.tries += 1
        if len(self.ids) >= _REMEMBERED_IDS:
            del self.ids[next(iter(self.ids))]
        self.ids[number] = part

    def next_part(self) -> None:
        """One request is answered; the tries of the next are counted from none."""
        self.ids.clear()
        self.tries = 0

    def known(self) -> tuple[Event, ...]:
        """What the device told before the ask came to a bad end."""
        return ()

    def refused(self, trouble: Trouble) -> None:
        """The device said no, or something that cannot be tried again."""
        if trouble.what is Next.NO or trouble.why is Refusal.BUSY:
            self.ending = (*self.known(), Refused(self.ticket, trouble.why, trouble.text))
        else:
            self.ending = (*self.known(), Unanswered(self.ticket, trouble.text))

    def given_up(self, why: str) -> None:
        """The deadline is here. A device that said "busy" to the last try has refused."""
        if self.trouble is not None:
            self.refused(self.trouble)
        else:
            self.ending = (*self.known(), Unanswered(self.ticket, why))


class ReadJob(Job):
    """A Read, in as many requests as it takes; `limit` is how many points this call dares to ask for at once."""

    __slots__ = (
        "_answered",
        "_before",
        "_doubts",
        "_faults",
        "_older",
        "_pending",
        "_sizing",
        "_values",
        "limit",
    )

    def __init__(self, ticket: int, deadline: float, ask: Read, sizing: Sizing) -> None:
        super().__init__(ticket, deadline)
        self._sizing = sizing
        self._pending = [point for point in dict.fromkeys(ask.points) if address(point) is not None]
        self._older = [point for point in dict.fromkeys(ask.points) if address(point) is None]
        for point in self._older:
            if not named(point, "prop:"):
                raise LocalProtocolError(
                    f"{point[:80]!r} cannot be read: it must read siid.piid or prop:NAME"
                )
        if not ask.points:
            raise LocalProtocolError("a Read without points")
        if sizing.alone:
            self._pending.sort(key=sizing.alone.__contains__)
        self._before = self.limit = sizing.chunk
        self._doubts = 0
        self._answered = False
        self._values: dict[Point, Raw] = {}
        self._faults: dict[Point, Refusal] = {}

    def request(self) -> tuple[bytes, Part]:
        if self._pending:
            part = self._sizing.take(self._pending, self.limit)
            return read_request(part), part
        part = tuple(self._older[: min(self.limit, START)])
        return properties.older_read_request(part), part

    def accept(self, part: Part, result: Any) -> bool:
        older = address(part[0]) is None
        told = (properties.older_read_told if older else read_told)(part, result)
        if told is None:
            return False
        values, faults = told
        self._answered, self.trouble = True, None
        self._values |= values
        self._faults |= faults
        self._sizing.answered(part, values, self.limit)
        self._settled(part)
        return True

    def _settled(self, part: Part) -> None:
        self._doubts = 0
        if len(part) == len(self._pending) + len(self._older):
            self._pending, self._older = [], []
        else:
            self._pending = [point for point in self._pending if point not in part]
            self._older = [point for point in self._older if point not in part]
        self.next_part()
        if not self._pending and not self._older:
            self._end()

    def _end(self) -> None:
        if not self._answered and self.trouble is not None:
            self.ending = (Refused(self.ticket, self.trouble.why, self.trouble.text),)
        else:
            self.ending = (Reported(self._values, self.ticket, self._faults), Done(self.ticket))

    def inner_silence(self, part: Part) -> None:
        if len(part) > 1:
            if len(part) <= self.limit:
                self.limit = len(part) // 2
                self.next_part()
            return
        self._doubts += 1
        if self._doubts >= 2:
            self._faults[part[0]] = Refusal.INTERNAL
            self._sizing.silent_alone(part[0], self._before)
            self.limit = self._before
            self._settled(part)

    def silence(self, part: Part) -> None:
        """Two lost tries in a row say "too long" of a list longer than any that was answered; four of any list."""
        if len(part) > 1 and self.tries >= (2 if len(part) > self._sizing.proven else 4):
            self.limit = max(1, min(self.limit, len(part)) // 2)

    def known(self) -> tuple[Event, ...]:
        return (Reported(self._values, self.ticket, self._faults),) if self._values or self._faults else ()


class WriteJob(Job):
    """A Write, request after request; ends at the first that is refused."""

    __slots__ = ("_done", "_requests")

    def __init__(self, ticket: int, deadline: float, ask: Write, chunk: int) -> None:
        super().__init__(ticket, deadline)
        self._requests = properties.write_requests(ask.values, chunk)
        self._done: list[Point] = []
        if not self._requests:
            raise LocalProtocolError("a Write without values")

    def request(self) -> tuple[bytes, Part]:
        return self._requests[0]

    def accept(self, part: Part, result: Any) -> bool:
        if address(part[0]) is None:
            taken = properties.older_write_told(result)
            if taken is None:
                return False
            told = {part[0]: 0 if taken else codes.UNKNOWN_METHOD}
        else:
            found = properties.write_told(part, result)
            if found is None:
                return False
            told = found
        refused = [(point, code) for point, code in told.items() if code not in codes.ACCEPTED]
        self._done += [point for point, code in told.items() if code in codes.ACCEPTED]
        if refused:
            self._refuse(refused)
            return True
        self._requests.pop(0)
        self.next_part()
        if not self._requests:
            self.ending = (Done(self.ticket),)
        return True

    def _refuse(self, refused: Sequence[tuple[Point, int]]) -> None:
        said = [(point, codes.item_meaning(code)) for point, code in refused]
        why = said[0][1][0]
        text = "; ".join(f"{point}: {meaning}" for point, (_, meaning) in said)
        if self._done:
            text += f"; accepted before or beside it: {', '.join(self._done)}"
        self.ending = (Refused(self.ticket, why, text),)


class CallJob(Job):
    """A call of one request: Act, Describe, and the session's own."""

    __slots__ = ("_read", "_tail")

    def __init__(
        self,
        ticket: int,
        deadline: float,
        tail: bytes,
        read: Callable[[int, Any], tuple[Event, ...] | None],
        *,
        repeatable: bool = True,
    ) -> None:
        super().__init__(ticket, deadline, repeatable=repeatable)
        self._tail, self._read = tail, read

    def request(self) -> tuple[bytes, Part]:
        return self._tail, ()

    def accept(self, part: Part, result: Any) -> bool:
        self.ending = self._read(self.ticket, result)
        return self.ending is not None


def act_job(ticket: int, deadline: float, ask: Act, *, plain: bool) -> Job:
    """An Act as a job."""

    def read(ticket: int, result: Any) -> tuple[Event, ...] | None:
        told = actions.act_told(ask, result)
        if isinstance(told, tuple):
            return (Refused(ticket, told[0], f"{ask.action}: {told[1]}"),)
        return None if told is None else (Done(ticket, told),)

    return CallJob(ticket, deadline, actions.act_request(ask, plain=plain), read, repeatable=False)


def describe_job(ticket: int, deadline: float, _: Describe) -> Job:
    """A Describe as a job."""

    def read(ticket: int, result: Any) -> tuple[Event, ...] | None:
        card = actions.info_told(result)
        return None if card is None else (Described(ticket, card), Done(ticket))

    return CallJob(ticket, deadline, actions.INFO_REQUEST, read)
