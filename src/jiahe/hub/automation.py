"""The home's rules, scenes and modes in the hub: files, faults and the runner, held together.

Owns the order in which they come to life and how a changed file takes effect; the runner does the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jiahe.hub.place import DOCUMENT, Place, checked_place, place_of
from jiahe.model.errors import SpecError
from jiahe.model.happening import Cause
from jiahe.rules.bind import bind_rule, bind_scene
from jiahe.rules.doors import HomeDoors
from jiahe.rules.library import RULES, SCENES, Library, read_library, remove_text, write_text
from jiahe.rules.load import parse_rule
from jiahe.rules.rule import Rule
from jiahe.rules.runner import Runner
from jiahe.rules.scene import Scene, parse_scene

Note = Callable[[str, Mapping[str, Any], Cause], Awaitable[None]]
"""Told of a change of rules or scenes (the words of a `home` record)."""


async def _nobody(_what: str, _details: Mapping[str, Any], _cause: Cause) -> None:
    """Before the hub has said who wants to know."""


class Automation:
    """Made by `await Automation.open(…)`; `await start(cause)` reads the files and sets the rules going."""

    def __init__(self, directory: Path, home: HomeDoors, runner: Runner, place: Place, note: Note) -> None:
        self._directory, self._home, self.runner, self.place, self._note = (
            directory,
            home,
            runner,
            place,
            note,
        )
        self._writing = asyncio.Lock()
        self.before_saving: Note = _nobody
        """Told of a rule before it is written: from its first moment on it acts for whoever saves it."""

    @classmethod
    async def open(cls, directory: Path, home: HomeDoors, note: Note) -> Automation:
        place = place_of(await home.keeper.get(*DOCUMENT))
        runner = await Runner.open(home, place.zone, place.location)
        return cls(directory, home, runner, place, note)

    async def start(self, cause: Cause) -> None:
        """Reads every file in a thread, and begins. A faulty file is in `faults`, and the others run."""
        async with self._writing:
            await self.runner.load(await asyncio.to_thread(read_library, self._directory))
        self.runner.start(cause)

    async def close(self) -> None:
        await self.runner.close()

    @property
    def library(self) -> Library:
        """What stands in the files, whether it runs or not."""
        return self.runner.library

    @property
    def faults(self) -> Mapping[str, tuple[SpecError, ...]]:
        """What is wrong, by "rules/<id>" and "scenes/<id>": files that cannot be read, and rules that do not fit."""
        unfit = {f"{RULES}/{name}": fault.faults for name, fault in self.runner.engine.faults.items()}
        return {**self.library.faults, **unfit}

    # ---- files that change -----------------------------------------------------------------------------------

    def parsed_rule(self, name: str, text: str) -> Rule:
        """The rule, whether it fits this home or not; Faults where it cannot be read."""
        return parse_rule(text, name)

    def check_rule(self, name: str, text: str) -> Rule:
        """The rule, if it can be read and fits this home; else Faults with all that is wrong."""
        rule = self.parsed_rule(name, text)
        others = {*self.library.rules, name}
        has_location = self.place.location is not None
        bind_rule(rule, self._home.definitions(), self.library.scenes, others, has_location=has_location)
        return rule

    def check_scene(self, name: str, text: str) -> Scene:
        """The scene, if it can be read and fits this home; else Faults with all that is wrong."""
        scene = parse_scene(text, name)
        bind_scene(scene, self._home.definitions())
        return scene

    async def put_rule(self, name: str, text: str, cause: Cause) -> Rule:
        """Writes a rule's file as it is and sets it going. Faults, and nothing is written, where it has any; one that is
        off need not fit the home: a rule whose device left can be switched off."""
        async with self._writing:
            rule = self.parsed_rule(name, text)
            if rule.enabled:
                self.check_rule(name, text)
            await self.before_saving("rule_saved", {"rule": name}, cause)
            await asyncio.to_thread(write_text, self._directory, RULES, name, text)
            await self._take(
                replace(self.library, rules={**self.library.rules, name: rule}), RULES, name, text
            )
        await self._note(
            "rule_saved", {"rule": name, "version": rule.version, "enabled": rule.enabled}, cause
        )
        return rule

    async def put_scene(self, name: str, text: str, cause: Cause) -> Scene:
        """As `put_rule`, for a scene."""
        async with self._writing:
            scene = self.check_scene(name, text)
            await asyncio.to_thread(write_text, self._directory, SCENES, name, text)
            await self._take(
                replace(self.library, scenes={**self.library.scenes, name: scene}), SCENES, name, text
            )
        await self._note("scene_saved", {"scene": name, "version": scene.version}, cause)
        return scene

    async def remove_rule(self, name: str, cause: Cause) -> None:
        """The rule and its file go; what it waited for ends. UnknownName where there is none."""
        async with self._writing:
            await asyncio.to_thread(remove_text, self._directory, RULES, name)
            rules = {key: rule for key, rule in self.library.rules.items() if key != name}
            await self._take(replace(self.library, rules=rules), RULES, name, None)
        await self._note("rule_removed", {"rule": name}, cause)

    async def remove_scene(self, name: str, cause: Cause) -> None:
        """As `remove_rule`, for a scene."""
        async with self._writing:
            await asyncio.to_thread(remove_text, self._directory, SCENES, name)
            scenes = {key: scene for key, scene in self.library.scenes.items() if key != name}
            await self._take(replace(self.library, scenes=scenes), SCENES, name, None)
        await self._note("scene_removed", {"scene": name}, cause)

    async def _take(self, library: Library, folder: str, name: str, text: str | None) -> None:
        key = f"{folder}/{name}"
        faults = {one: found for one, found in library.faults.items() if one != key}
        texts = {one: found for one, found in library.texts.items() if one != key}
        if text is not None:
            texts[key] = text
        await self.runner.load(replace(library, faults=faults, texts=texts))

    async def set_place(self, zone: str, latitude: object, longitude: object) -> Place:
        """Where the home is; OutOfDefinition says what is wrong. Times of rules are reckoned anew."""
        place = checked_place(zone, latitude, longitude)
        await self._home.keeper.put(*DOCUMENT, place.body())
        self.place = place
        self.runner.zone, self.runner.location = place.zone, place.location
        await self.runner.rebind()
        return place
