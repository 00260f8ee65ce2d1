"""Files from elsewhere: includes stay in the folder, bombs and nonsense end with a file and a line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.importing.apartment import HOME, folder, imported

from jiahe.rules.importing.entity import Entities
from jiahe.rules.importing.source import Folder, Unsupported, parsed
from jiahe.rules.importing.template import Reader
from jiahe.rules.rule import Place

GOOD = """
    - alias: {name}
      triggers: [{{trigger: time, at: "07:00"}}]
      actions: [{{action: light.turn_on, entity_id: light.pantry_light}}]
"""


def test_the_family_of_includes(tmp_path: Path) -> None:
    made = folder(
        tmp_path,
        configuration="automation: !include_dir_merge_list autos\nautomation one: !include one.yaml\n",
        autos__b=GOOD.format(name="B"),
        autos__a=GOOD.format(name="A"),
        one=GOOD.format(name="One"),
    )
    assert sorted(imported(made).rules) == ["a", "b", "one"]


@pytest.mark.parametrize("target", ["../outside.yaml", "/etc/hostname", "link.yaml"])
def test_an_include_does_not_lead_out(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.yaml").write_text("- alias: stolen\n")
    inner = folder(tmp_path / "in", automations=f"!include {target}\n")
    (inner / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    result = imported(inner)
    assert result.rules == {}
    assert "not below the imported folder" in str(result.refused[0])


def test_a_file_that_includes_itself_ends(tmp_path: Path) -> None:
    result = imported(folder(tmp_path, automations="- !include automations.yaml\n"))
    assert "files that include each other" in result.refused[0].what


def test_files_that_nest_each_other_deeply_end(tmp_path: Path) -> None:
    result = imported(folder(tmp_path, automations="- " * 35 + "!include automations.yaml\n"))
    assert result.rules == {}
    assert "include each other" in result.refused[0].what


@pytest.mark.parametrize(
    "value", [".nan", "1e999", '"\\ud800"', "'{{ 1" + "0" * 400 + " }}'", "'{{ " + "(" * 400 + " }}'"]
)
def test_a_number_or_text_that_is_none_is_listed(tmp_path: Path, value: str) -> None:
    text = f"""
    - alias: A
      description: {value}
      triggers: [{{trigger: time, at: "07:00"}}]
      actions: [{{repeat: {{count: {value}, sequence: [{{delay: 1}}]}}}}]
    """
    result = imported(folder(tmp_path, automations=text))
    assert result.rules == {}
    assert len(result.refused) == 1


def test_a_yaml_bomb_ends(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Unsupported, match="aliases count each time"):
        parsed("\n".join(lines), "bomb.yaml")


def test_deep_files_end() -> None:
    with pytest.raises(Unsupported, match="deep"):
        parsed("[" * 500 + "]" * 500, "deep.yaml")


def test_a_large_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("#" * 3_000_000)
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff\xfe")
    for name, said in (("large", "at most"), ("bytes", "not UTF-8"), ("none", "no such file")):
        with pytest.raises(Unsupported, match=said):
            Folder(tmp_path).read(tmp_path / f"{name}.yaml")


def test_anchors_and_merges_are_understood() -> None:
    tree = parsed("base: &b {x: 1, y: 2}\nother: {<<: *b, y: 3}\n", "f.yaml")
    assert {key: node.text for key, node in tree.keys["other"].keys.items()} == {"x": "1", "y": "3"}


def test_more_than_a_thousand_automations(tmp_path: Path) -> None:
    result = imported(folder(tmp_path, automations="- 7\n" * 1_001))
    assert len(result.refused) == 1_001
    assert "more than 1000" in result.refused[-1].what


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abc(){}[]|'\"<>=!+-*/.,0123 \nstatesnowhour", max_size=60))
def test_any_template_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Unsupported):
        Reader(Entities(HOME), None, {}).condition("{{" + text + "}}", Place("f", 1, 1))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Unsupported):
        parsed(text, "f.yaml")
