"""Where a home lives on disk, and how a command finds the hub that runs it. Owns the paths; never opens the database."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

HUB_FILE = "hub.json"
"""Written 0600 by a running hub: where it listens, and a token for whoever may read the home's files."""


@dataclass(frozen=True, slots=True)
class RunningHub:
    """How to speak with a hub."""

    url: str
    token: str


def home_directory(given: str | None) -> Path:
    """--dir, else $JIAHE_DIR, else the user's data directory."""
    if given:
        return Path(given).expanduser()
    if chosen := os.environ.get("JIAHE_DIR"):
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "jiahe"


def demo_directory(given: str | None) -> Path:
    """Where the demo home lives, unless told otherwise: beside the real home, never in it."""
    return home_directory(given) if given or os.environ.get("JIAHE_DIR") else home_directory(None) / "demo"


def find_hub(given: str | None) -> RunningHub | None:
    """The hub that runs on this machine: $JIAHE_URL and $JIAHE_TOKEN, the home's own, or the demo's."""
    if url := os.environ.get("JIAHE_URL"):
        return RunningHub(url.rstrip("/"), os.environ.get("JIAHE_TOKEN", ""))
    places = [home_directory(given)] if given else [home_directory(None), demo_directory(None)]
    for place in places:
        found = running_hub(place)
        if found is not None:
            return found
    return None


def running_hub(directory: Path) -> RunningHub | None:
    """The hub that runs for this home on this machine."""
    try:
        body = json.loads((directory / HUB_FILE).read_text("utf-8"))
        os.kill(int(body["pid"]), 0)  # a hub that was killed leaves its file behind
        return RunningHub(body["url"], body["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
