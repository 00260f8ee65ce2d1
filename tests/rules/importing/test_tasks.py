"""Four published blueprints, imported, do what their tasks describe. Written anew here from the descriptions, and read
from ../shared where it is there."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from tests.rules.importing.apartment import folder, imported, say, wait, world

from jiahe.rules.case import World

OURS = {
    "door_left_open": """
        blueprint:
          name: Left open
          domain: automation
          input:
            door_sensor: {selector: {entity: {domain: binary_sensor}}}
            alert_media: {selector: {media: }}
            open_duration: {default: 300, selector: {duration: }}
        triggers:
          - {trigger: state, entity_id: !input door_sensor, to: "on", for: !input open_duration}
        actions:
          - {action: media_player.play_media, data: !input alert_media}
    """,
    "humidity_fan": """
        blueprint: {name: Fan, domain: automation, input: {humidity_sensor: , humidity_level: , fan_entity: }}
        trigger:
          - {platform: numeric_state, entity_id: !input humidity_sensor, above: !input humidity_level, id: high}
          - {platform: numeric_state, entity_id: !input humidity_sensor, below: !input humidity_level, id: low}
        action:
          - choose:
              - conditions:
                  - "{{ trigger.id == 'high' }}"
                  - {condition: state, entity_id: !input fan_entity, state: "off"}
                sequence: [{service: fan.turn_on, target: {entity_id: !input fan_entity}}]
              - conditions:
                  - {condition: trigger, id: low}
                  - {condition: state, entity_id: !input fan_entity, state: "on"}
                sequence: [{service: fan.turn_off, target: {entity_id: !input fan_entity}}]
    """,
    "light_on_door": """
        blueprint:
          name: Light
          domain: automation
          input: {door_sensor: , light_switch: , light_timeout: {default: 120}}
        triggers: [{trigger: state, entity_id: !input door_sensor, from: "off", to: "on"}]
        actions:
          - {action: light.turn_on, target: {entity_id: !input light_switch}}
          - wait_for_trigger: [{trigger: state, entity_id: !input door_sensor, to: "off"}]
            timeout: !input light_timeout
          - {action: light.turn_off, target: {entity_id: !input light_switch}}
    """,
    "vacuum_pause": """
        blueprint: {name: Pause, domain: automation, input: {phone_call_sensor: , vacuum_entity: }}
        triggers: [{trigger: state, entity_id: !input phone_call_sensor, from: "off", to: "on"}]
        conditions: [{condition: state, entity_id: !input vacuum_entity, state: cleaning}]
        actions: [{action: vacuum.pause, target: {entity_id: !input vacuum_entity}}]
    """,
}
INPUTS = {
    "door_left_open": """
        door_sensor: binary_sensor.entry_door
        alert_media: {entity_id: media_player.smart_speaker, media_content_id: media-source://local/chime.mp3, media_content_type: music}
        open_duration: {minutes: 15}
    """,
    "humidity_fan": """
        humidity_sensor: sensor.bathroom_exhaust_fan_humidity
        humidity_level: 65
        fan_entity: fan.bathroom_exhaust_fan
    """,
    "light_on_door": """
        door_sensor: binary_sensor.pantry_door
        light_switch: light.pantry_light
        light_timeout: 120
    """,
    "vacuum_pause": """
        phone_call_sensor: binary_sensor.phone
        vacuum_entity: vacuum.vacuum_cleaner
    """,
}


@pytest.fixture(params=["ours", "theirs"])
def theirs(request: pytest.FixtureRequest) -> Path | None:
    """The folder of the published tasks, or None for our own."""
    if request.param == "ours":
        return None
    shared: Path = request.getfixturevalue("shared_data")
    if not (shared / "ha-automation-tasks").is_dir():
        pytest.skip("the published tasks are absent")
    return shared / "ha-automation-tasks"


def home(path: Path, task: str, theirs: Path | None) -> World:
    text = (theirs / task / "solution.yaml").read_text("utf-8") if theirs else dedent(OURS[task])
    values = "\n".join("      " + line for line in dedent(INPUTS[task]).strip().splitlines())
    made = folder(
        path, automations=f"- alias: {task}\n  use_blueprint:\n    path: {task}.yaml\n    input:\n{values}\n"
    )
    (made / "blueprints" / "automation").mkdir(parents=True)
    (made / "blueprints" / "automation" / f"{task}.yaml").write_text(text, "utf-8")
    result = imported(made)
    assert [str(one) for one in result.refused] == []
    return world(result)


PLAYS = ["do smart-speaker.play with ['media-source://local/chime.mp3', 'music']"]


def test_a_door_left_open_is_told_after_its_time(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "door_left_open", theirs)
    assert say(flat, "entry-door.open", False) + say(flat, "smart-speaker.power", False) == []
    assert say(flat, "entry-door.open", True) == []
    assert wait(flat, 14 * 60) == []
    assert wait(flat, 2 * 60) == PLAYS


def test_a_door_closed_in_time_is_not_told(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "door_left_open", theirs)
    say(flat, "entry-door.open", False)
    say(flat, "entry-door.open", True)
    wait(flat, 14 * 60)
    assert say(flat, "entry-door.open", False) + wait(flat, 3600) == []


def test_humidity_turns_the_fan_on_and_off(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "humidity_fan", theirs)
    say(flat, "bathroom-exhaust-fan.power", False)
    assert say(flat, "bathroom-exhaust-fan.humidity", 45.0) == []
    assert say(flat, "bathroom-exhaust-fan.humidity", 75.0) == ["set bathroom-exhaust-fan.power to on"]
    assert say(flat, "bathroom-exhaust-fan.humidity", 55.0) == ["set bathroom-exhaust-fan.power to off"]


def test_a_fan_in_the_right_state_is_left_alone(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "humidity_fan", theirs)
    say(flat, "bathroom-exhaust-fan.power", True)
    say(flat, "bathroom-exhaust-fan.humidity", 45.0)
    assert say(flat, "bathroom-exhaust-fan.humidity", 75.0) == []
    say(flat, "bathroom-exhaust-fan.power", False)
    assert say(flat, "bathroom-exhaust-fan.humidity", 55.0) == []


CLOSED, OPEN = True, False
"""Matter's contact is true while closed."""


def test_a_door_turns_the_light_on_and_off(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "light_on_door", theirs)
    assert say(flat, "pantry-door.contact", CLOSED) + say(flat, "pantry-light.power", False) == []
    assert say(flat, "pantry-door.contact", OPEN) == ["set pantry-light.power to on"]
    assert wait(flat, 30) == []
    assert set(say(flat, "pantry-door.contact", CLOSED)) == {"set pantry-light.power to off"}
    assert wait(flat, 600) == []


def test_the_light_goes_off_after_its_time(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "light_on_door", theirs)
    say(flat, "pantry-door.contact", CLOSED)
    say(flat, "pantry-light.power", False)
    say(flat, "pantry-door.contact", OPEN)
    assert wait(flat, 119) == []
    assert wait(flat, 481) == ["set pantry-light.power to off"]


def test_a_call_pauses_the_vacuum_only_while_it_cleans(tmp_path: Path, theirs: Path | None) -> None:
    flat = home(tmp_path, "vacuum_pause", theirs)
    say(flat, "phone.calling", False)
    say(flat, "vacuum-cleaner.status", "cleaning")
    assert say(flat, "phone.calling", True) == ["do vacuum-cleaner.pause"]
    say(flat, "phone.calling", False)
    say(flat, "vacuum-cleaner.status", "docked")
    assert say(flat, "phone.calling", True) == []
