"""The words of `then:`. Owns how each step is written; pure. `load.py` reads the rest of a rule."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from jiahe.rules.document import Node
from jiahe.rules.reader import Reader, near
from jiahe.rules.rule import (
    ApplyScene,
    Branch,
    Choose,
    DoAction,
    HomeMode,
    Notify,
    Repeat,
    SetMode,
    SetValue,
    Step,
    Stop,
    Wait,
    WaitUntil,
)
from jiahe.rules.sentences import say

MOST_STEPS = 200
"""Steps of one list: more is several rules."""
MOST_ROUNDS = 1_000
"""Rounds of a repeat: a loop that needs more is waiting for something, and has `wait until`."""
USUAL_ROUNDS = 100
LONGEST_WAIT_UNTIL = 86_400.0
"""Seconds of `for at most` where it is left out: nothing in a home is waited for longer than a day unknowingly."""

KEYS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "set": ("set", "to", "otherwise"),
        "do": ("do", "with", "otherwise"),
        "scene": ("scene",),
        "mode": ("mode",),
        "notify": ("notify", "text"),
        "wait until": ("wait until", "for at most", "otherwise"),
        "wait": ("wait",),
        "choose": ("choose",),
        "if": ("if", "then", "else"),
        "repeat": ("repeat",),
        "stop": ("stop",),
    }
)
"""The first word of each step, and all words it may have."""
_ROUND_KEYS = ("times", "while", "at most", "steps")


def steps(reader: Reader, node: Node | None, what: str) -> tuple[Step, ...]:
    """A list of steps; what is wrong is in the reader's faults."""
    items = reader.items(node, what)
    if len(items) > MOST_STEPS:
        reader.wrong(items[MOST_STEPS].place, say("steps_many", what=what, most_steps=MOST_STEPS))
    found = [step(reader, item) for item in items[:MOST_STEPS]]
    return tuple(one for one in found if one is not None)


def step(reader: Reader, node: Node) -> Step | None:
    """One step, told by the word that it has."""
    if node.kind == "scalar" and node.text == "stop":
        return Stop(node.place, "")
    if not reader.map(node, say("a_step")):
        return None
    for word, keys in KEYS.items():
        if word in node.keys:
            reader.only(node, f"`{word}`", keys)
            return _READERS[word](reader, node, node.keys[word][1])
    written = next(iter(node.keys), "")
    reader.wrong(node.place, say("no_step", written=written, near=near(written, KEYS)))
    return None


def _get(node: Node, key: str) -> Node | None:
    pair = node.keys.get(key)
    return pair[1] if pair else None


def _otherwise(reader: Reader, node: Node) -> tuple[Step, ...] | None:
    found = _get(node, "otherwise")
    return None if found is None else steps(reader, found, "`otherwise`")


def _set(reader: Reader, node: Node, value: Node) -> Step | None:
    ref = reader.reference(value, "`set`")
    to = _get(node, "to")
    if to is None:
        reader.wrong(node.place, say("set_to", text=value.text))
        return None
    wanted = reader.literal(to, "`to`")
    otherwise = _otherwise(reader, node)
    return SetValue(node.place, ref, wanted, otherwise) if ref and wanted else None


def _do(reader: Reader, node: Node, value: Node) -> Step | None:
    ref = reader.reference(value, "`do`")
    given = _get(node, "with")
    items = [] if given is None else [given] if given.kind == "scalar" else reader.items(given, "`with`")
    arguments = [reader.literal(item, say("an_argument")) for item in items]
    otherwise = _otherwise(reader, node)
    if ref is None or None in arguments:
        return None
    return DoAction(node.place, ref, tuple(one for one in arguments if one), otherwise)


def _scene(reader: Reader, node: Node, value: Node) -> Step | None:
    name = reader.text(value, "`scene`", longest=64)
    return ApplyScene(node.place, name) if name else None


def _mode(reader: Reader, node: Node, value: Node) -> Step | None:
    return SetMode(node.place, reader.choice(value, "`mode`", HomeMode, HomeMode.HOME))


def _notify(reader: Reader, node: Node, value: Node) -> Step | None:
    if "text" not in node.keys:
        reader.wrong(node.place, say("notify_text"))
        return None
    who = reader.text(value, "`notify`", longest=80)
    return Notify(node.place, who, reader.template(_get(node, "text"), "`text`"))


def _wait(reader: Reader, node: Node, value: Node) -> Step | None:
    return Wait(node.place, reader.duration(value, "`wait`"))


def _wait_until(reader: Reader, node: Node, value: Node) -> Step | None:
    condition = reader.expression(value)
    at_most = reader.duration(_get(node, "for at most"), "`for at most`", LONGEST_WAIT_UNTIL)
    otherwise = _otherwise(reader, node) or ()
    return WaitUntil(node.place, condition, at_most, otherwise) if condition else None


def _choose(reader: Reader, node: Node, value: Node) -> Step | None:
    branches: list[Branch] = []
    for item in reader.items(value, "`choose`"):
        if not reader.map(item, say("a_branch")):
            continue
        if branches and branches[-1].condition is None:
            reader.wrong(item.place, say("after_else"))
        if "else" in item.keys:
            reader.only(item, "`else`", ("else",))
            branches.append(Branch(item.place, None, steps(reader, item.keys["else"][1], "`else`")))
            continue
        reader.only(item, say("a_branch"), ("if", "then"))
        if "if" not in item.keys or "then" not in item.keys:
            reader.wrong(item.place, say("branch"))
            continue
        condition = reader.expression(item.keys["if"][1])
        inner = steps(reader, item.keys["then"][1], "`then`")
        if condition:
            branches.append(Branch(item.place, condition, inner))
    if not branches:
        reader.wrong(value.place, say("choose_empty"))
    return Choose(node.place, tuple(branches))


def _if(reader: Reader, node: Node, value: Node) -> Step | None:
    """`if … then … else …` as a step is a choose of one branch."""
    condition = reader.expression(value)
    if "then" not in node.keys:
        reader.wrong(node.place, say("if_then"))
        return None
    branches = [Branch(node.place, condition, steps(reader, node.keys["then"][1], "`then`"))]
    if "else" in node.keys:
        inner = node.keys["else"]
        branches.append(Branch(inner[0].place, None, steps(reader, inner[1], "`else`")))
    return Choose(node.place, tuple(branches)) if condition else None


def _repeat(reader: Reader, node: Node, value: Node) -> Step | None:
    if not reader.map(value, "`repeat`"):
        return None
    reader.only(value, "`repeat`", _ROUND_KEYS)
    inner = steps(reader, _get(value, "steps"), "`steps`")
    if not inner:
        reader.wrong(value.place, say("repeat_steps"))
    times, condition = _get(value, "times"), _get(value, "while")
    if (times is None) == (condition is None):
        reader.wrong(value.place, say("repeat_how"))
        return None
    if times is not None:
        return Repeat(node.place, reader.whole(times, "`times`", 1, MOST_ROUNDS, 1), None, inner)
    rounds = reader.whole(_get(value, "at most"), "`at most`", 1, MOST_ROUNDS, USUAL_ROUNDS)
    expression = reader.expression(condition)
    return Repeat(node.place, rounds, expression, inner) if expression else None


def _stop(reader: Reader, node: Node, value: Node) -> Step | None:
    return Stop(node.place, reader.text(value, "`stop`"))


_READERS: MappingProxyType[str, Callable[[Reader, Node, Node], Step | None]] = MappingProxyType(
    {
        "set": _set,
        "do": _do,
        "scene": _scene,
        "mode": _mode,
        "notify": _notify,
        "wait until": _wait_until,
        "wait": _wait,
        "choose": _choose,
        "if": _if,
        "repeat": _repeat,
        "stop": _stop,
    }
)
