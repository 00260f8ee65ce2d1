"""The last look before a device: for whom a command is done, and whether they may, in a real hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiahe.home.grants import grants_from
from jiahe.home.permission import Principal, Role
from jiahe.home.person import Person
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.happening import Actor, Cause, PropertyRef
from jiahe.web.doors import RulesDoor

ME = Cause("me", Actor.PERSON, "Mei", who="home")
POWER = PropertyRef("purifier", "power")
RULE = "when: [{hub: started}]\nthen: [{set: purifier.power, to: on}]\n"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    hub = await Hub.open(Config(tmp_path))
    await hub.registry.add_room("Bedroom", ME)
    for device, product in (("purifier", "zhimi.airpurifier.mb4"), ("oven", "midea.b1.oven")):
        card = hub.shelf.get(product)
        assert card is not None
        await hub.registry.adopt(
            product=product, family=card.family, hardware_id=str(len(device)), address="127.0.0.1", cause=ME,
            id_=device, area="bedroom",
        )  # fmt: skip
    await hub.start_rules()
    yield hub
    await hub.close()


@pytest.fixture
def rules(hub: Hub) -> RulesDoor:
    found = hub.doors().rules
    assert found is not None
    return found


async def person(hub: Hub, role: Role, *bodies: object) -> Person:
    return await hub.people.household.add(f"Li {role.value}", role, grants=grants_from(list(bodies), role))


def by(one: Person) -> Cause:
    return Cause("c", Actor.PERSON, one.name, who=one.id)


def rule(name: str = "dust") -> Cause:
    return Cause("r", Actor.RULE, name)


async def test_somebody_operates_what_is_theirs(hub: Hub) -> None:
    child = await person(hub, Role.CHILD)
    assert hub.permit(by(child), POWER) == ""
    assert "may not operate oven" in hub.permit(by(child), PropertyRef("oven", "start"))
    assert "may not operate" in hub.permit(by(child), PropertyRef("purifier", "child_lock"))
    assert "may not operate" in hub.permit(by(child), PropertyRef("gone", "power"))


async def test_who_stands_for_nobody_operates_nothing(hub: Hub) -> None:
    for who in ("", "nobody", "token:x", "demo"):
        for kind in (Actor.PERSON, Actor.AGENT):
            assert "may not operate anything" in hub.permit(Cause("c", kind, "Mei", who=who), POWER)
    for kind in (Actor.DEVICE, Actor.FLEET):
        assert hub.permit(Cause("c", kind, "x", who="home"), POWER)
    assert hub.permit(Cause("c", Actor.SYSTEM, "start"), POWER) == ""


async def test_comfort_moves_the_air_and_nothing_that_burns(hub: Hub) -> None:
    comfort = Cause("c", Actor.COMFORT, "climate")
    assert hub.permit(comfort, POWER) == ""
    assert "may not operate oven" in hub.permit(comfort, PropertyRef("oven", "start"))
    guest = await person(hub, Role.GUEST)
    assert "may not operate" in hub.permit(Cause("c", Actor.COMFORT, "air", who=guest.id), POWER)


async def test_a_rule_acts_for_whoever_saved_it_last(hub: Hub, rules: RulesDoor, tmp_path: Path) -> None:
    adult = await person(hub, Role.ADULT)
    await rules.put_rule("dust", RULE, by(adult))
    assert hub.owners.rules_of(adult.id) == ["dust"]
    assert hub.permit(rule(), POWER) == ""
    await hub.people.household.change(adult.id, role=Role.GUEST)
    refusal = hub.permit(rule(), POWER)
    assert refusal.startswith("the rule dust acts for Li adult: Li adult may not operate purifier")
    await rules.put_rule("dust", RULE, ME)
    assert hub.permit(rule(), POWER) == ""
    assert hub.owners.rules_of(adult.id) == []


async def test_the_rule_of_who_left_does_nothing_and_says_so(hub: Hub, rules: RulesDoor) -> None:
    adult = await person(hub, Role.ADULT)
    await rules.put_rule("dust", RULE, by(adult))
    await hub.people.household.remove(adult.id)
    assert "not in this home any more" in hub.permit(rule(), POWER)
    command = hub.dispatch.submit(POWER, rule(), value=True)
    outcome = await hub.dispatch.outcome(command.id)
    assert (outcome.status, "acts for somebody" in outcome.reason) == ("refused", True)


async def test_whose_rule_it_is_survives_a_restart_and_ends_with_it(
    hub: Hub, rules: RulesDoor, tmp_path: Path
) -> None:
    adult = await person(hub, Role.ADULT)
    await rules.put_rule("dust", RULE, by(adult))
    kept = await hub.documents.all("rule_owner")
    assert kept == {"dust": {"who": adult.id}}
    await rules.remove_rule("dust", ME)
    assert await hub.documents.all("rule_owner") == {}
    assert "there is no rule" in hub.permit(rule(), POWER)


async def test_a_file_in_the_folder_and_the_command_line_act_for_the_homes_owner(
    hub: Hub, rules: RulesDoor
) -> None:
    await hub.people.create_token("script")
    (card,) = await hub.people.tokens()
    await hub.people.by_token("jiahe_none")
    await rules.put_rule("dust", RULE, Cause("c", Actor.PERSON, "script", who=f"token:{card.id}"))
    await hub.people.revoke_token("script")
    assert hub.owners.of("dust") == ""
    assert hub.permit(rule(), POWER) == ""


async def test_a_scene_in_a_rule_is_the_rules(hub: Hub, rules: RulesDoor) -> None:
    await rules.put_scene("cosy", "set: {purifier.power: on}\n", ME)
    child = await person(hub, Role.CHILD)
    played = await rules.play_scene("cosy", by(child))
    assert played["parts"][0]["status"] != "refused"
    guest = await person(hub, Role.GUEST)
    played = await rules.play_scene("cosy", by(guest))
    assert (played["status"], played["parts"][0]["status"]) == ("not_confirmed", "refused")


async def test_what_leaves_the_home_leaves_the_grants(hub: Hub) -> None:
    guest = await person(
        hub,
        Role.GUEST,
        {"verbs": ["operate"], "devices": ["purifier"]},
        {"verbs": ["see"], "rooms": ["bedroom"]},
    )
    assert hub.permit(by(guest), POWER) == ""
    await hub.registry.remove_room("bedroom", ME)
    await hub.remove("purifier", ME)
    assert [(one.devices, one.rooms) for one in hub.people.household.person(guest.id).grants] == [
        (frozenset(), None),
        (None, frozenset()),
    ]


async def test_an_empty_home_gives_nobody_anything(hub: Hub) -> None:
    assert hub.permit.principal("home") is not None
    assert isinstance(hub.permit.principal("home"), Principal)
    assert hub.permit.principal("") is None
