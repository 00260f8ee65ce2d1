"""Answers compared with a slow and obvious model: every millisecond-wide truth, late samples, gaps, words."""

import math
import sqlite3
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiahe.history.query import Series, answer, checked
from jiahe.model.errors import OutOfDefinition
from jiahe.storage import series as series_module
from jiahe.storage.rollup import DAY, HOUR, tidy
from jiahe.storage.schema import MIGRATIONS
from jiahe.storage.series import Head, View, seal

T0 = 1_790_000_000_000 // DAY * DAY
MINUTE = 60_000

values = st.one_of(st.none(), st.integers(-40, 400).map(lambda tenths: tenths / 10))
times = st.integers(0, 4 * 24 * 60).map(lambda minute: T0 + minute * MINUTE)
batches = st.lists(st.lists(st.tuples(times, values), min_size=1, max_size=25), min_size=1, max_size=5)


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in MIGRATIONS[0].split(";"):
        connection.execute(statement)
    return connection


def _view(sealed: list[list[tuple[int, object]]], tail: list[tuple[int, object]]) -> View:
    connection = _memory()
    for number, batch in enumerate(sealed, 1):
        seal(connection, Head("d/p", number, 0, None, None), batch)
    return View.of(connection, "d/p", tidy(tail))


def _naive(samples: list[tuple[int, object]], start: int, end: int) -> list[tuple[int, int, object]]:
    """The stretches (from, to, value) of [start, end)."""
    line = sorted(dict(samples).items())
    found = []
    bounds = [(-math.inf, None), *line, (math.inf, None)]
    for (at, value), (following, _) in pairwise(bounds):
        low, high = max(at, start), min(following, end)
        if low < high:
            found.append((low, high, value))
    return found


def _agrees(found: Series, samples: list[tuple[int, object]], start: int, end: int, points: int) -> None:
    step = round(found.step * 1000)
    assert len(found.rows) <= points
    assert len(found.gaps) <= points
    assert step >= 1
    size = 1 if step < HOUR else HOUR if step < DAY else DAY
    bounds = range(start // size * size, end, step)
    assert len(bounds) <= points
    rows = iter(found.rows)
    for bound in bounds:
        low, high = max(bound, start), min(bound + step, end)
        pieces = [piece for piece in _naive(samples, low, high) if piece[2] is not None]
        if not pieces:
            continue
        t, least, mean, most, last = next(rows)
        covered = sum(to - since for since, to, _ in pieces)
        assert t == low / 1000
        assert least == min(value for _, _, value in pieces)
        assert most == max(value for _, _, value in pieces)
        assert last == pieces[-1][2]
        assert mean == pytest.approx(
            sum((to - since) * value for since, to, value in pieces) / covered, abs=1e-9
        )
        assert least <= mean <= most
    assert next(rows, None) is None
    _gaps_agree(found, samples, start, end, points, size)


def _gaps_agree(found: Series, samples, start: int, end: int, points: int, size: int) -> None:
    true: list[list[int]] = []
    for low, high, value in _naive(samples, start, end):
        if value is None and true and true[-1][1] == low:
            true[-1][1] = high
        elif value is None:
            true.append([low, high])
    gaps = [(round(low * 1000), round(high * 1000)) for low, high in found.gaps]
    assert gaps == sorted(gaps)
    if size == 1:
        longest = sorted(true, key=lambda gap: gap[0] - gap[1])[:points]
        assert {high - low for low, high in gaps} == {high - low for low, high in longest}
        if len(true) <= points:
            assert gaps == [tuple(gap) for gap in true]
        return
    for low, high in gaps:
        assert any(since <= low and high <= to for since, to in true), "a gap that is none"
    if len(true) <= points:
        for since, to in true:
            low, high = -(-since // size) * size, to // size * size
            if low < high:
                assert any(begun <= low and high <= done for begun, done in gaps), "a gap that is not told"


@given(batches, st.booleans(), times, st.integers(1, 5 * 24 * 60), st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_any_answer_is_what_the_model_says(batched, keep_tail, start, minutes, points):
    samples = [sample for batch in batched for sample in batch]
    sealed, tail = (batched[:-1], batched[-1]) if keep_tail else (batched, [])
    start, end = start - DAY, start - DAY + minutes * MINUTE
    _agrees(answer(_view(sealed, tail), start, end, points), samples, start, end, points)


@given(batches, times, st.integers(1, 300), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_long_spans_from_days(batched, start, days, points):
    samples = [sample for batch in batched for sample in batch]
    start -= 13 * 24 * 60 * MINUTE + 17
    end = start + days * DAY
    _agrees(answer(_view(batched, []), start, end, points), samples, start, end, points)


@given(batches, st.integers(1, 4), st.integers(0, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_small_chunks_and_few_kept_decoded_change_nothing(monkeypatch, batched, chunk, sealed):
    with monkeypatch.context() as patch:
        patch.setattr(series_module, "CHUNK_SAMPLES", chunk)
        patch.setattr(series_module, "CACHED_CHUNKS", 1)
        samples = [sample for batch in batched for sample in batch]
        tail = [sample for batch in batched[sealed:] for sample in batch]
        view = _view(batched[:sealed], tail)
        _agrees(answer(view, T0, T0 + 4 * DAY, 50), samples, T0, T0 + 4 * DAY, 50)
        _agrees(answer(view, T0, T0 + 4 * DAY, 5_000), samples, T0, T0 + 4 * DAY, 5_000)


def test_a_chunk_with_the_same_first_time_takes_nothing_away():
    first = [(T0, 1.0), (T0 + MINUTE, 2.0)]
    late = [(T0, 5.0), (T0 + 2 * MINUTE, 3.0)]
    view = _view([first, late], [])
    assert view.line(T0, T0 + HOUR) == [(T0, 5.0), (T0 + MINUTE, 2.0), (T0 + 2 * MINUTE, 3.0)]


def test_too_many_samples_are_answered_from_hours(monkeypatch):
    monkeypatch.setattr("jiahe.history.query.MOST_SAMPLES", 100)
    monkeypatch.setattr(series_module, "CHUNK_SAMPLES", 20)
    samples = [(T0 + n * MINUTE, float(n % 60)) for n in range(24 * 60)]
    view = _view([samples], [])
    found = answer(view, T0, T0 + DAY, 1_000)
    assert found.step == 3600
    _agrees(found, samples, T0, T0 + DAY, 1_000)
    assert answer(view, T0, T0 + HOUR, 60).step == 60


def test_a_talkative_week_is_drawn_by_the_hour_and_its_day_from_every_sample(monkeypatch):
    monkeypatch.setattr("jiahe.history.query.ENOUGH_SAMPLES", 1_000)
    samples = [(T0 + n * 7 * MINUTE, float(n * 13 % 41)) for n in range(7 * 24 * 60 // 7)]
    view = _view([samples[:900]], samples[900:])
    week, day = (answer(view, T0, T0 + days * DAY, 240) for days in (7, 1))
    assert (week.step, day.step) == (3600.0, 360.0)
    _agrees(week, samples, T0, T0 + 7 * DAY, 240)
    _agrees(day, samples, T0, T0 + DAY, 240)
    few = answer(_view([samples[:900]], []), T0, T0 + 7 * DAY, 240)
    assert few.step == 7 * 86_400 / 240, "where there are few, each is looked at"


def test_words_are_their_changes_where_they_fit_and_the_last_ones_where_not():
    samples = [
        (T0, "auto"), (T0 + HOUR, "sleep"), (T0 + 2 * HOUR, "sleep"), (T0 + 3 * HOUR, None), (T0 + 4 * HOUR, "auto"),
    ]  # fmt: skip
    view = _view([samples[:3]], samples[3:])
    begun = T0 / 1000
    exact = answer(view, T0 - HOUR, T0 + 6 * HOUR, 100)
    assert exact.step == 0
    assert exact.rows == [
        (begun, None, None, None, "auto"),
        (begun + 3600, None, None, None, "sleep"),
        (begun + 14400, None, None, None, "auto"),
    ]
    assert exact.gaps == [(begun - 3600, begun), (begun + 10800, begun + 14400)]
    assert answer(view, T0 + HOUR + 5, T0 + 2 * HOUR, 9).rows == [
        (begun + 3600.005, None, None, None, "sleep")
    ]
    assert answer(view, T0, T0 + 6 * HOUR, 3).step == 0
    coarse = answer(view, T0, T0 + 6 * HOUR, 2)
    assert coarse.step == 10800
    assert [row[4] for row in coarse.rows] == ["sleep", "auto"]
    assert {row[1:4] for row in coarse.rows} == {(None, None, None)}


def test_a_series_nobody_heard_of_is_one_gap():
    assert answer(_view([], []), T0, T0 + HOUR, 10) == Series([], 360.0, [(T0 / 1000, T0 / 1000 + 3600)])


@pytest.mark.parametrize(
    ("start", "end", "points", "names"),
    [
        (0, 10, 0, "points"),
        (0, 10, 5_001, "points"),
        (10, 10, 5, "to"),
        (11, 10, 5, "to"),
        (math.nan, 10, 5, "from"),
        (0, math.inf, 5, "from"),
        (-1, 10, 5, "from"),
    ],
)
def test_a_wrong_argument_is_named(start, end, points, names):
    with pytest.raises(OutOfDefinition) as caught:
        checked(start, end, points)
    assert caught.value.property_name == names
