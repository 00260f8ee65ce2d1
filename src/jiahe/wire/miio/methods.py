"""What a device understands: the table of methods. Owns which call goes where; never what is in one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

from jiahe.wire.miio import actions, properties
from jiahe.wire.miio.points import SCALARS, is_name, pair
from jiahe.wire.miio.properties import Heard
from jiahe.wire.talk import Answer, Write


class Row(NamedTuple):
    """A method: how its parameters are heard, and how its answer is said (given the echo that hearing kept)."""

    hear: Callable[[Any], Heard | None]
    say: Callable[[Any, Answer], Any]


METHODS: dict[str, Row] = {
    "get_properties": Row(properties.read_heard, properties.read_answer),
    "set_properties": Row(properties.write_heard, properties.write_answer),
    "action": Row(actions.act_heard, actions.act_answer),
    "get_prop": Row(properties.older_read_heard, properties.older_read_answer),
    "miIO.info": Row(actions.info_heard, actions.info_answer),
}


def row(method: str, known: Collection[str]) -> Row | None:
    """The row of a method, None where the device does not have it.

    `known` are the older methods of this device, and pairs of them as in `call:YES/NO`; `set_…` with one value is a Write of `call:set_…` and is always
    asked, for the product knows what it can write.
    """
    found = METHODS.get(method)
    if found is not None:
        return found
    if not is_name(method):
        return None
    for point in known:
        both = pair(point)
        if both is not None and method in both:
            return Row(partial(_pair_heard, point, method == both[0]), properties.older_write_answer)
    if method in known:
        return Row(partial(actions.method_heard, method), actions.method_answer)
    if method.startswith("set_"):
        return Row(partial(_set_heard, method), properties.older_write_answer)
    return None


def _pair_heard(point: str, yes: bool, params: Any) -> Heard | None:
    return Heard(Write({f"call:{point}": yes}), None) if params in ([], None) else None


def _set_heard(method: str, params: Any) -> Heard | None:
    if not isinstance(params, list) or len(params) != 1 or type(params[0]) not in SCALARS:
        return None
    return Heard(Write({f"call:{method}": params[0]}), None)
