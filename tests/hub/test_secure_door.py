"""The secure door alive: opened beside the first, renewed while it serves, and never in a start's way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import time
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web

from jiahe.hub import announce, secure_door
from jiahe.hub.config import Config
from jiahe.hub.secure_door import SecureDoor, is_loopback, secure_port
from jiahe.model.errors import JiaheError, LinkError
from jiahe.transport import mdns
from jiahe.web.guest import Door

NAME = "jiahe.local"


class Documents(dict):
    async def put(self, kind, key, body):
        self[kind, key] = dict(body)

    async def get(self, kind, key):
        return dict.get(self, (kind, key))


class Clock:
    def now(self):
        return time.time()

    def monotonic(self):
        return time.monotonic()


class Network:
    """In place of multicast."""

    def __init__(self):
        self.told, self.closed = [], 0

    async def others(self, host, own, wait=0):
        return []

    async def announce(self, host, addresses, services):
        self.told.append((host, list(addresses), [service.kind for service in services]))

    async def close(self):
        self.closed += 1


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(secure_door, "PERIOD", 0.02)
    monkeypatch.setattr(announce, "SECOND_LOOK", 0.0)


async def until(condition, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def living(tmp_path, documents=None, **settings):
    """A secure door beside a first one: itself, what it said when it opened, and its troubles."""
    documents = Documents() if documents is None else documents
    config = Config(tmp_path, **({"host": "127.0.0.1", "port": 0, "https_port": 0} | settings))
    door = await SecureDoor.open(config, documents, Clock(), frozenset({"hub.lan"}), lambda: "Home")
    app = web.Application()

    async def hello(request):
        return web.json_response({"secure": request.secure})

    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    first = Door(runner, "127.0.0.1", 0)
    await first.start()
    door.attach(runner, first)
    opened, troubles = [], []
    life = asyncio.create_task(door.run(opened.append, troubles.append))
    try:
        yield door, opened, troubles, life
    finally:
        await door.close()
        await asyncio.gather(life, return_exceptions=True)
        await runner.cleanup()


async def get(door, name=NAME):
    """As a client that believes the home's CA alone."""
    pem = ssl.DER_cert_to_PEM_cert(door.authority())
    context = ssl.create_default_context(cadata=pem)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"https://127.0.0.1:{door.state().port}/", ssl=context, server_hostname=name) as answer,
    ):
        return await answer.json()


async def test_it_opens_beside_the_first_door(tmp_path):
    async with living(tmp_path) as (door, opened, troubles, _):
        await until(lambda: opened)
        for name in (NAME, "localhost", "127.0.0.1", "hub.lan"):
            assert await get(door, name) == {"secure": True}
        state = door.state()
        assert state == opened[0]
        assert (state.url, state.announced, state.trouble) == (f"https://localhost:{state.port}", False, "")
        assert len(state.fingerprint.split(":")) == 32
        assert troubles == []


async def test_strangers_at_both_doors_share_one_bound(tmp_path, monkeypatch):
    async with living(tmp_path) as (door, opened, _, _life):
        await until(lambda: opened)
        guests = door._door.guests
        assert guests is door._first.guests
        monkeypatch.setattr(guests, "_limit", 3)
        waiting = [await asyncio.open_connection("127.0.0.1", door.state().port) for _ in range(8)]
        await until(lambda: len(guests) == 3)  # none of them said a word yet
        assert await asyncio.wait_for(waiting[0][0].read(), 10) == b""  # the oldest made room
        assert await get(door) == {"secure": True}
        for _, writer in waiting:
            writer.close()
        await until(lambda: len(guests) <= 1)


async def test_rubbish_in_place_of_a_handshake_is_the_clients_affair(tmp_path, caplog):
    async with living(tmp_path) as (door, opened, _, _life):
        await until(lambda: opened)
        for rubbish in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 50_000, b""):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.state().port)
            writer.write(rubbish)
            if not rubbish:
                writer.write_eof()
            with suppress(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 15)
            writer.close()
        assert await get(door) == {"secure": True}
        assert caplog.text == ""


async def test_a_new_address_is_in_the_certificate_and_told(tmp_path, monkeypatch):
    addresses, network = ["192.168.1.5"], Network()

    async def open_network():
        return network

    monkeypatch.setattr(mdns, "own_addresses", lambda: [*addresses, "fd00::5"])
    monkeypatch.setattr(mdns.Announcer, "open", open_network)
    async with living(tmp_path, host="0.0.0.0", announce=True) as (door, opened, troubles, _):
        await until(lambda: opened)
        assert door.state().url == f"https://{NAME}:{door.state().port}"
        assert network.told == [(f"{NAME}.", ["192.168.1.5"], ["_http._tcp.local.", "_https._tcp.local."])]
        assert await get(door, "192.168.1.5") == {"secure": True}
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await get(door, "192.168.7.7")
        addresses.append("192.168.7.7")
        await until(lambda: len(network.told) > 1)
        assert await get(door, "192.168.7.7") == {"secure": True}
        assert network.told[-1][1] == ["192.168.1.5", "192.168.7.7"]
        assert network.closed == 1  # what listened at the addresses of before
        assert troubles == []
    assert network.closed == 2


async def test_another_homes_name_comes_into_the_certificate_too(tmp_path, monkeypatch):
    network = Network()

    async def others(host, own, wait=0):
        return ["192.168.1.2"] if host == "jiahe.local." else []

    async def open_network():
        return network

    network.others = others
    monkeypatch.setattr(mdns, "own_addresses", lambda: ["192.168.1.5"])
    monkeypatch.setattr(mdns.Announcer, "open", open_network)
    documents = Documents()
    async with living(tmp_path, documents, host="0.0.0.0", announce=True) as (door, opened, _, _life):
        await until(lambda: opened)
        assert door.state().host == "jiahe-2.local"
        assert await get(door, "jiahe-2.local") == {"secure": True}
    assert documents["home", "host"] == {"name": "jiahe-2.local"}


async def test_without_multicast_it_is_reached_by_its_address(tmp_path, monkeypatch):
    async def no_network():
        raise LinkError("no multicast here")

    monkeypatch.setattr(mdns, "own_addresses", lambda: ["192.168.1.5"])
    monkeypatch.setattr(mdns.Announcer, "open", no_network)
    async with living(tmp_path, host="0.0.0.0", announce=True) as (door, opened, troubles, _):
        await until(lambda: opened and troubles)
        assert door.state().url == f"https://192.168.1.5:{door.state().port}"
        assert "no multicast here" in troubles[0]
        await asyncio.sleep(0.1)
        assert len(troubles) == 1  # said once


async def test_a_port_that_another_has_is_said_and_waited_for(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with living(tmp_path, https_port=port) as (door, opened, troubles, _):
            await until(lambda: troubles)
            assert "another program has this port" in troubles[0]
            assert (door.state().url, opened) == ("", [])
            other.close()
            await until(lambda: opened)
            assert await get(door) == {"secure": True}
            await until(lambda: troubles[-1] == "")


async def test_one_that_was_asked_for_by_name_is_no_start_without_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = {"https_port": other.getsockname()[1], "https_asked": True}
        async with living(tmp_path, **settings) as (_, opened, _troubles, life):
            with pytest.raises(JiaheError, match="--https-port"):
                await asyncio.wait_for(life, 20)
            assert opened == []


async def test_a_clock_that_was_never_set_makes_no_certificate(tmp_path, monkeypatch):
    monkeypatch.setattr(Clock, "now", lambda self: 1_000_000.0)
    async with living(tmp_path) as (door, _, troubles, _life):
        await until(lambda: troubles)
        assert "clock" in troubles[0]
        assert door.authority() is None
        assert not (tmp_path / "tls").exists()


async def test_switched_off_it_makes_nothing(tmp_path):
    async with living(tmp_path, https_port=None) as (door, opened, _, life):
        await asyncio.wait_for(life, 10)
        assert (opened, door.state().url) == ([], "")
        assert not (tmp_path / "tls").exists()


async def test_secure_only_is_kept(tmp_path):
    documents = Documents()
    async with living(tmp_path, documents) as (door, _, _troubles, _life):
        assert door.state().only is False
        await door.set_only(True)
    async with living(tmp_path, documents) as (door, _, _troubles, _life):
        assert door.state().only is True


@pytest.mark.parametrize(
    ("host", "port", "asked", "given"),
    [
        ("0.0.0.0", 8420, None, 8443),
        ("0.0.0.0", 8421, None, 8444),
        ("0.0.0.0", 0, None, 0),
        ("0.0.0.0", 65535, None, 0),
        ("127.0.0.1", 8420, None, None),
        ("::1", 8420, None, None),
        ("localhost", 8420, None, None),
        ("127.0.0.1", 8420, 9443, 9443),
        ("0.0.0.0", 8420, 0, None),
    ],
)
def test_which_port(host, port, asked, given):
    assert secure_port(host, port, asked) == given
    assert is_loopback("127.8.8.8")
    assert not is_loopback("hub.example")


async def test_a_whole_hub_over_tls(tmp_path):
    """`jiahe up` in a process of its own: claimed over TLS, with cookies that only TLS sees."""
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
    command = [sys.executable, "-m", "jiahe.cli.main", "up", "--dir", str(tmp_path), "--host", "127.0.0.1"]
    command += ["--port", str(ports[0]), "--https-port", str(ports[1])]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        said = ""
        async with asyncio.timeout(50):
            while "fingerprint" not in said or said.count(":") < 31:
                line = (await process.stdout.readline()).decode()
                assert line, said
                said += line
        code = said.split("/claim/")[1].split()[0]
        authority = (tmp_path / "tls" / "ca.crt").read_bytes()
        assert f"https://localhost:{ports[1]}/" in said
        context = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(authority))
        url = f"https://localhost:{ports[1]}"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            body = {"code": code, "name": "Lin", "password": "correct horse"}
            async with session.post(f"{url}/api/claim", json=body) as answer:
                assert answer.status == 204
                cookie = answer.cookies[f"__Host-jiahe_{ports[1]}"]
                assert cookie["secure"]
                assert cookie["httponly"]
            async with session.get(f"{url}/trust") as answer:
                assert answer.status == 200
            async with session.get(f"{url}/api/secure") as answer:
                secure = await answer.json()
                assert (secure["here"], secure["passkeys"]) == (True, True)
                assert secure["fingerprint"] in said
            async with session.ws_connect(f"{url}/api/stream") as stream:
                assert (await stream.receive_json())["type"] == "snapshot"
            async with session.put(f"{url}/api/secure", json={"only": True}) as answer:
                assert (await answer.json())["only"] is True
            async with session.get(f"http://127.0.0.1:{ports[0]}/api/home", allow_redirects=False) as answer:
                assert answer.status == 401  # this machine itself is let in at the open door
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
