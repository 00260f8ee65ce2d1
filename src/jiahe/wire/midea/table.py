"""The kinds of appliance that this family speaks, by type. Owns the list; adding a kind adds a row."""

from __future__ import annotations

from functools import partial

from jiahe.wire.midea.ac.device_side import AirConditionerDevice
from jiahe.wire.midea.ac.hub_side import AirConditionerHub
from jiahe.wire.midea.appliance import Sides
from jiahe.wire.midea.appliances import (
    dehumidifier,
    dishwasher,
    fan,
    microwave,
    oven,
    purifier,
    refrigerator,
    rice_cooker,
    washer,
    water_heater,
)
from jiahe.wire.midea.appliances.device_side import SheetDevice
from jiahe.wire.midea.appliances.hub_side import SheetHub
from jiahe.wire.midea.sheet import Sheet

SHEETS: tuple[Sheet, ...] = (
    dehumidifier.SHEET,
    microwave.SHEET,
    oven.SHEET_B1,
    oven.SHEET_B4,
    refrigerator.SHEET,
    washer.SHEET_DA,
    washer.SHEET_DB,
    dishwasher.SHEET,
    water_heater.SHEET,
    rice_cooker.SHEET,
    fan.SHEET,
    purifier.SHEET,
)
APPLIANCES: dict[int, Sides] = {
    0xAC: Sides(AirConditionerHub, AirConditionerDevice),
    **{sheet.type: Sides(partial(SheetHub, sheet), partial(SheetDevice, sheet)) for sheet in SHEETS},
}
