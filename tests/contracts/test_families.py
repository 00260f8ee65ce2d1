"""The laws of `wire.talk.Session`, held against every protocol family. A new family is a row in `families.py`.

Nothing here knows a byte of any protocol: what a family's bytes must be is tested in tests/wire/<family>.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.families import DID, ENDINGS, FAMILIES, Row, Talk, each_family

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.talk import (
    Answer,
    Ignored,
    LockedOut,
    Opened,
    Role,
    Session,
)

# ---- a good wire --------------------------------------------------------------------------------------------------


@each_family
def test_every_ask_is_answered_on_a_good_wire(row: Row) -> None:
    talk = Talk(row)
    assert [type(event) for event in talk.told] == [Opened]
    tickets = [talk.ask(ask) for ask in row.asks]
    assert talk.endings() == {ticket: ["Done"] for ticket in tickets}
    assert not [event for event in talk.told if isinstance(event, Ignored | LockedOut)]


@each_family
def test_asks_before_the_handshake_are_kept(row: Row) -> None:
    hub, device = row.end(Role.HUB), row.end(Role.DEVICE)
    ticket = hub.ask(row.asks[0], 5.0, 0.0)
    assert not [event for event in hub.events() if isinstance(event, ENDINGS)]
    hub.open(0.0)
    device.open(0.0)
    talk = Talk(row)
    talk.hub, talk.device, talk.told = hub, device, []
    talk.settle()
    assert talk.endings() == {ticket: ["Done"]}


@pytest.mark.parametrize("row", [row for row in FAMILIES if row.stream], ids=str)
def test_a_stream_may_come_in_any_pieces(row: Row) -> None:
    whole = Talk(row)
    bytewise = Talk(row, lambda data: [data[n : n + 1] for n in range(len(data))])
    for ask in row.asks:
        assert whole.ask(ask) == bytewise.ask(ask)
    assert [repr(event) for event in bytewise.told] == [repr(event) for event in whole.told]


@pytest.mark.parametrize("row", [row for row in FAMILIES if not row.stream], ids=str)
def test_a_datagram_that_comes_twice_changes_nothing(row: Row) -> None:
    talk = Talk(row, lambda data: [data, data])
    tickets = [talk.ask(ask) for ask in row.asks]
    assert talk.endings() == {ticket: ["Done"] for ticket in tickets}


# ---- no answer, and wrong keys --------------------------------------------------------------------------------------


@each_family
@pytest.mark.parametrize("opened", [False, True])
def test_silence_ends_every_ticket_once_and_by_its_deadline(row: Row, opened: bool) -> None:
    talk = Talk(row) if opened else Talk(row, lambda data: [])
    talk.wire = lambda data: []
    due: dict[int, float] = {}
    for number, ask in enumerate(row.asks * 3):
        patience = (0.2, 3.0, 9.0, -1.0)[number % 4]
        due[talk.hub.ask(ask, talk.now + patience, talk.now)] = max(talk.now + patience, talk.now)
    talk.settle()
    for when in (0.1, 0.2, 3.0, 5.0, 9.0, 30.0):
        talk.pass_to(when)
        ended = talk.endings()
        assert {ticket for ticket, deadline in due.items() if deadline <= when} <= set(ended)
    assert talk.endings() == {ticket: ["Unanswered"] for ticket in due}


@pytest.mark.parametrize("row", [row for row in FAMILIES if row.wrong is not None], ids=str)
def test_a_wrong_key_is_named_and_nothing_is_done(row: Row) -> None:
    talk = Talk(row, hub=row.wrong)
    ticket = talk.ask(row.asks[0], within=20.0)
    talk.pass_to(30.0)
    (locked,) = [event for event in talk.told if isinstance(event, LockedOut)]
    assert len(locked.text.split()) > 5, "a sentence that says what to do"
    assert talk.endings() == {ticket: ["Unanswered"]}


# ---- our own nonsense -----------------------------------------------------------------------------------------------


@each_family
def test_nonsense_of_ours_is_our_error_and_sends_nothing(row: Row) -> None:
    talk = Talk(row)
    for ask in row.nonsense:
        with pytest.raises(LocalProtocolError):
            talk.hub.ask(ask, 5.0, 0.0)
    assert talk.hub.outgoing() == []
    with pytest.raises(LocalProtocolError):
        talk.device.answer(999, Answer(), 0.0)
    with pytest.raises(LocalProtocolError):
        talk.hub.answer(1, Answer(), 0.0)
    with pytest.raises(LocalProtocolError):
        talk.device.ask(row.asks[0], 5.0, 0.0)
    ticket = talk.ask(row.asks[0])
    assert talk.endings() == {ticket: ["Done"]}


# ---- wild bytes -----------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@each_family
def test_noise_never_raises_and_every_ticket_still_ends_once(row: Row, data: st.DataObject) -> None:
    talk = Talk(row)
    tickets = [talk.ask(row.asks[0])]
    heard = talk.sent[:]
    tickets += [talk.hub.ask(row.asks[0], talk.now + 4.0, talk.now)]
    for _ in range(data.draw(st.integers(1, 6))):
        noise = data.draw(st.binary(max_size=200) | st.sampled_from(heard).flatmap(mutated))
        for end in (talk.hub, talk.device):
            end.receive(noise, talk.now)
            end.redact(noise)
    talk.settle()
    tickets.append(talk.hub.ask(row.asks[0], talk.now + 4.0, talk.now))
    talk.pass_to(10.0)
    ended = talk.endings()
    assert sorted(ended) == tickets
    assert all(len(kinds) == 1 for kinds in ended.values())


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """Genuine traffic, cut, doubled, lengthened or with bytes changed."""

    def flip(places: list[tuple[int, int]]) -> bytes:
        changed = bytearray(good)
        for place, value in places:
            if changed:
                changed[place % len(changed)] = value
        return bytes(changed)

    flips = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=4).map(flip)
    cut = st.integers(0, len(good)).map(lambda n: good[:n])
    return flips | cut | st.just(good) | st.binary(max_size=20).map(lambda tail: good + tail)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
@each_family
def test_a_wire_that_corrupts_never_raises_and_every_ticket_ends_once(row: Row, seed: int) -> None:
    chance = random.Random(seed)

    def wire(data: bytes) -> list[bytes]:
        what = chance.random()
        if what < 0.6:
            return [data]
        if what < 0.7:
            return []
        if what < 0.8:
            return [data, data]
        place = chance.randrange(len(data))
        return [data[:place] + bytes((chance.randrange(256),)) + data[place + 1 :]]

    talk = Talk(row, wire)
    tickets = []
    for step in range(4):
        tickets += [talk.ask(ask, within=4.0) for ask in row.asks]
        talk.pass_to(step * 6.0 + 5.0)
    talk.pass_to(60.0)
    assert sorted(talk.endings()) == tickets
    assert all(len(kinds) == 1 for kinds in talk.endings().values())


@each_family
@pytest.mark.parametrize("role", Role)
def test_a_session_that_is_not_open_yet_bears_anything(row: Row, role: Role) -> None:
    end = row.end(role)
    end.redact(b"")
    end.wake(0.0)
    for data in (b"", b"\x00", b"\xff" * 100, *Talk(row).sent):
        end.receive(data, 0.0)
    end.report({"2.1": 1}, 0.0)
    end.events()
    end.outgoing()


# ---- memory ---------------------------------------------------------------------------------------------------------


def held(session: Session) -> int:
    """How much a session holds: bytes and items of all that can be reached from it and is not code."""
    seen: set[int] = set()
    waiting: list[Any] = [session]
    total = 0
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | ModuleType | FunctionType | BuiltinFunctionType):
            continue
        seen.add(id(thing))
        if isinstance(thing, bytes | bytearray | str | list | dict | set | tuple) or hasattr(
            thing, "__len__"
        ):
            total += len(thing)
        waiting += gc.get_referents(thing)
    return total


def wild_talk(row: Row, sent: list[bytes], count: int, chance: random.Random) -> Iterator[bytes]:
    for _ in range(count):
        yield chance.choice(sent) if chance.random() < 0.5 else chance.randbytes(chance.randrange(1, 300))


@each_family
@pytest.mark.parametrize("role", Role)
def test_memory_is_bounded_however_long_the_other_side_talks(row: Row, role: Role) -> None:
    talk = Talk(row)
    for ask in row.asks:
        talk.ask(ask)
    end = talk.hub if role is Role.HUB else talk.device
    chance = random.Random(5)
    sizes = []
    for count in (4000, 12000):
        for data in wild_talk(row, talk.sent, count, chance):
            end.receive(data, talk.now)
            end.events()
            end.outgoing()
        sizes.append(held(end))
    assert sizes[1] < sizes[0] * 1.5 + 20_000


# ---- secrets --------------------------------------------------------------------------------------------------------


@each_family
def test_secrets_stay_out_of_the_tap_the_events_and_the_reprs(row: Row) -> None:
    talk = Talk(row)
    for ask in row.asks:
        talk.ask(ask)
    for secret in row.identity.secrets.values():
        for end in (talk.hub, talk.device):
            seen = [end.redact(data) for data in talk.sent]
            assert all(secret not in data for data in seen)
            assert [len(data) for data in seen] == [len(data) for data in talk.sent]
            assert secret.hex() not in repr(end)
            assert repr(secret)[2:-1] not in repr(end)
        assert secret.hex() not in repr(talk.told)
        assert repr(secret)[2:-1] not in repr(talk.told)


@settings(deadline=None)
@given(noise=st.binary(max_size=300))
@each_family
def test_redaction_keeps_the_length_of_anything(row: Row, noise: bytes) -> None:
    for role in Role:
        assert len(row.end(role).redact(noise)) == len(noise)


# ---- finding --------------------------------------------------------------------------------------------------------

FINDERS = [row for row in FAMILIES if row.finder is not None]


@pytest.mark.parametrize("row", FINDERS, ids=str)
def test_a_device_is_found_by_its_own_answer(row: Row) -> None:
    assert row.finder is not None
    assert row.greet is not None
    probes = row.finder.probes()
    assert probes
    for probe in probes:
        assert 0 < probe.port < 65536
        answer = row.greet(row.identity, probe.data)
        assert answer is not None
        found = row.finder.sighting(answer, "10.0.0.9")
        assert found is not None
        assert (found.hardware_id, found.address) == (DID, "10.0.0.9")
        assert row.finder.sighting(probe.data, "10.0.0.9") is None, "our own probe, come back"
        for secret in row.identity.secrets.values():
            assert secret not in answer


@settings(deadline=None)
@given(noise=st.binary(max_size=300))
@pytest.mark.parametrize("row", FINDERS, ids=str)
def test_noise_is_nobody(row: Row, noise: bytes) -> None:
    assert row.finder is not None
    assert row.greet is not None
    row.finder.sighting(noise, "10.0.0.9")
    row.greet(row.identity, noise)
