"""The temperature in a sentence is the one that is ordered, or a second sentence says why not."""

from __future__ import annotations

from jiahe.comfort.climate_seen import Decision, Setting
from jiahe.comfort.climate_told import Gone, emptied, told
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.thermal_model import Mode

T = 1_784_559_600.0
TOP = reason("curve.top", target=19.0)
PLANNED = ((T + 900, 19.3), (T + 1800, 19.62), (T + 3600, 20.4))


def said(set_point: float, *reasons: Reason, by: str = "plan", on: bool = True) -> list[Reason]:
    planned = PLANNED if by == "plan" else ()
    decision = Decision(Setting(on, Mode.HEAT, set_point), reasons, T + 900, by=by, planned=planned)
    return list(told(decision, reasons))


def test_a_plan_that_works_ahead_says_what_it_sets_and_where_that_leads() -> None:
    assert said(19.5, TOP) == [TOP, reason("set_for", setting=19.5, value=19.6, at=T + 1800)]


def test_between_two_quarters_the_same_half_hour_is_meant() -> None:
    decision = Decision(
        Setting(True, Mode.HEAT, 19.5), (TOP,), T + 900, planned=((T + 1300, 19.3), (T + 2200, 19.8))
    )
    assert told(decision, (TOP,))[-1].figures["at"] == T + 2200


def test_what_fits_needs_no_second_sentence() -> None:
    assert said(19.0, TOP) == [TOP]
    assert said(24.0, reason("away"), on=False) == [reason("away")]
    assert said(24.0, reason("cheap_hour")) == [reason("cheap_hour")]
    assert said(24.0, reason("hand_device", target=19.0, until=T), by="hand") == [
        reason("hand_device", target=19.0, until=T)
    ]


def test_what_stays_is_bounded_or_has_coarse_steps_says_so() -> None:
    still = reason("steady", count=4)
    assert said(19.5, TOP, still) == [TOP, still, reason("set_still", setting=19.5)]
    unsafe = reason("unsafe", asked=12.0, target=16)
    assert said(16.0, TOP, unsafe) == [TOP, unsafe]
    assert said(20.0, reason("hold", target=19.6), by="thermostat")[-1] == reason("set_near", setting=20.0)


def test_an_empty_home_is_told_by_what_it_is_known() -> None:
    empty = (reason("empty", at=T + 900), reason("no_model", days=0))
    assert emptied(T, empty, None) == empty
    assert emptied(T, empty, Gone(True, T - 60)) == (
        reason("empty_bands", at=T + 900, since=T - 60),
        empty[1],
    )
    assert emptied(T, (reason("empty_long"),), Gone(False, T - 3 * 3600 - 60)) == (
        reason("empty_long_unseen", hours=3),
    )
