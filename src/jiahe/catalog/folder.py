"""A folder of a home's own product files (TOML, and MIoT-Spec-V2 instances as they stand) put on a shelf.

Owns which files are believed: plain files of a bounded size in UTF-8, no links, no subfolders. A file that is not good is a
SpecError on the shelf's list, and the hub goes on. What was read once is kept as cards in one index file, so that a start
reads no product that nobody uses. Never writes a product file.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from jiahe.catalog.loader import OTHER, Card, Shelf
from jiahe.catalog.miot_spec import read_instance
from jiahe.catalog.product import Product
from jiahe.catalog.product_file import read_product
from jiahe.catalog.where import json_line
from jiahe.model.errors import SpecError

LARGEST = 512 * 1024
"""Bytes of a product file: the largest published instance has 31 thousand."""
MOST = 4000
"""Files of a folder: every model that its makers ever published."""
DEEPEST = 32
"""Brackets open at once; a product file has seven."""
_INDEX_FORMAT = 1
"""Grows when the readers change what a card says."""
_MODEL = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+){2,3}", re.ASCII)
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[{\[]|[}\]]', re.DOTALL)


def read_file(path: Path) -> Product:
    """The product of one file, by its ending (.toml, .json); SpecError names file, line and key.

    Whatever else its contents bring about is a SpecError too: no file may keep a hub from starting.
    """
    try:
        return _read(path)
    except SpecError:
        raise
    except Exception as error:
        why = f"cannot be understood ({type(error).__name__}: {str(error)[:80]})"
        raise SpecError(why, file=path.name) from error


def _read(path: Path) -> Product:
    data = _bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError(f"is not UTF-8 (byte {error.start})", file=path.name, line=line) from None
    if path.suffix == ".toml":
        if _too_deep(data):
            raise SpecError("is nested too deep for a product file", file=path.name)
        return read_product(text, path.name)
    return _instance(text, data, path)


def _bytes(path: Path) -> bytes:
    """Its bytes, if it is a plain file of a bearable size; the file that was looked at is the file that is read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        why = (
            "is a link: product files are plain files"
            if path.is_symlink()
            else f"cannot be read ({error.strerror})"
        )
        raise SpecError(why, file=path.name) from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise SpecError("is no plain file", file=path.name)
        if about.st_size > LARGEST:
            raise SpecError(
                f"has {about.st_size} bytes; a product file has at most {LARGEST}", file=path.name
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(LARGEST + 1)
    finally:
        os.close(handle)
    if len(data) > LARGEST:
        raise SpecError(f"has more than {LARGEST} bytes", file=path.name)
    return data


def _too_deep(data: bytes) -> bool:
    depth = 0
    for found in _BRACKET.finditer(data):
        mark = found[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth > DEEPEST:
                return True
        elif mark in (b"}", b"]"):
            depth = max(0, depth - 1)
    return False


def _instance(text: str, data: bytes, path: Path) -> Product:
    if _too_deep(data):
        raise SpecError("is nested too deep for a MIoT-Spec instance", file=path.name)
    try:
        instance = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SpecError(f"is no JSON: {str(error)[:80]}", file=path.name, line=error.lineno) from None
    model = path.stem if _MODEL.fullmatch(path.stem) else ""
    try:
        return read_instance(instance, path.name, model)
    except SpecError as error:
        line = json_line(text, error.key) if error.key else 0
        raise SpecError(error.message, file=path.name, line=line, key=error.key) from error


@dataclass(frozen=True, slots=True)
class _Held:
    """A file as the index knows it: by size and time of change, and the card that it gave."""

    size: int
    changed: int
    card: Mapping[str, Any]


def put_folder(shelf: Shelf, folder: Path, index: Path | None = None) -> None:
    """Puts every product of the folder on the shelf; what is wrong with a file is put on `shelf.faults`.

    `index` is where cards are kept between starts; it is made, mended and may be deleted at any time. A file newer
    than its card is read anew. A folder that is not there is an empty one.
    """
    known = _read_index(index)
    fresh: dict[str, _Held] = {}
    ships = {card.id for card in shelf.cards()}
    taken: dict[str, str] = {}
    for path in _files(shelf, folder):
        try:
            held = _held(path, known.get(path.name))
            card = _card(held.card, path)
            if path.suffix == ".json" and (card.id in ships or card.id in taken):
                card = _beside(card)
            if card.id in taken:
                raise SpecError(f"has the id of {taken[card.id]}: {card.id}", file=path.name, key="id")
        except SpecError as error:
            shelf.faults.append(error)
            continue
        fresh[path.name], taken[card.id] = held, path.name
        shelf.put_card(card)
    if index is not None and fresh != known:
        _write_index(index, fresh)


def _files(shelf: Shelf, folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                (entry.name for entry in entries if Path(entry.name).suffix in (".toml", ".json")),
                key=lambda name: (name.endswith(".json"), name),  # a maker's own file before a published spec
            )
    except FileNotFoundError:
        return []
    except OSError as error:
        shelf.faults.append(SpecError(f"cannot be listed ({error.strerror})", file=folder.name))
        return []
    if len(names) > MOST:
        shelf.faults.append(
            SpecError(f"has {len(names)} product files; the first {MOST} are used", file=folder.name)
        )
    return [folder / name for name in names[:MOST]]


def _held(path: Path, known: _Held | None) -> _Held:
    """From the index where the file is as it was, else read now."""
    try:
        about = path.lstat()
    except OSError as error:
        raise SpecError(f"cannot be read ({error.strerror})", file=path.name) from None
    if (
        known is not None
        and stat.S_ISREG(about.st_mode)
        and (known.size, known.changed) == (about.st_size, about.st_mtime_ns)
    ):
        return known
    product = read_file(path)
    card = {
        "id": product.id, "family": product.family, "kind": product.kind, "maker": product.maker,
        "names": dict(product.names), "fingerprint": dict(product.fingerprint),
    }  # fmt: skip
    return _Held(about.st_size, about.st_mtime_ns, card)


def _card(held: Mapping[str, Any], path: Path) -> Card:
    return Card(
        held["id"],
        held["family"],
        held["kind"],
        held["maker"],
        MappingProxyType(held["names"]),
        MappingProxyType(held["fingerprint"]),
        lambda: read_file(path),
        path.name,
    )


def _beside(card: Card) -> Card:
    """The same product under an id of its own."""
    identity, load = card.id + OTHER, card.load
    return replace(card, id=identity, load=lambda: replace(load(), id=identity))


def _read_index(index: Path | None) -> dict[str, _Held]:
    if index is None:
        return {}
    with contextlib.suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        top = orjson.loads(index.read_bytes())
        if top["format"] == _INDEX_FORMAT:
            return {name: _Held(*row) for name, row in top["files"].items() if _is_card(row[2])}
    return {}


def _is_card(card: Any) -> bool:
    texts = all(isinstance(card[key], str) and card[key] for key in ("id", "family", "kind", "maker"))
    return texts and isinstance(card["names"], dict) and isinstance(card["fingerprint"], dict)


def _write_index(index: Path, held: Mapping[str, _Held]) -> None:
    rows = {name: (one.size, one.changed, one.card) for name, one in held.items()}
    fresh = index.with_suffix(".new")
    with contextlib.suppress(
        OSError
    ):  # a full disk tells itself elsewhere; without an index a start is only slower
        fresh.write_bytes(orjson.dumps({"format": _INDEX_FORMAT, "files": rows}))
        fresh.replace(index)
