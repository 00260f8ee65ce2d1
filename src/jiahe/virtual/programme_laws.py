"""Cooking and washing: programmes that count down, and what happens meanwhile. Pure laws; no protocol."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

from jiahe.model.definition import Value
from jiahe.virtual.law import MINUTE, ROOM, Hidden, Law, Now, Then, counted, kept, number, toward

# ---- cooking --------------------------------------------------------------------------------------------------

COOKING = 40.0
"""Minutes of a programme whose time nobody gave."""


def _cook_rice(now: Now, hidden: Hidden, seconds: float) -> Then:
    status = now.get("status")
    then: Then = {}
    if status == "delayed":
        left, then["delay_start"] = counted(now, hidden, "delay_start", seconds)
        if not left:
            status = then["status"] = "cooking"
    elif status == "cooking":
        left, then["remaining_time"] = counted(now, hidden, "remaining_time", seconds)
        if not left:
            status = then["status"] = "keeping_warm"
            then["keep_warm_time"] = 0
    elif status == "keeping_warm":
        hidden["warm"] = kept(hidden, "warm", number(now, "keep_warm_time") * MINUTE, MINUTE) + seconds
        then["keep_warm_time"] = int(hidden["warm"] // MINUTE)
    goal = {"cooking": 100.0, "keeping_warm": 68.0}.get(str(status), ROOM)
    for path, lag in (("bottom_temperature", 6 * MINUTE), ("top_temperature", 9 * MINUTE)):
        fine = toward(kept(hidden, path, number(now, path, ROOM), 1.0), goal, seconds, lag)
        hidden[path] = fine
        then[path] = round(fine)
    return then


def _start_rice(arguments: tuple[Value, ...]) -> Then:
    programme, minutes, delay = arguments
    return {
        "programme": programme,
        "remaining_time": minutes or int(COOKING),
        "delay_start": delay,
        "keep_warm_time": 0,
        "status": "delayed" if delay else "cooking",
    }


def _stop_rice(_: tuple[Value, ...]) -> Then:
    return {"status": "idle", "remaining_time": 0, "delay_start": 0, "keep_warm_time": 0}


RICE_COOKER = Law(
    {"status": "idle", "top_temperature": 22, "bottom_temperature": 22, "voltage": 228.0},
    _cook_rice,
    {"start": _start_rice, "stop": _stop_rice},
)


def _work(now: Now, hidden: Hidden, seconds: float) -> Then:
    """A microwave or an oven: counts its minutes down while it works, and says when it has finished."""
    if now.get("status") != "working":
        return {}
    left, _ = counted(now, hidden, "remaining_time", seconds)
    then: Then = {"remaining_time": round(math.ceil(left) / MINUTE, 6)}
    if not left:
        then["status"] = "finished"
    return then


def _bake(now: Now, hidden: Hidden, seconds: float) -> Then:
    goal = number(now, "target_temperature", 180.0) if now.get("status") == "working" else ROOM
    fine = toward(
        kept(hidden, "temperature", number(now, "temperature", ROOM), 1.0), goal, seconds, 5 * MINUTE
    )
    hidden["temperature"] = fine
    return {**_work(now, hidden, seconds), "temperature": float(round(fine))}


def _start_microwave(arguments: tuple[Value, ...]) -> Then:
    minutes, fire = arguments
    return {
        "status": "working",
        "programme": "microwave",
        "remaining_time": number({"m": minutes}, "m"),
        "fire": fire,
    }


MICROWAVE = Law(
    {"status": "idle", "temperature": 22.0},
    _work,
    {
        "start": _start_microwave,
        "pause": lambda _: {"status": "paused"},
        "resume": lambda _: {"status": "working"},
        "stop": lambda _: {"status": "idle", "remaining_time": 0.0},
    },
)
OVEN = Law(
    {"status": "working", "temperature": 22.0, "target_temperature": 180.0, "remaining_time": 45.0}, _bake
)
STEAM_OVEN = Law({"status": "working", "temperature": 22.0, "remaining_time": 30.0}, _bake)


# ---- washing --------------------------------------------------------------------------------------------------


def _phase(left: float, whole: float, phases: tuple[str, ...]) -> str:
    """Which of some equally long phases it is in."""
    done = 1.0 - left / whole if whole else 1.0
    return phases[min(int(done * len(phases)), len(phases) - 1)]


def _wash(
    phases: tuple[str, ...], idle: str, ended: str, at_the_end: str
) -> Callable[[Now, Hidden, float], Then]:
    def step(now: Now, hidden: Hidden, seconds: float) -> Then:
        if not now.get("power"):
            return {"status": idle, "running": False, "remaining_time": 0, "phase": "idle"}
        if now.get("status") == idle and idle == "off":
            return {"status": "idle"}
        if not now.get("running"):
            return {}
        left, shown = counted(now, hidden, "remaining_time", seconds)
        hidden["whole"] = max(hidden.get("whole", 0.0), left)
        if not left:
            hidden["whole"] = 0.0
            return {"status": ended, "running": False, "remaining_time": 0, "phase": at_the_end}
        return {"remaining_time": shown, "phase": _phase(left, hidden["whole"], phases)}

    return step


MINUTES = MappingProxyType({"intensive": 130, "eco": 180, "fast": 30, "one_hour": 60, "ninety_minutes": 90})
"""Of a dishwasher's programmes; others take two hours."""


def _start_dishes(arguments: tuple[Value, ...]) -> Then:
    (programme,) = arguments
    minutes = MINUTES.get(str(programme), 120)
    return {
        "power": True, "status": "running", "running": True, "programme": programme, "remaining_time": minutes,
    }  # fmt: skip


DISHWASHER = Law(
    {"power": True, "status": "idle", "water_temperature": 20.0},
    _wash(("pre_wash", "wash", "rinse", "dry"), "off", "idle", "complete"),
    {
        "start": _start_dishes,
        "pause": lambda _: {"running": False},
        "resume": lambda _: {"running": True},
    },
)
WASHER = Law(
    {"power": True, "status": "standby"},
    _wash(("wash", "rinse", "spin"), "idle", "finished", "idle"),
    {
        "start": lambda _: {"status": "running", "running": True, "remaining_time": 48},
        "pause": lambda _: {"status": "paused", "running": False},
    },
)
