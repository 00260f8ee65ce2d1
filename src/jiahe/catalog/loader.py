"""The shelf of all products at hand: those that ship, and those put on it. Owns which there are, and loads them when asked.

A product stands on the shelf as a card (who it is, how it is recognised); its file is read when somebody wants the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from jiahe.catalog.product import Product
from jiahe.catalog.product_file import read_product, read_table
from jiahe.model.errors import SpecError

__all__ = ["OTHER", "Card", "Shelf", "read_product"]

OTHER = ".miot"
"""Behind the id of a published spec whose model has a product file already: both stay, the device decides."""


@dataclass(frozen=True, slots=True)
class Card:
    """Who a product is, without its points. `load` reads the whole and may raise SpecError; `file` is for messages."""

    id: str
    family: str
    kind: str
    maker: str
    names: Mapping[str, str]
    fingerprint: Mapping[str, Any]
    load: Callable[[], Product] = field(compare=False)
    file: str = ""

    @classmethod
    def of(cls, product: Product, load: Callable[[], Product] | None = None, file: str = "") -> Card:
        """The card of a product that is at hand."""
        return cls(
            product.id,
            product.family,
            product.kind,
            product.maker,
            product.names,
            product.fingerprint,
            load or (lambda: product),
            file,
        )


class Shelf:
    """All products at hand, by id. Ships with the files of this package; more can be put on it."""

    def __init__(self, products: Mapping[str, Product] = MappingProxyType({})) -> None:
        self._cards = {product.id: Card.of(product) for product in products.values()}
        self._loaded: dict[str, Product] = dict(products)
        self.faults: list[SpecError] = []
        """What is wrong with files that were to stand here; the rest of the shelf is good."""

    @classmethod
    def shipped(cls) -> Shelf:
        """The product files of this package, `catalog/products/<maker>/<model>.toml`."""
        shelf = cls()
        for card in _shipped_cards():
            shelf.put_card(card)
        return shelf

    def put(self, product: Product) -> None:
        """Adds a product, or replaces the one with its id."""
        self._cards[product.id] = Card.of(product)
        self._loaded[product.id] = product

    def put_card(self, card: Card) -> None:
        """Adds a product that is read when it is wanted, or replaces the one with its id."""
        self._cards[card.id] = card
        self._loaded.pop(card.id, None)

    def renew(self, fresh: Shelf, files: Collection[str], in_use: Collection[str]) -> frozenset[str]:
        """Becomes what `fresh` holds, read after these files changed; the ids of products that are other than they were.

        What was loaded from other files stays loaded. A product in use that `fresh` lacks stays as it is.
        """
        old, self._cards = self._cards, dict(fresh._cards)
        other = {
            card.id
            for card in self._cards.values()
            if card.file in files or card.id not in old or old[card.id].file != card.file
        }
        for id_ in in_use:
            if id_ in old and id_ in self._loaded:
                self._cards.setdefault(id_, old[id_])
        self._loaded = {
            id_: product for id_, product in self._loaded.items() if id_ in self._cards and id_ not in other
        }
        self.faults = fresh.faults
        return frozenset(other)

    def cards(self) -> tuple[Card, ...]:
        """All cards; reads no file."""
        return tuple(self._cards.values())

    def get(self, product_id: str) -> Product | None:
        """The product, None where there is none or where its file turns out to be wrong (see `faults`)."""
        found = self._loaded.get(product_id)
        card = self._cards.get(product_id)
        if found is not None or card is None:
            return found
        try:
            found = card.load()
        except SpecError as error:
            self.faults.append(error)
            del self._cards[product_id]
            return None
        self._loaded[product_id] = found
        return found

    def all(self) -> tuple[Product, ...]:
        """Every product, whole."""
        return tuple(self._whole(tuple(self._cards)))

    def candidates(self, family: str, facts: Mapping[str, Any]) -> tuple[Product, ...]:
        """The products whose every fingerprint key stands in these facts, the most particular first, then the newest.

        More than one where a model has two files (what its firmware really speaks, and behind it its published spec).
        """
        matches = [
            (len(card.fingerprint), not card.id.endswith(OTHER), place, card.id)
            for place, card in enumerate(self._cards.values())
            if card.family == family
            and card.fingerprint
            and all(facts.get(key) == value for key, value in card.fingerprint.items())
        ]
        return tuple(self._whole(identity for *_, identity in sorted(matches, reverse=True)))

    def recognise(self, family: str, facts: Mapping[str, Any]) -> Product | None:
        """The product whose every fingerprint key stands in these facts; the most particular one first."""
        return next(iter(self.candidates(family, facts)), None)

    def _whole(self, ids: Iterable[str]) -> Iterator[Product]:
        return (product for one in ids if (product := self.get(one)) is not None)


def _shipped_cards() -> Iterator[Card]:
    for maker in sorted(files("jiahe.catalog").joinpath("products").iterdir(), key=lambda entry: entry.name):
        if not maker.is_dir():
            continue
        for entry in sorted(maker.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".toml"):
                yield _card(entry, f"{maker.name}/{entry.name}")


def _card(entry: Traversable, file: str) -> Card:
    """The card of a file that is known to be good: only what stands above its first point is read now."""
    top = read_table(re.split(r"^\[\[", entry.read_text("utf-8"), maxsplit=1, flags=re.MULTILINE)[0], file)
    return Card(
        top["id"],
        top["family"],
        top["kind"],
        top["maker"],
        MappingProxyType(top["names"]),
        MappingProxyType(top.get("fingerprint", {})),
        lambda: read_product(entry.read_text("utf-8"), file),
        file,
    )
