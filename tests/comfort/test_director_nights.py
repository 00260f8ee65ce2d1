"""What a family's weeks brought to light: chargers, stirs beside a sleeper, hands of the evening, and what is news."""

from __future__ import annotations

from tests.comfort.test_director import ALL_ON, MOVES, STILL, WANG, Home, fallen_asleep

from jiahe.comfort.director import Director
from jiahe.comfort.sleep import Stage
from jiahe.comfort.sleep_curve import Way
from jiahe.comfort.step import Step
from jiahe.model.happening import PropertyRef

LI = {"id": "li", "name": "Li", "band": "band2", "bedroom": "bedroom", "curve": {"start": 25.0, "warm": 19.0}}
BOTH: dict[str, object] = {**ALL_ON, "people": [WANG, LI]}


def test_a_band_on_its_charger_does_not_sleep() -> None:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    home.say("band", charging="charging")
    for _ in range(90):
        home.minute((0.0, 0, 0))
    assert home.director.bedtime.people["wang"].stage is Stage.UNKNOWN
    assert ("sleep", "sleep.band_off") in home.notes
    assert ("sleep", "sleep.asleep") not in home.notes


def test_a_band_that_goes_out_with_its_wearer_is_no_news() -> None:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    home.online = False
    for _ in range(40):
        home.minute(None)
    assert home.director.bedtime.people["wang"].stage is Stage.UNKNOWN
    assert not any(code == "sleep.band_silent" for _, code in home.notes)


def test_a_hand_of_the_evening_holds_two_hours_and_then_the_curve_goes_on() -> None:
    home = Home()
    for _ in range(20):
        home.minute(MOVES)
    home.hand("ac", power=True, mode="cool", target_temperature=24.0)
    touched = home.at
    home.minute(MOVES)
    home.until(Stage.ASLEEP, STILL)
    slept = home.director.bedtime.people["wang"].watch.night_since
    assert slept is not None
    while home.at < touched + 2 * 3600.0 - 60.0:
        home.minute(STILL)
        assert home.value("ac", "target_temperature") == 24.0, "a hand wins for its two hours"
    for _ in range(20):
        home.minute(STILL)
    hours = int((home.at - slept) / 3600.0)
    # It is thought over every quarter of an hour: the last step may be under way.
    assert home.value("ac", "target_temperature") in (26.0 + 0.5 * hours, 25.5 + 0.5 * hours)


def test_a_hand_in_the_night_holds_as_ever() -> None:
    home = fallen_asleep()
    for _ in range(30):
        home.minute(STILL)
    home.hand("ac", power=True, mode="cool", target_temperature=23.0)
    for _ in range(180):
        home.minute(STILL)
    assert home.value("ac", "target_temperature") == 23.0


def test_switched_off_by_hand_stays_off_beside_a_sleeper() -> None:
    home = Home()
    for _ in range(20):
        home.minute(MOVES)
    home.hand("ac", power=False)
    home.minute(MOVES)
    home.until(Stage.ASLEEP, STILL)
    for _ in range(180):
        home.minute(STILL)
    assert home.value("ac", "power") is False


def test_who_sets_a_unit_that_is_off_has_not_switched_it_off() -> None:
    home = Home()
    home.mode = "away"
    for _ in range(20):
        home.minute(MOVES)
    assert home.value("ac", "power") is False
    home.hand("ac", target_temperature=23.0)
    for _ in range(5):
        home.minute(MOVES)
    climate = home.director.climate.rooms["bedroom"]
    assert climate.hold is not None
    assert (climate.hold.target, climate.hold.ran) == (23.0, False)
    assert not any(code.startswith("hand") for _, code in home.notes)
    assert not home.director.decided["bedroom"].setting.on
    home.mode = "home"
    for _ in range(20):
        home.minute(MOVES)
    assert (home.value("ac", "power"), home.value("ac", "target_temperature")) == (True, 23.0)


def test_a_mode_chosen_on_a_unit_that_is_off_holds_nothing() -> None:
    home = Home()
    home.mode = "away"
    for _ in range(20):
        home.minute(MOVES)
    home.hand("ac", mode="heat")
    for _ in range(5):
        home.minute(MOVES)
    climate = home.director.climate
    assert climate.rooms["bedroom"].hold is None
    assert not any(code.startswith("hand") for _, code in home.notes)
    home.hand("ac", power=False)
    home.minute(MOVES)
    home.minute(MOVES)
    held = {name: one.hold for name, one in climate.rooms.items()}["bedroom"]
    assert held is not None
    assert (held.target, held.ran) == (None, True)


def couple(home: Home, wang: tuple[float, int, int], li: tuple[float, int, int]) -> Step:
    movement, steps, pulse = li
    walked = home.values.get(PropertyRef("band2", "steps"))
    before = walked.value if walked is not None and isinstance(walked.value, int) else 0
    home.at += 60.0  # told within the same minute as the other band
    home.say("band2", movement=movement, steps=before + steps, heart_rate=pulse)
    home.at -= 60.0
    return home.minute(wang)


def stages(home: Home) -> dict[str, Stage]:
    return {name: one.stage for name, one in home.director.bedtime.people.items()}


def test_whoever_stirs_beside_a_sleeper_changes_nothing_at_first() -> None:
    home = Home(BOTH)
    for _ in range(30):
        couple(home, MOVES, MOVES)
    for _ in range(240):
        couple(home, STILL, STILL)
    assert stages(home) == {"wang": Stage.ASLEEP, "li": Stage.ASLEEP}
    before = home.value("ac", "target_temperature")
    for _ in range(10):
        couple(home, STILL, (200.0, 30, 85))
    assert stages(home)["li"] is not Stage.ASLEEP
    assert home.value("ac", "target_temperature") == before, "who stirs for some minutes counts as asleep"
    for _ in range(30):
        couple(home, STILL, (200.0, 30, 85))
    assert home.value("ac", "target_temperature") == 25.5, "who is up counts: half a kelvin from their own"


def test_a_band_that_nobody_hears_is_not_taken_for_somebody_awake() -> None:
    home = Home(BOTH)
    for _ in range(30):
        home.minute(MOVES)
    for _ in range(300):
        home.minute(STILL)
    assert home.director.bedtime.people["li"].stage is Stage.UNKNOWN
    sleepers = home.director.bedtime.sleepers("bedroom", home.director.wishes, home.at)
    assert [one.who for one in sleepers] == ["Wang"]
    assert home.value("ac", "target_temperature") == 27.5


def test_a_room_begins_at_what_its_sleepers_want() -> None:
    home = Home(BOTH)
    usual = home.director.climate.rooms["bedroom"].schedule.usual
    assert {way.value: value for way, value in usual.items()} == {"cool": 25.5, "heat": 19.5}
    nobody_sleeps: dict[str, object] = {"rooms": {"bedroom": {"climate": True}}}
    nobody = Home(nobody_sleeps)
    assert sorted(nobody.director.climate.rooms["bedroom"].schedule.usual.values()) == [20.0, 26.0]


def test_a_temperature_that_is_named_is_the_one_that_is_ordered() -> None:
    home = fallen_asleep()
    for _ in range(300):
        home.minute(STILL)
    orders = [one for one in home.all if one.ref == PropertyRef("ac", "target_temperature")]
    assert len(orders) > 2
    for one in orders:
        named = [why.figures[it] for why in one.reasons for it in ("target", "setting") if it in why.figures]
        assert not named or one.value in named


def test_the_diary_is_told_what_is_new_and_no_more() -> None:
    home = fallen_asleep()
    notes = []
    for _ in range(240):
        notes += [note for note in home.minute(STILL).notes if note.what == "climate"]
    said = [(note.reasons[0].code, note.reasons[0].figures.get("target")) for note in notes]
    assert len(said) == len(set(said)), "the same is said once"
    assert {target for _, target in said} <= {26.0, 26.5, 27.0, 27.5}
    assert not any(one.code == "no_model" for note in notes for one in note.reasons)


def test_the_night_of_a_heated_room_begins_where_its_sleeper_wants_it() -> None:
    only_li: dict[str, object] = {**ALL_ON, "people": [LI]}
    home = Home(only_li)
    assert isinstance(home.director, Director)
    (li,) = home.director.wishes.people
    assert (li.curve.begin(Way.COOL), li.curve.begin(Way.HEAT)) == (25.0, 19.0)


def test_what_is_done_for_a_sleeper_has_their_sleep_as_its_cause() -> None:
    home = Home()
    for _ in range(30):
        home.minute(MOVES)
    for _ in range(240):
        step = home.minute(STILL)
        done = [one for one in step.orders if one.reasons[0].code.startswith("sleep.")]
        if any(note.what == "sleep" for note in step.notes) and done:
            assert {step.about(one) for one in done} == {"wang"}
            assert done[0].reasons[0].figures["who"] == "Wang"
            return
    raise AssertionError("nothing was done for the sleeper")


def test_without_a_band_in_reach_it_says_since_when_and_no_more_when_it_is_back() -> None:
    home = Home()
    for _ in range(20):
        home.minute(MOVES)
    assert home.director.absence() == ("", None)
    home.online = False
    heard = home.at
    for _ in range(50):
        home.minute(None)
    first = home.director.decided["bedroom"].reasons[0]
    assert (first.code, first.figures["since"]) == ("empty_long_bands", heard), "when one was last heard"
    assert home.director.absence() == ("bands", heard)
    assert home.value("ac", "power") is False
    home.mode = "away"
    home.minute(None)
    assert home.director.decided["bedroom"].reasons[0].code == "away"
    assert home.director.absence() == ("mode", None)
    home.mode, home.online = "home", True
    home.minute(MOVES)
    assert not home.director.decided["bedroom"].reasons[0].code.startswith("empty")
