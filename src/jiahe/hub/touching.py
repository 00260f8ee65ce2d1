"""What a rule or scene looks at and what it sets, as permission asks for it. Owns that reading of them; never decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from jiahe.hub.automation import Automation
from jiahe.model.definition import Profile
from jiahe.model.errors import JiaheError
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule, bind_rule, bind_scene
from jiahe.rules.library import RULES, SCENES, Library
from jiahe.rules.load import parse_rule
from jiahe.rules.past import other_rules, refs_of
from jiahe.rules.program import Enter, Give, Program
from jiahe.rules.rule import Happens
from jiahe.rules.scene import parse_scene
from jiahe.web.sight import Touched

MODE = PropertyRef("", "mode")
"""The home's mode, where a target is meant."""
KEPT = 2_000
"""Texts whose reading is kept: all rules and scenes of a large home."""
DEEPEST = 5
"""Rules that are set off by the ends of rules: beyond that nobody follows, and only the trusted see it."""


class Touching:
    """Of one home. What cannot be read, or names what the home has not got, is None: nobody knows."""

    def __init__(self, automation: Automation, definitions: Callable[[], Mapping[str, Profile]]) -> None:
        self._automation, self._definitions = automation, definitions
        self._kept: dict[tuple[str, str], Touched] = {}
        self._library: Library | None = None  # of which `_kept` is

    def touches(self, folder: str, name: str) -> Touched | None:
        """Of a rule ("rules") or scene ("scenes") as it stands in its file."""
        return self._of(folder, name, DEEPEST)

    def touches_text(self, folder: str, name: str, text: str) -> Touched | None:
        """Of a text that is not written yet."""
        return self._read(folder, name, text, DEEPEST)

    def _of(self, folder: str, name: str, depth: int) -> Touched | None:
        library = self._automation.library
        if library is not self._library:  # a rule may play a scene that changed
            self._kept, self._library = {}, library
        text = library.texts.get(f"{folder}/{name}")
        if text is None or (kept := self._kept.get((folder, name))) is not None:
            return kept if text is not None else None
        found = self._read(folder, name, text, depth)
        if found is not None and depth == DEEPEST and len(self._kept) < KEPT:
            self._kept[folder, name] = found
        return found

    def _read(self, folder: str, name: str, text: str, depth: int) -> Touched | None:
        library, definitions = self._automation.library, self._definitions()
        try:
            if folder == SCENES:
                return _touched(bind_scene(parse_scene(text, name), definitions))
            rule = replace(parse_rule(text, name), enabled=True)
            bound = bind_rule(rule, definitions, library.scenes, None, has_location=True)
        except JiaheError:
            return None
        return self._with_others(_of_rule(bound), bound, depth)

    def _with_others(self, found: Touched, bound: BoundRule, depth: int) -> Touched | None:
        """Who hears of another rule's ends hears of what that one looks at."""
        for other in other_rules(bound) - {bound.rule.id}:
            theirs = self._of(RULES, other, depth - 1) if depth else None
            if theirs is None:
                return None
            found = Touched(found.seen | theirs.seen | theirs.set, found.set)
        return found


def _of_rule(bound: BoundRule) -> Touched:
    events = {
        PropertyRef(one.trigger.device, one.trigger.event)
        for one in bound.triggers
        if isinstance(one.trigger, Happens)
    }
    program = _touched(bound.program)
    return Touched(refs_of(bound) | program.seen | events, program.set)


def _touched(program: Program) -> Touched:
    targets: set[PropertyRef] = set()
    seen: set[PropertyRef] = set()
    for one in program:
        if isinstance(one, Enter):
            targets.add(MODE)
        elif isinstance(one, Give):
            targets.add(one.target)
            seen |= one.refs
    return Touched(frozenset(seen | targets), frozenset(targets))
