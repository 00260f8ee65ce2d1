"""What the app lets a key name is what the hub knows: kinds, traits, and what is opened only by its name."""

from __future__ import annotations

import re
from pathlib import Path

from jiahe.home.roles import GUARDED_TRAITS, HAZARDS, PRIVATE_KINDS, PRIVATE_TRAITS, UNKNOWN
from jiahe.model.kinds import DEVICE_KINDS
from jiahe.web.household import TRAITS

LIB = Path(__file__).parents[2] / "app" / "src" / "lib"
NAMED = (LIB / "people" / "named.ts").read_text("utf-8")
ENGLISH, CHINESE = (LIB / "i18n" / "words" / "keys.ts").read_text("utf-8").split("\nexport const zh")


def listed(name: str) -> set[str]:
    body = re.search(rf"export const {name}\b[^=]*= (.*?);\n", NAMED, re.DOTALL)
    assert body is not None
    return set(re.findall(r"'(\w+)'", body[1]))


def test_every_trait_and_no_other_stands_in_one_group() -> None:
    body = re.search(r"export const TRAITS = \{(.*?)\} as const", NAMED, re.DOTALL)
    assert body is not None
    names = re.findall(r"'(\w+)'", body[1])
    assert len(names) == len(set(names))
    assert set(names) == TRAITS


def test_what_only_a_name_opens_is_as_the_hub_has_it() -> None:
    assert listed("HAZARDS") == HAZARDS
    assert listed("GUARDED") == GUARDED_TRAITS
    assert listed("PRIVATE") == PRIVATE_KINDS - {""} == PRIVATE_TRAITS - {UNKNOWN}


def test_kinds_and_traits_have_their_words() -> None:
    for text, language in ((ENGLISH, "en"), (CHINESE, "zh")):
        words = dict(re.findall(r"'kind\.(\w+)': '(.*?)',\n", text))
        assert words == {one.name: getattr(one, language) for one in DEVICE_KINDS.values()}
        assert set(re.findall(r"'trait\.(\w+)'", text)) == TRAITS
