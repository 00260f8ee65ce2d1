"""A product's virtual twin as a device of flesh: who it is, its keys, where it listens. Owns the identity it invents.

Never decides how a device behaves (virtual/ does). Keys come from the seed: they protect nothing, and the same seed
makes the same twin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from jiahe.catalog.product import Product
from jiahe.driver.family import Family, family_of
from jiahe.driver.quirk import fitted
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.virtual.product import Action, VirtualProduct
from jiahe.virtual.resident import MIDEA_CAPABILITIES, older_methods
from jiahe.virtual.serve import Net, Unit
from jiahe.wire.talk import Identity

Played = Callable[..., VirtualProduct]
"""Makes the virtual product; tests put a faulty one here."""


def seeded(seed: int, what: str, size: int) -> bytes:
    """So many bytes that follow from the seed."""
    return hashlib.shake_256(f"jiahe twin/{seed}/{what}".encode()).digest(size)


class SeededEntropy:
    """`wire.talk.Entropy` that gives the same bytes each time."""

    def __init__(self, seed: int, what: str) -> None:
        self._seed, self._what, self._taken = seed, what, 0

    def __call__(self, size: int) -> bytes:
        self._taken += 1
        return seeded(self._seed, f"{self._what}/{self._taken}", size)


def facts_of(product: Product, seed: int) -> dict[str, Any]:
    """What the twin tells of itself: the product's fingerprint and facts, and what its family needs besides."""
    mac = (b"\x02\x4a" + seeded(seed, f"{product.id}/mac", 4)).hex(":").upper()
    facts: dict[str, Any] = {"firmware": "1.0.0_virtual", "hardware": "virtual", "mac": mac}
    facts |= {**product.facts, **product.fingerprint}
    if product.family == "miio":
        facts["methods"] = older_methods(product)
    if product.family == "midea":
        facts.setdefault("version", 3)
        serial = f"000000P00{_midea_model(product):0<8.8}{mac.replace(':', '')}000"
        facts |= {"serial": serial, "subtype": 22}
        if facts.get("type") == 0xAC:
            facts.setdefault("capabilities", dict(MIDEA_CAPABILITIES))
    return facts


def _midea_model(product: Product) -> str:
    """The model (SN8) of the twin: one that its file lists as taking writes, as no other would be written to."""
    takes = product.facts.get("takes")
    rows = takes if isinstance(takes, list | tuple) else ()
    named = [str(row.get("model", "")) for row in rows if isinstance(row, Mapping)]
    exact = [model for model in named if model and not model.endswith("*")]
    ours = [model for model in exact if model.startswith("JIAHE")]
    return next(iter(ours or exact), f"JIAHE0{int(product.fingerprint.get('type', 0)):02X}")


def identity_of(product: Product, seed: int, clock: Clock) -> Identity:
    """Who the twin is, with every key that its family wants."""
    family: Family = family_of(product.family)
    number = 900_000_000 + int.from_bytes(seeded(seed, f"{product.id}/id", 4), "big") % 99_999_999
    facts = facts_of(product, seed)
    secrets = {
        name: seeded(seed, f"{product.id}/{name}", secret.length)
        for name, secret in family.secrets(facts).items()
    }
    return Identity(str(number), secrets, facts, clock.now() - clock.monotonic())


def make_twin(
    product: Product,
    clock: Clock,
    seed: int,
    net: Net | None = None,
    played: Played = VirtualProduct,
    values: Mapping[str, Value] | None = None,
) -> Unit:
    """The twin, not yet listening (`await unit.start(host)`); UnknownName where nobody can play its family.

    An action that changes nothing the file knows of is acknowledged, as a device does it.
    """
    identity = identity_of(product, seed, clock)
    fitting = fitted(product, identity.facts)
    known = {"toggle", "reset_filter"}
    actions: dict[str, Action] = {
        row.definition.path: lambda _: {} for row in fitting.actions if row.definition.path not in known
    }
    virtual = played(fitting, values=dict(values or {}), facts=dict(identity.facts), actions=actions)
    return Unit(virtual, identity, clock, SeededEntropy(seed, "device"), seed=seed, net=net)
