"""Specs differ from what devices do: denied points, lists of some length, the form of an action's arguments."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.driver.fake_house import PRODUCT, Hub
from tests.driver.test_real_families import Case, Stage
from tests.machines.virtual_time import virtual_time
from tests.state.house import ME

from jiahe.driver.learned import FIRST_RETRY, LONGEST_RETRY, REMEMBERED, Learned, denied_in
from jiahe.model.happening import PropertyRef, Quality, Status
from jiahe.wire.talk import Act, Answer, Ask, Describe, Read, Refusal

DAY = 86_400.0


def polled_otherwise(path: str) -> Any:
    rows = [replace(row, polled=False) if row.definition.path == path else row for row in PRODUCT.rows]
    return replace(PRODUCT, rows=tuple(rows))


@virtual_time
async def test_a_denied_point_is_unknown_with_a_reason_and_asked_rarely() -> None:
    hub = Hub()
    hub.box.faults = {"temperature": Refusal.NOT_READABLE, "filter": Refusal.INTERNAL}
    await hub.up()
    reading = hub.store.get(PropertyRef("box", "temperature"))
    assert reading is not None
    assert (reading.value, reading.quality) == (None, Quality.UNKNOWN)
    assert reading.raw == "not told by this device: not readable"
    assert hub.value("power") == (False, "good")
    await asyncio.sleep(DAY)
    # 1, 2, 4 … minutes and then every six hours, instead of every ten seconds.
    assert 8 <= hub.box.reads("temperature") <= 14
    assert hub.box.reads("filter") > 1000, "a fault inside is the weather of one exchange"
    assert len(hub.updates("temperature")) == 1, "one record for one fact"
    hub.box.faults = {}
    await asyncio.sleep(LONGEST_RETRY + 20)
    assert hub.value("temperature") == (21.5, "good")
    before = hub.box.reads("temperature")
    await asyncio.sleep(100)
    assert hub.box.reads("temperature") >= before + 9
    await hub.down()


@virtual_time
async def test_what_was_learned_before_is_not_asked_at_the_next_start() -> None:
    hub = Hub()
    told: list[Any] = []
    hub.supervisor._learned = lambda device, facts: told.append((device, facts))
    hub.box.faults = {"temperature": Refusal.UNKNOWN_POINT}
    await hub.up()
    assert told[-1] == ("box", {"denied": {"temperature": "unknown_point"}, "plain_action_arguments": False})
    await hub.down()

    later = Hub()
    facts = {"denied": {"temperature": "unknown_point"}}
    await later.box.listen()
    later.start(facts=facts)
    await asyncio.sleep(FIRST_RETRY - 5)
    assert later.box.reads("temperature") == 0
    reading = later.store.get(PropertyRef("box", "temperature"))
    assert reading is not None
    assert reading.raw == "not told by this device: unknown point"
    await asyncio.sleep(20)
    assert later.value("temperature") == (21.5, "good"), "it is tried again, and now it is told"
    await later.down()


@virtual_time
async def test_a_withheld_value_is_assumed_after_a_write_and_a_told_one_is_not() -> None:
    hub = Hub()
    hub.box.faults = {"power": Refusal.NOT_READABLE}
    await hub.up()
    hub.box.meanwhile = lambda ask: (
        hub.box.faults.update({"power": Refusal.NOT_READABLE})
        if isinstance(ask, Read)
        else hub.box.faults.clear()
    )  # it takes what it does not tell
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.CONFIRMED
    assert hub.box.values["power"] is True
    assert hub.value("power") == (True, "assumed")
    await hub.down()


@virtual_time
async def test_what_is_only_pushed_is_not_polled_and_a_write_to_it_is_assumed() -> None:
    hub = Hub(polled_otherwise("power"))
    await hub.up()
    await asyncio.sleep(120)
    assert hub.box.reads("power") == 0
    assert hub.value("power") is None
    assert (await hub.tell("power", True)).status is Status.CONFIRMED
    assert hub.value("power") == (True, "assumed")
    hub.box.push(power=True)
    await asyncio.sleep(1)
    assert hub.value("power") == (True, "good")
    await asyncio.sleep(3600)
    assert hub.value("power") == (True, "good"), "what is told once is not stale for not being told again"
    await hub.down()


@virtual_time
async def test_a_unit_that_tells_more_than_its_spec_is_polled() -> None:
    hub = Hub(polled_otherwise("power"))
    await hub.box.listen()
    hub.start(facts={"answers": ["power"]})
    await asyncio.sleep(60)
    assert hub.box.reads("power") >= 5
    assert hub.value("power") == (False, "good")
    await hub.down()


@virtual_time
async def test_a_device_that_tells_nothing_is_asked_for_a_sign_of_life() -> None:
    hub = Hub(replace(PRODUCT, rows=tuple(replace(row, polled=False) for row in PRODUCT.rows)))
    await hub.up()
    await asyncio.sleep(600)
    assert hub.reach == "online"
    assert {type(ask) for _, ask in hub.box.heard} == {Describe}
    hub.box.mute = True
    await asyncio.sleep(300)
    assert hub.reach == "offline"
    await hub.down()


class PlainStage(Stage):
    """A unit that takes an action's arguments bare only (or, `never`, in no form)."""

    never = False

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.acts: list[Act] = []
        self.learned: list[Any] = []
        self.supervisor._learned = lambda device, facts: self.learned.append(dict(facts))

    def _asked(self, ticket: int, ask: Ask) -> Answer:
        if isinstance(ask, Act):
            self.acts.append(ask)
            if self.never or any(not point.startswith("in:") for point in ask.arguments):
                return Answer(faults={ask.action: Refusal.BAD_VALUE})
            return Answer()
        return super()._asked(ticket, ask)


@pytest.mark.parametrize("never", [False, True])
@virtual_time
async def test_bare_arguments_are_tried_once_and_remembered(never: bool) -> None:
    stage = PlainStage(Case("zhimi.airpurifier.mb4"))
    stage.never = never
    await stage.up()
    reaches = len(stage.book.of("availability"))  # type: ignore[arg-type]  # a StrEnum's value

    async def act() -> Status:
        command = stage.dispatch.submit(PropertyRef("unit", "reset_filter"), ME, arguments=[5], timeout=10)
        return (await stage.dispatch.outcome(command.id)).status

    assert await act() is (Status.REFUSED if never else Status.CONFIRMED)
    assert [list(one.arguments) for one in stage.acts] == [["4.3"], ["in:0"]]
    assert any(facts["plain_action_arguments"] for facts in stage.learned) is not never
    assert len(stage.book.of("availability")) == reaches, "nobody sees it go and come"  # type: ignore[arg-type]
    stage.acts.clear()
    await act()
    assert [list(one.arguments) for one in stage.acts] == ([["4.3"]] if never else [["in:0"]])
    assert (await stage.tell("power", True)).status is Status.CONFIRMED
    await stage.supervisor.close()


@virtual_time
async def test_the_length_of_a_list_is_learned() -> None:
    stage = PlainStage(Case("zhimi.airp.mb5", {"reply_limit": 700}))
    await stage.up()
    assert stage.learned
    assert 1 <= stage.learned[-1]["chunk"] < 15
    assert stage.value("power") == (False, "good")
    await stage.supervisor.close()


@pytest.mark.parametrize(
    "facts",
    [{}, {"denied": 5}, {"denied": []}, {"denied": {"a": 5}}, {"answers": "x"}, {"answers": {"a": 1}}, {"chunk": -1},
     {"chunk": True}, {"chunk": "15"}, {"plain_action_arguments": "yes"}],
)  # fmt: skip
def test_any_facts_can_be_begun_from(facts: dict[str, Any]) -> None:
    learned = Learned(facts)
    assert learned.fitted(PRODUCT).rows
    learned.settle()
    assert Learned(learned.facts()).facts() == learned.facts()


reports = st.lists(
    st.tuples(
        st.sets(st.sampled_from("abcdef")),
        st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(list(Refusal))),
        st.floats(0, 1e5),
    ),
    max_size=30,
)


@given(reports)
def test_whatever_is_heard_each_point_is_asked_again_in_time(heard: list[Any]) -> None:
    learned, now = Learned({}), 0.0
    for told, drawn, later in heard:
        now += later
        faults = {point: why for point, why in drawn.items() if point not in told}
        learned.heard(told, faults, now)
        assert not told & set(learned.denials())
        assert set(denied_in(faults)) <= set(learned.denials())
        assert set(learned.askable("abcdef", now + LONGEST_RETRY)) == set("abcdef")
        assert not set(denied_in(faults)) & set(learned.askable("abcdef", now))
    assert learned.askable("abcdef", math.inf) == tuple("abcdef")


def test_memory_is_bounded() -> None:
    learned = Learned({})
    for number in range(2 * REMEMBERED):
        learned.heard((), {str(number): Refusal.UNKNOWN_POINT}, 0.0)
    assert len(learned.denials()) == REMEMBERED
