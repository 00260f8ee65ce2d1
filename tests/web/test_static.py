"""The app's files and nothing else of the disk."""

from __future__ import annotations

import asyncio
import os
from base64 import b64encode
from hashlib import sha256

import pytest

from jiahe.web.static import inline_hashes


@pytest.mark.parametrize(
    "path", ["/", "/devices/ac", "/claim/abc.def", "/rooms", "/devices/living.room/x", "/index.html"]
)
async def test_every_page_of_the_app_is_its_first_page(client, path):
    answer = await client.get(path)
    assert answer.status == 200
    assert "App" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_file_is_itself_and_hashed_ones_are_kept_for_ever(client):
    answer = await client.get("/assets/app-1a2b.js")
    assert "console.log" in await answer.text()
    assert "javascript" in answer.content_type
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    answer = await client.get("/icon.svg")
    assert answer.content_type == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert (await client.head("/")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.js",
        "/assets/nothing.js",
        "/assets/",
        "/assets",
        "/favicon.ico",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/%00",
        "/etc/passwd",
        "//etc/passwd",
    ],
)
async def test_no_path_leads_out_of_the_folder(client, path):
    reader, writer = await asyncio.open_connection(client.host, client.port)  # no client tidies the path
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    assert text.startswith("HTTP/1.1 ")
    assert "secret" not in text.partition("\r\n\r\n")[2]
    assert "root:" not in text
    status = int(text.split()[1])
    assert status in {200, 400, 404}
    if status == 200:
        assert "<title>App" in text


async def test_a_link_in_the_folder_is_not_followed(client, house):
    (house.doors.static / "assets" / "link.js").symlink_to(house.doors.static.parent / "secret.txt")
    assert (await client.get("/assets/link.js")).status == 404


async def test_without_a_build_there_is_a_sentence_and_after_it_the_app(house, tmp_path, client):
    index = house.doors.static / "index.html"
    page = index.read_text()
    index.unlink()
    answer = await client.get("/")
    assert answer.status == 503
    assert "make install" in await answer.text()
    index.write_text(page)
    (house.doors.static / "assets" / "app-3c4d.js").write_text("2")
    assert (await client.get("/")).status == 200
    assert (await client.get("/assets/app-3c4d.js")).status == 200


def test_a_page_names_its_own_inline_script_and_no_file():
    page = b'<script data-en="/a.js">early()</script><script type="module" crossorigin src="/b.js"></script>'
    (name,) = inline_hashes(page)
    assert name == "sha256-" + b64encode(sha256(b"early()").digest()).decode()
    assert inline_hashes(b'<script src="/a.js"></script>') == []


async def test_only_the_page_allows_its_script_and_no_other(client, house):
    index = house.doors.static / "index.html"
    index.write_text("<!doctype html><title>App</title><script>early()</script>")
    os.utime(index, (1, 1))  # as after a build: another moment than before
    page = await client.get("/devices/ac")
    (name,) = inline_hashes(await page.read())
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' '{name}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    for path in ("/assets/app-1a2b.js", "/api/health"):
        assert "sha256" not in (await client.get(path)).headers["Content-Security-Policy"]
