"""The front door on the command line: which verbs there are and who answers them.

Owns names, options and exit status (0 only where all is well, 1 where not, 2 for a call that makes no sense).
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jiahe import __version__
from jiahe.cli.directory import demo_directory, home_directory, running_hub
from jiahe.cli.show import printable
from jiahe.model.errors import JiaheError, OutOfDefinition

if TYPE_CHECKING:
    from jiahe.hub.config import Config

MOST_PAST = 400
"""Days of a demo's past: a year and a month, written in about two minutes."""
Verb = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    """Every verb with its options."""
    top = argparse.ArgumentParser(prog="jiahe", description="One connected home, operated locally.")
    top.add_argument("--version", action="version", version=f"jiahe {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    demo = _verb(verbs, "demo", _demo, "a virtual home whose devices speak their real protocols on loopback")
    _listening(demo)
    demo.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed plays the same home (default 1)"
    )

    demo.add_argument(
        "--past",
        type=_days,
        default=7,
        metavar="DAYS",
        help="of the family's past at the first start (default 7, 0 to 400)",
    )

    up = _verb(verbs, "up", _up, "the hub of a real home")
    _listening(up)

    devices = _verb(verbs, "devices", _operate("devices"), "the home's devices and their values")
    _json(devices)

    put = _verb(
        verbs, "set", _operate("set_value"), "set a property (or do an action) and wait for the outcome"
    )
    put.add_argument("target", metavar="DEVICE.property")
    put.add_argument("value", metavar="VALUE", nargs="?", help="an action takes its arguments as a JSON list")
    put.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="how long to wait (default 10)")
    _json(put)

    watch = _verb(verbs, "watch", _watch, "everything that happens, as it is written down")
    watch.add_argument("--device", metavar="DEVICE", help="only this one")
    watch.add_argument("--after", type=int, metavar="SEQ", help="begin after this record")
    watch.add_argument("--count", type=int, default=0, metavar="N", help="end after N records")
    _json(watch)

    history = _verb(verbs, "history", _operate("history"), "a property's past")
    history.add_argument("target", metavar="DEVICE.property")
    history.add_argument(
        "--from", dest="start", default="24h", metavar="WHEN", help="24h (ago), 2026-11-23T08:00 …"
    )
    history.add_argument("--to", dest="end", default="now", metavar="WHEN")
    history.add_argument(
        "--points", type=int, default=24, metavar="N", help="at most so many rows (default 24)"
    )
    _json(history)

    discover = _verb(verbs, "discover", _operate("discover"), "find devices on the network")
    discover.add_argument("address", nargs="*", help="ask these addresses rather than everybody")
    discover.add_argument("--seconds", type=_seconds, default=4.0, metavar="N")
    _json(discover)

    adopt = _verb(verbs, "adopt", _operate("adopt"), "take a device into the home")
    adopt.add_argument("address", nargs="?", help="its address, as `jiahe discover` shows it")
    adopt.add_argument(
        "--tokens", metavar="FILE", help="a token list (CSV, JSON): kept until its devices are adopted"
    )
    adopt.add_argument("--token", help="hexadecimal; - asks for it, so that it stands in no history")
    adopt.add_argument("--key", help="hexadecimal (Midea V3); - asks for it")
    for name, text in (("name", "what people call it"), ("room", "a room's id"), ("id", "its short id"),
                       ("family", "miio or midea"), ("hardware-id", "the maker's id")):  # fmt: skip
        adopt.add_argument(f"--{name}", help=text)
    _json(adopt)

    doctor = _verb(verbs, "doctor", _doctor, "what is well and what is not, and what to do")
    doctor.add_argument(
        "--offline", action="store_true", help="how every device does without internet, and why"
    )
    _json(doctor)

    owner = _verb(verbs, "owner", _owner, "a one-time link that signs the owner in, for a lost password")
    owner.add_argument("what", choices=("link",))

    token = _verb(verbs, "token", _token, "bearer tokens for scripts")
    token.add_argument("what", choices=("create", "list", "revoke"))
    token.add_argument("name", nargs="?", metavar="NAME")

    vault = _verb(verbs, "vault", _vault, "the home's keys as an encrypted file, out and back in")
    vault.add_argument("what", choices=("export", "import"))
    vault.add_argument("file", metavar="FILE", help="the passphrase is asked for")

    product = _verb(
        verbs, "product", _product, "the maker's kit: a product file made, checked, played, reported, listed"
    )
    _product_options(product)

    _rules_verbs(verbs)

    fault = _verb(verbs, "fault", _operate("fault"), "make a virtual device of the demo misbehave")
    fault.add_argument("device", nargs="?", metavar="DEVICE")
    fault.add_argument(
        "fault", nargs="*", metavar="FAULT[=VALUE]", help="mute, delay=2, loss=0.3, reboot, none …"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """The `jiahe` command."""
    args = parser().parse_args(arguments)
    answer: Verb = args.answer
    try:
        status = answer(args)
        if sys.stdout is not None:  # started without one
            sys.stdout.flush()  # here, where its failure still has words
        return status
    except JiaheError as error:
        print("jiahe:", "\n".join(map(printable, str(error).splitlines())), file=sys.stderr)
        return 1
    except BrokenPipeError:  # `jiahe watch | head`
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        what = error.filename or "the output cannot be written"
        print(f"jiahe: {printable(str(what))}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _discard_output() -> None:
    """What is still in the buffer goes nowhere: the interpreter would try to write it at its end, and fail aloud."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, answer: Verb, text: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    verb.add_argument(
        "--dir", metavar="D", help="the home's directory (default $JIAHE_DIR, else the user's data directory)"
    )
    verb.set_defaults(answer=answer)
    return verb


def _listening(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--port", type=_port, default=8420, metavar="N", help="default 8420; 0 takes a free one"
    )
    everywhere = "0.0.0.0"  # noqa: S104  # a phone must reach it; without a login nothing is open
    verb.add_argument(
        "--host", default=everywhere, metavar="H", help="the address to listen at (default: all)"
    )
    verb.add_argument(
        "--contact",
        type=_contact,
        metavar="MAIL",
        help="whom push services may ask about this home's notices: a mail address or a page (default: the project's)",
    )
    verb.add_argument(
        "--https-port",
        type=_https_port,
        metavar="N",
        help="default: 23 above --port, and none where --host is this machine alone; none (or 0) switches it off",
    )


def _contact(text: str) -> str:
    from jiahe.notice.vapid import contact_from

    try:
        return contact_from(text)
    except OutOfDefinition as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _days(text: str) -> int:
    if not text.isdigit() or int(text) > MOST_PAST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days (0 to {MOST_PAST})")
    return int(text)


def _https_port(text: str) -> int:
    return 0 if text == "none" else _port(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="for programs")


# What a verb needs is loaded when it is called: `jiahe devices` answers in a tenth of a second, without the hub's rooms.


def _demo(args: argparse.Namespace) -> int:
    _not_twice(demo_directory(args.dir))
    from jiahe.hub.demo import demo
    from jiahe.hub.run import run

    return run(demo(_config(args, demo_directory(args.dir), demo=True), args.seed, args.past))


def _not_twice(directory: Path) -> None:
    """Says where a home's hub runs already; the lock of its files would only say that one does."""
    running = running_hub(directory)
    if running is not None:
        raise JiaheError(
            f"a hub runs for {directory} already, at {running.url}/; another home takes another --dir and --port"
        )


def _up(args: argparse.Namespace) -> int:
    _not_twice(home_directory(args.dir))
    from jiahe.hub.run import run, up

    return run(up(_config(args, home_directory(args.dir), demo=False)))


def _config(args: argparse.Namespace, directory: Path, *, demo: bool) -> Config:
    """What a hub is told at its start."""
    from jiahe.hub.config import Config
    from jiahe.hub.secure_door import is_loopback, secure_port

    https = secure_port(args.host, args.port, args.https_port)
    return Config(
        directory,
        args.host,
        args.port,
        demo=demo,
        https_port=https,
        https_asked=bool(args.https_port),
        announce=not is_loopback(args.host),
        contact=args.contact or "",
    )


def _operate(name: str) -> Verb:
    def answer(args: argparse.Namespace) -> int:
        from jiahe.cli import operate

        verb: Verb = getattr(operate, name)
        return verb(args)

    return answer


def _watch(args: argparse.Namespace) -> int:
    from jiahe.cli.watch import watch

    return watch(args)


def _doctor(args: argparse.Namespace) -> int:
    from jiahe.cli.doctor import doctor

    return doctor(args)


def _vault(args: argparse.Namespace) -> int:
    from jiahe.cli.vault import vault

    return vault(args)


def _product_options(verb: argparse.ArgumentParser) -> None:
    from jiahe.cli.product_options import options

    options(verb)


def _product(args: argparse.Namespace) -> int:
    from jiahe.cli.product import product

    return product(args)


def _rules_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from jiahe.cli.rules_options import options

    options(
        _verb(verbs, "rules", _rules, "rules: which there are, and what they would have done in the past")
    )
    scene = _verb(verbs, "scene", _running("scene"), "the home's scenes, or play one")
    scene.add_argument("name", nargs="?", metavar="NAME")
    _json(scene)
    mode = _verb(verbs, "mode", _running("mode"), "the home's mode, or set it")
    mode.add_argument("mode", nargs="?", metavar="MODE", help="home, away, night or holiday")
    _json(mode)


def _rules(args: argparse.Namespace) -> int:
    if args.what in ("list_", "show_", "enable", "disable"):
        return _running(args.what)(args)
    from jiahe.cli import rules

    answer: Verb = getattr(rules, args.what)
    return answer(args)


def _running(name: str) -> Verb:
    def answer(args: argparse.Namespace) -> int:
        from jiahe.cli import rules_switch

        verb: Verb = getattr(rules_switch, name)
        return verb(args)

    return answer


def _owner(args: argparse.Namespace) -> int:
    from jiahe.cli.owner import owner

    return owner(args)


def _token(args: argparse.Namespace) -> int:
    from jiahe.cli.token import token

    return token(args)


if __name__ == "__main__":
    sys.exit(main())
