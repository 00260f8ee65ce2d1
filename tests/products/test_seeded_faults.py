"""The conformance run finds what is wrong: every seeded fault by its name (the promise is 95 in 100 of 40), and nothing
where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.faults import seeded, seeded_frames  # noqa: F401 - their faults join the list
from tests.products.faults.fault import CONDITIONER, FAULTS, PURIFIER, Fault

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.catalog.product_file import read_product
from jiahe.kit.conformance import examine_twin
from jiahe.kit.finding import Verdict

FILE = Path(__file__).parent / "faults" / "purifier.toml"
LEAST = 40


def product_of(name: str) -> Product:
    if name == PURIFIER:
        return read_product(FILE.read_text("utf-8"), FILE.name)
    found = Shelf.shipped().get(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", [PURIFIER, CONDITIONER])
def test_a_device_without_a_fault_passes(name: str) -> None:
    done = examine_twin(product_of(name))
    wrong = [
        (one.id, f.path, f.text) for one in done.results for f in one.findings if f.verdict is Verdict.FAILED
    ]
    assert wrong == []
    assert sum(result.tried for result in done.results) > 100


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_found(fault: Fault) -> None:
    failed = examine_twin(product_of(fault.product), played=fault.played, between=fault.between).failed()
    assert set(failed) & set(fault.by), f"seen only by {failed}, not by {fault.by}"


def test_the_list_is_long_enough_and_says_each_fault_once() -> None:
    assert len(FAULTS) >= LEAST
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
