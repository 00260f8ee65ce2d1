"""`jiahe watch`: the hub's records as they are written, resumed by cursor when the connection breaks.

Owns how a record reads in one line; never drops one silently.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from jiahe.cli import show
from jiahe.cli.remote import Remote
from jiahe.model.errors import JiaheError

RECONNECT_PAUSE = 1.0
"""Seconds; a hub that restarts is back in less than one."""


def watch(args: argparse.Namespace) -> int:
    """Follows the records until interrupted."""
    remote = Remote.find(args.dir)
    try:
        return asyncio.run(_follow(remote, args))
    except KeyboardInterrupt:
        return 0


async def _follow(remote: Remote, args: argparse.Namespace) -> int:
    import aiohttp  # half of this verb's start-up: loaded when it is used

    cursor: int | None = args.after
    headers = {"Authorization": f"Bearer {remote.hub.token}"}
    left = args.count or None
    print("Watching; Ctrl+C ends.", file=sys.stderr, flush=True)
    async with aiohttp.ClientSession(headers=headers) as session:
        while True:
            query = {} if cursor is None else {"after": str(cursor)}
            try:
                async with session.ws_connect(
                    f"{remote.hub.url}/api/stream", params=query, heartbeat=20
                ) as stream:
                    async for message in stream:
                        if message.type is not aiohttp.WSMsgType.TEXT:
                            continue
                        body = json.loads(message.data)
                        for record in body.get("records", ()):
                            if _wanted(record, args.device):
                                print(
                                    json.dumps(record, ensure_ascii=False) if args.json else line(record),
                                    flush=True,
                                )
                                left = left - 1 if left else None
                                if left == 0:
                                    return 0
                        cursor = body.get("cursor", cursor)
            except aiohttp.WSServerHandshakeError as error:
                raise JiaheError(f"the hub refused: {error.status}") from error
            except aiohttp.ClientError as error:
                print(f"… the hub does not answer ({error}); trying again", flush=True)
            await asyncio.sleep(RECONNECT_PAUSE)


def _wanted(record: Mapping[str, Any], device: str | None) -> bool:
    return device is None or record["body"].get("device") == device


def line(record: Mapping[str, Any]) -> str:
    """One record as one line."""
    body, kind = record["body"], record["kind"]
    head = f"{show.clock(record['at'])}  {record['seq']:>7}  "
    if kind == "update":
        quality = "" if body["quality"] == "good" else f"  ({body['quality']})"
        return show.printable(
            f"{head}{body['device']}/{body['property']} = {show.value(body)}{quality}{_by(body)}"
        )
    if kind == "command":
        wish = f"{body['property']} := {show.value(body)}" if "property" in body else f"{body['action']}()"
        return show.printable(f"{head}{body['device']}/{wish}  asked{_by(body)}")
    if kind == "outcome":
        target = body.get("property") or body.get("action") or ""
        why = f": {body['reason']}" if body["reason"] else ""
        return show.printable(f"{head}{body['device']}/{target}  {body['status']}{why}")
    if kind == "availability":
        why = f": {body['reason']}" if body["reason"] else ""
        return show.printable(f"{head}{body['device']}  {body['state']}{why}")
    rest = ", ".join(f"{key} {held}" for key, held in body.items() if key not in ("what", "cause"))
    return show.printable(f"{head}{kind} {body.get('what', '')} {rest}")


def _by(body: Mapping[str, Any]) -> str:
    cause = body.get("cause") or {}
    return "" if cause.get("kind") in (None, "device") else f"  by {cause['kind']} {cause['source']}"
