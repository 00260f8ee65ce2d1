"""`jiahe doctor`: prints what is well and what is not. Owns the look and the exit status; `hub.doctor` owns the checks."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from jiahe.cli import show
from jiahe.cli.directory import demo_directory, find_hub, home_directory
from jiahe.cli.remote import Remote
from jiahe.hub.doctor import Finding, Grade, examine
from jiahe.model.errors import JiaheError

_SIGNS = {Grade.WELL: "ok  ", Grade.LOOK: "look", Grade.BAD: "BAD "}


def doctor(args: argparse.Namespace) -> int:
    """Exit status 0 where nothing is bad."""
    if args.offline:
        return _offline(args)
    health: dict[str, Any] | None = None
    home: dict[str, Any] | None = None
    hub = find_hub(args.dir)
    if hub is not None:
        try:
            health, home = Remote(hub).get("/api/health"), Remote(hub).get("/api/home")
        except JiaheError as error:
            health = {"status": "trouble", "trouble": str(error)}
    directory = home_directory(args.dir)
    if not args.dir and not directory.joinpath("home.db").exists():
        directory = demo_directory(None)
    findings = asyncio.run(_collect(args, directory, health, home))
    if args.json:
        print(json.dumps([vars_of(finding) for finding in findings], ensure_ascii=False, indent=2))
    bad = [finding for finding in findings if finding.grade is Grade.BAD]
    if not args.json:
        some = f"{len(bad)} thing{'s' if len(bad) > 1 else ''} to mend."
        print(f"\n{some}" if bad else "\nAll is well.")
    return 1 if bad else 0


def _offline(args: argparse.Namespace) -> int:
    """Grades say what is so; none of them is bad."""
    from dataclasses import asdict

    from jiahe.hub.without_internet import graded

    directory = home_directory(args.dir)
    if not args.dir and not directory.joinpath("home.db").exists():
        directory = demo_directory(None)
    found = asyncio.run(graded(directory))
    if args.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return 0
    for one in found:
        print(show.printable(f"{one.words}: {one.name} ({one.device}, {one.product})"))
        print(show.printable(f"      {one.why}"))
    print("\nThe hub itself needs no internet." if found else "There are no devices yet.")
    return 0


async def _collect(args: argparse.Namespace, directory: Any, health: Any, home: Any) -> list[Finding]:
    findings = []
    async for finding in examine(directory, health, home):
        findings.append(finding)
        if not args.json:
            print(show.printable(f"{_SIGNS[finding.grade]}  {finding.check}: {finding.text}"))
            if finding.advice:
                print(show.printable(f"      → {finding.advice}"), flush=True)
    return findings


def vars_of(finding: Finding) -> dict[str, str]:
    """A finding as JSON."""
    return {
        "check": finding.check,
        "grade": finding.grade.value,
        "text": finding.text,
        "advice": finding.advice,
    }
