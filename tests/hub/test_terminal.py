"""What a hub says on its terminal while it runs."""

from __future__ import annotations

import asyncio
import io

from jiahe.hub.run import keep_telling


async def test_a_trouble_of_the_disk_is_said_once_and_its_end_too():
    said = ["", "full", "full", "torn", "torn", "", ""]
    looked = iter(said)
    over = asyncio.Event()

    def trouble() -> str:
        word = next(looked, None)
        if word is None:
            over.set()
        return word or ""

    out = io.StringIO()
    task = asyncio.create_task(keep_telling(trouble, out, period=0.0))
    await over.wait()
    task.cancel()
    assert out.getvalue().splitlines() == [
        "jiahe: full",
        "jiahe: torn",
        "jiahe: the disk takes records again",
    ]


async def test_a_terminal_that_was_closed_ends_nothing():
    words = iter(["full", ""])
    over = asyncio.Event()

    def trouble() -> str:
        word = next(words, None)
        if word is None:
            over.set()
        return word or ""

    out = io.StringIO()
    out.close()
    task = asyncio.create_task(keep_telling(trouble, out, period=0.0))
    await over.wait()
    assert not task.done()
    task.cancel()
