"""A rule as cards: what a builder shows, and that its edits find what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.rules import syntax
from jiahe.rules.form import condition_form, rule_form, scene_form
from jiahe.rules.load import parse_rule
from jiahe.rules.splice import Edit, spliced

RULES = sorted((Path(__file__).parents[2] / "src/jiahe/virtual/rules").glob("*.yaml"))
TEXT = """\
name: {en: Clean air, zh: 净化}
when:
  - becomes: living.pm2_5 > 75 ug/m3 and (mode == home or mode == night)
    for: 5 min
  - nonsense: 3
if: time between 22:00 and 06:00 and not living.power in [on, off] and known(living.pm2_5)
then:
  - choose:
      - if: a.b == 1
        then: [{set: a.b, to: a.b + 1}]
      - else:
          - stop
  - repeat: {times: 3, steps: [{wait: 5 s}]}
  - wait until: a.b < 3
    otherwise: {notify: owner, text: "{a.b}"}
tests:
  - name: one
    then: nothing
colour: red
"""


def cards(form: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def walk(listed: dict[str, Any]) -> None:
        for card in listed["cards"]:
            found.append(card)
            for inner in card["lists"].values():
                walk(inner)
            for branch in card["branches"]:
                walk(branch["then"])

    walk(form["when"])
    walk(form["then"])
    return found


def test_a_rule_as_cards() -> None:
    form = rule_form(TEXT)
    assert form is not None
    first, second = form["when"]["cards"]
    assert (first["kind"], first["known"], first["fields"]) == ("becomes", True, {"for": "5 min"})
    terms = first["conditions"]["becomes"]["terms"]
    assert (terms[0]["left"], terms[0]["op"]) == ("living.pm2_5", ">")
    assert terms[0]["value"] == {"text": "75 ug/m3", "kind": "number", "number": 75.0, "unit": "ug/m3"}
    assert terms[1]["left"] == ""
    assert terms[1]["text"] == "(mode == home or mode == night)"
    assert not second["known"]
    assert second["text"] == "nonsense: 3"
    night, among, known = form["if"]["terms"]
    assert (night["op"], night["value"]["text"], night["high"]["text"]) == ("between", "22:00", "06:00")
    assert among["left"] == ""  # `not x in …` is no plain comparison: it is kept as text
    assert known["text"] == "known(living.pm2_5)"
    choose, repeat, wait = form["then"]["cards"]
    assert [one["if"] is None for one in choose["branches"]] == [False, True]
    assert choose["branches"][0]["then"]["cards"][0]["fields"] == {"set": "a.b", "to": "a.b + 1"}
    assert repeat["fields"] == {"times": 3}
    assert repeat["lists"]["steps"]["cards"][0]["path"] == ["then", 1, "repeat", "steps", 0]
    assert wait["lists"]["otherwise"]["single"]
    assert form["tests"] == [{"name": "one", "line": 17}]
    assert form["unknown"] == [{"key": "colour", "text": "red"}]


def test_what_is_no_yaml_has_no_form() -> None:
    assert rule_form("a: [") is None
    assert rule_form("- a") is None
    assert scene_form("") is None


def test_a_scene_as_values() -> None:
    form = scene_form("name: Night\nset: {a.b: off, c.d: 26 Cel}\ndo: [kettle.stop]\nmode: night\n")
    assert form is not None
    assert [one["ref"] for one in form["settings"]] == ["a.b", "c.d"]
    assert form["settings"][1]["path"] == ["set", "c.d"]
    assert (form["do"][0]["text"], form["mode"], form["names"]) == ("kettle.stop", "night", "Night")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_of_the_demo_is_shown_whole_and_its_cards_can_be_edited(path: Path) -> None:
    text = path.read_text("utf-8")
    form = rule_form(text)
    assert form is not None
    assert form["unknown"] == []
    was = parse_rule(text, path.stem)
    for card in cards(form):
        assert card["known"], card
        for word, condition in card["conditions"].items():
            inner = [*card["path"], "repeat"] if card["kind"] == "repeat" else card["path"]
            joined = f" {condition['join']} ".join(term["text"] for term in condition["terms"])
            again = spliced(text, [Edit("set", (*inner, word), joined)])
            now = parse_rule(again, path.stem)
            assert len(now.then) == len(was.then)
    kinds = [card["kind"] for card in form["then"]["cards"]]
    gone = spliced(text, [Edit("remove", tuple(form["then"]["cards"][0]["path"]))])
    left = rule_form(gone)
    assert left is not None
    assert [card["kind"] for card in left["then"]["cards"]] == (
        kinds[1:] if not form["then"]["single"] else []
    )


terms = st.sampled_from(
    ["a.b > 3", "mode == home", "time between 22:00 and 06:00", "not (a.b > 3 or c.d)", "known(a.b)", "a.b in [1, 2]",
     "a.b == -5 Cel", "a.b - 1 > 3", 'a.b == "x and y"', "a.b not in [mon, tue]"]
)  # fmt: skip


@given(st.lists(terms, min_size=1, max_size=5), st.sampled_from(["and", "or"]))
def test_terms_are_cut_where_they_were_joined(pieces: list[str], join: str) -> None:
    form = condition_form(f" {join} ".join(pieces))
    assert [one["text"] for one in form["terms"]] == pieces
    assert form["join"] == (join if len(pieces) > 1 else "")
    for term in form["terms"]:
        if term["left"]:
            values = [term["value"], term["high"], *term["among"]]
            assert all(
                one is None or one["text"] in term["text"] or one["text"].replace("-", "- ") for one in values
            )
            syntax.parse(term["text"])


def test_a_mixture_of_and_and_or_is_cut_at_the_weaker_word() -> None:
    form = condition_form("a.b > 1 and c.d < 2 or e.f == 3")
    assert form["join"] == "or"
    assert [(one["text"], one["left"]) for one in form["terms"]] == [
        ("a.b > 1 and c.d < 2", ""),
        ("e.f == 3", "e.f"),
    ]
