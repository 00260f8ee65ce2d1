"""`jiahe rules import DIR`: a folder of Home Assistant becomes rule files. Owns the questions, the account and the files.

Writes only what is not there yet, switched off unless told otherwise: the other system still runs its automations.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from jiahe.cli import show
from jiahe.model.errors import JiaheError
from jiahe.rules.importing.automation import Imported, import_folder
from jiahe.rules.importing.entity import Entities
from jiahe.rules.importing.source import Node, Unsupported, parsed
from jiahe.rules.library import RULES, read_text
from jiahe.rules.rule import Place
from jiahe.rules.write import edited, written

MOST_ROUNDS = 50
"""Rounds of questions; each brings at most one for every automation."""


def run(args: argparse.Namespace, directory: Path) -> int:
    """Exit status 0 only where every automation was imported and written."""
    source = Path(args.folder)
    if not source.is_dir():
        raise JiaheError(f"{source} is no folder: name the one in which automations.yaml is")
    mapping = Path(args.map) if args.map else None
    home = asyncio.run(_home(directory))
    entities = Entities(home["definitions"], home["names"], _map(mapping))
    found, answers = _asked(source, entities, home, args)
    if answers:
        _keep(answers, mapping)
    out = Path(args.out) if args.out else directory / RULES
    there = [name for name in found.rules if (out / f"{name}.yaml").exists()]
    for name, text in found.rules.items():
        if name not in there:
            _write(out / f"{name}.yaml", text)
    if args.json:
        print(json.dumps(_body(found, there), ensure_ascii=False, indent=2))
    else:
        _print(found, there, out, on=args.on)
    return 1 if found.refused or there else 0


async def _home(directory: Path) -> dict[str, Any]:
    """What is known of this home's devices, scenes and place."""
    from jiahe.hub.past import open_past
    from jiahe.storage.documents import Documents

    past = await open_past(directory)
    try:
        cards = await Documents(past.database).all("device")
    finally:
        await past.database.close()
    return {
        "definitions": past.definitions,
        "names": {name: str(cards[name].get("name", "")) for name in past.definitions},
        "scenes": past.library.scenes,
        "located": past.place.location is not None,
    }


def _map(path: Path | None) -> Node | None:
    if path is None or not path.exists():
        return None
    try:
        tree = parsed(read_text(path), path.name)
    except Unsupported as error:
        raise JiaheError(str(error)) from None
    for key, one in tree.keys.items():
        if key not in ("entities", "people", "scenes", "events") or one.kind != "map":
            raise JiaheError(
                f"{path.name}:{one.place.line}: a map has entities, people, scenes and events, each `name: ours`"
            )
    return tree


def _asked(
    source: Path, entities: Entities, home: dict[str, Any], args: argparse.Namespace
) -> tuple[Imported, dict[str, str]]:
    """The import, again with each answer, until nothing new is asked. Nobody is asked where nobody sits."""
    answers: dict[str, str] = {}
    asked: set[str] = set()
    found = Imported()
    for _ in range(MOST_ROUNDS):
        entities.questions.clear()
        found = import_folder(
            source, entities, home["scenes"], has_location=home["located"], switched_on=args.on
        )
        fresh = [(entity, place) for entity, place in entities.questions.items() if entity not in asked]
        if not fresh or args.json or not sys.stdin.isatty():
            break
        for entity, place in fresh:
            asked.add(entity)
            question = (
                f"{entity} ({place.file}:{place.line}) is which device or device.property? (Enter: none) "
            )
            if answer := input(show.printable(question)).strip():
                answers[entity] = answer
                _answer(entities, entity, answer)
    return found, answers


def _answer(entities: Entities, entity: str, answer: str) -> None:
    place = Place("your answer", 1, 1)
    if entities.given is None:
        entities.given = Node(place, "map")
    table = entities.given.keys.setdefault("entities", Node(place, "map"))
    table.keys[entity] = Node(place, "scalar", answer, quoted=True)


def _keep(answers: dict[str, str], path: Path | None) -> None:
    """Answers go into the mapping file, so that nobody is asked twice."""
    if path is None:
        print("Keep these answers with --map FILE:\n" + written({"entities": answers}))
        return
    text = written({"entities": answers})
    if path.exists():
        old = read_text(path)
        has = "entities" in parsed(old, path.name).keys
        text = edited(
            old,
            {("entities", entity): one for entity, one in answers.items()}
            if has
            else {("entities",): answers},
        )
    _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise JiaheError(f"{path} cannot be written: {error.strerror}") from error


def _body(found: Imported, there: list[str]) -> dict[str, Any]:
    def rows(listed: list[Any]) -> list[dict[str, Any]]:
        return [
            {"file": one.place.file, "line": one.place.line, "automation": one.automation, "what": one.what}
            for one in listed
        ]

    return {
        "automations": found.automations,
        "rules": sorted(set(found.rules) - set(there)),
        "already_there": there,
        "refused": rows(found.refused),
        "notes": rows(found.notes),
        "questions": sorted(found.questions),
    }


def _print(found: Imported, there: list[str], out: Path, *, on: bool) -> None:
    for one in found.refused:
        print(show.printable(f"not imported  {one}"))
    for one in found.notes:
        print(show.printable(f"otherwise     {one}"))
    for name in there:
        print(f"not written   {out / name}.yaml is there already")
    if found.questions:
        print("\nSay which devices these are, in a file for --map:\n\nentities:")
        for entity in sorted(found.questions):
            print(show.printable(f"  {entity}: DEVICE.property"))
    print(
        f"\n{found.automations} automations: {len(found.rules) - len(there)} rules written to {out}, "
        f"{len(found.refused)} not imported"
    )
    if found.rules and not on:
        print(
            "They are switched off. Replay them (`jiahe rules replay FILE`), then take out `enabled: false`."
        )
