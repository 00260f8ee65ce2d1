"""The schema for editors agrees with the loader; an edit keeps what a person wrote around it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.rules.test_load import WHOLE

from jiahe.model.errors import OutOfDefinition
from jiahe.rules.document import read
from jiahe.rules.load import parse_rule
from jiahe.rules.reader import Faults
from jiahe.rules.schema import rule_schema
from jiahe.rules.write import edited, written

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
CHECK = jsonschema.Draft202012Validator(rule_schema())


def plain(text: str) -> Any:
    return read(text, "x.yaml").plain()


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(rule_schema())


def test_every_word_of_the_language_is_in_the_schema() -> None:
    CHECK.validate(plain(WHOLE))


def test_the_example_of_the_docs_is_a_rule() -> None:
    example = re.findall(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[0]
    assert parse_rule(example, "docs").tests
    CHECK.validate(plain(example))


@pytest.mark.parametrize("text", [
    "then: [stop]",
    "when: [{becoms: x.y}]\nthen: [stop]",
    "when: [{becomes: x.y, fro: 1 s}]\nthen: [stop]",
    "when: [{hub: stopped}]\nthen: [stop]",
    "when: [{time: noon}]\nthen: [stop]",
    "when: [{hub: started}]\nthen: [{set: x.y}]",
    "when: [{hub: started}]\nthen: [{repeat: {times: 3, while: x.y, steps: [stop]}}]",
    "when: [{hub: started}]\nthen: [stop]\nmode: double",
    "when: [{hub: started}]\nthen: [stop]\ntests: [{name: x}]",
])  # fmt: skip
def test_what_the_loader_refuses_the_schema_refuses(text: str) -> None:
    with pytest.raises(Faults):
        parse_rule(text, "bad")
    assert not CHECK.is_valid(plain(text))


COMMENTED = """\
# For the night
name: Quiet   # as Mei says
when:
  # when it gets dark
  - sun: sunset
then:
  - set: lamp.power   # the small one
    to: "off"
"""


def test_an_edit_keeps_comments_order_and_quotes() -> None:
    changed = edited(
        COMMENTED, {("then", 0, "to"): "on", ("enabled",): False, ("then", 1): {"wait": "5 min"}}
    )
    for comment in ("# For the night", "# as Mei says", "# when it gets dark", "# the small one"):
        assert comment in changed
    assert plain(changed)["then"] == [{"set": "lamp.power", "to": "on"}, {"wait": "5 min"}]
    assert plain(changed)["enabled"] is False
    assert edited(COMMENTED, {}) == COMMENTED
    assert "sun" not in plain(edited(COMMENTED, {("when", 0): {"hub": "started"}}))["when"][0]
    assert "name" not in plain(edited(COMMENTED, {("name",): None}))


def test_an_edit_of_nothing_says_so() -> None:
    for path in (("then", 7, "to"), ("foo", "bar"), ()):
        with pytest.raises(OutOfDefinition):
            edited(COMMENTED, {path: 1})


def test_what_is_written_reads_back_the_same() -> None:
    data = {
        "name": {"zh": "晚安"},
        "when": [{"time": "22:30", "days": ["mon"]}, {"change": "lamp.power", "to": "on"}],
        "then": [{"set": "lamp.power", "to": False}, {"notify": "owner", "text": "yes: no"}],
    }
    assert plain(written(data)) == data
    parse_rule(written(data), "written")
