"""Connections of strangers: nothing of a request that cannot be read is said, logged or waited for."""

from __future__ import annotations

import asyncio
import logging

import pytest
from aiohttp import web

from jiahe.web.guest import Door
from jiahe.web.server import make_app


@pytest.fixture
async def door(house):
    """Opens the house's real door: `await door(**bounds)` gives its port."""
    runner = web.AppRunner(make_app(house.doors), access_log=None, shutdown_timeout=0.1)
    await runner.setup()

    async def start(**bounds) -> int:
        await Door(runner, "127.0.0.1", 0, **bounds).start()
        return runner.addresses[0][1]

    yield start
    await runner.cleanup()


async def said(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), 5.0) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /enter/S3CRET\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /enter/S3CRET HTTP/1.1\nHost: localhost\n\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: jiahe_80=S3CRET\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer S3CRET\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"S3CRET" * 10_000 + b"\r\n\r\n",
        b"POST /api/claim HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nS3CRET\r\n",
    ],
    ids=["path", "line ends", "cookie", "bearer", "long", "chunk"],
)
async def test_a_request_that_is_no_http_is_answered_without_a_piece_of_it(door, caplog, request_):
    caplog.set_level(logging.INFO)
    answer = await said(await door(), request_)
    assert answer.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 ")), answer
    assert b"S3CRET" not in answer
    assert b'"code":"http"' in answer or b'"code":"not_json"' in answer
    for header in (b"X-Content-Type-Options: nosniff", b"Server: jiahe", b"Cache-Control: no-store"):
        assert header in answer
    assert caplog.text == "", "a stranger's rubbish writes no log"


async def test_headers_that_never_end_are_not_waited_for(door):
    port = await door(idle=0.05)
    assert await asyncio.wait_for(said(port, b"GET / HTTP/1.1\r\nHost: local"), 5.0) == b""
    assert await asyncio.wait_for(said(port, b""), 5.0) == b""


async def test_a_second_request_that_never_ends_is_not_waited_for_either(door):
    whole = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = await asyncio.wait_for(said(await door(idle=0.05), whole + whole[:20]), 5.0)
    assert answer.count(b"200 OK") == 1


async def test_strangers_make_room_and_who_is_signed_in_stays(door, house):
    port = await door(connections=3)
    mine_in, mine_out = await asyncio.open_connection("127.0.0.1", port)
    ask = f"GET /api/home HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {house.token}\r\n\r\n".encode()
    mine_out.write(ask)
    assert await mine_in.readline() == b"HTTP/1.1 200 OK\r\n"
    strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    for reader, _ in strangers[:3]:  # the oldest made room, one by one
        assert await ended(reader)
    again_in, again_out = await asyncio.open_connection("127.0.0.1", port)
    again_out.write(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert await asyncio.wait_for(again_in.readline(), 5.0) == b"HTTP/1.1 200 OK\r\n"
    mine_out.write(ask)
    assert b"HTTP/1.1 200 OK\r\n" in await asyncio.wait_for(mine_in.readuntil(b"HTTP/1.1 200 OK\r\n"), 5.0)
    for _, writer in [*strangers, (mine_in, mine_out), (again_in, again_out)]:
        writer.close()


@pytest.mark.parametrize("body", [b"abcd", b"\x1f\x8b"])
async def test_a_packed_body_is_refused_and_not_unpacked(door, caplog, body):
    head = b"POST /api/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
    answer = await said(await door(), head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b'"code":"encoded"' in answer
    assert caplog.text == ""
