"""Clean air and its advice in a whole hub: purifiers of two families over their own protocols, no socket and no waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.hub.test_comfort import MOVES, STILL, WANG, Bedroom, bedroom
from tests.machines.virtual_time import virtual_time

from jiahe.model.errors import UnknownName
from jiahe.model.happening import PropertyRef, RecordKind
from jiahe.virtual.resident import Maker, Resident
from jiahe.web.comfort_schemas import COMFORT

WISHES = {
    "rooms": {"bedroom": {"sleep": True, "air": True}, "living": {"air": True}},
    "people": [{"id": "wang", "name": "Wang", "band": "band", "bedroom": "bedroom"}],
}


def second(maker: Maker) -> dict[str, Resident]:
    dusty = {"power": False, "mode": "auto", "pm2_5": 62.0, "filter_life": 6}
    return {"midea": maker.appliance("midea.fc.air_purifier", 1, id="midea", room="living", values=dusty)}


def room(here: Bedroom, name: str) -> dict[str, Any]:
    rooms: list[dict[str, Any]] = here.comfort.state(lambda _: True)["rooms"]
    return next(one for one in rooms if one["room"] == name)


def powered(here: Bedroom) -> bool:
    return here.residents["purifier"].unit.virtual.values["power"] is True


def dust(here: Bedroom, value: int) -> None:
    here.residents["purifier"].unit.virtual.set({"pm2_5": value})


@virtual_time
async def test_two_families_clean_by_day_and_the_bedroom_is_quiet_at_night(tmp_path: Path) -> None:
    async with bedroom(tmp_path, second) as here:
        dust(here, 80)
        await here.live(3, MOVES)
        assert room(here, "bedroom")["can"]["air"] is True
        assert room(here, "bedroom")["on"]["air"] is False
        await here.comfort.put_wishes(WISHES)
        await here.live(5, MOVES)
        xiaomi, midea = (here.residents[name].unit.virtual.values for name in ("purifier", "midea"))
        assert (xiaomi["mode"], xiaomi["favorite_speed"]) == ("favorite", 2200), room(here, "bedroom")["air"]
        assert midea["power"] is True, room(here, "living")["air"]
        shown = room(here, "bedroom")["air"]
        assert shown["decision"]["by"] == "threshold"
        assert shown["decision"]["reasons"][0]["code"] == "air.threshold"
        assert {name: one["value"] for name, one in shown["aqi"].items()}.keys() == {"cn", "us"}
        assert set(shown) == set(COMFORT_AIR), "as the schema has it"

        await here.live(16 * 60, STILL, lambda: here.person()["stage"] == "asleep")
        await here.live(3, STILL)
        assert xiaomi["mode"] == "sleep"
        level = room(here, "bedroom")["air"]["level"]
        assert level is not None
        assert level["noise"] <= 30
        records = await here.hub.journal.records(0, 20_000)
        said = [one.body for one in records if one.kind is RecordKind.COMFORT]
        ordered = [
            one.body for one in records
            if one.kind is RecordKind.COMMAND and one.body["device"] in ("purifier", "midea")
        ]  # fmt: skip
        assert {one["device"] for one in ordered} == {"purifier", "midea"}
        assert {one["cause"]["id"] for one in ordered} <= {one["cause"]["id"] for one in said}
        filters = [one for one in said if one["what"] == "advice" and one["about"] == "living"]
        assert 1 <= len(filters) <= 2, "once a day, and never at night"
        assert filters[0]["reasons"][0]["code"].startswith("advice.filter")
        assert any(one["code"].startswith("advice.filter") for one in room(here, "living")["advice"])
        await here.comfort.new_filter("living")
        with pytest.raises(UnknownName):
            await here.comfort.new_filter("attic")


@virtual_time
async def test_a_hand_on_a_purifier_holds_is_shown_and_given_back_and_outlasts_a_restart(
    tmp_path: Path,
) -> None:
    async with bedroom(tmp_path, second) as here:
        dust(here, 80)
        await here.live(3, MOVES)
        await here.comfort.put_wishes(WISHES)
        await here.live(5, MOVES)
        command = here.hub.dispatch.submit(PropertyRef("purifier", "power"), WANG, value=False)
        await here.hub.dispatch.outcome(command.id)
        await here.live(20, MOVES)
        assert not powered(here)
        shown = room(here, "bedroom")["air"]
        assert (shown["hold"]["who"], shown["hold"]["on"], shown["decision"]["by"]) == ("Wang", False, "hand")
        dust(here, 30)
    async with bedroom(tmp_path, second) as here:
        dust(here, 80)
        await here.live(1, MOVES)
        assert room(here, "bedroom")["air"]["hold"]["who"] == "Wang"
        here.residents["purifier"].unit.virtual.set({"power": False})
        await here.live(5, MOVES)
        assert room(here, "bedroom")["air"]["hold"]["who"] == "", "at the appliance itself"
        assert not powered(here)
        await here.comfort.release("bedroom")
        await here.live(3, MOVES)
        assert room(here, "bedroom")["air"]["hold"] is None
        assert powered(here)
        await here.comfort.forget("bedroom")
        await here.comfort.switch("bedroom", "air", False)
        await here.live(2, MOVES)
        assert room(here, "bedroom")["air"]["decision"] is None


COMFORT_AIR: frozenset[str] = frozenset(
    COMFORT["Comfort"]["properties"]["rooms"]["items"]["properties"]["air"]["properties"]
)
