"""A household appliance alive: a resident whose values its law moves. Owns the passing of its time; no law, no socket."""

from __future__ import annotations

from typing import Any

from jiahe.model.definition import Value
from jiahe.model.errors import UnknownName
from jiahe.virtual.appliance_laws import LAWS, UNITS
from jiahe.virtual.law import Hidden, Law
from jiahe.virtual.resident import Maker, Resident


class Played:
    """`resident` is adopted as any other; `advance` lets time pass, and a write takes effect at once."""

    def __init__(self, resident: Resident, law: Law) -> None:
        self.resident = resident
        self._law = law
        self._hidden: Hidden = {}
        self._virtual = resident.unit.virtual
        self._virtual.set({path: value for path, value in law.start.items() if path in self._virtual.values})
        self._virtual.on_written = lambda _: self.advance(0.0)
        self.advance(0.0)

    @property
    def values(self) -> dict[str, Value]:
        """What is so, by path."""
        return dict(self._virtual.values)

    def advance(self, seconds: float) -> None:
        """So many seconds pass."""
        then = self._law.step(self._virtual.values, self._hidden, seconds)
        self._virtual.set({path: value for path, value in then.items() if path in self._virtual.values})


def play_midea(maker: Maker, product: str, number: int, *, version: int = 3, **given: Any) -> Played:
    """A Midea appliance of this product file with the number in its hardware id, playing by its law.

    Keywords as for `Maker.purifier`; `facts` are told beside its own. UnknownName for a product without a law.
    """
    law = LAWS.get(product)
    if law is None:
        raise UnknownName(f"nobody knows how a {product} behaves; there are {', '.join(LAWS)}")
    resident = maker.appliance(
        product,
        number,
        version=version,
        actions=law.actions,
        facts={**UNITS.get(product, {}), **given.pop("facts", {})},
        **given,
    )
    return Played(resident, law)
