"""The demo's past under comfort: the band falls asleep, the air conditioner takes the curve, the purifier is quiet, and the journal says why."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.hub.whole_home import SOMEBODY, whole_home
from tests.machines.virtual_time import EPOCH, Clock, virtual_time

from jiahe.comfort.words import SENTENCES
from jiahe.hub.demo import Progress, live_through
from jiahe.hub.demo_week import Week
from jiahe.hub.identifier import Identifiers
from jiahe.model.definition import Value
from jiahe.model.happening import Actor, RecordKind
from jiahe.state.body import cause_from
from jiahe.virtual.home import DemoHome
from jiahe.virtual.year import Seen

ZONE = ZoneInfo("Asia/Shanghai")
ROOMS = {"living-room": "living-room", "bedroom": "bedroom", "kitchen": "kitchen", "balcony": "balcony"}
SUMMER = 1_784_692_800.0  # 2026-07-22 12:00 in Shanghai
WINTER = 1_769_140_800.0  # 2026-01-23 12:00 in Shanghai
DAYS = 2.0


@dataclass
class Lived:
    """What came of some days."""

    week: Week
    seen: list[Seen] = field(default_factory=list)
    notes: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)

    def said(self, what: str, about: str) -> list[tuple[float, str, Mapping[str, Any]]]:
        """When, which code, with which figures."""
        return [
            (at, body["reasons"][0]["code"], body["reasons"][0]["figures"])
            for at, body in self.notes
            if (body["what"], body["about"]) == (what, about)
        ]

    def set_by_comfort(self, device: str, path: str) -> list[tuple[float, Value, str]]:
        return [
            (one.at, one.value, one.cause)
            for one in self.seen
            if (one.device, one.path) == (device, path) and one.cause in self.week.causes
        ]


@dataclass(frozen=True)
class Then:
    """A clock that stands."""

    at: float

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@cache
def lived(end: float) -> Lived:
    home = DemoHome(Then(end), random.Random(1).randbytes, 1)
    ids = Identifiers(end)
    found = Lived(Week(home, ZONE, (31.2, 120.0), ROOMS, ids.new, days=DAYS, simulated="sim"))
    for one in home.past(DAYS, found.week):
        found.notes += found.week.fetch(one.at)
        found.seen.append(one)
    return found


@pytest.mark.parametrize("end", [SUMMER, WINTER])
def test_whoever_lives_there_is_seen_to_sleep_every_night(end: float) -> None:
    here = lived(end)
    for person in ("wang", "li"):
        asleep = [at for at, code, _ in here.said("sleep", person) if code == "sleep.asleep"]
        nights = {int((at + 8 * 3600.0 - 12 * 3600.0) // 86400) for at in asleep}
        assert len(nights) == DAYS
        assert {figures["who"] for _, _, figures in here.said("sleep", person)} <= {"Wang Fang", "Li Wei"}


@pytest.mark.parametrize("end", [SUMMER, WINTER])
def test_the_curve_goes_with_the_night_and_its_cause_stands_before_it(end: float) -> None:
    here = lived(end)
    mode = {one.value for one in here.seen if (one.device, one.path) == ("bedroom-ac", "mode")}
    assert ("cool" if end == SUMMER else "heat") in mode
    told = {body["cause"]["id"]: (at, body) for at, body in here.notes}
    steps: dict[str, list[float]] = {}
    for at, value, cause in here.set_by_comfort("bedroom-ac", "target_temperature"):
        since, body = told[cause]
        assert since == at, "the note and what it did stand at one moment"
        code = body["reasons"][0]["code"]
        if code in ("curve.begins", "curve.rises", "curve.top"):
            steps.setdefault(code, []).append(float(str(value)))
    assert {"curve.rises", "curve.top"} <= set(steps), "night after night"
    begins, top = sorted(steps["curve.rises"]), steps["curve.top"]
    if end == SUMMER:
        assert max(top) > begins[0], "warmer in the night"
    else:
        assert min(top) < begins[-1], "cooler in the night"
        assert max(max(one) for one in steps.values()) <= 21.0, (
            "nobody heats a bedroom to a summer's temperature"
        )


@pytest.mark.parametrize("end", [SUMMER, WINTER])
def test_the_lamp_goes_out_and_the_purifier_is_quiet_beside_a_sleeper(end: float) -> None:
    here = lived(end)
    if end == WINTER:  # of a July's evenings not every one needs a lamp
        assert False in {value for _, value, _ in here.set_by_comfort("bedroom-lamp", "power")}
    mode: Value = None
    power: Value = True
    asleep: set[str] = set()
    loud = 0.0
    notes = iter([*here.notes, (float("inf"), {"what": "", "about": "", "reasons": []})])
    at, body = next(notes)
    last = here.seen[0].at
    for one in here.seen:
        if asleep and power and mode not in ("sleep", "manual"):
            loud += one.at - last
        last = one.at
        while at <= one.at:
            if body["what"] == "sleep" and body["about"] in ("wang", "li"):
                stage = body["reasons"][0]["code"]
                (asleep.add if stage == "sleep.asleep" else asleep.discard)(str(body["about"]))
            at, body = next(notes)
        if one.device == "bedroom-purifier" and one.path == "mode":
            mode = one.value
        elif one.device == "bedroom-purifier" and one.path == "power":
            power = one.value
    assert loud <= 180.0, "no minute but those in which it is told"
    quiet = [code for _, code, _ in here.said("air", "bedroom") if code.startswith("air.")]
    assert len(quiet) > 3


@pytest.mark.parametrize("end", [SUMMER, WINTER])
def test_every_note_can_be_told_and_is_no_flood(end: float) -> None:
    here = lived(end)
    assert [at for at, _ in here.notes] == sorted(at for at, _ in here.notes)
    for _, body in here.notes:
        for reason in body["reasons"]:
            assert reason["code"] in SENTENCES
        assert body["cause"]["parent"] == "sim"
        json.dumps(body)
    climate = len(here.said("climate", "bedroom"))
    assert climate <= 60 * DAYS, "news, not every minute"
    assert here.week.records == []


def test_hands_of_the_family_are_remembered() -> None:
    here = lived(SUMMER)
    by_hand = [one for one in here.seen if one.device == "bedroom-ac" and one.cause in ("wang", "li")]
    if by_hand:
        assert any(code == "hand" for _, code, _ in here.said("climate", "bedroom"))
    room = here.week.director.climate.rooms["bedroom"]
    assert len(room.schedule.adjustments) <= len(by_hand)
    assert len(room.track.rows) > 96 * (DAYS - 1)


def test_what_was_learned_is_json_and_nights_of_workdays_are_among_it() -> None:
    body = json.loads(json.dumps(lived(SUMMER).week.director.to_json()))
    for person in ("wang", "li"):
        assert len(body["bedtime"]["people"][person]["watch"]["habit"]["nights"]) >= 1


class Out(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("terminal", [False, True])
def test_each_day_of_the_past_is_told_once(terminal: bool) -> None:
    out = Out(terminal=terminal)
    progress = Progress(out, 3, 0.0)
    for now, day in (
        (1.0, 1),
        (2.0, 1),
        (5.0, 1),
        (9.0, 1),
        (9.5, 2),
        (9.6, 2),
        (11.0, 2),
        (13.0, 2),
        (20.0, 3),
    ):
        progress.tell(day, now)
    progress.end()
    lines = [f"jiahe: writing the family's past, day {day} of 3" for day in (1, 2, 3)]
    told = out.getvalue()
    assert told == ("".join(f"\r{line}" for line in lines) + "\n" if terminal else "\n".join([*lines, ""]))


def test_a_past_that_is_written_at_once_says_nothing() -> None:
    out = Out(terminal=True)
    progress = Progress(out, 1, 0.0)
    progress.tell(1, 0.5)
    progress.end()
    assert not out.getvalue()


@virtual_time
async def test_the_journal_tells_the_past_and_the_hub_goes_on_from_it(tmp_path: Path) -> None:
    async with whole_home(tmp_path, adopted=False) as whole:
        hub, home = whole.hub, DemoHome(Clock(EPOCH), random.Random(2).randbytes, 1)
        week = await live_through(hub, home, 1)
        await hub.journal.committed(hub.journal.last_seq)
        records = await hub.journal.records(0, 20_000)
        notes = {one.body["cause"]["id"]: one for one in records if one.kind is RecordKind.COMFORT}
        assert notes
        ends = {one.body["command"]: one for one in records if one.kind is RecordKind.OUTCOME}
        ordered = [one for one in records if one.kind is RecordKind.COMMAND]
        assert {one.body["cause"]["kind"] for one in ordered} == {"comfort", "person"}
        for one in ordered:
            cause = cause_from(one.body["cause"])
            assert ends[one.body["id"]].body["status"] == "confirmed"
            if cause.kind is Actor.COMFORT:
                assert cause.parent, "the simulation stands before it"
                assert notes[cause.id].seq < one.seq
                assert notes[cause.id].at == one.at
            else:
                assert cause.source in ("Wang Fang", "Li Wei", "Lele")
                assert cause.parent is None, "no reading of the same past moved their hand"
        await hub.registry.add_room("Bedroom", SOMEBODY)
        await whole.adopt_all()
        await hub.comfort.go_on(week.wishes.as_json(), week.director.to_json())
        assert hub.comfort.director is not None
        assert [one.name for one in hub.comfort.wishes.people] == ["Wang Fang", "Li Wei"]
        learned = hub.comfort.director.bedtime.people["wang"].watch.scale.as_json()
        assert learned == week.director.bedtime.people["wang"].watch.scale.as_json()
