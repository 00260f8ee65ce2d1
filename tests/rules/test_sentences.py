"""Every sentence about a rule has words in both languages, each is said somewhere, and none is said that has none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import jiahe
from jiahe.model import reasons
from jiahe.model.said import Said, say, table, told
from jiahe.rules import sentences
from jiahe.rules.check import check_rules
from jiahe.rules.load import parse_rule
from jiahe.rules.reader import Faults
from jiahe.rules.rule import HomeMode

SOURCE = Path(jiahe.__file__).parent


def said_in(folder: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Code and figures of every `say("…")` in these rooms."""
    for path in sorted((SOURCE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("say", "never"):
                continue
            for one in node.args:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value, frozenset(key.arg or "**" for key in node.keywords)


def figures(template: str) -> set[str]:
    return {
        part.partition("}")[0] for part in template.split("{")[1:] if part.partition("}")[0].isidentifier()
    }


def test_every_fault_and_finding_has_words_and_all_its_figures() -> None:
    used = {code: given for code, given in said_in("rules") if code in sentences.SENTENCES}
    made = {"shown_list", "shown_map"}  # by the kind of a node
    made |= {f"mode_{one.value}" for one in HomeMode} | {"whom_owner", "whom_everyone"}
    assert set(sentences.SENTENCES) - set(used) == made
    for code, given in used.items():
        assert figures(sentences.SENTENCES[code]["en"]) == set(given), code


ROOMS = (
    "model", "state", "driver", "home", "hub", "web", "comfort", "notice", "history", "virtual", "link", "transport", "rules",
)  # fmt: skip


def test_every_reason_has_words_and_all_its_figures() -> None:
    said = [(code, given) for room in ROOMS for code, given in said_in(room)]
    made = {"verb_see", "verb_operate", "verb_configure", "verb_share", "may_not", "may_not_now"}
    made |= {f"{end}{of}" for end in ("least", "most") for of in ("", "_characters", "_items")}
    made |= {"unknown_key", "unknown_parameter"}
    made |= {code for code in reasons.SENTENCES if code.startswith("answer_")}  # tests/web/test_uncoded.py
    assert set(reasons.SENTENCES) - {code for code, _ in said} == made
    known = {**reasons.SENTENCES, **sentences.SENTENCES}
    for code, given in said:
        assert code in known, code
        if code in reasons.SENTENCES and "**" not in given:
            assert figures(reasons.SENTENCES[code]["en"]) == set(given), code


def test_no_code_stands_for_two_sentences() -> None:
    assert not set(sentences.SENTENCES) & set(reasons.SENTENCES)
    with pytest.raises(ValueError, match="twice"):
        table(("a", "x", "y"), ("a", "x", "y"))
    with pytest.raises(ValueError, match="figures"):
        table(("a", "{x}", "y"))


def test_a_sentence_is_text_and_knows_which_it_is() -> None:
    inner = say(sentences.SENTENCES, "near", word="pm2_5")
    one = say(sentences.SENTENCES, "no_property", device="purifier", path="pm\x1b25", near=inner)
    assert one == "purifier has no property 'pm�25'; did you mean `pm2_5`?"
    assert told(one)["says"]["figures"] == {
        "device": "purifier",
        "path": "pm�25",
        "near": told(inner)["says"],
    }
    assert told("anything else") == {}
    assert say(sentences.SENTENCES, "brace") == "this `{` has no `}`; a bracket itself is `{{`"
    # what somebody wrote is filled in once, and never read as a place itself
    assert say(sentences.SENTENCES, "no_scene", name="{near}", near="") == "there is no scene '{near}'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("when: []\nthen: [{mode: night}]", "when_empty"),
        ("whn: [{hub: started}]\nwhen: [{hub: started}]\nthen: [{mode: night}]", "no_key"),
        ("when: [{becomes: a.b > }]\nthen: [{mode: night}]", "expected_value"),
        ("a: [", "no_yaml"),
    ],
)
def test_faults_of_a_file_say_which_they_are(text: str, code: str) -> None:
    with pytest.raises(Faults) as wrong:
        parse_rule(text, "r")
    message = wrong.value.faults[0].message
    assert isinstance(message, Said)
    assert message.code == code


def test_the_kinds_of_nodes_have_words() -> None:
    assert {f"shown_{kind}" for kind in ("list", "map")} <= set(sentences.SENTENCES)
    assert callable(check_rules)
