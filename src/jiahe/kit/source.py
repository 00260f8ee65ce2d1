"""Which product is meant: a file on disk, or the id of one on the shelf; with the very bytes that a report names.

Owns the search; never reads a file's meaning (the catalog does).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jiahe.catalog.folder import put_folder, read_file
from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.kit.report import file_digest
from jiahe.model.errors import SpecError, UnknownName

ENDINGS = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Source:
    """A product and its file. `digest` is the SHA-256 of the file's bytes, "" where the file is not at hand."""

    product: Product
    digest: str
    path: Path | None = None


def of_file(path: Path) -> Source:
    """The product of this file; SpecError naming file, line and key."""
    product = read_file(path)
    try:
        return Source(product, file_digest(path.read_bytes()), path)
    except OSError as error:
        raise SpecError(f"cannot be read ({error.strerror})", file=path.name) from None


class Sources:
    """Every product at hand: those that ship, and those of a home's own folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.shelf = Shelf.shipped()
        self._folder = folder
        if folder is not None and folder.is_dir():
            put_folder(self.shelf, folder)

    def find(self, what: str) -> Source:
        """By path, else by id; UnknownName where there is neither."""
        path = Path(what).expanduser()
        if path.suffix in ENDINGS and (path.exists() or path.is_symlink()):
            return of_file(path)
        found = self._of_id(what)
        if found is None:
            raise UnknownName(
                f"there is no file and no product {what!r:.80}: `jiahe product list` has them all"
            )
        return found

    def all(self) -> list[Source]:
        """All that can be used; the others are in `shelf.faults`."""
        found = (self._of_id(card.id) for card in self.shelf.cards())
        return [source for source in found if source is not None]

    def _of_id(self, identity: str) -> Source | None:
        card = next((one for one in self.shelf.cards() if one.id == identity), None)
        product = self.shelf.get(identity)
        if card is None or product is None:
            return None
        for data in (self._shipped(card.file), self._own(card.file)):
            if data is not None:
                return Source(product, file_digest(data))
        return Source(product, "")

    @staticmethod
    def _shipped(name: str) -> bytes | None:
        entry = files("jiahe.catalog").joinpath("products").joinpath(*name.split("/"))
        return entry.read_bytes() if "/" in name and entry.is_file() else None

    def _own(self, name: str) -> bytes | None:
        if self._folder is None or "/" in name:
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None
