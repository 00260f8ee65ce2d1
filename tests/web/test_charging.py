"""Electricity in money: cuts at every price, tiers by what was used, and nothing told where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.test_charting import gives

from jiahe.comfort.tariff import price_at, tariff_of
from jiahe.comfort.tariff_known import KNOWN
from jiahe.web.charging import cuts, merged, prices_of, tiers_since
from jiahe.web.charting import stretches

SHANGHAI = ZoneInfo("Asia/Shanghai")
TWO, FLAT = KNOWN["cn.shanghai.peak-valley"], KNOWN["cn.shanghai"]
HOUR, DAY = 3600.0, 86_400.0
NOON = datetime(2026, 7, 1, 12, tzinfo=SHANGHAI).timestamp()


@dataclass(frozen=True)
class Part:
    kwh: float | None
    covered: float = 1.0
    estimated: bool = False
    reset: bool = False


def test_a_day_is_cut_where_the_price_changes():
    midnight = NOON - 12 * HOUR
    assert cuts([midnight, midnight + DAY], TWO, SHANGHAI) == [
        midnight, midnight + 6 * HOUR, midnight + 22 * HOUR, midnight + DAY,
    ]  # fmt: skip
    assert cuts([midnight, midnight + DAY], None, SHANGHAI) == [midnight, midnight + DAY]
    assert cuts([midnight, midnight + 500 * DAY], TWO, SHANGHAI) == [midnight, midnight + 500 * DAY]


def test_each_kwh_has_the_price_of_its_time():
    midnight = NOON - 12 * HOUR
    bounds = [midnight, midnight + DAY]
    fine = cuts(bounds, TWO, SHANGHAI)
    row = [Part(1.0), Part(2.0, estimated=True), Part(0.5, covered=0.5)]
    prices = prices_of(TWO, SHANGHAI, fine, [row], 0.0)
    (day,) = merged(row, fine, bounds, prices, now=midnight + 2 * DAY)
    assert day.kwh == pytest.approx(3.5)
    assert day.cost == pytest.approx(1.5 * 0.307 + 2.0 * 0.617)
    assert (day.estimated, day.reset) == (True, False)
    assert day.covered == pytest.approx(23 / 24)


def test_what_is_not_known_costs_nothing_that_is_told():
    bounds = [NOON, NOON + HOUR]
    (unknown,) = merged([Part(None, 0.0)], bounds, bounds, [0.617], NOON + DAY)
    assert (unknown.kwh, unknown.cost, unknown.covered) == (None, None, 0.0)
    (unpriced,) = merged([Part(1.0)], bounds, bounds, [None], NOON + DAY)
    assert (unpriced.kwh, unpriced.cost) == (1.0, None)


def test_tiers_are_of_all_devices_together():
    bounds = [NOON, NOON + HOUR]
    rows = [[Part(10.0)], [Part(30.0)]]
    (price,) = prices_of(FLAT, SHANGHAI, bounds, rows, 3100.0)
    assert price == pytest.approx((20 * 0.617 + 20 * 0.677) / 40)
    assert tiers_since(FLAT, SHANGHAI, NOON) == datetime(2026, 1, 1, tzinfo=SHANGHAI).timestamp()
    assert tiers_since(None, SHANGHAI, NOON) is None
    assert tiers_since(FLAT, SHANGHAI, datetime(2026, 1, 1, tzinfo=SHANGHAI).timestamp()) is None


@given(st.integers(0, 20 * 24 * 60), st.sampled_from(["hour", "day"]))
def test_cuts_keep_every_bound_and_no_cut_has_two_prices(minutes, step):
    varied = tariff_of("own", {"name": "x", "currency": "CNY", "pieces": [{"since": "2020-01-01", "windows": [
        {"from": "07:30", "to": "21:15", "prices": [2]}, {"from": "21:15", "to": "07:30", "prices": [1]},
    ]}]})  # fmt: skip
    start = NOON + minutes * 60
    bounds = stretches(start, start + 3 * DAY, step, SHANGHAI)
    fine = cuts(bounds, varied, SHANGHAI)
    assert set(bounds) <= set(fine)
    for low, high in pairwise(fine):
        assert len({price_at(varied, SHANGHAI, low + part * (high - low)) for part in (0.0, 0.5, 0.999)}) == 1
    parts = [Part(1.0)] * (len(fine) - 1)
    merges = merged(parts, fine, bounds, prices_of(varied, SHANGHAI, fine, [parts], 0.0), start + 9 * DAY)
    assert sum(one.kwh or 0.0 for one in merges) == len(fine) - 1
    assert all(1.0 <= (one.cost or 0.0) / (one.kwh or 1.0) <= 2.0 for one in merges)


# ---- over HTTP -----------------------------------------------------------------------------------------------------------


class OneTariff:
    """A home that chose its tariff."""

    chosen = FLAT


async def test_the_answer_tells_the_currency_and_what_it_cost(ask, house, monkeypatch):
    gives(house, monkeypatch, "energy")
    house.history.kwh = {"energy": 2.0}
    answer = await ask("GET", "/api/energy?by=day", status=200)
    assert (answer["currency"], answer["tiers"], answer["rows"][0]["stretches"][0]["cost"]) == (
        "",
        False,
        None,
    )
    monkeypatch.setattr(type(house.doors), "tariffs", OneTariff())
    answer = await ask("GET", "/api/energy?by=day", status=200)
    assert (answer["currency"], answer["tiers"]) == ("CNY", True)
    assert answer["rows"][0]["stretches"][0]["cost"] == pytest.approx(2 * 0.617)
    assert (
        house.history.asked[-1][2][0] < answer["bounds"][0]
    )  # what was used since the year began counts for the tier
