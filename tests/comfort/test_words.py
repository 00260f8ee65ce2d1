"""The sentences of comfort: complete in both languages, each code once, and every code that is said has its sentence."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from string import Formatter

import pytest

from jiahe.comfort.words import SENTENCES

COMFORT = Path(__file__).parents[2] / "src" / "jiahe" / "comfort"
TABLES = sorted(path.stem for path in COMFORT.glob("*_words.py"))
SAID = re.compile(r'\breason\(\s*"([a-z_.]+)"')


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_no_code_stands_in_two_tables_and_none_is_left_out() -> None:
    tables = [importlib.import_module(f"jiahe.comfort.{name}").SENTENCES for name in TABLES]
    assert len(tables) >= 2
    assert sum(map(len, tables)) == len({code for table in tables for code in table})
    assert {code for table in tables for code in table} == set(SENTENCES)


@pytest.mark.parametrize("code", SENTENCES)
def test_both_languages_say_the_same_figures(code: str) -> None:
    assert set(SENTENCES[code]) == {"en", "zh"}
    assert names(SENTENCES[code]["en"]) == names(SENTENCES[code]["zh"])
    assert all(text.strip() for text in SENTENCES[code].values())


def test_every_code_that_is_said_has_its_sentence() -> None:
    said = {code for path in COMFORT.glob("*.py") for code in SAID.findall(path.read_text("utf-8"))}
    assert len(said) > 30
    assert said <= set(SENTENCES), said - set(SENTENCES)
