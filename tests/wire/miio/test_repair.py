"""JSON as devices write it: what is mended, what is left alone, and what stays wrong."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.wire.miio.repair import loads


@pytest.mark.parametrize(
    ("wire", "meaning"),
    [
        (b'{"id":1,"result":["ok"]}\x00', {"id": 1, "result": ["ok"]}),
        (b'{"id":1,"result":[1]}\x00garbage{', {"id": 1, "result": [1]}),
        (b'{"a":1,,"otu_stat":2}', {"a": 1, "otu_stat": 2}),
        (b'{"a":1, , ,"b":2}', {"a": 1, "b": 2}),
        (b'[{"code":0,"value":00}]', [{"code": 0, "value": 0}]),
        (b'{"value": 000 ,"x":1}', {"value": 0, "x": 1}),
        (b'{"id":7,"result":,"exe_time":3}', {"id": 7, "result": None, "exe_time": 3}),
        (b'{"id":7,"result":}', {"id": 7, "result": None}),
        (b'{"say":"a,,b:00,\\":,","x":1,,"y":2}', {"say": 'a,,b:00,":,', "x": 1, "y": 2}),
        (b'{"value":0.5,,"v":100}', {"value": 0.5, "v": 100}),
    ],
)
def test_mended(wire: bytes, meaning: object) -> None:
    assert loads(wire) == meaning


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\x00",
        b"not json",
        b"\xff\xfe",
        b'{"a":010}',
        b'{"a":"open',
        b'{"a":1e999}',
        b"NaN",
        b"[" * 2000 + b"]" * 2000,
        b'{"a":1}{"b":2}',
        b"[1,]",
    ],
)
def test_not_json_even_then(wire: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the parser's own words
        loads(wire)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(JSON)
def test_right_json_is_never_touched(value: object) -> None:
    assert loads(json.dumps(value).encode()) == value


@given(JSON, st.sampled_from([",,", ", ,", ",,,"]))
def test_doubled_commas_change_nothing_inside_strings(value: object, commas: str) -> None:
    assert loads(f'{{"s":{json.dumps(",,:00,")}{commas}"v":{json.dumps(value)}}}'.encode()) == {
        "s": ",,:00,",
        "v": value,
    }


@pytest.mark.parametrize(
    "wire", [b'"' * 8001, b'"\\' * 4000, b'"' + b'\\"' * 4000, b", " * 4000, b":0" * 4000]
)
def test_the_wildest_payload_costs_little(wire: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError):  # noqa: PT011
        loads(wire)
    assert time.perf_counter() - began < 0.5
