"""Every product that ships and can be played passes its own report; a made-up spec too, and over real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jiahe.catalog.folder import read_file
from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.kit.conformance import examine_device, examine_twin
from jiahe.kit.finding import Verdict
from jiahe.kit.play import Played, fault_of
from jiahe.model.errors import JiaheError, LinkError, OutOfDefinition, UnknownName
from jiahe.virtual.serve import ENDS

ON_THE_NETWORK = {name for name, end in ENDS.items() if end.transport != "ble"}
PRODUCTS = [product for product in Shelf.shipped().all() if product.family in ON_THE_NETWORK]


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.id)
def test_it_passes_its_own_report(product: Product) -> None:
    done = examine_twin(product)
    wrong = [
        (one.id, f.path, f.text) for one in done.results for f in one.findings if f.verdict is Verdict.FAILED
    ]
    assert wrong == []
    assert done.measured["asks"] > 20


@pytest.mark.parametrize("shard", range(4))
def test_every_published_spec_passes_its_own_report(shared_data: Path, shard: int) -> None:
    files = sorted((shared_data / "miot-specs").glob("*.json"))
    assert len(files) == 152
    for file in files[shard::4]:
        done = examine_twin(read_file(file))
        assert done.passed, (file.name, done.failed())


def test_who_cannot_be_played_is_said() -> None:
    others = [product for product in Shelf.shipped().all() if product.family not in ON_THE_NETWORK]
    assert {product.family for product in others} > {"huami"}
    for product in others:
        with pytest.raises(UnknownName, match="nobody can play"):
            examine_twin(product)


def purifier() -> Product:
    found = Shelf.shipped().get("zhimi.airpurifier.mb4")
    assert found is not None
    return found


async def test_it_is_played_steered_and_met_on_the_network() -> None:
    played = await Played.start(purifier(), "", 1, fault_of("delay=0.001"))
    try:
        card = played.card()
        assert set(card) == {"product", "address", "port", "hardware_id", "token"}
        assert await played.told("set pm2_5 77") == "pm2_5 = 77"
        assert await played.told("set power on") == "power = true"
        assert '"loss": 0.5' in await played.told("fault loss=0.5")
        assert '"loss": 0.0' in await played.told("fault none")
        assert "quit" in await played.told("what")
        for wrong in (
            "set",
            "set nothing 5",
            "set power maybe",
            "set pm2_5 x",
            "set pm2_5 9999",
            "fault thunder",
        ):
            with pytest.raises(JiaheError):
                await played.told(wrong)
        with pytest.raises(JiaheError, match="--token is missing"):
            await examine_device(purifier(), card["address"], {})
    finally:
        await played.unit.close()


async def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiahe.kit.conformance.FOUND_WITHIN", 0.1)
    with pytest.raises(LinkError, match="nothing of family miio answers"):
        await examine_device(purifier(), "127.79.0.250", {"token": bytes(16)})
    with pytest.raises(OutOfDefinition):
        fault_of("loss=much")


async def test_a_taken_address_is_said() -> None:
    first = await Played.start(purifier(), "127.79.0.200", 1, {})
    try:
        with pytest.raises(LinkError):
            await Played.start(purifier(), "127.79.0.200", 1, {})
    finally:
        await first.unit.close()
        await asyncio.sleep(0)
