"""A night in its diary: what a reader wants to know in the morning, and not every time somebody turned over."""

from __future__ import annotations

from tests.comfort.test_director import MOVES, STILL, Home
from tests.comfort.test_director_nights import BOTH, couple

from jiahe.comfort.reason import reason
from jiahe.comfort.sleep import Stage
from jiahe.comfort.sleep_diary import LASTS, Now, SleepDiary
from jiahe.comfort.step import Note

T = 1_784_559_600.0
STIRS = (200.0, 30, 85)


def turn(
    diary: SleepDiary, at: float, code: str, stage: Stage, *, night: bool = True, moved: str = ""
) -> list[str]:
    notes = [Note("sleep", "li", (reason(code, who="Li"),))] if code else []
    told = diary.minute(at, notes, {"li": Now(stage, night, "bedroom")}, {moved} if moved else set())
    return [note.reasons[0].code for note in told]


def asleep() -> SleepDiary:
    diary = SleepDiary()
    assert turn(diary, T - 900, "sleep.quiet", Stage.QUIET, night=False) == ["sleep.quiet"]
    assert turn(diary, T, "sleep.asleep", Stage.ASLEEP) == ["sleep.asleep"]
    return diary


def test_a_stir_is_not_written() -> None:
    diary = asleep()
    for hour in range(1, 5):
        at = T + hour * 3600
        assert turn(diary, at, "sleep.moves", Stage.AWAKE) == []
        assert turn(diary, at + 300, "sleep.quiet", Stage.QUIET) == []
        assert turn(diary, at + 600, "sleep.asleep", Stage.ASLEEP) == []
        assert turn(diary, at + 660, "", Stage.ASLEEP) == []


def test_a_waking_that_lasts_is_written_once_and_so_is_falling_asleep_again() -> None:
    diary = asleep()
    assert turn(diary, T + 3600, "sleep.walks", Stage.AWAKE) == []
    assert turn(diary, T + 3600 + LASTS - 60, "", Stage.AWAKE) == []
    assert turn(diary, T + 3600 + LASTS, "", Stage.AWAKE) == ["sleep.walks"]
    assert turn(diary, T + 3600 + LASTS + 60, "", Stage.AWAKE) == []
    assert turn(diary, T + 5400, "sleep.quiet", Stage.QUIET) == []
    assert turn(diary, T + 6000, "sleep.asleep", Stage.ASLEEP) == ["sleep.asleep"]


def test_a_waking_that_changes_the_room_is_written_at_once() -> None:
    diary = asleep()
    assert turn(diary, T + 3600, "sleep.moves", Stage.AWAKE, moved="kitchen") == []
    assert turn(diary, T + 3660, "", Stage.AWAKE, moved="bedroom") == ["sleep.moves"]
    assert turn(diary, T + 4000, "sleep.asleep", Stage.ASLEEP) == ["sleep.asleep"]


def test_who_gets_up_and_takes_the_band_off_woke() -> None:
    diary = asleep()
    assert turn(diary, T + 3600, "sleep.moves", Stage.AWAKE) == []
    assert turn(diary, T + 3900, "sleep.band_off", Stage.UNKNOWN, night=False) == [
        "sleep.moves",
        "sleep.band_off",
    ]


def test_who_left_the_home_is_forgotten_and_a_clock_set_back_tells_what_waits() -> None:
    diary = asleep()
    turn(diary, T + 3600, "sleep.moves", Stage.AWAKE)
    assert turn(diary, T, "", Stage.AWAKE) == ["sleep.moves"]
    turn(diary, T + 60, "sleep.asleep", Stage.ASLEEP)
    turn(diary, T + 3600, "sleep.moves", Stage.AWAKE)
    assert diary.minute(T + 9000, [], {}, set()) == []
    assert (diary.told, diary.waiting) == ({}, {})


def test_two_in_a_bed_stir_without_a_line_and_the_stage_is_seen_all_the_same() -> None:
    home = Home(BOTH)
    for _ in range(30):
        couple(home, MOVES, MOVES)
    for _ in range(240):
        couple(home, STILL, STILL)
    before = [one for one in home.notes if one[0] == "sleep"]
    assert before.count(("sleep", "sleep.asleep")) == 2
    awake = False
    for _ in range(3):
        couple(home, STILL, STIRS)
        awake |= home.director.bedtime.people["li"].stage is Stage.AWAKE
    for _ in range(12):
        couple(home, STILL, STILL)
    assert awake
    assert [one for one in home.notes if one[0] == "sleep"] == before
