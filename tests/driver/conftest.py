"""The made-up family stands in the table for these tests."""

from __future__ import annotations

import pytest
from tests.driver.fake_house import FAMILY

from jiahe.driver import supervisor
from jiahe.driver.family import Family, family_of


@pytest.fixture(autouse=True)
def _tiny_family(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: str) -> Family:
        return FAMILY if name == "tiny" else family_of(name)

    monkeypatch.setattr(supervisor, "family_of", found)
