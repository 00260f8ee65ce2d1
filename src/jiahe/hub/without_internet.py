"""`jiahe doctor --offline`: how every device of a home does without internet, and why. Owns the walk over the devices;
what a product's grade is, kit.offline knows. Reads the home's files, beside a running hub or without one; changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.driver.family import FAMILIES
from jiahe.hub.config import DATABASE, PRODUCTS
from jiahe.kit.offline import GRADE_WORDS, grade_of
from jiahe.model.device import Device
from jiahe.model.errors import UnknownName
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents


@dataclass(frozen=True, slots=True)
class Graded:
    """One device. `grade` is offline, sometimes or unknown; `words` the same for people, `why` the reason."""

    device: str
    name: str
    product: str
    grade: str
    words: str
    why: str


async def graded(directory: Path) -> list[Graded]:
    """Every device of this home, the most dependent first; UnknownName where there is no home."""
    if not (directory / DATABASE).exists():  # a command of its own: nothing else waits
        raise UnknownName(f"there is no home in {directory}: name its directory with --dir")
    database = await Database.open(directory / DATABASE, exclusive=False)
    try:
        cards = await Documents(database).all("device")
    finally:
        await database.close()
    shelf = Shelf.shipped()
    put_folder(shelf, directory / PRODUCTS)
    order = {"unknown": 0, "sometimes": 1, "offline": 2}
    return sorted((_of(id_, card, shelf) for id_, card in cards.items()), key=lambda one: order[one.grade])


def local_of(device: Device, product: Product | None) -> Mapping[str, str]:
    """How local one device is, for its page: its grade and why, and how its values come."""
    local = grade_of(product, device.family, device.facts)
    hears = FAMILIES[device.family].hears if device.family in FAMILIES else ""
    return {"grade": local.grade, "hears": hears, "code": local.code, "why": local.why}


def _of(id_: str, card: Mapping[str, Any], shelf: Shelf) -> Graded:
    facts = card.get("facts")
    known = facts if isinstance(facts, Mapping) else {}
    local = grade_of(shelf.get(str(card.get("product"))), str(card.get("family")), known)
    return Graded(
        id_,
        str(card.get("name")),
        str(card.get("product")),
        local.grade,
        GRADE_WORDS[local.grade],
        local.why,
    )
