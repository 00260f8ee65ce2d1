"""Product files: what they may say, and the sentence for each way of saying it wrong."""

from __future__ import annotations

import pytest

from jiahe.catalog.loader import Shelf, read_product
from jiahe.model.definition import Kind
from jiahe.model.errors import SpecError

HEAD = """\
id = "acme.fan.one"
maker = "Acme"
family = "tiny"
kind = "generic"
names = { en = "Fan", zh = "风扇" }
source = "a capture of ours"
"""
POWER = """
[[points]]
property = "power"
report = "1.1"
write = "1.2"
datatype = "bool"
"""
LEVEL = """
[[points]]
property = "level"
component = "head"
report = "2"
write = "2"
datatype = "int"
low = 1
high = 4
step = 1
cadence = 30
labels = { en = "Level", zh = "档位" }
"""
ACTION = """
[[actions]]
action = "clean"
point = "9"
labels = { en = "Clean", zh = "清洁" }
[[actions.arguments]]
property = "minutes"
point = "0"
datatype = "int"
low = 1
high = 60
labels = { en = "Minutes", zh = "分钟" }
"""
EVENT = """
[[events]]
event = "pressed"
point = "7"
labels = { en = "Pressed", zh = "按下" }
"""
WHOLE = HEAD + POWER + LEVEL + ACTION + EVENT


def test_a_whole_file() -> None:
    product = read_product(WHOLE, "acme/one.toml")
    assert product.profile.name == "generic"
    assert list(product.profile.properties) == ["power", "head.level"]
    level = product.profile.property("head.level")
    assert (level.kind, level.low, level.high, level.step, level.component) == (Kind.INT, 1, 4, 1, "head")
    assert (product.rows[0].cadence, product.rows[1].cadence) == (10.0, 30.0)
    assert product.profile.property("power").trait == "on_off"
    assert [argument.name for argument in product.profile.action("clean").arguments] == ["minutes"]
    assert list(product.profile.events) == ["pressed"]


@pytest.mark.parametrize(
    ("rows", "readable", "writable"),
    [('report = "1"', True, False), ('write = "1"', False, True), ('report = "1"\nwrite = "2"', True, True)],
)
def test_where_it_stands_says_what_can_be_done(rows: str, readable: bool, writable: bool) -> None:
    text = f'{HEAD}[[points]]\nproperty = "power"\ndatatype = "bool"\n{rows}\n'
    definition = read_product(text, "f").profile.property("power")
    assert (definition.readable, definition.writable) == (readable, writable)


BAD = [
    ("id = ", "", "no TOML"),
    (HEAD.replace("id =", "# id ="), POWER, "id"),
    (HEAD.replace('"acme.fan.one"', "5"), POWER, "id"),
    (HEAD.replace("maker", "makr"), POWER, "makr"),
    (HEAD.replace('"generic"', '"spaceship"'), POWER, "kind"),
    (HEAD.replace('{ en = "Fan", zh = "风扇" }', '"Fan"'), POWER, "names"),
    (HEAD.replace(', zh = "风扇"', ""), POWER, "names.zh"),
    (HEAD.replace('source = "a capture of ours"', ""), POWER, "source"),
    (HEAD + "cadence = 0\n", POWER, "cadence"),
    (HEAD + 'cadence = "often"\n', POWER, "cadence"),
    (HEAD + "cadence = nan\n", POWER, "cadence"),
    (HEAD + "facts = 3\n", POWER, "facts"),
    (HEAD + "fingerprint = []\n", POWER, "fingerprint"),
    (HEAD + "quirk = true\n", POWER, "quirk"),
    (HEAD + 'points = "all"\n', "", "points"),
    (HEAD + "points = [1]\n", "", "points"),
    (HEAD, "", "points"),
    (HEAD, POWER + POWER, "points[1]"),
    (HEAD.replace('id = "acme', 'id = "../acme'), POWER, "id"),
    (HEAD, POWER + "cadence = -1\n", "points[0].cadence"),
    (HEAD, POWER + "colour = 1\n", "points[0].colour"),
    (HEAD, POWER.replace('"1.1"', "1.1"), "points[0].report"),
    (HEAD, POWER.replace('report = "1.1"\nwrite = "1.2"\n', ""), "points[0]"),
    (HEAD, POWER.replace('"bool"', '"boolean"'), "points[0].datatype"),
    (HEAD, POWER.replace('datatype = "bool"', ""), "points[0].datatype"),
    (HEAD, POWER.replace('"bool"', '["bool"]'), "points[0].datatype"),
    (HEAD, POWER + "choices = { on = 1 }\n", "points[0].choices"),
    (HEAD, POWER.replace('"bool"', '"enum"'), "points[0].choices"),
    (HEAD, POWER.replace('"bool"', '"enum"\nchoices = ["on"]'), "points[0].choices"),
    (HEAD, POWER.replace('"bool"', '"enum"\nchoices = { on = 1, off = 1 }'), "points[0].choices"),
    (HEAD, POWER.replace('"bool"', '"enum"\nchoices = { on = [1] }'), "points[0].choices"),
    (HEAD, POWER.replace('"bool"', '"enum"\nchoices = { on = 1 }\nother = "on"'), "points[0].other"),
    (HEAD, POWER + 'other = "x"\n', "points[0].other"),
    (HEAD, POWER.replace('"power"', '"no power"'), "points[0].property"),
    (HEAD, POWER.replace('"power"', '"pover"'), "points[0].labels"),
    (HEAD, POWER + 'component = "a.b"\n', "points[0].component"),
    (HEAD, POWER + 'labels = { en = "Power" }\n', "points[0].labels.zh"),
    (HEAD, POWER + LEVEL.replace("low = 1", 'low = "1"'), "points[1].low"),
    (HEAD, POWER + LEVEL.replace("low = 1", "low = 4"), "points[1].low"),
    (HEAD, POWER + LEVEL.replace("high = 4", "high = inf"), "points[1].high"),
    (HEAD, POWER + LEVEL.replace("step = 1", "step = 0"), "points[1].step"),
    (HEAD, POWER + LEVEL.replace("step = 1", "step = true"), "points[1].step"),
    (HEAD, POWER + LEVEL.replace("step = 1", "scale = 0"), "points[1].scale"),
    (HEAD, POWER + LEVEL.replace("step = 1", "scale = -0.1"), "points[1].scale"),
    (HEAD, POWER + ACTION + ACTION, "actions[1]"),
    (HEAD, POWER + ACTION.replace('point = "9"', ""), "actions[0]"),
    (HEAD, POWER + ACTION.replace('point = "9"', "point = 9"), "actions[0].point"),
    (HEAD, POWER + ACTION.replace('"clean"', '"clean it"'), "actions[0]"),
    (HEAD, POWER + ACTION.replace('labels = { en = "Clean", zh = "清洁" }', ""), "actions[0]"),
    (HEAD, POWER + ACTION.replace('point = "0"', ""), "actions[0].arguments[0].point"),
    (HEAD, POWER + ACTION.replace('"int"', '"whole"'), "actions[0].arguments[0].datatype"),
    (HEAD, POWER + ACTION.replace("low = 1", "lowest = 1"), "actions[0].arguments[0].lowest"),
    (HEAD, POWER + EVENT + EVENT, "events[1]"),
    (HEAD, POWER + EVENT.replace('"pressed"', "5"), "events[0].event"),
    (HEAD, POWER + EVENT.replace('point = "7"', ""), "events[0]"),
    (HEAD, POWER + EVENT.replace('zh = "按下"', 'zh = ""'), "events[0].labels.zh"),
]


@pytest.mark.parametrize(("head", "rest", "key"), BAD, ids=[f"{n}-{row[2]}" for n, row in enumerate(BAD)])
def test_a_bad_file_is_named_with_its_key(head: str, rest: str, key: str) -> None:
    with pytest.raises(SpecError) as error:
        read_product(head + rest, "acme/bad.toml")
    assert error.value.file == "acme/bad.toml"
    assert error.value.key == ("" if key == "no TOML" else key)
    assert str(error.value).startswith("acme/bad.toml:")


def test_the_most_particular_fingerprint_is_recognised() -> None:
    def shelved(product_id: str, fingerprint: str) -> str:
        return HEAD.replace("acme.fan.one", product_id) + f"fingerprint = {fingerprint}\n" + POWER

    texts = [
        shelved("any", "{ type = 1 }"),
        shelved("one", '{ type = 1, model = "x" }'),
        HEAD.replace("acme.fan.one", "unknowable") + POWER,
    ]
    shelf = Shelf({})
    for text in texts:
        shelf.put(read_product(text, "f"))
    found = shelf.recognise("tiny", {"type": 1, "model": "x", "more": 2})
    assert found is not None
    assert found.id == "one"
    found = shelf.recognise("tiny", {"type": 1, "model": "y"})
    assert found is not None
    assert found.id == "any"
    assert shelf.recognise("tiny", {"type": 2}) is None
    assert shelf.recognise("other", {"type": 1}) is None
    assert shelf.recognise("tiny", {}) is None
