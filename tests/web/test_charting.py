"""Marks and bars: what they say, for whom, and where the home's hours, days and months begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.permission import Grant, Role, Verb
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import Record, RecordKind
from jiahe.web.charting import MOST_STRETCHES, meters, stretches

BERLIN, INDIA = ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=5, minutes=30))
NOW = 1_790_000_000.0
ANN = {"id": "c1", "kind": "person", "source": "Ann"}


def metered(*paths: str) -> Profile:
    rows = {}
    for path in paths:
        component, _, name = path.rpartition(".")
        unit = "kW.h" if name == "energy" else "W"
        rows[path] = PropertyDef(name, Kind.FLOAT, unit, trait="energy", component=component or "main")
    return Profile("generic", rows)


def happened() -> list[Record]:
    def command(seq: int, path: str) -> Record:
        body = {"id": f"c{seq}", "device": "ac", "property": path, "value": True, "cause": ANN}
        return Record(seq, NOW + seq, RecordKind.COMMAND, body)

    saw = {"ac.temperature": [29, "good"]}
    return [
        command(1, "power"),
        Record(2, NOW + 2, RecordKind.OUTCOME, {"command": "c1", "device": "ac", "status": "refused", "reason": "Ann may not"}),
        command(3, "mode"),
        Record(4, NOW + 4, RecordKind.RULE, {"rule": "hot", "what": "ran", "run": "r", "trigger": {"saw": saw}}),
    ]  # fmt: skip


async def test_marks_say_what_was_done_how_it_ended_and_who_did_it(ask, house):
    house.history.done = happened()
    answer = await ask("GET", f"/api/marks?device=ac&from={NOW}&to={NOW + 60}", status=200)
    assert answer["whole"] is True
    first, second, third = answer["marks"]
    assert first == {
        "at": NOW + 1, "kind": "command", "record": 1, "property": "power", "value": True, "status": "refused",
        "by": {"kind": "person", "source": "Ann"},
    }  # fmt: skip
    assert (second["property"], second["status"]) == ("mode", "waiting")
    assert (third["kind"], third["rule"]) == ("rule", "hot")


async def test_a_propertys_marks_have_only_the_rules_that_looked_at_it(ask, house):
    house.history.done = happened()
    looked = await ask("GET", "/api/marks?device=ac&property=temperature", status=200)
    other = await ask("GET", "/api/marks?device=ac&property=power", status=200)
    assert [mark["kind"] for mark in looked["marks"]] == ["command", "command", "rule"]
    assert [mark["kind"] for mark in other["marks"]] == ["command", "command"]
    now = house.clock.now()
    assert house.history.asked[0] == ("ac", now - 86_400, now)


async def test_a_mark_of_comfort_says_why_to_those_who_may_read_it(ask, house):
    cause = {"id": "k1", "kind": "comfort", "source": "climate"}
    reasons = [{"code": "coast", "figures": {"until": NOW}}]
    said = {"what": "climate", "about": "living", "reasons": reasons, "cause": cause}
    sent = {"id": "c9", "device": "ac", "property": "power", "value": False, "cause": cause}
    house.history.done = [
        Record(8, NOW, RecordKind.COMFORT, said),
        Record(9, NOW + 1, RecordKind.COMMAND, sent),
    ]
    (mark,) = (await ask("GET", "/api/marks?device=ac", status=200))["marks"]
    assert (mark["about"], mark["reasons"], mark["by"]["kind"]) == ("living", reasons, "comfort")


async def test_more_marks_than_fit_are_told(ask, house):
    house.history.done, house.history.whole = happened(), False
    assert (await ask("GET", "/api/marks?device=ac", status=200))["whole"] is False


async def test_a_device_that_left_keeps_its_marks_and_one_that_never_was_has_none(ask, house):
    house.history.done = [
        Record(1, NOW, RecordKind.COMMAND, {"id": "c", "device": "gone", "action": "reset", "cause": ANN})
    ]
    (mark,) = (await ask("GET", "/api/marks?device=gone", status=200))["marks"]
    assert mark["action"] == "reset"
    house.history.done = []
    assert (await ask("GET", "/api/marks?device=gone", status=404))["error"]["code"] == "unknown_name"


@pytest.mark.parametrize(
    "query", ["from=100&to=100", "from=200&to=100", "from=0&to=99999999", "device=ac&from=x"]
)
async def test_a_span_of_marks_that_is_none_is_refused(ask, query):
    given = query if "device" in query else f"device=ac&{query}"
    await ask("GET", f"/api/marks?{given}", status=422)


async def test_who_sees_one_property_gets_its_marks_alone(ask, client, house):
    house.history.done = happened()
    traits = frozenset({"on_off"})
    token = await house.people.create_token("Bo", Role.AGENT, (Grant(frozenset({Verb.SEE}), traits=traits),))
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await client.get("/api/marks?device=ac&property=power", headers=bearer)
    assert answer.status == 200, await answer.text()
    marks = (await answer.json())["marks"]
    assert [mark["property"] for mark in marks] == [
        "power"
    ]  # neither the mode, nor a rule that they may not see
    assert marks[0]["by"]["source"] == ""  # and not who it was
    for path in ("/api/marks?device=ac&property=mode", "/api/marks?device=gone"):
        assert (await client.get(path, headers=bearer)).status == 404, path


# ---- electricity -------------------------------------------------------------------------------------------------


def gives(house, monkeypatch, *paths):
    monkeypatch.setattr(type(house.registry.device("ac")), "profile", metered(*paths))


async def test_a_home_without_a_meter_has_no_rows(ask):
    answer = await ask("GET", "/api/energy", status=200)
    assert answer["rows"] == []
    assert 30 <= len(answer["bounds"]) - 1 <= 31


async def test_the_counter_is_asked_first_and_the_power_where_it_said_nothing(ask, house, monkeypatch):
    gives(house, monkeypatch, "energy", "electric_power")
    house.history.kwh = {"energy": 1.25, "electric_power": 7.0}
    (row,) = (await ask("GET", "/api/energy?by=day", status=200))["rows"]
    assert (row["device"], row["source"], row["property"]) == ("ac", "counter", "energy")
    assert row["stretches"][0] == {
        "kwh": 1.25,
        "covered": 0.5,
        "estimated": False,
        "reset": True,
        "cost": None,
    }
    house.history.kwh["energy"] = None
    (row,) = (await ask("GET", "/api/energy?by=day&device=ac", status=200))["rows"]
    assert (row["source"], row["stretches"][0]["kwh"]) == ("power", 7.0)
    assert house.history.asked[-1][3:] == (False, 1.0)


async def test_a_meter_that_is_not_seen_has_no_bar(client, house, monkeypatch):
    gives(house, monkeypatch, "energy")
    grant = Grant(frozenset({Verb.SEE}), traits=frozenset({"on_off"}))
    token = await house.people.create_token("Bo", Role.AGENT, (grant,))
    answer = await client.get("/api/energy", headers={"Authorization": f"Bearer {token}"})
    assert (await answer.json())["rows"] == []
    assert house.history.asked == []


@pytest.mark.parametrize(
    "query", ["by=week", "by=hour&from=0&to=1e9", "from=5&to=5", "by=hour&to=1e10&from=1"]
)
async def test_electricity_by_what_it_is_not_cut_into_is_refused(ask, query):
    await ask("GET", f"/api/energy?{query}", status=422)


async def test_electricity_of_a_device_that_is_not_there(ask):
    await ask("GET", "/api/energy?device=nobody", status=404)


def test_parts_of_a_device_count_only_where_the_whole_does_not():
    def paths(profile: Profile) -> list[tuple[str | None, str | None]]:
        return [tuple(row and row.path for row in pair) for pair in meters(profile)]

    assert paths(metered("energy", "outlet_1.energy")) == [("energy", None)]
    assert paths(metered("outlet_1.energy", "outlet_2.electric_power")) == [
        ("outlet_1.energy", None),
        (None, "outlet_2.electric_power"),
    ]
    strange = Profile("generic", {"energy": PropertyDef("energy", Kind.FLOAT, "furlong", trait="energy")})
    assert paths(strange) == []


def moment(*parts: int, zone=UTC) -> float:
    return datetime(*parts, tzinfo=zone).timestamp()


def test_days_on_which_clocks_are_set_have_23_hours_and_25():
    start, end = moment(2026, 3, 28, 12, zone=BERLIN), moment(2026, 3, 30, 12, zone=BERLIN)
    bounds = stretches(start, end, "day", BERLIN)
    assert [(b - a) / 3600 for a, b in pairwise(bounds)] == [24, 23, 24]
    start, end = moment(2026, 10, 25, zone=BERLIN), moment(2026, 10, 26, zone=BERLIN)
    assert len(stretches(start, end, "hour", BERLIN)) == 26


def test_months_begin_on_their_first_and_hours_where_the_zone_has_them():
    bounds = stretches(moment(2026, 1, 31), moment(2026, 3, 1), "month", UTC)
    assert bounds == [moment(2026, 1, 1), moment(2026, 2, 1), moment(2026, 3, 1)]
    bounds = stretches(moment(2026, 1, 1, 0, 40), moment(2026, 1, 1, 1, 10), "hour", INDIA)
    assert bounds == [moment(2026, 1, 1, 0, 30), moment(2026, 1, 1, 1, 30)]


@given(
    st.floats(0, 4e9), st.floats(1, 20 * 86_400), st.sampled_from(["hour", "day", "month"]),
    st.sampled_from([UTC, BERLIN, INDIA, ZoneInfo("Australia/Lord_Howe")]),
)  # fmt: skip
def test_stretches_cover_the_span_without_an_empty_one(start, span, step, zone):
    bounds = stretches(start, start + span, step, zone)
    assert bounds[0] <= start
    assert start + span <= bounds[-1]
    assert bounds[1] > start
    assert bounds[-2] < start + span
    assert all(low < high for low, high in pairwise(bounds))


def test_too_many_stretches_are_refused():
    with pytest.raises(OutOfDefinition):
        stretches(0.0, (MOST_STRETCHES + 2) * 3600.0, "hour", UTC)
