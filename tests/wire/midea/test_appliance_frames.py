"""The sheets against every frame of their types in the shared data, field by field with two independent decoders.

`docs/midea-frames.md` lists what disagrees, with the reason; here each disagreement is held to exactly that class. The
frames are mostly built by a library's tests: their length byte and checksum are wrong, so their bodies are what is read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.wire.midea.agreements import OLD_MICROWAVE, SAME, WATER, Same

from jiahe.wire.midea import frame
from jiahe.wire.midea.appliance import Asking, Told
from jiahe.wire.midea.appliances.device_side import SheetDevice
from jiahe.wire.midea.appliances.hub_side import SheetHub, capabilities
from jiahe.wire.midea.frame import Frame, Kind
from jiahe.wire.midea.sheet import Layout, Sheet
from jiahe.wire.midea.table import SHEETS
from jiahe.wire.talk import Write

BY_TYPE = {sheet.type: sheet for sheet in SHEETS}


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared_data / "midea-frames.json").read_text(encoding="utf-8"))
    return [row for row in found if int(row["device_type"], 16) in BY_TYPE]


def sheet_of(row: Mapping[str, Any]) -> Sheet:
    return BY_TYPE[int(row["device_type"], 16)]


def framed(row: Mapping[str, Any]) -> Frame:
    """The frame as it stands, its length and checksum not believed."""
    data = bytes.fromhex(row["hex"])
    return Frame(data[2], data[9], data[frame.HEADER : -1], data[8])


def layout_of(row: Mapping[str, Any]) -> Layout | None:
    return next((layout for layout in sheet_of(row).layouts if layout.fits(framed(row))), None)


def said(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["kind"] == "frame" and row["direction"] == "device->client":
            yield row


# ---- which frames mean something ---------------------------------------------------------------------------------


def test_the_same_frames_are_understood_as_by_the_decoders(rows: list[dict[str, Any]]) -> None:
    """All 115 rows; one that a decoder reads nothing in, ours read nothing in either, and the other way round."""
    counts: Counter[str] = Counter()
    for row in said(rows):
        theirs = row["expected"].get("as_decoded_in_upstream_test")
        assert (layout_of(row) is not None) == bool(theirs), row
        counts["understood" if theirs else "without a meaning to both"] += 1
    assert counts == {"understood": 72, "without a meaning to both": 24}


def test_a_frame_whose_checksum_is_right_goes_through_the_whole_hub_side(rows: list[dict[str, Any]]) -> None:
    """And every body does when it is framed anew; with the tail that some types close it with."""
    heard: Counter[str] = Counter()
    for row in said(rows):
        sheet = sheet_of(row)
        if layout_of(row) is None:
            continue
        told_in = framed(row)
        again = frame.encode(
            Frame(sheet.type, told_in.kind, told_in.body, told_in.protocol, 7 if sheet.tail else None)
        )
        read = frame.decode(again)
        assert isinstance(read, Frame)
        hub = SheetHub(sheet, {"protocol": told_in.protocol})
        told = hub.hear(read, 0.0)
        assert isinstance(told, Told), row
        heard[told.what] += 1
    assert sum(heard.values()) == 72
    assert {"state", "doors", "set points", "alarms", "work", "change", "light", "notice"} <= set(heard)


def test_the_captured_bodies_of_dehumidifiers(rows: list[dict[str, Any]]) -> None:
    """Ten states and two lists of capabilities of live units; the two last bytes are message id and CRC."""
    state = BY_TYPE[0xA1].layout("state")
    seen = []
    for row in rows:
        if row["kind"] != "body":
            continue
        body = bytes.fromhex(row["hex"])[:-2]
        if body[0] == 0xB5:
            told = capabilities(body, BY_TYPE[0xA1].capabilities)
            assert told["fan"] in (1, 3)
            assert told["tank_alarm_level"] == 4
            continue
        assert state.fits(Frame(0xA1, Kind.QUERY, body))
        values = state.read(body)
        assert values["state.humidity"] == body[16]
        seen.append(
            (
                values["state.mode"],
                values["state.fan"],
                values["state.target_humidity"],
                values["state.humidity"],
            )
        )
        assert state.read(state.write(values, Kind.QUERY)) == {
            **state.read(state.write({}, Kind.QUERY)),
            **values,
        }
    assert len(seen) == 10
    assert (1, 40, 60, 63) in seen
    assert (1, 80, 35, 30) in seen


def test_the_commands_to_dehumidifiers(rows: list[dict[str, Any]]) -> None:
    """midea-beautiful-air's literals, checksums and all; they end with one byte too many."""
    asked: Counter[str] = Counter()
    for row in rows:
        if row["direction"] != "client->device":
            continue
        read = frame.decode(bytes.fromhex(row["hex"])[:-1])
        assert isinstance(read, Frame), read
        asking = SheetDevice(BY_TYPE[0xA1], {}).asked(read)
        assert isinstance(asking, Asking), (row["hex"], asking)
        asked[type(asking.ask).__name__] += 1
        if isinstance(asking.ask, Write):
            assert asking.ask.values["state.target_humidity"] == read.body[7]
            assert asking.ask.values["state.fan"] == read.body[3]
    assert asked == {"Read": 1, "Write": 6}


# ---- field by field ----------------------------------------------------------------------------------------------


def difference(row: dict[str, Any], key: str, theirs: Any, ours: dict[str, Any]) -> str | None:
    """The class of a disagreement that is known and has its reason in docs/midea-frames.md."""
    type_, body = int(row["device_type"], 16), framed(row).body
    if type_ == 0xB0 and key == "current_temperature" and theirs == 0xFFFF:
        return "65535 degrees" if ours["state.temperature"] is None else None
    if (
        type_ == 0xB4
        and key in WATER
        and theirs is bool(body[16] & {"tank_ejected": 4, "water_shortage": 8}.get(key, 16))
    ):
        return "water bits at byte 16" if body[16] != body[32] else None
    if key == "time_remaining" and theirs is None and not ours["state.power"]:
        return "no time while off"
    return None


def compared(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, Any, dict[str, Any], Same]]:
    for row in said(rows):
        layout = layout_of(row)
        if layout is None:
            continue
        ours = layout.read(framed(row).body)
        table = (
            OLD_MICROWAVE
            if layout.what == "old state" and layout.blank[:1] == b"\0"
            else SAME[layout_type(row)]
        )
        for theirs in (row["expected"]["as_decoded_in_upstream_test"], *(row.get("decoded") or {}).values()):
            for key, value in theirs.items():
                yield row, key, value, ours, table[key]


def layout_type(row: Mapping[str, Any]) -> int:
    return int(row["device_type"], 16)


def test_every_field_agrees_or_is_a_named_disagreement(rows: list[dict[str, Any]]) -> None:
    agreed = 0
    classes: Counter[str] = Counter()
    for row, key, theirs, ours, same in compared(rows):
        if same(theirs, ours):
            agreed += 1
            continue
        name = difference(row, key, theirs, ours)
        assert name is not None, (row["device_type"], row["source"]["ref"], key, theirs, ours)
        classes[name] += 1
    assert agreed == 1462
    assert classes == {"65535 degrees": 2, "water bits at byte 16": 3, "no time while off": 1}
    listed = (Path(__file__).parents[3] / "docs/midea-frames.md").read_text("utf-8")
    assert all(name in listed for name in classes)
