"""Expressions: what is taken, what is refused and where, and what comes out."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.flat import BEIJING, FLAT, SHANGHAI, ref

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules import syntax
from jiahe.rules.calendar import Calendar
from jiahe.rules.expression import BOOL, bind
from jiahe.rules.moment import Reading, Seen, Table
from jiahe.rules.rule import HomeMode
from jiahe.rules.sight import Sight, Unknowable
from jiahe.rules.syntax import Fault

NOON = 1_767_585_600.0  # Monday 2026-01-05 12:00 in Shanghai


def look(
    text: str, uses_stale: bool = False, at: float = NOON, mode: str = "home", **values: object
) -> Value:
    """The value of an expression; a value may be a pair with its quality."""
    table: dict[PropertyRef, Seen] = {}
    for name, value in values.items():
        pair = value if isinstance(value, tuple) else (value, Quality.GOOD)
        path = name.replace("bedroom_ac", "bedroom-ac").replace("__", ".")
        table[ref(path)] = Reading(pair[0], pair[1], at - 60)
    view = Table(HomeMode(mode), table)
    sight = Sight(view, at, Calendar(SHANGHAI, BEIJING), lambda _: None, uses_stale)
    return bind(syntax.parse(text), FLAT).function(sight)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("purifier.pm2_5 > 75 ug/m3", True),
        ("purifier.pm2_5 > 0.075 mg/m3", True),
        ("purifier.pm2_5 > 0.09 mg/m3", False),
        ("purifier.pm2_5 > 75", True),
        ("75 < purifier.pm2_5", True),
        ("purifier.power and purifier.mode == sleep", True),
        ("purifier.mode == 'fan only'", False),
        ("purifier.mode != sleep", False),
        ("purifier.mode in [auto, sleep]", True),
        ("purifier.mode not in [auto, sleep]", False),
        ("purifier.pm2_5 between 80 and 90", True),
        ("not (purifier.power == on)", False),
        ("bedroom-ac.temperature > 26 Cel", True),
        ("bedroom-ac.temperature > 80 °F", True),
        ("bedroom-ac.temperature > 81 °F", False),
        ("bedroom-ac.temperature == 300.15 K", True),
        ("bedroom-ac.temperature - bedroom-ac.outdoor_temperature == 20", True),
        ("bedroom-ac.temperature - bedroom-ac.outdoor_temperature > 19 Cel", True),
        ("bedroom-ac.temperature - bedroom-ac.outdoor_temperature > 36 °F", False),
        ("bedroom-ac.temperature - bedroom-ac.outdoor_temperature >= 35.9 °F", True),
        ("bedroom-ac.temperature - 1 K == 26", True),
        ("(bedroom-ac.temperature + bedroom-ac.outdoor_temperature) / 2 == 17 Cel", True),
        ("average(bedroom-ac.temperature, bedroom-ac.outdoor_temperature) == 17", True),
        ("max(purifier.pm2_5, 100) == 100", True),
        ("min(purifier.pm2_5, 0.01 mg/m3) == 10", True),
        ("abs(-3) == 3 and round(2.5) == 3", True),
        ("1 + 2 * 3 == 7", True),
        ("purifier.pm2_5 / 2 > 40 ug/m3", True),
        ("time between 11:00 and 13:00", True),
        ("time between 22:00 and 06:00", False),
        ("time between 22:00 and 12:00", True),
        ("time < 12:00:01 and time >= 12:00", True),
        ("weekday == mon", True),
        ("weekday between fri and mon", True),
        ("weekday between tue and sun", False),
        ("month between 11 and 2", True),
        ("month == 1 and day == 5", True),
        ("mode == home", True),
        ("mode in [away, holiday]", False),
        ("sun == up", True),
        ("sun_elevation > 20 deg", True),
        ("known(purifier.pm2_5)", True),
        ("known(door.open)", False),
        ("quality(door.open) == unknown", True),
        ("fallback(door.open, off)", False),
        ("fallback(bedroom-ac.humidity, 40 %) == 40", True),
        ("unchanged(purifier.power) >= 1 min", True),
        ("unchanged(purifier.power) > 1 h", False),
        ("door.open and purifier.pm2_5 < 0", False),
        ("purifier.power or door.open", True),
        ("door.open or purifier.power", True),
        ("true and not off", True),
    ],
)
def test_worked_out(text: str, expected: object) -> None:
    values: dict[str, Any] = {
        "purifier__pm2_5": 85,
        "purifier__power": True,
        "purifier__mode": "sleep",
        "bedroom_ac__temperature": 27.0,
        "bedroom_ac__outdoor_temperature": 7.0,
    }
    assert look(text, **values) is expected


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("bedroom-ac.temperature > 30 %", 23, "cannot be compared"),
        ("purifier.pm2_5 > 26 Cel", 15, "a number in ug/m3"),
        ("purifier.power > 3", 15, "cannot be compared"),
        ("purifier.power > off", 15, "use == or !="),
        ("purifier.mode == slep", 17, "did you mean sleep"),
        ("purifier.pm25 > 3", 0, "did you mean pm2_5"),
        ("purifer.power", 0, "did you mean purifier"),
        ("purifier.pm2_5", 0, "compare it with something"),
        ("purifier.pm2_5 > 3 zz", 19, "there is no unit 'zz'"),
        ("purifier.power == on && door.open", 21, "write `and`"),
        ("!door.open", 0, "write `not`"),
        ("purifier.power = on", 15, "write `==`"),
        ("1 < purifier.pm2_5 < 3", 19, "between"),
        ("purifier.pm2_5 between 90 and 80", 23, "nothing is between"),
        ("purifier.pm2_5 * bedroom-ac.temperature > 1", 15, "at most one of the two"),
        ("purifier.pm2_5 + bedroom-ac.temperature > 1", 15, "cannot be compared"),
        ("mode == nigth", 8, "did you mean night"),
        ("weekday == monday", 11, "did you mean mon"),
        ("knowm(door.open)", 0, "did you mean known"),
        ("known(3)", 0, "takes one `device.property`"),
        ("time > 25:00", 7, "not a time of day"),
        ("time > 3", 5, "a time of day"),
        ("__import__('os')", 0, "no function"),
        ("purifier.power and", 18, "expected a value"),
        ("(purifier.power", 15, "to close the bracket"),
        ("purifier.power door.open", 15, "left over"),
        ("'open", 0, "no end"),
        ("(" * 40 + "on" + ")" * 40, 24, "deep"),
        ("1" + "+1" * 200 + " > 1", 300, "at most 300"),
        ("x" * 2000, 0, "1000 characters"),
    ],
)
def test_refused_with_its_place(text: str, at: int, says: str) -> None:
    with pytest.raises(Fault) as caught:
        bind(syntax.parse(text), FLAT, BOOL)
    assert says in caught.value.message
    assert caught.value.at == at


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("door.open", "door.open is not known"),
        ("not door.open", "not known"),
        ("purifier.power and door.open", "not known"),
        ("purifier.pm2_5 / 0 > 1", "division by zero"),
        ("purifier.pm2_5 / (purifier.pm2_5 - 85) > 1", "division by zero"),
        ("bedroom-ac.humidity > 3", "stale"),
        ("unchanged(bedroom-ac.humidity) > 3", "stale"),
        ("purifier.pm2_5 * 1000000 * 1000000 * 1000000 > 1", "too large"),
    ],
)
def test_not_knowable_says_why(text: str, says: str) -> None:
    values: dict[str, Any] = {
        "purifier__pm2_5": 85,
        "purifier__power": True,
        "bedroom_ac__humidity": (40.0, Quality.STALE),
    }
    with pytest.raises(Unknowable, match=says):
        look(text, **values)


def test_stale_is_taken_where_the_rule_says_so_and_unknown_never_is() -> None:
    assert look("bedroom-ac.humidity > 3", True, bedroom_ac__humidity=(40.0, Quality.STALE)) is True
    with pytest.raises(Unknowable):
        look("bedroom-ac.humidity > 3", True, bedroom_ac__humidity=(None, Quality.UNKNOWN))


def test_assumed_counts_as_known() -> None:
    assert look("purifier.power", purifier__power=(True, Quality.ASSUMED)) is True


@given(st.text(max_size=60))
def test_any_text_is_a_tree_or_a_fault(text: str) -> None:
    found: Fault | None = None
    try:
        bind(syntax.parse(text), FLAT)
    except Fault as fault:
        found = fault
    assert found is None or (0 <= found.at <= len(text) and found.message)


WORDS = st.sampled_from(
    [
        "purifier.pm2_5",
        "purifier.power",
        "bedroom-ac.temperature",
        "purifier.mode",
        "door.open",
        "mode",
        "sleep",
        "on",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        ",",
        "in",
        "between",
        "==",
        "<",
        ">",
        "+",
        "-",
        "*",
        "/",
        "3",
        "26",
        "Cel",
        "30",
        "%",
        "22:30",
        "time",
        "weekday",
        "mon",
        "known(",
        "unchanged(",
        "min(",
        "abs(",
        "fallback(",
        "0",
        "'x'",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=14))
def test_what_is_taken_can_be_worked_out(words: list[str]) -> None:
    """Whatever the types let through ends in a value or in a reason, never in an exception."""
    with contextlib.suppress(Fault, Unknowable):
        look(
            " ".join(words),
            purifier__pm2_5=85,
            purifier__power=True,
            purifier__mode="sleep",
            bedroom_ac__temperature=27.0,
        )
