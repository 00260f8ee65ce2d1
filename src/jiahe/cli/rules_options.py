"""The options of `jiahe rules`. Owns their names only, so that other verbs start without the rules' rooms."""

from __future__ import annotations

import argparse


def options(verb: argparse.ArgumentParser) -> None:
    """Adds what can be done with rules; `what` names the function of cli.rules."""
    kinds = verb.add_subparsers(dest="what", metavar="WHAT", required=True)

    listed = kinds.add_parser("list", help="the running hub's rules: on, off, faulty or paused")
    listed.set_defaults(what="list_")  # `list` is Python's own
    _common(listed)

    shown = kinds.add_parser("show", help="a rule's file as the running hub has it")
    shown.add_argument("rule", metavar="RULE")
    shown.set_defaults(what="show_")  # `show` is the room's printer
    _common(shown)

    for name, text in (("enable", "switch a rule on, after its own tests"), ("disable", "switch a rule off")):
        switch = kinds.add_parser(name, help=text)
        switch.add_argument("rule", metavar="RULE")
        _common(switch)

    replay = kinds.add_parser(
        "replay", help="when rules would have run, what they would have sent, beside what happened"
    )
    replay.add_argument("file", metavar="FILE", nargs="+", help="rule files; they need not be the home's")
    replay.add_argument(
        "--from", dest="start", default="24h", metavar="WHEN", help="24h (ago), 2026-11-23T08:00 …"
    )
    replay.add_argument("--to", dest="end", default="now", metavar="WHEN")
    replay.add_argument(
        "--against", metavar="FILE", nargs="+", default=[], help="another version, side by side"
    )
    _common(replay)

    check = kinds.add_parser(
        "check", help="rules against their own tests, each other and the past, before they are switched on"
    )
    check.add_argument(
        "file", metavar="FILE", nargs="+", help="rule files; they take the place of the home's own"
    )
    check.add_argument("--from", dest="start", default="7d", metavar="WHEN", help="how far back (default 7d)")
    _common(check)

    why = kinds.add_parser("why", help="who set a property, or why a rule did or did not run")
    why.add_argument("name", metavar="RULE|DEVICE.property")
    why.add_argument(
        "--at", default="now", metavar="WHEN", help="30min (ago), 2026-11-23T08:00 … (default now)"
    )
    _common(why)

    taken = kinds.add_parser("import", help="automations of Home Assistant as rules, or why not")
    taken.add_argument(
        "folder", metavar="FOLDER", help="where automations.yaml, packages/ and blueprints/ are"
    )
    taken.add_argument("--map", metavar="FILE", help="which entity is which device.property (docs/rules.md)")
    taken.add_argument("--out", metavar="FOLDER", help="where the rule files go (default: the home's rules)")
    taken.add_argument("--on", action="store_true", help="switched on at once")
    taken.set_defaults(what="import_")  # `import` is no name in Python
    _common(taken)


def _common(verb: argparse.ArgumentParser) -> None:
    # SUPPRESS: `--dir` may stand before or behind the word, and the later must not undo the earlier
    verb.add_argument("--dir", metavar="D", default=argparse.SUPPRESS, help="the home's directory")
    verb.add_argument("--json", action="store_true", help="for programs")
