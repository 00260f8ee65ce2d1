"""The words of MIoT-Spec made ours: units, choices, labels, components; and laws over all published instances."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.catalog.miot_names import UNITS, Components, choice, identifier, labels, unit
from jiahe.catalog.miot_spec import read_instance
from jiahe.catalog.product import Product
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, KIND_OF_MIOT, VOCABULARY


@pytest.fixture(scope="session")
def products(shared_data: Path) -> list[Product]:
    folder = shared_data / "miot-specs"
    if not folder.is_dir():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    return [
        read_instance(json.loads(p.read_text("utf-8")), p.name, p.stem) for p in sorted(folder.glob("*.json"))
    ]


def find(products: list[Product], model: str) -> Product:
    return next(product for product in products if product.id == model)


@pytest.mark.parametrize(
    ("written", "code", "remark"),
    [("celsius", "Cel", ""), ("Percentage ", "%", ""), ("arcdegress", "deg", ""), ("μg/m3", "ug/m3", ""), ("none", "", ""),
     (None, "", ""), ("kWh", "kW.h", ""), ("w", "W", ""), ("furlongs", "", "furlongs"), ("x" * 99, "", "x" * 20), (7, "", "7")],
)  # fmt: skip
def test_units(written: Any, code: str, remark: str) -> None:
    assert unit(written) == (code, remark)


def test_an_unknown_unit_stands_in_the_label() -> None:
    assert labels("Walked", "walked", "furlongs")["en"] == "Walked (furlongs)"


@pytest.mark.parametrize(
    ("description", "name", "en", "zh"),
    [
        ("Brush left time", "brush-left-time", "Brush left time", "刷子剩余时间"),
        ("", "moto-speed-rpm", "Moto speed rpm", "Moto speed rpm"),
        ("上电是否开灯", "init-power-opt", "Init power opt", "上电是否开灯"),
        ("Motor Reverse", "motor-reverse", "Motor reverse", "Motor reverse"),
        ("ECO mode ON", "x", "ECO mode ON", "ECO mode ON"),
        (None, "", "?", "?"),
        (5, "a", "5", "5"),
    ],
)
def test_labels(description: Any, name: str, en: str, zh: str) -> None:
    assert dict(labels(description, name)) == {"en": en, "zh": zh}


@pytest.mark.parametrize(
    ("description", "word"),
    [("Level1", "level1"), ("60", "60"), ("-1", "-1"), ("Go Charging", "go_charging"), ("关", "off"), ("弓字", "弓字"),
     ("", "value_3"), ("...", "..."), ("!!", "value_3"), ("f2.4", "f2.4"), ("x" * 200, "x" * 80)],
)  # fmt: skip
def test_choices(description: str, word: str) -> None:
    assert choice(description, 3) == word


@given(st.text(max_size=60))
def test_every_name_becomes_an_identifier_and_a_label(text: str) -> None:
    assert identifier(text).isidentifier()
    assert choice(text, 1)
    shown = labels(text, text)
    assert shown["en"]
    assert shown["zh"]
    assert unit(text)[0] in set(UNITS.values())


def test_components_of_a_strip_a_lamp_with_a_fan_and_a_fridge(products: list[Product]) -> None:
    strip = find(products, "cuco.plug.cp5").profile.properties
    assert [path for path in strip if strip[path].name == "power"] == [
        "power", "outlet_1.power", "outlet_2.power", "outlet_3.power", "outlet_4.power", "usb.power",
    ]  # fmt: skip
    lamp = find(products, "yeelink.light.fancl1").profile.properties
    assert {
        "power",
        "light_level",
        "color_temperature",
        "fan.power",
        "fan.fan_level",
        "fan.off_delay",
    } <= set(lamp)
    assert {"left_filter.filter_life", "right_filter.filter_life"} <= set(
        find(products, "zhimi.airpurifier.sb1").profile.properties
    )
    vacuum = find(products, "roborock.vacuum.a27").profile
    assert {"brush_life", "side_brush.brush_life", "battery", "status"} <= set(vacuum.properties)
    assert {"start_cleaning", "stop_cleaning", "dock"} <= set(vacuum.actions)
    fridge = Components(
        "refrigerator", [("refrigerator", ""), ("fridge-chamber", ""), ("freezer-chamber", "")]
    )
    assert [fridge.of(index) for index in range(3)] == ["main", "fridge", "freezer"]
    wall = Components("switch", [("switch", "First"), ("switch", "Second"), ("indicator-light", "")])
    assert [wall.of(index) for index in range(3)] == ["main", "switch_2", "main"]


def test_a_helper_s_generic_names_are_never_the_device_s(products: list[Product]) -> None:
    for product in products:
        for path in ("power", "mode", "status", "fault"):
            definition = product.profile.properties.get(path)
            if definition is not None:
                assert definition.trait != "vendor", f"{product.id} {path}"


def test_our_words_mean_the_same_in_every_product(products: list[Product]) -> None:
    """A name of the vocabulary is never given to something else, whatever a maker calls it."""
    for product in [*products, *Shelf.shipped().all()]:
        for row in product.rows:
            word = VOCABULARY.get(row.definition.name)
            if word is not None:
                assert row.definition.trait == word.definition.trait, f"{product.id} {row.definition.path}"
                assert row.definition.labels["zh"]
        for action in product.actions:
            deed = ACTIONS.get(action.definition.name)
            assert deed is None or action.definition.trait == deed.definition.trait, product.id


def test_every_product_is_of_a_kind_and_most_points_have_our_words(products: list[Product]) -> None:
    kinds = Counter(product.kind for product in products)
    assert kinds["generic"] == 0, kinds
    rows = [row for product in products for row in product.rows]
    ours = sum(row.definition.trait != "vendor" for row in rows)
    assert ours / len(rows) > 0.45
    controlled = [
        product
        for product in products
        if any(row.definition.writable and row.definition.trait != "vendor" for row in product.rows)
    ]
    assert len(controlled) >= len(products) - 12, "what people operate every day is known by our words"


def test_units_are_ucum_and_stand_with_numbers_only(products: list[Product]) -> None:
    for product in products:
        for row in product.rows:
            definition = row.definition
            assert definition.unit in {*UNITS.values(), *(w.definition.unit for w in VOCABULARY.values())}  # type: ignore[union-attr]  # no action among them
            assert not definition.unit or definition.kind in (Kind.INT, Kind.FLOAT), (
                f"{product.id} {definition.path}"
            )


def test_the_vocabulary_is_complete() -> None:
    patterns = Counter(p for w in (*VOCABULARY.values(), *ACTIONS.values()) for p in w.miot)
    assert not [pattern for pattern, count in patterns.items() if count > 1]
    for word in (*VOCABULARY.values(), *ACTIONS.values()):
        definition = word.definition
        assert definition.name.isidentifier()
        assert definition.trait.isidentifier()
        assert set(definition.labels) == {"en", "zh"}
        assert word.matter == "" or word.matter.count(".") == 1, definition.name
        assert all(pattern.count(":") == 1 for pattern in word.miot)
        if isinstance(definition, PropertyDef) and definition.unit:
            assert definition.kind in (Kind.INT, Kind.FLOAT)
    ids = Counter(kind.matter for kind in DEVICE_KINDS.values() if kind.matter)
    assert not [number for number, count in ids.items() if count > 1]
    assert len(KIND_OF_MIOT) == sum(len(kind.miot) for kind in DEVICE_KINDS.values())


SCRAP = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_mutilated_instance_is_a_product_or_a_spec_error(data: st.DataObject, shared_data: Path) -> None:
    """Any scrap in the place of any part of a real instance."""
    file = shared_data / "miot-specs" / "dmaker.fan.p8.json"
    if not file.exists():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    instance = copy.deepcopy(_loaded(str(file)))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = instance
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            inside = place[key]
            if isinstance(inside, dict | list) and inside and data.draw(st.integers(0, 5)):
                place = inside
                continue
            place[key] = data.draw(SCRAP)
            break
    try:
        product = read_instance(instance, "scrap.json")
    except SpecError as error:
        assert error.file == "scrap.json"  # noqa: PT017  # either end is right
        return
    assert len(product.profile.properties) == len(product.rows)
    for row in product.rows:
        assert row.definition.path.replace(".", "_").isidentifier()


_LOADED: dict[str, Any] = {}


def _loaded(file: str) -> Any:
    if file not in _LOADED:
        _LOADED[file] = json.loads(Path(file).read_text("utf-8"))
    return _LOADED[file]
