"""Planned starts over HTTP: by who may operate the device, seen by who sees it, and nobody's name where it is not theirs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from jiahe.home.permission import Grant, Role, Verb
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say

ROW = {
    "id": "s1", "device": "ac", "path": "power", "action": False, "arguments": [], "who": "ann", "by_name": "Ann", "made_at": 1.0,
    "by": 9.0, "start": 5.0, "end": 8.0, "minutes": 60.0, "kwh": 1.0, "source": "told", "cost": 0.2, "cost_now": 0.4,
    "currency": "CNY", "life": "waiting", "why": {"code": "shift_cancelled", "figures": {"who": "Ann"}},
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    device: str = "ac"
    path: str = "power"


class Shifts:
    """One start of the air conditioner is planned."""

    def __init__(self) -> None:
        self.planned_by: list[tuple[Mapping[str, Any], str, bool]] = []
        self.cancelled: list[str] = []

    def state(self, sees):
        rows = [ROW] if sees("ac") else []
        can = [{"device": "ac", "path": "power", "action": False, "programmes": []} for _ in rows]
        return {"now": 1.0, "tariff": "x", "planned": rows, "can": can, "trouble": ""}

    def way(self, device):
        if device != "ac":
            raise OutOfDefinition("device", "cannot wait")
        return Found()

    def planned(self, name):
        if name != "s1":
            raise UnknownName(say("gone_shift", name=repr(name)))
        return Found()

    async def plan(self, body, cause, *, only_show):
        self.planned_by.append((body, cause.who, only_show))
        return ROW

    async def cancel(self, name, cause):
        self.cancelled.append(name)


@pytest.fixture
def shifts(house, monkeypatch) -> Shifts:
    found = Shifts()
    monkeypatch.setattr(type(house.doors), "shifts", found)
    return found


async def bearer(house, *verbs: Verb, trait: str = "on_off") -> dict[str, str]:
    grant = Grant(frozenset(verbs), traits=frozenset({trait}))
    token = await house.people.create_token("Bo", Role.AGENT, (grant,))
    return {"Authorization": f"Bearer {token}"}


async def test_a_start_is_planned_for_who_asks_and_a_preview_keeps_nothing(ask, shifts):
    row = await ask(
        "POST", "/api/comfort/shifts", json={"device": "ac", "by": 9.0, "minutes": 60}, status=201
    )
    assert (row["by_name"], row["operable"]) == ("Ann", True)
    assert "who" not in row
    await ask("POST", "/api/comfort/shifts", json={"device": "ac", "by": 9.0, "preview": True}, status=200)
    (body, who, only_show), (_, _, shown) = shifts.planned_by
    assert body == {"device": "ac", "by": 9.0, "minutes": 60}
    assert who
    assert (only_show, shown) == (False, True)


async def test_who_may_only_look_sees_the_plan_without_a_name_and_plans_nothing(client, house, shifts):
    looks = await bearer(house, Verb.SEE)
    (row,) = (await (await client.get("/api/comfort/shifts", headers=looks)).json())["planned"]
    assert (row["by_name"], row["operable"], row["why"]["figures"]) == ("", False, {"who": ""})
    body = {"device": "ac", "by": 9.0}
    assert (await client.post("/api/comfort/shifts", json=body, headers=looks)).status == 403
    assert (await client.delete("/api/comfort/shifts/s1", headers=looks)).status == 403
    assert (shifts.planned_by, shifts.cancelled) == ([], [])


async def test_who_may_operate_it_plans_and_takes_back(client, house, shifts):
    operates = await bearer(house, Verb.SEE, Verb.OPERATE)
    assert (await client.delete("/api/comfort/shifts/s1", headers=operates)).status == 204
    assert shifts.cancelled == ["s1"]


async def test_a_part_that_is_not_seen_has_no_plans(client, house, shifts):
    for trait, rows in (("on_off", 1), ("temperature", 0)):
        looks = await bearer(house, Verb.SEE, trait=trait)
        body = await (await client.get("/api/comfort/shifts", headers=looks)).json()
        assert (len(body["planned"]), len(body["can"])) == (rows, rows), trait
    assert (await client.delete("/api/comfort/shifts/s1", headers=looks)).status == 404


async def test_what_is_not_seen_is_as_what_never_was(client, house, shifts):
    grant = Grant(frozenset({Verb.SEE}), devices=frozenset({"other"}))
    token = await house.people.create_token("Bo", Role.AGENT, (grant,))
    blind = {"Authorization": f"Bearer {token}"}
    assert (await (await client.get("/api/comfort/shifts", headers=blind)).json())["planned"] == []
    hidden = await client.delete("/api/comfort/shifts/s1", headers=blind)
    never = await client.delete("/api/comfort/shifts/s2", headers=blind)
    assert (hidden.status, never.status) == (404, 404)
    assert (await hidden.text()).replace("s1", "s2") == await never.text()


async def test_a_home_that_plans_nothing_says_so(ask):
    await ask("GET", "/api/comfort/shifts", status=404)
    await ask("GET", "/api/comfort/tariffs", status=404)
