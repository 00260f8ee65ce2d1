"""How local a device is told to be: the maker's own word first, else ours by family, each of ours with its name, and every
name with words of the app in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.driver.family import FAMILIES
from jiahe.hub.without_internet import local_of
from jiahe.kit import offline
from jiahe.model.definition import Profile
from jiahe.model.device import Device

WORDS = Path(__file__).parents[2] / "app/src/lib/i18n/words/local.ts"


def device(family: str, facts: dict[str, object] | None = None) -> Device:
    return Device("d", "D", "", Profile("generic", {}), family, "h", "10.0.0.2", facts=facts or {})


@pytest.mark.parametrize(
    ("family", "facts", "grade", "hears", "code"),
    [
        ("miio", {}, "offline", "poll", "miio"),
        ("midea", {"version": 2}, "offline", "both", "midea_v2"),
        ("midea", {"version": 3}, "offline", "both", "midea_v3"),
        ("huami", {"model": "Mi Band 3"}, "offline", "radio", "band_own"),
        ("huami", {"model": "Mi Band 5"}, "sometimes", "radio", "band_paired"),
        ("bthome", {}, "offline", "calls", "broadcast"),
        ("other", {}, "unknown", "", "nobody_knows"),
    ],
)
def test_by_family(family: str, facts: dict[str, object], grade: str, hears: str, code: str) -> None:
    told = local_of(device(family, facts), None)
    assert (told["grade"], told["hears"], told["code"]) == (grade, hears, code)
    assert told["why"]


def test_a_makers_own_word_goes_first() -> None:
    shelf = Shelf.shipped()
    own = [one for one in shelf.all() if one.local is not None]
    for product in own:
        told = local_of(device(product.family), product)
        assert product.local is not None
        assert (told["why"], told["code"]) == (product.local.why, product.local.code)


def test_every_sentence_has_a_name_and_every_name_has_words() -> None:
    source = Path(offline.__file__).read_text("utf-8")
    codes = set(re.findall(r'"([a-z]+(?:_[a-z0-9]+)*)"\s*,?\s*\)', source)) - {"mibeacon", "bthome"}
    assert len(codes) >= 9
    english, _, chinese = WORDS.read_text("utf-8").partition("export const zh")
    for half in (english, chinese):
        for key in (
            *(f"local.why.{code}" for code in codes if source.count(f'"{code}"') and "_" in code),
            *(f"local.hears.{row.hears}" for row in FAMILIES.values()),
            *(f"local.{grade}" for grade in offline.GRADE_WORDS),
        ):
            assert f"'{key}'" in half, key
