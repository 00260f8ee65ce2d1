"""Keys wait sealed, by id or by address, and go when their device came."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiahe.home import waiting as room
from jiahe.home.keep import Full
from jiahe.home.vault import Vault
from jiahe.home.waiting import Waiting, WaitingKeys

TOKEN = bytes(range(16))


class Kept:
    """Documents in memory."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str], dict[str, object]] = {}

    async def put(self, kind: str, key: str, body: dict[str, object]) -> None:
        self.bodies[kind, key] = dict(body)

    async def get(self, kind: str, key: str) -> dict[str, object] | None:
        return self.bodies.get((kind, key))

    async def delete(self, kind: str, key: str) -> None:
        self.bodies.pop((kind, key), None)

    async def all(self, kind: str) -> dict[str, dict[str, object]]:
        return {key: body for (one, key), body in self.bodies.items() if one == kind}


@pytest.fixture
async def vault(tmp_path: Path) -> Vault:
    return await Vault.open(tmp_path, Kept())


async def test_by_id_before_address(vault: Vault) -> None:
    keys = WaitingKeys(vault)
    await keys.keep(
        [
            Waiting("miio", "123", "", {"token": TOKEN}),
            Waiting("miio", "", "10.0.0.7", {"token": TOKEN[::-1]}),
        ]
    )
    assert await keys.find("miio", "123", "10.0.0.7") == {"token": TOKEN}
    assert await keys.find("miio", "999", "10.0.0.7") == {"token": TOKEN[::-1]}
    assert await keys.find("midea", "123", "") == {}
    assert await keys.find("miio", "", "") == {}


async def test_it_goes_when_its_device_came_and_leaves_the_homes_own_alone(vault: Vault) -> None:
    keys = WaitingKeys(vault)
    await vault.seal("heater", {"token": TOKEN})
    await keys.keep([Waiting("miio", "123", "", {"token": TOKEN})])
    assert [one.hardware_id for one in await keys.all()] == ["123"]
    await keys.drop("miio", "123", "10.0.0.7")
    assert await keys.all() == []
    assert await vault.unseal("heater") == {"token": TOKEN}


async def test_not_without_bound(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    keys = WaitingKeys(vault)
    two = [Waiting("miio", str(number), "", {"token": TOKEN}) for number in (1, 2)]
    assert await keys.keep(two) == 2
    assert await keys.keep(two) == 2  # the same once more are no more
    with pytest.raises(Full):
        await keys.keep([Waiting("miio", "3", "", {"token": TOKEN})])


async def test_nothing_of_it_stands_in_the_open(tmp_path: Path) -> None:
    documents = Kept()
    keys = WaitingKeys(await Vault.open(tmp_path, documents))
    entry = Waiting("miio", "123", "", {"token": TOKEN})
    await keys.keep([entry])
    assert TOKEN.hex() not in str(documents.bodies) + repr(entry)
