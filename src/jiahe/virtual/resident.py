"""Virtual devices ready to be adopted: product, identity and name together. Owns who they are; never where
they live.

Keys come from a seed: they protect nothing, and the same demo has the same devices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.errors import UnknownName
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.serve import Net, Unit
from jiahe.wire.talk import Entropy, Identity

PURIFIER_PRODUCT = "zhimi.airpurifier.mb4"
CONDITIONER_PRODUCT = "midea.ac.split"

MIDEA_CAPABILITIES: Mapping[str, Any] = MappingProxyType(
    {
        # Raw values as units tell them by B5: every mode, any fan speed, both swings, eco, turbo for both
        # directions, energy in decimal digits, a display that can be switched.
        "modes": 1, "fan": 1, "swing": 1, "eco": 1, "turbo": 1, "energy": 2, "display": 1, "humidity": 0,
        "cool_min_temperature": 16.0, "cool_max_temperature": 30.0,
        "auto_min_temperature": 16.0, "auto_max_temperature": 30.0,
        "heat_min_temperature": 16.0, "heat_max_temperature": 30.0, "half_degrees": True,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Resident:
    """A virtual device and what is needed to adopt it.

    `id` is its id in the home, `names` by language, `room` a room's id; hardware id, secrets and facts are
    the unit's identity, its address the unit's host and port.
    """

    id: str
    names: Mapping[str, str]
    room: str
    unit: Unit

    @property
    def product(self) -> Product:
        return self.unit.virtual.product

    @property
    def address(self) -> str:
        """The host on which it answers now; "" before it started."""
        return self.unit.host

    @property
    def identity(self) -> Identity:
        return self.unit.identity


@dataclass(frozen=True)
class Maker:
    """Makes residents: what all of them share."""

    shelf: Shelf
    clock: Clock
    entropy: Entropy
    seed: int
    net: Net | None = None

    def purifier(self, number: int, **given: Any) -> Resident:
        """A Xiaomi purifier with the hardware id of this number. Keywords: `id`, `names`, `room`,
        `values`, `product`."""
        did = 460_077_000 + number
        identity = Identity(str(did), {"token": self._key("token", did, 16)}, epoch=self._epoch())
        product = given.get("product", PURIFIER_PRODUCT)
        facts = {"model": product, "firmware": "2.2.0", "hardware": "esp32", "mac": _mac(did)}
        values: dict[str, Value] = {
            "power": True,
            "filter_life": 82,
            "filter_used_time": 620,
            "favorite_speed": 1200,
        }
        return self._resident(product, identity, facts, values, f"purifier-{number}", given)

    def miio(self, product: str, number: int, **given: Any) -> Resident:
        """Any miIO product by its id, as its file or published spec says. Keywords as for `purifier`."""
        did = 470_000_000 + number
        found = self.shelf.get(product)
        if found is None or found.family != "miio":
            raise UnknownName(f"there is no miIO product file {product!r}")
        model = str(found.fingerprint.get("model", product))
        session = {"methods": older_methods(found)}
        identity = Identity(str(did), {"token": self._key("token", did, 16)}, session, self._epoch())
        facts = {"model": model, "firmware": "1.0.0_virtual", "hardware": "virtual", "mac": _mac(did)}
        return self._resident(product, identity, facts, {}, f"miio-{number}", given)

    def conditioner(self, number: int, *, version: int = 3, **given: Any) -> Resident:
        """A Midea air conditioner, V3 unless told. Keywords as for `purifier`."""
        appliance = 147_334_000_000 + number
        secrets = {}
        if version == 3:
            secrets = {"token": self._key("token", appliance, 64), "key": self._key("key", appliance, 32)}
        facts = {"version": version, "type": 0xAC, "capabilities": dict(MIDEA_CAPABILITIES)}
        identity = Identity(str(appliance), secrets, facts, self._epoch())
        # A model that is known to take the bits of a wristband, as its product file says.
        told = {"serial": f"0000AC311JIAHE0AC{number:015d}", "mac": _mac(appliance), "subtype": 22, **facts}
        values: dict[str, Value] = {
            "power": False, "mode": "cool", "target_temperature": 26.0, "fan_mode": "auto", "display": True,
            "temperature": 25.0, "outdoor_temperature": 25.0, "energy": 412.5, "humidity": 55.0,
        }  # fmt: skip
        return self._resident(CONDITIONER_PRODUCT, identity, told, values, f"ac-{number}", given)

    def appliance(self, product: str, number: int, *, version: int = 3, **given: Any) -> Resident:
        """A Midea appliance by the name of its product file. Keywords as for `purifier`, and `actions` (what each
        does to the values), `facts`, `model` (its SN8, "JIAHE0" and the type unless told)."""
        found = self.shelf.get(product)
        if found is None or found.family != "midea":
            raise UnknownName(f"there is no Midea product file {product!r}")
        type_ = int(found.facts["type"])
        appliance = 147_340_000_000 + type_ * 1_000_000 + number
        secrets = {}
        if version == 3:
            secrets = {"token": self._key("token", appliance, 64), "key": self._key("key", appliance, 32)}
        facts = {"version": version, "type": type_, "subtype": 0, "protocol": 1, **given.get("facts", {})}
        identity = Identity(str(appliance), secrets, facts, self._epoch())
        model = given.get("model", f"JIAHE0{type_:02X}")
        told = {"serial": f"0000{type_:02X}311{model}{number:015d}", "mac": _mac(appliance), **facts}
        return self._resident(product, identity, told, {}, f"midea-{type_:02x}-{number}", given)

    def band(self, number: int, *, model: str = "mi-band-3", **given: Any) -> Resident:
        """A wristband with its Bluetooth address as hardware id; it is played where the net has a virtual radio.

        Keywords as for `purifier`. Its key is one of ours, as after a tap."""
        hardware = 0xC80F10_800000 + number
        product = f"xiaomi.{model}"
        identity = Identity(
            str(hardware), {"key": self._key("key", hardware, 16)}, {"model": model}, self._epoch()
        )
        facts = {"model": model, "firmware": "V1.0.0.virtual", "serial": f"virtual{number}"}
        values: dict[str, Value] = {"steps": 0, "battery": 76, "heart_rate": 64, "charging": "not_charging"}
        actions: dict[str, Any] = {"alert": lambda _: {}, "measure_heart_rate": lambda _: {}}
        return self._resident(
            product, identity, facts, values, f"band-{number}", {"actions": actions, **given}
        )

    def _resident(
        self,
        product_id: str,
        identity: Identity,
        facts: Mapping[str, Any],
        values: dict[str, Value],
        default_id: str,
        given: Mapping[str, Any],
    ) -> Resident:
        product = self.shelf.get(product_id)
        if product is None:
            raise UnknownName(f"there is no product file for {product_id!r}")
        paths = product.profile.properties
        values = {
            path: value for path, value in {**values, **given.get("values", {})}.items() if path in paths
        }
        virtual = VirtualProduct(product, values=values, facts=facts, actions=given.get("actions", {}))
        unit = Unit(
            virtual,
            identity,
            self.clock,
            self.entropy,
            seed=self.seed ^ int(identity.hardware_id),
            net=self.net,
        )
        return Resident(
            given.get("id", default_id), given.get("names", product.names), given.get("room", ""), unit
        )

    def _epoch(self) -> float:
        return self.clock.now() - self.clock.monotonic()

    def _key(self, what: str, number: int, size: int) -> bytes:
        return hashlib.shake_256(f"{self.seed}/{what}/{number}".encode()).digest(size)


def bluetooth_address(resident: Resident) -> str:
    """Where a virtual Bluetooth device stands in the air."""
    return int(resident.identity.hardware_id).to_bytes(6, "big").hex(":").upper()


def older_methods(product: Product) -> tuple[str, ...]:
    """The methods that a miIO product knows besides those that every one has, as its session takes them."""
    called = [row.point.removeprefix("method:") for row in product.actions if row.point.startswith("method:")]
    written = [row.write.removeprefix("call:") for row in product.rows if row.write and "/" in row.write]
    return (*called, *written)


def _mac(number: int) -> str:
    """A locally administered address: no maker's."""
    return (b"\x02\x4a" + (number & 0xFFFFFFFF).to_bytes(4, "big")).hex(":").upper()
