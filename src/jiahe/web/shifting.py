"""What electricity costs, and starts that wait for it to be cheaper, over HTTP. Owns those handlers; the hub decides.

A start is planned by who may operate the device, as if they started it now; what somebody does not see has no plans for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from jiahe.home.permission import Verb
from jiahe.model.errors import JiaheError, UnknownName
from jiahe.model.reasons import say
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import ShiftsDoor, TariffsDoor


def _tariffs(call: Call) -> TariffsDoor:
    if call.doors.tariffs is None:
        raise Refused(404, "no_tariffs", "This home keeps no tariffs.")
    return call.doors.tariffs


def _shifts(call: Call) -> ShiftsDoor:
    if call.doors.shifts is None:
        raise Refused(404, "no_shifts", "This home plans no starts.")
    return call.doors.shifts


# ---- tariffs -----------------------------------------------------------------------------------------------------------


async def get_tariffs(call: Call) -> web.StreamResponse:
    """All tariffs, which one holds, and its prices ahead."""
    return json_answer(_tariffs(call).state())


async def put_choice(call: Call) -> web.StreamResponse:
    """Choose the tariff that holds."""
    await _tariffs(call).choose(call.body["id"])
    return json_answer(_tariffs(call).state())


async def put_tariff(call: Call) -> web.StreamResponse:
    """Write a tariff of one's own."""
    await _tariffs(call).put(call.path(), call.body)
    return json_answer(_tariffs(call).state())


async def delete_tariff(call: Call) -> web.StreamResponse:
    """Take a tariff of one's own away."""
    await _tariffs(call).remove(call.path())
    return empty_answer()


# ---- starts ------------------------------------------------------------------------------------------------------------


async def get_shifts(call: Call) -> web.StreamResponse:
    """What is planned, and what can be."""
    return json_answer(_shown(call))


async def post_shift(call: Call) -> web.StreamResponse:
    """Plan a start, or only look at what it would be."""
    shifts, sight, body = _shifts(call), call.sight, dict(call.body)
    device = sight.device(body["device"])
    only_show = bool(body.pop("preview", False))
    try:
        path = shifts.way(device.id).path
    except JiaheError:
        path = ""  # whoever may not operate it is not told either that it cannot wait
    target = sight.resource(device.id, path)
    call.require(Verb.OPERATE, target)
    call.require_second_factor([target])
    row = await shifts.plan(body, call.cause(), only_show=only_show)
    return json_answer(_row(call, row), status=200 if only_show else 201)


async def delete_shift(call: Call) -> web.StreamResponse:
    """Take a planned start back."""
    shifts, name = _shifts(call), call.path()
    one = shifts.planned(name)
    if not call.sight.sees(one.device, one.path):
        raise UnknownName(say("gone_shift", name=repr(name[:60])))
    call.require(Verb.OPERATE, call.sight.resource(one.device, one.path))
    await shifts.cancel(name, call.cause())
    return empty_answer()


def _shown(call: Call) -> dict[str, Any]:
    state = _shifts(call).state(call.sight.sees)
    planned, can = (
        [row for row in state[rows] if call.sight.sees(str(row["device"]), str(row["path"]))]
        for rows in ("planned", "can")
    )
    return {**state, "planned": [_row(call, row) for row in planned], "can": can}


def _row(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """Without the id of who planned it, and without their name for whoever may not know it."""
    shown = {key: value for key, value in row.items() if key != "who"}
    knows = call.sight.trusted or row["who"] == call.principal.id
    shown["by_name"] = row["by_name"] if knows else ""
    if not knows and shown["why"]:
        shown["why"] = {**shown["why"], "figures": {**shown["why"]["figures"], "who": ""}}
    shown["operable"] = call.sight.may(
        Verb.OPERATE, call.sight.resource(str(row["device"]), str(row["path"]))
    )
    return shown
