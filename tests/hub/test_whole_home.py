"""The promises of the house, kept by all its rooms together."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import orjson
import pytest
from tests.hub.whole_home import SOMEBODY, whole_home
from tests.machines.virtual_time import virtual_time

from jiahe.model.happening import PropertyRef, Quality, Reach, RecordKind, Status

PURIFIER, CONDITIONER = "living-purifier", "bedroom-ac"


@virtual_time
async def test_both_devices_obey_and_every_record_says_who(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        for device, path, value in (
            (PURIFIER, "mode", "sleep"),
            (PURIFIER, "child_lock", True),
            (CONDITIONER, "target_temperature", 24.5),
            (CONDITIONER, "fan_mode", "silent"),
            (CONDITIONER, "display", False),
        ):
            outcome = await whole.command(device, path, value)
            assert (outcome.status, outcome.reason) == (Status.CONFIRMED, "")
            assert whole.home.residents[device].unit.virtual.values[path] == value
            reading = hub.store.get(PropertyRef(device, path))
            assert reading is not None
            assert (reading.value, reading.quality, reading.cause) == (value, Quality.GOOD, SOMEBODY)
        await hub.journal.committed(hub.journal.last_seq)
        records = await hub.journal.newest(1000)
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        caused = [record for record in records if record.body.get("cause", {}).get("source") == "Wang"]
        for kind in (RecordKind.COMMAND, RecordKind.UPDATE, RecordKind.OUTCOME):
            assert [record for record in caused if record.kind is kind], kind


@virtual_time
async def test_the_room_follows_the_air_conditioner(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        before = whole.hub.store.get(PropertyRef(CONDITIONER, "temperature"))
        assert before is not None
        assert (await whole.command(CONDITIONER, "mode", "heat")).status is Status.CONFIRMED
        assert (await whole.command(CONDITIONER, "target_temperature", 30.0)).status is Status.CONFIRMED
        assert (await whole.command(CONDITIONER, "power", True)).status is Status.CONFIRMED
        await asyncio.sleep(1800)
        after = whole.hub.store.get(PropertyRef(CONDITIONER, "temperature"))
        assert after is not None
        assert isinstance(before.value, float)
        assert isinstance(after.value, float)
        assert after.value > before.value + 1


@virtual_time
async def test_silence_is_said_and_values_grow_stale(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        hub, ref = whole.hub, PropertyRef(PURIFIER, "pm2_5")
        await whole.home.put_faults(PURIFIER, {"mute": True})
        outcome = await whole.command(PURIFIER, "power", False, timeout=5)
        assert outcome.status in (Status.TIMED_OUT, Status.FAILED)
        assert outcome.reason
        await whole.until(lambda: hub.store.availability(PURIFIER).state is Reach.OFFLINE, 60)
        await whole.until(lambda: (found := hub.store.get(ref)) and found.quality is Quality.STALE, 60)
        assert hub.store.availability(CONDITIONER).state is Reach.ONLINE
        await whole.home.put_faults(PURIFIER, {"mute": False})
        await whole.until(lambda: (found := hub.store.get(ref)) and found.quality is Quality.GOOD, 120)
        assert hub.store.availability(PURIFIER).state is Reach.ONLINE


@pytest.mark.parametrize("device", [PURIFIER, CONDITIONER])
@virtual_time
async def test_a_wrong_key_locks_out_in_words_and_the_right_one_opens(tmp_path: Path, device: str) -> None:
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        await whole.home.put_faults(device, {"wrong_key": True})
        await whole.until(lambda: hub.store.availability(device).state is Reach.LOCKED_OUT, 300)
        assert "jiahe adopt" in hub.store.availability(device).reason
        outcome = await whole.command(device, "power", True)
        assert outcome.status in (Status.REFUSED, Status.FAILED, Status.TIMED_OUT)
        await whole.home.put_faults(device, {"wrong_key": False})
        await whole.until(lambda: hub.store.availability(device).state is Reach.ONLINE, 300)


@virtual_time
async def test_frames_with_a_wrong_checksum_are_counted_and_not_believed(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        for device in (PURIFIER, CONDITIONER):
            await whole.home.put_faults(device, {"wrong_checksum": True})
        await asyncio.sleep(60)
        for device in (PURIFIER, CONDITIONER):
            assert hub.store.availability(device).state is not Reach.ONLINE
            counters = hub.tap(device)["counters"]
            disbelieved = [why for why in counters if re.search("checksum|signature|hash", why)]
            assert disbelieved, counters


@virtual_time
async def test_a_restart_remembers_and_says_how_old_it_is(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        await whole.command(PURIFIER, "mode", "sleep")

    async def mute(home: object) -> None:
        await home.put_faults(PURIFIER, {"mute": True})  # type: ignore[attr-defined]

    async with whole_home(tmp_path, change=mute) as whole:
        reading = whole.hub.store.get(PropertyRef(PURIFIER, "mode"))
        assert reading is not None
        assert (reading.value, reading.quality) == ("sleep", Quality.STALE)


@virtual_time
async def test_a_command_that_a_dead_hub_left_open_gets_its_end(tmp_path: Path) -> None:
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        body = {
            "id": "left-open",
            "device": PURIFIER,
            "property": "power",
            "value": True,
            "deadline": 0.0,
            "cause": {"id": "c", "kind": "person", "source": "Wang"},
        }
        hub.append(hub.clock.now(), RecordKind.COMMAND, body)
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        await hub.journal.committed(hub.journal.last_seq)
        ends = [
            r.body
            for r in await hub.journal.newest(1000)
            if r.kind is RecordKind.OUTCOME and r.body["command"] == "left-open"
        ]
        assert [(end["status"], end["property"], end["cause"]["source"]) for end in ends] == [
            ("failed", "power", "Wang")
        ]


@virtual_time
async def test_keys_are_nowhere_to_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: set[bytes] = set()
    async with whole_home(tmp_path) as whole:
        hub = whole.hub
        for device, resident in whole.home.residents.items():
            secrets |= set(resident.identity.secrets.values())
            if "power" in resident.product.profile.properties:
                await whole.command(device, "power", True)
            await whole.home.act(device, "reboot")
        await asyncio.sleep(60)
        said = orjson.dumps([hub.tap(device) for device in whole.home.residents]).decode() + repr(vars(hub))
        said += orjson.dumps([dict(record.body) for record in await hub.journal.newest(5000)]).decode()
        for device in hub.registry.devices.values():
            said += repr(device) + orjson.dumps(dict(device.facts)).decode()
    said += caplog.text
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "key")
    assert len(secrets) == 16  # four devices have a token, five a token and a key, two bands a key
    for secret in secrets:
        for shown in (secret.hex(), secret.hex().upper(), repr(secret)[2:-1]):
            assert shown not in said
            assert shown.encode() not in files
        assert secret not in files
