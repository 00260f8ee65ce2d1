"""The runner between the real doors: intake, store, dispatch and a journal in a list, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.machines.virtual_time import Clock, virtual_time
from tests.rules.flat import BEIJING, FLAT, ME, SHANGHAI
from tests.state.house import Book

from jiahe.model.errors import StoreError, UnknownName
from jiahe.model.happening import (
    Actor,
    Cause,
    Command,
    PropertyRef,
    PropertyUpdate,
    Quality,
    RecordKind,
    Status,
    Verdict,
)
from jiahe.rules.doors import HomeDoors
from jiahe.rules.library import Library, read_library, remove_text, write_text
from jiahe.rules.load import parse_rule
from jiahe.rules.reader import Faults
from jiahe.rules.rule import HomeMode
from jiahe.rules.runner import Runner
from jiahe.rules.scene import parse_scene
from jiahe.state.dispatch import Dispatch
from jiahe.state.intake import Intake
from jiahe.state.store import Store

DUST = "when: [{becomes: purifier.pm2_5 > 75}]\nif: purifier.power == on\nthen: [{set: purifier.mode, to: sleep}]"
NIGHT = "name: Night\nset: {lamp.power: off, purifier.mode: sleep}\nmode: night"


class Drawer:
    """Documents in a dictionary, through JSON."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str], str] = {}
        self.broken = False

    async def put(self, kind: str, key: str, body: Mapping[str, Any], /) -> None:
        if self.broken:
            raise StoreError("the disk is full")
        self.bodies[kind, key] = json.dumps(body)

    async def get(self, kind: str, key: str, /) -> Mapping[str, Any] | None:
        found = self.bodies.get((kind, key))
        return None if found is None else json.loads(found)


class Flat:
    """A home whose devices obey at once, or say `verdict`."""

    def __init__(self, drawer: Drawer | None = None) -> None:
        self.clock, self.store, self.book, self.drawer = Clock(), Store(), Book(), drawer or Drawer()
        self.count = 0
        self.verdict = Verdict(Status.CONFIRMED)
        self.sent: list[str] = []
        self.intake = Intake(self.clock, self.store, self.book, FLAT.get, self.new_id)
        self.dispatch = Dispatch(
            self.clock, self.store, self.book, FLAT.get, self._route, lambda cause, target: "", self.new_id
        )
        self.doors = HomeDoors(
            self.clock, self.store.get, self.dispatch.submit, self.dispatch.outcome, self.book.append, self.drawer,
            lambda: FLAT,
        )  # fmt: skip

    def new_id(self) -> str:
        self.count += 1
        return f"id{self.count}"

    async def _route(self, command: Command) -> Verdict:
        self.sent.append(f"{command.target.device}.{command.target.path}={command.value}")
        if self.verdict.status is Status.CONFIRMED and not command.is_action:
            self.says(**{f"{command.target.device}__{command.target.path}": command.value})
        return self.verdict

    async def live(self, *rules: str, scenes: str = "") -> Runner:
        runner = await Runner.open(self.doors, SHANGHAI, BEIJING)
        read = {f"r{number}": parse_rule(text, f"r{number}") for number, text in enumerate(rules)}
        await runner.load(Library(read, {"night": parse_scene(scenes, "night")} if scenes else {}))
        self.intake.listen(runner.updates)
        self.intake.listen_events(runner.event)
        runner.start(Cause("start", Actor.SYSTEM, "start"))
        return runner

    def says(self, **values: Any) -> None:
        """A device's report."""
        cause = Cause(self.new_id(), Actor.DEVICE, "device")
        self.intake.accept(
            [
                PropertyUpdate(
                    PropertyRef(*name.split("__")), value, Quality.GOOD, self.clock.now(), cause, value
                )
                for name, value in values.items()
            ],
            {},
        )

    def rules(self) -> list[Mapping[str, Any]]:
        return [record.body for record in self.book.of(RecordKind.RULE)]


@virtual_time
async def test_a_report_becomes_a_command_with_the_whole_chain_of_causes() -> None:
    flat = Flat()
    runner = await flat.live(DUST)
    flat.says(purifier__pm2_5=20, purifier__power=True)
    flat.says(purifier__pm2_5=80)
    await asyncio.sleep(1)
    assert flat.sent == ["purifier.mode=sleep"]
    (command,) = flat.book.of(RecordKind.COMMAND)
    ran, ended = flat.rules()
    update = flat.book.of(RecordKind.UPDATE)[2]
    cause = command.body["cause"]
    assert (cause["kind"], cause["source"], cause["id"]) == ("rule", "r0", ran["run"])
    assert cause["parent"] == update.body["cause"]["id"] == ran["trigger"]["cause"]["id"]
    assert (ended["what"], ended["ending"], ended["run"]) == ("ended", "done", ran["run"])
    await runner.close()


@virtual_time
async def test_why_not_is_written_once_a_minute() -> None:
    flat = Flat()
    runner = await flat.live(DUST)
    flat.says(purifier__pm2_5=20, purifier__power=False)
    for _ in range(120):
        flat.says(purifier__pm2_5=80)
        flat.says(purifier__pm2_5=20)
        await asyncio.sleep(1)
    entries = flat.rules()
    assert [entry["what"] for entry in entries] == ["not", "not"]
    assert entries[1]["times"] == 60
    assert entries[1]["condition"]["failed"] == "purifier.power == on"
    await runner.close()


@virtual_time
async def test_a_refused_command_fails_the_run_and_another_rule_hears_of_it() -> None:
    flat = Flat()
    flat.verdict = Verdict(Status.REFUSED, "child lock")
    runner = await flat.live(DUST, "when: [{rule: r0, ended: failed}]\nthen: [{notify: owner, text: no}]")
    told: list[tuple[str, str]] = []
    runner.notify.append(lambda who, text, cause: told.append((who, text)))
    flat.says(purifier__pm2_5=20, purifier__power=True)
    flat.says(purifier__pm2_5=80)
    await asyncio.sleep(1)
    assert told == [("owner", "no")]
    assert "child lock" in next(entry for entry in flat.rules() if entry["what"] == "ended")["why"]
    assert next(entry for entry in flat.rules() if entry["what"] == "notify")["text"] == "no"
    await runner.close()


@virtual_time
async def test_times_come_and_waits_go_on_after_a_restart() -> None:
    flat = Flat()
    text = "when: [{every: 1 h}]\nthen: [{do: lamp.toggle}, {wait: 10 min}, {set: lamp.power, to: off}]"
    runner = await flat.live(text)
    while not flat.sent:
        await asyncio.sleep(60)
    await runner.close()
    again = Flat(flat.drawer)
    runner = await again.live(text)
    await asyncio.sleep(601)
    assert again.sent == ["lamp.power=False"]
    await runner.close()


@virtual_time
async def test_the_clock_may_be_set_while_the_hub_sleeps() -> None:
    flat = Flat()
    runner = await flat.live("when: [{every: 1 h}]\nthen: [{do: lamp.toggle}]")
    flat.clock.epoch += 3600
    await asyncio.sleep(31)
    assert flat.sent == ["lamp.toggle=None"]
    await runner.close()


@virtual_time
async def test_the_mode_is_kept_written_down_and_heard() -> None:
    flat = Flat()
    runner = await flat.live("when: [{mode: night}]\nthen: [{set: lamp.power, to: off}]")
    runner.set_mode(HomeMode.NIGHT, ME)
    runner.set_mode(HomeMode.NIGHT, ME)
    await asyncio.sleep(1)
    assert flat.sent == ["lamp.power=False"]
    (record,) = flat.book.of(RecordKind.HOME)
    assert (record.body["what"], record.body["mode"], record.body["cause"]["source"]) == (
        "mode_changed",
        "night",
        "Mei",
    )
    await runner.close()
    assert (await Flat(flat.drawer).live()).mode is HomeMode.NIGHT


@virtual_time
async def test_a_scene_says_who_confirmed() -> None:
    flat = Flat()
    runner = await flat.live(scenes=NIGHT)
    played = await runner.play("night", ME)
    assert (played.status, runner.mode) == ("all_confirmed", HomeMode.NIGHT)
    flat.verdict = Verdict(Status.TIMED_OUT, "silence")
    runner.set_mode(HomeMode.HOME, ME)
    partly = await runner.play("night", ME)
    assert partly.status == "partly_confirmed"
    assert [part["status"] for part in partly.parts] == ["timed_out", "timed_out", "confirmed"]
    assert flat.rules()[-1]["what"] == "scene"
    with pytest.raises(UnknownName):
        await runner.play("day", ME)
    await runner.close()


@virtual_time
async def test_a_rule_that_feeds_itself_through_a_device_is_stopped_and_the_rest_goes_on() -> None:
    flat = Flat()
    runner = await flat.live(
        "when: [{change: lamp.power}]\nthen: [{set: lamp.power, to: not lamp.power}]", DUST
    )
    flat.says(purifier__pm2_5=20, purifier__power=True, lamp__power=True)
    flat.says(lamp__power=False)
    await asyncio.sleep(5)
    assert len(flat.sent) == 50
    assert [entry["what"] for entry in flat.rules()].count("paused") == 1
    flat.says(purifier__pm2_5=80)
    await asyncio.sleep(1)
    assert flat.sent[-1] == "purifier.mode=sleep"
    await runner.close()


@virtual_time
async def test_rules_change_while_they_run() -> None:
    flat = Flat()
    runner = await flat.live(
        "when: [{event: button.pressed}]\nthen: [{wait: 5 min}, {do: lamp.toggle}]", DUST
    )
    flat.intake.event("button", "pressed", {}, ME)
    await asyncio.sleep(60)
    changed = {**runner.library.rules, "r1": parse_rule(DUST + "\nabout: other", "r1")}
    await runner.load(Library(changed))
    flat.says(purifier__pm2_5=20, purifier__power=True)
    flat.says(purifier__pm2_5=80)
    await asyncio.sleep(241)
    assert flat.sent == ["purifier.mode=sleep", "lamp.toggle=None"]
    runner.call("r0", ME)
    with pytest.raises(UnknownName):
        runner.call("nobody", ME)
    await runner.load(Library({}))
    await asyncio.sleep(1)
    assert flat.rules()[-1]["ending"] == "stopped"
    await runner.close()


@virtual_time
async def test_a_full_disk_is_told_and_stops_nothing() -> None:
    flat = Flat()
    runner = await flat.live(DUST)
    flat.drawer.broken = True
    flat.says(purifier__pm2_5=20, purifier__power=True)
    flat.says(purifier__pm2_5=80)
    await asyncio.sleep(1)
    assert flat.sent == ["purifier.mode=sleep"]
    assert "the disk is full" in runner.trouble
    await runner.close()


@virtual_time
async def test_a_defect_in_the_engine_reaches_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = Flat()
    runner = await flat.live(DUST)
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: said.append(context))

    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(runner.engine, "decide", broken)
    flat.says(purifier__pm2_5=20)
    assert "a rule met a defect of the hub" in said[0]["message"]
    await runner.close()


def test_folders_are_read_with_their_faults(tmp_path: Path) -> None:
    write_text(tmp_path, "rules", "dust", DUST)
    write_text(tmp_path, "scenes", "night", NIGHT)
    rules = tmp_path / "rules"
    (rules / "bad.yaml").write_text("when: 3\nfoo: 1")
    (rules / "Big Name.yaml").write_text(DUST)
    (rules / "latin.yaml").write_bytes(b"# \xe9\n")
    (rules / "huge.yaml").write_text("#" * 70_000)
    (rules / "link.yaml").symlink_to(rules / "dust.yaml")
    (rules / "folder.yaml").mkdir()
    (rules / "note.txt").write_text("not a rule")
    library = read_library(tmp_path)
    assert (set(library.rules), set(library.scenes)) == ({"dust"}, {"night"})
    assert set(library.faults) == {
        f"rules/{name}" for name in ("bad", "Big Name", "latin", "huge", "link", "folder")
    }
    assert len(library.faults["rules/bad"]) >= 2
    assert library.texts["rules/dust"] == DUST
    remove_text(tmp_path, "rules", "dust")
    with pytest.raises(UnknownName):
        remove_text(tmp_path, "rules", "dust")
    for name in ("../x", "a/b", ""):
        with pytest.raises(Exception, match="an id has"):
            write_text(tmp_path, "rules", name, DUST)
    assert read_library(tmp_path / "nowhere") == Library({}, {}, {}, {})


def test_faults_are_one_error_with_all_of_them() -> None:
    with pytest.raises(Faults) as caught:
        parse_rule("when: 3\nfoo: 1", "bad")
    assert str(caught.value) == str(caught.value.faults[0])
