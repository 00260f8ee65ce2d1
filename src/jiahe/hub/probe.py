"""What a unit really answers, asked once when it is taken in. Owns that first reading; never keeps a value of it.

Published specs promise more than units keep, and some models speak an older tongue than their spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jiahe.catalog.mapper import Mapper
from jiahe.catalog.product import Product
from jiahe.driver.learned import denied_in
from jiahe.driver.quirk import fitted
from jiahe.link.link import Link
from jiahe.model.clock import Clock
from jiahe.wire.talk import Read, Refusal, Refused, Session

PROBE_FOR = 12.0
"""Seconds for reading everything once: the largest published product takes eleven requests, a slow unit a second each."""


async def probed(
    link: Link, session: Session, candidates: Sequence[Product], facts: dict[str, Any], clock: Clock
) -> tuple[Product, dict[str, Any]]:
    """Which of these products the unit is, and the facts learned of it; `candidates` are not empty, the likeliest first.

    A family that does not ask in lists (`chunk`) knows what its units have by other means and is not probed. LinkError
    where the link ends. A unit that does not answer in time is the first of them, and its driver learns the rest.
    """
    if not getattr(session, "chunk", 0):
        return candidates[0], facts
    for product in candidates:
        mapper = Mapper(fitted(product, facts))
        if not mapper.told_points():
            continue
        reply = await link.ask(Read(mapper.told_points()), clock.monotonic() + PROBE_FOR)
        unsupported = isinstance(reply.ended, Refused) and reply.ended.why is Refusal.UNSUPPORTED
        if unsupported or (reply.faults and not reply.values):
            continue  # it does not speak this product's tongue at all
        polled = set(mapper.read_points())
        denied = {point: why for point, why in denied_in(reply.faults).items() if point in polled}
        answers = [point for point in reply.values if point not in polled]
        learned = {"chunk": getattr(session, "chunk", 0), "denied": denied, "answers": answers}
        return product, {**facts, **{key: value for key, value in learned.items() if value}}
    return candidates[0], facts
