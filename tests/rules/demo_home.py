"""The demo home's devices as rules see them, without sockets."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from jiahe.catalog.loader import Shelf
from jiahe.model.definition import Profile
from jiahe.rules.sun import Location
from jiahe.virtual.day import CONDITIONER, PURIFIER
from jiahe.virtual.resident import CONDITIONER_PRODUCT, PURIFIER_PRODUCT

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEIJING = Location(39.9, 116.4)


def _definitions() -> dict[str, Profile]:
    shelf = Shelf.shipped()
    found: dict[str, Profile] = {}
    for device, product_id in ((PURIFIER, PURIFIER_PRODUCT), (CONDITIONER, CONDITIONER_PRODUCT)):
        product = shelf.get(product_id)
        assert product is not None
        found[device] = product.profile
    return found


DEFINITIONS = _definitions()
