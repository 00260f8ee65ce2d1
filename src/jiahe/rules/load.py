"""A rule from its file's text: `parse_rule(text, id) -> Rule`. Owns the words at the top of a file and its tests.

Pure: the text is an argument. All faults of a file are told at once (`Faults.faults`), each with line and column and
what would be right. Devices are not looked at here (`bind.py` does).
"""

from __future__ import annotations

import re

from jiahe.model.happening import PropertyRef
from jiahe.rules.document import Node
from jiahe.rules.load_then import step, steps
from jiahe.rules.load_when import triggers, with_arguments
from jiahe.rules.reader import Faults, Reader, opened, version_of
from jiahe.rules.rule import Case, Do, Ending, Expression, HomeMode, Mode, Place, Rule, Step
from jiahe.rules.sentences import say

KEYS = (
    "name", "about", "enabled", "mode", "at most", "when", "if", "then", "uses stale values", "tests",
)  # fmt: skip
CASE_KEYS = ("name", "at", "mode", "given", "when", "after", "then", "commands")
OUTCOMES = ("confirmed", "refused", "failed", "timed_out")
RULE_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""Ids are file names and stand in URLs."""
MOST_AT_ONCE = 10
"""Runs of one rule at once or in its queue."""
MOST_TRIGGERS, MOST_TESTS = 50, 100
USUAL_START = "2026-01-05 12:00"
"""A Monday noon, in the home's zone: when a test begins that does not say."""

_AT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")


def parse_rule(text: str, rule_id: str, file: str = "") -> Rule:
    """The rule; raises Faults with every fault of the file."""
    reader = Reader(file or f"{rule_id}.yaml")
    start = Place(reader.file, 1, 1)
    if not RULE_ID.fullmatch(rule_id):
        reader.wrong(start, say("rule_file_name"))
    root = opened(text, reader.file)
    if not reader.map(root, say("a_rule")):
        raise Faults(reader.faults)
    reader.only(root, say("a_rule"), KEYS)
    get = {key: pair[1] for key, pair in root.keys.items()}.get
    mode = reader.choice(get("mode"), "`mode`", Mode, Mode.SINGLE)
    usual = 1 if mode in (Mode.SINGLE, Mode.RESTART) else MOST_AT_ONCE
    at_most = reader.whole(get("at most"), "`at most`", 1, MOST_AT_ONCE, usual)
    if at_most > 1 and mode in (Mode.SINGLE, Mode.RESTART):
        reader.wrong(
            root.keys["at most"][0].place,
            say("at_most_mode", mode=mode),
        )
    when = triggers(reader, get("when"), start)
    if len(when) > MOST_TRIGGERS:
        reader.wrong(when[MOST_TRIGGERS].place, say("triggers_many", most_triggers=MOST_TRIGGERS))
    then = steps(reader, get("then"), "`then`")
    if not then and not reader.faults:
        reader.wrong(start, say("rule_then"))
    rule = Rule(
        id=rule_id,
        place=start,
        names=reader.names(get("name")),
        when=when,
        condition=reader.expression(get("if")),
        then=then,
        about=reader.told(get("about"), "`about`", longest=2_000),
        enabled=reader.flag(get("enabled"), "`enabled`", True),
        mode=mode,
        at_most=at_most,
        uses_stale=reader.flag(get("uses stale values"), "`uses stale values`", False),
        tests=_cases(reader, get("tests")),
        version=version_of(text),
    )
    if reader.faults:
        raise Faults(sorted(reader.faults, key=lambda one: (one.line, int(one.key or 0))))
    return rule


# ---- tests that travel with the rule ---------------------------------------------------------------------------


def _cases(reader: Reader, node: Node | None) -> tuple[Case, ...]:
    items = reader.items(node, "`tests`")
    if len(items) > MOST_TESTS:
        reader.wrong(items[MOST_TESTS].place, say("tests_many", most_tests=MOST_TESTS))
    return tuple(
        _case(reader, item, number)
        for number, item in enumerate(items[:MOST_TESTS], 1)
        if reader.map(item, say("a_test"))
    )


def _case(reader: Reader, node: Node, number: int) -> Case:
    reader.only(node, say("a_test"), CASE_KEYS)
    get = {key: pair[1] for key, pair in node.keys.items()}.get
    at = reader.text(get("at"), "`at`") or USUAL_START
    if not _AT.fullmatch(at):
        reader.wrong(node.keys["at"][1].place, say("test_at"))
    when = [one for item in reader.items(get("when"), "`when`") for one in _doings(reader, item)]
    after = get("after")
    if after is not None:
        when.append(Do(after.place, after=reader.duration(after, "`after`")))
    answers = get("commands")
    commands = reader.text(answers, "`commands`") or OUTCOMES[0]
    if answers is not None and commands not in OUTCOMES:
        reader.wrong(
            answers.place,
            say("test_commands", names=", ".join(OUTCOMES), shown=answers.shown),
        )
    given = get("given")
    return Case(
        place=node.place,
        name=reader.told(get("name"), "`name`") or f"test {number}",
        at=at,
        mode=reader.choice(get("mode"), "`mode`", HomeMode, HomeMode.HOME),
        given={} if given is None else _values(reader, given),
        when=tuple(when),
        then=_expected(reader, get("then"), node.place),
        commands=commands,
    )


def _values(reader: Reader, node: Node) -> dict[PropertyRef, Expression | None]:
    found: dict[PropertyRef, Expression | None] = {}
    if reader.map(node, "values"):
        for key, value in node.keys.values():
            ref = reader.reference(key, "a value's name")
            if ref is not None:
                found[ref] = None if value.text == "unknown" else reader.literal(value, f"`{key.text}`")
    return found


def _doings(reader: Reader, node: Node) -> list[Do]:
    """What one map of a test's `when` makes happen: values together, then its other words in the order written."""
    if not reader.map(node, "what happens"):
        return []
    values: dict[PropertyRef, Expression | None] = {}
    others: list[Do] = []
    for key, (name, value) in node.keys.items():
        if "." in key and key != "event":
            ref = reader.reference(name, "a value's name")
            if ref is not None:
                values[ref] = None if value.text == "unknown" else reader.literal(value, f"`{key}`")
        elif key == "after":
            others.append(Do(name.place, after=reader.duration(value, "`after`")))
        elif key == "mode":
            others.append(Do(name.place, mode=reader.choice(value, "`mode`", HomeMode, HomeMode.HOME)))
        elif key == "hub":
            others.append(Do(name.place, started=True))
        elif key == "event":
            ref = reader.reference(value, "`event`")
            arguments = with_arguments(reader, node.keys["with"][1] if "with" in node.keys else None)
            if ref is not None:
                others.append(Do(name.place, event=(ref.device, ref.path, arguments)))
        elif key == "rule":
            ended = node.keys["ended"][1] if "ended" in node.keys else None
            others.append(
                Do(name.place, ended=(value.text, reader.choice(ended, "`ended`", Ending, Ending.DONE)))
            )
        elif key not in ("with", "ended"):
            reader.wrong(name.place, say("test_event", key=key))  # fmt: skip
    return [Do(node.place, values=values), *others] if values else others


def _expected(reader: Reader, node: Node | None, place: Place) -> tuple[Step, ...]:
    if node is None:
        reader.wrong(place, say("test_then"))
        return ()
    if node.kind == "scalar" and node.text == "nothing":
        return ()
    found = [step(reader, item) for item in reader.items(node, "`then`")]
    return tuple(one for one in found if one is not None)
