"""How soon product files are at hand, and how soon a device of a new one obeys.

152 published MIoT-Spec instances as a home's own files: read the first time, and at the next start from their index.
The floor is reading and parsing the same JSON and nothing else. `python bench/products.py [--quick]`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import report
import uvloop

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import PRODUCTS, Config
from jiahe.model.happening import Actor, Cause, PropertyRef, Status
from jiahe.virtual.resident import Maker
from jiahe.web.doors import AdoptRequest

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT.parent / "shared" / "data" / "miot-specs"
QUICK = "--quick" in sys.argv
ROUNDS = 5 if QUICK else 25
MODEL, PATH = "yeelink.light.fancl1", "fan.power"
WANG = Cause("bench", Actor.PERSON, "Wang", who="home")
LIMITS = (
    "The specs are the 152 of ../shared/data; without that folder nothing is measured.",
    "`new_file_to_confirmed` is a fresh home: its hub opens with the one new file, finds the (virtual) device on loopback, reads "
    "everything once, adopts it and has a command confirmed; the app's card comes from the same profile.",
)


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def parsed() -> None:
    """The floor: the same files, read and parsed."""
    for path in SPECS.glob("*.json"):
        orjson.loads(path.read_bytes())


def loaded(index: Path | None) -> Shelf:
    """A shelf with all of them."""
    shelf = Shelf()
    put_folder(shelf, SPECS, index)
    assert not shelf.faults
    return shelf


async def new_file(directory: Path, number: int) -> float:
    """Seconds from a file that nobody has seen to a confirmed command."""
    began = time.perf_counter()
    (directory / PRODUCTS).mkdir(parents=True)
    shutil.copy(SPECS / f"{MODEL}.json", directory / PRODUCTS)
    hub = await Hub.open(Config(directory))
    resident = Maker(hub.shelf, LoopClock(), os.urandom, seed=number).miio(MODEL, number)
    try:
        await resident.unit.start("127.79.7.1")
        token = resident.identity.secrets["token"].hex()
        request = AdoptRequest(resident.address, WANG, family="miio", token=token, id="lamp")
        await hub.acquaintance.adopt(request)
        command = hub.dispatch.submit(PropertyRef("lamp", PATH), WANG, value=True)
        outcome = await hub.dispatch.outcome(command.id)
        assert outcome.status is Status.CONFIRMED, outcome
        return time.perf_counter() - began
    finally:
        await resident.unit.close()
        await hub.close()


def measure() -> dict[str, report.Figure]:
    """All figures; some seconds."""
    place = ROOT / "tmp"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        index = Path(folder) / "index"
        floors = [milliseconds(parsed) for _ in range(ROUNDS)]
        first = [milliseconds(lambda: loaded(None)) for _ in range(ROUNDS)]
        loaded(index)
        again = [milliseconds(lambda: loaded(index)) for _ in range(ROUNDS)]
        whole = [milliseconds(loaded(index).all) for _ in range(ROUNDS)]
        shipped = [milliseconds(Shelf.shipped) for _ in range(ROUNDS)]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            seconds = [
                runner.run(new_file(Path(folder) / str(number), number)) for number in range(1, ROUNDS + 1)
            ]
    return {
        "152_specs_first": report.figure(first, "ms", floors, at_most=1000),
        "152_specs_from_index": report.figure(again, "ms", at_most=50),
        "152_specs_whole": report.figure(whole, "ms", floors),
        "shipped_cards": report.figure(shipped, "ms", at_most=100),
        "new_file_to_confirmed": report.figure(seconds, "s", at_most=10),
    }


if __name__ == "__main__":
    if SPECS.is_dir():
        report.write("products", measure(), LIMITS, quick=QUICK)
    else:
        print("products: nothing to measure, ../shared/data/miot-specs is not there")
