"""The plan: cheap, early where it has to be, never late for lack of trying, and bounded."""

from __future__ import annotations

import pytest

from jiahe.comfort import mpc
from jiahe.comfort.thermal_model import Mode, Outside, State, ThermalModel

MODEL = ThermalModel(1.2, 0.10, 0.25, 0.03, 9.0, 1.2, 0.4, 0.2, 0.2)


def stages(
    *,
    from_hour: float = 0.0,
    outdoor: float = 33.0,
    prices: tuple[float, float] = (1.0, 1.0),
    until: float = 99.0,
) -> list[mpc.Stage]:
    """Somebody is home between two hours; the price changes after four."""
    found, at = [], 0.0
    for hours in mpc.STAGES:
        home = 1.0 if from_hour <= at < until else 0.0
        price = prices[0] if at < 4 else prices[1]
        found.append(
            mpc.Stage(
                hours, MODEL.matrix(hours), MODEL.push(Outside(outdoor, 0.0, home), 0.0), MODEL.power, 23.5, 26.5,
                home, mpc.segments(Mode.COOL, outdoor, 1.0, price),
            )
        )  # fmt: skip
        at += hours
    return found


def plan(state: State, asked: list[mpc.Stage]) -> mpc.Plan:
    found = mpc.solve(state, asked, Mode.COOL, 1.0)
    assert found is not None
    return found


def test_it_holds_the_band_while_somebody_is_home() -> None:
    found = plan(State(26.4, 26.4), stages())
    assert max(state.air for state in found.states) <= 26.51
    assert found.discomfort == pytest.approx(0.0, abs=1e-6)


def test_it_begins_before_they_come_and_not_long_before() -> None:
    found = plan(State(30.0, 29.0), stages(from_hour=6.0))
    ends = [sum(mpc.STAGES[: n + 1]) for n in range(len(mpc.STAGES))]
    before = [(end, drive) for end, drive in zip(ends, found.drives, strict=True) if end <= 6.0]
    assert sum(drive for end, drive in before if end > 3.0) > 2 * sum(
        drive for end, drive in before if end <= 1.0
    )
    assert sum(drive for _, drive in before) > 0.5
    arrived = next(state for end, state in zip(ends, found.states, strict=True) if end > 6.0)
    assert arrived.air <= 26.6


def test_it_does_nothing_where_nothing_is_needed() -> None:
    assert sum(plan(State(25.0, 25.0), stages(outdoor=22.0)).drives) == pytest.approx(0.0, abs=1e-9)
    assert sum(plan(State(33.0, 33.0), stages(from_hour=99.0)).drives) == pytest.approx(0.0, abs=1e-9)


def test_it_works_ahead_of_a_dear_hour() -> None:
    even = plan(State(26.4, 26.4), stages())
    dear = plan(State(26.4, 26.4), stages(prices=(0.3, 1.5)))
    assert dear.states[15].air < even.states[15].air - 0.3


def test_heating_is_the_same_turned_round() -> None:
    found = mpc.solve(
        State(15.0, 15.0),
        [
            mpc.Stage(hours, MODEL.matrix(hours), MODEL.push(Outside(2.0, 0.0, 1.0), 0.0), MODEL.power, 19.5, 22.5,
                      1.0, mpc.segments(Mode.HEAT, 2.0, 1.0, 1.0))
            for hours in mpc.STAGES
        ],
        Mode.HEAT,
        1.0,
    )  # fmt: skip
    assert found is not None
    assert found.drives[0] > 0.5
    assert found.states[-1].air == pytest.approx(19.5, abs=0.3)


def test_the_same_question_has_the_same_answer() -> None:
    first, second = plan(State(28.0, 27.0), stages()), plan(State(28.0, 27.0), stages())
    assert first.states == second.states
    assert first.drives == second.drives


def test_out_of_its_bound_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpc, "ITERATIONS", 1)
    assert mpc.solve(State(30.0, 29.0), stages(), Mode.COOL, 1.0) is None


def test_what_is_no_number_has_no_plan_and_no_stages_are_a_fault_of_the_caller() -> None:
    assert mpc.solve(State(float("nan"), 20.0), stages(), Mode.COOL, 1.0) is None
    with pytest.raises(ValueError, match="stage"):
        mpc.solve(State(25.0, 25.0), [], Mode.COOL, 1.0)
