"""Operates an air conditioner with msmart-ng (MIT), as told line by line; run by its own Python, never imported.

Each line of input is {"do": step, …}, each line of output the answer: what the peer knows afterwards, or
{"error": "…"}. Uses none of our code: what it says is the peer's own reading of what our device sent.
"""

import asyncio
import enum
import json
import sys
from typing import Any

from msmart.device import AirConditioner
from msmart.discover import Discover
from msmart.lan import AuthenticationError

STATE = (
    "online", "supported", "power_state", "target_temperature", "operational_mode", "fan_speed", "swing_mode", "eco",
    "turbo", "sleep", "freeze_protection", "fahrenheit", "follow_me", "display_on", "indoor_temperature",
    "outdoor_temperature", "error_code",
)  # fmt: skip
ENUMS = {
    "operational_mode": AirConditioner.OperationalMode,
    "fan_speed": AirConditioner.FanSpeed,
    "swing_mode": AirConditioner.SwingMode,
}


def plain(value: Any) -> Any:
    return value.name if isinstance(value, enum.Enum) else value


def state(device: Any) -> dict[str, Any]:
    shown = {name: plain(getattr(device, name)) for name in STATE}
    shown["total_energy"] = device.get_total_energy_usage()
    shown["power"] = device.get_real_time_power_usage()
    return shown


def abilities(device: Any) -> dict[str, Any]:
    shown = {**device.capabilities_dict(), "energy": device.enable_energy_usage_requests}
    return {
        name: [plain(one) for one in value] if isinstance(value, list) else value
        for name, value in shown.items()
    }


async def discover(line: dict[str, Any]) -> dict[str, Any]:
    """One host, or with {"do": "discover_all"} whoever answers a broadcast."""
    how: dict[str, Any] = {"auto_connect": False, "timeout": 0.5, "discovery_packets": 1}
    found = await (
        Discover.discover(**how) if "host" not in line else Discover.discover_single(line["host"], **how)
    )
    if isinstance(found, list):
        return {"found": [shown(one) for one in found]}
    return {"found": shown(found)}


def shown(device: Any) -> Any:
    names = ("ip", "port", "id", "sn", "name", "type", "version")
    return device and {name: plain(getattr(device, name, None)) for name in names}


async def step(line: dict[str, Any], device: Any) -> dict[str, Any]:
    """What is asked for by this line."""
    if line["do"] == "capabilities":
        await device.get_capabilities()
        return abilities(device)
    if line["do"] == "apply":
        for name, value in line["values"].items():
            setattr(device, name, ENUMS[name][value] if name in ENUMS and isinstance(value, str) else value)
        await device.apply()
    elif line["do"] == "toggle_display":
        await device.toggle_display()
    else:
        await device.refresh()
    return state(device)


async def main() -> None:
    device: Any = None
    while text := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        line = json.loads(text)
        try:
            if line["do"].startswith("discover"):
                answer = await discover(line)
            elif line["do"] == "connect":
                device = AirConditioner(line["host"], line["id"], 6444)
                if line.get("token"):
                    await device.authenticate(line["token"], line["key"])
                answer = {"connected": True}
            else:
                answer = await step(line, device)
        except AuthenticationError as error:
            answer = {"error": f"authentication: {error}"}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
