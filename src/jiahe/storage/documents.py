"""Small things that are replaced whole: JSON objects by (kind, id). Owns nothing in memory.

Every change is its own transaction and durable when it returns; for what changes by the second there is `log`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from jiahe.model.errors import StoreError
from jiahe.storage.database import Database

LARGEST = 1 << 20  # bytes of one body: larger is not a small thing, and it is read whole


class Documents:
    """`(kind, id) -> JSON object`, and beside it `(kind, id) -> bytes` for what is sealed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        """Write or replace. StoreError where the body is not JSON or over `LARGEST`."""
        try:
            data = orjson.dumps(dict(body)).decode()
        except (TypeError, ValueError) as error:
            raise StoreError(f"the document {kind}/{key} is not JSON: {error}") from error
        _fits(kind, key, len(data))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO document VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
                (kind, key, data),
            )

        await self._database.write(work)

    async def delete(self, kind: str, key: str) -> None:
        """Remove it; nothing happens where there is none."""
        await self._database.write(
            lambda connection: connection.execute("DELETE FROM document WHERE kind=? AND id=?", (kind, key))
        )

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        row = await self._database.read(
            lambda connection: connection.execute(
                "SELECT body FROM document WHERE kind=? AND id=?", (kind, key)
            ).fetchone()
        )
        return None if row is None else _object(row[0])

    async def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """All of a kind, by id, in the order of their ids."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT id, body FROM document WHERE kind=? ORDER BY id", (kind,)
            ).fetchall()
        )
        return {str(row[0]): _object(row[1]) for row in rows}


def _fits(kind: str, key: str, size: int) -> None:
    if size > LARGEST:
        raise StoreError(f"{kind}/{key} has {size} bytes; a document holds at most {LARGEST}")


def _object(text: str) -> dict[str, Any]:
    body = orjson.loads(text)
    assert isinstance(body, dict), "put writes objects only"
    return body
