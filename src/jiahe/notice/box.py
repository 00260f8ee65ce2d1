"""One person's list of notices. Owns its order, its bound and what is read; pure, to JSON and back.

The list is what the app shows; a journal it is not: what is dropped here stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jiahe.notice.happening import Happening

LIMIT = 100
"""Notices that are kept: weeks of a calm home, about 40 kB on disk."""
TITLE, BODY = 120, 600
"""Characters of a notice that are kept; a lock screen shows some 50 and 150."""


def short(text: str, most: int) -> str:
    """Cut at a whole character, with a sign that it was."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class Box:
    """Notices, oldest first; `read` is the id of the last one that was read."""

    def __init__(self, body: Mapping[str, Any] | None = None) -> None:
        body = body or {}
        self._rows: list[dict[str, Any]] = [dict(row) for row in body.get("notices", ())][-LIMIT:]
        self.last: int = max([int(body.get("last", 0)), *(int(row["id"]) for row in self._rows)])
        self.read = min(int(body.get("read", 0)), self.last)

    def body(self) -> dict[str, Any]:
        """As JSON, for the disk."""
        return {"notices": self._rows, "last": self.last, "read": self.read}

    def keys(self) -> Iterable[tuple[str, float]]:
        """What was told, and when last (epoch seconds): a restart must not tell it all again."""
        return [(str(row["key"]), float(row["at"])) for row in self._rows]

    def add(self, happening: Happening) -> int:
        """A new notice; its id."""
        self.last += 1
        words = {
            language: {"title": short(text.title, TITLE), "body": short(text.body, BODY)}
            for language, text in happening.words.items()
        }
        self._rows.append(
            {
                "id": self.last,
                "at": round(happening.at, 3),
                "topic": happening.topic.value,
                "urgent": happening.breaks_through,
                "key": happening.key,
                "words": words,
                "device": happening.device,
                "path": happening.path,
                "count": 1,
            }
        )
        del self._rows[:-LIMIT]
        return self.last

    def count(self, happening: Happening) -> None:
        """The same again: its newest notice is counted up, and says when it was last."""
        for row in reversed(self._rows):
            if row["key"] == happening.key:
                row["count"] = int(row["count"]) + 1
                row["last_at"] = round(happening.at, 3)
                return

    def after(self, cursor: int) -> list[dict[str, Any]]:
        """The notices above this id, oldest first, for the app (without their keys)."""
        return [
            {key: value for key, value in {**row, "read": row["id"] <= self.read}.items() if key != "key"}
            for row in self._rows
            if row["id"] > cursor
        ]

    @property
    def unread(self) -> int:
        """How many were not read."""
        return sum(row["id"] > self.read for row in self._rows)

    def read_to(self, id_: int) -> bool:
        """Everything up to this id was read; False where it already was. What is not there yet stays unread."""
        to = min(id_, self.last)
        if to <= self.read:
            return False
        self.read = to
        return True
