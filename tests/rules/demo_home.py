"""The demo home's devices as rules see them, without sockets."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from jiahe.catalog.loader import Shelf
from jiahe.model.definition import Profile, Value
from jiahe.model.happening import Record, RecordKind
from jiahe.rules.sun import Location
from jiahe.virtual.lived import CONDITIONER, PURIFIER
from jiahe.virtual.past import played
from jiahe.virtual.resident import CONDITIONER_PRODUCT, PURIFIER_PRODUCT

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEIJING = Location(39.9, 116.4)


def _definitions() -> dict[str, Profile]:
    shelf = Shelf.shipped()
    found: dict[str, Profile] = {}
    for device, product_id in ((PURIFIER, PURIFIER_PRODUCT), (CONDITIONER, CONDITIONER_PRODUCT)):
        product = shelf.get(product_id)
        assert product is not None
        found[device] = product.profile
    return found


DEFINITIONS = _definitions()


def _unchanging() -> dict[tuple[str, str], Value]:
    """What a hub hears of both devices when it meets them, and what the day of the virtual home does not tell."""
    return {
        (PURIFIER, "fault"): "none", (PURIFIER, "filter_life"): 82, (PURIFIER, "filter_used_time"): 620,
        (PURIFIER, "buzzer"): False, (PURIFIER, "brightness"): 8, (PURIFIER, "child_lock"): False,
        (PURIFIER, "favorite_speed"): 1200, (CONDITIONER, "swing_vertical"): False, (CONDITIONER, "turbo"): False,
        (CONDITIONER, "swing_horizontal"): False, (CONDITIONER, "eco"): False, (CONDITIONER, "display"): True,
    }  # fmt: skip


END = 1_783_353_600.0
"""2026-07-07 00:00 in Shanghai, a Tuesday."""
MODES = ((6.6, "home"), (9.3, "away"), (11.5, "home"), (23.3, "night"))


def journal(seed: int = 1, days: int = 3, end: float = END) -> list[Record]:
    """Days of the virtual home as the journal has them, with the home's modes as the family sets them."""
    start = end - days * 86_400.0
    rows: list[tuple[float, RecordKind, dict[str, Any]]] = []

    def update(at: float, device: str, path: str, value: Value) -> None:
        cause = {"id": f"{device}{at}", "kind": "device", "source": device}
        body = {
            "device": device,
            "property": path,
            "value": value,
            "quality": "good",
            "observed_at": at,
            "cause": cause,
        }
        rows.append((at, RecordKind.UPDATE, body))

    for (device, path), value in _unchanging().items():
        update(start, device, path, value)
    for seen in played(seed, end, days * 24.0):
        if seen.device in DEFINITIONS:
            update(seen.at, seen.device, seen.path, seen.value)
    for day in range(days):
        for hour, mode in MODES:
            cause = {"id": f"m{day}{hour}", "kind": "person", "source": "Mei"}
            body = {"what": "mode_changed", "mode": mode, "cause": cause}
            rows.append((start + day * 86_400.0 + hour * 3600.0, RecordKind.HOME, body))
    rows.sort(key=lambda row: row[0])
    return [Record(number, *row) for number, row in enumerate(rows, 1)]
