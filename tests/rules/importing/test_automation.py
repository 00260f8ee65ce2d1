"""Automations, one construct each: what becomes of it, or the file and line of what has no counterpart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.rules.importing.apartment import folder, imported, one, say, wait, world

WHEN = 'triggers: [{trigger: state, entity_id: binary_sensor.entry_door, to: "on"}]'
THEN = "actions: [{action: light.turn_on, target: {entity_id: light.pantry_light}}]"
ON, OFF = {"set": "pantry-light.power", "to": "on"}, {"set": "pantry-light.power", "to": "off"}


def made(path: Path, *lines: str, mapping: str = "") -> dict[str, Any]:
    """The rule that these lines of one automation become."""
    result = one(path, "- alias: A\n" + "".join(f"  {line}\n" for line in lines), mapping)
    assert [str(row) for row in result.refused] == []
    assert len(result.rules) == 1
    return dict(YAML(typ="safe").load(next(iter(result.rules.values()))))


def refused(path: Path, *lines: str, mapping: str = "") -> str:
    result = one(path, "- alias: A\n" + "".join(f"  {line}\n" for line in lines), mapping)
    assert result.rules == {}
    assert len(result.refused) == 1
    return str(result.refused[0])


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("{trigger: state, entity_id: light.pantry_light, from: 'off', to: 'on', for: '00:05:00'}",
         [{"change": "pantry-light.power", "from": "off", "to": "on", "for": "5 min"}]),
        ("{platform: state, entity_id: [light.pantry_light, binary_sensor.entry_door]}",
         [{"change": "pantry-light.power"}, {"change": "entry-door.open"}]),
        ("{trigger: numeric_state, entity_id: climate.ac, attribute: current_temperature, above: 26, below: 40}",
         [{"becomes": "ac.temperature > 26 and ac.temperature < 40"}]),
        ("{trigger: time, at: ['07:30:00', '22:00'], weekday: [mon, fri]}",
         [{"time": "07:30", "days": ["mon", "fri"]}, {"time": "22:00", "days": ["mon", "fri"]}]),
        ("{trigger: time_pattern, minutes: /15}", [{"every": "15 min"}]),
        ("{trigger: time_pattern, hours: /6}", [{"every": "6 h"}]),
        ("{trigger: time_pattern, seconds: /30}", [{"every": "30 s"}]),
        ("{trigger: time_pattern, hours: 8, minutes: '/30'}", [{"time": "08:00:00"}, {"time": "08:30:00"}]),
        ("{trigger: sun, event: sunset, offset: '-00:45:00'}", [{"sun": "sunset", "offset": "-45 min"}]),
        ("{trigger: homeassistant, event: start}", [{"hub": "started"}]),
        ("{trigger: template, value_template: \"{{ states('sensor.ac_temperature') | float > 28 }}\"}",
         [{"becomes": "ac.temperature > 28"}]),
        ("{trigger: device, device_id: 1f, domain: light, entity_id: light.pantry_light, type: turned_on}",
         [{"change": "pantry-light.power", "to": "on"}]),
    ],
)  # fmt: skip
def test_triggers(tmp_path: Path, written: str, wanted: list[dict[str, Any]]) -> None:
    assert made(tmp_path, f"triggers: [{written}]", THEN)["when"] == wanted


def test_an_event_that_the_map_knows(tmp_path: Path) -> None:
    lines = "trigger: [{platform: event, event_type: doorbell}]", THEN
    assert made(tmp_path, *lines, mapping="events: {doorbell: button.pressed}")["when"] == [
        {"event": "button.pressed"}
    ]
    assert "automations.yaml:2: A: the event `doorbell`" in refused(tmp_path, *lines)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("{condition: state, entity_id: light.pantry_light, state: ['off', 'on']}",
         "pantry-light.power == off or pantry-light.power == on"),
        ("{condition: state, entity_id: light.pantry_light, state: 'off', for: {minutes: 5}}",
         "pantry-light.power == off and unchanged(pantry-light.power) >= 5 min"),
        ("{condition: numeric_state, entity_id: sensor.ac_temperature, below: 18.5}", "ac.temperature < 18.5"),
        ("{condition: time, after: '22:00:00', before: '06:00:00'}", "time >= 22:00 or time < 06:00"),
        ("{condition: time, after: '08:00', before: '10:00', weekday: [sat, sun]}",
         "(time >= 08:00 and time < 10:00) and weekday in [sat, sun]"),
        ("{condition: sun, after: sunset, before: sunrise}", "sun == down"),
        ("{or: [{condition: state, entity_id: light.pantry_light, state: 'on'}, \"{{ now().hour < 6 }}\"]}",
         "pantry-light.power == on or time < 06:00"),
        ("{condition: not, conditions: [{condition: state, entity_id: climate.ac, state: cool}]}",
         "not ((ac.power == on and ac.mode == cool))"),
        ("\"{{ is_state('climate.ac', 'off') }}\"", "ac.power == off"),
        ("\"{{ states.light.pantry_light.state == 'on' and state_attr('climate.ac', 'temperature') >= 21 }}\"",
         "pantry-light.power == on and ac.target_temperature >= 21"),
        ("\"{{ states('sensor.ac_temperature') | float(0) - 2 > 20 }}\"",
         "(fallback(ac.temperature, 0) - 2) > 20"),
        ("\"{{ now().weekday() in [5, 6] }}\"", "weekday == sat or weekday == sun"),
    ],
)  # fmt: skip
def test_conditions(tmp_path: Path, written: str, wanted: str) -> None:
    assert made(tmp_path, WHEN, f"conditions: [{written}]", THEN)["if"] == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("{delay: '00:01:30'}", [{"wait": "90 s"}]),
        ("{delay: {minutes: 2}}", [{"wait": "2 min"}]),
        ("{action: light.turn_on, target: {entity_id: light.pantry_light}, data: {brightness_pct: 40}}",
         [ON, {"set": "pantry-light.light_level", "to": 40}]),
        ("{service: light.turn_on, entity_id: light.pantry_light, data: {brightness: 255}}",
         [ON, {"set": "pantry-light.light_level", "to": 100}]),
        ("{action: fan.set_percentage, target: {entity_id: fan.bathroom_exhaust_fan}, data: {percentage: 50}}",
         [{"set": "bathroom-exhaust-fan.fan_level", "to": 2}]),
        ("{action: climate.set_temperature, target: {entity_id: climate.ac}, data: {temperature: 21.5, hvac_mode: fan_only}}",
         [{"set": "ac.power", "to": "on"}, {"set": "ac.mode", "to": '"fan only"'}, {"set": "ac.target_temperature", "to": 21.5}]),
        ("{action: homeassistant.toggle, target: {entity_id: light.pantry_light}}",
         [{"if": "pantry-light.power == on", "then": [OFF], "else": [ON]}]),
        ("{wait_template: \"{{ is_state('light.pantry_light', 'on') }}\", timeout: 60, continue_on_timeout: false}",
         [{"wait until": "pantry-light.power == on", "for at most": "1 min", "otherwise": [{"stop": "timeout"}]}]),
        ("{repeat: {count: 3, sequence: [{delay: 5}]}}", [{"repeat": {"times": 3, "steps": [{"wait": "5 s"}]}}]),
        ("{action: notify.mobile_app_mei, data: {message: \"It is {{ states('sensor.ac_temperature') }} inside\"}}",
         [{"notify": "owner", "text": "It is {ac.temperature} inside"}]),
        ("{device_id: 1f, domain: light, entity_id: light.pantry_light, type: turn_off}", [OFF]),
        ("{stop: enough}", [{"stop": "enough"}]),
        ("{parallel: [{sequence: [{delay: 0}]}, {delay: 1}], enabled: false}", None),
    ],
)  # fmt: skip
def test_actions(tmp_path: Path, written: str, wanted: list[dict[str, Any]] | None) -> None:
    then = [dict(row) for row in made(tmp_path, WHEN, f"actions: [{written}, {{stop: end}}]")["then"]]
    for row in then:
        if isinstance(row.get("to"), str) and row["to"].replace(".", "").isdigit():
            row["to"] = float(row["to"])
    assert then == [*(wanted or []), {"stop": "end"}]


def test_a_condition_in_the_midst_ends_the_script(tmp_path: Path) -> None:
    rule = made(tmp_path, WHEN, "actions:", "  - {delay: 5}", "  - {condition: state, entity_id: light.pantry_light, state: 'off'}",
                "  - {action: light.turn_on, entity_id: light.pantry_light}")  # fmt: skip
    assert rule["then"] == [{"wait": "5 s"}, {"if": "pantry-light.power == off", "then": [ON]}]


def test_choose_with_default_and_mode(tmp_path: Path) -> None:
    rule = made(tmp_path, WHEN, "mode: queued", "max: 25", "actions:", "  - choose:",
                "      - {conditions: [{condition: time, after: '22:00'}], sequence: [{stop: late}]}",
                "      - {conditions: [{condition: time, before: '06:00'}], sequence: [{stop: early}]}",
                "    default: [{stop: day}]")  # fmt: skip
    assert (rule["mode"], rule["at most"]) == ("queued", 10)
    assert rule["then"] == [
        {"choose": [{"if": "time >= 22:00", "then": [{"stop": "late"}]}, {"if": "time < 06:00", "then": [{"stop": "early"}]},
                    {"else": [{"stop": "day"}]}]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("triggers: [{trigger: zone, entity_id: person.mei}]", THEN), ":2: A: the trigger `zone`"),
        ((WHEN, "conditions:", "  - {condition: zone}", THEN), ":4: A: the condition `zone`"),
        ((WHEN, "actions:", "  - {action: script.x}"), ":4: A: the action `script.x`"),
        ((WHEN, "actions: [{action: light.turn_on, target: {area_id: hall}}]"), ":3: A: a target by area_id (hall)"),
        ((WHEN, "conditions: \"{{ states | map('x') | list }}\"", THEN),
         ":3: A: the template {{ states | map('x') | list }}"),
        ((WHEN, "actions: [{variables: {a: \"{{ now() }}\"}}]"), ":3: A: the variable a: {{ now() }}"),
        ((WHEN, "actions: [{delay: \"{% if x %}5{% endif %}\"}]"), "the template {% if x %}5{% endif %}"),
        ((WHEN, "actions: [{action: light.turn_on, entity_id: light.cellar}]"),
         ":3: A: light.cellar: no adopted device is known to be this"),
        ((WHEN, "actions: [{action: light.turn_on, entity_id: light.pantry_light, data: {effect: rainbow}}]"),
         "light.pantry_light: which property of pantry-light is its `effect`?"),
        (("triggers: [{trigger: state, entity_id: light.pantry_light, not_to: 'on'}]", THEN), "`not_to` of a state trigger"),
        (("triggers: [{trigger: state, entity_id: light.pantry_light, to: unavailable}]", THEN), "is no state here"),
        ((WHEN, "actions: [{action: climate.set_temperature, entity_id: climate.ac, data: {temperature: 99}}]"),
         "99"),
        ((WHEN, "secret_key: 1", THEN), "`secret_key` of an automation"),
        (("use_blueprint: {path: gone.yaml}",), "the blueprint gone.yaml is not in the imported folder"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_named_with_its_place(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    assert said in refused(tmp_path, *lines)


def test_an_unknown_entity_is_a_question_and_the_map_answers_it(tmp_path: Path) -> None:
    lines = f"- alias: A\n  {WHEN}\n  actions: [{{action: switch.turn_on, entity_id: switch.shelly_1}}]\n"
    assert list(one(tmp_path, lines).questions) == ["switch.shelly_1"]
    result = one(tmp_path, lines, "entities: {switch.shelly_1: pantry-light.power}")
    assert result.questions == {}
    assert len(result.rules) == 1


def test_all_unknown_entities_are_asked_for_at_once(tmp_path: Path) -> None:
    lines = (
        f"- alias: A\n  {WHEN}\n  actions: [{{action: switch.turn_on, entity_id: [switch.a, switch.b]}}]\n"
    )
    assert sorted(one(tmp_path, lines).questions) == ["switch.a", "switch.b"]


def test_the_map_has_words_and_deeds(tmp_path: Path) -> None:
    mapping = """
        entities:
          vacuum.robo: {device: vacuum-cleaner, state: vacuum-cleaner.status, words: {returning: docked},
                        do: {return_to_base: vacuum-cleaner.stop}}
    """
    rule = made(tmp_path, "triggers: [{trigger: state, entity_id: vacuum.robo, to: returning}]",
                "actions: [{action: vacuum.return_to_base, entity_id: vacuum.robo}]", mapping=mapping)  # fmt: skip
    assert rule["when"] == [{"change": "vacuum-cleaner.status", "to": "docked"}]
    assert rule["then"] == [{"do": "vacuum-cleaner.stop"}]


def test_good_and_bad_ones_are_all_accounted_for(tmp_path: Path) -> None:
    text = (
        f"- alias: Good\n  {WHEN}\n  {THEN}\n- alias: Good\n  {WHEN}\n  {THEN}\n- 7\n- alias: Bad\n  {WHEN}\n"
    )
    result = imported(
        folder(
            tmp_path,
            automations=text,
            packages__hall=f"automation hall:\n  - alias: P\n    {WHEN}\n    {THEN}\n",
        )
    )
    assert result.automations == 5
    assert sorted(result.rules) == ["good", "good-2", "p"]
    assert [(row.place.line, row.automation) for row in result.refused] == [(7, "automation 3"), (8, "Bad")]


def test_switched_off_rules_stay_so(tmp_path: Path) -> None:
    assert made(tmp_path, WHEN, THEN, "initial_state: false")["enabled"] is False
    result = imported(folder(tmp_path, automations=f"- alias: A\n  {WHEN}\n  {THEN}\n"), switched_on=False)
    assert "enabled: false" in result.rules["a"]


def test_constants_of_variables(tmp_path: Path) -> None:
    rule = made(
        tmp_path,
        WHEN,
        "variables: {limit: 26}",
        "conditions: \"{{ states('sensor.ac_temperature')|float > limit }}\"",
        THEN,
    )
    assert rule["if"] == "ac.temperature > 26"


def test_an_imported_rule_waits_as_it_should(tmp_path: Path) -> None:
    text = f"- alias: A\n  {WHEN}\n  mode: restart\n  actions:\n    - {{delay: 60}}\n    - {{service: light.turn_on, entity_id: light.pantry_light}}\n"
    home = world(one(tmp_path, text))
    say(home, "entry-door.open", False)
    assert say(home, "entry-door.open", True) + wait(home, 59) == []
    assert wait(home, 2) == ["set pantry-light.power to on"]
