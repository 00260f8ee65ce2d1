"""Every sentence of comfort by its code, put together from the rooms that say them. Owns nothing but the sum."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jiahe.comfort import air_words, climate_words, shift_words, sleep_words

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {**climate_words.SENTENCES, **sleep_words.SENTENCES, **air_words.SENTENCES, **shift_words.SENTENCES}
)
"""By code, then by language; figures in braces. No code stands in two tables (tests/comfort/test_words.py)."""
TELL_SLEEP = frozenset(
    {*sleep_words.SENTENCES, "sleep_curve", "air.silent", "air.noise_bound", "air.before_sleep", "air.hushed", "air.given_back"}
)  # fmt: skip
"""Codes that tell of somebody's sleep: for those who may see their band."""
