"""A chunk gives back exactly what was put in, and damaged bytes are told as such."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.errors import StoreError
from jiahe.storage.chunk import decode, encode

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-500, 500).map(float),
    st.integers(-(10**6), 10**6).map(lambda whole: whole / 10),
    st.integers(-(10**6), 10**6).map(lambda whole: whole / 1000),
    st.none(),
)
words = st.one_of(st.none(), st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False))
times = st.lists(st.integers(-(1 << 40), 1 << 45), min_size=1, max_size=60, unique=True).map(sorted)


def _line(values: st.SearchStrategy) -> st.SearchStrategy:
    return times.flatmap(
        lambda at: st.lists(values, min_size=len(at), max_size=len(at)).map(
            lambda found: list(zip(at, found, strict=True))
        )
    )


@given(_line(numbers))
def test_numbers_come_back_exactly(line):
    assert decode(encode(line)) == line


@given(_line(words))
def test_words_come_back_exactly(line):
    assert decode(encode(line)) == line


def test_a_thermometer_takes_few_bytes():
    line = [(1_790_000_000_000 + second * 5_000, 20 + (second % 37) / 10) for second in range(2_000)]
    assert len(encode(line)) < 2 * len(line)


def test_a_chunk_cut_anywhere_is_damage():
    chunk = encode([(second * 1000, 20.5 + second) for second in range(50)])
    for length in range(len(chunk)):
        with pytest.raises(StoreError, match="damaged"):
            decode(chunk[:length])


@given(st.binary(max_size=80))
def test_wild_bytes_are_damage_and_nothing_else(wild):
    with pytest.raises(StoreError, match="damaged"):
        decode(wild)


@given(st.integers(0, 1 << 30), st.integers(0, 255))
def test_one_wild_byte_never_raises_anything_else(place, byte):
    chunk = bytearray(
        encode([(second * 1000, 20.5 + second if second % 7 else None) for second in range(50)])
    )
    chunk[place % len(chunk)] = byte
    with contextlib.suppress(StoreError):
        decode(bytes(chunk))
