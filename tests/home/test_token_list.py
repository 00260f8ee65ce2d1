"""Token lists as extractors write them; whatever else is in one is named, and a key never is."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.token_list import DEEPEST, LARGEST, read_tokens
from jiahe.model.errors import SpecError

TOKEN, LONG, KEY = "0123456789abcdef" * 2, "ab" * 64, "cd" * 32


def test_csv_with_a_head() -> None:
    found = read_tokens(
        f"name,did,mac,model,token,ip\nPurifier,460077001,AA:BB,zhimi.airpurifier.mb4,{TOKEN},10.0.0.7\n", "a"
    )
    (one,) = found.devices
    assert (one.family, one.hardware_id, one.address, one.name, one.model) == (
        "miio", "460077001", "10.0.0.7", "Purifier", "zhimi.airpurifier.mb4",
    )  # fmt: skip
    assert one.secrets == {"token": TOKEN}
    assert not found.left_out


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "head", [("Device ID", "Token", "Local IP"), ("ID", "TOKEN", "localip"), ("did", "device_token", "host")]
)
def test_any_spelling_of_the_columns(delimiter: str, head: tuple[str, ...]) -> None:
    text = (
        "\ufeff" + delimiter.join(head) + "\r\n" + delimiter.join(("77", TOKEN.upper(), "10.0.0.7")) + "\r\n"
    )
    (one,) = read_tokens(text, "a").devices
    assert (one.hardware_id, one.secrets["token"]) == ("77", TOKEN)


def test_json_nested_by_server_and_home() -> None:
    listed = [{"server": "cn", "homes": [{"home_id": 1, "devices": [
        {"name": "灯", "did": "77", "token": TOKEN, "model": "philips.light.bulb", "localip": "10.0.0.8"},
        {"name": "Door", "did": "blt.3.1abc", "mac": "C8:0F:10:11:22:33", "token": "", "beaconkey": "ab" * 16},
    ]}]}]  # fmt: skip
    light, door = read_tokens(json.dumps(listed), "a").devices
    assert (light.name, light.hardware_id) == ("灯", "77")
    assert (door.family, door.secrets) == ("mibeacon", {"key": "ab" * 16})
    assert door.hardware_id == str(0xC80F10112233)


def test_the_text_that_an_extractor_prints() -> None:
    text = f"""Devices found for server "cn" @ home "1":
   ---------
   NAME:     Air Purifier
   ID:       460077001
   MAC:      AA:BB:CC:DD:EE:FF
   IP:       10.0.0.7
   TOKEN:    {TOKEN}
   MODEL:    zhimi.airpurifier.mb4
   ---------
   NAME:     Camera
   ID:       5
   MODEL:    isa.camera.hlc7
   ---------
"""
    (one,) = read_tokens(text, "a").devices
    assert (one.hardware_id, one.name) == ("460077001", "Air Purifier")


def test_midea_needs_both() -> None:
    (one,) = read_tokens(
        json.dumps({"id": 147334000001, "token": LONG, "key": KEY, "ip": "10.0.0.9"}), "a"
    ).devices
    assert (one.family, one.hardware_id) == ("midea", "147334000001")
    assert one.secrets == {"token": LONG, "key": KEY}
    found = read_tokens(json.dumps({"name": "AC", "id": 1, "token": LONG}), "a")
    assert not found.devices
    assert "128" in found.left_out[0]


def test_without_an_id_the_address_will_do_and_without_both_nothing() -> None:
    found = read_tokens(
        f"name,token,ip\nA,{TOKEN},10.0.0.7\nB,{TOKEN},\nC,,10.0.0.8\nD,{TOKEN[:30]},10.0.0.9\n", "a"
    )
    assert [(one.hardware_id, one.address) for one in found.devices] == [("", "10.0.0.7")]
    assert [why.split(":")[0] for why in found.left_out] == ["B", "C", "D"]


def test_what_hangs_on_a_gateway_is_named() -> None:
    found = read_tokens(f"name,did,token\nSensor,lumi.158d0001,{TOKEN}\n", "a")
    assert "through a gateway" in found.left_out[0]


def test_no_key_is_ever_repeated() -> None:
    found = read_tokens(f"name,did,token,ip\nA,x,{TOKEN[:-1]},\nB,,{TOKEN},\n", "a")
    assert TOKEN[:20] not in " ".join(found.left_out)
    good = read_tokens(f"name,did,token\nA,1,{TOKEN}\n", "a")
    assert TOKEN not in repr(good)


@pytest.mark.parametrize("text", ["", "hello", "{", "[" * 100_000, '{"a": 1}', "a,b\n1,2\n", "5"])
def test_no_list_is_said_to_be_one(text: str) -> None:
    with pytest.raises(SpecError):
        read_tokens(text, "a")


def test_the_bounds() -> None:
    with pytest.raises(SpecError, match="more than"):
        read_tokens("x" * (LARGEST + 1), "a")
    deep = '{"a":' * (DEEPEST + 2) + json.dumps({"did": "1", "token": TOKEN}) + "}" * (DEEPEST + 2)
    with pytest.raises(SpecError):
        read_tokens(deep, "a")
    many = "did,token\n" + "".join(f"{number},{TOKEN}\n" for number in range(3000))
    found = read_tokens(many, "a")
    assert len(found.devices) == 2000
    assert found.left_out


@given(st.text(max_size=300))
def test_any_text_is_a_list_or_is_said_to_be_none(text: str) -> None:
    with contextlib.suppress(SpecError):
        read_tokens(text, "a")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["token", "did", "ip", "mac", "key", "bindkey", "x"]), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_any_json_too(body: object) -> None:
    with contextlib.suppress(SpecError):
        read_tokens(json.dumps([body]), "a")
