"""Very many virtual devices for measuring. Owns their addresses and their restlessness; no physics, no
faults."""

from __future__ import annotations

import asyncio
import random

from jiahe.catalog.loader import Shelf
from jiahe.model.clock import Clock
from jiahe.virtual.resident import Maker, Resident
from jiahe.virtual.serve import Net
from jiahe.wire.talk import Entropy

MOST = 2000
"""Each needs up to three sockets; a process has a few thousand at best."""


class Crowd:
    """`size` devices, half purifiers and half air conditioners, each at its own address 127.78.N.N.

    `restless` is the share of them whose main sensor changes in any second.
    """

    def __init__(
        self,
        size: int,
        clock: Clock,
        entropy: Entropy,
        seed: int = 1,
        *,
        restless: float = 0.1,
        shelf: Shelf | None = None,
        net: Net | None = None,
    ) -> None:
        if not 0 < size <= MOST:
            raise ValueError(f"a crowd has 1 to {MOST} devices, not {size}")
        maker = Maker(shelf or Shelf.shipped(), clock, entropy, seed, net)
        self.residents: tuple[Resident, ...] = tuple(
            maker.purifier(number) if number % 2 else maker.conditioner(number)
            for number in range(1, size + 1)
        )
        self._chance = random.Random(seed)
        self._restless = restless
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """All listen; LinkError where an address is taken."""
        for number, resident in enumerate(self.residents):
            await resident.unit.start(f"127.78.{number // 200}.{number % 200 + 1}")
        self._arm()

    async def close(self) -> None:
        """All fall silent."""
        if self._timer is not None:
            self._timer.cancel()
        for resident in self.residents:
            await resident.unit.close()

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(1.0, self._on_time)

    def _on_time(self) -> None:
        self._arm()
        self.stir()

    def stir(self) -> int:
        """Changes the main sensor of a share of them; how many that was."""
        chosen = [one for one in self.residents if self._chance.random() < self._restless]
        for resident in chosen:
            if resident.product.family == "miio":
                resident.unit.virtual.set({"pm2_5": self._chance.randint(5, 120)})
            else:
                resident.unit.virtual.set({"temperature": round(self._chance.uniform(18, 30), 1)})
        return len(chosen)
