"""A folder of Home Assistant becomes rules: every automation is imported or listed with what has no counterpart.

Owns the account of an import: `import_folder(directory, entities) -> Imported`. Writes nothing. What is made is read back
and checked against the home's devices before it counts as imported.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiahe.model.errors import SpecError
from jiahe.rules.bind import bind_rule
from jiahe.rules.importing.action import constants, steps
from jiahe.rules.importing.blueprint import BLUEPRINTS, filled
from jiahe.rules.importing.condition import Scope, conditions, enabled, number
from jiahe.rules.importing.entity import Entities
from jiahe.rules.importing.source import Folder, Node, Unsupported
from jiahe.rules.importing.template import is_template
from jiahe.rules.importing.trigger import triggers
from jiahe.rules.load import parse_rule
from jiahe.rules.rule import Place
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.write import written

MOST = 1_000
"""Automations of one import."""
MOST_AT_ONCE = 10
KEYS = frozenset(
    {"id", "alias", "description", "trigger", "triggers", "condition", "conditions", "action", "actions", "mode", "max",
     "max_exceeded", "variables", "trigger_variables", "initial_state", "trace", "use_blueprint", "stored_traces",
     "hide_entity"}
)  # fmt: skip
OTHERS = ("script", "template")
"""Other things that a package may define and that no rule is; listed, so that nobody misses them."""

_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """What was not imported, or is otherwise here: where, of which automation, and what."""

    place: Place
    automation: str
    what: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.automation}: {self.what}"


@dataclass(slots=True)
class Imported:
    """`rules` are texts by rule id; `refused` has an entry for every automation that is not among them; `notes` say what
    is otherwise than it was; `questions` are entities that a mapping file should place."""

    rules: dict[str, str] = field(default_factory=dict)
    automations: int = 0
    refused: list[Listed] = field(default_factory=list)
    notes: list[Listed] = field(default_factory=list)
    questions: Mapping[str, Place] = field(default_factory=dict)


def import_folder(
    directory: Path,
    entities: Entities,
    scenes: Mapping[str, Scene] = NO_SCENES,
    *,
    has_location: bool = True,
    switched_on: bool = True,
) -> Imported:
    """Everything in automations.yaml, packages/ and configuration.yaml below `directory`."""
    folder, found = Folder(directory), Imported(questions=entities.questions)
    used: set[str] = set()
    for node in _automations(folder, found):
        name = _name(node, found.automations)
        found.automations += 1
        if found.automations > MOST:
            found.refused.append(Listed(node.place, name, f"more than {MOST} automations; import in parts"))
            break
        use = node.get("use_blueprint") if node.kind == "map" else None
        if use and (path := use.get("path")):
            used.add(path.text)
        whole = node
        try:
            whole = filled(_map(node), folder)
            made, notes = _rules(whole, entities, name, switched_on)
            texts = _checked(node, made, _free(name, node, found.rules), entities, scenes, has_location)
        except Unsupported as error:
            found.refused.append(Listed(error.place, name, error.what))
            _ask_all(whole, entities)
            continue
        except (
            RecursionError,
            ArithmeticError,
            ValueError,
        ):  # files within files, numbers beyond all measure
            found.refused.append(
                Listed(node.place, name, "is too deep, or has numbers or letters that are none")
            )
            continue
        found.rules |= texts
        found.notes += [Listed(place, name, what) for place, what in notes]
    _unused(folder, used, found)
    return found


def _automations(folder: Folder, found: Imported) -> list[Node]:
    """Every automation of the folder; a file that cannot be read is listed."""
    nodes: list[Node] = []
    main = folder.root / "automations.yaml"
    files = [(main, True)] if main.is_file() else []
    files += [(path, False) for path in folder.files("packages")]
    configuration = folder.root / "configuration.yaml"
    if not main.is_file() and configuration.is_file():
        files.append((configuration, False))
    for path, alone in files:
        try:
            tree = folder.read(path)
        except Unsupported as error:
            found.refused.append(Listed(error.place, "the file", error.what))
            continue
        except RecursionError:
            found.refused.append(
                Listed(Place(folder.name(path), 1, 1), "the file", "files that include each other")
            )
            continue
        if alone:
            nodes += tree.each()
            continue
        for key, one in tree.keys.items():
            if key.split(" ")[0] == "automation":
                nodes += one.each()
            elif key.split(" ")[0] in OTHERS and not one.empty:
                found.notes.append(Listed(one.place, key, "is no automation and was left out"))
    return nodes


def _unused(folder: Folder, used: set[str], found: Imported) -> None:
    for path in folder.files(BLUEPRINTS):
        name = path.relative_to(folder.root / BLUEPRINTS).as_posix()
        if name not in used and f"{BLUEPRINTS}/{name}" not in used:
            found.notes.append(
                Listed(Place(folder.name(path), 1, 1), name, "a blueprint that no automation uses")
            )


def _ask_all(node: Node, entities: Entities) -> None:
    """Every entity of an automation that nobody can place is asked for at once, not one in each round."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting += [*one.items, *one.keys.values()]
        named = one.keys.get("entity_id")
        for row in named.each() if named else ():
            if row.kind == "scalar" and "." in row.text and not is_template(row.text):
                with contextlib.suppress(Unsupported):
                    entities.find(row.text.strip(), row.place)


def _map(node: Node) -> Node:
    if node.kind != "map":
        raise Unsupported(
            node.place, f"an automation is a map, not {node.tag} {node.shown}".replace("  ", " ")
        )
    return node


def _name(node: Node, count: int) -> str:
    found = node.get("alias", "id") if node.kind == "map" else None
    return found.text[:200] if found and found.kind == "scalar" and found.text else f"automation {count + 1}"


# ---- one automation ----------------------------------------------------------------------------------------------


def _rules(
    node: Node, entities: Entities, name: str, switched_on: bool
) -> tuple[list[dict[str, Any]], list[tuple[Place, str]]]:
    """One rule, or one for each trigger id where the automation looks at which trigger it was."""
    for key, one in node.keys.items():
        if key not in KEYS:
            raise Unsupported(one.place, f"`{key}` of an automation")
    scope = Scope(entities)
    for key in ("trigger_variables", "variables"):
        if (block := node.get(key)) is not None:
            scope = scope.knowing(constants(scope, block))
    starts = [one for one in _flat(node.get("triggers", "trigger")) if enabled(one)]
    if not starts:
        raise Unsupported(node.place, "an automation without triggers")
    head = _head(node, name, scope, switched_on)
    made = [_rule(head, node, scope, starts, None)] if len(starts) == 1 and not _named(starts[0]) else None
    if made is None:
        made = _by_trigger(head, node, scope, starts)
    kept = [one for one in made if one is not None]
    if not kept:
        raise Unsupported(node.place, "an automation that never does anything")
    return kept, list(scope.notes)


def _flat(node: Node | None) -> list[Node]:
    """The triggers; a list within the list (`triggers:`) is laid out."""
    found: list[Node] = []
    for one in node.each() if node else []:
        inner = one.get("triggers") if one.kind == "map" else None
        found += _flat(inner) if inner is not None else _flat(one) if one.kind == "list" else [one]
    return found


def _named(node: Node) -> str | None:
    found = node.get("id") if node.kind == "map" else None
    return found.text if found else None


def _by_trigger(
    head: dict[str, Any], node: Node, scope: Scope, starts: list[Node]
) -> list[dict[str, Any] | None]:
    names = [
        _named(one) or str(place) for place, one in enumerate(starts)
    ]  # the usual id is the place in the list
    different = list(dict.fromkeys(names))
    made: list[dict[str, Any] | None] = []
    for name in different:
        scope.trigger = name
        made.append(
            _rule(
                head,
                node,
                scope,
                [one for one, other in zip(starts, names, strict=True) if other == name],
                name,
            )
        )
        if not scope.asked:
            break
    if not scope.asked:
        scope.trigger = None
        return [_rule(head, node, scope, starts, None)]
    if len(made) > 1:
        scope.note(node.place, "is one rule for each trigger here, because its steps ask which trigger it was; "
                   "a run of one does not hold up the other")  # fmt: skip
        for row, name in zip(made, different, strict=True):
            if row is not None:
                row["name"] = f"{row['name']} ({name})"[:200]
    return made


def _head(node: Node, name: str, scope: Scope, switched_on: bool) -> dict[str, Any]:
    about, mode, most, state = (node.get(key) for key in ("description", "mode", "max", "initial_state"))
    head: dict[str, Any] = {"name": name}
    if about is not None and about.text.strip():
        head["about"] = about.text.strip()[:2_000]
    if not switched_on or (state is not None and state.text.lower() in ("false", "off", "no")):
        head["enabled"] = False
    if mode is not None:
        if mode.text not in ("single", "restart", "queued", "parallel"):
            raise Unsupported(mode.place, f"the mode {mode.shown}")
        head["mode"] = mode.text
        if mode.text in ("queued", "parallel") and most is not None:
            limit = number(scope, most)
            if limit > MOST_AT_ONCE:
                scope.note(most.place, f"at most {MOST_AT_ONCE} runs at once here")
            head["at most"] = int(min(max(limit, 1), MOST_AT_ONCE))
    return head


def _rule(
    head: dict[str, Any], node: Node, scope: Scope, starts: list[Node], trigger: str | None
) -> dict[str, Any] | None:
    """None where this trigger would do nothing."""
    when = [row for one in starts for row in triggers(scope, one)]
    answer = conditions(scope, node.get("conditions", "condition"))
    then = steps(scope, node.get("actions", "action")) if answer is not False else []
    if answer is False or not then:
        return None
    made = {**head, "when": when}
    if isinstance(answer, str):
        made["if"] = answer
    return made | {"then": then}


# ---- from data to a checked file ---------------------------------------------------------------------------------


def _free(name: str, node: Node, taken: Mapping[str, str]) -> str:
    """A rule id that is not taken, from the alias or the id."""
    own = node.get("id")
    base = _ID.sub("-", name.lower()).strip("-") or _ID.sub("-", own.text.lower() if own else "").strip("-")
    base = (base or "automation")[:50].strip("-")
    count, found = 1, base
    while any(one == found or one.startswith(f"{found}-t") for one in taken):
        count += 1
        found = f"{base}-{count}"
    return found


def _checked(
    node: Node,
    made: list[dict[str, Any]],
    base: str,
    entities: Entities,
    scenes: Mapping[str, Scene],
    has_location: bool,
) -> dict[str, str]:
    """The texts by id, each read back and fitted to the home."""
    texts: dict[str, str] = {}
    for count, data in enumerate(made, 1):
        rule_id = base if len(made) == 1 else f"{base}-t{count}"
        text = written(json.loads(json.dumps(data)))  # what is used twice stands there twice, without anchors
        try:
            bind_rule(
                parse_rule(text, rule_id), entities.definitions, scenes, None, has_location=has_location
            )
        except SpecError as error:
            first = getattr(error, "faults", (error,))[0]
            line = text.splitlines()[first.line - 1].strip() if 0 < first.line <= text.count("\n") else ""
            raise Unsupported(node.place, f"{first.message} (in `{line}`)") from None
        texts[rule_id] = text
    return texts
