"""The folders of a home's rules and scenes: one YAML file each, its name the id. Owns reading and writing them.

A faulty file is listed with its faults, and the others are used. Blocking: call it from a thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from jiahe.model.errors import OutOfDefinition, SpecError, UnknownName
from jiahe.rules.document import LARGEST
from jiahe.rules.load import RULE_ID, parse_rule
from jiahe.rules.rule import Rule
from jiahe.rules.scene import Scene, parse_scene
from jiahe.rules.sentences import say

RULES, SCENES = "rules", "scenes"
"""Folders in a home's directory."""
MOST_FILES = 10_000
"""Files of one folder that are read: about 6 s of a thread, and far beyond what a family can look after."""
ENDING = ".yaml"

Part = TypeVar("Part", Rule, Scene)


@dataclass(frozen=True, slots=True)
class Library:
    """What stands in the folders. `faults` and `texts` are by "rules/<id>" and "scenes/<id>"."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    scenes: Mapping[str, Scene] = field(default_factory=lambda: MappingProxyType({}))
    faults: Mapping[str, tuple[SpecError, ...]] = field(default_factory=lambda: MappingProxyType({}))
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_library(directory: Path) -> Library:
    """Everything in `directory/rules` and `directory/scenes`; folders that are not there are empty."""
    faults: dict[str, tuple[SpecError, ...]] = {}
    texts: dict[str, str] = {}
    rules = _read(directory / RULES, parse_rule, faults, texts)
    scenes = _read(directory / SCENES, parse_scene, faults, texts)
    return Library(rules, scenes, faults, texts)


def _read(
    folder: Path,
    parse: Callable[[str, str, str], Part],
    faults: dict[str, tuple[SpecError, ...]],
    texts: dict[str, str],
) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for number, path in enumerate(sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else ()):
        name = f"{folder.name}/{path.stem}"
        if number >= MOST_FILES:
            faults[name] = (SpecError(say("files_many", most_files=MOST_FILES), file=path.name),)
            break
        try:
            texts[name] = text = read_text(path)
            found[path.stem] = parse(text, path.stem, path.name)
        except SpecError as error:
            faults[name] = tuple(getattr(error, "faults", (error,)))
        time.sleep(0)  # lets the loop's thread in between two files
    return found


def read_text(path: Path) -> str:
    """A file's text; SpecError for what is no file of ours (a link, too large, not UTF-8)."""
    if path.is_symlink() or not path.is_file():
        raise SpecError(say("file_plain"), file=path.name)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SpecError(
            say("file_unreadable", why=os.strerror(error.errno or 0).lower()), file=path.name
        ) from None
    if len(data) > LARGEST:
        raise SpecError(say("file_larger", largest=LARGEST // 1024), file=path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SpecError(say("file_utf8"), file=path.name, line=line) from None


def write_text(directory: Path, folder: str, name: str, text: str) -> None:
    """Puts a rule or scene on disk, whole or not at all. The text is kept as it is, comments and all."""
    path = _path(directory, folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def remove_text(directory: Path, folder: str, name: str) -> None:
    """Takes a rule or scene away; UnknownName where there is none."""
    try:
        _path(directory, folder, name).unlink()
    except FileNotFoundError:
        raise UnknownName(_gone(folder, name)) from None


def _gone(folder: str, name: str) -> str:
    return say("no_rule", rule=name, near="") if folder == RULES else say("no_scene", name=name, near="")


def _path(directory: Path, folder: str, name: str) -> Path:
    if not RULE_ID.fullmatch(name):
        raise OutOfDefinition("id", say("rule_id_form"), RULE_ID.pattern)
    return directory / folder / f"{name}{ENDING}"
