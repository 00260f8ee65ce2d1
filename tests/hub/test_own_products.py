"""A home's own product files at the hub: what is wrong is told by health and doctor, and the hub goes on."""

from __future__ import annotations

from pathlib import Path

import orjson

from jiahe.hub.build import FAULTS_SHOWN, Hub
from jiahe.hub.config import PRODUCTS, PRODUCTS_INDEX, Config
from jiahe.hub.doctor import Grade, examine

GOOD = """\
id = "acme.plug.one"
maker = "Acme"
family = "miio"
kind = "outlet"
names = { en = "Plug", zh = "插座" }
source = "made up for these tests"

[fingerprint]
model = "acme.plug.one"

[[points]]
property = "power"
report = "2.1"
write = "2.1"
datatype = "bool"
"""


async def test_wrong_files_are_told_and_the_hub_goes_on(tmp_path: Path) -> None:
    products = tmp_path / PRODUCTS
    products.mkdir()
    (products / "good.toml").write_text(GOOD, "utf-8")
    (products / "huge.json").write_bytes(b" " * 10_000_000)
    (products / "wrong.toml").write_text(GOOD.replace('datatype = "bool"', 'datatype = "boolean"'), "utf-8")
    hub = await Hub.open(Config(tmp_path))
    try:
        assert hub.shelf.get("acme.plug.one") is not None
        health = hub.health()
        assert health["status"] == "ok"
        huge, wrong = sorted(health["product_faults"])
        assert huge.startswith("huge.json: has 10000000 bytes")
        assert wrong.startswith("wrong.toml:15:points[0].datatype: 'boolean' is none of")
        assert orjson.dumps(health)
    finally:
        await hub.close()
    assert (tmp_path / PRODUCTS_INDEX).exists()
    findings = [finding async for finding in examine(tmp_path, None, None)]
    told = [finding for finding in findings if finding.check == "products"]
    assert [finding.grade for finding in told] == [Grade.WELL, Grade.BAD, Grade.BAD]
    assert "1 product files" in told[0].text
    assert all(finding.advice for finding in told[1:])


async def test_a_home_without_files_says_nothing_of_them(tmp_path: Path) -> None:
    hub = await Hub.open(Config(tmp_path))
    try:
        assert "product_faults" not in hub.health()
    finally:
        await hub.close()
    findings = [finding async for finding in examine(tmp_path, None, None)]
    assert not [finding for finding in findings if finding.check == "products"]


async def test_a_health_answer_stays_small(tmp_path: Path) -> None:
    products = tmp_path / PRODUCTS
    products.mkdir()
    for number in range(3 * FAULTS_SHOWN):
        (products / f"{number}.toml").write_text("id = 5", "utf-8")
    hub = await Hub.open(Config(tmp_path))
    try:
        assert len(hub.shelf.faults) == 3 * FAULTS_SHOWN
        assert len(hub.health()["product_faults"]) == FAULTS_SHOWN
    finally:
        await hub.close()
