"""Answers that change something.

Owns those handlers; each waits until its change is on disk before it says so.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from jiahe.home.permission import Verb
from jiahe.home.resource import room
from jiahe.home.token_list import read_tokens
from jiahe.model.device import Device
from jiahe.model.errors import AuthError, OutOfDefinition, SpecError, UnknownName
from jiahe.model.happening import Command, Outcome, PropertyRef, Status
from jiahe.model.reasons import say
from jiahe.model.said import spoken, told
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import AdoptRequest
from jiahe.web.sight import Sight
from jiahe.web.view import room_body

TIMEOUT = 10.0
"""Seconds for a command that does not say how long."""
SEARCH = 3.0
"""Seconds for a search that does not say how long: a device that answers does so within one."""


async def post_command(call: Call) -> web.StreamResponse:
    """Operate a device and wait for the outcome (or, with wait=0, only until the command is written down)."""
    body, dispatch = call.body, call.doors.dispatch
    device = call.sight.device(body["device"])
    timeout = float(body.get("timeout", TIMEOUT))
    if ("property" in body) == ("action" in body):
        raise OutOfDefinition("property", say("either_or"))
    if "property" in body:
        if "value" not in body or "arguments" in body:
            raise OutOfDefinition("value", say("value_only"))
        target = _admitted(call, device, body["property"])
        command = dispatch.submit(target, call.cause(), value=body["value"], timeout=timeout)
    else:
        if "value" in body:
            raise OutOfDefinition("value", say("arguments_only"))
        target = _admitted(call, device, body["action"], action=True)
        command = dispatch.submit(target, call.cause(), arguments=body.get("arguments", []), timeout=timeout)
    if call.query.get("wait", 1) == 0:
        await _written(call)
        return json_answer({"id": command.id}, 202)
    outcome = await dispatch.outcome(command.id)
    await _written(call)
    return json_answer(_command_body(command, outcome))


def _admitted(call: Call, device: Device, path: str, *, action: bool = False) -> PropertyRef:
    """What is to be operated, if whoever asks may. What they do not see is not there."""
    profile = call.sight.profile(device)
    (profile.action if action else profile.property)(path)
    resource = call.sight.resource(device.id, path)
    call.require(Verb.OPERATE, resource)
    call.require_second_factor([resource])
    return PropertyRef(device.id, path)


async def get_command(call: Call) -> web.StreamResponse:
    """A command and how it ended."""
    found = call.doors.dispatch.find(call.path())
    if found is None or not call.sight.sees(*found[0].target):
        raise UnknownName(say("gone_command", name=repr(call.path()[:60])))
    await _written(call)
    return json_answer(_command_body(*found, call.sight))


async def patch_device(call: Call) -> web.StreamResponse:
    """Rename a device, or move it to another room."""
    if not call.body:
        raise OutOfDefinition("name", say("change_something", names="`name`, `room`"))
    if (area := call.body.get("room")) and (
        area not in call.doors.home.rooms or not call.sight.sees_room(area)
    ):
        raise UnknownName(say("gone_room", name=repr(area[:60])))
    if area:
        call.require(Verb.CONFIGURE, room(area))
    device = await call.doors.home.change(
        call.path(), cause=call.cause(), name=call.body.get("name"), area=call.body.get("room")
    )
    await _written(call)
    return json_answer(await call.service.view.device(device, call.sight))


async def delete_device(call: Call) -> web.StreamResponse:
    """The device leaves the home; its records stay."""
    await call.doors.remove(call.doors.home.device(call.path()).id, call.cause())
    await _written(call)
    return empty_answer()


async def post_device(call: Call) -> web.StreamResponse:
    """Take a device into the home."""
    try:
        device = await call.doors.adopt(AdoptRequest(cause=call.cause(), **call.body))
    except AuthError as error:  # the device's refusal, not ours: the person may do this, the key does not fit
        raise Refused(422, "wrong_key", spoken(error), property_name="token") from None
    await _written(call)
    return json_answer(await call.service.view.device(device, call.sight), 201)


async def post_keys(call: Call) -> web.StreamResponse:
    """Keep keys until their devices are adopted."""
    if call.doors.keep_keys is None:
        raise Refused(404, "no_keys", "This hub keeps no keys.")
    if ("keys" in call.body) == ("text" in call.body):
        raise OutOfDefinition("keys", say("list_or_keys"))
    rows, left_out = (call.body["keys"], ()) if "keys" in call.body else _listed(call.body["text"])
    kept = await call.doors.keep_keys(rows) if rows else 0
    call.doors.record_security("keys_kept", call.cause().source, {"count": kept})
    said = {"left_out": list(left_out), "left_out_says": [told(one).get("says") for one in left_out]}
    return json_answer({"kept": kept} | (said if left_out else {}))


def _listed(text: str) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The rows of an extractor's list, and what of it cannot be used; OutOfDefinition where it is none."""
    try:
        found = read_tokens(text, "the list")
    except SpecError as error:
        raise OutOfDefinition("text", spoken(error)) from None
    rows = [
        {"family": one.family, "hardware_id": one.hardware_id, "address": one.address, **one.secrets}
        for one in found.devices
    ]
    return rows, found.left_out


async def post_discover(call: Call) -> web.StreamResponse:
    """Look for devices on the network; one search at a time."""
    if call.service.searching.locked():
        raise Refused(409, "searching", "A search is under way: wait for its end.")
    async with call.service.searching:
        found = await call.doors.discover(
            call.body.get("addresses", []), float(call.body.get("seconds", SEARCH))
        )
    return json_answer({"found": [dict(row) for row in found]})


async def post_room(call: Call) -> web.StreamResponse:
    """A new room."""
    made = await call.doors.home.add_room(call.body["name"], call.cause())
    await _written(call)
    return json_answer(room_body(made), 201)


async def patch_room(call: Call) -> web.StreamResponse:
    """A room's new name."""
    made = await call.doors.home.rename_room(call.path(), call.body["name"], call.cause())
    await _written(call)
    return json_answer(room_body(made))


async def delete_room(call: Call) -> web.StreamResponse:
    """The room goes; its devices stay, in no room."""
    await call.doors.home.remove_room(call.path(), call.cause())
    await _written(call)
    return empty_answer()


async def put_faults(call: Call) -> web.StreamResponse:
    """Make something go wrong with one of the demo's devices, or right again."""
    if call.doors.virtual is None:
        raise Refused(404, "no_demo", "Only the demo has virtual devices.")
    return json_answer(await call.doors.virtual.put_faults(call.path(), call.body))


async def _written(call: Call) -> None:
    await call.doors.journal.committed(call.doors.journal.last_seq)


def _command_body(command: Command, outcome: Outcome | None, sight: Sight | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"id": command.id, "device": command.target.device}
    if command.arguments is None:
        body |= {"property": command.target.path, "value": command.value}
    else:
        body |= {"action": command.target.path, "arguments": list(command.arguments)}
    if outcome is None:
        return body | {"status": "waiting", "reason": "", "at": command.issued_at}
    tells = sight is None or outcome.status is not Status.REFUSED or sight.knows(command.cause)
    return body | {
        "status": outcome.status.value,
        "reason": outcome.reason if tells else "",  # a refusal says who was refused
        **(told(outcome.reason) if tells else {}),
        "at": outcome.at,
    }
