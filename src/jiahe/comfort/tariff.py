"""What a kilowatt-hour costs, and when: dated tariffs with times of day, kinds of days, months and tiers. Pure.

Owns the document of a tariff, its checks, and the price of an instant by the home's own clock: on a day on which clocks are
set, a window from 22:00 begins at 22:00 all the same. Never a currency's rate, and no standing charge: only what one more
kilowatt-hour costs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

PIECES, WINDOWS, TIERS = 12, 24, 6
"""Of one tariff: changes of prices, windows of a day over all kinds of days, and tiers."""
NAME = 80
DEAREST = 10_000.0
"""Of a kilowatt-hour in any currency: more is a slip of the finger."""
LARGEST = 1_000_000.0
"""kWh of a tier."""
WORKDAY, WEEKEND = "workday", "weekend"
DAYS = (WORKDAY, WEEKEND)
_DAY_WORDS = {WORKDAY: say("day_workday"), WEEKEND: say("day_weekend")}
MONTHS = tuple(range(1, 13))
LONGEST = 410 * 86_400.0
"""Seconds over which `edges` looks: a year and a little."""
_DAY = 1440
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` (minutes of the day; `end` at or before `start` is the next morning) on these days of these
    months; a price for each tier. A window over midnight belongs, before and after it, to the day that it is."""

    start: int
    end: int
    prices: tuple[float, ...]
    days: frozenset[str] = frozenset(DAYS)
    months: frozenset[int] = frozenset(MONTHS)

    def holds(self, minute: int, day: str, month: int) -> bool:
        if day not in self.days or month not in self.months:
            return False
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class Piece:
    """What holds from a day on. `limits` are the kWh of a month or a year (`per`) at which the next tier begins."""

    since: date
    windows: tuple[Window, ...]
    limits: tuple[float, ...] = ()
    per: str = "year"

    def tier(self, used: float) -> int:
        """Which tier the next kWh is in, after so many in this period."""
        return bisect_right(self.limits, used)


@dataclass(frozen=True, slots=True)
class Tariff:
    """`names` by language; `currency` by ISO 4217; `source` and `checked` (a date) where it ships with Jiahe."""

    id: str
    names: Mapping[str, str]
    currency: str
    pieces: tuple[Piece, ...]
    source: str = ""
    checked: str = ""

    def piece(self, day: date) -> Piece | None:
        """What holds on this day; None before the first."""
        found = None
        for one in self.pieces:
            if one.since <= day:
                found = one
        return found

    def as_json(self) -> dict[str, Any]:
        """For people and for `tariff_of`."""
        return {
            "names": dict(self.names), "currency": self.currency,
            "pieces": [_piece_json(one) for one in self.pieces],
            "source": self.source, "checked": self.checked,
        }  # fmt: skip


# ---- prices ------------------------------------------------------------------------------------------------------------


def price_at(tariff: Tariff, zone: tzinfo, at: float, used: float = 0.0) -> float | None:
    """What one more kWh costs at `at` (epoch seconds), after `used` kWh in this month or year; None before the first piece."""
    local = datetime.fromtimestamp(at, zone)
    piece = tariff.piece(local.date())
    if piece is None:
        return None
    window = _window(
        piece, local.hour * 60 + local.minute, WEEKEND if local.weekday() >= 5 else WORKDAY, local.month
    )
    return window.prices[piece.tier(used)]


def prices(tariff: Tariff, zone: tzinfo, at: float, count: int, step: float = 900.0) -> list[float] | None:
    """Of `count` stretches of `step` seconds from `at`, in the first tier; None where one of them has none."""
    found = [price_at(tariff, zone, at + index * step) for index in range(count)]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def edges(tariff: Tariff, zone: tzinfo, start: float, end: float) -> list[float]:
    """Instants in (start, end) between which the price stands still. OutOfDefinition beyond `LONGEST`."""
    if not 0 <= end - start <= LONGEST:
        raise OutOfDefinition("from", say("prices_long", most=f"{LONGEST / 86400:g}"), LONGEST)
    found: set[float] = set()
    day = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)
    last = datetime.fromtimestamp(end, zone).date()
    while day <= last:
        piece = tariff.piece(day)
        minutes = {0} | {m % _DAY for one in piece.windows for m in (one.start, one.end)} if piece else {0}
        for minute in minutes:
            wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
            found |= {wall.replace(fold=fold).timestamp() for fold in (0, 1)}
        found |= set(_clocks_set(day, zone))
        day += timedelta(days=1)
    return sorted(at for at in found if start < at < end)


def charges(
    tariff: Tariff, zone: tzinfo, bounds: Sequence[float], totals: Sequence[float | None], used: float = 0.0
) -> list[float | None]:
    """The mean price of a kWh in each stretch between two bounds, with the home's kWh in each (`totals`) and before the
    first, in the same month or year (`used`). No stretch may hold one of `edges` inside. None where there is no price."""
    found: list[float | None] = []
    period: tuple[int, ...] | None = None
    for (low, _), total in zip(pairwise(bounds), totals, strict=True):
        day = datetime.fromtimestamp(low, zone).date()
        piece = tariff.piece(day)
        if piece is None:
            found.append(None)
            continue
        now = (day.year, day.month) if piece.per == "month" else (day.year,)
        if period is not None and now != period:
            used = 0.0
        period = now
        found.append(_mean(tariff, zone, low, piece, used, total or 0.0))
        used += total or 0.0
    return found


def period_start(tariff: Tariff, zone: tzinfo, at: float) -> float | None:
    """When the month or year of the tiers at `at` began (epoch seconds); None where there are no tiers."""
    local = datetime.fromtimestamp(at, zone)
    piece = tariff.piece(local.date())
    if piece is None or not piece.limits:
        return None
    return datetime(local.year, local.month if piece.per == "month" else 1, 1, tzinfo=zone).timestamp()


def _mean(tariff: Tariff, zone: tzinfo, at: float, piece: Piece, used: float, total: float) -> float | None:
    price = price_at(tariff, zone, at, used)
    if price is None or total <= 0.0:
        return price
    cost, left = 0.0, total
    for limit in (*piece.limits[piece.tier(used) :], None):
        part = left if limit is None else min(left, limit - used)
        cost += part * (price_at(tariff, zone, at, used) or 0.0)
        used, left = (limit if limit is not None and part < left else used + part), left - part
        if left <= 0.0:
            break
    return cost / total


def _clocks_set(day: date, zone: tzinfo) -> Iterator[float]:
    """The instant of this day at which its clocks are set, to the second."""
    low = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    high = low + 26 * 3600

    def offset(at: int) -> timedelta | None:
        return datetime.fromtimestamp(at, zone).utcoffset()

    if offset(low) == offset(high):
        return
    before = offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle) == before:
            low = middle
        else:
            high = middle
    yield float(high)


def _window(piece: Piece, minute: int, day: str, month: int) -> Window:
    for one in piece.windows:
        if one.holds(minute, day, month):
            return one
    raise AssertionError("a tariff that was checked has a price for every minute")


# ---- the document ------------------------------------------------------------------------------------------------------


def tariff_of(id_: str, body: Mapping[str, Any]) -> Tariff:
    """From JSON that anybody may have sent; OutOfDefinition names what is wrong and what would be right."""
    _only(body, {"name", "names", "currency", "pieces", "source", "checked"}, "")
    names = body.get("names", {})
    if not isinstance(names, dict) or not names:
        names = {"en": body.get("name"), "zh": body.get("name")}
    for name in names.values():
        if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME:
            raise OutOfDefinition("name", say("text_of", most=NAME))
    currency = body.get("currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise OutOfDefinition("currency", say("currency"))
    given = body.get("pieces")
    if not isinstance(given, list) or not 1 <= len(given) <= PIECES:
        raise OutOfDefinition("pieces", say("pieces", most=PIECES), PIECES)
    pieces = tuple(_piece(one, f"pieces.{number}") for number, one in enumerate(given))
    for number, (one, other) in enumerate(pairwise(pieces), 1):
        if one.since >= other.since:
            raise OutOfDefinition(f"pieces.{number}.since", say("piece_order"))
    source, checked = body.get("source", ""), body.get("checked", "")
    if not isinstance(source, str) or not isinstance(checked, str) or len(source) + len(checked) > 500:
        raise OutOfDefinition("source", say("source_short"))
    return Tariff(id_, dict(names), currency, pieces, source, checked)


def _piece(body: Any, where: str) -> Piece:
    if not isinstance(body, dict):
        raise OutOfDefinition(where, say("is_an_object"))
    _only(body, {"since", "windows", "tiers"}, where)
    try:
        since = date.fromisoformat(body["since"])
    except (KeyError, TypeError, ValueError):
        raise OutOfDefinition(f"{where}.since", say("is_day")) from None
    limits, per = _tiers(body.get("tiers"), f"{where}.tiers")
    given = body.get("windows")
    if not isinstance(given, list) or not 1 <= len(given) <= WINDOWS:
        raise OutOfDefinition(f"{where}.windows", say("list_of", most=WINDOWS), WINDOWS)
    windows = tuple(
        _of_window(one, f"{where}.windows.{number}", len(limits) + 1) for number, one in enumerate(given)
    )
    piece = Piece(since, windows, limits, per)
    _covers(piece, where)
    return piece


def _tiers(body: Any, where: str) -> tuple[tuple[float, ...], str]:
    if body is None:
        return (), "year"
    if not isinstance(body, dict):
        raise OutOfDefinition(where, say("tiers_form"))
    _only(body, {"per", "limits"}, where)
    limits, per = body.get("limits"), body.get("per")
    if per not in ("month", "year"):
        raise OutOfDefinition(f"{where}.per", say("tiers_per"), ["month", "year"])
    if not isinstance(limits, list) or not 1 <= len(limits) < TIERS:
        raise OutOfDefinition(f"{where}.limits", say("tiers_limits", most=TIERS - 1), TIERS - 1)
    found = tuple(_number(one, f"{where}.limits", 1.0, LARGEST) for one in limits)
    if any(low >= high for low, high in pairwise(found)):
        raise OutOfDefinition(f"{where}.limits", say("tiers_rise"))
    return found, str(per)


def _of_window(body: Any, where: str, tiers: int) -> Window:
    if not isinstance(body, dict):
        raise OutOfDefinition(where, say("window_form"))
    _only(body, {"from", "to", "prices", "days", "months"}, where)
    given = body.get("prices")
    if not isinstance(given, list) or len(given) != tiers:
        raise OutOfDefinition(f"{where}.prices", say("window_prices", count=tiers), tiers)
    days, months = body.get("days", list(DAYS)), body.get("months", list(MONTHS))
    if not isinstance(days, list) or not days or any(one not in DAYS for one in days):
        raise OutOfDefinition(f"{where}.days", say("window_days"), list(DAYS))
    if (
        not isinstance(months, list)
        or not months
        or any(type(one) is not int or one not in MONTHS for one in months)
    ):
        raise OutOfDefinition(f"{where}.months", say("window_months"), [1, 12])
    start, end = _minutes(body.get("from"), f"{where}.from"), _minutes(body.get("to"), f"{where}.to")
    found = tuple(_number(one, f"{where}.prices", 0.0, DEAREST) for one in given)
    return Window(start % _DAY, end % _DAY, found, frozenset(days), frozenset(months))


def _covers(piece: Piece, where: str) -> None:
    """Every minute of every kind of day has exactly one price."""
    minutes = sorted({0} | {m for one in piece.windows for m in (one.start, one.end)})
    for month in MONTHS:
        for day in DAYS:
            for minute in minutes:
                count = sum(one.holds(minute, day, month) for one in piece.windows)
                if count != 1:
                    when = {"time": _written(minute), "day": _DAY_WORDS[day], "month": month}
                    words = say("two_prices", count=count, **when) if count else say("no_price", **when)
                    raise OutOfDefinition(f"{where}.windows", words)


def _minutes(text: Any, where: str) -> int:
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else _DAY + 1
    if minutes > _DAY:
        raise OutOfDefinition(where, say("day_time_whole"))
    return minutes


def _written(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _number(value: Any, where: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise OutOfDefinition(where, say("numbers_between", low=f"{low:g}", high=f"{high:g}"), [low, high])
    return float(value)


def _piece_json(piece: Piece) -> dict[str, Any]:
    tiers = {"tiers": {"per": piece.per, "limits": list(piece.limits)}} if piece.limits else {}
    return {
        "since": piece.since.isoformat(),
        **tiers,
        "windows": [_window_json(one) for one in piece.windows],
    }


def _window_json(one: Window) -> dict[str, Any]:
    return {
        "from": _written(one.start), "to": _written(one.end), "prices": list(one.prices),
        "days": [day for day in DAYS if day in one.days], "months": sorted(one.months),
    }  # fmt: skip


def _only(body: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in body:
        if name not in known:
            raise OutOfDefinition(
                f"{where}.{name:.40}".strip("."), say("not_known", known=", ".join(sorted(known)))
            )
