"""`jiahe rules list|show|enable|disable`, `jiahe scene` and `jiahe mode`: a running hub's rules, over its own door.

Owns what is printed and the exit status (0 only where all is well); the hub owns what may be switched on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jiahe.cli import show
from jiahe.cli.remote import Remote, segment

SCENE_SECONDS = 150.0
"""Until a scene's answer: its commands end by themselves before that."""


def list_(args: argparse.Namespace) -> int:
    """Every rule of the home; exit status 1 where one has faults."""
    rows = Remote.find(args.dir).get("/api/rules")["rules"]
    if args.json:
        _json(rows)
    elif not rows:
        print("There are no rules yet: they are YAML files in the home's directory `rules` (docs/rules.md).")
    else:
        table = [(one["id"], _state(one), _name(one)) for one in rows]
        print(show.table(("rule", "state", "name"), table))
        for one in rows:
            _print_faults(one["faults"])
    return 1 if any(one["faults"] for one in rows) else 0


def show_(args: argparse.Namespace) -> int:
    """One rule's file as it is; exit status 1 where it has faults."""
    found = Remote.find(args.dir).get(f"/api/rules/{segment(args.rule)}")
    if args.json:
        _json(found)
    else:
        print(f"# {found['id']}: {_state(found)}")
        for line in found["text"].splitlines():
            print(show.printable(line))
        _print_faults(found["faults"])
    return 1 if found["faults"] else 0


def enable(args: argparse.Namespace) -> int:
    """The hub runs the rule's tests first, and says which one fails."""
    return _switch(args, on=True)


def disable(args: argparse.Namespace) -> int:
    """The file stays, with `enabled: false` in it."""
    return _switch(args, on=False)


def scene(args: argparse.Namespace) -> int:
    """Lists the scenes, or plays one; exit status 1 where not all of it was confirmed."""
    remote = Remote.find(args.dir)
    if args.name is None:
        rows = remote.get("/api/scenes")["scenes"]
        if args.json:
            _json(rows)
        elif not rows:
            print(
                "There are no scenes yet: they are YAML files in the home's directory `scenes` (docs/rules.md)."
            )
        else:
            table = [(one["id"], "faulty" if one["faults"] else "ready", _name(one)) for one in rows]
            print(show.table(("scene", "state", "name"), table))
            for one in rows:
                _print_faults(one["faults"])
        return 1 if any(one["faults"] for one in rows) else 0
    played = remote.post(f"/api/scenes/{segment(args.name)}", {}, timeout=SCENE_SECONDS)
    if args.json:
        _json(played)
    else:
        print(show.printable(f"{played['scene']}: {played['status'].replace('_', ' ')}"))
        for part in played["parts"]:
            why = f": {part['reason']}" if part["reason"] else ""
            print(show.printable(f"  {part['target']}: {part['status'].replace('_', ' ')}{why}"))
    return 0 if played["status"] == "all_confirmed" else 1


def mode(args: argparse.Namespace) -> int:
    """Says the home's mode, or sets it."""
    remote = Remote.find(args.dir)
    found = remote.get("/api/mode") if args.mode is None else remote.put("/api/mode", {"mode": args.mode})
    if args.json:
        _json(found)
    else:
        print(found["mode"])
    return 0


def _switch(args: argparse.Namespace, *, on: bool) -> int:
    found = Remote.find(args.dir).post(f"/api/rules/{segment(args.rule)}/enable", {"enabled": on})
    if args.json:
        _json(found)
    else:
        print(show.printable(f"{found['id']}: {_state(found)}"))
        for one in found["failed_tests"]:
            print(show.printable(f"  its test “{one['name']}” (line {one['line']}) fails: {one['why']}"))
    return 0


def _state(row: Mapping[str, Any]) -> str:
    if row["faults"]:
        return "faulty"
    if not row["enabled"]:
        return "off"
    return "on" if row["paused"] is None else f"paused until {show.moment(row['paused'])}"


def _name(row: Mapping[str, Any]) -> str:
    names = row["names"]
    return show.printable(names.get("en") or next(iter(names.values()), ""))


def _print_faults(faults: Sequence[Mapping[str, Any]]) -> None:
    for one in faults:
        print(show.printable(f"{one['file']}:{one['line']}:{one['column']}: {one['message']}"))


def _json(body: object) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=2))
