"""Cuts a TCP stream into packets or envelopes. Owns the bytes not yet understood; never what they mean.

Pieces of any size; bytes before a start mark are skipped and counted as garbage; a unit that turns out wrong is
taken back from its third byte on, so that a damaged length costs one unit and not the stream.
"""

from __future__ import annotations

from collections.abc import Callable

GARBAGE_LIMIT = 64 * 1024
"""So much without one good unit between is no appliance of ours: the owner gives the connection up."""


class Cutter:
    """`measure` tells a unit's length from its first bytes: 0 while too few to tell, None if it is no unit."""

    def __init__(self, start: bytes, measure: Callable[[bytes], int | None]) -> None:
        self._start, self._measure = start, measure
        self._buffer = bytearray()
        self._at = 0
        self._last = 0
        self._garbage = 0
        self._skipped = False

    @property
    def hopeless(self) -> bool:
        """More garbage than any hiccup explains."""
        return self._garbage > GARBAGE_LIMIT

    def feed(self, data: bytes) -> None:
        """Takes the next piece. Between pieces at most one incomplete unit is kept."""
        del self._buffer[: self._at]
        self._at = self._last = 0
        self._buffer += data

    def next(self) -> bytes | None:
        """The next unit, None when more bytes are needed."""
        while True:
            found = self._buffer.find(self._start, self._at)
            if found < 0:
                keep = 1 if self._buffer[-1:] == self._start[:1] and len(self._buffer) > self._at else 0
                self._skip(len(self._buffer) - keep)
                return None
            self._skip(found)
            size = self._measure(bytes(self._buffer[found : found + 8]))
            if size is None:
                self._skip(found + len(self._start))
                continue
            if not size or found + size > len(self._buffer):
                return None
            self._last, self._at = found, found + size
            return bytes(self._buffer[found : found + size])

    def accept(self) -> None:
        """The unit just handed out was good."""
        self._garbage = 0

    def reject(self) -> None:
        """The unit just handed out was not believed: look again behind its start mark."""
        self._at = self._last
        self._garbage += len(self._start)
        self._at += len(self._start)

    def skipped(self) -> bool:
        """Whether bytes were skipped since the last call."""
        taken, self._skipped = self._skipped, False
        return taken

    def _skip(self, to: int) -> None:
        if to > self._at:
            self._garbage += to - self._at
            self._skipped = True
            self._at = to
