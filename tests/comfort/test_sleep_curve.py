"""The set point of a night: the curve, its mirror, two in one room, and the bits of a maker's own wristband."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort.sleep_curve import BOUNDS, HOUR, Curve, Sleeper, Way, bedroom, unit_bits, wanted

NIGHT = 1_000_000.0


def _at(hours: float, curve: Curve | None = None, way: Way = Way.COOL, waking: float | None = None) -> float:
    return wanted(curve or Curve(), way, NIGHT, NIGHT + hours * HOUR, waking).target


def test_it_rises_half_a_degree_an_hour_to_one_and_a_half() -> None:
    assert [_at(hours) for hours in (0, 0.9, 1, 1.9, 2, 3, 6)] == [26, 26, 26.5, 26.5, 27, 27.5, 27.5]


def test_it_is_back_half_an_hour_before_the_usual_waking() -> None:
    waking = NIGHT + 8 * HOUR
    assert _at(7.4, waking=waking) == 27.5
    assert _at(7.6, waking=waking) == 26
    back = wanted(Curve(), Way.COOL, NIGHT, NIGHT + 7.6 * HOUR, waking)
    assert back.reasons[0].code == "curve.back"
    assert back.reasons[0].figures["at"] == waking


def test_a_waking_that_was_before_the_sleep_is_none() -> None:
    assert _at(4, waking=NIGHT - HOUR) == 27.5


def test_heating_is_the_mirror() -> None:
    assert [_at(hours, Curve(warm=21), Way.HEAT) for hours in (0, 1, 2, 3, 5)] == [21, 20.5, 20, 19.5, 19.5]


def test_everybody_has_their_own() -> None:
    assert _at(2, Curve(start=25, rise=3, rate=1)) == 27
    assert _at(9, Curve(start=25, rise=0, rate=1)) == 25


@given(
    st.builds(
        Curve, st.floats(16, 30), st.floats(12, 28), st.floats(0, 4), st.floats(0, 2), st.floats(0, 180)
    ),
    st.sampled_from(Way),
    st.floats(0, 14),
    st.none() | st.floats(-2, 14),
)
def test_it_never_leaves_its_bounds(curve: Curve, way: Way, hours: float, wakes: float | None) -> None:
    waking = None if wakes is None else NIGHT + wakes * HOUR
    point = wanted(curve, way, NIGHT, NIGHT + hours * HOUR, waking)
    low, high = BOUNDS[way.value]
    assert low <= point.target <= high
    begin = curve.begin(way)
    assert abs(point.target - begin) <= curve.rise + 1e-9 or not low <= begin <= high
    assert point.reasons


@given(st.floats(0, 14), st.floats(0, 14))
def test_without_a_waking_it_never_turns_back(one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert _at(early) <= _at(late)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"start": 5.0}, "start is between 16 and 30 °C, and not 5"),
        ({"rise": -1.0}, "rise is between 0 and 4 K"),
        ({"rate": float("nan")}, "rate is between"),
        ({"back": 1e9}, "back is between 0 and 180 min"),
    ],
)
def test_a_curve_that_makes_no_sense_is_refused_in_words(values: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Curve.from_json(values)


def test_a_curve_survives_json_and_knows_its_names() -> None:
    curve = Curve(start=25.5, rise=1.0)
    assert Curve.from_json(curve.as_json()) == curve
    with pytest.raises(ValueError, match="no tilt"):
        Curve.from_json({"tilt": 1})


def test_nobody_asleep_is_no_curve() -> None:
    assert bedroom([], Way.COOL, NIGHT) is None
    assert bedroom([Sleeper("a", Curve(), None)], Way.COOL, NIGHT) is None


def test_two_asleep_get_the_warmer_one() -> None:
    two = [Sleeper("a", Curve(start=24, warm=18), NIGHT), Sleeper("b", Curve(start=26, warm=20), NIGHT)]
    for way, expected in ((Way.COOL, 26.5), (Way.HEAT, 19.5)):
        point = bedroom(two, way, NIGHT + HOUR)
        assert point is not None
        assert point.target == expected
        assert point.reasons[-1].figures["who"] == "b"


def test_whoever_is_awake_is_not_warmed_by_the_one_who_sleeps() -> None:
    point = bedroom(
        [Sleeper("a", Curve(start=26), NIGHT), Sleeper("b", Curve(start=26), None)],
        Way.COOL,
        NIGHT + 5 * HOUR,
    )
    assert point is not None
    assert point.target == 26.5
    assert point.reasons[-1].figures["who"] == "b"


def test_the_bits_of_a_unit_that_has_them() -> None:
    assert unit_bits({"bracelet_control": True, "bracelet_sleep": True}, asleep=True) == {
        "bracelet_control": True,
        "bracelet_sleep": True,
    }
    assert unit_bits({"bracelet_sleep": True}, asleep=False) == {"bracelet_sleep": False}
    assert unit_bits({"target_temperature": True, "bracelet_control": True}, asleep=True) == {}
    assert unit_bits({"bracelet_sleep": False}, asleep=True) == {}
