"""Ids of causes and commands: short, unique in this home, in the order they were made. Owns their form."""

from __future__ import annotations

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A whole number >= 0 in the digits 0-9 a-z."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


class Identifiers:
    """`<milliseconds of the hub's start>-<count>`, base 36; a start never falls on the same millisecond twice."""

    def __init__(self, started_at: float) -> None:
        self._prefix = base36(int(started_at * 1000))
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"{self._prefix}-{base36(self._count)}"
