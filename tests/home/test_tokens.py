"""Bearer tokens under attack: guesses cost little, and never stand in the way of who has a token."""

from __future__ import annotations

import asyncio
from typing import Any

from jiahe.home.credentials import TOKEN_LOOK, TOKEN_PREFIX, TOKEN_TRUST, Tokens


class SlowDisk:
    """Documents that answer a turn later, and count the questions."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.reads = 0

    async def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        self.kept[key] = body

    async def delete(self, kind: str, key: str) -> None:
        await asyncio.sleep(0)
        self.kept.pop(key, None)

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        self.reads += 1
        await asyncio.sleep(0)
        return self.kept.get(key)

    async def all(self, kind: str) -> dict[str, dict[str, Any]]:
        self.reads += 1
        found = dict(self.kept)
        await asyncio.sleep(0)
        return found


class Ticks:
    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    monotonic = now


def house() -> tuple[SlowDisk, Ticks, Tokens, Tokens]:
    """A disk, time, the hub's tokens and those of another process on the same disk."""
    disk, ticks = SlowDisk(), Ticks()
    return disk, ticks, Tokens(disk, ticks), Tokens(disk, ticks)


async def test_five_hundred_at_once_with_one_good_token_all_come_in():
    disk, _, tokens, another = house()
    secret = await another.create("script")
    cards = await asyncio.gather(*[tokens.find(secret) for _ in range(500)])
    assert {card and card.name for card in cards} == {"script"}
    assert disk.reads <= 2  # one of them was `create`, which counts


async def test_a_thousand_guesses_cost_a_look_and_keep_nobody_out():
    disk, ticks, tokens, another = house()
    secret = await another.create("script")
    disk.reads = 0
    guesses = [tokens.find(f"{TOKEN_PREFIX}guess{number}") for number in range(1000)]
    *wrong, right = await asyncio.gather(*guesses, tokens.find(secret))
    assert set(wrong) == {None}
    assert right is not None
    assert disk.reads == 1
    late = await another.create("made while they guess")
    for number in range(100):
        await tokens.find(f"{TOKEN_PREFIX}more{number}")
    ticks.at += TOKEN_LOOK
    assert await tokens.find(late) is not None


async def test_a_token_revoked_here_is_worth_nothing_at_once_even_while_the_disk_is_read():
    disk, ticks, tokens, _ = house()
    secret = await tokens.create("script")
    ticks.at += TOKEN_TRUST
    reading = asyncio.create_task(tokens.find(secret))
    await asyncio.sleep(0)
    await tokens.revoke("script")
    await reading
    assert await tokens.find(secret) is None
    assert disk.kept == {}


async def test_a_token_revoked_by_another_process_is_worth_nothing_soon():
    _, ticks, tokens, another = house()
    secret = await tokens.create("script")
    assert await tokens.find(secret) is not None
    await another.revoke("script")
    ticks.at += TOKEN_TRUST
    assert await tokens.find(secret) is None
