"""A device that lives in the home. Owns its card; never its values, its secrets or its connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.definition import Profile


@dataclass(frozen=True, slots=True)
class Device:
    """An adopted device.

    `id` is short, stable and ours ("bedroom-purifier"); `hardware_id` is the maker's (miIO did, Midea appliance
    id, as decimal digits) and is how the device is found again at a new address. `product` names the product file.
    `address` is "host" or "host:port". `area` is a room's id or "". `adopted_at` is epoch seconds. `facts` is what
    the device told about itself (firmware, capabilities); never a secret.
    """

    id: str
    name: str
    product: str
    profile: Profile
    family: str
    hardware_id: str
    address: str
    area: str = ""
    adopted_at: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
