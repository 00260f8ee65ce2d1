"""Rules in a real hub: their files, their right to operate, and what a faulty one does to the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.hub.past import AskedPast, open_past
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality, RecordKind
from jiahe.rules.reader import Faults

ME = Cause("me", Actor.PERSON, "Mei", who="home")
DUST = "# mine\nwhen: [{becomes: purifier.pm2_5 > 75}]\nthen: [{set: purifier.mode, to: sleep}]\n"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.yaml").write_text("when: 3")
    (tmp_path / "rules" / "lost.yaml").write_text(
        "when: [{hub: started}]\nthen: [{set: nobody.power, to: on}]"
    )
    hub = await Hub.open(Config(tmp_path))
    await hub.registry.adopt(
        product="zhimi.airpurifier.mb4",
        family="miio",
        hardware_id="1",
        address="127.0.0.1",
        cause=ME,
        id_="purifier",
    )
    await hub.start_rules()
    yield hub
    await hub.close()


def says(hub: Hub, value: int) -> None:
    ref = PropertyRef("purifier", "pm2_5")
    cause = Cause(hub.ids.new(), Actor.DEVICE, "purifier")
    hub.intake.accept([PropertyUpdate(ref, value, Quality.GOOD, hub.clock.now(), cause, value)], {})


async def commands(hub: Hub) -> list[dict[str, object]]:
    await hub.journal.committed(hub.journal.last_seq)
    return [dict(record.body) for record in await hub.journal.newest(50, kinds=(RecordKind.COMMAND,))]


async def test_faulty_files_are_listed_and_the_others_run(hub: Hub, tmp_path: Path) -> None:
    await hub.automation.put_rule("dust", DUST, ME)
    assert set(hub.automation.faults) == {"rules/broken", "rules/lost"}
    assert (tmp_path / "rules" / "dust.yaml").read_text() == DUST
    says(hub, 20)
    says(hub, 80)
    (command,) = await commands(hub)
    cause = command["cause"]
    assert isinstance(cause, dict)
    assert (cause["kind"], cause["source"], command["value"]) == ("rule", "dust", "sleep")


async def test_a_rule_may_operate_only_while_it_is_there(hub: Hub) -> None:
    target = PropertyRef("purifier", "power")
    gone = hub.dispatch.submit(target, Cause("x", Actor.RULE, "gone"), value=True)
    outcome = await hub.dispatch.outcome(gone.id)
    assert (outcome.status.value, "there is no rule 'gone'" in outcome.reason) == ("refused", True)


async def test_a_rule_that_does_not_fit_is_not_written(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(Faults, match="did you mean pm2_5"):
        await hub.automation.put_rule("dust", DUST.replace("pm2_5", "pm25"), ME)
    assert not (tmp_path / "rules" / "dust.yaml").exists()
    await hub.automation.put_rule("dust", DUST, ME)
    await hub.automation.remove_rule("dust", ME)
    says(hub, 20)
    says(hub, 80)
    assert await commands(hub) == []
    with pytest.raises(UnknownName):
        await hub.automation.remove_rule("dust", ME)
    with pytest.raises(Faults):
        await hub.automation.put_rule("../dust", DUST, ME)


async def test_a_mended_file_is_a_fault_no_more(hub: Hub) -> None:
    await hub.automation.put_rule("broken", DUST, ME)
    assert set(hub.automation.faults) == {"rules/lost"}


async def test_a_device_that_leaves_and_comes_back_takes_its_rules_along(hub: Hub) -> None:
    await hub.automation.put_rule("dust", DUST, ME)
    await hub.remove("purifier", ME)
    for _ in range(100):
        if "rules/dust" in hub.automation.faults:
            break
        await asyncio.sleep(0.01)
    assert "there is no device 'purifier'" in str(hub.automation.faults["rules/dust"][0])


async def test_scenes_modes_and_the_place(hub: Hub) -> None:
    await hub.automation.put_scene("sleep", "set: {purifier.mode: sleep}\nmode: night", ME)
    played = await hub.automation.runner.play("sleep", ME)
    assert (played.status, played.parts[0]["status"]) == ("partly_confirmed", "failed")
    assert hub.automation.runner.mode.value == "night"
    with pytest.raises(Faults, match="where the home is"):
        await hub.automation.put_rule("dusk", "when: [{sun: dusk}]\nthen: [stop]", ME)
    await hub.automation.set_place("Asia/Shanghai", 39.9, 116.4)
    await hub.automation.put_rule("dusk", "when: [{sun: dusk}]\nthen: [stop]", ME)
    for wrong in (("Mars/Base", None, None), ("UTC", 91, 0), ("UTC", 1, None)):
        with pytest.raises(OutOfDefinition):
            await hub.automation.set_place(*wrong)
    await hub.automation.remove_scene("sleep", ME)


async def test_what_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    first = await Hub.open(Config(tmp_path))
    await first.start_rules()
    await first.automation.set_place("Europe/Berlin", 52.5, 13.4)
    first.automation.runner.set_mode(first.automation.runner.mode.AWAY, ME)
    await first.close()
    again = await Hub.open(Config(tmp_path))
    assert (again.automation.place.name, again.automation.runner.mode.value) == ("Europe/Berlin", "away")
    await again.close()


async def test_the_past_of_a_running_hub_is_asked(hub: Hub) -> None:
    asked = AskedPast(hub.past)
    says(hub, 10)
    says(hub, 90)
    now = hub.clock.now()
    found = await asked.replay("dust", DUST, now - 60, now + 1)
    assert [order["text"] for order in found["orders"]] == ["set purifier.mode to sleep"]
    assert found["orders"][0]["effect"] == "simulated"
    why = await asked.why("purifier", "pm2_5", now + 1)
    assert why["chain"][-1]["by"] == "device"
    with pytest.raises(UnknownName):
        await asked.replay("dust", None, now - 60, now)
    with pytest.raises(UnknownName):
        await asked.why_rule("dust", now)
    await hub.automation.put_rule("dust", DUST, ME)
    assert "it was so already" in (await asked.why_rule("dust", now + 1))["text"]


async def test_the_past_is_opened_beside_a_running_hub(hub: Hub, tmp_path: Path) -> None:
    says(hub, 10)
    await hub.journal.committed(hub.journal.last_seq)
    past = await open_past(tmp_path)
    try:
        assert (await past.why("purifier", "pm2_5", hub.clock.now() + 1)).text.startswith(
            "purifier.pm2_5 became 10"
        )
        with pytest.raises(OutOfDefinition):
            await past.replay([], 5, 5)
    finally:
        await past.database.close()
    with pytest.raises(UnknownName):
        await open_past(tmp_path / "nowhere")
