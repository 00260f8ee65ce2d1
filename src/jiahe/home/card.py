"""A device's card as a document. Owns its keys and what may stand in them; never a profile or a secret.

The profile is not kept: it is made anew from the product at every start.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

FACTS_LIMIT = 64 * 1024
"""Bytes of JSON that a device may say about itself."""
ADDRESS_LIMIT = 255
"""Characters, the longest host name."""


def card_body(device: Device) -> dict[str, Any]:
    """What is kept of a device."""
    return {
        "name": device.name,
        "product": device.product,
        "family": device.family,
        "hardware_id": device.hardware_id,
        "address": device.address,
        "area": device.area,
        "adopted_at": device.adopted_at,
        "facts": dict(device.facts),
    }


def card_from(id_: str, body: Mapping[str, Any], profile: Profile, rooms: Container[str]) -> Device:
    """The device of a document; one that stands in a room that is gone stands in none."""
    return Device(
        id=id_,
        name=body["name"],
        product=body["product"],
        profile=profile,
        family=body["family"],
        hardware_id=body["hardware_id"],
        address=body["address"],
        area=body["area"] if body["area"] in rooms else "",
        adopted_at=body["adopted_at"],
        facts=MappingProxyType(dict(body["facts"])),
    )


def checked_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a device told about itself, frozen; OutOfDefinition where it cannot be kept."""
    try:
        text = json.dumps(dict(facts), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise OutOfDefinition("facts", say("facts_json", why=error)) from error
    if len(text) > FACTS_LIMIT:
        raise OutOfDefinition("facts", say("facts_large", most=FACTS_LIMIT), FACTS_LIMIT)
    return MappingProxyType(json.loads(text))


def checked_address(text: str) -> str:
    """An address as a person may give it, or OutOfDefinition."""
    if not 0 < len(text) <= ADDRESS_LIMIT or not text.isprintable() or " " in text:
        raise OutOfDefinition("address", say("host_or_port"), "host:port")
    return text
