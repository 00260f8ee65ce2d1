"""Kills a hub's store with SIGKILL at random moments and looks for what it had acknowledged. A program, not a test.

`killing.py --rounds N --dir D [--seed S]` prints {"kills", "acknowledged", "lost", "wrong", "sealed", "trouble"} as
JSON. The child (`killing.py --write D`) writes records as fast as 20 writers can and prints one only after `committed`
returned; the parent kills it after a random number of lines and opens the same home again, round after round. Sealing
and snapshots happen every few hundred records, so that kills hit them too. What a kill cannot show is a power cut: for
that the store relies on `synchronous=FULL`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import subprocess
import sys
from pathlib import Path

from jiahe.history import fold
from jiahe.history.fold import History
from jiahe.model.happening import RecordKind
from jiahe.state import journal as journal_module
from jiahe.state.journal import Journal
from jiahe.storage.database import Database

WRITERS = 20
T0 = 1_790_000_000.0


async def write(folder: Path) -> None:
    """The child: writes until it is killed."""
    fold.SEAL_EVERY = fold.SEAL_STEP = 400
    journal_module.SNAPSHOT_EVERY = 300
    database = await Database.open(folder / "home.db")
    journal = await Journal.open(database)
    history = await History.open(database)
    journal.on_commit(history.observe)
    out = sys.stdout.buffer

    async def writer(number: int) -> None:
        while True:
            value = random.getrandbits(40)
            body = {"device": f"d{number}", "property": "p", "value": value, "quality": "good"}
            record = journal.append(T0 + journal.last_seq, RecordKind.UPDATE, body)
            await journal.committed(record.seq)
            out.write(b"%d %d %d\n" % (record.seq, number, value))
            out.flush()

    await asyncio.gather(*(writer(number) for number in range(WRITERS)))


def one_round(folder: Path, chance: random.Random) -> dict[int, tuple[int, int]]:
    """Start a child, kill it, and give what it had acknowledged: seq -> (device's number, value)."""
    child = subprocess.Popen(
        [sys.executable, __file__, "--write", str(folder)], stdout=subprocess.PIPE, bufsize=1 << 20
    )
    assert child.stdout is not None
    lines = [child.stdout.readline()]
    lines += [child.stdout.readline() for _ in range(chance.randrange(600))]
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.readlines()  # what it had said before it died counts too
    child.stdout.close()
    if child.wait(20) != -signal.SIGKILL:
        raise SystemExit(f"the child ended by itself with status {child.returncode}")
    said: dict[int, tuple[int, int]] = {}
    for line in lines:
        if line.endswith(b"\n"):
            seq, number, value = map(int, line.split())
            said[seq] = (number, value)
    return said


async def examined(folder: Path, said: dict[int, tuple[int, int]]) -> dict[str, object]:
    """Open the home as a hub does, and compare all of it with what was acknowledged."""
    database = await Database.open(folder / "home.db")
    journal = await Journal.open(database)
    history = await History.open(database)
    found: dict[int, tuple[int, int]] = {}
    newest: dict[str, int] = {}
    after = wrong = 0
    while records := await journal.records(after, 5_000):
        for record in records:
            wrong += record.seq != after + 1
            after = record.seq
            found[after] = (int(str(record.body["device"])[1:]), record.body["value"])
            newest[str(record.body["device"])] = after
    wrong += {str(record.body["device"]): record.seq for record in await journal.latest()} != newest
    answers = [await history.query(f"d{n}", "p", T0, T0 + after + 1, 50) for n in range(WRITERS)]
    sealed = await database.read(
        lambda connection: connection.execute("SELECT sum(count) FROM series_chunk").fetchone()
    )
    await history.rebuild()
    wrong += sum(
        [await history.query(f"d{n}", "p", T0, T0 + after + 1, 50) != answers[n] for n in range(WRITERS)]
    )
    trouble = await database.check()
    await history.close()
    await journal.close()
    await database.close()
    lost = sum(found.get(seq) != value for seq, value in said.items())
    return {
        "acknowledged": len(said),
        "lost": lost,
        "wrong": wrong,
        "sealed": sealed[0] or 0,
        "trouble": trouble,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--dir", type=Path)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.write:
        asyncio.run(write(options.write))
        return
    chance, said = random.Random(options.seed), {}
    for _ in range(options.rounds):
        said.update(one_round(options.dir, chance))
    print(json.dumps({"kills": options.rounds} | asyncio.run(examined(options.dir, said))))


if __name__ == "__main__":
    main()
