"""`jiahe vault export|import`: a home's keys out of the house and back, by whoever may read the home's files.

Owns the questions and what is printed (counts and names; never a key or a passphrase).
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
import time
from pathlib import Path

from jiahe.cli import show
from jiahe.cli.directory import demo_directory, find_hub, home_directory
from jiahe.home.vault import Vault
from jiahe.home.vault_file import LARGEST, Entry, check_passphrase, opened_file, sealed_file
from jiahe.home.waiting import Waiting, WaitingKeys
from jiahe.hub.config import DATABASE
from jiahe.model.errors import JiaheError
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents


def vault(args: argparse.Namespace) -> int:
    """export FILE, import FILE."""
    directory = home_directory(args.dir)
    if not (directory / DATABASE).exists() and not args.dir:
        directory = demo_directory(None)
    if not (directory / DATABASE).exists():
        raise JiaheError(f"there is no home in {directory}: name its directory with --dir")
    path = Path(args.file)
    return _export(path, directory) if args.what == "export" else _import(path, directory, args.dir)


def _export(path: Path, directory: Path) -> int:
    if path.exists():
        raise JiaheError(f"{path} is there already: choose another name")
    passphrase = check_passphrase(_asked("Passphrase for the file (at least 12 characters): ", twice=True))
    entries = asyncio.run(_entries(directory))
    text = sealed_file(entries, passphrase, at=time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise JiaheError(f"{path} cannot be written: {error.strerror}") from error
    print(
        f"{path}: the keys of {_some(len(entries), 'device')}. Without its passphrase nobody can open it, you neither."
    )
    return 0


async def _entries(directory: Path) -> list[Entry]:
    """Every key of the home with who it is for."""
    database = await Database.open(directory / DATABASE, exclusive=False)
    try:
        documents = Documents(database)
        keys = await Vault.open(directory, documents)
        entries = []
        for id_, card in (await documents.all("device")).items():
            if secrets := await keys.unseal(id_):
                about = {
                    name: str(card[name]) for name in ("family", "hardware_id", "address", "name", "product")
                }
                entries.append(Entry(**about, secrets=secrets))
        waiting = await WaitingKeys(keys).all()
    finally:
        await database.close()
    return [
        *entries,
        *(Entry(one.family, one.hardware_id, one.address, secrets=one.secrets) for one in waiting),
    ]


def _import(path: Path, directory: Path, given: str | None) -> int:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise JiaheError(f"{path} cannot be read: {error}") from None
    entries = opened_file(text, _asked("Passphrase of the file: ", twice=False), path.name)
    later = asyncio.run(_sealed(directory, entries))
    print(
        f"{_some(len(entries) - len(later), 'device')} of this home got the keys back; {_some(len(later), 'key')} kept for later."
    )
    for entry in later:
        print(show.printable(f"  {entry.name or entry.hardware_id or entry.address} ({entry.family})"))
    if len(later) < len(entries) and find_hub(given) is not None:
        print("A hub is running: start it again, so that it takes them.")
    return 0


async def _sealed(directory: Path, entries: list[Entry]) -> list[Entry]:
    """Seals what is for devices of the home, and keeps the rest waiting; that rest."""
    database = await Database.open(directory / DATABASE, exclusive=False)
    try:
        documents = Documents(database)
        keys = await Vault.open(directory, documents)
        cards = (await documents.all("device")).items()
        here = {(card["family"], card["hardware_id"]): id_ for id_, card in cards}
        later = [entry for entry in entries if (entry.family, entry.hardware_id) not in here]
        for entry in entries:
            if (device := here.get((entry.family, entry.hardware_id))) is not None:
                await keys.seal(device, entry.secrets)
        await WaitingKeys(keys).keep(
            [Waiting(one.family, one.hardware_id, one.address, one.secrets) for one in later]
        )
    finally:
        await database.close()
    return later


def _some(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _asked(question: str, *, twice: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    passphrase = getpass.getpass(question)
    if twice and getpass.getpass("Once more: ") != passphrase:
        raise JiaheError("the two were not the same: nothing was written")
    return passphrase
