"""Samples as bytes and back. Owns the form of a sealed chunk; pure, knows no table and no home.

A line is a list of (epoch ms, value), by time, no time twice; a value holds until the next one, and None breaks the
line. Numbers with at most three decimals travel as scaled whole numbers, each as the difference to the one before it;
all else as IEEE doubles or, for words, as JSON. zlib (RFC 1950) over all. What is read is exactly what was written.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise

import orjson

from jiahe.model.errors import StoreError

Sampled = float | str | None
Sample = tuple[int, Sampled]
Line = list[Sample]

_HEADER = struct.Struct(
    "<BbccIIq"
)  # form, decimals, type of times, type of values, count, breaks, first time
_NUMBERS, _DOUBLES, _WORDS = 1, 2, 3
_WIDTHS = (("b", 1 << 7), ("h", 1 << 15), ("i", 1 << 31), ("q", 1 << 63))
_EXACT = 1 << 50  # scaled numbers up to here are exact in a double, and so are their differences
_LEVEL = 6  # zlib's own default: 9 gains 1 % and takes twice the time


def encode(line: Sequence[Sample]) -> bytes:
    """The chunk of a line that is not empty."""
    steps, time_type = _whole([later[0] - earlier[0] for earlier, later in pairwise(line)])
    breaks = array("I", [place for place, (_, value) in enumerate(line) if value is None])
    if any(isinstance(value, str) for _, value in line):
        form, decimals, value_type, values = _WORDS, 0, "B", orjson.dumps([value for _, value in line])
    else:
        form, decimals, value_type, values = _encode_numbers(line)
    header = _HEADER.pack(
        form, decimals, time_type.encode(), value_type.encode(), len(line), len(breaks), line[0][0]
    )
    return header + zlib.compress(steps + _bytes(breaks) + values, _LEVEL)


def decode(chunk: bytes) -> Line:
    """The line of a chunk; StoreError where the bytes are damaged."""
    try:
        form, decimals, time_type, value_type, count, breaks, first = _HEADER.unpack_from(chunk)
        body = zlib.decompress(chunk[_HEADER.size :])
        steps, rest = _taken(time_type.decode(), count - 1, body)
        places, rest = _taken("I", breaks, rest)
        times = accumulate(steps, initial=first)
        if form == _WORDS:
            values: list[Sampled] = orjson.loads(rest)
            if not isinstance(values, list):
                raise ValueError("its words are no list")
        else:
            values = _decode_numbers(form, decimals, _taken(value_type.decode(), count, rest)[0])
            for place in places:
                values[place] = None
        return list(zip(times, values, strict=True))
    except (struct.error, zlib.error, ValueError, IndexError, OverflowError) as error:
        raise StoreError(f"a sealed chunk of history is damaged ({error}); make the history again") from error


def _encode_numbers(line: Sequence[Sample]) -> tuple[int, int, str, bytes]:
    values: list[float] = []
    held = 0.0
    for _, value in line:
        held = (
            held if value is None else float(value)
        )  # a break repeats the value before it: nothing to store
        values.append(held)
    for decimals in range(4):
        scale = 10**decimals
        whole = [round(value * scale) if abs(value) < _EXACT else _EXACT for value in values]
        if all(
            abs(number) < _EXACT and number / scale == value
            for number, value in zip(whole, values, strict=True)
        ):
            data, kind = _whole([whole[0], *(later - earlier for earlier, later in pairwise(whole))])
            return _NUMBERS, decimals, kind, data
    return _DOUBLES, 0, "d", _bytes(array("d", values))


def _decode_numbers(form: int, decimals: int, numbers: array[int]) -> list[Sampled]:
    if form == _DOUBLES:
        return list(numbers)
    if form != _NUMBERS:
        raise ValueError(f"form {form}")
    scale = 10**decimals
    return [number / scale for number in accumulate(numbers)]


def _whole(numbers: list[int]) -> tuple[bytes, str]:
    """Whole numbers in the narrowest type that holds them all."""
    most = max((abs(number) for number in numbers), default=0)
    kind = next(kind for kind, bound in _WIDTHS if most < bound)
    return _bytes(array(kind, numbers)), kind


def _taken(kind: str, count: int, body: bytes) -> tuple[array[int], bytes]:
    if kind not in "bhiqId":
        raise ValueError(f"type {kind!r}")
    numbers: array[int] = array(kind)
    size = count * numbers.itemsize
    if count < 0 or len(body) < size:
        raise ValueError("it is cut off")
    numbers.frombytes(body[:size])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers, body[size:]


def _bytes(numbers: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
