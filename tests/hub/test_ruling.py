"""Rules through the web's door of a real hub: nothing that fails is switched on, and files keep their comments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Actor, Cause, RecordKind
from jiahe.web.answer import Refused
from jiahe.web.doors import RulesDoor

ME = Cause("me", Actor.PERSON, "Mei", who="home")
DUST = """# mine
name: Dust
when: [{becomes: purifier.pm2_5 > 75}]  # thick
then: [{set: purifier.mode, to: sleep}]
tests:
  - name: thick air
    given: {purifier.pm2_5: 10}
    when: [{purifier.pm2_5: 90}]
    then: [{set: purifier.mode, to: sleep}]
"""
FAILS = DUST.replace("    then: [{set: purifier.mode, to: sleep}]", "    then: [{mode: night}]")


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.yaml").write_text("when: 3")
    hub = await Hub.open(Config(tmp_path))
    await hub.registry.adopt(
        product="zhimi.airpurifier.mb4", family="miio", hardware_id="1", address="127.0.0.1", cause=ME,
        id_="purifier",
    )  # fmt: skip
    await hub.start_rules()
    yield hub
    await hub.close()


@pytest.fixture
def rules(hub: Hub) -> RulesDoor:
    found = hub.doors().rules
    assert found is not None
    return found


async def test_a_rule_is_written_read_and_removed(hub: Hub, rules: RulesDoor, tmp_path: Path) -> None:
    put = await rules.put_rule("dust", DUST, ME)
    assert (put["enabled"], put["names"], put["failed_tests"]) == (True, {"en": "Dust"}, [])
    broken, dust = rules.rules()
    assert (broken["id"], broken["enabled"], broken["faults"][0]["line"]) == ("broken", False, 1)
    assert (dust["faults"], dust["paused"]) == ([], None)
    found = rules.rule("dust")
    assert (found["text"], rules.rule("broken")["summary"]) == (DUST, None)
    assert found["summary"]["when"] == [{"line": 3, "text": "becomes purifier.pm2_5 > 75"}]
    assert found["summary"]["then"] == [{"line": 4, "text": "set purifier.mode to sleep"}]
    await rules.remove_rule("dust", ME)
    assert not (tmp_path / "rules" / "dust.yaml").exists()
    with pytest.raises(UnknownName):
        rules.rule("dust")
    notes = [record.body for record in await hub.journal.newest(9, kinds=(RecordKind.HOME,))]
    said = [(body["what"], body["cause"]["source"]) for body in notes if "rule" in body["what"]]
    assert sorted(said) == [("rule_removed", "Mei"), ("rule_saved", "Mei")]


async def test_a_fault_says_its_line_and_column(rules: RulesDoor, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="did you mean pm2_5") as refused:
        await rules.put_rule("dust", DUST.replace("becomes: purifier.pm2_5", "becomes: purifier.pm25"), ME)
    (fault, *_) = refused.value.more["faults"]
    assert (refused.value.status, fault["file"], fault["line"]) == (422, "dust.yaml", 3)
    assert fault["column"] > 1
    with pytest.raises(Refused):
        await rules.put_rule("../dust", DUST, ME)
    assert sorted(path.name for path in (tmp_path / "rules").iterdir()) == ["broken.yaml"]


async def test_what_fails_its_own_test_is_never_on(rules: RulesDoor, tmp_path: Path) -> None:
    file = tmp_path / "rules" / "dust.yaml"
    with pytest.raises(Refused, match="thick air") as refused:
        await rules.put_rule("dust", FAILS, ME)
    assert refused.value.more["failed_tests"][0]["line"] == 6
    assert not file.exists()
    off = await rules.put_rule("dust", f"{FAILS}enabled: false\n", ME)
    assert ([one["name"] for one in off["failed_tests"]], off["enabled"]) == (["thick air"], False)
    with pytest.raises(Refused, match="thick air"):
        await rules.enable_rule("dust", True, ME)
    assert "enabled: false" in file.read_text()


async def test_on_and_off_keeps_the_comments(hub: Hub, rules: RulesDoor, tmp_path: Path) -> None:
    await rules.put_rule("dust", DUST, ME)
    off = await rules.enable_rule("dust", False, ME)
    text = (tmp_path / "rules" / "dust.yaml").read_text()
    assert (off["enabled"], off["text"]) == (False, text)
    assert text.startswith("# mine\n")
    assert "# thick" in text
    assert not hub.automation.runner.has_rule("dust")
    hub.automation.runner.engine.memory.paused["dust"] = hub.clock.now() + 100
    assert next(one for one in rules.rules() if one["id"] == "dust")["paused"] is not None
    on = await rules.enable_rule("dust", True, ME)
    assert (on["enabled"], on["paused"]) == (True, None)
    assert hub.automation.runner.has_rule("dust")
    with pytest.raises(UnknownName):
        await rules.enable_rule("nobody", True, ME)
    with pytest.raises(Refused, match="line 1"):
        await rules.enable_rule("broken", True, ME)


async def test_a_rule_whose_device_left_can_be_switched_off(hub: Hub, rules: RulesDoor) -> None:
    await rules.put_rule("dust", DUST, ME)
    await hub.remove("purifier", ME)
    await hub.automation.runner.rebind()
    assert "no device 'purifier'" in rules.rule("dust")["faults"][0]["message"]
    assert not (await rules.enable_rule("dust", False, ME))["enabled"]
    with pytest.raises(Refused, match="no device"):
        await rules.enable_rule("dust", True, ME)


async def test_scenes_and_the_mode(rules: RulesDoor) -> None:
    put = await rules.put_scene("sleep", "name: Sleep\nset: {purifier.mode: sleep}\nmode: night", ME)
    assert rules.scenes() == [put]
    played = await rules.play_scene("sleep", ME)
    assert played["status"] == "partly_confirmed"
    assert [part["status"] for part in played["parts"]] == ["failed", "confirmed"]
    assert rules.mode() == "night"
    assert await rules.set_mode("away", ME) == rules.mode() == "away"
    with pytest.raises(OutOfDefinition, match="holiday"):
        await rules.set_mode("party", ME)
    with pytest.raises(Refused, match="line 1"):
        await rules.put_scene("bad", "set: {nobody.mode: sleep}", ME)
    await rules.remove_scene("sleep", ME)
    assert rules.scenes() == []
    with pytest.raises(UnknownName):
        await rules.play_scene("sleep", ME)


async def test_a_rule_is_built_by_edits_and_nothing_is_written(rules: RulesDoor, tmp_path: Path) -> None:
    same = await rules.form("rules", "dust", DUST, [])
    assert (same["text"], same["faults"]) == (DUST, [])
    edits = [
        {"op": "set", "path": ["when", 0, "becomes"], "value": "purifier.pm2_5 > 50 ug/m3"},
        {"op": "insert", "path": ["then", 1], "value": {"set": "purifier.power", "to": "on"}},
    ]
    formed = await rules.form("rules", "dust", DUST, edits)
    assert "# thick" in formed["text"]
    assert len(formed["form"]["then"]["cards"]) == 2
    assert not (tmp_path / "rules" / "dust.yaml").exists()
    wrong = await rules.form(
        "rules", "dust", DUST, [{"op": "set", "path": ["if"], "value": "nobody.power == on"}]
    )
    assert wrong["faults"][0]["line"] == 4
    assert wrong["form"]["if"]["terms"][0]["left"] == "nobody.power"
    for bad in ({"op": "set"}, {"op": "set", "path": [True], "value": 1}, {"op": "fly", "path": ["if"]}):
        with pytest.raises(OutOfDefinition):
            await rules.form("rules", "dust", DUST, [bad])
    with pytest.raises(OutOfDefinition):
        await rules.form("rules", "dust", "a: [", [{"op": "set", "path": ["a"], "value": 1}])
    assert (await rules.form("rules", "dust", "a: [", []))["form"] is None
    scene = await rules.form(
        "scenes", "dark", "set: {purifier.power: on}\n",
        [{"op": "set", "path": ["set", "purifier.mode"], "value": "sleep"}],
    )  # fmt: skip
    assert (scene["text"], scene["faults"]) == ("set: {purifier.power: on, purifier.mode: sleep}\n", [])


async def test_the_tests_of_a_text_are_run(rules: RulesDoor) -> None:
    good, bad = await rules.try_rule("dust", DUST), await rules.try_rule("dust", FAILS)
    assert [one["passed"] for one in good["tests"]] == [True]
    assert [one["passed"] for one in bad["tests"]] == [False]
    assert "thick air" in bad["tests"][0]["name"]


async def test_a_rule_says_when_it_ran_last(hub: Hub, rules: RulesDoor) -> None:
    await rules.put_rule("dust", DUST, ME)
    assert rules.rule("dust")["ran"] is None
    hub.automation.runner.call("dust", ME)
    ran = rules.rule("dust")["ran"]
    assert ran == pytest.approx(hub.clock.now(), abs=30)
