"""Keys that are handed on: nobody gives what they have not, or for longer than they have it themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.home.permission import Grant, Hours, Moment, Principal, Resource, Rights, Role, Verb, Via, allowed
from jiahe.home.resource import room
from jiahe.home.roles import About
from jiahe.home.sharing import check_handed, holds, shared_rooms
from jiahe.model.errors import OutOfDefinition

ROOMS, KINDS, TRAITS = ("a", "b"), ("light", "oven", "wristband"), ("on_off", "child_lock")
DEVICES = tuple(
    Resource(About.DEVICE, f"{kind}-{where}", where, kind, trait, "Acme")
    for where in ROOMS
    for kind in KINDS
    for trait in ("", *TRAITS)
)
SEE, OPERATE, SHARE = Verb.SEE, Verb.OPERATE, Verb.SHARE
NIGHT = Hours(frozenset(range(7)), 60, 120)


def names(of: tuple[str, ...]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(of), min_size=1)


ends = st.none() | st.sampled_from([100.0, 200.0])
shares = st.builds(
    Grant, st.sampled_from([frozenset({SEE, SHARE}), frozenset({SEE, OPERATE, SHARE})]),
    st.frozensets(st.sampled_from(ROOMS), min_size=1), until=ends,
)  # fmt: skip
handed = st.builds(
    Grant, st.sampled_from([frozenset({SEE}), frozenset({SEE, OPERATE}), frozenset({SEE, Verb.CONFIGURE})]), names(ROOMS),
    names(tuple(one.device for one in DEVICES)), names(KINDS), names(TRAITS),
    hours=st.none() | st.just(NIGHT), until=ends,
)  # fmt: skip
others = st.builds(
    Grant, st.just(frozenset({SEE, OPERATE})), names(ROOMS), names(tuple(one.device for one in DEVICES)), names(KINDS),
    hours=st.none() | st.just(NIGHT), until=ends,
)  # fmt: skip


def person(role: Role, grants: list[Grant], until: float | None = None) -> Principal:
    return Principal("p", "P", role, Via.SESSION, until, Rights(role, grants))


@settings(max_examples=400)
@given(
    st.sampled_from([Role.ADULT, Role.CHILD, Role.GUEST]), st.lists(shares | others, min_size=1, max_size=3), ends,
    st.lists(handed, min_size=1, max_size=2), ends,
)  # fmt: skip
def test_no_guest_has_more_than_who_let_them_in(
    role: Role, own: list[Grant], own_end: float | None, given_: list[Grant], end: float | None
) -> None:
    giver = person(role, own, own_end)
    try:
        check_handed(giver, given_, end, DEVICES)
    except OutOfDefinition:
        return  # refused: most of what chance asks for is not theirs
    guest = person(Role.GUEST, given_, end)
    assert all(grant.rooms for grant in given_)
    for at in _moments():
        for verb in Verb:
            for resource in (*DEVICES, *map(room, ROOMS), Resource(About.HOME), Resource(About.PEOPLE)):
                if allowed(guest, verb, resource, at):
                    assert allowed(giver, verb, resource, at), (verb, resource, at)
                    assert allowed(giver, SHARE, room(resource.room), at)


def _moments() -> Iterator[Moment]:
    for epoch in (50.0, 150.0, 250.0):
        for minute in (0, 90):
            yield Moment(epoch, 2, minute)


LODGER = [Grant(frozenset({SEE, OPERATE, SHARE}), frozenset({"a"}), until=200.0)]
KEY = Grant(frozenset({SEE, OPERATE}), frozenset({"a"}))


def test_a_room_is_handed_on_within_its_time() -> None:
    giver = person(Role.GUEST, LODGER)
    check_handed(giver, [KEY], 200.0, DEVICES)
    assert shared_rooms(giver, ROOMS, 100.0) == ["a"]
    assert shared_rooms(giver, ROOMS, 200.0) == []
    assert not holds(giver, OPERATE, room("b"), 10.0)


@pytest.mark.parametrize(
    ("grant", "end"),
    [
        (KEY, None),  # longer than one's own
        (KEY, 201.0),
        (Grant(KEY.verbs, frozenset({"b"})), 100.0),  # another room
        (Grant(KEY.verbs), 100.0),  # everywhere
        (Grant(KEY.verbs, devices=frozenset({"light-a"})), 100.0),  # wherever it is moved to
        (Grant(KEY.verbs | {SHARE}, frozenset({"a"})), 100.0),  # to hand on again
        (Grant(KEY.verbs, frozenset({"a"}), devices=frozenset({"oven-a"})), 100.0),  # a hazard by name
        (Grant(KEY.verbs, frozenset({"a"}), kinds=frozenset({"gas_valve"})), 100.0),  # one to come
        (
            Grant(KEY.verbs, frozenset({"a"}), devices=frozenset({"oven-b"})),
            100.0,
        ),  # one that may come, by name
        (
            Grant(frozenset({SEE}), frozenset({"a"}), devices=frozenset({"wristband-a"})),
            100.0,
        ),  # somebody's body
    ],
)
def test_what_is_not_theirs_is_not_given(grant: Grant, end: float | None) -> None:
    with pytest.raises(OutOfDefinition, match="Give only"):
        check_handed(person(Role.GUEST, LODGER), [grant], end, DEVICES)


def test_an_adult_hands_on_what_an_adult_may() -> None:
    giver = person(Role.ADULT, [Grant(frozenset({SEE, SHARE}), frozenset({"a"}))])
    check_handed(giver, [Grant(KEY.verbs, frozenset({"a"}), devices=frozenset({"oven-a"}))], None, DEVICES)
    with pytest.raises(OutOfDefinition):
        check_handed(person(Role.ADULT, []), [KEY], None, DEVICES)
