"""Lists of tokens as common extractors write them, read. Pure; owns the spellings of their columns, keeps nothing.

Known forms: CSV with a head line; JSON of objects, nested any way (the cloud token extractors nest server, home,
device); the plain text that they print (blocks of NAME, ID, MAC, IP, TOKEN, MODEL). What is no key of a device that can
be reached here is named with the reason; a key itself is never repeated in a message.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.errors import SpecError
from jiahe.model.reasons import say
from jiahe.wire.advertisement import hardware_id as by_bluetooth

LARGEST = 4 * 1024 * 1024
"""Characters of a list: two thousand devices have half a million."""
MOST, DEEPEST = 2000, 12

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("did", "id", "deviceid", "applianceid", "appliancecode", "hardwareid"),
    "name": ("name", "devicename", "label"),
    "mac": ("mac", "macaddress"),
    "model": ("model", "type", "productmodel"),
    "address": ("ip", "localip", "host", "address", "ipaddress"),
    "token": ("token", "devicetoken"),
    "key": ("key", "k1", "lankey"),
    "bindkey": ("bindkey", "beaconkey", "blekey", "encryptionkey"),
    "family": ("family", "protocol"),
}
_OF = {spelling: column for column, spellings in _COLUMNS.items() for spelling in spellings}
_BLOCK = re.compile(r"^\s*([A-Za-z][A-Za-z _-]{0,20}?)\s*[:=]\s*(\S.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Listed:
    """One device of a list. Secrets are hexadecimal text as it stood there."""

    family: str
    hardware_id: str
    address: str
    name: str = ""
    model: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class TokenList:
    """What a list holds, and what in it cannot be used and why."""

    devices: tuple[Listed, ...]
    left_out: tuple[str, ...]


def read_tokens(text: str, file: str) -> TokenList:
    """The devices of a list; SpecError where it is none."""
    if len(text) > LARGEST:
        raise SpecError(say("list_long", most=LARGEST), file=file)
    devices: dict[tuple[str, str, str], Listed] = {}
    left_out: list[str] = []
    for number, row in enumerate(_rows(text.lstrip("\ufeff"), file)):
        if number >= MOST:
            left_out.append(say("left_rest", most=MOST))
            break
        found = _listed(row)
        if isinstance(found, Listed):
            devices[found.family, found.hardware_id, found.address if not found.hardware_id else ""] = found
        else:
            left_out.append(found)
    if not devices and not left_out:
        raise SpecError(say("list_no_token"), file=file)
    return TokenList(tuple(devices.values()), tuple(left_out))


def _rows(text: str, file: str) -> Iterator[dict[str, str]]:
    """Each device as our columns."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            yield from _of_json(json.loads(text), 0)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0)
            raise SpecError(say("list_no_json"), file=file, line=line) from None
        return
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    names = [_OF.get(_plain(cell)) for cell in head.split(delimiter)]
    if head.count(delimiter) and ("token" in names or "bindkey" in names):
        yield from _of_csv(text, delimiter, file)
    else:
        yield from _of_blocks(text)


def _of_csv(text: str, delimiter: str, file: str) -> Iterator[dict[str, str]]:
    try:
        for row in csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter):
            yield _columns({key: cell for key, cell in row.items() if isinstance(key, str)})
    except csv.Error as error:
        raise SpecError(say("list_no_csv", why=error), file=file) from None


def _of_json(node: Any, depth: int) -> Iterator[dict[str, str]]:
    if depth > DEEPEST:
        return
    if isinstance(node, dict):
        row = _columns(node)
        if row.get("token") or row.get("bindkey"):
            yield row
            return
        for value in node.values():
            yield from _of_json(value, depth + 1)
    elif isinstance(node, list):
        for item in node:
            yield from _of_json(item, depth + 1)


def _of_blocks(text: str) -> Iterator[dict[str, str]]:
    block: dict[str, str] = {}
    for line in [*text.splitlines(), "---"]:
        found = _BLOCK.match(line)
        if found is None:
            if block.get("token") or block.get("bindkey"):
                yield block
            block = {}
            continue
        column = _OF.get(_plain(found[1]))
        if column is not None:
            block.setdefault(column, found[2])


def _columns(row: Mapping[str, Any]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for key, value in row.items():
        column = _OF.get(_plain(key))
        if (
            column is not None
            and isinstance(value, str | int)
            and not isinstance(value, bool)
            and str(value).strip()
        ):
            columns.setdefault(column, str(value).strip()[:300])
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _listed(row: Mapping[str, str]) -> Listed | str:
    """One device, or why it cannot be used."""
    name, model = row.get("name", "")[:80], row.get("model", "")[:80]
    shown = _shown(name or row.get("id", "") or row.get("address", "")) or say("left_nameless")
    token, key = _hex(row.get("token", "")), _hex(row.get("key", ""))
    bindkey, address = _hex(row.get("bindkey", "")), row.get("address", "")[:255]
    if len(bindkey) in (24, 32) and by_bluetooth(row.get("mac", "")):
        return Listed("mibeacon", by_bluetooth(row["mac"]), "", name, model, {"key": bindkey})
    if len(token) == 128 and len(key) == 64:
        family, secrets = "midea", {"token": token, "key": key}
    elif len(token) == 32:
        family, secrets = "miio", {"token": token}
    elif not token:
        return say("left_no_token", name=shown)
    else:
        return say("left_token", name=shown, count=len(token))
    identity = row.get("id", "")
    if not (identity.isascii() and identity.isdigit() and len(identity) <= 20):
        if identity and not address:
            return say("left_gateway", name=shown, id=_shown(identity))
        identity = ""
    if not identity and not address:
        return say("left_nowhere", name=shown)
    return Listed(family, identity, address, name, model, secrets)


def _hex(text: str) -> str:
    cleaned = re.sub(r"[\s:-]", "", text).lower().removeprefix("0x")
    return cleaned if re.fullmatch(r"[0-9a-f]*", cleaned) else ""


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in text)[:60]
