"""The price of electricity finds its way from the home into the plan of each room."""

from __future__ import annotations

from typing import Any

import pytest
from tests.comfort.test_director import Home

from jiahe.comfort.climate_plan import QUARTERS
from jiahe.comfort.home_climate import HomeClimate


def test_the_homes_prices_are_what_the_rooms_plan_with(monkeypatch: pytest.MonkeyPatch) -> None:
    home, given = Home(), list[Any]()
    plain = HomeClimate.decide

    def decide(self: HomeClimate, at: float, room: str, **more: Any) -> Any:
        given.append(more["prices"])
        return plain(self, at, room, **more)

    monkeypatch.setattr(HomeClimate, "decide", decide)
    home.minute()
    home.director.prices = lambda at, count: [at] * count
    home.director.think("bedroom")
    home.minute()
    assert given[0] is None
    assert given[-1] == [home.at] * QUARTERS
