"""Actions and the device's card: action, older methods, miIO.info, and what a device pushes.

Owns each call's four sides as `properties.py` does; never sends, never retries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import codes, sizing
from jiahe.wire.miio.points import SCALARS, address, arguments_in, arguments_out, did_of, named, of_item
from jiahe.wire.miio.properties import Heard
from jiahe.wire.talk import Act, Answer, Describe, Happened, Point, Raw, Refusal, Reported

INFO_REQUEST = b'"method":"miIO.info","params":[]}'

_CARD = {"model": "model", "fw_ver": "firmware", "hw_ver": "hardware", "mac": "mac"}
"""What of miIO.info is told on. The answer also holds the Wi-Fi's name, its BSSID and sometimes the token."""
_CARD_TEXT = 128


# ---- action and older methods -----------------------------------------------------------------------------------


def act_request(ask: Act, *, plain: bool) -> bytes:
    """Everything of the request behind its id; LocalProtocolError for what cannot be said.

    `plain` sends bare values instead of objects with piids, as some models want it.
    """
    found = address(ask.action)
    name = named(ask.action, "method:")
    if found is None and not name:
        raise LocalProtocolError(f"{ask.action[:80]!r} is no action: it must read siid.aiid or method:NAME")
    try:
        if found is None:
            tail = (
                b'"method":"%b","params":' % name.encode() + orjson.dumps(list(ask.arguments.values())) + b"}"
            )
        else:
            given = orjson.dumps(arguments_out(ask.arguments, plain=plain))
            tail = b'"method":"action","params":{"did":"","siid":%d,"aiid":%d,"in":%b}}' % (*found, given)
    except (TypeError, ValueError) as error:
        raise LocalProtocolError(f"{ask.action}: {str(error)[:120]}") from None
    if len(tail) > sizing.REQUEST_BYTES + 64:
        raise LocalProtocolError("the arguments do not fit into one miIO datagram of 1024 bytes")
    return tail


def act_told(ask: Act, result: Any) -> dict[Point, Raw] | tuple[Refusal, str] | None:
    """Results by point, or the refusal; None where the answer is neither."""
    found = address(ask.action)
    if found is None:
        if result is None:
            return None
        items = result if isinstance(result, list) else [result]
        if items in (["error"], ["unknown_method"]):
            return Refusal.UNSUPPORTED, f"the device answered {items[0]}"
        values = [item for item in items if type(item) in SCALARS]
        return {f"out:{index}": value for index, value in enumerate(values)}
    if result == ["ok"]:
        # python-miio's simulator answers so; real devices name a code.
        return {}
    if not isinstance(result, dict) or type(result.get("code")) is not int:
        return None
    if result["code"] not in codes.ACCEPTED:
        return codes.item_meaning(result["code"])
    return arguments_in(result.get("out", []), found[0], "out") or {}


def act_heard(params: Any) -> Heard | None:
    """DEVICE: the action asked for; None where the parameters are wrong."""
    action = of_item(params, "aiid")
    if action is None:
        return None
    arguments = arguments_in(params.get("in", []), params["siid"], "in")
    return None if arguments is None else Heard(Act(action, arguments), params)


def act_answer(echo: Any, answer: Answer) -> Any:
    """DEVICE: code and results. A fault named for the action itself is its code."""
    head = {"did": did_of(echo), "siid": echo["siid"], "aiid": echo["aiid"]}
    if answer.faults:
        why = next(iter(answer.faults.values()))
        return head | {"code": -4006 if why is Refusal.BAD_VALUE else codes.item_code(why), "out": []}
    return head | {"code": 0, "out": arguments_out(answer.values, plain=False)}


def method_heard(name: str, params: Any) -> Heard | None:
    """DEVICE: an older method as an action with its parameters in order."""
    items = [] if params is None else params
    if not isinstance(items, list) or any(type(item) not in SCALARS for item in items):
        return None
    return Heard(Act(f"method:{name}", {f"in:{index}": value for index, value in enumerate(items)}), None)


def method_answer(_: Any, answer: Answer) -> Any:
    """DEVICE: the results in order, `["ok"]` where there are none."""
    return list(answer.values.values()) or ["ok"]


# ---- miIO.info --------------------------------------------------------------------------------------------------


def info_told(result: Any) -> dict[str, str] | None:
    """Model, firmware, hardware and mac; None where there is no model."""
    if not isinstance(result, dict) or not isinstance(result.get("model"), str):
        return None
    return {
        ours: result[theirs][:_CARD_TEXT]
        for theirs, ours in _CARD.items()
        if isinstance(result.get(theirs), str)
    }


def info_heard(params: Any) -> Heard | None:
    """DEVICE: miIO.info takes anything for parameters."""
    return Heard(Describe(), None)


def info_answer(echo: Any, answer: Answer) -> Any:
    """DEVICE: the card, with the Wi-Fi part that clients expect to find; `echo` is what else the device tells."""
    card = {theirs: str(answer.facts.get(ours, "")) for theirs, ours in _CARD.items()}
    address = answer.facts.get("address")
    netif = {"localIp": address} if isinstance(address, str) else {}
    return card | {"life": 0, "ap": {}, "netif": netif} | (echo or {})


# ---- what a device says unasked ---------------------------------------------------------------------------------


def changed_request(device: int, values: Mapping[Point, Raw]) -> bytes | None:
    """DEVICE: the push of changed properties, None where none of them can be pushed. Never raises."""
    items = [
        {"did": str(device), "siid": found[0], "piid": found[1], "value": value}
        for point, value in values.items()
        if (found := address(point)) is not None and type(value) in SCALARS
    ]
    try:
        return b'"method":"properties_changed","params":' + orjson.dumps(items) + b"}" if items else None
    except (TypeError, ValueError):
        return None


def pushed(device: int, method: Any, params: Any) -> Reported | Happened | None:
    """HUB: what a push says of this very device; None where it says nothing of it.

    A gateway pushes for the devices behind it too: those have a did of their own and are left out.
    """
    if method == "properties_changed" and isinstance(params, list):
        values: dict[Point, Raw] = {}
        for item in params:
            point = of_item(item)
            if point is not None and _ours(device, item) and type(item.get("value", ())) in SCALARS:
                values[point] = item["value"]
        return Reported(values) if values else None
    if method == "event_occured":
        event = of_item(params, "eiid")
        if event is not None and _ours(device, params):
            arguments = arguments_in(params.get("arguments", []), params["siid"], "out")
            return None if arguments is None else Happened(event, arguments)
    return None


def _ours(device: int, item: Mapping[str, Any]) -> bool:
    return item.get("did", "") in ("", str(device), device)
