"""MIoT-Spec instances as products, and our Xiaomi files against the published ones they cite."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Mapper
from jiahe.catalog.miot_spec import read_instance
from jiahe.catalog.product import Product
from jiahe.model.definition import Kind
from jiahe.model.errors import SpecError

OURS = [p for p in Shelf.shipped().all() if p.family == "miio" and "urn:miot-spec-v2" in p.source]
INTEGERS = {"uint8", "uint16", "uint32", "int8", "int16", "int32", "int64", "uint64"}


@pytest.fixture(scope="session")
def instances(shared_data: Path) -> dict[str, dict[str, Any]]:
    folder = shared_data / "miot-specs"
    if not folder.is_dir():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


MEASURED = {("chuangmi.plug.212a01", "5.6"): 0.01}
"""Where a real device counts in other units than its instance says, and by how much: the source is in the product's file."""


def _instance_of(product: Product, instances: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if product.id not in instances:
        pytest.skip(f"real data absent: the published instance of {product.id}")
    return instances[product.id]


def _properties(instance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{service['iid']}.{entry['iid']}": entry
        for service in instance["services"]
        for entry in service.get("properties", ())
    }


@pytest.mark.parametrize("product", OURS, ids=[product.id for product in OURS])
def test_our_file_says_what_the_published_instance_says(
    product: Product, instances: dict[str, dict[str, Any]]
) -> None:
    instance = _instance_of(product, instances)
    assert instance["type"] in product.source
    published = _properties(instance)
    for row in product.rows:
        point = row.report or row.write
        assert point is not None
        assert row.report in (None, point)
        assert row.write in (None, point)
        entry, definition = published[point], row.definition
        where = f"{product.id} {point} {definition.path}"
        assert ("write" in entry["access"]) == definition.writable, where
        assert bool({"read", "notify"} & set(entry["access"])) == definition.readable, where
        _same_format(entry, row.definition.kind, where)
        if "value-list" in entry and definition.kind is Kind.ENUM:
            assert {item["value"] for item in entry["value-list"]} == set(row.datatype.choices.values()), (
                where
            )
        elif "value-list" in entry and definition.kind is Kind.INT:
            values = [item["value"] for item in entry["value-list"]]
            assert (definition.low, definition.high) == (min(values), max(values)), where
        scale = MEASURED.get((product.id, point), 1)
        assert row.datatype.scale == scale, where
        if "value-range" in entry and scale == 1:
            assert [definition.low, definition.high, definition.step] == entry["value-range"], where
        elif "value-range" in entry:
            assert [definition.low, definition.high] == [
                pytest.approx(bound * scale) for bound in entry["value-range"][:2]
            ], where


def _same_format(entry: dict[str, Any], kind: Kind, where: str) -> None:
    admitted = {
        "bool": {Kind.BOOL},
        "string": {Kind.TEXT},
        "float": {Kind.FLOAT},
        **{name: {Kind.INT, Kind.FLOAT} for name in INTEGERS},
    }[entry["format"]]
    if "value-list" in entry:
        admitted = {Kind.ENUM, Kind.INT}
    assert kind in admitted, where


@pytest.mark.parametrize("product", OURS, ids=[product.id for product in OURS])
def test_our_actions_and_events_are_published(product: Product, instances: dict[str, dict[str, Any]]) -> None:
    services = _instance_of(product, instances)["services"]
    actions = {f"{s['iid']}.{a['iid']}": a for s in services for a in s.get("actions", ())}
    events = {f"{s['iid']}.{e['iid']}" for s in services for e in s.get("events", ())}
    for row in product.actions:
        siid = row.point.partition(".")[0]
        published = [f"{siid}.{piid}" for piid in actions[row.point]["in"]]
        assert [point for point, _ in row.arguments] == published
    assert {row.point for row in product.events} <= events


def test_all_published_instances_are_products(instances: dict[str, dict[str, Any]]) -> None:
    assert len(instances) >= 150
    for model, instance in instances.items():
        product = read_instance(instance, f"{model}.json", model)
        paths = [
            row.definition.path for table in (product.rows, product.actions, product.events) for row in table
        ]
        assert len(set(paths)) == len(paths), model
        accessible = {point for point, entry in _properties(instance).items() if entry.get("access")}
        assert {row.report or row.write for row in product.rows} == accessible, model
        for row in product.rows:
            definition = row.definition
            assert definition.name.isidentifier(), f"{model} {definition.path}"
            assert definition.component.isidentifier(), f"{model} {definition.path}"
            assert definition.labels["en"]
            assert definition.labels["zh"]
            assert (definition.kind is Kind.ENUM) == bool(definition.choices)
            assert len(set(row.datatype.choices.values())) == len(row.datatype.choices)
        assert Mapper(product).told_points()
        assert product.fingerprint == {"model": model}


def test_an_instance_without_its_field_name(instances: dict[str, dict[str, Any]]) -> None:
    assert read_instance(instances["zhimi.airpurifier.mb4"]).id == "zhimi.airpurifier.mb4"


SMALL: dict[str, Any] = {
    "type": "urn:miot-spec-v2:device:fan:0000A005:acme-one:1",
    "description": "Fan",
    "services": [
        {
            "iid": 2,
            "type": "urn:miot-spec-v2:service:fan:00007808:acme-one:1",
            "properties": [
                {
                    "iid": 1,
                    "type": "urn:miot-spec-v2:property:on:00000006:acme-one:1",
                    "format": "bool",
                    "access": ["read", "write"],
                },
                {
                    "iid": 2,
                    "type": "urn:miot-spec-v2:property:mode:00000008:acme-one:1",
                    "format": "uint8",
                    "access": ["read"],
                    "value-list": [{"value": 0, "description": "Auto"}, {"value": 1, "description": "Auto"}],
                },
            ],
            "actions": [
                {"iid": 1, "type": "urn:miot-spec-v2:action:toggle:00002811:acme-one:1", "in": [], "out": []}
            ],
            "events": [{"iid": 1, "type": "urn:miot-spec-v2:event:stuck:00005001:acme-one:1"}],
        }
    ],
}


def test_a_small_instance() -> None:
    product = read_instance(SMALL)
    assert product.id == "acme.fan.one"
    assert list(product.profile.properties) == ["power", "mode"]
    assert product.profile.property("mode").choices == ("auto", "auto_1")
    assert list(product.profile.actions) == ["toggle"]
    assert list(product.profile.events) == ["stuck"]


@pytest.mark.parametrize(
    ("path", "wrong", "key"),
    [
        (["type"], "fan", "type"),
        (["type"], None, "type"),
        (["services"], [], "services"),
        (["services"], {"a": 1}, "services"),
        (["services", 0], "fan", "services[0]"),
        (["services", 0, "iid"], True, "services[0].iid"),
        (["services", 0, "iid"], 0, "services[0].iid"),
        (["services", 0, "type"], 5, "services[0].type"),
        (["services", 0, "properties"], 5, "services[0]"),
        (["services", 0, "properties", 1], None, "services[0].properties[1]"),
        (["services", 0, "properties", 0, "iid"], "1", "services[0].properties[0].iid"),
        (["services", 0, "properties", 0, "format"], "complex", "services[0].properties[0].format"),
        (["services", 0, "properties", 0, "type"], "urn:x", "services[0].properties[0].type"),
        (["services", 0, "properties", 0, "access"], 7, "services[0].properties[0]"),
        (["services", 0, "properties", 1, "value-list"], [{}], "services[0].properties[1]"),
        (["services", 0, "properties", 1, "value-list"], 3, "services[0].properties[1]"),
        (["services", 0, "actions", 0, "in"], [9], "services[0].actions[0].in"),
        (["services", 0, "actions", 0, "in"], 9, "services[0].actions[0]"),
        (["services", 0, "actions", 0, "in"], [[1]], "services[0].actions[0]"),
        (["services", 0, "events", 0], [], "services[0].events[0]"),
    ],
)
def test_a_bad_instance_is_named_with_its_key(path: list[Any], wrong: Any, key: str) -> None:
    instance = copy.deepcopy(SMALL)
    place: Any = instance
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    with pytest.raises(SpecError) as error:
        read_instance(instance, "bad.json")
    assert error.value.file == "bad.json"
    assert error.value.key == key


@pytest.mark.parametrize("wrong", [None, [], "text", 5])
def test_what_is_no_object_is_no_instance(wrong: Any) -> None:
    with pytest.raises(SpecError):
        read_instance(wrong, "bad.json")


@pytest.mark.parametrize("bounds", [[0, 0, 0], [5, 1, 1], ["a", "b", "c"], [1], 5, [0, None, 1]])
def test_a_range_that_says_nothing_is_dropped_or_named(bounds: Any) -> None:
    instance = copy.deepcopy(SMALL)
    entry = instance["services"][0]["properties"][1]
    del entry["value-list"]
    entry["value-range"] = bounds
    try:
        definition = read_instance(instance, "bad.json").profile.property("mode")
    except SpecError as error:
        assert error.key == "services[0].properties[1]"  # noqa: PT017  # either end is right, each is checked
        return
    for bound in (definition.low, definition.high, definition.step):
        assert bound is None or isinstance(bound, int | float)
    assert definition.step is None or definition.step > 0
