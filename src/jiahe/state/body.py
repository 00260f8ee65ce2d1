"""Bodies of journal records: what is kept of an update, a command, an outcome. Owns the keys; both ways, pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiahe.model.happening import (
    Actor,
    Availability,
    Cause,
    Command,
    Outcome,
    PropertyRef,
    PropertyUpdate,
    Quality,
)
from jiahe.model.said import told


def sayable(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same body with foreign texts and numbers that JSON cannot say shown as text."""
    return {_sayable_text(str(key)): _sayable(value) for key, value in body.items()}


def _sayable(value: Any) -> Any:
    if isinstance(value, str):
        return _sayable_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return "a number of hundreds of digits" if abs(value) > 10**100 else str(value)
    if isinstance(value, Mapping):
        return sayable(value)
    if isinstance(value, list | tuple):
        return [_sayable(item) for item in value]
    return value


def _sayable_text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def cause_body(cause: Cause) -> dict[str, Any]:
    body = {"id": cause.id, "kind": cause.kind.value, "source": cause.source}
    if cause.parent is not None:
        body["parent"] = cause.parent
    return body


def cause_from(body: Mapping[str, Any]) -> Cause:
    return Cause(body["id"], Actor(body["kind"]), body["source"], body.get("parent"))


def update_body(update: PropertyUpdate) -> dict[str, Any]:
    body: dict[str, Any] = {
        "device": update.ref.device,
        "property": update.ref.path,
        "value": update.value,
        "quality": update.quality.value,
        "observed_at": round(update.observed_at, 3),
        "cause": cause_body(update.cause),
    }
    if update.quality is not Quality.GOOD:
        body["raw"] = update.raw
    return body


def update_from(body: Mapping[str, Any]) -> PropertyUpdate:
    return PropertyUpdate(
        PropertyRef(body["device"], body["property"]),
        body["value"],
        Quality(body["quality"]),
        body["observed_at"],
        cause_from(body["cause"]),
        body.get("raw", body["value"]),
    )


def command_body(command: Command) -> dict[str, Any]:
    body: dict[str, Any] = {"id": command.id, "device": command.target.device}
    if command.arguments is None:
        body |= {"property": command.target.path, "value": command.value}
    else:
        body |= {"action": command.target.path, "arguments": list(command.arguments)}
    return body | {"deadline": round(command.deadline, 3), "cause": cause_body(command.cause)}


def outcome_body(outcome: Outcome, command: Command) -> dict[str, Any]:
    target = "property" if command.arguments is None else "action"
    return {
        "command": outcome.command,
        "device": command.target.device,
        target: command.target.path,
        "status": outcome.status.value,
        "reason": outcome.reason,
        **told(outcome.reason),
        "cause": cause_body(command.cause),
    }


def availability_body(device: str, availability: Availability) -> dict[str, Any]:
    reason = availability.reason
    return {"device": device, "state": availability.state.value, "reason": reason, **told(reason)}
