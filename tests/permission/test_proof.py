"""What takes a second factor takes it by every way: a command, a scene, a rule that would do it later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.permission.furnished import RULES, House, furnished

WAYS: list[tuple[str, str, Any]] = [
    ("POST", "/api/commands?wait=0", {"device": "lampqx", "property": "power", "value": True}),
    ("POST", "/api/scenes/lamp-scene", {}),
    ("PUT", "/api/scenes/new", {"text": "set: {lampqx.power: on}\n"}),
    ("PUT", "/api/rules/new", {"text": RULES["only-lamp"]}),
    ("POST", "/api/rules/only-lamp/enable", {"enabled": True}),
    ("DELETE", "/api/rules/only-lamp", None),
]


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr("jiahe.home.permission.SECOND_FACTOR_KINDS", frozenset({"light"}))
    monkeypatch.setattr("jiahe.home.second_factor.SecondFactors.asks", lambda *_: True)
    async with furnished(tmp_path) as house:
        yield house


@pytest.mark.parametrize("who", ["owner", "adult"])
async def test_nothing_is_done_without_the_proof(house: House, who: str) -> None:
    before = house.state()
    for method, path, body in WAYS:
        answer = await house.ask(who, method, path, **({} if body is None else {"json": body}))
        assert (answer.status, (await answer.json())["error"]["code"]) == (403, "second_factor"), path
    assert house.state() == before


async def test_what_changes_nothing_takes_none_and_neither_does_a_token(house: House) -> None:
    for path in ("/api/home", "/api/devices/lampqx", "/api/rules/only-lamp", "/api/scenes"):
        assert (await house.ask("adult", "GET", path)).status == 200
    body = {"device": "fanqx", "property": "power", "value": True}
    assert (await house.ask("adult", "POST", "/api/commands?wait=0", json=body)).status == 202
    method, path, command = WAYS[0]
    assert (await house.ask("wide agent", method, path, json=command)).status == 202
