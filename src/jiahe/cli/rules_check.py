"""`jiahe rules check FILE…`: rules held against their own tests, each other and the home's past. Owns what is printed
and the exit status: 0 only where nothing was found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

from jiahe.cli import show
from jiahe.cli.directory import demo_directory, home_directory
from jiahe.cli.operate import instant
from jiahe.hub.checked import Checked, check_texts
from jiahe.hub.past import open_past
from jiahe.model.errors import JiaheError
from jiahe.rules.library import read_text


def check(args: argparse.Namespace) -> int:
    """Prints every finding as FILE:LINE."""
    now = time.time()
    files = {Path(name).stem: name for name in args.file}
    if len(files) < len(args.file):
        raise JiaheError("two files are the same rule: a rule's id is its file's name")
    directory = home_directory(args.dir)
    if not args.dir and not directory.joinpath("home.db").exists():
        directory = demo_directory(None)
    texts = {name: read_text(Path(file)) for name, file in files.items()}
    found = asyncio.run(_check(directory, texts, instant(args.start, now), now))
    if args.json:
        print(json.dumps(found.body(), ensure_ascii=False, indent=2))
    else:
        _print(found, files)
    return 1 if found.findings else 0


async def _check(directory: Path, texts: dict[str, str], start: float, end: float) -> Checked:
    past = await open_past(directory)
    try:
        return await check_texts(past, texts, start, end)
    finally:
        await past.database.close()


def _print(found: Checked, files: dict[str, str]) -> None:
    for one in found.findings:
        where = f"{files.get(one.rule, one.rule)}:{one.line}"
        when = f" (first on {show.moment(one.at)})" if one.at is not None else ""
        sure = "" if one.confirmed else " (it can; the past does not show it)"
        print(show.printable(f"{where}: {one.flaw.value}: {one.message}{when}{sure}"))
    faulty = {name for one in found.findings for name in (one.rule, *one.others)}
    for name, file in files.items():
        if name not in faulty:
            print(show.printable(f"{file}: nothing found; {found.tests.get(name, 0)} tests pass"))
