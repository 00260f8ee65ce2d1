"""What one unit turned out to answer, where its product file or published spec says otherwise. Owns that knowledge, in facts.

Specs differ from what devices do: some points are denied, some are told though the spec does not promise it, lists are
answered up to some length, and some models want bare values in an action's list. Never sends anything.

Facts (kept with the device): `denied` point -> refusal, `answers` points that are told though only pushed by the spec,
`chunk` the longest list, `plain_action_arguments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiahe.catalog.product import Product
from jiahe.wire.talk import Point, Refusal, Session

FIRST_RETRY, LONGEST_RETRY = 60.0, 6 * 3600.0
"""Seconds until a denied point is asked for again, doubled with each denial: some devices deny a value only while they
are switched off, others for ever."""
REMEMBERED = 512
"""Denied points kept of a device: more than any published one has points that are polled."""

_FINAL = {Refusal.UNKNOWN_POINT, Refusal.NOT_READABLE, Refusal.UNSUPPORTED}
"""What a device says of a point that it does not tell; anything else is the weather of one exchange."""


@dataclass(slots=True)
class _Denial:
    why: str
    times: int
    again: float


class Learned:
    """Made from a device's facts; `tell` hears the facts that changed."""

    def __init__(
        self, facts: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None] = lambda _: None
    ) -> None:
        self._tell = tell
        denied = facts.get("denied")
        self._denied = {
            point: _Denial(str(why)[:40], 1, 0.0)
            for point, why in (denied.items() if isinstance(denied, Mapping) else ())
        }
        self._started = False
        answers = facts.get("answers")
        self._answers = frozenset(answers if isinstance(answers, list | tuple) else ())
        chunk = facts.get("chunk")
        self.chunk = chunk if type(chunk) is int and chunk > 0 else 0
        self.plain = facts.get("plain_action_arguments") is True
        self.trying = False
        """Whether the other form of an action's arguments is being tried, which is no knowledge yet."""
        self.tried = False
        """Whether the other form was tried in vain since this start: then a refusal means the values."""
        self._session: Session | None = None
        self._told = self.facts()

    def facts(self) -> dict[str, Any]:
        """What is worth keeping, as the device's facts hold it."""
        kept: dict[str, Any] = {}
        if self._denied:
            kept["denied"] = {point: denial.why for point, denial in self._denied.items()}
        if self.chunk:
            kept["chunk"] = self.chunk
        if self.plain:
            kept["plain_action_arguments"] = True
        return kept

    def link_facts(self) -> dict[str, Any]:
        """What the next conversation is to know."""
        return self.facts() | {"plain_action_arguments": self.plain is not self.trying}

    def fitted(self, product: Product) -> Product:
        """The product with those points polled that this unit tells although the spec only has them pushed."""
        if not self._answers:
            return product
        rows = (
            replace(row, polled=True) if not row.polled and row.report in self._answers else row
            for row in product.rows
        )
        return replace(product, rows=tuple(rows))

    def watch(self, session: Session) -> None:
        """The conversation that the list's length is learned from."""
        self._session = session

    # ---- points ----------------------------------------------------------------------------------------------------

    def askable(self, points: Iterable[Point], now: float) -> tuple[Point, ...]:
        """These points without the denied ones whose time to be asked again has not come. `now` is monotonic."""
        if not self._denied:
            return tuple(points)
        if (
            not self._started
        ):  # what was known before this start is first tried again when it is due from here on
            self._started = True
            for denial in self._denied.values():
                denial.again = denial.again or now + FIRST_RETRY
        return tuple(
            point for point in points if point not in self._denied or self._denied[point].again <= now
        )

    def is_denied(self, point: Point) -> bool:
        """Whether the unit does not tell this point, as far as is known."""
        return point in self._denied

    def denials(self) -> dict[Point, str]:
        """Every denied point and why, as words."""
        return {point: denial.why.replace("_", " ") for point, denial in self._denied.items()}

    def heard(self, told: Iterable[Point], faults: Mapping[Point, Refusal], now: float) -> bool:
        """Takes what a report says; True where another point is denied than before."""
        before = len(self._denied)
        if self._denied:
            for point in told:
                self._denied.pop(point, None)
        changed = len(self._denied) != before
        for point, why in faults.items():
            if why not in _FINAL:
                continue
            denial = self._denied.get(point)
            if denial is None and len(self._denied) >= REMEMBERED:
                continue
            times = denial.times + 1 if denial else 1
            pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(times - 1, 12))
            self._denied[point] = _Denial(why.value, times, now + pause)
            changed = changed or denial is None
        self._started = True
        return changed

    # ---- the rest ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """After an exchange: tells what has changed since it was last told."""
        chunk = getattr(self._session, "chunk", 0)
        if type(chunk) is int and chunk > 0:
            self.chunk = chunk
        facts = self.facts()
        if facts != self._told:
            self._told = facts
            # A key that is gone is told too: whoever keeps the facts must drop it.
            self._tell({"denied": {}, "plain_action_arguments": False, **facts})


def denied_in(faults: Mapping[Point, Refusal]) -> dict[Point, str]:
    """The points that a unit does not tell, as facts hold them, from the faults of a first reading."""
    return {point: why.value for point, why in faults.items() if why in _FINAL}
