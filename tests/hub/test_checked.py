"""`jiahe rules check` over a home on disk: files in the place of the home's own, and its journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.hub.whole_home import whole_home
from tests.machines.virtual_time import virtual_time

from jiahe.cli.main import main
from jiahe.hub.checked import MOST_RULES, check_texts
from jiahe.hub.demo import lay_down_rules
from jiahe.hub.past import AskedPast, open_past
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.rules.finding import Flaw
from jiahe.virtual.demo_rules import demo_rules

LOUD = "when: [{mode: night}]\nthen: [{set: living-purifier.mode, to: auto}]\n"


async def _home(directory: Path) -> tuple[float, float]:
    async with whole_home(directory) as whole:
        await lay_down_rules(whole.hub, whole.home)
        now = whole.hub.clock.now()
        return now - 3600.0, now + 3600.0


@virtual_time
async def test_a_new_rule_is_held_against_those_of_the_home(tmp_path: Path) -> None:
    start, end = await _home(tmp_path)
    past = await open_past(tmp_path)
    try:
        found = await check_texts(past, {"loud": LOUD, "broken": "when: 3\n"}, start, end)
        sound = await check_texts(past, demo_rules(), start, end)
        with pytest.raises(OutOfDefinition, match="1 to 200"):
            await check_texts(past, {f"r{number}": LOUD for number in range(MOST_RULES + 1)}, start, end)
        with pytest.raises(OutOfDefinition, match="from an earlier"):
            await check_texts(past, {"loud": LOUD}, end, start)
    finally:
        await past.database.close()
    assert sound.findings == ()
    flaws = {(one.flaw, one.rule): one for one in found.findings}
    assert flaws[Flaw.CONTRADICTION, "quiet-night"].others == ("loud",)
    assert (Flaw.FAULT, "broken") in flaws
    assert found.tests == {"loud": 0}


@virtual_time
async def test_a_running_hub_answers_for_its_own_rules_and_for_texts(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        await lay_down_rules(whole.hub, whole.home)
        await whole.hub.start_rules()
        asked = AskedPast(whole.hub.past)
        now = whole.hub.clock.now()
        own = await asked.check("bedtime", None, now - 60.0, now)
        assert own == {"findings": [], "tests": {"bedtime": 5}}
        other = await asked.check("loud", LOUD, now - 60.0, now)
        assert other["findings"][0]["flaw"] == "contradiction"
        broken = await asked.check("broken", "when: 3", now - 60.0, now)
        assert broken["findings"][0]["flaw"] == "fault"
        with pytest.raises(UnknownName, match="send its `text`"):
            await asked.check("nobody", None, now - 60.0, now)


@virtual_time
async def _lay(directory: Path) -> None:
    await _home(directory)


def test_the_command_line_names_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _lay(tmp_path)
    file = tmp_path / "loud.yaml"
    file.write_text(LOUD)
    quiet = tmp_path / "rules" / "bedtime.yaml"
    assert main(["rules", "check", str(quiet), "--dir", str(tmp_path)]) == 0
    assert "nothing found; 5 tests pass" in capsys.readouterr().out
    assert main(["rules", "check", str(file), "--dir", str(tmp_path)]) == 1
    assert "contradiction: sets living-purifier.mode" in capsys.readouterr().out
    assert main(["rules", "check", str(file), str(file), "--dir", str(tmp_path)]) == 1
    assert "two files are the same rule" in capsys.readouterr().err
    assert main(["rules", "check", str(file), "--json", "--dir", str(tmp_path)]) == 1
    body = json.loads(capsys.readouterr().out)
    assert body["findings"][0]["flaw"] == "contradiction"
