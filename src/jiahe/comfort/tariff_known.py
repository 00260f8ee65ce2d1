"""Tariffs of households that were published, as data. Owns the figures, where each was read and when; pure.

Chinese household prices are set by province and have stood for years. A figure that could not be read in two places that do
not quote each other is not here (so of the peak and valley prices, whose hours differ by province, only Shanghai's first two
steps are). Before `SINCE` nothing is told. Whoever pays otherwise writes their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.comfort.tariff import Tariff, tariff_of

CHECKED = "2026-11-23"
SINCE = "2019-01-01"
"""The oldest of the readings is of 2019."""
_SHANGHAI_STEPS = "steps of 3120 and 4800 kWh a year"
_SOURCES: Mapping[str, str] = {
    "cn.shanghai": f"Shanghai Development and Reform Commission, 2019: 0.617, {_SHANGHAI_STEPS}",
    "cn.shanghai.peak-valley": "Shanghai Development and Reform Commission, 2019, as the World Resources Institute's report on electric cars and China's grid quotes it (second step 0.677 and 0.337, peak 6:00 to 22:00); the third step, beyond 4800 kWh a year, is dearer and not told here",
    "cn.beijing": "Beijing's household prices in steps of 2880 and 4800 kWh a year (240 and 400 kWh a month)",
    "cn.zhejiang": "Zhejiang Price Bureau, notice on household prices in steps of 2760 and 4800 kWh a year",
}


def _one_price(limits: list[float], prices: list[float]) -> list[dict[str, Any]]:
    windows = [{"from": "00:00", "to": "24:00", "prices": prices}]
    return [{"since": SINCE, "tiers": {"per": "year", "limits": limits}, "windows": windows}]


_ROWS: tuple[tuple[str, str, str, list[dict[str, Any]]], ...] = (
    ("cn.shanghai", "Shanghai, one price", "上海（一口价）", _one_price([3120, 4800], [0.617, 0.677, 0.977])),
    ("cn.shanghai.peak-valley", "Shanghai, peak and valley", "上海（峰谷）", [{
        "since": SINCE, "tiers": {"per": "year", "limits": [3120]},
        "windows": [
            {"from": "06:00", "to": "22:00", "prices": [0.617, 0.677]},
            {"from": "22:00", "to": "06:00", "prices": [0.307, 0.337]},
        ],
    }]),
    ("cn.beijing", "Beijing, one price", "北京（一口价）", _one_price([2880, 4800], [0.4883, 0.5383, 0.7883])),
    ("cn.zhejiang", "Zhejiang, one price", "浙江（一口价）", _one_price([2760, 4800], [0.538, 0.588, 0.838])),
)  # fmt: skip

KNOWN: Mapping[str, Tariff] = MappingProxyType(
    {
        name: tariff_of(
            name,
            {"names": {"en": en, "zh": zh}, "currency": "CNY", "pieces": pieces, "source": _SOURCES[name], "checked": CHECKED},
        )
        for name, en, zh, pieces in _ROWS
    }
)  # fmt: skip
"""By id."""
