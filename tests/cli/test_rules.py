"""`jiahe rules replay` and `why`: a home's files asked without a hub; what is printed, and the exit status."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from jiahe.cli.main import main
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality

DUST = "when: [{becomes: purifier.pm2_5 > 75}]\nthen: [{set: purifier.mode, to: sleep}]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    async def lived() -> None:
        hub = await Hub.open(Config(tmp_path))
        await hub.registry.adopt(
            product="zhimi.airpurifier.mb4", family="miio", hardware_id="1", address="127.0.0.1",
            cause=Cause("me", Actor.PERSON, "Mei"), id_="purifier",
        )  # fmt: skip
        for value in (10, 90):
            cause = Cause(hub.ids.new(), Actor.DEVICE, "purifier")
            ref = PropertyRef("purifier", "pm2_5")
            hub.intake.accept([PropertyUpdate(ref, value, Quality.GOOD, hub.clock.now(), cause, value)], {})
        await hub.close()

    (tmp_path / "rules").mkdir(exist_ok=True)
    (tmp_path / "rules" / "dust.yaml").write_text(DUST)
    asyncio.run(lived())
    return tmp_path


def test_a_replay_is_printed_and_told_to_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(home / "rules" / "dust.yaml")
    assert main(["rules", "replay", file, "--dir", str(home), "--from", "1h"]) == 0
    printed = capsys.readouterr().out
    assert "1 run, 1 order, of " in printed
    assert "set purifier.mode to sleep" in printed
    assert main(["rules", "replay", file, "--dir", str(home), "--json", "--against", file]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["orders"] == body["against"]["orders"] != []


def test_a_word_to_somebody_is_no_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "word.yaml"
    file.write_text("when: [{becomes: purifier.pm2_5 > 50}]\nthen: [{notify: owner, text: Open a window}]\n")
    assert main(["rules", "replay", str(file), "--dir", str(home), "--from", "1h"]) == 0
    printed = capsys.readouterr().out
    assert "1 run, 0 orders, 1 notice, of " in printed
    assert "told owner: Open a window  not told" in printed
    assert "simulated" not in printed


def test_a_rule_that_does_not_fit_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "lost.yaml"
    file.write_text(DUST.replace("purifier", "nobody"))
    assert main(["rules", "replay", str(file), "--dir", str(home)]) == 1
    assert "does not fit this home" in capsys.readouterr().out


def test_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "why", "purifier.pm2_5", "--dir", str(home)]) == 0
    assert "purifier.pm2_5 became 90: purifier said so by itself" in capsys.readouterr().out
    assert main(["rules", "why", "dust", "--dir", str(home), "--json"]) == 0
    assert "it was so already" in json.loads(capsys.readouterr().out)["text"]
    assert main(["rules", "why", "nobody", "--dir", str(home)]) == 1
    assert "there is no rule" in capsys.readouterr().err
