"""Answers and errors as JSON.

Owns how they are written and which status an error has; never a stack trace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from aiohttp import web

from jiahe.home.keep import Full, Taken
from jiahe.home.password import Busy
from jiahe.home.throttle import Throttled
from jiahe.model.errors import (
    AuthError,
    JiaheError,
    LinkError,
    OutOfDefinition,
    ProtocolError,
    SpecError,
    StoreError,
    UnknownName,
)
from jiahe.model.said import spoken, told

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Refused(JiaheError):  # an answer, not a failure of ours
    """A request that is answered with an error: its status, a word for programs and a sentence for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        property_name: str = "",
        bound: object = None,
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.more = more
        self.status, self.code, self.property_name, self.bound = status, code, property_name, bound
        super().__init__(message)


def dumps(body: object) -> bytes:
    """Strict JSON (a number that is none becomes null). Never fails on what a device may have said."""
    try:
        return orjson.dumps(body)
    except TypeError:  # an integer over 64 bits, or half a surrogate pair
        return orjson.dumps(_plain(body))


def json_answer(body: object, status: int = 200) -> web.Response:
    """A response with this JSON body."""
    return web.Response(body=dumps(body), status=status, content_type="application/json")


def empty_answer() -> web.Response:
    """204."""
    return web.Response(status=204)


def error_answer(error: JiaheError) -> web.Response:
    """The answer to an error of ours: whose fault it is gives the status, its text is the sentence."""
    status, code = _status(error)
    body: dict[str, Any] = {"code": code, "message": str(error), **_says(code, error)}
    if isinstance(error, OutOfDefinition | Refused):
        if error.property_name:
            body["property"] = error.property_name
        if error.bound is not None:
            body["bound"] = error.bound
    if isinstance(error, Refused):
        body |= error.more
    answer = json_answer({"error": body}, status)
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(retry_after(error))
    return answer


def _says(code: str, error: JiaheError) -> dict[str, Any]:
    """Which of our sentences the message is; where it is none of them, the one that holds of every error with this code: a
    reader of another language than the message's is never without words."""
    return told(spoken(error)) or {"says": {"code": f"answer_{code}", "figures": {}}}


def retry_after(error: Throttled) -> int:
    """Whole seconds after which another try is looked at."""
    return max(1, math.ceil(error.wait))


_STATUS: tuple[tuple[type[JiaheError], int, str], ...] = (
    (OutOfDefinition, 422, "out_of_definition"),
    (UnknownName, 404, "unknown_name"),
    (Taken, 409, "taken"),
    (Full, 409, "full"),
    (Throttled, 429, "too_many_attempts"),
    (Busy, 429, "busy"),
    (AuthError, 403, "not_allowed"),
    (LinkError, 502, "unreachable"),
    (ProtocolError, 502, "protocol"),
    (SpecError, 422, "product"),
    (StoreError, 507, "storage"),
)
"""The first row that fits, so the narrower class stands above the wider one."""


def _status(error: JiaheError) -> tuple[int, str]:
    if isinstance(error, Refused):
        return error.status, error.code
    for kind, status, code in _STATUS:
        if isinstance(error, kind):
            return status, code
    return 500, "internal"


def _plain(body: object) -> object:
    if isinstance(body, bool) or body is None:
        return body
    if isinstance(body, int):
        return body if -(2**63) <= body < 2**64 else str(body)
    if isinstance(body, str):
        return body.encode("utf-8", "replace").decode()
    if isinstance(body, Mapping):
        return {str(_plain(str(key))): _plain(value) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_plain(item) for item in body]
    return body
