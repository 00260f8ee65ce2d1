"""Reading and writing properties: get_properties, set_properties, get_prop and the older set methods.

Owns each call's four sides: what the hub says, what a device hears in it, what a device answers, what the hub
reads out of that. Never sends, never retries. Shapes: MIoT over LAN as spoken by Xiaomi's own Home Assistant
integration and python-miio; `get_prop` from the OpenMiHome notes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import codes, sizing
from jiahe.wire.miio.points import SCALARS, address, did_of, is_name, item_head, named, of_item, pair
from jiahe.wire.talk import Answer, Ask, Point, Raw, Read, Refusal, Write

Told = tuple[dict[Point, Raw], dict[Point, Refusal]]
"""Values and faults by point."""

_MOST_ITEMS = 256
"""DEVICE: items of one request that are looked at; a datagram of 8 KB cannot hold more sensible ones."""


class Heard(NamedTuple):
    """DEVICE: an ask, and what must be echoed for it."""

    ask: Ask
    echo: Any


# ---- get_properties ---------------------------------------------------------------------------------------------


def read_request(points: Sequence[Point]) -> bytes:
    """Everything of the request behind its id."""
    return b'"method":"get_properties","params":[' + b"},".join(map(item_head, points)) + b"}]}"


def read_told(points: Sequence[Point], result: Any) -> Told | None:
    """What the answer says of the points asked for; None where it speaks of none of them.

    A point that the answer leaves out, or gives a list or an object for, is an INTERNAL fault of the device.
    """
    if not isinstance(result, list):
        return None
    values: dict[Point, Raw] = {}
    faults: dict[Point, Refusal] = {}
    asked = set(points)
    for item in result:
        point = of_item(item)
        if point not in asked or point is None:
            continue
        code = item.get("code", 0)
        if code == 0 and "value" in item and type(item["value"]) in SCALARS:
            values[point] = item["value"]
        elif type(code) is int and code != 0:
            faults[point] = codes.item_meaning(code)[0]
    if not values and not faults:
        return None
    if len(values) + len(faults) < len(asked):
        for point in points:
            if point not in values and point not in faults:
                faults[point] = Refusal.INTERNAL
    return values, faults


def _items(params: Any, *, valued: bool) -> list[dict[str, Any]] | None:
    if not isinstance(params, list) or not 0 < len(params) <= _MOST_ITEMS:
        return None
    for item in params:
        if of_item(item) is None or (valued and type(item.get("value", ())) not in SCALARS):
            return None
    return params


def read_heard(params: Any) -> Heard | None:
    """DEVICE: what is asked for, in order; None where the parameters are wrong."""
    items = _items(params, valued=False)
    return (
        Heard(Read(tuple(dict.fromkeys(f"{i['siid']}.{i['piid']}" for i in items))), items) if items else None
    )


def read_answer(echo: Any, answer: Answer) -> Any:
    """DEVICE: one item for each item asked, in the order asked, its did echoed."""
    result = []
    for item in echo:
        point = f"{item['siid']}.{item['piid']}"
        if point in answer.values:
            rest = {"code": 0, "value": answer.values[point]}
        else:
            rest = {"code": codes.item_code(answer.faults.get(point, Refusal.UNKNOWN_POINT))}
        result.append({"did": did_of(item), "siid": item["siid"], "piid": item["piid"]} | rest)
    return result


# ---- set_properties ---------------------------------------------------------------------------------------------


def write_requests(values: Mapping[Point, Raw], chunk: int) -> list[tuple[bytes, tuple[Point, ...]]]:
    """The requests of a Write in order, each with its points; LocalProtocolError for what cannot be said.

    MIoT points travel together, as many as fit into one datagram; each older method is a request of its own.
    """
    requests: list[tuple[bytes, tuple[Point, ...]]] = []
    part: list[Point] = []
    items: list[bytes] = []
    used = 0
    for point, value in values.items():
        if address(point) is None:
            continue
        item = item_head(point) + b',"value":' + _encoded(point, value) + b"}"
        if part and (len(part) >= min(chunk, sizing.START) or used + len(item) > sizing.REQUEST_BYTES):
            requests.append((_write_request(items), tuple(part)))
            part, items, used = [], [], 0
        part.append(point)
        items.append(item)
        used += len(item) + 1
    if part:
        requests.append((_write_request(items), tuple(part)))
    requests += [_older_write(point, value) for point, value in values.items() if address(point) is None]
    if any(len(tail) > sizing.REQUEST_BYTES + 64 for tail, _ in requests):
        raise LocalProtocolError("a value does not fit into one miIO datagram of 1024 bytes")
    return requests


def _encoded(point: Point, value: Raw) -> bytes:
    if value is None or type(value) not in SCALARS:
        raise LocalProtocolError(f"{point[:80]}: a miIO property takes a bool, a number or a text")
    if isinstance(value, float) and value - value != 0:
        raise LocalProtocolError(f"{point[:80]}: not a finite number")
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise LocalProtocolError(f"{point[:80]}: {str(error)[:120]}") from None


def _write_request(items: list[bytes]) -> bytes:
    return b'"method":"set_properties","params":[' + b",".join(items) + b"]}"


def _older_write(point: Point, value: Raw) -> tuple[bytes, tuple[Point, ...]]:
    both = pair(point[5:]) if point.startswith("call:") else None
    if both is not None:
        if not isinstance(value, bool):
            raise LocalProtocolError(f"{point[:80]}: takes true or false")
        return b'"method":"%b","params":[]}' % both[not value].encode(), (point,)
    name = named(point, "call:")
    if not name:
        raise LocalProtocolError(
            f"{point[:80]!r} cannot be written: it must read siid.piid, call:METHOD or call:YES/NO"
        )
    return b'"method":"%b","params":[%b]}' % (name.encode(), _encoded(point, value)), (point,)


def write_told(points: Sequence[Point], result: Any) -> dict[Point, int] | None:
    """The code of each point written; None where the answer speaks of none of them or leaves one out.

    A bare `0` or `ok` for the whole list is a yes too (python-miio's simulator answers so).
    """
    if older_write_told(result):
        return dict.fromkeys(points, 0)
    if not isinstance(result, list):
        return None
    told: dict[Point, int] = {}
    for item in result:
        point = of_item(item)
        if point is not None and point in points:
            code = item.get("code")
            if type(code) is not int:
                return None
            told[point] = code
    return told if len(told) == len(points) else None


def older_write_told(result: Any) -> bool | None:
    """Whether an older set method was taken (`["ok"]`, `[0]`, `"ok"`); None where that cannot be told."""
    first = result[0] if isinstance(result, list) and result else result
    if first in ("ok", "OK") or (type(first) is int and first == 0):
        return True
    if isinstance(first, str) and first.lower() in ("error", "unknown_method"):
        return False
    return None


def older_write_answer(_: Any, answer: Answer) -> Any:
    """DEVICE: an older set method was taken; whatever else the answer carries is told to get_prop only."""
    return ["ok"]


def write_heard(params: Any) -> Heard | None:
    """DEVICE: what is to be written; None where the parameters are wrong."""
    items = _items(params, valued=True)
    return Heard(Write({f"{i['siid']}.{i['piid']}": i["value"] for i in items}), items) if items else None


def write_answer(echo: Any, answer: Answer) -> Any:
    """DEVICE: a code for each item, in the order asked."""
    return [
        {
            "did": did_of(item),
            "siid": item["siid"],
            "piid": item["piid"],
            "code": codes.item_code(why)
            if (why := answer.faults.get(f"{item['siid']}.{item['piid']}")) is not None
            else 0,
        }
        for item in echo
    ]


# ---- get_prop ---------------------------------------------------------------------------------------------------


def older_read_request(points: Sequence[Point]) -> bytes:
    """Everything of the request behind its id."""
    return b'"method":"get_prop","params":' + orjson.dumps([named(p, "prop:") for p in points]) + b"}"


def older_read_told(points: Sequence[Point], result: Any) -> Told | None:
    """Values by position; null is a property the device does not have; None where the count is wrong."""
    if not isinstance(result, list) or len(result) != len(points):
        return None
    values: dict[Point, Raw] = {}
    faults: dict[Point, Refusal] = {}
    for point, value in zip(points, result, strict=True):
        if value is None:
            faults[point] = Refusal.UNKNOWN_POINT
        elif type(value) in SCALARS:
            values[point] = value
        else:
            faults[point] = Refusal.INTERNAL
    return values, faults


def older_read_heard(params: Any) -> Heard | None:
    """DEVICE: the names asked for; None where they are not names."""
    if not isinstance(params, list) or not 0 < len(params) <= _MOST_ITEMS or not all(map(is_name, params)):
        return None
    return Heard(Read(tuple(dict.fromkeys(f"prop:{name}" for name in params))), params)


def older_read_answer(echo: Any, answer: Answer) -> Any:
    """DEVICE: the values in the order asked, null for what there is not."""
    return [answer.values.get(f"prop:{name}") for name in echo]
