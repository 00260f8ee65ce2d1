"""Where a line begins, breaks and goes on, record by record."""

import pytest

from jiahe.history.line import Lines, parsed

A = {"device": "a"}


def _said(value, quality="good", device="a", path="p"):
    return "update", {"device": device, "property": path, "value": value, "quality": quality}


def _reach(state):
    return "availability", A | {"state": state}


def _line(*records, path="p"):
    """The samples of a/p, for records given as (seconds, (kind, body))."""
    lines = Lines([], 0)
    for seq, (at, (kind, body)) in enumerate(records, 1):
        lines.take(seq, at * 1000, kind, body)
    return [(at / 1000, value) for at, value in lines.series[f"a/{path}"].samples]


STARTED, STOPPED = ("system", {"what": "started"}), ("system", {"what": "stopped"})
REMOVED = ("home", A | {"what": "device_removed"})
LOGIN = ("security", {"what": "login"})


def test_numbers_booleans_and_words():
    assert _line((1, _said(3)), (2, _said(True)), (3, _said(False)), (4, _said("auto"))) == [
        (1, 3.0), (2, 1.0), (3, 0.0), (4, "auto"),
    ]  # fmt: skip


@pytest.mark.parametrize("quality", ["unknown", "assumed", "nonsense", None])
def test_any_other_quality_breaks_the_line_once(quality):
    assert _line((1, _said(3)), (5, _said(3, quality)), (6, _said(3, quality)), (7, _said(4))) == [
        (1, 3.0), (5, None), (7, 4.0),
    ]  # fmt: skip


def test_stale_by_age_breaks_where_the_device_was_last_heard_or_the_hub_last_seen():
    kind, body = _said(3, "stale")
    heard = kind, body | {"observed_at": 50.5}
    assert _line((1, _said(3)), (60, heard)) == [(1, 3.0), (50.501, None)], "said again unchanged until then"
    assert _line((1, _said(3)), (55, LOGIN), (60, heard)) == [(1, 3.0), (55.001, None)]
    assert _line((1, _said(3)), (60, LOGIN), (60, heard)) == [(1, 3.0), (60, None)]
    assert _line((1, _said(3)), (60, (kind, body | {"observed_at": "noon"}))) == [(1, 3.0), (1.001, None)]


def test_stale_after_a_restart_breaks_where_the_hub_last_was_at_work():
    """The last values are turned stale at the start of the hub; the line must not run through the night it was off."""
    records = (
        (1, _said(3)),
        (2, _said(7, path="q")),
        (100, _said(3, "stale")),
        (100, _said(7, "stale", path="q")),
    )
    assert _line(*records) == [(1, 3.0), (2.001, None)]
    assert _line(*records, path="q") == [(2, 7.0), (2.001, None)]


def test_out_of_reach_breaks_and_back_goes_on():
    assert _line((1, _said(3)), (5, _reach("offline")), (6, _reach("locked_out")), (9, _reach("online"))) == [
        (1, 3.0), (5, None), (9, 3.0),
    ]  # fmt: skip
    assert _line((1, _said(3)), (5, _reach("offline")), (8, _said(4)), (9, _reach("online"))) == [
        (1, 3.0), (5, None), (8, 4.0),
    ]  # fmt: skip


@pytest.mark.parametrize("between", [_said(3, "stale"), _said(None, "unknown"), REMOVED])
def test_what_was_said_in_between_is_not_gone_on_with(between):
    assert _line((1, _said(3)), (5, _reach("offline")), (6, between), (9, _reach("online"))) == [
        (1, 3.0),
        (5, None),
    ]


def test_the_hub_was_not_running():
    assert _line((1, _said(3)), (4, LOGIN), (90, STARTED), (95, _reach("online"))) == [
        (1, 3.0), (4.001, None), (95, 3.0),
    ]  # fmt: skip
    assert _line((1, _said(3)), (4, STOPPED), (90, STARTED), (95, _said(5))) == [
        (1, 3.0),
        (4, None),
        (95, 5.0),
    ]


def test_a_break_never_takes_the_last_point_away():
    assert _line((5, _said(3)), (5, _reach("offline"))) == [(5, 3.0), (5.001, None)]
    assert _line((5, _said(3)), (4, _reach("offline")), (4, _reach("online"))) == [
        (5, 3.0), (5.001, None), (5.002, 3.0),
    ]  # fmt: skip


def test_a_late_sample_takes_its_place_and_does_not_end_a_break():
    assert _line((5, _said(3)), (9, _reach("offline")), (2, _said(1)), (11, _reach("online"))) == [
        (5, 3.0), (9, None), (2, 1.0), (11, 3.0),
    ]  # fmt: skip


def test_other_devices_are_not_touched():
    lines = Lines([], 0)
    for seq, (kind, body) in enumerate([_said(1), _said(2, device="b"), _reach("offline")], 1):
        lines.take(seq, seq * 1000, kind, body)
    assert lines.series["b/p"].samples == [(2000, 2.0)]
    assert lines.series["a/p"].samples == [(1000, 1.0), (3000, None)]


@pytest.mark.parametrize(
    "body", [{}, {"device": 3, "property": "p"}, {"device": "a"}, {"device": "a", "property": None}]
)
def test_wild_bodies_change_nothing(body):
    lines = Lines([], 0)
    for kind in ("update", "availability", "home", "system", "whatever"):
        lines.take(1, 1000, kind, body)
    assert lines.series == {}


def test_wild_values_break_the_line():
    assert _line((1, _said(3)), (2, _said([1])), (3, _said(4)), (4, _said(1e999))) == [
        (1, 3.0), (2, None), (3, 4.0), (4, None),
    ]  # fmt: skip


def test_wild_rows_are_empty_bodies():
    assert parsed(b"\xff") == parsed(b"[1]") == parsed(b"") == {}
    assert parsed(b'{"a":1}') == {"a": 1}
