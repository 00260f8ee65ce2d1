"""The mapper where the world is not as the file has it: wild raws, foreign points, actions from both ends."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.catalog.loader import read_product
from jiahe.catalog.mapper import RAW_LIMIT, Mapper, Wild, kept_raw
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.wire.talk import Act

PRODUCT = read_product(
    """
id = "acme.box"
maker = "Acme"
family = "tiny"
kind = "generic"
names = { en = "Box", zh = "盒" }
source = "a capture of ours"
points = [
  { property = "power", report = "r.power", write = "w.power", datatype = "bool" },
  { property = "target_temperature", report = "r.target", write = "w.target", datatype = "float", scale = 0.1, low = 16, high = 30, step = 0.5, cadence = 5 },
  { property = "mode", report = "r.mode", write = "w.mode", datatype = "enum", choices = { auto = 0, cool = 1 } },
  { property = "eco", report = "r.mode", datatype = "int", cadence = 60 },
  { property = "display", write = "w.display", datatype = "bit" },
  { property = "fault", report = "r.fault", datatype = "text" },
]
actions = [
  { action = "clean", point = "a.clean", labels = { en = "Clean", zh = "清洁" }, arguments = [
    { property = "minutes", point = "0", datatype = "int", low = 1, high = 60, labels = { en = "Minutes", zh = "分钟" } } ] },
]
events = [{ event = "pressed", point = "e.pressed", labels = { en = "Pressed", zh = "按下" } }]
""",
    "box.toml",
)
MAPPER = Mapper(PRODUCT)


def test_the_four_directions() -> None:
    values = {"power": True, "target_temperature": 21.5, "mode": "cool"}
    written = MAPPER.to_points(values)
    assert written == {"w.power": True, "w.target": 215.0, "w.mode": 1}
    assert MAPPER.to_values(written, written=True) == values
    reported = MAPPER.to_points(values, reporting=True)
    assert reported == {"r.power": True, "r.target": 215.0, "r.mode": 1}
    assert MAPPER.to_values(reported) == values | {"eco": 1}  # two rows may read one point


def test_directions_are_not_mixed_up() -> None:
    assert MAPPER.to_values({"w.power": True}) == {}
    assert MAPPER.to_values({"r.power": True}, written=True) == {}
    assert MAPPER.to_points({"display": True}, reporting=True) == {}
    assert MAPPER.to_points({"fault": "x"}) == {}
    with pytest.raises(UnknownName):
        MAPPER.to_points({"nothing": 1})


def test_points_to_read_and_how_often() -> None:
    assert MAPPER.read_points() == ("r.power", "r.target", "r.mode", "r.fault")
    assert MAPPER.read_points(["eco", "mode", "display", "nothing"]) == ("r.mode",)
    assert MAPPER.by_cadence() == {10.0: ("r.power", "r.mode", "r.fault"), 5.0: ("r.target",)}
    assert MAPPER.paths(["r.mode", "foreign"]) == ("mode", "eco")


@pytest.mark.parametrize(
    ("point", "raw"),
    [
        ("r.power", None),
        ("r.power", "yes"),
        ("r.target", math.nan),
        ("r.target", math.inf),
        ("r.target", 10**400),
        ("r.target", 155),
        ("r.target", 305),
        ("r.target", [215]),
        ("r.target", "215"),
        ("r.mode", 7),
        ("r.mode", True),
        ("r.fault", 3),
        ("r.fault", "x" * 10_000),
        ("r.fault", "\ud800"),
    ],
    ids=lambda raw: repr(raw)[:14],
)
def test_a_wild_raw_is_wild_and_fit_for_a_record(point: str, raw: Any) -> None:
    found = MAPPER.to_values({point: raw})
    assert found
    wild = next(iter(found.values()))
    assert isinstance(wild, Wild)
    assert wild.why
    json.dumps(wild.raw, allow_nan=False).encode("utf-8")
    assert len(str(wild.raw)) <= RAW_LIMIT + 20


def test_a_wild_raw_does_not_spoil_its_neighbours() -> None:
    assert MAPPER.to_values({"r.power": 7, "r.target": 200, "foreign": 1})["target_temperature"] == 20.0


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=[]), max_size=300),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    )
)
def test_anything_can_be_kept(raw: Any) -> None:
    kept = kept_raw(raw)
    assert kept is None or isinstance(kept, bool | int | float | str)
    json.dumps(kept, allow_nan=False, ensure_ascii=False).encode("utf-8")
    for value in MAPPER.to_values(dict.fromkeys(("r.power", "r.target", "r.mode", "r.fault"), raw)).values():
        assert isinstance(value, bool | int | float | str | Wild)


def test_actions_both_ways() -> None:
    act = MAPPER.to_act("clean", [20])
    assert act == Act("a.clean", {"0": 20})
    assert MAPPER.from_act(act) == ("clean", (20,))
    path, arguments = MAPPER.from_act(Act("a.clean", {"0": "long"}))
    assert path == "clean"
    assert isinstance(arguments[0], Wild)
    assert isinstance(MAPPER.from_act(Act("a.clean"))[1][0], Wild)
    with pytest.raises(UnknownName):
        MAPPER.to_act("clean", [])
    with pytest.raises(OutOfDefinition):
        MAPPER.to_act("clean", [61])
    with pytest.raises(UnknownName):
        MAPPER.to_act("scrub", [])
    with pytest.raises(UnknownName):
        MAPPER.from_act(Act("a.scrub"))


def test_events() -> None:
    assert MAPPER.event("e.pressed") == "pressed"
    assert MAPPER.event("e.else") is None
