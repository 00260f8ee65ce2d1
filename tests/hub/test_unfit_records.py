"""What a device says in a way that cannot be kept ends neither the hub nor the journal."""

from __future__ import annotations

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.errors import StoreError
from jiahe.model.happening import Availability, Reach, RecordKind


@pytest.fixture
async def hub(tmp_path):
    hub = await Hub.open(Config(tmp_path / "home"), Shelf({}))
    yield hub
    await hub.close()


async def kept(hub):
    await hub.journal.committed(hub.journal.last_seq)
    return (await hub.journal.newest(1))[0].body


async def test_half_a_character_in_a_devices_words_is_shown_and_kept(hub):
    said = "the device refused: \ud83d"
    record = hub.append(1.0, RecordKind.OUTCOME, {"command": "c", "reason": said, "cause": {"id": "\udc00"}})
    assert await kept(hub) == record.body
    assert record.body["reason"] == "the device refused: \\ud83d"
    hub.intake.availability("box", Availability(Reach.OFFLINE, 2.0, said))
    assert (await kept(hub))["reason"] == "the device refused: \\ud83d"
    assert not hub.failure.done()


@pytest.mark.parametrize(
    ("number", "shown"),
    [(2**64, str(2**64)), (-(2**63) - 1, str(-(2**63) - 1)), (10**5000, "a number of hundreds of digits")],
    ids=["high", "low", "endless"],
)
async def test_numbers_beyond_json_are_shown_and_kept(hub, number, shown):
    hub.append(1.0, RecordKind.EVENT, {"arguments": {"a": [number, (number, 1.5, True, None)]}})
    assert (await kept(hub))["arguments"] == {"a": [shown, [shown, 1.5, True, None]]}
    assert not hub.failure.done()


@pytest.mark.parametrize("body", [{"text": "x" * 70_000}, {"thing": object()}], ids=["long", "no JSON"])
async def test_a_record_that_cannot_be_kept_is_refused_and_the_next_is_taken(hub, body):
    with pytest.raises(StoreError):
        hub.append(1.0, RecordKind.EVENT, body)
    assert not hub.failure.done()
    hub.append(1.0, RecordKind.EVENT, {"well": True})
    assert await kept(hub) == {"well": True}
    assert not hub.journal.trouble
