"""One thing worth telling. Owns its shape; never who hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from jiahe.notice.topic import TOPICS, Topic


class Text(NamedTuple):
    """A notice in one language; `title` is one line."""

    title: str
    body: str = ""


Words = Mapping[str, Text]
"""The same notice by language: "en" and "zh"."""


@dataclass(frozen=True, slots=True)
class Happening:
    """`key` names what it is about: the same key soon again is the same notice, counted. `at` is epoch seconds.

    `device` and `part` (a path of it) are what it is about, else "". `path` is the app's page about it. `to` is the name of
    the one person who is meant, or "" for everybody who may see it.
    """

    topic: Topic
    key: str
    at: float
    words: Words
    device: str = ""
    part: str = ""
    path: str = "/"
    to: str = ""
    urgent: bool = False

    @property
    def breaks_through(self) -> bool:
        """Whether quiet hours do not hold it back."""
        return self.urgent or TOPICS[self.topic].urgent
