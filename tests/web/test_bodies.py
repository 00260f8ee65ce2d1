"""Bodies of every kind, at every route that takes one."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import OutOfDefinition
from jiahe.web.answer import Refused
from jiahe.web.routes import ROUTES
from jiahe.web.shape import read_body, read_query

NESTED = 3_000


BODIES = [
    (b"", 400, "not_an_object"),
    (b"{", 400, "not_json"),
    (b"\xff\xfe", 400, "not_json"),
    (b"null", 400, "not_an_object"),
    (b"[]", 400, "not_an_object"),
    (b'"x"', 400, "not_an_object"),
    (b'{"device":NaN}', 400, "not_json"),
    (b'{"device":Infinity}', 400, "not_json"),
    (b'{"device":"\\ud800"}', 400, "not_json"),
    (b'{"device":"ac"} {"device":"ac"}', 400, "not_json"),
    (b"[" * NESTED, 400, "not_json"),
    (b'{"a":' * NESTED + b"1" + b"}" * NESTED, 400, "not_json"),
    (b'{"a":' * 17 + b"1" + b"}" * 17, 400, "too_deep"),
    (b'{"value":' + b"[" * 16 + b"]" * 16 + b"}", 400, "too_deep"),
    (b'{"device":"' + b"x" * 70_000 + b'"}', 413, "too_large"),
]


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.body is not None], ids=lambda r: f"{r.method} {r.path}"
)
async def test_no_body_of_any_kind_is_a_failure_of_ours(client, house, route, caplog, fits):
    path = route.path.replace("rooms/{id}", "rooms/living-room").replace("{id}", "ac")
    for data, status, code in BODIES:
        answer = await client.request(route.method, path, data=data, headers=house.bearer)
        body = await answer.json()
        assert (answer.status, body["error"]["code"]) == (status, code), data[:40]
        fits("Error", body)
    assert not house.dispatch.sent
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "route",
    [r for r in ROUTES if r.body is not None and not r.open_body],
    ids=lambda r: f"{r.method} {r.path}",
)
async def test_a_key_that_is_not_in_the_table_is_named(client, house, route):
    path = route.path.replace("rooms/{id}", "rooms/living-room").replace("{id}", "ac")
    answer = await client.request(route.method, path, json={"nonsense": 1}, headers=house.bearer)
    assert answer.status == 422
    assert (await answer.json())["error"]["property"] == "nonsense"


async def test_ten_megabytes_are_refused_with_and_without_their_length(client, house):
    body = b" " * 10_000_000

    async def piecewise():
        for _ in range(100):
            yield body[:100_000]

    for data in (body, piecewise()):
        try:
            answer = await client.post("/api/commands", data=data, headers=house.bearer)
            assert answer.status == 413
        except (ConnectionError, OSError):
            pass  # the hub hung up before all of it was sent: as good
        assert (await client.get("/api/health")).status == 200


async def test_a_body_that_never_ends_is_not_waited_for(client, house, monkeypatch):
    monkeypatch.setattr("jiahe.web.call.BODY_SECONDS", 0.05)
    never = asyncio.Event()

    async def slow():
        yield b"{"
        await never.wait()

    answer = await client.post("/api/commands", data=slow(), headers=house.bearer)
    assert answer.status == 408
    never.set()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)
FIELDS = [route.body for route in ROUTES if route.body]
KEYS = sorted({key for fields in FIELDS for key in fields})


@given(st.sampled_from(FIELDS), st.binary(max_size=200) | JSON.map(lambda body: json.dumps(body).encode()))
def test_any_bytes_end_in_a_body_or_in_words(fields, data):
    with contextlib.suppress(Refused, OutOfDefinition):
        assert set(read_body(data, fields)) <= set(fields)


@given(st.sampled_from(FIELDS), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_any_values_end_in_a_body_or_in_the_name_of_the_key(fields, body):
    taken, named = {}, None
    try:
        taken = read_body(json.dumps(body).encode(), fields)
    except (Refused, OutOfDefinition) as error:
        named = error.property_name
    assert named in KEYS or named in {None, ""}
    assert named is not None or all(key in taken or not field.required for key, field in fields.items())


@given(st.dictionaries(st.sampled_from(["after", "limit", "latest", "device", "x"]), st.text(max_size=30)))
def test_any_query_ends_in_values_or_in_words(query):
    fields = next(route.query for route in ROUTES if route.path == "/api/journal")
    taken, named = {}, None
    try:
        taken = read_query(query, fields)
    except OutOfDefinition as error:
        named = error.property_name
    assert named is None or named in query
    assert all(isinstance(value, int) for key, value in taken.items() if key != "device")
