"""A file edited by a program: the change is there, and every other character is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.model.errors import OutOfDefinition
from jiahe.rules.document import Node, read
from jiahe.rules.splice import Edit, same, spliced
from jiahe.rules.yaml_text import after_colon, block, inline

RULES = sorted((Path(__file__).parents[2] / "src/jiahe/virtual/rules").glob("*.yaml"))
TEXT = """\
# the head
name: {en: A, zh: "乙"}   # names
when:
- becomes: a.b > 3   # hi
  for: 5 min

# about the second
- time: "22:30"
  days: [mon, tue]

if: >
  a.b == 3
  and c.d == 4

# tail of if
then:
  - notify: me
    text: |
      abc
      def
  # x
  - stop   # end
"""


def plain(text: str) -> Any:
    return read(text, "t").plain()


def test_a_scalar_changes_and_nothing_else() -> None:
    assert spliced(TEXT, [Edit("set", ("when", 0, "for"), "10 min")]) == TEXT.replace("5 min", "10 min")
    assert spliced(TEXT, [Edit("set", ("when", 1, "time"), "06:00")]) == TEXT.replace("22:30", "06:00")
    assert spliced(TEXT, [Edit("set", ("name", "zh"), "丙")]) == TEXT.replace("乙", "丙")
    assert spliced(TEXT, [Edit("set", ("if",), "a.b == 1")]) == TEXT.replace(
        ">\n  a.b == 3\n  and c.d == 4", "a.b == 1"
    )


def test_keys_and_items_come_and_go() -> None:
    assert spliced(TEXT, [Edit("set", ("enabled",), False)]) == TEXT.replace(
        "# names\n", "# names\nenabled: false\n"
    )
    assert spliced(TEXT, [Edit("remove", ("when", 0, "for"))]) == TEXT.replace("  for: 5 min\n", "")
    assert spliced(TEXT, [Edit("remove", ("when", 1, "days"))]) == TEXT.replace("  days: [mon, tue]\n", "")
    assert spliced(
        TEXT, [Edit("insert", ("when", 1), {"sun": "sunset", "offset": "-30 min"})]
    ) == TEXT.replace("  for: 5 min\n", '  for: 5 min\n- sun: sunset\n  offset: "-30 min"\n')
    assert spliced(TEXT, [Edit("insert", ("then", 0), {"wait": "5 s"})]) == TEXT.replace(
        "  - notify", "  - wait: 5 s\n  - notify"
    )
    assert spliced(TEXT, [Edit("insert", ("then", 2), {"wait": "5 s"})]) == TEXT + "  - wait: 5 s\n"
    assert spliced(TEXT, [Edit("remove", ("then", 1))]) == TEXT.replace("  - stop   # end\n", "")
    assert spliced(TEXT, [Edit("insert", ("when", 1, "days", 2), "wed")]) == TEXT.replace("tue]", "tue, wed]")
    assert spliced(TEXT, [Edit("remove", ("when", 1, "days", 1))]) == TEXT.replace("mon, tue", "mon")


def test_a_step_moves_with_the_comments_above_it() -> None:
    moved = spliced(TEXT, [Edit("move", ("when", 1), 0)])
    assert plain(moved)["when"][0]["time"] == "22:30"
    assert moved.index("# about the second") < moved.index("22:30") < moved.index("# hi")
    assert sorted(moved) == sorted(TEXT)


def test_the_last_one_leaves_and_a_first_one_comes() -> None:
    one = 'when: {time: "07:00"}\nthen:\n  - stop\n'
    two = spliced(one, [Edit("insert", ("when", 1), {"hub": "started"})])
    assert plain(two)["when"] == [{"time": "07:00"}, {"hub": "started"}]
    none = spliced(one, [Edit("remove", ("then", 0))])
    assert none == 'when: {time: "07:00"}\nthen: []\n'
    again = spliced(none, [Edit("insert", ("then", 0), {"set": "a.b", "to": "on"})])
    assert again == 'when: {time: "07:00"}\nthen:\n  - set: a.b\n    to: on\n'
    block_map = 'when:\n  time: "07:00" # early\n  days: mon\nthen: []\n'
    assert spliced(block_map, [Edit("insert", ("when", 1), {"hub": "started"})]) == (
        'when:\n  - time: "07:00" # early\n    days: mon\n  - hub: started\nthen: []\n'
    )


def test_windows_line_ends_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    done = spliced(
        text, [Edit("insert", ("then", 1), {"set": "a.b", "to": "on"}), Edit("remove", ("when", 0, "for"))]
    )
    assert "\n" not in done.replace("\r\n", "")
    assert plain(done)["then"][1] == {"set": "a.b", "to": "on"}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("set", ("nothing", "here"), 1),
        Edit("remove", ("when", 7)),
        Edit("remove", ("when", -1)),
        Edit("insert", ("when", 9), {}),
        Edit("move", ("when", 0), 5),
        Edit("set", (), 1),
        Edit("burn", ("when",)),
        Edit("set", ("when", "x"), 1),
    ],
)
def test_what_cannot_be_is_told(edit: Edit) -> None:
    with pytest.raises(OutOfDefinition):
        spliced(TEXT, [edit])


# ---- any file, any edit ------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
scalars = (
    words
    | st.integers(-1000, 1000)
    | st.booleans()
    | st.sampled_from(["on", "no", "26 Cel", "a.b > 3", "22:30", "1", "~"])
)
keys = st.sampled_from(["set", "to", "for", "if", "then", "zh", "wait until"])
data = st.recursive(
    scalars, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(keys, inner, min_size=1, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(data)
def test_what_is_written_is_read_again(value: Any) -> None:
    for text in (f"k:{after_colon(value, 0)}\n", f"k: {inline(value)}\n"):
        assert same(plain(text)["k"], value)
    assert same(plain(f"k:\n  - {block(value, 4)}\n")["k"][0], value)


def places(node: Node, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    for number, item in enumerate(node.items):
        found += places(item, (*path, number))
    for key, (_, value) in node.keys.items():
        found += places(value, (*path, key))
    return found


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_edit_of_every_file_is_exact_or_refused(draw: st.DataObject) -> None:
    """`spliced` checks the data itself; here: comments stay, and refusals are rare enough to be of use."""
    text = draw.draw(st.sampled_from([TEXT, *(path.read_text("utf-8") for path in RULES)]))
    path = draw.draw(st.sampled_from(places(read(text, "t"))))
    op = draw.draw(st.sampled_from(["set", "insert", "remove"]))
    value = draw.draw(data if op != "set" else scalars)
    try:
        done = spliced(text, [Edit(op, path, value)])
    except OutOfDefinition:
        # what stays impossible: the only key of a map, a number where keys are, and the other way round
        holder: Any = plain(text)
        for step in path[:-1]:
            holder = holder[step]
        only = op == "remove" and isinstance(holder, dict) and len(holder) == 1
        if not only and not (op == "insert" and isinstance(path[-1], str)):
            raise
        return
    comments = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
    begun = [line.strip() for line in done.splitlines()]
    if op == "insert":
        assert [line for line in begun if line in comments] == comments
    if op == "insert" and "\n" not in str(value):
        # nothing was taken away: the old text is the new one with one piece cut out
        head = next((at for at, (a, b) in enumerate(zip(text, done, strict=False)) if a != b), len(text))
        grown = len(done) - len(text)
        assert grown >= 0
        assert any(done[:at] + done[at + grown :] == text for at in range(max(0, head - 200), head + 1))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_the_same_value_again_is_the_same_file(path: Path) -> None:
    text = path.read_text("utf-8")
    for place in places(read(text, "t")):
        node: Any = plain(text)
        for step in place:
            node = node[step]
        if not isinstance(node, dict | list):
            again = spliced(text, [Edit("set", place, node)])
            assert plain(again) == plain(text)
    assert spliced(text, []) == text
