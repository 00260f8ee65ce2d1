"""A keeper of documents in memory and a clock that stands still: what the home's tests stand on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest


class MemoryDocuments:
    """As `storage.documents.Documents`: bodies are copied, so nobody changes what is "on disk" by holding
    it.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.reads = 0

    async def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        self.kept[kind, key] = copy.deepcopy(dict(body))

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        self.reads += 1
        return copy.deepcopy(self.kept.get((kind, key)))

    async def delete(self, kind: str, key: str) -> None:
        self.kept.pop((kind, key), None)

    async def all(self, kind: str) -> dict[str, dict[str, Any]]:
        return {id_: copy.deepcopy(body) for (its, id_), body in sorted(self.kept.items()) if its == kind}


class StillClock:
    """Both readings move only when told."""

    def __init__(self) -> None:
        self.wall, self.ticks = 1_790_000_000.0, 50.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()
