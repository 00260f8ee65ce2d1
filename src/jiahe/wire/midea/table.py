"""The kinds of appliance that this family speaks, by type. Owns the list; adding a kind adds a row."""

from __future__ import annotations

from jiahe.wire.midea.ac.device_side import AirConditionerDevice
from jiahe.wire.midea.ac.hub_side import AirConditionerHub
from jiahe.wire.midea.appliance import Sides

APPLIANCES: dict[int, Sides] = {
    0xAC: Sides(AirConditionerHub, AirConditionerDevice),
}
