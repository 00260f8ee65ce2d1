"""Points of this family as text. Owns their spelling and their JSON; never a value's meaning.

| text | on the wire |
|---|---|
| `2.1` | MIoT property siid 2, piid 1; as an action siid.aiid, as an event siid.eiid |
| `prop:NAME` | read by the older `get_prop` |
| `call:NAME` | written by the older method NAME with the value as its one parameter (`call:set_power`) |
| `call:YES/NO` | written by the older method YES for true and NO for false, without parameters (`call:set_on/set_off`) |
| `method:NAME` | as an action: the older method NAME with the arguments in order |
| `in:N`, `out:N` | argument or result number N (from 0) of an action whose list holds bare values |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.talk import Point, Raw

SCALARS = frozenset((bool, int, float, str, type(None)))
"""The types a raw value may have; a list or an object in a value's place is not believed."""

_ADDRESS = re.compile(r"([1-9][0-9]{0,9})\.([1-9][0-9]{0,9})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}", re.ASCII)


@lru_cache(maxsize=8192)
def address(point: Point) -> tuple[int, int] | None:
    """(siid, piid) of a MIoT point, None for any other text."""
    found = _ADDRESS.fullmatch(point)
    return (int(found[1]), int(found[2])) if found else None


@lru_cache(maxsize=8192)
def item_head(point: Point) -> bytes:
    """`{"did":"","siid":2,"piid":1`: the opening of a property's item; LocalProtocolError for other text.

    The did is echoed by the device and costs its bytes twice; empty is accepted, missing is not.
    """
    found = address(point)
    if found is None:
        raise LocalProtocolError(f"{point[:80]!r} is no MIoT point: it must read siid.piid")
    return b'{"did":"","siid":%d,"piid":%d' % found


def named(point: Point, prefix: str) -> str:
    """The NAME of `prefix:NAME`, "" where the point is of another sort."""
    if not point.startswith(prefix):
        return ""
    name = point[len(prefix) :]
    return name if _NAME.fullmatch(name) else ""


def pair(text: str) -> tuple[str, str] | None:
    """The two methods of `YES/NO`, None for any other text."""
    yes, _, no = text.partition("/")
    return (yes, no) if _NAME.fullmatch(yes) and _NAME.fullmatch(no) else None


def is_name(text: object) -> bool:
    """Whether this can be the NAME of an older property or method."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def of_item(item: Any, second: str = "piid") -> Point | None:
    """The point of an item `{"siid":…, second:…}` from the wire, None where it has none."""
    if not isinstance(item, dict):
        return None
    siid, number = item.get("siid"), item.get(second)
    if type(siid) is not int or type(number) is not int or not (0 < siid < 2**32 and 0 < number < 2**32):
        return None
    return f"{siid}.{number}"


def did_of(item: Mapping[str, Any]) -> str:
    """The did of an item, which the answer echoes; "" where it has none."""
    did = item.get("did", "")
    return did if isinstance(did, str) else ""


def arguments_in(items: Any, siid: int, bare: str) -> dict[Point, Raw] | None:
    """The list of an action or an event by point: objects `{"piid","value"}` or bare values; None if it is neither."""
    if not isinstance(items, list):
        return None
    found: dict[Point, Raw] = {}
    for index, item in enumerate(items):
        piid = item.get("piid") if isinstance(item, dict) else None
        value = item.get("value") if isinstance(item, dict) else item
        if type(value) not in SCALARS or (isinstance(item, dict) and type(piid) is not int):
            return None
        found[f"{siid}.{piid}" if piid is not None else f"{bare}:{index}"] = value
    return found


def arguments_out(arguments: Any, *, plain: bool) -> list[Any]:
    """The list for the wire: objects with the piid of each point, or the bare values in order."""
    if plain:
        return list(arguments.values())
    return [
        value if (piid := _piid(point)) is None else {"piid": piid, "value": value}
        for point, value in arguments.items()
    ]


def _piid(point: Point) -> int | None:
    tail = point.rpartition(".")[2]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) <= 10 else None
