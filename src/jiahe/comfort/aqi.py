"""PM2.5 as an air quality index, by dated tables. Owns the tables and their arithmetic; pure, averages nothing.

An index is of a mean (24 h in the standards; China's hourly report uses the same row): whoever shows it for one reading calls
it so. Which table holds is a matter of the day on which the air was breathed, so old records keep their old index.

Sources: HJ 633-2012 (with GB 3095-2012) and HJ 633-2026 (with GB 3095-2026, in force 2026-03-01: good ends at 60 instead of
75 µg/m³), Ministry of Ecology and Environment; 40 CFR 58 Appendix G and EPA-454/B-24-002 (May 2024), in force 2024-05-06, and
the table before it (78 FR 3086, 2013-03-18).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple


class Row(NamedTuple):
    """One band: concentrations (µg/m³) and the index at both ends."""

    low: float
    high: float
    index_low: int
    index_high: int


class Category(NamedTuple):
    """What a value is called; `upto` is the highest index that is called so."""

    upto: int
    code: str
    en: str
    zh: str


class Index(NamedTuple):
    value: int
    category: Category


@dataclass(frozen=True, slots=True)
class Table:
    """`since`: first day that it holds. `truncates`: EPA cuts a concentration to 0.1 and rounds the index; HJ 633 takes whole µg/m³
    and the next higher index."""

    name: str
    since: date
    rows: tuple[Row, ...]
    categories: tuple[Category, ...]
    truncates: bool

    def of(self, pm2_5: float) -> Index:
        """The index of a concentration in µg/m³; ValueError for one that is negative or no number.

        Above the last band the index stays at its end: neither standard knows a higher one for everyday use.
        """
        if not (math.isfinite(pm2_5) and pm2_5 >= 0):
            raise ValueError(f"a concentration of PM2.5 is a number of 0 and more, and not {pm2_5}")
        value = self._value(min(pm2_5, self.rows[-1].high))
        return Index(value, next(one for one in self.categories if value <= one.upto))

    def _value(self, pm2_5: float) -> int:
        # A float of 35.4 lies a hair under 35.4: cut after a correction that is smaller than any sensor's last digit.
        shown = math.floor(pm2_5 * 10 + 1e-6) / 10 if self.truncates else math.floor(pm2_5 + 0.5)
        row = next(one for one in self.rows if shown <= one.high)
        exact = row.index_low + (row.index_high - row.index_low) * (shown - row.low) / (row.high - row.low)
        return math.floor(exact + 0.5) if self.truncates else math.ceil(exact - 1e-9)


_CHINA = (
    Category(50, "excellent", "Excellent", "优"),
    Category(100, "good", "Good", "良"),
    Category(150, "light", "Lightly polluted", "轻度污染"),
    Category(200, "moderate", "Moderately polluted", "中度污染"),
    Category(300, "heavy", "Heavily polluted", "重度污染"),
    Category(500, "severe", "Severely polluted", "严重污染"),
)
_EPA = (
    Category(50, "good", "Good", "好"),
    Category(100, "moderate", "Moderate", "中等"),
    Category(150, "sensitive", "Unhealthy for sensitive groups", "对敏感人群不健康"),
    Category(200, "unhealthy", "Unhealthy", "不健康"),
    Category(300, "very_unhealthy", "Very unhealthy", "非常不健康"),
    Category(500, "hazardous", "Hazardous", "危险"),
)


def _joined(*ends: tuple[float, int]) -> tuple[Row, ...]:
    """Bands that touch: HJ 633 gives one concentration for the end of one and the begin of the next."""
    return tuple(Row(low, high, first, last) for (low, first), (high, last) in pairwise(ends))


_HJ = ((115.0, 150), (150.0, 200), (250.0, 300), (350.0, 400), (500.0, 500))
TABLES: Mapping[str, tuple[Table, ...]] = MappingProxyType(
    {
        "cn": (
            Table(
                "HJ 633-2012", date(2012, 2, 29), _joined((0, 0), (35, 50), (75, 100), *_HJ), _CHINA, False
            ),
            Table("HJ 633-2026", date(2026, 3, 1), _joined((0, 0), (35, 50), (60, 100), *_HJ), _CHINA, False),
        ),
        "us": (
            Table(
                "EPA 2012",
                date(2013, 3, 18),
                (
                    Row(0.0, 12.0, 0, 50),
                    Row(12.1, 35.4, 51, 100),
                    Row(35.5, 55.4, 101, 150),
                    Row(55.5, 150.4, 151, 200),
                    Row(150.5, 250.4, 201, 300),
                    Row(250.5, 350.4, 301, 400),
                    Row(350.5, 500.4, 401, 500),
                ),
                _EPA,
                True,
            ),
            Table(
                "EPA 2024",
                date(2024, 5, 6),
                (
                    Row(0.0, 9.0, 0, 50),
                    Row(9.1, 35.4, 51, 100),
                    Row(35.5, 55.4, 101, 150),
                    Row(55.5, 125.4, 151, 200),
                    Row(125.5, 225.4, 201, 300),
                    Row(225.5, 325.4, 301, 500),
                ),
                _EPA,
                True,
            ),
        ),
    }
)
"""Tables by country, the oldest first."""


def table(country: str, day: date) -> Table:
    """The table that held on a day; of days before the first one the first. KeyError for a country without one."""
    tables = TABLES[country]
    return next((one for one in reversed(tables) if one.since <= day), tables[0])


def index(pm2_5: float, country: str, day: date) -> Index:
    """The air quality index of a concentration (µg/m³) by the table of that day."""
    return table(country, day).of(pm2_5)
