"""The demo's rules in its hub: laid down once, bound to the devices it adopted, and never written over."""

from __future__ import annotations

from pathlib import Path

from tests.hub.whole_home import whole_home
from tests.machines.virtual_time import virtual_time

from jiahe.hub.demo import lay_down_rules
from jiahe.virtual.demo_rules import demo_rules, demo_scenes


@virtual_time
async def test_all_of_them_run_in_the_demo_home(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        own = tmp_path / "rules" / "bedtime.yaml"
        own.parent.mkdir(exist_ok=True)
        own.write_text("when: [{time: '22:00'}]\nthen: [{mode: night}]\n")
        await lay_down_rules(whole.hub, whole.home)
        await whole.hub.start_rules()
        automation = whole.hub.automation
        assert dict(automation.faults) == {}
        assert set(automation.library.rules) == set(demo_rules())
        assert set(automation.runner.engine.rules) == set(demo_rules())
        assert set(automation.library.scenes) == set(demo_scenes())
        assert all({"en", "zh"} <= set(scene.names) for scene in automation.library.scenes.values())
        assert "22:00" in own.read_text()
        assert automation.place.location is not None
