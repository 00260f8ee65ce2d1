"""What is well with a home and what is not. Owns the list of checks and what to do about each; changes nothing.

Works beside a running hub: it reads the home's files, and is told by its caller what the hub says of itself.
"""

from __future__ import annotations

import asyncio
import shutil
import stat
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.hub.config import DATABASE, PRODUCTS
from jiahe.model.errors import JiaheError
from jiahe.storage.database import Database
from jiahe.transport import ble
from jiahe.web.doors import STATIC

LEAST_FREE = 200 * 1024 * 1024
"""Bytes: a year of a home's records; below it the disk fills before somebody looks again."""
FIRST_BELIEVABLE = 1_760_000_000.0
"""Epoch seconds, October 2025: a clock before it was never set, and records would be dated wrongly."""
KEY_FILE = "key"
CARRIED = "wristband"
"""The kind of device that goes out with its wearer."""
FAULTS_SHOWN = 20
"""Wrong product files that are named one by one."""


class Grade(StrEnum):
    WELL = "well"
    LOOK = "look"  # works, and somebody should look at it
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `advice` is what to do, empty when well."""

    check: str
    grade: Grade
    text: str
    advice: str = ""


async def examine(
    directory: Path, health: Mapping[str, Any] | None, home: Mapping[str, Any] | None
) -> AsyncIterator[Finding]:
    """Every finding, as it is made; `health` and `home` are a running hub's answers, None where none runs."""
    yield _python()
    yield _clock()
    yield _app()
    yield _bluetooth()
    for finding in _directory(directory):
        yield finding
    yield await asyncio.to_thread(_certificate, directory)
    for finding in _products(directory):
        yield finding
    for finding in await _database(directory):
        yield finding
    yield _hub(health)
    for device in (home or {}).get("devices", ()):
        yield _device(device)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", Grade.WELL, f"Python {version}")


def _clock() -> Finding:
    if time.time() < FIRST_BELIEVABLE:
        return Finding(
            "clock", Grade.BAD, "this machine's clock was never set", "set the time, then start the hub again"
        )
    return Finding("clock", Grade.WELL, time.strftime("%Y-%m-%d %H:%M %Z"))


def _app() -> Finding:
    if (STATIC / "index.html").is_file():
        return Finding("app", Grade.WELL, "the phone app is built")
    return Finding("app", Grade.LOOK, "the phone app is not built", "run `make install`")


def _bluetooth() -> Finding:
    """Bluetooth is for wristbands and small sensors only; a home without it is well."""
    lacking = ble.missing()
    if not lacking:
        return Finding("bluetooth", Grade.WELL, "an adapter for wristbands and Bluetooth sensors")
    return Finding(
        "bluetooth", Grade.WELL, f"none: {lacking} (only wristbands and Bluetooth sensors need it)"
    )


def _directory(directory: Path) -> list[Finding]:
    if not directory.is_dir():
        return [Finding("home", Grade.BAD, f"{directory} does not exist", "start a home with `jiahe up`")]
    return [_free(directory), _private(directory)]


def _free(directory: Path) -> Finding:
    free = shutil.disk_usage(directory).free
    text = f"{free / 1e9:.1f} GB free in {directory}"
    if free < LEAST_FREE:
        return Finding("disk", Grade.BAD, text, "make room: when it is full nothing more can be recorded")
    return Finding("disk", Grade.WELL, text)


def _private(directory: Path) -> Finding:
    key = directory / KEY_FILE
    if not key.exists():
        return Finding(
            "key", Grade.LOOK, "no key file yet", "it is made when the hub starts for the first time"
        )
    mode = stat.S_IMODE(key.stat().st_mode)
    if mode & 0o077:
        return Finding("key", Grade.BAD, f"{key} can be read by others (mode {mode:o})", f"chmod 600 {key}")
    return Finding("key", Grade.WELL, "the key of the sealed secrets is readable by its owner only")


def _certificate(directory: Path) -> Finding:
    """The fingerprint that a phone must show when the home's certificate is installed on it."""
    from jiahe.hub.certificate_files import kept_fingerprint

    try:
        shown = kept_fingerprint(directory)
    except OSError as error:
        words = f"the home's certificate cannot be read: {error.strerror}"
        return Finding("certificate", Grade.BAD, words, "see the folder tls in the home's directory")
    if shown is None:
        return Finding("certificate", Grade.WELL, "none yet: this home had no secure address so far")
    return Finding("certificate", Grade.WELL, f"SHA-256 fingerprint {shown}")


def _products(directory: Path) -> list[Finding]:
    """The home's own product files, read anew: what the running hub found at its start may have been mended."""
    shelf = Shelf()
    put_folder(shelf, directory / PRODUCTS)
    count = len(shelf.cards())
    found = [Finding("products", Grade.WELL, f"{count} product files of this home")] if count else []
    advice = "mend the file or take it out of the folder; a running hub sees that within seconds"
    return found + [
        Finding("products", Grade.BAD, str(fault), advice) for fault in shelf.faults[:FAULTS_SHOWN]
    ]


async def _database(directory: Path) -> list[Finding]:
    path = directory / DATABASE
    if not await asyncio.to_thread(path.exists):
        return [
            Finding(
                "database", Grade.LOOK, "no database yet", "it is made when the hub starts for the first time"
            )
        ]
    try:
        database = await Database.open(path, exclusive=False)
    except JiaheError as error:
        return [
            Finding("database", Grade.BAD, str(error), "keep the file; restore the last backup beside it")
        ]
    try:
        faults = await database.check()
        count = await database.read(
            lambda connection: connection.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0]
        )
    except JiaheError as error:
        faults, count = [str(error)], 0
    finally:
        await database.close()
    if faults:
        return [
            Finding("database", Grade.BAD, fault, "keep the file; restore the last backup beside it")
            for fault in faults
        ]
    size = path.stat().st_size / 1e6
    return [Finding("database", Grade.WELL, f"{count} records, {size:.1f} MB, no damage found")]


def _hub(health: Mapping[str, Any] | None) -> Finding:
    if health is None:
        return Finding("hub", Grade.LOOK, "no hub is running here", "start it with `jiahe up`")
    if health.get("status") != "ok":
        return Finding(
            "hub", Grade.BAD, str(health.get("trouble") or "the hub is in trouble"), "see its terminal"
        )
    return Finding(
        "hub",
        Grade.WELL,
        f"runs since {health['uptime']:.0f} s, {health['online']} of {health['devices']} devices online",
    )


def _device(device: Mapping[str, Any]) -> Finding:
    reach = device["availability"]
    name = f"device {device['id']}"
    if reach["state"] == "online":
        return _spoken(name, device["properties"], float(reach["since"]))
    if reach["state"] == "offline" and device.get("kind") == CARRIED:
        return Finding(name, Grade.WELL, "out of reach: it goes with who wears it")
    grade = Grade.LOOK if reach["state"] == "connecting" else Grade.BAD
    return Finding(
        name,
        grade,
        f"{reach['state'].replace('_', ' ')}: {reach['reason'] or 'not heard of yet'}",
        "is it switched on and in this network?" if reach["state"] == "offline" else "",
    )


def _spoken(name: str, properties: Iterable[Mapping[str, Any]], since: float) -> Finding:
    """Of a device that is online `since` (epoch seconds): what is asked for was heard after it came, so what is older is only told of
    the device's own accord, and has not stopped."""
    stopped: list[str] = []
    never: list[str] = []
    before: list[str] = []
    for entry in properties:
        if entry["quality"] == "stale":
            seen = entry["observed_at"]
            (never if seen is None else before if seen < since else stopped).append(entry["path"])
    said = [
        f"{verb} {', '.join(paths)}"
        for verb, paths in (("it stopped reporting", stopped), ("it never reported", never))
        if paths
    ]
    if said:
        return Finding(name, Grade.LOOK, f"online, but {' and '.join(said)}")
    if before:
        return Finding(name, Grade.WELL, f"online; it tells of its own accord: {', '.join(before)}")
    return Finding(name, Grade.WELL, "online")
