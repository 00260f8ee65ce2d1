"""The page: everything in it, nothing from outside, and JSON-LD that a shop can read."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import LOCAL_GRADES, Local
from jiahe.catalog.product_file import read_product
from jiahe.kit.catalogue import Entry, fits, linked_data, page, row_of
from jiahe.kit.offline import GRADE_WORDS, grade_of

FILE = Path(__file__).parents[1] / "products" / "faults" / "purifier.toml"
PRODUCT = read_product(FILE.read_text("utf-8"), FILE.name)
REPORT: dict[str, Any] = {
    "verdict": "passed", "date": "2026-11-23", "subject": {"twin": True}, "signature": {"public_key": "ab" * 32},
    "product": {"id": PRODUCT.id, "file_sha256": "d1"},
}  # fmt: skip


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset") or (name == "href" and tag == "link"):
                self.loaded.append(str(value))
            assert not name.startswith("on")


def _graph(text: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    body = json.loads(found[1])
    assert body["@context"] == "https://schema.org"
    return list(body["@graph"])


def test_every_shipped_product_is_there_with_its_json_ld() -> None:
    products = Shelf.shipped().all()
    text = page(Entry(product) for product in products)
    graph = {item["model"]: item for item in _graph(text)}
    assert set(graph) == {product.id for product in products}
    for item in graph.values():
        assert item["@type"] == "Product"
        assert item["brand"]["@type"] == "Brand"
        for key in ("name", "category", "description", "mpn"):
            assert item[key]
    reader = Links()
    reader.feed(text)
    assert reader.loaded == []
    assert "url(" not in text
    assert "@import" not in text


def test_the_script_is_the_one_that_the_policy_lets_run() -> None:
    text = page([Entry(PRODUCT)])
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_a_report_is_linked_and_a_foreign_one_is_not() -> None:
    assert fits(REPORT, PRODUCT, "d1")
    assert not fits(REPORT, PRODUCT, "d2")
    assert not fits(REPORT, replace(PRODUCT, id="other"), "d1")
    text = page([Entry(PRODUCT, "d1", REPORT, "reports/one.html")])
    assert 'href="reports/one.html"' in text
    assert "No conformance report yet" in page([Entry(PRODUCT)])
    named = [one["name"] for one in _graph(text)[0]["additionalProperty"]]
    assert "Conformance report" in named


def test_where_it_is_sold_stands_in_the_form_that_shops_read() -> None:
    sold = replace(PRODUCT, shop={"url": "https://examplia.example/one", "gtin": "06901234567892"})
    item = linked_data(row_of(Entry(sold)))
    assert item["url"] == "https://examplia.example/one"
    assert item["gtin"] == "06901234567892"
    assert 'href="https://examplia.example/one"' in page([Entry(sold)])


def test_a_foreign_name_stays_text() -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="x">&lt;'
    text = page([Entry(replace(PRODUCT, maker=evil, names={"en": evil, "zh": evil}))])
    reader = Links()
    reader.feed(text)
    assert reader.tags.count("script") == 2
    assert "img" not in reader.tags
    assert _graph(text)[0]["name"] == evil


@pytest.mark.parametrize("grade", LOCAL_GRADES)
def test_a_makers_own_grade_goes_first(grade: str) -> None:
    own = replace(PRODUCT, local=Local(grade, "So it is."))
    assert grade_of(own) == Local(grade, "So it is.")
    assert GRADE_WORDS[grade] in page([Entry(own)])


@pytest.mark.parametrize(
    ("family", "facts", "grade"),
    [
        ("miio", {}, "offline"), ("midea", {"version": 2}, "offline"), ("midea", {"version": 3}, "offline"),
        ("midea", {}, "offline"), ("huami", {"model": "mi-band-3"}, "offline"), ("huami", {"model": "mi-band-5"}, "sometimes"),
        ("huami", {}, "unknown"), ("mibeacon", {}, "offline"), ("zigbee", {}, "unknown"),
    ],
)  # fmt: skip
def test_without_a_product_file_the_family_says_it(family: str, facts: dict[str, Any], grade: str) -> None:
    found = grade_of(None, family, facts)
    assert found.grade == grade
    assert found.why.endswith(".")


def test_what_goes_through_the_maker_is_not_called_local() -> None:
    for kind in ("camera", "robot_vacuum"):
        assert grade_of(replace(PRODUCT, kind=kind)).grade == "sometimes"
