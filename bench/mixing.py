"""A crowd of many kinds: every product that can be played on the network, shipped or published, again and again.

Owns who they are, where they live and what changes by itself; no physics. `played.py` gives them a process.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.hub.clock import LoopClock
from jiahe.model.definition import Kind, PropertyDef, Value
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.played import play_midea
from jiahe.virtual.resident import Maker, Resident

AC = "midea.ac.split"


class Mixed:
    """`size` devices at 127.76.N.N, one of each product in turn; `restless` is the share that changes in any second."""

    def __init__(self, size: int, restless: float, specs: Path, clock: LoopClock, seed: int) -> None:
        self._shelf = Shelf.shipped()
        put_folder(self._shelf, specs)
        self._maker = Maker(self._shelf, clock, os.urandom, seed)
        kinds = [*LAWS, AC, *(card.id for card in self._shelf.cards() if card.family == "miio")]
        self.residents = [self._play(kinds[n % len(kinds)], n + 1) for n in range(size)]
        self._chance, self._restless = random.Random(seed), restless

    def _play(self, product: str, number: int) -> Resident:
        name = f"one-{number}"
        if product in LAWS:
            return play_midea(self._maker, product, number, id=name).resident
        if product == AC:
            return self._maker.conditioner(number, id=name)
        return self._maker.miio(product, number, id=name)

    async def start(self) -> None:
        """All listen, and begin to change."""
        for number, resident in enumerate(self.residents):
            await resident.unit.start(f"127.76.{number // 200}.{number % 200 + 1}")
        self._on_time()

    def _on_time(self) -> None:
        asyncio.get_running_loop().call_later(1.0, self._on_time)
        for resident in self.residents:
            if self._chance.random() < self._restless:
                resident.unit.virtual.set(self._change(resident.product))

    def _change(self, product: Product) -> dict[str, Value]:
        """What somebody at the device, or its sensor, could change: one of the values that it tells."""
        told = [row.definition for row in product.rows if row.report is not None and row.polled]
        told = [one for one in told if one.kind is not Kind.TEXT]
        return {(one := self._chance.choice(told)).path: self._other(one)} if told else {}

    def _other(self, definition: PropertyDef) -> Value:
        if definition.kind is Kind.BOOL:
            return self._chance.random() < 0.5
        if definition.kind is Kind.ENUM:
            return self._chance.choice(definition.choices)
        low = definition.low if definition.low is not None else 0
        high = definition.high if definition.high is not None else low + 50
        step = definition.step or 1
        return definition.check(
            round(low + step * self._chance.randint(0, min(1000, int((high - low) / step))), 6)
        )
