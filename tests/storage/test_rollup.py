"""A stretch of a line measured: the quick way through numbers says what the plain way says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.storage import rollup
from jiahe.storage.rollup import MANY, Block, measured

NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
CARRY = st.one_of(st.none(), NUMBER, st.just("cool"))
TIMES = st.sets(st.integers(1_000, 9_000), min_size=MANY, max_size=80).map(sorted)


def plainly(line, carry, start, end) -> Block:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollup, "MANY", 1 << 60)
        return measured(line, carry, start, end)


@given(st.data(), TIMES, CARRY, st.booleans(), st.sampled_from([None, "dry", 3.5]))
def test_the_quick_way_and_the_plain_way_say_the_same(data, times, carry, at_start, odd):
    values = data.draw(st.lists(NUMBER, min_size=len(times), max_size=len(times)))
    line = list(zip(times, values, strict=True))
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] = (line[place][0], odd)  # a break, a word, or one more number
    start, end = times[0] if at_start else 500, 9_001
    quick, plain = measured(line, carry, start, end), plainly(line, carry, start, end)
    assert (quick.low, quick.high, quick.covered, quick.last, quick.carry) == (
        plain.low, plain.high, plain.covered, plain.last, plain.carry
    )  # fmt: skip
    assert quick.mean == pytest.approx(plain.mean, rel=1e-9, abs=1e-6)
