"""A product file played on the network: a virtual device with its keys, and faults on demand while it runs.

Owns the unit's life and the words that steer it; never a device's behaviour (virtual/ has it).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from jiahe.catalog.product import Product
from jiahe.kit.conformance import WallClock
from jiahe.kit.twin import make_twin
from jiahe.model.definition import Kind, Value
from jiahe.model.errors import JiaheError, LinkError, OutOfDefinition
from jiahe.virtual.fault import Faults
from jiahe.virtual.serve import ENDS, Unit

PLACES = 32
"""Addresses tried, so that many products can be played on one machine."""
HELP = (
    "set PROPERTY VALUE · fault NAME[=VALUE] · fault none · reboot · show · quit"
    "   (faults: mute, delay, loss, duplicate, wrong_key, wrong_checksum)"
)


def _hosts(family: str) -> tuple[str, ...]:
    """Where it listens unless told otherwise: the first free address of its own, as a device has one.

    Each family has a network to itself: two families' ports would share an address without being in each other's way,
    and whoever asks that address who it is hears both.
    """
    number = sorted(ENDS).index(family) if family in ENDS else len(ENDS)
    return (*(f"127.79.{number}.{place}" for place in range(1, PLACES + 1)), "127.0.0.1")


class Played:
    """One product on the network: `await Played.start(…)`, then `told(line)` for what somebody types."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    @classmethod
    async def start(cls, product: Product, address: str, seed: int, faults: Mapping[str, Any]) -> Played:
        """Listens at the address, or at the first free one; LinkError where that cannot be, UnknownName where nobody
        plays its family."""
        unit = make_twin(product, WallClock(), seed)
        unit.faults = Faults.of(faults)
        trouble: LinkError | None = None
        for host in (address,) if address else _hosts(product.family):
            try:
                await unit.start(host)
            except LinkError as error:
                trouble = error
            else:
                return cls(unit)
        raise trouble or LinkError("there is no address to listen at")

    def card(self) -> dict[str, Any]:
        """What is needed to adopt it. Its keys are made up and protect nothing, so that they may be shown."""
        unit = self.unit
        return {
            "product": unit.virtual.product.id,
            "address": unit.host,
            "port": unit.port,
            "hardware_id": unit.identity.hardware_id,
            **{name: key.hex() for name, key in unit.identity.secrets.items()},
        }

    async def told(self, line: str) -> str:
        """Does what was typed; the answer. JiaheError where it makes no sense."""
        verb, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if verb == "set":
            path, _, text = rest.partition(" ")
            definition = self.unit.virtual.product.profile.property(path)
            self.unit.virtual.set({path: _value(definition.kind, text.strip(), path)})
            return f"{path} = {json.dumps(self.unit.virtual.values[path], ensure_ascii=False)}"
        if verb == "fault":
            self.unit.faults = Faults() if rest == "none" else Faults.of(fault_of(rest), self.unit.faults)
            return json.dumps(self.unit.faults.as_json())
        if verb == "reboot":
            await self.unit.reboot()
            return "it is back"
        if verb == "show":
            return json.dumps(dict(self.unit.virtual.values), ensure_ascii=False)
        return HELP


def fault_of(text: str) -> dict[str, Any]:
    """ "mute" or "loss=0.3" as a fault; OutOfDefinition where the value is none."""
    name, equals, given = text.partition("=")
    if not equals or given in ("on", "true", "yes"):
        return {name: True}
    if given in ("off", "false", "no"):
        return {name: False}
    try:
        return {name: float(given)}
    except ValueError:
        raise OutOfDefinition(name, f"takes a number, on or off, not {given!r:.40}") from None


def _value(kind: Kind, text: str, path: str) -> Value:
    if kind is Kind.BOOL:
        if text not in ("on", "off", "true", "false"):
            raise OutOfDefinition(path, "takes on or off")
        return text in ("on", "true")
    if kind in (Kind.INT, Kind.FLOAT):
        try:
            number = float(text)
        except ValueError:
            raise OutOfDefinition(path, f"takes a number, not {text!r:.40}") from None
        return int(number) if kind is Kind.INT and number == int(number) else number
    return text


async def serve(played: Played, lines: asyncio.Queue[str | None], say: Any) -> None:
    """Answers what is typed until `quit` or, where nobody can type (None), until cancelled."""
    try:
        while True:
            line = await lines.get()
            if line is None:
                await asyncio.Event().wait()
            elif line.strip() in ("quit", "exit"):
                return
            elif line.strip():
                try:
                    say(await played.told(line))
                except JiaheError as error:
                    say(str(error))
    finally:
        await played.unit.close()
