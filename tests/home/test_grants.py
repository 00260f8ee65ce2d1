"""Grants as JSON: what is given comes back, and what is wrong is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.grants import (
    MOST_GRANTS,
    MOST_NAMES,
    check_names,
    grant_body,
    grants_from,
    until_from,
    without,
)
from jiahe.home.permission import Grant, Hours, Role, Verb
from jiahe.model.errors import OutOfDefinition

lists = st.none() | st.frozensets(st.text(min_size=1, max_size=64), max_size=5)
hours = st.none() | st.builds(
    Hours,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
grants = st.builds(
    Grant,
    st.frozensets(st.sampled_from([Verb.OPERATE, Verb.CONFIGURE])).map(lambda verbs: verbs | {Verb.SEE}),
    lists, lists, lists, lists, lists, hours, st.none() | st.floats(1, 1e11),
)  # fmt: skip


@given(st.lists(grants, max_size=5))
def test_what_is_written_is_read(given_):
    bodies = [grant_body(grant) for grant in given_]
    assert list(grants_from(bodies, Role.GUEST)) == given_


def test_operating_and_configuring_bring_seeing():
    (grant,) = grants_from([{"verbs": ["operate"]}], Role.GUEST)
    assert grant.verbs == {Verb.SEE, Verb.OPERATE}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "grants.verbs"),
        ({"verbs": []}, "grants.verbs"),
        ({"verbs": "see"}, "grants.verbs"),
        ({"verbs": ["share"]}, "grants.rooms"),
        ({"verbs": ["give"]}, "grants.verbs"),
        ({"verbs": ["share"], "rooms": []}, "grants.rooms"),
        ({"verbs": ["share"], "rooms": ["a"], "devices": ["b"]}, "grants.rooms"),
        (
            {"verbs": ["share"], "rooms": ["a"], "hours": {"days": [0], "from": "08:00", "to": "09:00"}},
            "grants.rooms",
        ),
        ({"verbs": ["see"], "rooms": "kitchen"}, "grants.rooms"),
        ({"verbs": ["see"], "rooms": [1]}, "grants.rooms"),
        ({"verbs": ["see"], "devices": [""]}, "grants.devices"),
        ({"verbs": ["see"], "devices": ["x" * 65]}, "grants.devices"),
        ({"verbs": ["see"], "kinds": ["x"] * (MOST_NAMES + 1)}, "grants.kinds"),
        ({"verbs": ["see"], "about": ["people"]}, "grants"),
        ({"verbs": ["see"], "hours": []}, "grants.hours"),
        ({"verbs": ["see"], "hours": {"days": [0], "from": "08:00"}}, "grants.hours"),
        ({"verbs": ["see"], "hours": {"days": [7], "from": "08:00", "to": "09:00"}}, "grants.hours.days"),
        ({"verbs": ["see"], "hours": {"days": [True], "from": "08:00", "to": "09:00"}}, "grants.hours.days"),
        ({"verbs": ["see"], "hours": {"days": [], "from": "08:00", "to": "09:00"}}, "grants.hours.days"),
        ({"verbs": ["see"], "hours": {"days": [0], "from": "8:00", "to": "09:00"}}, "grants.hours.from"),
        ({"verbs": ["see"], "hours": {"days": [0], "from": "08:00", "to": "24:00"}}, "grants.hours.to"),
        ({"verbs": ["see"], "until": "tomorrow"}, "grants.until"),
        ({"verbs": ["see"], "until": -5}, "grants.until"),
        ({"verbs": ["see"], "until": True}, "grants.until"),
        ("see", "grants"),
    ],
)
def test_what_is_wrong_is_named(body, key):
    with pytest.raises(OutOfDefinition) as wrong:
        grants_from([body], Role.GUEST)
    assert wrong.value.property_name == key


@pytest.mark.parametrize("role", [Role.AGENT, Role.SERVICE])
def test_no_token_lets_people_in(role):
    with pytest.raises(OutOfDefinition, match="token"):
        grants_from([{"verbs": ["share"], "rooms": ["a"], "devices": ["b"]}], role)


def test_sharing_a_room_is_written_and_read():
    body = {"verbs": ["see", "share"], "rooms": ["a"], "until": 5.0}
    (grant,) = grants_from([body], Role.ADULT)
    assert grant_body(grant) == body


def test_there_are_bounds():
    with pytest.raises(OutOfDefinition, match="at most"):
        grants_from([{"verbs": ["see"]}] * (MOST_GRANTS + 1), Role.GUEST)
    for bodies in ("see", {"verbs": ["see"]}, None, 3):
        with pytest.raises(OutOfDefinition):
            grants_from(bodies, Role.GUEST)


def test_a_services_grants_name_their_makers():
    with pytest.raises(OutOfDefinition, match="makers"):
        grants_from([{"verbs": ["see"]}], Role.SERVICE)
    assert grants_from([{"verbs": ["see"], "makers": ["Acme"]}], Role.SERVICE)


def test_an_end_that_is_none():
    assert until_from(None) is until_from(0) is None
    assert until_from(5) == 5.0


def test_names_that_the_home_has_not_got_are_said():
    (grant,) = grants_from([{"verbs": ["see"], "rooms": ["attic"]}], Role.GUEST)
    with pytest.raises(OutOfDefinition, match="no room 'attic'"):
        check_names([grant], {"rooms": {"kitchen"}.__contains__})


def test_what_left_the_home_leaves_the_grant_and_never_widens_it():
    grant = Grant(frozenset({Verb.SEE}), rooms=frozenset({"kitchen"}), devices=None)
    assert without(grant, rooms="kitchen").rooms == frozenset()
    assert without(grant, rooms="attic") is grant
    assert without(grant, devices="lamp") is grant
