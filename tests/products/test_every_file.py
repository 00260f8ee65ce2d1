"""Every product file that ships: complete, cited, addressed as its family writes points, and the same both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf, read_product
from jiahe.catalog.mapper import Mapper, Wild
from jiahe.catalog.product import PointRow, Product
from jiahe.driver.family import FAMILIES
from jiahe.driver.quirk import QUIRKS, fitted
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.errors import JiaheError
from jiahe.model.vocabulary import DEVICE_KINDS, VOCABULARY
from jiahe.wire.talk import Act, Identity, Read, Role, Write


@dataclass(frozen=True)
class File:
    name: str
    text: str
    product: Product


def _files() -> list[File]:
    found = []
    for maker in files("jiahe.catalog").joinpath("products").iterdir():
        if maker.is_dir():
            for entry in maker.iterdir():
                name, text = f"{maker.name}/{entry.name}", entry.read_text("utf-8")
                found.append(File(name, text, read_product(text, name)))
    return sorted(found, key=lambda file: file.name)


FILES = _files()
ROWS = [(file.product, row) for file in FILES for row in file.product.rows]
each_file = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
each_row = pytest.mark.parametrize(
    ("product", "row"), ROWS, ids=[f"{product.id}:{row.definition.path}" for product, row in ROWS]
)
SECRETS = {
    "miio": {"token": bytes(16)},
    "midea": {"token": bytes(64), "key": bytes(32)},
    "huami": {"key": bytes(16)},
    "mibeacon": {},
    "bthome": {},
}


def test_the_shelf_holds_every_file_once() -> None:
    shelf = Shelf.shipped()
    assert len(FILES) >= 4
    assert sorted(product.id for product in shelf.all()) == sorted(file.product.id for file in FILES)
    prints = [(file.product.family, str(dict(file.product.fingerprint))) for file in FILES]
    assert len(set(prints)) == len(prints)


@each_file
def test_the_card(file: File) -> None:
    product = file.product
    assert file.name.endswith(".toml")
    for language in ("en", "zh"):
        assert product.names[language].strip()
    assert re.search("[\u4e00-\u9fff]", product.names["zh"])
    assert product.kind in DEVICE_KINDS
    assert product.family in FAMILIES
    assert len(product.source) > 20, "cites the frame or specification behind it"
    assert not product.quirk or product.quirk in QUIRKS
    assert set(product.fingerprint) <= set(FAMILIES[product.family].fingerprint)
    assert Shelf.shipped().recognise(product.family, product.fingerprint) == product


@each_row
def test_the_definition(product: Product, row: PointRow) -> None:
    definition = row.definition
    assert definition.labels["en"]
    assert definition.labels["zh"]
    assert 1 <= row.cadence <= 3600
    assert len(set(definition.choices)) == len(definition.choices)
    assert (definition.kind is Kind.ENUM) == bool(definition.choices)
    word = VOCABULARY.get(definition.name)
    if word is not None and isinstance(word.definition, PropertyDef):
        assert definition.unit == word.definition.unit
        assert definition.trait == word.definition.trait
    if definition.writable and definition.kind in (Kind.INT, Kind.FLOAT):
        assert definition.low is not None, "a person's slider has ends"
        assert definition.high is not None


@each_file
def test_its_family_knows_every_point(file: File) -> None:
    """The family's own session takes an ask for each point; what it cannot say it refuses at once."""
    product = file.product
    family = FAMILIES[product.family]
    identity = Identity("123456789", SECRETS[product.family], dict(product.facts))
    mapper = Mapper(product)
    for row in product.rows:
        session = family.session(Role.HUB, identity, bytes)
        if row.report is not None:
            session.ask(Read((row.report,)), 10.0, 0.0)
        if row.write is not None:
            value = _example(row.definition)
            session.ask(Write(mapper.to_points({row.definition.path: value})), 10.0, 0.0)
    for action in product.actions:
        session = family.session(Role.HUB, identity, bytes)
        session.ask(
            mapper.to_act(action.definition.path, [_example(a) for a in action.definition.arguments]),
            10.0,
            0.0,
        )
    session = family.session(Role.HUB, identity, bytes)
    with pytest.raises(JiaheError):
        session.ask(Read(("no such point",)), 10.0, 0.0)


def _example(definition: PropertyDef) -> Any:
    if definition.kind is Kind.BOOL:
        return True
    if definition.kind is Kind.ENUM:
        return definition.choices[0]
    if definition.kind is Kind.TEXT:
        return "x"
    return definition.check(definition.low if definition.low is not None else 0)


def _admitted(definition: PropertyDef) -> st.SearchStrategy[Any]:
    """Values that the definition's own check admits."""
    if definition.kind is Kind.BOOL:
        return st.booleans()
    if definition.kind is Kind.ENUM:
        return st.sampled_from(definition.choices)
    if definition.kind is Kind.TEXT:
        return st.text(max_size=40)
    low = definition.low if definition.low is not None else -1_000_000
    high = definition.high if definition.high is not None else 1_000_000
    step = definition.step or (1 if definition.kind is Kind.INT else 0.001)
    steps = st.integers(0, int((high - low) / step + 1e-9))
    return steps.map(lambda n: definition.check(min(round(low + n * step, 6), high)))


@each_row
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_same_in_all_four_directions(product: Product, row: PointRow, data: st.DataObject) -> None:
    path, mapper = row.definition.path, Mapper(product)
    value = data.draw(_admitted(row.definition))
    if row.write is not None:
        written = mapper.to_points({path: value})
        assert set(written) == {row.write}
        assert mapper.to_values(written, written=True)[path] == value
    if row.report is not None:
        reported = mapper.to_points({path: value}, reporting=True)
        assert set(reported) == {row.report}
        back = mapper.to_values(reported)[path]
        assert back == value
        assert type(back) is type(value)


@each_row
def test_a_wild_raw_is_wild(product: Product, row: PointRow) -> None:
    assert row.report is not None, "no file has a property that is written only; test what becomes of it here"
    raws: list[Any] = [None, float("nan"), float("inf"), 10**400, [], {}, b"x", "\ud800", -(2**60)]
    for raw in raws:
        assert isinstance(Mapper(product).to_values({row.report: raw})[row.definition.path], Wild), repr(raw)[
            :9
        ]


@each_file
def test_actions_come_back(file: File) -> None:
    mapper = Mapper(file.product)
    for row in file.product.actions:
        arguments = [_example(argument) for argument in row.definition.arguments]
        act = mapper.to_act(row.definition.path, arguments)
        assert isinstance(act, Act)
        assert mapper.from_act(act) == (row.definition.path, tuple(arguments))


@each_file
@pytest.mark.parametrize(
    "capabilities",
    [None, [], {}, {"modes": "all"}, {"modes": 99}, {"modes": None}, {"cool_min_temperature": 17.0},
     {"cool_min_temperature": 40, "cool_max_temperature": 10}, {"eco": False, "energy": "", "turbo": None}],
)  # fmt: skip
def test_any_capabilities_leave_a_product_that_works(file: File, capabilities: Any) -> None:
    product = fitted(file.product, {"capabilities": capabilities})
    assert product.rows
    for row in product.rows:
        definition = row.definition
        assert definition.kind is not Kind.ENUM or (definition.choices == tuple(row.datatype.choices) != ())
        assert definition.low is None or definition.high is None or definition.low < definition.high


def test_capabilities_narrow_the_air_conditioner() -> None:
    product = Shelf.shipped().get("midea.ac.split")
    assert product is not None
    capabilities: Mapping[str, Any] = {
        "modes": 3,
        "swing": 3,
        "cool_min_temperature": 17.0,
        "cool_max_temperature": 28.0,
        "heat_min_temperature": 18.0,
        "eco": 0,
    }
    profile = fitted(product, {"capabilities": capabilities}).profile
    assert set(profile.property("mode").choices) == {"cool", "fan"}
    assert (profile.property("target_temperature").low, profile.property("target_temperature").high) == (
        17,
        28,
    )
    assert not {"eco", "swing_vertical"} & set(profile.properties)
    assert {"turbo", "swing_horizontal"} <= set(profile.properties), "silence is not a denial"
