"""The error codes of miIO and MIoT. Owns the table that both roles read; never decides to try again.

Sources: the codes of python-miio and its issues 1265 and 1969 (outer, -40xx), the -70CBBBXXX family of Xiaomi's cloud
and gateways as listed in Xiaomi's own Home Assistant integration and al-one's xiaomi_miot.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

from jiahe.wire.talk import Refusal

ACCEPTED = (0, 1)
"""Item codes of a yes: 0 is done, 1 is accepted and not yet finished."""

UNKNOWN_METHOD = -10000
BAD_ARGUMENT = -5001
ACK_TIMEOUT = -9999
INVALID_ANSWER = -30001

_ITEM: dict[int, tuple[Refusal, str]] = {
    -4001: (Refusal.NOT_READABLE, "cannot be read"),
    -4002: (Refusal.NOT_WRITABLE, "cannot be written (now)"),
    -4003: (Refusal.UNKNOWN_POINT, "there is no such property, action or event"),
    -4004: (Refusal.INTERNAL, "the device failed inside"),
    -4005: (Refusal.BAD_VALUE, "the value is not one the device takes"),
    -4006: (Refusal.BAD_VALUE, "the arguments of the action are not what the device takes"),
    UNKNOWN_METHOD: (Refusal.UNSUPPORTED, "the device does not know this method"),
    -4007: (Refusal.UNKNOWN_POINT, "the device id in the request is not this device's"),
}
_CODE_OF: dict[Refusal, int] = {
    Refusal.NOT_READABLE: -4001,
    Refusal.NOT_WRITABLE: -4002,
    Refusal.UNKNOWN_POINT: -4003,
    Refusal.INTERNAL: -4004,
    Refusal.BAD_VALUE: -4005,
    Refusal.BUSY: -4002,
    Refusal.UNSUPPORTED: -4003,
    Refusal.NOT_ALLOWED: -4002,
}
# The last three digits of -70CBBBXXX.
_CLOUD: dict[int, tuple[Refusal, str]] = {
    1: (Refusal.UNKNOWN_POINT, "there is no such device"),
    2: (Refusal.UNKNOWN_POINT, "there is no such service"),
    3: (Refusal.UNKNOWN_POINT, "there is no such property"),
    4: (Refusal.UNKNOWN_POINT, "there is no such event"),
    5: (Refusal.UNKNOWN_POINT, "there is no such action"),
    11: (Refusal.INTERNAL, "the device behind the gateway is offline"),
    13: (Refusal.NOT_READABLE, "cannot be read"),
    15: (Refusal.BAD_VALUE, "the action did not work"),
    23: (Refusal.NOT_WRITABLE, "cannot be written"),
    25: (Refusal.BAD_VALUE, "the action did not work with these arguments"),
    33: (Refusal.UNSUPPORTED, "cannot be subscribed to"),
    35: (Refusal.BAD_VALUE, "the action gave wrong results"),
    36: (Refusal.INTERNAL, "the device behind the gateway did not answer in time"),
    43: (Refusal.BAD_VALUE, "the value is not one the device takes"),
    100: (Refusal.NOT_WRITABLE, "impossible in the state the device is in"),
    101: (Refusal.INTERNAL, "there is no infrared code for this"),
    **dict.fromkeys(
        range(901, 906), (Refusal.INTERNAL, "the device could not authorise this with its maker")
    ),
}


def item_meaning(code: int) -> tuple[Refusal, str]:
    """What an item's code says: the refusal and a clause for a person, with the number at its end."""
    known = _ITEM.get(code)
    if known is None and -709_999_999 <= code <= -700_000_000:
        known = _CLOUD.get(-code % 1000)
    why, text = known or (Refusal.INTERNAL, "the device gave an error nobody has described")
    return why, f"{text} (code {code})"


def item_code(why: Refusal) -> int:
    """DEVICE: the code that says this refusal of one property or action."""
    return _CODE_OF[why]


class Next(Enum):
    """What an outer error means for the call."""

    NO = "no"
    AGAIN = "again"
    SILENT_INSIDE = "silent inside"
    """-9999: the network module is there, the appliance behind it did not answer, or the list was too long."""


class Trouble(NamedTuple):
    """An outer error, read."""

    what: Next
    why: Refusal
    text: str


def outer_trouble(error: Any) -> Trouble:
    """What `{"error": …}` says; any shape is taken."""
    code, message = 0, ""
    if isinstance(error, dict):
        # python-miio's simulator calls its text "error".
        given, said = error.get("code"), error.get("message", error.get("error"))
        code = given if type(given) is int else 0
        message = " ".join(said[:120].split()) if isinstance(said, str) else ""
    elif isinstance(error, str):
        message = error[:120]
    shown = f"{message or 'no text'} (code {code})"
    if "busy" in message.lower():
        return Trouble(Next.AGAIN, Refusal.BUSY, f"the device is busy: {shown}")
    if code == INVALID_ANSWER:
        return Trouble(Next.AGAIN, Refusal.INTERNAL, f"the device stumbled over its own answer: {shown}")
    if code == ACK_TIMEOUT:
        return Trouble(
            Next.SILENT_INSIDE, Refusal.INTERNAL, f"the appliance's controller gave no answer: {shown}"
        )
    if code == BAD_ARGUMENT:
        return Trouble(
            Next.NO, Refusal.BAD_VALUE, f"the device does not take this command or argument: {shown}"
        )
    why, text = item_meaning(code)
    return Trouble(Next.NO, why, f"{text}: {message}" if message else text)


def outer_error(why: Refusal) -> dict[str, Any]:
    """DEVICE: the outer error that says no to a whole request."""
    if why is Refusal.UNSUPPORTED:
        return {"code": UNKNOWN_METHOD, "message": "method not supported"}
    if why is Refusal.BUSY:
        return {"code": BAD_ARGUMENT, "message": "busy"}
    if why is Refusal.BAD_VALUE:
        return {"code": BAD_ARGUMENT, "message": "bad argument"}
    return {"code": item_code(why), "message": str(why).replace("_", " ")}
