"""The options of `jiahe product …`. Owns names and help texts; loads nothing, because every verb's start reads them."""

from __future__ import annotations

import argparse


def options(verb: argparse.ArgumentParser) -> None:
    """The kit's verbs and their options."""
    verbs = verb.add_subparsers(dest="what", metavar="WHAT", required=True)

    made = verbs.add_parser("new", help="a new product file, from your answers or from a MIoT-Spec")
    made.add_argument("--spec", metavar="FILE", help="a MIoT-Spec-V2 instance (JSON) to begin with")
    for name, text in (("model", "the model as the device gives it"), ("maker", "the name on the box"),
                       ("name-en", "its English name"), ("name-zh", "its Chinese name")):  # fmt: skip
        made.add_argument(f"--{name}", default="", help=f"with --spec: {text}")
    made.add_argument("--out", metavar="FILE", help="where to (default MODEL.toml here); never overwrites")

    checked = verbs.add_parser(
        "check", help="every fault of a product file, with its line and what would be right"
    )
    checked.add_argument("file", nargs="+", metavar="FILE")
    checked.add_argument("--json", action="store_true", help="for programs")

    played = verbs.add_parser("play", help="a virtual device from the file, on the network")
    played.add_argument("file", metavar="FILE", help="a product file, or the id of a product")
    played.add_argument("--address", default="", metavar="A", help="where it listens (default 127.79.x.x)")
    played.add_argument(
        "--fault", action="append", default=[], metavar="F", help="mute, delay=2, loss=0.3 …; may be repeated"
    )
    _seed(played)
    played.add_argument("--json", action="store_true", help="its card as one line of JSON")

    told = verbs.add_parser("report", help="a conformance run over a device or its virtual twin, signed")
    told.add_argument("file", metavar="FILE", help="a product file, or the id of a product")
    told.add_argument("--address", metavar="A", help="a device on the network rather than the twin")
    told.add_argument("--token", help="hexadecimal; - asks for it, so that it stands in no history")
    told.add_argument("--key", help="hexadecimal (Midea V3); - asks for it")
    told.add_argument("--read-only", action="store_true", help="set nothing at the device")
    told.add_argument("--acts", action="store_true", help="do its actions too (a twin's are always done)")
    told.add_argument("--out", default=".", metavar="DIR", help="where the report is written (default here)")
    told.add_argument(
        "--date", metavar="YYYY-MM-DD", help="the report's date (default $SOURCE_DATE_EPOCH, else today)"
    )
    told.add_argument(
        "--maker-dir",
        metavar="D",
        help="where your signing key is (default $JIAHE_MAKER_DIR, else your data directory)",
    )
    _seed(told)
    told.add_argument("--json", action="store_true", help="print the signed report")

    proved = verbs.add_parser("verify", help="whether a report is whole and who signed it")
    proved.add_argument("file", nargs="+", metavar="REPORT", help=".json or .html")
    proved.add_argument("--signer", metavar="HEX", help="the public key that must have signed it")

    listed = verbs.add_parser(
        "list", help="every product: maker, kind, what works, how it does without internet"
    )
    _catalogue(listed)
    listed.add_argument("--json", action="store_true", help="for programs")

    paged = verbs.add_parser("page", help="the same as a static page for the web")
    _catalogue(paged)
    paged.add_argument(
        "--out", required=True, metavar="DIR", help="index.html and reports/ are written there"
    )
    paged.add_argument("--title", default="Products that work with Jiahe")
    for one in (made, checked, played, told, proved, listed, paged):
        one.add_argument("--dir", metavar="D", help="the home's directory; its products/ are looked at too")


def _seed(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed makes the same twin (default 1)"
    )


def _catalogue(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        help="these product files too (their reports are looked for beside them)",
    )
    verb.add_argument("--only", action="store_true", help="nothing but the files named")
    verb.add_argument(
        "--reports", action="append", default=[], metavar="DIR", help="where reports lie; may be repeated"
    )
