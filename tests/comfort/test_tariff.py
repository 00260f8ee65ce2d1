"""Tariffs: the price of an instant by the home's clock, edges on days on which clocks are set, tiers, and what is refused."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.tariff import charges, edges, period_start, price_at, prices, tariff_of
from jiahe.comfort.tariff_known import KNOWN
from jiahe.model.errors import OutOfDefinition

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
TWO = KNOWN["cn.shanghai.peak-valley"]
DAY = 86_400.0


def at(zone: ZoneInfo, *when: int, fold: int = 0) -> float:
    return datetime(*when, tzinfo=zone, fold=fold).timestamp()  # type: ignore[arg-type,misc]


def body(*windows: dict, **more) -> dict:
    return {
        "name": "Ours",
        "currency": "EUR",
        "pieces": [{"since": "2020-01-01", "windows": list(windows), **more}],
    }


WHOLE = {"from": "00:00", "to": "24:00", "prices": [0.3]}
NIGHT = {"from": "22:00", "to": "06:00", "prices": [0.2]}
BY_DAY = {"from": "06:00", "to": "22:00", "prices": [0.4]}


def test_peak_and_valley_by_the_homes_clock():
    assert price_at(TWO, SHANGHAI, at(SHANGHAI, 2026, 7, 1, 5, 59)) == 0.307
    assert price_at(TWO, SHANGHAI, at(SHANGHAI, 2026, 7, 1, 6)) == 0.617
    assert price_at(TWO, SHANGHAI, at(SHANGHAI, 2026, 7, 1, 22)) == 0.307
    assert price_at(TWO, SHANGHAI, at(SHANGHAI, 2026, 7, 1, 12), used=3120.0) == 0.677
    assert price_at(TWO, SHANGHAI, at(SHANGHAI, 2018, 7, 1, 12)) is None


def test_a_new_price_holds_from_its_day():
    changed = tariff_of("own", {**body(WHOLE), "pieces": [
        {"since": "2026-01-01", "windows": [WHOLE]},
        {"since": "2026-07-01", "windows": [{**WHOLE, "prices": [0.5]}]},
    ]})  # fmt: skip
    turn = at(BERLIN, 2026, 7, 1)
    assert price_at(changed, BERLIN, turn - 1) == 0.3
    assert price_at(changed, BERLIN, turn) == 0.5
    assert prices(changed, BERLIN, turn - 900, 2) == [0.3, 0.5]
    assert prices(changed, BERLIN, at(BERLIN, 2025, 12, 31, 23, 50), 2) is None


def test_workdays_weekends_and_months():
    mixed = tariff_of("own", body(
        {"from": "00:00", "to": "24:00", "prices": [1], "days": ["weekend"]},
        {"from": "00:00", "to": "24:00", "prices": [2], "days": ["workday"], "months": [6, 7, 8]},
        {"from": "00:00", "to": "24:00", "prices": [3], "days": ["workday"], "months": [1, 2, 3, 4, 5, 9, 10, 11, 12]},
    ))  # fmt: skip
    assert price_at(mixed, BERLIN, at(BERLIN, 2026, 7, 4, 12)) == 1  # a Saturday
    assert price_at(mixed, BERLIN, at(BERLIN, 2026, 7, 3, 12)) == 2
    assert price_at(mixed, BERLIN, at(BERLIN, 2026, 10, 2, 12)) == 3


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_where_clocks_are_set_a_window_keeps_its_hours_by_the_clock(day):
    night = tariff_of("own", body({**NIGHT, "to": "02:30"}, {**BY_DAY, "from": "02:30"}))
    start = at(BERLIN, *day)
    turns = edges(night, BERLIN, start, start + 26 * 3600)
    for low, high in pairwise([start, *turns, start + 26 * 3600]):
        seen = {price_at(night, BERLIN, low + part * (high - low)) for part in (0.0, 0.01, 0.5, 0.99)}
        assert len(seen) == 1, (low, high, seen)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(at(BERLIN, 2024, 1, 1).__int__(), at(BERLIN, 2027, 1, 1).__int__()), st.integers(600, 5 * 86_400),
    st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("Australia/Lord_Howe")]),
)  # fmt: skip
def test_between_two_edges_the_price_stands_still(start, length, zone):
    varied = tariff_of("own", body(
        {**NIGHT, "days": ["workday"]}, {**BY_DAY, "days": ["workday"]}, {**WHOLE, "days": ["weekend"]},
    ))  # fmt: skip
    bounds = [float(start), *edges(varied, zone, start, start + length), float(start + length)]
    for low, high in pairwise(bounds):
        assert (
            len({price_at(varied, zone, low + part * (high - low)) for part in (0.0, 0.2, 0.8, 0.999)}) == 1
        )


def test_tiers_by_what_was_used_since_the_year_began():
    start = at(SHANGHAI, 2026, 11, 1)
    bounds = [start, start + 3600, start + 7200, start + 10_800]
    flat = KNOWN["cn.shanghai"]
    found = charges(flat, SHANGHAI, bounds, [10.0, 20.0, None], used=3105.0)
    assert found[0] == pytest.approx(0.617)
    assert found[1] == pytest.approx((5 * 0.617 + 15 * 0.677) / 20)
    assert found[2] == pytest.approx(0.677)


def test_one_stretch_may_go_through_all_tiers():
    start = at(SHANGHAI, 2026, 11, 1)
    (found,) = charges(KNOWN["cn.shanghai"], SHANGHAI, [start, start + 3600], [5000.0])
    assert found == pytest.approx((3120 * 0.617 + 1680 * 0.677 + 200 * 0.977) / 5000)


def test_the_years_tiers_begin_anew_on_new_years_day():
    turn = at(SHANGHAI, 2027, 1, 1)
    found = charges(KNOWN["cn.shanghai"], SHANGHAI, [turn - 3600, turn, turn + 3600], [1.0, 1.0], used=5000.0)
    assert found == [0.977, 0.617]
    assert period_start(KNOWN["cn.shanghai"], SHANGHAI, turn + 5) == turn
    assert period_start(tariff_of("own", body(WHOLE)), SHANGHAI, turn) is None


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_ships_says_where_it_was_read_and_comes_back_from_its_json(name):
    known = KNOWN[name]
    assert known.source
    assert known.checked
    assert set(known.names) == {"en", "zh"}
    assert tariff_of(name, known.as_json()) == known


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({**body(WHOLE), "currency": "euro"}, "currency"),
        ({**body(WHOLE), "name": ""}, "name"),
        ({**body(WHOLE), "pieces": []}, "pieces"),
        ({**body(WHOLE), "colour": 1}, "colour"),
        (body(NIGHT), "pieces.0.windows"),  # a gap
        (body(WHOLE, NIGHT), "pieces.0.windows"),  # two prices at once
        (body({**WHOLE, "prices": [1, 2]}), "pieces.0.windows.0.prices"),
        (body({**WHOLE, "prices": [-1]}), "pieces.0.windows.0.prices"),
        (body({**WHOLE, "prices": [True]}), "pieces.0.windows.0.prices"),
        (body({**WHOLE, "prices": [float("nan")]}), "pieces.0.windows.0.prices"),
        (body({**WHOLE, "from": "25:00"}), "pieces.0.windows.0.from"),
        (body({**WHOLE, "to": "24:01"}), "pieces.0.windows.0.to"),
        (body({**WHOLE, "days": ["monday"]}), "pieces.0.windows.0.days"),
        (body({**WHOLE, "months": [13]}), "pieces.0.windows.0.months"),
        (body({**WHOLE, "prices": [1, 2]}, tiers={"per": "week", "limits": [5]}), "pieces.0.tiers.per"),
        (body({**WHOLE, "prices": [1, 2, 3]}, tiers={"per": "year", "limits": [9, 5]}), "pieces.0.tiers.limits"),
        (body(WHOLE, since="2026-13-01"), "pieces.0.since"),
        (body(WHOLE, since=5), "pieces.0.since"),
        ({**body(WHOLE), "pieces": [body(WHOLE)["pieces"][0]] * 2}, "pieces.1.since"),
        ({**body(WHOLE), "pieces": ["x"]}, "pieces.0"),
        (body("x"), "pieces.0.windows.0"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(wrong, named):
    with pytest.raises(OutOfDefinition) as caught:
        tariff_of("own", wrong)
    assert caught.value.property_name == named


def test_edges_are_told_over_a_year_at_most():
    with pytest.raises(OutOfDefinition):
        edges(TWO, SHANGHAI, 0.0, 500 * DAY)
