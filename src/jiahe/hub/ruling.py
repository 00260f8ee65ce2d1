"""The home's rules, scenes and mode as the web handles them: read, tried by their own tests, written, played.

Owns what must hold before a rule that is on is written; `Automation` writes, and `hub/summary.py` words it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from jiahe.hub.automation import Automation
from jiahe.hub.summary import summary_of
from jiahe.model.definition import Profile
from jiahe.model.errors import OutOfDefinition, SpecError, StoreError, UnknownName
from jiahe.model.happening import Cause
from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.rules.case import CaseResult, run_cases
from jiahe.rules.document import Malformed
from jiahe.rules.form import rule_form, scene_form
from jiahe.rules.library import RULES, SCENES
from jiahe.rules.reader import Faults
from jiahe.rules.rule import HomeMode, Rule
from jiahe.rules.splice import Edit, spliced
from jiahe.web.answer import Refused

Definitions = Callable[[], Mapping[str, Profile]]


class Ruling:
    """`web.doors.RulesDoor` over the automation of a running hub. `written` returns when all records are on disk."""

    def __init__(
        self, automation: Automation, definitions: Definitions, written: Callable[[], Awaitable[None]]
    ) -> None:
        self._automation, self._definitions, self._written = automation, definitions, written
        self._changing = asyncio.Lock()  # an edit is of the text that stands there when it is written

    # ---- rules -----------------------------------------------------------------------------------------------

    def rules(self) -> list[Mapping[str, Any]]:
        """Every file of a rule, whether it can be read or not, by id."""
        names = _names(RULES, self._automation)
        return [self._row(name) for name in names]

    def rule(self, name: str) -> Mapping[str, Any]:
        """One of them, with its text and what it says. UnknownName."""
        if name not in _names(RULES, self._automation):
            raise UnknownName(say("gone_rule", name=repr(name[:60])))
        library = self._automation.library
        found = library.rules.get(name)
        return {
            **self._row(name),
            "text": library.texts.get(f"{RULES}/{name}", ""),
            "summary": None if found is None else summary_of(found),
            "form": rule_form(library.texts.get(f"{RULES}/{name}", "")),
        }

    async def put_rule(self, name: str, text: str, cause: Cause) -> Mapping[str, Any]:
        """Written and set going, or Refused and nothing written: a rule that is on must fit and pass its tests."""
        async with self._changing:
            return await self._put(name, text, cause)

    async def enable_rule(self, name: str, on: bool, cause: Cause) -> Mapping[str, Any]:
        """Its file says so from now on. Switching on takes it back from a pause, too."""
        async with self._changing:
            found = self._automation.library.rules.get(name)
            if found is None:
                faults = self._automation.library.faults.get(f"{RULES}/{name}")
                if faults:
                    raise _faulty(faults)
                raise UnknownName(say("gone_rule", name=repr(name[:60])))
            text = self._automation.library.texts[f"{RULES}/{name}"]
            if found.enabled is not on:
                text = await asyncio.to_thread(spliced, text, [Edit("set", ("enabled",), on)])
            answer = await self._put(name, text, cause)
            if on:
                self._automation.runner.resume(name)
            return {**answer, **self._row(name)}

    async def form(
        self, folder: str, name: str, text: str, edits: Iterable[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """The text with these edits in it, as cards, and what speaks against it; nothing is written. OutOfDefinition."""
        wanted = [_edit(one) for one in edits]
        return await asyncio.to_thread(self._formed, folder, name, text, wanted)

    def _formed(self, folder: str, name: str, text: str, edits: list[Edit]) -> Mapping[str, Any]:
        faults: tuple[SpecError, ...] = ()
        try:
            text = spliced(text, edits) if edits else text
            if folder == RULES:
                self._automation.check_rule(name, text)
            else:
                self._automation.check_scene(name, text)
        except Faults as error:
            faults = error.faults
        except Malformed as error:
            raise OutOfDefinition("text", say("no_yaml_edit", why=error.message)) from None
        form = rule_form(text) if folder == RULES else scene_form(text)
        return {"text": text, "form": form, "faults": _faults(faults)}

    async def try_rule(self, name: str, text: str) -> Mapping[str, Any]:
        """The rule's own tests, run. Refused where it cannot be read or does not fit."""
        with _told():
            rule = await asyncio.to_thread(self._automation.check_rule, name, text)
            return {"tests": [{**_test(one), "passed": one.passed} for one in await self._tried(rule)]}

    def events(self) -> list[Mapping[str, Any]]:
        """What can happen at devices and has no lasting value: a rule may begin with it."""
        return [
            {"device": device, "event": path, "labels": dict(event.labels)}
            for device, profile in self._definitions().items()
            for path, event in profile.events.items()
        ]

    def has_place(self) -> bool:
        """Whether sunset and sunrise are known here."""
        return self._automation.place.location is not None

    async def remove_rule(self, name: str, cause: Cause) -> None:
        """UnknownName where there is none."""
        async with self._changing:
            with _told():
                await self._automation.remove_rule(name, cause)

    async def _put(self, name: str, text: str, cause: Cause) -> Mapping[str, Any]:
        with _told():
            rule = await asyncio.to_thread(self._automation.parsed_rule, name, text)
            if rule.enabled:
                self._automation.check_rule(name, text)
            failed = [one for one in await self._tried(rule) if not one.passed]
            if failed and rule.enabled:
                raise _failing(failed)
            await self._automation.put_rule(name, text, cause)
        return {**self.rule(name), "failed_tests": [_test(one) for one in failed]}

    async def _tried(self, rule: Rule) -> list[CaseResult]:
        place, on = self._automation.place, replace(rule, enabled=True)
        definitions, scenes = dict(self._definitions()), self._automation.library.scenes
        return await asyncio.to_thread(run_cases, on, definitions, place.zone, place.location, scenes)

    def _row(self, name: str) -> dict[str, Any]:
        found = self._automation.library.rules.get(name)
        return {
            "id": name,
            "names": {} if found is None else dict(found.names),
            "enabled": found is not None and found.enabled,
            "faults": _faults(self._automation.faults.get(f"{RULES}/{name}", ())),
            "paused": self._automation.runner.paused(name),
            "ran": self._automation.runner.ran(name),
        }

    # ---- scenes and the mode ---------------------------------------------------------------------------------

    def scenes(self) -> list[Mapping[str, Any]]:
        """Every file of a scene, whether it can be read or not, by id."""
        library, faults = self._automation.library, self._automation.faults
        rows: list[Mapping[str, Any]] = []
        for name in _names(SCENES, self._automation):
            found, key = library.scenes.get(name), f"{SCENES}/{name}"
            names = {} if found is None else dict(found.names)
            text, wrong = library.texts.get(key, ""), _faults(faults.get(key, ()))
            form = scene_form(text)
            rows.append({"id": name, "names": names, "text": text, "faults": wrong, "form": form})
        return rows

    async def put_scene(self, name: str, text: str, cause: Cause) -> Mapping[str, Any]:
        """Written, or Refused and nothing written."""
        with _told():
            await self._automation.put_scene(name, text, cause)
        return next(one for one in self.scenes() if one["id"] == name)

    async def remove_scene(self, name: str, cause: Cause) -> None:
        """UnknownName where there is none."""
        with _told():
            await self._automation.remove_scene(name, cause)

    async def play_scene(self, name: str, cause: Cause) -> Mapping[str, Any]:
        """Waits for every part's end."""
        with _told():
            played = await self._automation.runner.play(name, cause)
        await self._written()
        return {"scene": played.scene, "status": played.status, "parts": [dict(one) for one in played.parts]}

    def mode(self) -> str:
        """The home's mode."""
        return self._automation.runner.mode.value

    async def set_mode(self, mode: str, cause: Cause) -> str:
        """OutOfDefinition where there is no such mode."""
        try:
            wanted = HomeMode(mode)
        except ValueError:
            known = [one.value for one in HomeMode]
            raise OutOfDefinition("mode", say("one_of", names=", ".join(known)), known) from None
        self._automation.runner.set_mode(wanted, cause)
        await self._written()
        return wanted.value


def _names(folder: str, automation: Automation) -> list[str]:
    library = automation.library
    known = library.rules if folder == RULES else library.scenes
    keys = {*library.texts, *library.faults}
    return sorted({*known, *(key.partition("/")[2] for key in keys if key.startswith(f"{folder}/"))})


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Faults as error:
        raise _faulty(error.faults) from None
    except OSError as error:
        raise StoreError(f"the file cannot be written: {error.strerror or error}") from error


def _faulty(found: Iterable[SpecError]) -> Refused:
    faults = tuple(found)
    rows = _faults(faults)
    first = [say("rule_fault_line", line=one.line, why=one.message) for one in faults[:3]]
    more = [say("rule_faults_more", count=len(rows) - 3)] if len(rows) > 3 else []
    return Refused(422, "rule_fault", say("rule_faults", faults=first + more), more={"faults": rows})


def _failing(failed: list[CaseResult]) -> Refused:
    first = failed[0]
    message = say("rule_test_fails", name=first.name, line=first.line, why=first.why)
    return Refused(422, "test_failed", message, more={"failed_tests": [_test(one) for one in failed]})


def _faults(faults: Iterable[SpecError]) -> list[dict[str, Any]]:
    return [
        {
            "file": one.file,
            "line": one.line,
            "column": int(one.key) if one.key.isdecimal() else 0,
            "message": one.message,
            **told(one.message),
        }
        for one in faults
    ]


def _edit(row: Mapping[str, Any]) -> Edit:
    """OutOfDefinition where it is none."""
    op, path = row.get("op"), row.get("path")
    fits = isinstance(path, list) and all(type(step) in (str, int) for step in path)
    if not isinstance(op, str) or not fits:
        raise OutOfDefinition("edits", say("edit_form"))
    assert isinstance(path, list)
    return Edit(op, tuple(path), row.get("value"))


def _test(result: CaseResult) -> dict[str, Any]:
    return {"name": result.name, "line": result.line, "why": result.why, **told(result.why)}
