"""How one value stands in a body: rows of decode beside encode. Owns bits and bytes; never what a value is for.

A row reads None where the body ends before it or says that there is nothing; writing beyond what fits is held at the
bound, for a device's own values may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jiahe.wire.midea.bits import Bits
from jiahe.wire.talk import Raw

NONE = 0xFF
"""What stands in a byte of a time or a temperature that there is not."""


Kind = type[bool] | type[int] | type[float] | type[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One point and its coding. `needs` is how long a body must be to have it; `low` and `high` bound what fits."""

    name: str
    read: Callable[[bytes], Raw]
    write: Callable[[bytearray, Raw], None]
    needs: int
    kind: Kind = int
    low: float = 0
    high: float = 255

    def wrong(self, value: Raw) -> str | None:
        """Why this value cannot be written; None where it can."""
        if self.kind is bool:
            return None if isinstance(value, bool) else f"{self.name} takes true or false"
        if self.kind is str:
            return f"{self.name} is not written by itself"
        fine = isinstance(value, int | float) and not isinstance(value, bool)
        if fine and self.low <= float(value or 0) <= self.high and float(value or 0).is_integer():
            return None
        return f"{self.name} takes a whole number from {self.low:g} to {self.high:g}"


def whole(value: Raw, low: int, high: int) -> int:
    """A raw value as a whole number within bounds; `low` for what is no number."""
    return max(low, min(high, round(value))) if isinstance(value, int | float) else low


def flag(name: str, byte: int, bit: int, *, off_is_one: bool = False) -> Field:
    """One bit; `off_is_one` where the maker sets it for no."""
    bits = Bits(byte, bit)

    def read(body: bytes) -> Raw:
        return (bits.read(body) == 1) != off_is_one

    def write(body: bytearray, value: Raw) -> None:
        bits.write(body, int(bool(value) != off_is_one))

    return Field(name, read, write, byte + 1, bool, 0, 1)


def switch(name: str, byte: int, yes: int, no: int, mask: int = 0xFF) -> Field:
    """A yes that is one value under a mask; `no` is what is written otherwise."""

    def read(body: bytes) -> Raw:
        return body[byte] & mask == yes

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = body[byte] & ~mask & 0xFF | (yes if value else no)

    return Field(name, read, write, byte + 1, bool, 0, 1)


def number(
    name: str, byte: int, shift: int = 0, width: int = 8, *, zero: int = 0, down: bool = False
) -> Field:
    """Bits as a whole number: raw + `zero`, or `zero` - raw where it counts `down`."""
    bits = Bits(byte, shift, width)
    sign = -1 if down else 1
    low, high = sorted((zero, zero + sign * bits.mask))

    def read(body: bytes) -> Raw:
        return zero + sign * (bits.read(body) or 0)

    def write(body: bytearray, value: Raw) -> None:
        held = whole(value, low, high) if value is not None else zero
        bits.write(body, (held - zero) * sign)

    return Field(name, read, write, byte + 1, int, low, high)


def scaled(name: str, byte: int, *, zero: int, parts: int) -> Field:
    """(raw - `zero`) / `parts` in one byte, a fraction or not."""

    def read(body: bytes) -> Raw:
        return (body[byte] - zero) / parts

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = whole(value * parts + zero, 0, 255) if isinstance(value, int | float) else zero

    return Field(name, read, write, byte + 1, float, -zero / parts, (255 - zero) / parts)


def hundreds(name: str, byte: int) -> Field:
    """A byte of hundreds."""

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = whole(value / 100, 0, 255) if isinstance(value, int | float) else 0

    return Field(name, lambda body: body[byte] * 100, write, byte + 1, int, 0, 25500)


def listed(name: str, byte: int, values: Iterable[int]) -> Field:
    """A byte that means something only where it is one of `values`; 0 otherwise."""
    known = frozenset(values)

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = int(value) if isinstance(value, int | float) and int(value) in known else 0

    return Field(
        name, lambda body: body[byte] if body[byte] in known else 0, write, byte + 1, int, 0, max(known)
    )


def word(name: str, high: int, low: int) -> Field:
    """Two bytes, the more significant one at `high`."""

    def read(body: bytes) -> Raw:
        return body[high] << 8 | body[low]

    def write(body: bytearray, value: Raw) -> None:
        if max(high, low) < len(body):
            body[high], body[low] = divmod(whole(value, 0, 0xFFFF), 256)

    return Field(name, read, write, max(high, low) + 1, int, 0, 0xFFFF)


def capped(name: str, high: int, low: int) -> Field:
    """Two bytes that say nothing where the more significant one is 0xFF."""
    inner = word(name, high, low)

    def read(body: bytes) -> Raw:
        return None if body[high] == NONE else inner.read(body)

    def write(body: bytearray, value: Raw) -> None:
        if value is None and max(high, low) < len(body):
            body[high] = body[low] = NONE
        else:
            inner.write(body, whole(value, 0, 0xFEFF))

    return Field(name, read, write, inner.needs, int, 0, 0xFEFF)


def stretched(name: str, low: int, high: int) -> Field:
    """A byte with a more significant one far behind it, which shorter bodies have not got."""

    def read(body: bytes) -> Raw:
        return body[low] | (body[high] << 8 if high < len(body) else 0)

    def write(body: bytearray, value: Raw) -> None:
        held = whole(value, 0, 0xFFFF)
        if low < len(body):
            body[low] = held & 0xFF if high < len(body) else min(held, 0xFF)
        if high < len(body):
            body[high] = held >> 8

    return Field(name, read, write, low + 1, int, 0, 0xFFFF)


def duration(name: str, *places: int) -> Field:
    """Hours and minutes in minutes, or hours, minutes and seconds in seconds; 0xFF stands for none of it."""
    factors = (60, 1) if len(places) == 2 else (3600, 60, 1)
    most = sum(factors) * 254

    def read(body: bytes) -> Raw:
        return sum(0 if body[at] == NONE else body[at] * by for at, by in zip(places, factors, strict=True))

    def write(body: bytearray, value: Raw) -> None:
        left = whole(value, 0, most)
        for at, by in zip(places, factors, strict=True):
            part = min(left // by, 254)
            left -= part * by
            if at < len(body):
                body[at] = part

    return Field(name, read, write, max(places) + 1, int, 0, most)


def first_bit(name: str, byte: int, lowest: int, highest: int, *, counted_from: int) -> Field:
    """Which of some bits is set, the lowest of them, its number counted from `counted_from`; 0 where none is."""

    def read(body: bytes) -> Raw:
        for bit in range(lowest, highest + 1):
            if body[byte] >> bit & 1:
                return bit - lowest + counted_from
        return 0

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            bit = whole(value, 0, highest - lowest + counted_from) - counted_from + lowest
            body[byte] = 1 << bit if bit >= lowest else 0

    return Field(name, read, write, byte + 1, int, 0, highest - lowest + counted_from)


def run(name: str, first: int, end: int) -> Field:
    """Bytes that are kept as they are, as hex text: what only the appliance understands and wants back."""

    def write(body: bytearray, value: Raw) -> None:
        try:
            held = bytes.fromhex(value) if isinstance(value, str) else b""
        except ValueError:
            held = b""
        if len(body) >= end:
            body[first:end] = held[: end - first].ljust(end - first, b"\0")

    return Field(name, lambda body: body[first:end].hex(), write, end, str, 0, 0)
