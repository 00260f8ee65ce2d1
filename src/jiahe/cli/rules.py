"""`jiahe rules …`: the home's past asked about rules. Owns what is printed and the exit status; the hub's rooms know.

Reads the home's files by itself, in a process of its own: a replay of a month never slows a running hub down.
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
from jiahe.cli.rules_check import check
from jiahe.hub.past import open_past
from jiahe.model.errors import JiaheError
from jiahe.rules.library import read_text
from jiahe.rules.load import parse_rule
from jiahe.rules.replayed import Replay, Sent, compare
from jiahe.rules.rule import Rule
from jiahe.rules.why import Why

__all__ = ["check", "replay", "why"]
NOTIFY = "notify "
"""How an order that tells somebody something begins in a replay."""
SHOWN = 40
"""Rows of a table on a terminal; --json has all."""


def replay(args: argparse.Namespace) -> int:
    """Exit status 1 where a rule does not fit the home or the replay is not complete."""
    now = time.time()
    start, end = instant(args.start, now), instant(args.end, now)
    first, second = _rules(args.file), _rules(args.against)
    found, other = asyncio.run(_play(_directory(args), first, second, start, end))
    if args.json:
        body = found.body()
        print(json.dumps(body | ({"against": other.body()} if other else {}), ensure_ascii=False, indent=2))
    else:
        _print(found)
        if other is not None:
            _print_difference(found, other)
    return 1 if found.faults or not found.complete or (other and (other.faults or not other.complete)) else 0


def why(args: argparse.Namespace) -> int:
    """Prints the answer and the chain of causes, from the effect to who began it."""
    at = instant(args.at, time.time())
    found = asyncio.run(_why(_directory(args), args.name, at))
    if args.json:
        print(json.dumps(found.body(), ensure_ascii=False, indent=2))
        return 0
    print(show.printable(found.text))
    for link in found.chain:
        print(show.printable(f"  {show.moment(link.at)}  {link.text}  ({link.by} {link.source})"))
    return 0


def import_(args: argparse.Namespace) -> int:
    """Exit status 1 where an automation of Home Assistant was not imported."""
    from jiahe.cli.rules_import import run

    return run(args, _directory(args))


async def _why(directory: Path, name: str, at: float) -> Why:
    past = await open_past(directory)
    try:
        device, dot, path = name.partition(".")
        return await (past.why(device, path, at) if dot else past.why_rule(name, at))
    finally:
        await past.database.close()


async def _play(
    directory: Path, first: list[Rule], second: list[Rule], start: float, end: float
) -> tuple[Replay, Replay | None]:
    past = await open_past(directory)
    try:
        found = await past.replay(first, start, end)
        return found, await past.replay(second, start, end) if second else None
    finally:
        await past.database.close()


def _directory(args: argparse.Namespace) -> Path:
    directory = home_directory(args.dir)
    if not args.dir and not directory.joinpath("home.db").exists():
        directory = demo_directory(None)
    return directory


def _rules(files: list[str]) -> list[Rule]:
    found = [parse_rule(read_text(Path(name)), Path(name).stem, name) for name in files]
    names = [rule.id for rule in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise JiaheError(f"two files are the rule {twice!r}: a rule's id is its file's name")
    return found


def _print(found: Replay) -> None:
    print(f"from {show.moment(found.start)} to {show.moment(found.end)}")
    for name, fault in found.faults.items():
        print(show.printable(f"{name} does not fit this home: {fault}"))
    told = sum(_tells(one) for one in found.orders)
    counts = [_count(len(found.runs), "run"), _count(len(found.orders) - told, "order")]
    counts += [_count(told, "notice")] if told else []
    print(f"{', '.join(counts)}, of {_count(found.happenings, 'happening')}")
    if found.orders:
        print(
            show.table(("time", "rule", "would have", "really"), [_row(one) for one in found.orders[:SHOWN]])
        )
        _more(len(found.orders))
    if found.instead:
        print("\nreally done, and not in this replay:")
        rows = [(show.moment(one.at), one.rule, one.text) for one in found.instead[:SHOWN]]
        print(show.table(("time", "rule", "did"), rows))
        _more(len(found.instead))
    for rule, reasons in found.reasons.items():
        for why, count in sorted(reasons.items(), key=lambda one: -one[1])[:5]:
            print(show.printable(f"{rule} did not run {_count(count, 'time')}: {why}"))
    for name, error in found.modelled.items():
        print(show.printable(f"simulated: {name}, by a model fitted on this home (error {error:.2g} a step)"))
    for name, at in found.not_modelled.items():
        print(show.printable(f"not modelled: {name} could be another from {show.moment(at)} on"))
    if not found.complete:
        print("This replay was cut short: it reached the most alarms or orders of one replay.")
    print(f"hash {found.trace_hash}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tells(one: Sent) -> bool:
    """Whether it is a word to somebody: that is no order to a device, and nothing has to obey."""
    return one.text.startswith(NOTIFY)


def _row(one: Sent) -> tuple[str, str, str, str]:
    really = "not told" if _tells(one) else f"not ({one.effect})"
    text = f"told {one.text.removeprefix(NOTIFY)}" if _tells(one) else one.text
    return (show.moment(one.at), one.rule, text, "the same" if one.effect == "happened" else really)


def _more(count: int) -> None:
    if count > SHOWN:
        print(f"… and {count - SHOWN} more (--json has all)")


def _print_difference(first: Replay, second: Replay) -> None:
    found = compare(first, second)
    print(
        f"\nside by side: {_count(found.both, 'order')} of both; the other version: {_count(len(second.runs), 'run')}, hash {second.trace_hash}"
    )
    rows = [("this", *_row(one)[:3]) for one in found.only_first] + [
        ("the other", *_row(one)[:3]) for one in found.only_second
    ]
    if rows:
        print(
            show.table(("only", "time", "rule", "would have"), sorted(rows, key=lambda row: row[1])[:SHOWN])
        )
        _more(len(rows))
