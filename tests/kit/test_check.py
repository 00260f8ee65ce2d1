"""Every fault of a file with its line; hostile files end in words; what `new` writes reads back the same."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import PointRow, Product
from jiahe.catalog.product_file import read_product
from jiahe.kit.asked import Interview, from_spec
from jiahe.kit.check import MOST_FAULTS, check_file
from jiahe.kit.written import product_text
from jiahe.model.errors import JiaheError

GOOD = (Path(__file__).parents[1] / "products" / "faults" / "purifier.toml").read_text("utf-8")


def checked(tmp_path: Path, text: str | bytes, name: str = "examplia.airpurifier.one.toml"):  # type: ignore[no-untyped-def]
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_file(path)


def test_a_good_file_is_good(tmp_path: Path) -> None:
    found = checked(tmp_path, GOOD)
    assert found.good
    assert [fault.key for fault in found.faults] == ["local"]


def test_all_faults_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """id = "../../etc"
maker = 5
familly = "x"
kind = "air_purifer"
names = { en = "a" }
source = "made up for the tests of the check"
[fingerprint]
model = "x"
[[points]]
property = "power"
report = "2.1"
datatype = "bolo"
[[points]]
property = "Bad Name"
report = "2.2"
datatype = "int"
colour = 3
[[points]]
property = "brightness"
report = "x.y"
datatype = "int"
low = 5
high = 2
[[points]]
property = "mode"
report = "3.1"
write = "3.1"
datatype = "enum"
choices = { a = 1, b = 1 }
[[actions]]
action = "foo"
[local]
grade = "always"
"""
    found = checked(tmp_path, text)
    assert not found.good
    lines = {fault.key: fault.line for fault in found.faults if fault.grave}
    assert lines == {
        "family": 0, "id": 1, "maker": 2, "familly": 3, "kind": 4, "names.zh": 5, "points[0].datatype": 12,
        "points[1].property": 14, "points[1].colour": 17, "points[2].report": 20, "points[2].low": 22,
        "points[3].choices": 29, "actions[0]": 30, "local.grade": 33,
    }  # fmt: skip
    said = {fault.key: fault.right for fault in found.faults}
    assert said["familly"] == "did you mean family?"
    assert "air_purifier" in said["kind"]
    assert all(fault.right for fault in found.faults)


@pytest.mark.parametrize(
    ("old", "new", "key", "part"),
    [
        ('report = "6.1"\nwrite = "6.1"', 'report = "8.1"\nwrite = "8.1"', "points[9].report", "buzzer is at 8.1 already"),
        ('report = "6.1"', 'report = "six"', "points[6].report", "siid.piid"),
        ('write = "6.1"', 'write = "prop:buzzer"', "points[6].write", ""),
        ('point = "5.1"', 'point = "now"', "actions[2].point", "siid.aiid"),
        ('family = "miio"', 'family = "zigbee"', "family", "no protocol family"),
        ("[fingerprint]\nmodel", "[fingerprint]\nserial", "fingerprint", "nothing tells this product"),
        ('family = "miio"', 'family = "miio"\nquirk = "odd"', "quirk", "no quirk"),
        ('family = "miio"', 'family = "miio"\nshop = { gtin = "123" }', "shop.gtin", "check digit"),
        ('family = "miio"', 'family = "miio"\nshop = { url = "javascript:alert(1)" }', "shop.url", "https"),
        ('family = "miio"', 'family = "miio"\nlocal = { grade = "offline" }', "local.why", "say why"),
    ],
)  # fmt: skip
def test_what_no_grammar_knows(tmp_path: Path, old: str, new: str, key: str, part: str) -> None:
    assert old in GOOD
    found = checked(tmp_path, GOOD.replace(old, new))
    assert not found.good
    fault = next(fault for fault in found.faults if fault.key == key)
    assert fault.grave
    assert part in fault.text + fault.right


HOSTILE = {
    "ten megabytes": b'id = "' + b"a" * 10_000_000 + b'"',
    "deep": b"a = " + b"[" * 100_000,
    "deep json": b"[" * 100_000,
    "deep tables": b"[" + b".".join([b"a"] * 30_000) + b"]",
    "no utf-8": GOOD.replace("示例", "\u793a").encode("utf-16"),
    "gbk": GOOD.encode("gbk"),
    "empty": b"",
    "nul": b"\x00" * 100,
    "binary": bytes(range(256)) * 10,
    "a number": b"5",
    "lone surrogate": b'{"type": "\\ud800", "services": []}',
    "huge number": b'{"type": "urn:miot-spec-v2:device:a:0:b-c:1", "services": [{"iid": 1e400}]}',
    "many tables": b"".join(b"[[points]]\nproperty = 'p%d'\n" % n for n in range(10_000)),
    "duplicate keys": b'id = "a"\nid = "b"\n',
    "nan": GOOD.replace("low = 300", "low = nan").replace("high = 600", "high = nan").encode(),
    "points are one": b'points = "all"\nactions = 3\nevents = [1, [2]]\nnames = []\nlocal = 4\nshop = [1]',
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("ending", ["toml", "json"])
def test_a_hostile_file_ends_in_words(tmp_path: Path, what: str, ending: str) -> None:
    found = checked(tmp_path, HOSTILE[what], f"hostile.one.file.{ending}")
    assert not found.good
    assert 0 < len(found.faults) <= MOST_FAULTS
    assert all(len(str(fault)) < 5000 for fault in found.faults)


def test_paths_that_are_tricks(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(GOOD)
    (tmp_path / "link.toml").symlink_to(tmp_path / "real.toml")
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("link.toml", "folder.toml", "pipe.toml", "absent.toml", "../../../../etc/passwd"):
        found = check_file(tmp_path / name)
        assert not found.good
        assert found.faults


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(GOOD)),
    length=st.integers(0, 40),
    put=st.sampled_from(["", "[", "]]", '"', "= 5", "\n[[points]]\n", "\u0000", "'''", "# ", "true"]),
)
def test_a_file_damaged_anywhere_ends_in_words(tmp_path: Path, cut: int, length: int, put: str) -> None:
    found = checked(tmp_path, GOOD[:cut] + put + GOOD[cut + length :])
    assert found.good or any(fault.grave for fault in found.faults)


# ---- written ------------------------------------------------------------------------------------------------------


def _bare(product: Product) -> Product:
    """Without the trait, which a word of the vocabulary brings by itself, and bounds that only the vocabulary knows."""

    def plain(row: PointRow) -> PointRow:
        return replace(row, definition=replace(row.definition, trait="", low=None, high=None, step=None))

    rows = tuple(plain(row) for row in product.rows)
    actions = tuple(replace(row, definition=replace(row.definition, arguments=())) for row in product.actions)
    return replace(product, rows=rows, actions=actions)


def _read_back(product: Product) -> None:
    again = read_product(product_text(product, "A comment\nof two lines."), "again.toml")
    assert _bare(again) == _bare(product)
    for row, same in zip(product.rows, again.rows, strict=True):
        for bound in ("low", "high", "step"):
            wanted = getattr(row.definition, bound)
            assert wanted is None or wanted == getattr(same.definition, bound)


def test_every_shipped_product_reads_back_as_it_was_written() -> None:
    for product in Shelf.shipped().all():
        _read_back(product)


def test_every_published_spec_becomes_a_good_file(shared_data: Path, tmp_path: Path) -> None:
    for path in sorted((shared_data / "miot-specs").glob("*.json")):
        product = from_spec(path, maker="Examplia", names={"zh": "产品"})
        assert product.maker == "Examplia"
        _read_back(product)


def test_a_name_of_any_letters_is_written_right() -> None:
    product = read_product(GOOD, "a")
    for name in ('"', "\\", "a\nb", "\u0000", "\u2028", "家", "\U0001f600", "'''", "#"):
        told = replace(product, maker=name, facts={name: {"x": [1, 1.5, True, name]}})
        again = read_product(product_text(told), "a")
        assert again.maker == name
        assert again.facts[name]["x"] == [1, 1.5, True, name]


# ---- asked --------------------------------------------------------------------------------------------------------


def _interview(answers: list[str]) -> tuple[Product, list[str]]:
    said: list[str] = []
    left = iter(answers)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return Interview(ask, said.append).product(), said


HEAD = [
    "Examplia",
    "examplia.fan.one",
    "fan",
    "",
    "One",
    "一号",
    "",
    "Because.",
    "our own specification, in full",
]


def test_wrong_answers_are_asked_again() -> None:
    answers = ["", *HEAD[:1], "../etc", *HEAD[1:2], "fna", *HEAD[2:], "", "1x", "power", "2.1", "", "",
               "power", "speed", "Speed", "速度", "2.2", "2.2", "int", "x", "0", "100", "1", "", ""]  # fmt: skip
    product, said = _interview(answers)
    assert [row.definition.path for row in product.rows] == ["power", "speed"]
    assert product.rows[1].definition.high == 100
    assert any("fan" in line for line in said)
    assert any("there already" in line for line in said)


@pytest.mark.parametrize("count", range(1, len(HEAD) + 4))
def test_answers_that_end_write_nothing(count: int) -> None:
    answers = [*HEAD, "power", "2.1", "2.1"][:count]
    with pytest.raises(JiaheError, match="nothing was written"):
        _interview(answers)


def test_nobody_is_asked_for_ever() -> None:
    with pytest.raises(JiaheError, match="5 times"):
        _interview([""] * 50)
