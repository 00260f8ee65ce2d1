"""A hub that notes when the journal has committed, for `stream.py`. In all else it is the hub of `jiahe up`.

`python bench/stamping.py DIRECTORY` prints {"port", "bare"} and takes one line for each order: `commits` answers the
[sequence number, nanoseconds] of the commits since the last one; `write N` writes a frame of N bytes to every socket
that is connected to the port `bare`, and answers when it began. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import uvloop

from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.hub.run import keep_ageing, open_door
from jiahe.model.happening import Record

MOST = 10_000
"""Commits that are kept until somebody asks."""
LISTENERS = 1_000


class Bare(asyncio.Protocol):
    """A socket that is only written to."""

    connected: list[asyncio.WriteTransport] = []  # noqa: RUF012 - all of this process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self.connected.append(transport)  # type: ignore[arg-type]


def frame(size: int) -> bytes:
    """A text frame of RFC 6455 as a server sends it, with a body of that many bytes."""
    head = bytes([0x81, size]) if size < 126 else bytes([0x81, 126]) + size.to_bytes(2, "big")
    return head + b"x" * size


async def main(directory: Path) -> None:
    hub = await Hub.open(Config(directory, "127.0.0.1", 0))
    commits: deque[tuple[int, int]] = deque(maxlen=MOST)

    def note(records: Sequence[Record]) -> None:
        if records:
            commits.append((records[-1].seq, time.monotonic_ns()))

    hub.journal.on_commit(note)  # before the streams: they listen from when the door opens
    loop = asyncio.get_running_loop()
    bare = await loop.create_server(Bare, "127.0.0.1", 0, backlog=LISTENERS)
    async with open_door(hub) as url:
        hub.spawn(hub.start_devices())
        hub.spawn(keep_ageing(hub))
        say({"port": int(url.rpartition(":")[2]), "bare": bare.sockets[0].getsockname()[1]})
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            order, *rest = line.split()
            if order == b"commits":
                say(list(commits))
                commits.clear()
            else:
                data, at = frame(int(rest[0])), time.monotonic_ns()
                for transport in Bare.connected:
                    transport.write(data)
                say({"at": at})
    bare.close()
    await hub.close()


def say(body: object) -> None:
    sys.stdout.write(json.dumps(body) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1])))
