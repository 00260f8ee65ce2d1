"""A device played from its file answers as a real one would: point by point, and never with an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Wild
from jiahe.catalog.product import Product
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.virtual.product import VirtualProduct
from jiahe.wire.talk import Act, Answer, Describe, Point, Raw, Read, Refusal, Write

SHELF = Shelf.shipped()
PRODUCTS = SHELF.all()


def product(product_id: str) -> Product:
    found = SHELF.get(product_id)
    assert found is not None
    return found


def purifier(**values: Any) -> VirtualProduct:
    return VirtualProduct(
        product("zhimi.airpurifier.mb4"), values=values, facts={"model": "zhimi.airpurifier.mb4"}
    )


def conditioner(**values: Any) -> VirtualProduct:
    return VirtualProduct(product("midea.ac.split"), values=values)


@pytest.mark.parametrize("played", PRODUCTS, ids=lambda one: one.id)
def test_every_product_of_the_shelf_can_be_played(played: Product) -> None:
    virtual = VirtualProduct(played)
    answer = virtual.asked(1, Read(virtual.mapper.read_points()))
    assert answer.faults == {}
    values = virtual.mapper.to_values(answer.values)
    assert not [value for value in values.values() if isinstance(value, Wild)]
    assert values == {path: virtual.values[path] for path in values}
    for path, definition in played.profile.properties.items():
        definition.check(virtual.values[path])


@pytest.mark.parametrize("played", PRODUCTS, ids=lambda one: one.id)
def test_what_is_written_is_what_is_reported(played: Product) -> None:
    virtual = VirtualProduct(played)
    for path, definition in played.profile.properties.items():
        if not definition.writable:
            continue
        wish: Any = {"bool": True, "enum": definition.choices[-1:] or "", "text": "x"}.get(
            definition.kind.value
        )
        wish = wish[0] if isinstance(wish, tuple) else wish
        wish = definition.high if wish is None else wish
        answer = virtual.asked(1, Write(virtual.mapper.to_points({path: wish})))
        assert answer.faults == {}, path
        assert virtual.values[path] == wish
        assert virtual.mapper.to_values(answer.values)[path] == wish


def test_each_point_of_a_read_has_a_value_or_a_reason() -> None:
    answer = purifier(pm2_5=35).asked(1, Read(("3.4", "9.9")))
    assert answer == Answer({"3.4": 35}, {"9.9": Refusal.UNKNOWN_POINT})


def test_each_point_of_a_write_is_taken_or_refused_for_a_reason() -> None:
    virtual = purifier(power=False)
    answer = virtual.asked(1, Write({"2.1": True, "2.4": 9, "3.4": 1, "9.3": 100, "77.1": 0}))
    assert answer.faults == {
        "2.4": Refusal.BAD_VALUE,
        "3.4": Refusal.NOT_WRITABLE,
        "9.3": Refusal.BAD_VALUE,
        "77.1": Refusal.UNKNOWN_POINT,
    }
    assert virtual.values["power"] is True
    assert virtual.values["mode"] == "auto"
    assert answer.values["2.1"] is True


def test_a_fan_speed_without_a_name_is_kept_as_it_was_written() -> None:
    virtual = conditioner()
    answer = virtual.asked(1, Write({"state.fan": 55}))
    assert answer.faults == {}
    assert (virtual.values["fan_mode"], virtual.raw("fan_mode")) == ("custom", 55)
    assert virtual.reported()["state.fan"] == 55
    virtual.asked(2, Write({"state.fan": 60}))
    assert (virtual.values["fan_mode"], virtual.raw("fan_mode")) == ("medium", 60)


def test_only_what_changed_is_told_and_before_what_was_written() -> None:
    virtual = purifier(power=False)
    heard: list[Any] = []
    virtual.on_change = lambda changed: heard.append(("changed", dict(changed)))
    virtual.on_written = lambda written: heard.append(("written", dict(written)))
    virtual.asked(1, Write({"2.1": True, "2.4": 0}))
    virtual.asked(2, Write({"2.1": True}))
    virtual.set({"pm2_5": 7})
    virtual.set({"pm2_5": 7})
    assert heard == [
        ("changed", {"2.1": True}),
        ("written", {"power": True, "mode": "auto"}),
        ("written", {"power": True}),
        ("changed", {"3.4": 7}),
    ]


def test_actions() -> None:
    virtual = purifier(filter_life=3, filter_used_time=2000)
    act = virtual.mapper.to_act("reset_filter", [0])
    assert virtual.asked(1, act) == Answer()
    assert (virtual.values["filter_life"], virtual.values["filter_used_time"]) == (100, 0)
    assert (
        virtual.asked(2, Act(act.action, dict.fromkeys(act.arguments, "much"))).refusal is Refusal.BAD_VALUE
    )
    assert virtual.asked(3, Act(act.action, {})).refusal is Refusal.BAD_VALUE
    assert virtual.asked(4, Act("5.5", {})).refusal is Refusal.UNKNOWN_POINT


def test_describe_tells_the_facts() -> None:
    assert purifier().asked(1, Describe()).facts == {"model": "zhimi.airpurifier.mb4"}


def test_nonsense_of_our_own_is_refused_in_words() -> None:
    with pytest.raises(UnknownName, match="no property 'humidity'"):
        purifier(humidity=3)
    with pytest.raises(OutOfDefinition, match="pm2_5"):
        purifier().set({"pm2_5": 9999})


RAWS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
POINTS: st.SearchStrategy[Point] = (
    st.sampled_from(("2.1", "2.4", "3.4", "9.3", "7.2", "state.fan", "1.1", "")) | st.text()
)


@given(st.dictionaries(POINTS, RAWS, max_size=6), st.sampled_from([purifier, conditioner]))
def test_whatever_is_written_the_device_stays_sane(raws: dict[Point, Raw], make: Any) -> None:
    virtual = make()
    before = virtual.reported()
    answer = virtual.asked(1, Write(raws))
    assert set(answer.faults) <= set(raws)
    after = virtual.reported()
    assert answer.values == after
    assert after.keys() == before.keys()
    assert not [value for value in virtual.mapper.to_values(after).values() if isinstance(value, Wild)]
    refused = [point for point in answer.faults if point in after]
    assert all(after[point] == before[point] for point in refused)
    answer = virtual.asked(2, Act(next(iter(raws), "4.1"), raws))
    assert answer.refusal is None or answer.refusal in Refusal
