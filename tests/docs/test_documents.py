"""The documents tell the truth: links lead somewhere, verbs exist, every room and route is written down."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from jiahe.cli.main import parser
from jiahe.web.routes import ROUTES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def verbs() -> dict[str, argparse.ArgumentParser]:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the command has no verbs")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    for line in re.findall(r"^(?:\.venv/bin/)jiahe ([^#\n]+)", text, re.MULTILINE):
        verb, *rest = line.split()
        assert verb in verbs(), f"{document.name} names jiahe {verb}"
        verbs()[verb].parse_args(rest)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z]+)[`\s]|^make ([a-z]+)", text, re.MULTILINE):
        name = "".join(target)
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), f"{document.name} names make {name}"


def test_every_room_stands_in_the_plan() -> None:
    rooms = {path.parent.name for path in (ROOT / "src" / "jiahe").glob("*/__init__.py")}
    floors = ARCHITECTURE.split("`cli > ")[1].split("`")[0]
    for room in rooms:
        assert re.search(rf"\b{room}\b", "cli > " + floors), f"{room} has no floor in docs/architecture.md"
        assert re.search(rf"^### .*\b{room}\b", ARCHITECTURE, re.MULTILINE), (
            f"{room} has no words in docs/architecture.md"
        )


def test_every_file_named_in_the_plan_exists() -> None:
    rooms = ARCHITECTURE.split("## Rooms and their interfaces")[1].split("\n## ")[0]
    for section in re.split(r"^### ", rooms, flags=re.MULTILINE)[1:]:
        names = [name.strip() for name in section.splitlines()[0].split(",")]
        for file in re.findall(r"`([a-z_]+\.py)`", section):
            assert any(list((ROOT / "src" / "jiahe" / name).rglob(file)) for name in names), (
                f"{names}: {file}"
            )


def test_every_route_is_written_down() -> None:
    for route in ROUTES:
        path = re.escape(route.path)
        assert re.search(
            rf"`[A-Z/]*\b{route.method}\b[A-Z/]* {path}[`?]|`[A-Z/]*{route.method}[A-Z/]* {path}|{path}`",
            ARCHITECTURE,
        ), f"{route.method} {route.path} does not stand in docs/architecture.md"


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    block = project.split("dependencies = [", 1)[1].split("[project.scripts]")[0]
    for name in re.findall(r'^  "([A-Za-z0-9-]+)', block, re.MULTILINE):
        assert name in text, f"{name} has no reason in docs/dependencies.md"
