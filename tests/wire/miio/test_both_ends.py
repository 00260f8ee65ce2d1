"""Hub and device over a wire that loses, doubles and delays: every ask ends once, an action is done at most once."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.wire.miio.session import Session
from jiahe.wire.talk import Act, Describe, Done, LockedOut, Read, Refused, Reported, Role, Unanswered, Write

ASKS = st.one_of(
    st.lists(st.integers(1, 40), min_size=1, max_size=40).map(lambda n: Read(tuple(f"2.{i}" for i in n))),
    st.dictionaries(
        st.integers(1, 40).map(lambda i: f"2.{i}"),
        st.integers(0, 9) | st.text(max_size=30),
        min_size=1,
        max_size=20,
    ).map(Write),
    st.integers(0, 99).map(lambda n: Act("4.1", {"4.2": n})),
    st.just(Describe()),
    st.just(Read(("prop:power",))),
    st.just(Write({"call:set_power": "on"})),
)
PLAN = st.lists(st.tuples(st.floats(0, 8), ASKS, st.floats(0.05, 12)), min_size=1, max_size=12)


def wire(seed: int, loss: float, double: float, late: float) -> Any:
    chance = random.Random(seed)

    def fate(_: int) -> list[float]:
        if chance.random() < loss:
            return []
        copies = 2 if chance.random() < double else 1
        return [chance.random() * late for _ in range(copies)]

    return fate


@settings(max_examples=150, deadline=None)
@given(
    plan=PLAN,
    seed=st.integers(0, 2**32),
    loss=st.sampled_from([0, 0.1, 0.5, 0.9]),
    double=st.sampled_from([0, 0.5]),
    late=st.sampled_from([0.01, 0.5, 3.0]),
)
def test_every_ask_ends_once_by_its_deadline(
    play: Any, plan: list[Any], seed: int, loss: float, double: float, late: float
) -> None:
    pair = play.Shuttle(
        Session(Role.HUB, play.identity(), play.entropy),
        Session(Role.DEVICE, play.identity(reply_limit=1056), play.entropy),
        wire(seed, loss, double, late),
    )
    deadlines: dict[int, float] = {}
    acts: list[tuple[int, Act]] = []
    for number, (at, ask, patience) in enumerate(sorted(plan, key=lambda row: row[0])):
        pair.run(max(at, pair.now))
        told = Act("4.1", {"4.2": number}) if isinstance(ask, Act) else ask
        ticket = pair.hub.ask(told, pair.now + patience, pair.now)
        if isinstance(told, Act):
            acts.append((ticket, told))
        deadlines[ticket] = pair.now + patience
    pair.run(40.0)

    assert set(pair.done_at) == set(deadlines)
    for ticket, times in pair.done_at.items():
        assert len(times) == 1
        assert times[0] <= deadlines[ticket] + 1e-6
    done = {event.ticket for event in pair.heard if isinstance(event, Done)}
    for ticket, act in acts:
        assert pair.executed.count(act) <= 1
        assert ticket not in done or pair.executed.count(act) == 1
    assert len(pair.hub._end._queue) == 0
    assert not [e for e in pair.heard if isinstance(e, Refused)]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), double=st.sampled_from([0, 0.5]), late=st.sampled_from([0.01, 0.2]))
def test_reads_and_writes_get_through_a_lossy_wire(play: Any, seed: int, double: float, late: float) -> None:
    pair = play.Shuttle(
        Session(Role.HUB, play.identity(), play.entropy),
        Session(Role.DEVICE, play.identity(), play.entropy),
        lambda n: [0.001],
    )
    pair.hub.ask(Describe(), 5.0, 0.0)
    pair.run(1.0)
    pair.fate = wire(seed, 0.1, double, late)
    values = {f"2.{n}": n for n in range(1, 31)}
    write = pair.hub.ask(Write(values), 60.0, 1.0)
    read = pair.hub.ask(Read(tuple(values)), 120.0, 1.0)
    pair.run(130.0)
    assert Done(write) in pair.heard
    assert Reported(values, read) in pair.heard
    assert pair.state == values
    assert not [event for event in pair.heard if isinstance(event, LockedOut)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), loss=st.sampled_from([0, 0.1]))
def test_a_wrong_token_is_named_on_a_lossy_wire(play: Any, seed: int, loss: float) -> None:
    pair = play.Shuttle(
        Session(Role.HUB, play.identity(b"the wrong token."), play.entropy),
        Session(Role.DEVICE, play.identity(), play.entropy),
        wire(seed, loss, 0.1, 0.05),
    )
    tickets = []
    for at in range(0, 60, 10):
        pair.run(float(at))
        tickets.append(pair.hub.ask(Read(("2.1",)), at + 5.0, float(at)))
    pair.run(70.0)
    assert sum(isinstance(event, LockedOut) for event in pair.heard) == 1
    assert [event.ticket for event in pair.heard if isinstance(event, Unanswered)] == tickets
    assert pair.executed == []


def test_a_new_token_at_the_device_locks_out_and_the_old_one_back_opens(play: Any) -> None:
    hub = Session(Role.HUB, play.identity(), play.entropy)
    right = Session(Role.DEVICE, play.identity(), play.entropy)
    wrong = Session(Role.DEVICE, play.identity(b"some other token"), play.entropy)
    pair = play.Shuttle(hub, right, lambda n: [0.001])
    kinds: list[str] = []
    for step, device in enumerate((right, wrong, wrong, right)):
        pair.device = device
        if step == 1:
            wrong.open(pair.now)
        pair.state["2.1"] = step
        pair.hub.ask(Read(("2.1",)), pair.now + 5.0, pair.now)
        pair.run(pair.now + 15.0)
        kinds += [type(event).__name__ for event in pair.heard]
        pair.heard.clear()
    assert kinds == [
        *("Opened", "Reported", "Done"),
        "Unanswered",
        *("LockedOut", "Unanswered"),
        *("Opened", "Reported", "Done"),
    ]


@pytest.mark.parametrize("limit", [250, 500, 1056])
def test_a_device_with_short_answers_is_learned(play: Any, limit: int) -> None:
    pair = play.Shuttle(
        Session(Role.HUB, play.identity(), play.entropy),
        Session(Role.DEVICE, play.identity(reply_limit=limit), play.entropy),
        lambda n: [0.001],
    )
    pair.state = {f"2.{n}": n for n in range(1, 31)}
    for _ in range(2):
        pair.executed.clear()
        ticket = pair.hub.ask(Read(tuple(pair.state)), pair.now + 20.0, pair.now)
        pair.run(pair.now + 20.0)
        assert Reported(pair.state, ticket) in pair.heard
    assert len(pair.executed) == -(-30 // pair.hub.chunk), "the second time no request is wasted"
