"""Actions of Home Assistant as steps of ours: plain data. Owns how a script runs; `service.py` owns what a service is.

A condition in the midst of a script ends that script where it does not hold: the steps after it stand within an `if`.
Source of the meanings: Home Assistant's documentation, "Script syntax".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jiahe.rules.importing.condition import (
    Scope,
    bounds,
    condition,
    conditions,
    duration,
    enabled,
    number,
    only,
    template,
    things,
)
from jiahe.rules.importing.logic import Condition, both, either, negated
from jiahe.rules.importing.service import call, device_call, scene
from jiahe.rules.importing.source import Node, Unsupported
from jiahe.rules.importing.template import is_template

Step = dict[str, Any]
LONGEST_WAIT = "24 h"
_PLAIN = ("alias", "enabled", "continue_on_error")
_MOST_ROUNDS = 1_000
_NOT_OURS = ("event", "variables", "response_variable", "set_conversation_response", "for_each")


def steps(scope: Scope, node: Node | None) -> list[Step]:
    """A script."""
    return _script(scope, node.each() if node else [])


def _script(scope: Scope, nodes: list[Node]) -> list[Step]:
    found: list[Step] = []
    for place, node in enumerate(nodes):
        if node.kind == "map" and not enabled(node):
            continue
        if node.kind == "map" and "variables" in node.keys:
            scope = scope.knowing(constants(scope, node.keys["variables"]))
            continue
        if node.kind == "scalar" or "condition" in node.keys or _shorthand(node):
            rest = _script(scope, nodes[place + 1 :])
            return found + _guarded(condition(scope, node), rest)
        found += _step(scope, node)
    return found


def _shorthand(node: Node) -> bool:
    return any(word in node.keys for word in ("and", "or", "not"))


def _guarded(answer: Condition, rest: list[Step]) -> list[Step]:
    if isinstance(answer, bool):
        return rest if answer else []
    return [{"if": answer, "then": rest}] if rest else []


def constants(scope: Scope, node: Node) -> dict[str, bool | int | float | str]:
    """Variables whose value is known now; what is worked out while running is Unsupported."""
    found: dict[str, bool | int | float | str] = {}
    for name, one in node.keys.items():
        if one.kind != "scalar" or is_template(one.text) or one.tag:
            raise Unsupported(one.place, f"the variable {name}: {one.shown}")
        found[name] = constant(one)
    return found


def constant(node: Node) -> bool | int | float | str:
    if node.quoted:
        return node.text
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(node.text)
        except ValueError:
            continue
    return node.text


def _step(scope: Scope, node: Node) -> list[Step]:
    for word, make in _KINDS.items():
        if word in node.keys:
            return make(scope, node)
    raise Unsupported(node.place, f"the action `{next(iter(node.keys), node.shown)}`")


def _delay(scope: Scope, node: Node) -> list[Step]:
    only(node, "a delay", *_PLAIN, "delay")
    return [{"wait": duration(scope, node.keys["delay"])}]


def _waiting(scope: Scope, node: Node, until: Condition) -> list[Step]:
    """`wait until`, with Home Assistant's timeout."""
    if until is True:
        return []
    if until is False:
        raise Unsupported(node.place, "a wait for what never comes")
    timeout, goes_on = node.get("timeout"), node.get("continue_on_timeout")
    if timeout is None:
        scope.note(node.place, f"a wait without timeout ends after {LONGEST_WAIT} here")
    row: Step = {"wait until": until, "for at most": duration(scope, timeout) if timeout else LONGEST_WAIT}
    if goes_on is not None and goes_on.text.lower() in ("false", "no", "off"):
        row["otherwise"] = [{"stop": "timeout"}]
    return [row]


def _wait_template(scope: Scope, node: Node) -> list[Step]:
    only(node, "wait_template", *_PLAIN, "wait_template", "timeout", "continue_on_timeout")
    return _waiting(scope, node, template(scope, node.keys["wait_template"]))


def _wait_for_trigger(scope: Scope, node: Node) -> list[Step]:
    only(node, "wait_for_trigger", *_PLAIN, "wait_for_trigger", "timeout", "continue_on_timeout")
    awaited = [one for one in node.keys["wait_for_trigger"].each() if enabled(one)]
    scope.note(node.place, "a wait for a trigger ends at once here where what it waits for is so already")
    return _waiting(scope, node, either([_awaited(scope, one) for one in awaited]))


def _awaited(scope: Scope, node: Node) -> Condition:
    """A trigger that is waited for, as what is true when it comes."""
    kind = node.get("trigger", "platform")
    name = kind.text if kind else ""
    if name == "template" and (inner := node.get("value_template")) and "for" not in node.keys:
        return template(scope, inner)
    if name == "numeric_state" and "for" not in node.keys:
        return either([bounds(scope, node, one) for one in things(scope, node.get("entity_id"), node.place)])
    to = node.get("to")
    if name != "state" or to is None or "attribute" in node.keys:
        raise Unsupported(node.place, f"a wait for the trigger `{name}` as it stands here")
    only(
        node,
        "a state trigger",
        "platform",
        "trigger",
        "id",
        "alias",
        "enabled",
        "entity_id",
        "from",
        "to",
        "for",
    )
    found = []
    for thing in things(scope, node.get("entity_id"), node.place):
        same = either([thing.equal(one.text, one.place) for one in to.each()])
        if lasting := node.get("for"):
            same = both(
                [same, f"unchanged({thing.part('state', node.place)[0]}) >= {duration(scope, lasting)}"]
            )
        found.append(same)
    return either(found)


def _branches(pairs: list[tuple[Condition, list[Step]]], otherwise: list[Step]) -> list[Step]:
    """The first of these whose condition holds; what is known already is decided here."""
    kept: list[Step] = []
    for answer, inner in pairs:
        if answer is False:
            continue
        if answer is True:
            otherwise = inner
            break
        kept.append({"if": answer, "then": inner})
    if not kept:
        return otherwise
    if len(kept) == 1 and (kept[0]["then"] or otherwise):
        return [kept[0] | ({"else": otherwise} if otherwise else {})]
    return [{"choose": kept + ([{"else": otherwise}] if otherwise else [])}]


def _if(scope: Scope, node: Node) -> list[Step]:
    only(node, "if", *_PLAIN, "if", "then", "else")
    answer = conditions(scope, node.keys["if"])
    then = steps(scope, node.get("then")) if answer is not False else []
    return _branches([(answer, then)], steps(scope, node.get("else")) if answer is not True else [])


def _choose(scope: Scope, node: Node) -> list[Step]:
    only(node, "choose", *_PLAIN, "choose", "default")
    pairs = []
    for one in node.keys["choose"].each():
        only(one, "a branch of choose", *_PLAIN, "conditions", "sequence")
        answer = conditions(scope, one.get("conditions"))
        pairs.append((answer, steps(scope, one.get("sequence")) if answer is not False else []))
    return _branches(pairs, steps(scope, node.get("default")))


def _repeat(scope: Scope, node: Node) -> list[Step]:
    inner = node.keys["repeat"]
    only(inner, "repeat", "count", "while", "until", "sequence")
    body = steps(scope, inner.get("sequence"))
    if not body:
        return []
    if count := inner.get("count"):
        times = number(scope, count)
        if times != int(times) or not 1 <= times <= _MOST_ROUNDS:
            raise Unsupported(count.place, f"{count.shown} rounds (1 to {_MOST_ROUNDS})")
        return [{"repeat": {"times": int(times), "steps": body}}]
    before = inner.get("while")
    answer = conditions(scope, before) if before else negated(conditions(scope, inner.get("until")))
    scope.note(inner.place, f"a repeat ends after {_MOST_ROUNDS} rounds here")
    if answer is True:
        raise Unsupported(inner.place, "a repeat without end")
    rounds = (
        [] if answer is False else [{"repeat": {"while": answer, "at most": _MOST_ROUNDS, "steps": body}}]
    )
    return rounds if before else [*body, *rounds]


def _stop(scope: Scope, node: Node) -> list[Step]:
    only(node, "stop", *_PLAIN, "stop", "error")
    return [{"stop": node.keys["stop"].text or "stop"}]


def _sequence(scope: Scope, node: Node) -> list[Step]:
    return steps(scope, node.keys["sequence"])


def _parallel(scope: Scope, node: Node) -> list[Step]:
    found: list[Step] = []
    for one in node.keys["parallel"].each():
        found += steps(scope, one)
    if any(key in row for row in found for key in ("wait", "wait until", "repeat")):
        raise Unsupported(node.place, "`parallel` with waiting in it")
    return found


def _call(scope: Scope, node: Node) -> list[Step]:
    return call(scope, node)


def _refused(scope: Scope, node: Node) -> list[Step]:
    word = next(word for word in _NOT_OURS if word in node.keys)
    raise Unsupported(node.keys[word].place, f"the action `{word}: {node.keys[word].shown}`")


_KINDS: Mapping[str, Callable[[Scope, Node], list[Step]]] = MappingProxyType(
    {
        **dict.fromkeys(_NOT_OURS, _refused),
        "action": _call,
        "service": _call,
        "service_template": _call,
        "delay": _delay,
        "wait_template": _wait_template,
        "wait_for_trigger": _wait_for_trigger,
        "if": _if,
        "choose": _choose,
        "repeat": _repeat,
        "stop": _stop,
        "sequence": _sequence,
        "parallel": _parallel,
        "scene": scene,
        "device_id": device_call,
    }
)
