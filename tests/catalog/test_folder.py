"""A folder of product files: what is good stands on the shelf, what is not is named, and nothing stops the rest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jiahe.catalog import folder as folder_module
from jiahe.catalog.folder import DEEPEST, LARGEST, put_folder, read_file
from jiahe.catalog.loader import Card, Shelf
from jiahe.catalog.product import Product
from jiahe.catalog.where import json_line, toml_line
from jiahe.model.errors import SpecError

TOML = """\
id = "acme.fan.one"
maker = "Acme"
family = "miio"
kind = "fan"
names = { en = "Fan", zh = "风扇" }
source = "made up for these tests"

[fingerprint]
model = "acme.fan.one"

[[points]]
property = "power"
report = "2.1"
write = "2.1"
datatype = "bool"
"""


def spec(**changes: Any) -> dict[str, Any]:
    service = {
        "iid": 2,
        "type": "urn:miot-spec-v2:service:fan:00007808:acme-two:1",
        "properties": [
            {"iid": 1, "type": "urn:miot-spec-v2:property:on:00000006:acme-two:1", "format": "bool",
             "access": ["read", "write"]},
        ],
    }  # fmt: skip
    whole = {
        "type": "urn:miot-spec-v2:device:fan:0000A005:acme-two:1",
        "description": "Fan",
        "services": [service],
    }
    return whole | changes


@pytest.fixture
def products(tmp_path: Path) -> Path:
    directory = tmp_path / "products"
    directory.mkdir()
    return directory


def put(products: Path, **given: Any) -> Shelf:
    shelf = Shelf()
    put_folder(shelf, products, **given)
    return shelf


def test_both_kinds_of_file_stand_on_the_shelf(products: Path) -> None:
    (products / "fan.toml").write_text(TOML, "utf-8")
    (products / "acme.fan.two.json").write_text("\ufeff" + json.dumps(spec()), "utf-8")
    (products / "notes.txt").write_text("not a product")
    shelf = put(products)
    assert shelf.faults == []
    assert {card.id for card in shelf.cards()} == {"acme.fan.one", "acme.fan.two"}
    for model in ("acme.fan.one", "acme.fan.two"):
        product = shelf.recognise("miio", {"model": model})
        assert product is not None
        assert list(product.profile.properties) == ["power"]


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    shelf = put(tmp_path / "nothing")
    assert (shelf.cards(), shelf.faults) == ((), [])


BAD: dict[str, tuple[str, bytes, str]] = {
    # file, its bytes, what the sentence says (and where)
    "large": ("a.b.c.json", b" " * 10_000_000, "a.b.c.json: has 10000000 bytes; a product file has at most"),
    "empty": ("a.b.c.json", b"", "a.b.c.json:1: is no JSON"),
    "broken json": ("a.b.c.json", b'{\n"type": "urn",\n]', "a.b.c.json:3: is no JSON"),
    "deep json": ("a.b.c.json", b"[" * 100_000, "a.b.c.json: is nested too deep"),
    "deep toml": ("a.toml", b"x = " + b"[" * 100_000, "a.toml: is nested too deep"),
    "no object": ("a.b.c.json", b"[1]", "a.b.c.json: a MIoT-Spec instance is a JSON object"),
    "latin-1": ("a.toml", TOML.replace("Fan", "F\xe4n").encode("latin-1", "replace"), "a.toml:5: is not UTF-8"),
    "utf-16": ("a.b.c.json", json.dumps(spec()).encode("utf-16"), "a.b.c.json:1: is not UTF-8"),
    "lone surrogate": ("a.b.c.json", b'{"type": "\\ud800"}', "a.b.c.json:1: is no JSON"),
    "nul": ("a.toml", TOML.encode() + b"\0", "a.toml:16: "),
    "path in id": ("a.toml", TOML.replace("acme.fan.one", "../../etc/passwd", 1).encode(), "a.toml:1:id: "),
    "dots in id": ("a.toml", TOML.replace("acme.fan.one", "acme..one", 1).encode(), "a.toml:1:id: "),
    "toml syntax": ("a.toml", (TOML + "low = = 3\n").encode(), "a.toml:16: "),
    "toml key": ("a.toml", (TOML + "lowest = 3\n").encode(), "a.toml:16:points[0].lowest: is not a key here"),
    "toml twice": ("a.toml", (TOML + TOML[TOML.index("[[") :]).encode(), "a.toml:16:points[1]: power stands twice"),
    "toml same key": ("a.toml", (TOML + 'report = "2.1"\n').encode(), "a.toml:16: "),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_the_others_stand(products: Path, name: str) -> None:
    file, data, said = BAD[name]
    (products / file).write_bytes(data)
    (products / "good.toml").write_text(TOML, "utf-8")
    shelf = put(products)
    assert [card.file for card in shelf.cards()] == ["good.toml"]
    (fault,) = shelf.faults
    assert str(fault).startswith(said), str(fault)
    assert len(str(fault)) < 1000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"services": []}, ":services: "),
        ({"services": [spec()["services"][0]] * 2}, ":services[1].iid: 2 is the iid of another service"),
        ({"services": [{"iid": n, "type": "urn:x:service:y:1"} for n in range(1, 400)]}, ":services: "),
        ({"type": "urn:miot-spec-v2:device:fan:0000A005:../x:1"}, ":type: "),
        ({"type": "urn:miot-spec-v2:device:../..:0000A005:acme-two:1"}, ":type: "),
        ({"type": "x" * 100_000}, ":type: "),
    ],
)
def test_a_hostile_instance_is_named_with_its_key(products: Path, change: dict[str, Any], said: str) -> None:
    (products / "x.json").write_text(json.dumps(spec(**change), indent=1), "utf-8")
    (fault,) = put(products).faults
    assert said in str(fault)
    assert fault.line > 0
    assert len(str(fault)) < 400


def test_duplicate_points_are_named(products: Path) -> None:
    whole = spec()
    other = {**whole["services"][0]["properties"][0], "type": "urn:miot-spec-v2:property:mode:1:acme-two:1"}
    whole["services"][0]["properties"].append(other)
    (products / "acme.fan.two.json").write_text(json.dumps(whole, indent=1), "utf-8")
    (fault,) = put(products).faults
    assert fault.key == "services[0].properties[1].iid"
    assert json.dumps(whole, indent=1).splitlines()[fault.line - 1].strip() == '"iid": 1,'


def test_links_folders_and_pipes_are_not_read(products: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(TOML, "utf-8")
    (products / "link.toml").symlink_to(outside)
    (products / "loop.toml").symlink_to(products / "loop.toml")
    (products / "folder.toml").mkdir()
    os.mkfifo(products / "pipe.json")
    shelf = put(products, index=tmp_path / "index")
    assert shelf.cards() == ()
    assert sorted(fault.file for fault in shelf.faults) == [
        "folder.toml",
        "link.toml",
        "loop.toml",
        "pipe.json",
    ]
    # Not by way of the index either: a file that was good and became a link.
    (products / "link.toml").unlink()
    (products / "link.toml").write_text(TOML, "utf-8")
    assert len(put(products, index=tmp_path / "index").cards()) == 1
    (products / "link.toml").unlink()
    (products / "link.toml").symlink_to(outside)
    os.utime(outside, ns=(1, 1))
    assert put(products, index=tmp_path / "index").cards() == ()


def test_one_id_is_one_product(products: Path) -> None:
    (products / "a.toml").write_text(TOML, "utf-8")
    (products / "b.toml").write_text(TOML, "utf-8")
    shelf = put(products)
    assert [card.file for card in shelf.cards()] == ["a.toml"]
    assert "has the id of a.toml" in str(shelf.faults[0])


def test_a_published_spec_stands_beside_the_product_file_of_its_model(products: Path) -> None:
    (products / "acme.fan.one.json").write_text(json.dumps(spec()), "utf-8")
    (products / "own.toml").write_text(TOML, "utf-8")
    shelf = put(products)
    assert shelf.faults == []
    found = [product.id for product in shelf.candidates("miio", {"model": "acme.fan.one"})]
    assert found == ["acme.fan.one", "acme.fan.one.miot"]


def test_a_home_may_replace_a_file_that_ships(products: Path) -> None:
    shelf = Shelf.shipped()
    (products / "mine.toml").write_text(TOML.replace("acme.fan.one", "zhimi.airpurifier.mb4"), "utf-8")
    put_folder(shelf, products)
    found = shelf.get("zhimi.airpurifier.mb4")
    assert found is not None
    assert found.maker == "Acme"


def test_what_has_not_changed_is_not_read_again(
    products: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "products.index"
    (products / "fan.toml").write_text(TOML, "utf-8")
    (products / "bad.toml").write_text("id = 1", "utf-8")
    first = put(products, index=index)
    read: list[str] = []

    def counted(path: Path) -> Product:
        read.append(path.name)
        return read_file(path)

    monkeypatch.setattr(folder_module, "read_file", counted)
    again = put(products, index=index)
    assert read == ["bad.toml"]
    assert again.cards() == first.cards()
    assert again.get("acme.fan.one") == first.get("acme.fan.one")
    (products / "fan.toml").write_text(TOML.replace("Acme", "Acme & Co"), "utf-8")
    assert put(products, index=index).cards()[0].maker == "Acme & Co"


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"format": 1}', b'{"format": 1, "files": {"fan.toml": [1]}}', b'{"format": 1, "files": []}',
     b'{"format": 0, "files": {}}', b'{"format": 1, "files": {"fan.toml": [1, 2, {"id": 5}]}}', b"\xff" * 100],
)  # fmt: skip
def test_a_damaged_index_is_made_anew(products: Path, tmp_path: Path, damage: bytes) -> None:
    index = tmp_path / "products.index"
    (products / "fan.toml").write_text(TOML, "utf-8")
    index.write_bytes(damage)
    shelf = put(products, index=index)
    assert [card.id for card in shelf.cards()] == ["acme.fan.one"]
    assert b"acme.fan.one" in index.read_bytes()


def test_a_file_that_went_bad_since_it_was_indexed_is_a_fault_when_it_is_wanted(products: Path) -> None:
    (products / "fan.toml").write_text(TOML, "utf-8")
    shelf = put(products)
    (products / "fan.toml").write_text("id = ", "utf-8")
    assert shelf.get("acme.fan.one") is None
    assert shelf.get("acme.fan.one") is None
    assert len(shelf.faults) == 1
    assert shelf.all() == ()


def test_a_card_of_a_shipped_file_says_what_the_file_says() -> None:
    shelf = Shelf.shipped()
    cards = {card.id: card for card in shelf.cards()}
    for product in shelf.all():
        assert cards[product.id] == Card.of(product, file=cards[product.id].file)


def test_all_published_specs_are_read_once(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first start reads them all, the next one none; how long that takes is measured by bench/products.py."""
    specs = shared_data / "miot-specs"
    if not specs.is_dir():
        pytest.skip("real data absent: ../shared/data/miot-specs")
    read: list[str] = []

    def reading(path: Path) -> Any:
        read.append(path.name)
        return read_file(path)

    monkeypatch.setattr(folder_module, "read_file", reading)
    cards = []
    for _ in range(2):
        shelf = put(specs, index=tmp_path / "index")
        assert shelf.faults == []
        cards.append({card.id for card in shelf.cards()})
        assert len(cards[-1]) >= 150
    assert cards[0] == cards[1]
    assert len(read) == len(set(read)) >= 150


def test_limits_are_above_what_is_published() -> None:
    assert LARGEST > 10 * 31_000
    assert DEEPEST > 8
    assert isinstance(SpecError("x", file="f", line=1, key="k"), Exception)


@pytest.mark.parametrize(
    ("key", "line"),
    [("type", 2), ("services", 3), ("services[0].iid", 5), ("services[1]", 7), ("services[1].properties[1].iid", 12),
     ("services[1].nothing", 7), ("nothing", 0), ("services[9]", 3)],
)  # fmt: skip
def test_lines_of_json(key: str, line: int) -> None:
    text = '{\n"type": "a:\\"{",\n"services": [\n{\n"iid": 2, "x": {}\n},\n{\n"iid":\n3,\n"properties": [\n{"iid": 1},\n'
    text += '{"iid": 1}]}]}'
    assert json_line(text, key) == line


@pytest.mark.parametrize(
    ("key", "line"),
    [("id", 1), ("names.zh", 5), ("fingerprint.model", 9), ("points[0]", 11), ("points[0].write", 14), ("points[0].x", 11),
     ("", 0), ("nothing", 0)],
)  # fmt: skip
def test_lines_of_toml(key: str, line: int) -> None:
    assert toml_line(TOML, key) == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\nid = " + "9" * 400_000, "big.toml:3: holds a number that is too long"),
        ("id = 0x" + "f" * 400_000, "big.toml:1: holds a number that is too long"),
        (TOML.replace("[fingerprint]", f"cadence = {10**400}\n[fingerprint]"), "cadence: takes a number"),
        ("a = ['\"', " + "[" * 3000 + "]" * 3000 + ", '\"']", "nested too deep"),  # brackets that look quoted
        (".".join("a" * 5000) + " = 1", "big.toml"),
    ],
    ids=["digits", "hex digits", "endless cadence", "hidden nesting", "dotted nesting"],
)
def test_what_makes_python_itself_stumble_is_a_fault_too(products: Path, text: str, said: str) -> None:
    (products / "big.toml").write_text(text, "utf-8")
    (products / "good.toml").write_text(TOML, "utf-8")
    shelf = Shelf()
    put_folder(shelf, products)
    assert [card.id for card in shelf.cards()] == ["acme.fan.one"]
    [fault] = shelf.faults
    assert said in str(fault)


def test_no_defect_of_a_reader_keeps_a_hub_from_starting(
    products: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(text: str, file: str) -> Product:
        raise KeyError("surprise")

    (products / "fan.toml").write_text(TOML, "utf-8")
    monkeypatch.setattr(folder_module, "read_product", stumbles)
    shelf = Shelf()
    put_folder(shelf, products)
    assert str(shelf.faults[0]).startswith("fan.toml: cannot be understood (KeyError")
