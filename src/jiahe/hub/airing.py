"""A room's clean air as the phone sees it. Owns that JSON shape; decides nothing.

Dust in µg/m³, times in epoch seconds. What a level cleans, draws and is heard is an estimate (`comfort/air_ways.py`), and an index of one
reading is called so: both standards speak of means over a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiahe.comfort.air_plan import Level
    from jiahe.comfort.air_room import RoomAir

COUNTRIES = ("cn", "us")


def air_of(room: RoomAir, now: float, zone: tzinfo, view: Any) -> dict[str, Any]:
    """What is known, decided and learned of one room's air. `view` reads the home."""
    from jiahe.comfort.step import number
    from jiahe.model.happening import PropertyRef

    decision, hold = room.decision, room.hold
    standing = room.ways.standing(view, room.purifier)
    says = room.filter.says()
    watts = number(view(PropertyRef(room.purifier, "electric_power")))
    return {
        "pm2_5": room.pm2_5,
        "aqi": indexes(room.pm2_5, now, zone),
        "outdoor": round(room.outdoor) if room.trusted or room.measured else None,
        "measured": room.measured,
        "level": None if standing is None else _level(standing),
        "watts": watts,
        "decision": None if decision is None else {
            "by": decision.by, "level": None if decision.level is None else _level(decision.level),
            "at": decision.at, "reasons": [one.as_json() for one in decision.reasons],
        },
        "hold": None if hold is None else {"at": hold.at, "until": hold.until, "who": hold.who, "on": hold.on},
        "filter": {
            "left": round(room.filter_left, 3), "told": room.told_left, "grams": round(room.filter.caught / 1000, 2),
            "days": None if room.filter.days_left is None else round(room.filter.days_left),
            "reasons": [] if says is None else [says.as_json()],
        },
        "model": {"days": round(room.fit.steps / 144, 1), "trusted": room.trusted, "confidence": round(room.fit.confidence, 2)},
    }  # fmt: skip


def indexes(pm2_5: float | None, now: float, zone: tzinfo) -> Mapping[str, Any]:
    """The air quality index of a reading by each country's table of today; empty without a reading."""
    from jiahe.comfort import aqi

    if pm2_5 is None:
        return {}
    today = datetime.fromtimestamp(now, zone).date()
    found = {}
    for country in COUNTRIES:
        table = aqi.table(country, today)
        index = table.of(pm2_5)
        found[country] = {
            "value": index.value, "category": index.category.code, "standard": table.name,
            "names": {"en": index.category.en, "zh": index.category.zh},
        }  # fmt: skip
    return found


def _level(level: Level) -> dict[str, Any]:
    return {
        "share": round(level.share, 2), "watts": round(level.power, 1), "noise": round(level.noise),
    }  # fmt: skip
