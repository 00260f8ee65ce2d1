"""`jiahe token`: bearer tokens for scripts, made by whoever may read the home's files. Owns what is printed, once."""

from __future__ import annotations

import argparse
import asyncio
import time

from jiahe.cli import show
from jiahe.cli.directory import demo_directory, home_directory
from jiahe.home.credentials import Tokens
from jiahe.hub.config import DATABASE
from jiahe.model.errors import JiaheError
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents


class _WallClock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


def token(args: argparse.Namespace) -> int:
    """create NAME, list, revoke NAME."""
    if args.what != "list" and not args.name:
        raise JiaheError(f"`jiahe token {args.what}` takes a NAME")
    return asyncio.run(_answer(args))


async def _answer(args: argparse.Namespace) -> int:
    path = home_directory(args.dir) / DATABASE
    if not path.exists() and not args.dir:
        path = demo_directory(None) / DATABASE
    if not path.exists():
        raise JiaheError(f"there is no home in {path.parent}: name its directory with --dir")
    database = await Database.open(path, exclusive=False)
    try:
        tokens = Tokens(Documents(database), _WallClock())
        if args.what == "create":
            print(await tokens.create(args.name))
        elif args.what == "revoke":
            print(f"{(await tokens.revoke(args.name)).name} is worth nothing from now on.")
        else:
            rows = [(card.name, show.moment(card.created_at)) for card in await tokens.all()]
            print(show.table(("name", "made"), rows))
    finally:
        await database.close()
    return 0
