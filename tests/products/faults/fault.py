"""What a seeded fault is, how one is written down, and what several of them do. Owns the list; has none itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.products.faults.hooked import Hooked, Way, between, played, saying

from jiahe.kit.fast_time import EPOCH
from jiahe.kit.twin import seeded
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.serve import Serve
from jiahe.wire.miio import packet
from jiahe.wire.talk import Answer, Ask, Point, Raw, Write

PURIFIER, CONDITIONER = "examplia.airpurifier.one", "midea.ac.split"
TOKEN = seeded(1, f"{PURIFIER}/token", 16)
KEYS = packet.keys_of(TOKEN)
assert EPOCH


@dataclass(frozen=True)
class Fault:
    name: str
    by: tuple[str, ...]
    played: Callable[..., VirtualProduct] = VirtualProduct
    between: Callable[[Serve], Serve] = lambda serve: serve
    product: str = PURIFIER


FAULTS: list[Fault] = []


def value_fault(*by: str, product: str = PURIFIER) -> Callable[[Callable[[Hooked, Ask], Answer]], None]:
    """A fault behind the asks; its name is the function's."""

    def keep(hook: Callable[[Hooked, Ask], Answer]) -> None:
        FAULTS.append(Fault(hook.__name__, by, played=played(hook), product=product))

    return keep


def wire_fault(
    *by: str, product: str = PURIFIER
) -> Callable[[Callable[[], Callable[[str], Way | None]]], None]:
    """A fault on the way; the function makes what is asked for each peer's way."""

    def keep(make: Callable[[], Callable[[str], Way | None]]) -> None:
        def fresh(serve: Serve) -> Serve:
            return between(make())(serve)

        FAULTS.append(Fault(make.__name__, by, between=fresh, product=product))

    return keep


def moment_now() -> float:
    return asyncio.get_running_loop().time()


def changed_write(device: Hooked, ask: Ask, change: Callable[[Point, Raw], Raw]) -> Answer:
    if isinstance(ask, Write):
        ask = Write({point: change(point, raw) for point, raw in ask.values.items()})
    return device.honest(ask)


def reporting(path: str, change: Callable[[Any], Raw]) -> Callable[[Hooked, Ask], Answer]:
    return lambda device, ask: saying(
        device, ask, lambda p, raw: change(raw) if p == device.point(path) else raw
    )
