"""The home's tariffs: written, chosen, kept over a restart, taken away; and a document that is not understood."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hub.test_shifting import NIGHT, kitchen
from tests.machines.virtual_time import virtual_time

from jiahe.hub.tariffs import WRITTEN
from jiahe.model.errors import OutOfDefinition, UnknownName


@virtual_time
async def test_one_of_their_own_holds_over_a_restart(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        clock = here.hub.clock
        state = here.hub.tariffs.state()
        assert (state["chosen"], state["currency"]) == ("night", "CNY")
        first, second = state["prices"][:2]
        assert (first["from"], first["price"], second["price"]) == (clock.now(), 0.4, 0.2)
        assert first["to"] == second["from"]
        assert state["prices"][-1]["to"] == pytest.approx(clock.now() + 48 * 3600)
        ahead = here.hub.tariffs.ahead(clock.now(), 72)
        assert ahead is not None
        assert len(ahead) == 72
        assert set(ahead) == {0.4, 0.2}
    async with kitchen(tmp_path, clock=clock) as again:  # type: ignore[arg-type]
        assert again.hub.tariffs.state()["chosen"] == "night"
        await again.hub.tariffs.remove("night")
        assert (again.hub.tariffs.state()["chosen"], again.hub.tariffs.ahead(0.0, 8)) == ("", None)
        assert again.hub.tariffs.state()["prices"] == []


@virtual_time
async def test_what_ships_is_chosen_but_neither_written_nor_removed(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        await here.hub.tariffs.choose("cn.beijing")
        assert here.hub.tariffs.state()["chosen"] == "cn.beijing"
        assert here.hub.comfort.tariff == "cn.beijing"
        for wrong in ("cn.beijing", "Über", "", "a" * 41, "../x"):
            with pytest.raises(OutOfDefinition):
                await here.hub.tariffs.put(wrong, NIGHT)
        with pytest.raises(UnknownName):
            await here.hub.tariffs.remove("cn.beijing")
        with pytest.raises(UnknownName):
            await here.hub.tariffs.choose("cn.nowhere")
        with pytest.raises(OutOfDefinition):
            await here.hub.tariffs.put("night", {**NIGHT, "currency": "yuan"})
        assert here.hub.tariffs.state()["chosen"] == "cn.beijing"


@virtual_time
async def test_a_tariff_on_disk_that_is_not_understood_is_left_out_and_said(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        clock = here.hub.clock
        await here.hub.documents.put(WRITTEN, "odd", {"name": "Odd", "pieces": 5})
        await here.hub.documents.put("shift", "odd", {"id": "odd"})
    async with kitchen(tmp_path, clock=clock) as again:  # type: ignore[arg-type]
        assert "odd" in again.hub.tariffs.state()["trouble"]
        assert again.hub.tariffs.state()["chosen"] == "night"
        assert "odd" in again.hub.shifting.state(lambda _: True)["trouble"]
