"""What is kept of a wire is bounded; waiting grows, has a ceiling, and spreads."""

from __future__ import annotations

import pytest

from jiahe.link.backoff import FIRST, LONGEST, delay
from jiahe.link.tap import FRAMES, KEPT, KINDS, Tap


class StoppedClock:
    def now(self) -> float:
        return 7.5

    def monotonic(self) -> float:
        return 0.0


def test_the_ring_forgets_the_oldest_frames() -> None:
    tap = Tap(StoppedClock())
    for number in range(FRAMES + 5):
        tap.record("in", number.to_bytes(2, "big"))
    frames = tap.snapshot()["frames"]
    assert len(frames) == FRAMES
    assert frames[0] == {"at": 7.5, "direction": "in", "hex": "0005", "note": ""}


def test_a_long_frame_is_cut_and_says_so() -> None:
    tap = Tap(StoppedClock())
    tap.record("out", bytes(KEPT + 1)).note = "strange"
    frame = tap.snapshot()["frames"][0]
    assert len(frame["hex"]) == 2 * KEPT
    assert frame["note"] == f"strange, cut from {KEPT + 1} bytes"


def test_counters_of_foreign_text_are_bounded() -> None:
    tap = Tap(StoppedClock())
    for number in range(3 * KINDS):
        tap.count(f"reason {number}")
    tap.count("reason 0")
    counters = tap.snapshot()["counters"]
    assert len(counters) == KINDS + 1
    assert counters["reason 0"] == 2
    assert counters["other"] == 2 * KINDS


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_waiting_doubles_up_to_the_longest(chance: float) -> None:
    waits = [delay(failures, chance) for failures in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(FIRST * (0.5 + chance / 2))
    assert waits[1] == pytest.approx(2 * waits[0])
    assert waits[-1] == pytest.approx(LONGEST * (0.5 + chance / 2))


def test_chance_outside_its_range_and_no_failure_do_no_harm() -> None:
    assert delay(1, 9.0) == FIRST
    assert delay(0, -3.0) == FIRST / 2
    assert delay(10**9, 1.0) == LONGEST
