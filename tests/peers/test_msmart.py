"""msmart-ng (MIT) finds, unlocks, reads and sets our virtual air conditioner, as V2 and as V3.

Every field that it knows is compared with what our device holds, in both directions.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.peers import peer

from jiahe.virtual.resident import Resident

MODES = {"auto": "AUTO", "cool": "COOL", "dry": "DRY", "heat": "HEAT", "fan": "FAN_ONLY"}
FANS = {"auto": "AUTO", "silent": "SILENT", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "full": "MAX"}
SWINGS = {(False, False): "OFF", (True, False): "VERTICAL", (False, True): "HORIZONTAL", (True, True): "BOTH"}


class Msmart:
    """The peer's program, asked line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def __call__(self, do: str, **arguments: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        async with asyncio.timeout(peer.LIMIT):
            line = await self._process.stdout.readline()
        assert line, "the peer's program ended; its last words are above"
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def msmart() -> AsyncIterator[Msmart]:
    process = await asyncio.create_subprocess_exec(
        peer.program("msmart", "python"),
        str(peer.HERE / "msmart_client.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Msmart(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        done, _ = await asyncio.wait((asyncio.ensure_future(process.wait()),), timeout=5.0)
        if not done:
            process.kill()
            await process.wait()


def connection(device: Resident) -> dict[str, Any]:
    keys = {name: secret.hex() for name, secret in device.identity.secrets.items()}
    return {"host": device.address, "id": int(device.identity.hardware_id), **keys}


def ours(device: Resident) -> dict[str, Any]:
    """What our device holds, in the peer's words."""
    now = device.unit.virtual.values
    return {
        "online": True,
        "supported": True,
        "power_state": now["power"],
        "target_temperature": now["target_temperature"],
        "operational_mode": MODES[str(now["mode"])],
        "fan_speed": FANS.get(str(now["fan_mode"])) or device.unit.virtual.raw("fan_mode"),
        "swing_mode": SWINGS[bool(now["swing_vertical"]), bool(now["swing_horizontal"])],
        "eco": now["eco"],
        "turbo": now["turbo"],
        "sleep": now["sleep"],
        "display_on": now["display"],
        "indoor_temperature": now["temperature"],
        "outdoor_temperature": now["outdoor_temperature"],
        "error_code": 0,
    }


async def agree(ask: Msmart, device: Resident, do: str = "refresh", **expected: Any) -> None:
    """What the peer knows after it did this is what our device holds.

    It takes any frame for the answer to its question, a push that comes between too: then it looks again, and at the
    latest then it must agree.
    """
    held = {**ours(device), **expected}
    for _ in range(5):
        said = await ask(do)
        if all(said[name] == value for name, value in held.items()):
            return
        do = "refresh"
    assert {name: said[name] for name in held} == held


STATES: tuple[dict[str, Any], ...] = (
    {"power": True, "mode": "cool", "target_temperature": 23.5, "fan_mode": "low", "temperature": 26.3,
     "outdoor_temperature": 34.7, "swing_vertical": True},
    {"mode": "heat", "target_temperature": 30.0, "fan_mode": "full", "temperature": 0.4,
     "outdoor_temperature": -7.6, "swing_horizontal": True, "turbo": True},
    {"mode": "dry", "target_temperature": 16.0, "fan_mode": "silent", "temperature": 19.9,
     "outdoor_temperature": -0.5, "swing_vertical": False, "turbo": False, "sleep": True, "display": False},
    {"power": False, "mode": "auto", "target_temperature": 16.5, "fan_mode": "auto", "temperature": 35.0,
     "outdoor_temperature": 43.1, "swing_horizontal": False, "sleep": False, "eco": True, "display": True},
    {"mode": "fan", "target_temperature": 29.5, "fan_mode": "high", "eco": False, "temperature": 25.0,
     "outdoor_temperature": 0.0},
)  # fmt: skip

WISHES: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"power_state": True, "operational_mode": "COOL", "target_temperature": 23.5, "fan_speed": "MEDIUM"},
     {"power": True, "mode": "cool", "target_temperature": 23.5, "fan_mode": "medium"}),
    ({"swing_mode": "BOTH", "eco": True}, {"swing_vertical": True, "swing_horizontal": True, "eco": True}),
    ({"swing_mode": "HORIZONTAL", "eco": False, "turbo": True},
     {"swing_vertical": False, "swing_horizontal": True, "eco": False, "turbo": True}),
    ({"operational_mode": "HEAT", "target_temperature": 16.0, "turbo": False, "sleep": True},
     {"mode": "heat", "target_temperature": 16.0, "turbo": False, "sleep": True}),
    ({"target_temperature": 30.0, "fan_speed": 47, "sleep": False},
     {"target_temperature": 30.0, "fan_mode": "custom", "sleep": False}),
    ({"operational_mode": "FAN_ONLY", "fan_speed": "AUTO", "swing_mode": "OFF", "power_state": False},
     {"mode": "fan", "fan_mode": "auto", "swing_horizontal": False, "power": False}),
)  # fmt: skip


@pytest.mark.parametrize("version", [2, 3])
async def test_it_finds_unlocks_reads_and_sets(version: int) -> None:
    device = peer.maker().conditioner(version, version=version)
    async with msmart() as ask, peer.playing(device):
        virtual = device.unit.virtual
        found = (await ask("discover", host=device.address))["found"]
        assert found is not None
        assert {name: found[name] for name in ("ip", "port", "id", "sn", "version")} == {
            "ip": device.address,
            "port": 6444,
            "id": int(device.identity.hardware_id),
            "sn": virtual.facts["serial"],
            "version": version,
        }
        assert await ask("connect", **connection(device)) == {"connected": True}

        able = await ask("capabilities")
        assert (able["min_target_temperature"], able["max_target_temperature"]) == (16, 30)
        assert set(MODES.values()) <= set(able["supported_modes"])
        assert set(SWINGS.values()) == set(able["supported_swing_modes"])
        assert {"ECO", "TURBO", "CUSTOM_FAN_SPEED", "DISPLAY_CONTROL"} <= set(able["additional_capabilities"])
        assert able["energy"] is True

        await agree(ask, device)
        for state in STATES:
            virtual.set(state)
            await agree(ask, device)
        virtual.set({"energy": 412.57, "electric_power": 873.4})
        await agree(ask, device, total_energy=412.57, power=873.4)

        for wish, held in WISHES:
            await ask("apply", values=wish)
            assert {path: virtual.values[path] for path in held} == held
            await agree(ask, device)
        assert virtual.raw("fan_mode") == 102
        assert virtual.values["display"] is True
        await agree(ask, device, "toggle_display", display_on=False)


async def test_a_wrong_key_or_token_opens_nothing() -> None:
    device = peer.maker().conditioner(4, version=3)
    async with peer.playing(device), msmart() as first, msmart() as second:
        right = connection(device)
        before = dict(device.unit.virtual.values)
        wrong_key = {**right, "key": "5a" * 32}
        wrong_token = {**right, "token": "a5" * 64}
        answers = await asyncio.gather(first("connect", **wrong_key), second("connect", **wrong_token))
        assert all(answer.get("error", "").startswith("authentication") for answer in answers), answers
        unlocked = await first("connect", **{**right, "token": "", "key": ""})
        assert unlocked == {"connected": True}  # a V2 client: nothing is asked of the device yet
        assert (await first("refresh"))["online"] is False
        assert dict(device.unit.virtual.values) == before
        assert await second("connect", **right) == {"connected": True}
        await agree(second, device)
