"""`jiahe product …`: the maker's kit on the command line. Owns options, what is printed and the exit status (0 only where
all is well); the kit owns what it means.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from jiahe import __version__
from jiahe.cli import show
from jiahe.cli.directory import home_directory
from jiahe.model.errors import JiaheError

PRODUCTS = "products"
"""The folder of a home's own product files, in the home's directory."""


def product(args: argparse.Namespace) -> int:
    """One of the kit's verbs."""
    answer = {
        "new": new, "check": check, "play": play, "report": report, "verify": verify, "list": list_, "page": page,
    }[args.what]  # fmt: skip
    return answer(args)


# ---- new, check ---------------------------------------------------------------------------------------------------


def new(args: argparse.Namespace) -> int:
    """Writes a product file and checks it."""
    from jiahe.kit.asked import Interview, from_spec
    from jiahe.kit.written import product_text

    if args.spec:
        made = from_spec(
            Path(args.spec),
            model=args.model,
            maker=args.maker,
            names={"en": args.name_en, "zh": args.name_zh},
        )
    else:
        made = Interview(_ask, print).product()
    path = Path(args.out) if args.out else Path(f"{made.id}.toml")
    text = product_text(made, f"{made.names['en']}, written by `jiahe product new`.")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise JiaheError(f"{path} is there already: choose another name with --out") from None
    except OSError as error:
        raise JiaheError(f"{path} cannot be written: {error.strerror}") from error
    print(f"\n{path} is written: {len(made.rows)} properties, {len(made.actions)} actions.")
    return _checked([path], as_json=False)


def _ask(question: str) -> str:
    line = input(question)
    if not sys.stdin.isatty():
        print(line)  # so that a file of answers reads as the conversation that it was
    return line


def check(args: argparse.Namespace) -> int:
    """Exit status 0 where no file has a grave fault."""
    return _checked([Path(name) for name in args.file], as_json=args.json)


def _checked(paths: list[Path], *, as_json: bool) -> int:
    from jiahe.kit.check import check_file

    results = [check_file(path) for path in paths]
    if as_json:
        rows = [
            {"file": f.file, "line": f.line, "key": f.key, "text": f.text, "right": f.right, "grave": f.grave}
            for result in results
            for f in result.faults
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0 if all(result.good for result in results) else 1
    for result in results:
        for fault in result.faults:
            sign = "" if fault.grave else "(to consider) "
            print(sign + "\n".join(show.printable(line) for line in str(fault).split("\n")))
        grave = sum(fault.grave for fault in result.faults)
        print(f"{result.file}: " + ("is good" if result.good else f"{grave} faults"))
    return 0 if all(result.good for result in results) else 1


# ---- play ---------------------------------------------------------------------------------------------------------


def play(args: argparse.Namespace) -> int:
    """Runs until interrupted; what is typed steers it."""
    from jiahe.kit.play import fault_of

    faults: dict[str, Any] = {}
    for text in args.fault:
        faults |= fault_of(text)
    source = _sources(args).find(args.file)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_play(source.product, args, faults))
    return 0


async def _play(made: Any, args: argparse.Namespace, faults: dict[str, Any]) -> None:
    from jiahe.kit.play import HELP, Played, serve

    played = await Played.start(made, args.address, args.seed, faults)
    card = played.card()
    if args.json:
        print(json.dumps(card), flush=True)
    else:
        for name, value in card.items():
            print(f"{name:12} {value}")
        keys = "".join(f" --{name} {card[name]}" for name in ("token", "key") if name in card)
        print(f"\nTake it into a running home:\n  jiahe adopt {card['address']}{keys}\n\n{HELP}", flush=True)
    lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=64)
    threading.Thread(target=_typed, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    await serve(played, lines, lambda text: print(show.printable(text), flush=True))


def _typed(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    """What is typed, a line at a time; a thread of its own, because a terminal cannot be awaited everywhere."""
    with contextlib.suppress(RuntimeError):  # the loop has ended
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(lines.put(line), loop)
        asyncio.run_coroutine_threadsafe(lines.put(None), loop)


# ---- report, verify -----------------------------------------------------------------------------------------------


def report(args: argparse.Namespace) -> int:
    """Writes PRODUCT.report.json and .html; exit status 0 where no check failed."""
    from jiahe.kit.conformance import examine_device, examine_twin
    from jiahe.kit.report import as_html, as_json, body_of
    from jiahe.kit.signature import MakerKey, fingerprint

    source = _sources(args).find(args.file)
    key = MakerKey.open(_maker_directory(args.maker_dir))

    def told(result: Any) -> None:
        if not args.json:
            print(f"  {result.verdict.value:8} {result.title}", flush=True)
            for finding in result.findings[:20]:
                place = f"{finding.path}: " if finding.path else ""
                print(show.printable(f"             {place}{finding.text}"))

    if not args.json:
        print(f"{source.product.id}: {'a device at ' + args.address if args.address else 'its virtual twin'}")
    if args.address:
        secrets = _secrets(args)
        done = asyncio.run(
            examine_device(
                source.product, args.address, secrets, writes=not args.read_only, acts=args.acts, told=told
            )
        )
        subject: dict[str, Any] = {"twin": False, "set": not args.read_only, "acted": bool(args.acts)}
    else:
        done = examine_twin(source.product, args.seed, told=told)
        subject = {"twin": True, "seed": args.seed}
    body = body_of(
        source.product, source.digest, done, version=__version__, date=_date(args.date), subject=subject
    )
    signed = key.signed(body)
    paths = [Path(args.out) / f"{source.product.id}.report.{ending}" for ending in ("json", "html")]
    _write(paths[0], as_json(signed))
    _write(paths[1], as_html(signed))
    if args.json:
        print(as_json(signed), end="")
    else:
        counts = ", ".join(f"{number} {word}" for word, number in body["counts"].items() if number)
        print(f"{'passed' if done.passed else 'FAILED'}: {counts}")
        print(f"{paths[0]} and {paths[1].name}, signed by {fingerprint(key.public)}")
    return 0 if done.passed else 1


def _secrets(args: argparse.Namespace) -> dict[str, bytes]:
    secrets: dict[str, bytes] = {}
    for name in ("token", "key"):
        given = getattr(args, name)
        if given == "-":
            given = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline()
        if given:
            try:
                secrets[name] = bytes.fromhex(given.strip())
            except ValueError:
                raise JiaheError(f"--{name} is not hexadecimal (0-9, a-f)") from None
    return secrets


def _date(given: str | None) -> str:
    if given is None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)) if epoch.isdigit() else time.gmtime())
    try:
        time.strptime(given, "%Y-%m-%d")
    except ValueError:
        raise JiaheError(f"{given!r} is no date: take 2026-11-23") from None
    return given


def _maker_directory(given: str | None) -> Path:
    if chosen := given or os.environ.get("JIAHE_MAKER_DIR"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "jiahe-maker"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise JiaheError(f"{path} cannot be written: {error.strerror}") from error


def verify(args: argparse.Namespace) -> int:
    """Exit status 0 where every report is whole (and signed by --signer)."""
    from jiahe.kit.report import read_report
    from jiahe.kit.signature import fingerprint

    well = True
    for name in args.file:
        try:
            body = read_report(Path(name))
        except JiaheError as error:
            print(f"{name}: {error}")
            well = False
            continue
        public = body["signature"]["public_key"]
        about = f"{body['product']['id']} {body['verdict']} on {body['date']}"
        if args.signer and args.signer.strip().lower() != public.lower():
            print(f"{name}: is whole, but signed by {fingerprint(public)} and not by the key you named")
            well = False
        else:
            print(show.printable(f"{name}: is whole; {about}; signed by {fingerprint(public)}"))
    return 0 if well else 1


# ---- list, page ---------------------------------------------------------------------------------------------------


def _sources(args: argparse.Namespace) -> Any:
    from jiahe.kit.source import Sources

    return Sources(home_directory(args.dir) / PRODUCTS)


def _entries(args: argparse.Namespace) -> tuple[list[Any], list[tuple[Any, Path]], list[str]]:
    """Entries of the catalogue, the reports to lay beside it, and what was wrong with files."""
    from jiahe.kit.catalogue import Entry, fits
    from jiahe.kit.report import read_report
    from jiahe.kit.source import of_file

    troubles: list[str] = []
    named = [of_file(Path(name)) for name in args.file]
    known = {source.product.id for source in named}
    others = [] if args.only else [one for one in _sources(args).all() if one.product.id not in known]
    folders = [Path(folder) for folder in args.reports]
    entries, laid = [], []
    for source in [*named, *others]:
        beside = [source.path.parent] if source.path is not None else []
        found = None
        for folder in [*folders, *beside]:
            path = folder / f"{source.product.id}.report.json"
            if not path.is_file():
                continue
            try:
                body = read_report(path)
            except JiaheError as error:
                troubles.append(f"{path}: {error}")
                continue
            if fits(body, source.product, source.digest):
                found = body
                break
            troubles.append(f"{path}: is about another version of the product file")
        link = f"reports/{source.product.id}.report.html"
        entry = Entry(source.product, source.digest, found, link if found else "")
        entries.append(entry)
        if found:
            laid.append((found, Path(link)))
    return entries, laid, troubles


def list_(args: argparse.Namespace) -> int:
    """Every product with what is known of it."""
    from jiahe.kit.catalogue import row_of
    from jiahe.kit.offline import GRADE_WORDS

    entries, _, troubles = _entries(args)
    rows = sorted((row_of(entry) for entry in entries), key=lambda row: (row["maker"].lower(), row["id"]))
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        cells = [
            (
                row["id"], row["maker"], row["kind"].replace("_", " "), row["names"].get("en", ""),
                f"{len(row['sets'])} set, {len(row['tells'])} told, {len(row['does'])} done",
                GRADE_WORDS[row["local"]["grade"]], row["report"]["verdict"] if row["report"] else "—",
            )
            for row in rows
        ]  # fmt: skip
        print(show.table(("product", "maker", "kind", "name", "works", "without internet", "report"), cells))
    for trouble in troubles:
        print(show.printable(trouble), file=sys.stderr)
    return 1 if troubles else 0


def page(args: argparse.Namespace) -> int:
    """Writes index.html and the reports that it links to."""
    from jiahe.kit.catalogue import page as drawn
    from jiahe.kit.report import as_html, as_json

    entries, laid, troubles = _entries(args)
    out = Path(args.out)
    _write(out / "index.html", drawn(entries, args.title))
    for body, link in laid:
        _write(out / link, as_html(body))
        _write(out / link.with_suffix(".json"), as_json(body))
    print(f"{out / 'index.html'}: {len(entries)} products, {len(laid)} with a report")
    for trouble in troubles:
        print(show.printable(trouble), file=sys.stderr)
    return 1 if troubles else 0
