"""The stream over a real socket: snapshot, resume, slow readers, who may listen and for how long."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer

from jiahe.model.errors import StoreError
from jiahe.model.happening import Quality
from jiahe.web import stream
from jiahe.web.server import SERVICE, make_app


async def read(socket):
    message = await asyncio.wait_for(socket.receive(), 5)
    assert message.type is WSMsgType.TEXT, message
    return json.loads(message.data, parse_constant=pytest.fail)


async def read_records(socket, upto):
    records = []
    while not records or records[-1]["seq"] < upto:
        message = await read(socket)
        if message["type"] == "records":
            records += message["records"]
            assert message["cursor"] == records[-1]["seq"]
    return records


async def test_a_newcomer_gets_a_snapshot_and_then_every_record(client, house):
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        first = await read(socket)
        assert first["type"] == "snapshot"
        assert first["cursor"] == first["home"]["cursor"] == house.journal.last_seq
        assert first["home"]["devices"][0]["id"] == "ac"
        record = house.journal.append({"device": "ac", "value": 1})
        message = await read(socket)
        assert message == {
            "type": "records",
            "cursor": record.seq,
            "records": [
                {"seq": record.seq, "at": record.at, "kind": "update", "body": {"device": "ac", "value": 1}}
            ],
        }


async def test_one_commit_is_one_message_for_everybody_and_written_once(client, house, monkeypatch):
    calls = []
    real = stream.record_body
    monkeypatch.setattr(stream, "record_body", lambda record, body: calls.append(1) or real(record, body))
    sockets = [await client.ws_connect("/api/stream", headers=house.bearer) for _ in range(3)]
    for socket in sockets:
        assert (await read(socket))["type"] == "snapshot"
    house.journal.auto = False
    for number in range(20):
        house.journal.append({"n": number})
    house.journal.commit()
    for socket in sockets:
        assert len((await read(socket))["records"]) == 20
    assert len(calls) == 20
    for socket in sockets:
        await socket.close()


async def test_nothing_is_sent_before_it_is_on_disk(client, house):
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        await read(socket)
        house.journal.auto = False
        house.journal.append({"n": 1})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.receive(), 0.1)


async def test_who_comes_back_by_its_cursor_gets_what_it_missed_and_the_ages(client, house):
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        cursor = (await read(socket))["cursor"]
    for number in range(1200):
        house.journal.append({"n": number})
    async with client.ws_connect(f"/api/stream?after={cursor}", headers=house.bearer) as socket:
        records = await read_records(socket, house.journal.last_seq)
        assert [record["seq"] for record in records] == list(range(cursor + 1, cursor + 1201))
        seen = await read(socket)
        assert seen["type"] == "seen"
        assert seen["observed"] == {"ac/power": 1.79e9, "ac/temperature": 1.79e9}
        assert house.journal.reads == 3


async def test_a_cursor_at_the_end_gets_only_what_is_new(client, house):
    async with client.ws_connect(
        f"/api/stream?after={house.journal.last_seq}", headers=house.bearer
    ) as socket:
        assert (await read(socket))["type"] == "seen"
        house.journal.append({"n": 1})
        assert (await read(socket))["records"][0]["body"] == {"n": 1}


@pytest.mark.parametrize("after", [0, 10**9])
async def test_a_cursor_too_old_or_of_another_life_gets_a_snapshot(client, house, monkeypatch, after):
    monkeypatch.setattr(stream, "RESUME_LIMIT", 5)
    for number in range(10):
        house.journal.append({"n": number})
    async with client.ws_connect(f"/api/stream?after={after}", headers=house.bearer) as socket:
        assert (await read(socket))["type"] == "snapshot"
        record = house.journal.append({"n": 99})
        assert (await read(socket))["cursor"] == record.seq


@pytest.mark.parametrize("query", ["after=-1", "after=x", "x=1"])
async def test_a_bad_cursor_is_refused_before_the_handshake(client, house, query):
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect(f"/api/stream?{query}", headers=house.bearer)
    assert caught.value.status == 422


async def test_a_plain_request_is_told_what_is_spoken_here(client, house):
    answer = await client.get("/api/stream", headers=house.bearer)
    assert answer.status == 426
    assert "WebSocket" in (await answer.json())["error"]["message"]


async def test_a_huge_commit_comes_in_pieces(client, house):
    async with client.ws_connect("/api/stream", headers=house.bearer, max_msg_size=1 << 20) as socket:
        await read(socket)
        house.journal.auto = False
        for number in range(1100):
            house.journal.append({"n": number, "text": "x" * (4000 if number < 100 else 1)})
        house.journal.commit()
        records, sizes = [], []
        while len(records) < 1100:
            message = await read(socket)
            sizes.append(len(message["records"]))
            records += message["records"]
        assert [record["body"]["n"] for record in records] == list(range(1100))
        assert max(sizes) <= stream.PAGE
        assert sizes[0] < 100


async def test_a_wild_record_stops_nobody(client, house):
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        await read(socket)
        house.journal.append({"raw": 2**90, "text": "\ud800", "value": float("nan")})
        body = (await read(socket))["records"][0]["body"]
        assert body == {"raw": str(2**90), "text": "?", "value": None}


async def test_a_slow_reader_is_let_go_and_the_others_are_not(client, house, monkeypatch):
    monkeypatch.setattr(stream, "QUEUE_MESSAGES", 10)
    slow = await client.ws_connect("/api/stream", headers=house.bearer, max_msg_size=0)
    quick = await client.ws_connect("/api/stream", headers=house.bearer, max_msg_size=0)
    for socket in (slow, quick):
        await read(socket)
    text = "x" * 250_000
    for number in range(80):  # 20 MB: more than every buffer on the way
        record = house.journal.append({"n": number, "text": text})
        assert (await read(quick))["cursor"] == record.seq
    streams = client.app[SERVICE].streams
    got = 0
    while (message := await asyncio.wait_for(slow.receive(), 10)).type is WSMsgType.TEXT:
        got += 1
    assert (message.type, message.data) == (WSMsgType.CLOSE, stream.TOO_SLOW)
    assert 0 < got < 80
    await quick.close()
    await slow.close()
    while streams.count:
        await asyncio.sleep(0)


async def test_a_reader_that_reads_nothing_at_all_is_cut_off(client, house, monkeypatch):
    monkeypatch.setattr(stream, "QUEUE_MESSAGES", 5)
    monkeypatch.setattr(stream, "CLOSE_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1024)
    request = (
        f"GET /api/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {house.token}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    writer.write(request.encode())
    await reader.readuntil(b"\r\n\r\n")
    streams = client.app[SERVICE].streams
    while not any(one.live for one in streams._clients):
        await asyncio.sleep(0.001)
    for _ in range(100):
        house.journal.append({"text": "x" * 250_000})
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while streams.count or streams._tasks:
            await asyncio.sleep(0.01)
    writer.close()


async def test_streams_are_bounded(client, house, monkeypatch):
    monkeypatch.setattr(stream, "CLIENT_LIMIT", 2)
    sockets = [await client.ws_connect("/api/stream", headers=house.bearer) for _ in range(2)]
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/api/stream", headers=house.bearer)
    assert caught.value.status == 503
    await sockets[0].close()
    streams = client.app[SERVICE].streams
    while streams.count > 1:
        await asyncio.sleep(0)
    await (await client.ws_connect("/api/stream", headers=house.bearer)).close()
    await sockets[1].close()


async def test_nobody_alone_takes_all_streams(client, house, monkeypatch):
    monkeypatch.setattr(stream, "CLIENT_LIMIT", 4)
    monkeypatch.setattr(stream, "OF_ONE", 2)
    greedy = {"Authorization": f"Bearer {await house.people.create_token('greedy')}"}
    sockets = [await client.ws_connect("/api/stream", headers=greedy) for _ in range(2)]
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/api/stream", headers=greedy)
    assert caught.value.status == 429
    sockets.append(await client.ws_connect("/api/stream", headers=house.bearer))
    for socket in sockets:
        await socket.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_site_does_not_listen(signed, house, origin):
    for headers in ({}, house.bearer):
        with pytest.raises(WSServerHandshakeError) as caught:
            await signed.ws_connect("/api/stream", headers=headers, origin=origin)
        assert caught.value.status == 403


async def test_the_own_page_listens_with_its_cookie(signed):
    async with signed.ws_connect("/api/stream", origin=f"http://{signed.host}:{signed.port}") as socket:
        assert (await read(socket))["type"] == "snapshot"


async def test_signing_out_ends_the_stream_within_a_second(signed):
    socket = await signed.ws_connect("/api/stream")
    await read(socket)
    await signed.delete("/api/session")
    message = await asyncio.wait_for(socket.receive(), 1.0)
    assert message.type is WSMsgType.CLOSE
    assert socket.close_code == stream.SIGNED_OUT


async def test_a_stream_of_a_session_that_runs_out_ends(signed, house):
    socket = await signed.ws_connect("/api/stream")
    await read(socket)
    house.clock.pass_(91 * 86400)
    while (await asyncio.wait_for(socket.receive(), 2.0)).type is not WSMsgType.CLOSE:
        pass
    assert socket.close_code == stream.SIGNED_OUT


async def test_values_that_came_again_are_told_at_most_once_a_second(client, house):
    client.app[SERVICE].streams._tick = 0.01
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        await read(socket)
        house.clock.pass_(5)
        house.store.say("temperature", 21.5, at=house.clock.now() - 1)
        message = await read(socket)
        assert message == {
            "type": "seen",
            "now": house.clock.now(),
            "observed": {"ac/temperature": house.clock.now() - 1},
        }
        with pytest.raises(TimeoutError):  # once is enough
            await asyncio.wait_for(socket.receive(), 0.1)
        house.clock.pass_(-3600)  # the clock is set back
        house.store.say("power", True, Quality.GOOD, at=house.clock.now() + 0.5)
        assert "ac/power" in (await read(socket))["observed"]


async def test_nobody_listens_and_nothing_runs(client, house):
    streams = client.app[SERVICE].streams
    streams._tick = 0.001
    socket = await client.ws_connect("/api/stream", headers=house.bearer)
    await read(socket)
    watch = streams._watch
    await socket.close()
    await asyncio.wait_for(watch, 2)
    assert streams.count == 0
    socket = await client.ws_connect("/api/stream", headers=house.bearer)
    await read(socket)
    assert not streams._watch.done()
    await socket.close()


async def test_a_failing_look_does_not_end_the_watch(client, house, monkeypatch):
    streams = client.app[SERVICE].streams
    streams._tick = 0.01
    calls = []

    async def renewed(signed):
        calls.append(signed)
        if len(calls) == 1:
            raise RuntimeError("the disk hiccups")

    monkeypatch.setattr(house.people, "renewed", renewed)
    socket = await client.ws_connect("/api/stream", headers=house.bearer)
    await read(socket)
    message = await asyncio.wait_for(socket.receive(), 2)
    assert message.type is WSMsgType.CLOSE
    assert socket.close_code == stream.SIGNED_OUT


async def test_a_client_that_talks_and_talks_is_let_go(client, house, monkeypatch):
    monkeypatch.setattr(stream, "CHATTER_LIMIT", 3)
    socket = await client.ws_connect("/api/stream", headers=house.bearer)
    await read(socket)
    for _ in range(3):
        await socket.send_str("hello?")
    while (await asyncio.wait_for(socket.receive(), 2)).type is WSMsgType.TEXT:
        pass
    assert socket.close_code == stream.CHATTER


async def test_a_message_of_a_megabyte_from_a_client_is_not_read(client, house):
    socket = await client.ws_connect("/api/stream", headers=house.bearer)
    await read(socket)
    await socket.send_bytes(b"x" * 1_000_000)
    while (await asyncio.wait_for(socket.receive(), 5)).type is WSMsgType.TEXT:
        pass
    assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    assert (await client.get("/api/health")).status == 200


async def test_a_hub_that_stops_says_so(house):
    server = TestServer(make_app(house.doors), shutdown_timeout=1)
    async with TestClient(server) as client:
        socket = await client.ws_connect("/api/stream", headers=house.bearer)
        await read(socket)
        closing = asyncio.create_task(server.close())
        message = await asyncio.wait_for(socket.receive(), 2)
        assert (message.type, message.data) == (WSMsgType.CLOSE, stream.GOING_AWAY)
        await asyncio.wait_for(closing, 5)
    assert not house.journal.callbacks
    assert house.journal.watchers == 0


async def test_records_come_without_delay_only_while_somebody_listens(client, house):
    assert house.journal.watchers == 0
    sockets = [await client.ws_connect("/api/stream", headers=house.bearer) for _ in range(2)]
    for socket in sockets:
        await read(socket)
    assert house.journal.watchers == 2
    for socket in sockets:
        await socket.close()
    while house.journal.watchers:
        await asyncio.sleep(0)


async def test_a_quiet_home_is_heard_to_be_alive(client, house):
    client.app[SERVICE].streams._tick = 0.001
    async with client.ws_connect("/api/stream", headers=house.bearer) as socket:
        await read(socket)
        house.clock.pass_(stream.QUIET)
        assert await read(socket) == {"type": "seen", "now": house.clock.now(), "observed": {}}
        with pytest.raises(TimeoutError):  # once, and not again until it was quiet for as long
            await asyncio.wait_for(socket.receive(), 0.05)


async def test_a_disk_that_fails_ends_the_stream_in_words(client, house):
    house.journal.append({"n": 1})

    async def fail():
        raise StoreError("The disk cannot be read.")

    house.journal.before_read = fail
    socket = await client.ws_connect("/api/stream?after=0", headers=house.bearer)
    message = await asyncio.wait_for(socket.receive(), 2)
    assert (message.type, message.data) == (WSMsgType.CLOSE, stream.FAILED)


async def test_a_phone_that_leaves_during_the_handshake_is_no_defect(signed, house, monkeypatch, caplog):
    async def gone(self, request):
        raise ConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr(stream.web.WebSocketResponse, "prepare", gone)
    handshake = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                 "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    answer = await signed.get("/api/stream", headers={**house.bearer, **handshake})
    assert answer.status == 204
    assert caplog.records == []
