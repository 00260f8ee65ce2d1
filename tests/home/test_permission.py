"""The one question: who may do what with what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.permission import (
    PEOPLE,
    RULES,
    SECURITY,
    SYSTEM,
    THE_HOME,
    UNKNOWN,
    VAULT,
    About,
    Grant,
    Hours,
    Moment,
    Principal,
    Resource,
    Rights,
    Role,
    Verb,
    Via,
    allowed,
    moment,
    needs_second_factor,
)
from jiahe.home.roles import DEFAULTS, RUN, SECOND_FACTOR_KINDS, SEE_ONLY, TRUSTED, USE

NOON = moment(1_790_000_000.0, UTC)
LAMP = Resource(About.DEVICE, "lamp", "bedroom", "light", "on_off", "acme")
OVEN = Resource(About.DEVICE, "oven", "kitchen", "oven", "on_off", "acme")
BAND = Resource(About.DEVICE, "band", "bedroom", "wristband", "wristband", "huami")
FAN = Resource(About.DEVICE, "fan", "kitchen", "fan", "fan", "midea")
ROOM = Resource(About.ROOM, room="bedroom")
PARTS = (THE_HOME, RULES, SYSTEM, PEOPLE, SECURITY, VAULT)
ALL = (LAMP, OVEN, BAND, FAN, ROOM, *PARTS)


def somebody(role: Role, *grants: Grant, until: float | None = None) -> Principal:
    return Principal("p", "Li", role, Via.SESSION, until, Rights(role, grants))


@pytest.mark.parametrize("via", Via)
def test_the_owner_may_everything_by_every_way_in(via):
    owner = Principal("p1", "Mei", Role.OWNER, via)
    for verb in Verb:
        for resource in ALL:
            decision = allowed(owner, verb, resource, NOON)
            assert decision, (verb, resource)
            assert decision.reason == ""


def test_a_stranger_may_nothing():
    for verb in Verb:
        for resource in ALL:
            decision = allowed(None, verb, resource, NOON)
            assert not decision
            assert "Sign in" in decision.reason


@pytest.mark.parametrize("role", [Role.GUEST, Role.AGENT, Role.SERVICE])
def test_without_grants_these_may_nothing(role):
    assert not any(allowed(somebody(role), verb, resource, NOON) for verb in Verb for resource in ALL)


def may(principal: Principal, at: Moment = NOON) -> set[tuple[str, str]]:
    return {
        (verb.value, resource.label)
        for verb in Verb
        for resource in ALL
        if allowed(principal, verb, resource, at)
    }


def test_an_adult_may_all_but_people_keys_and_the_diary_of_sign_ins():
    things = ("lamp", "oven", "band", "fan", "bedroom", "the home", "rules", "system")
    assert may(somebody(Role.ADULT)) == {
        (verb, thing) for verb in ("see", "operate", "configure") for thing in things
    }


def test_a_child_sees_the_home_but_bands_and_operates_what_is_harmless():
    assert may(somebody(Role.CHILD)) == {
        ("see", "lamp"), ("see", "oven"), ("see", "fan"), ("see", "bedroom"), ("see", "the home"), ("see", "rules"),
        ("operate", "lamp"), ("operate", "fan"),
    }  # fmt: skip


def test_a_childs_own_band_is_the_one_that_a_grant_names():
    child = somebody(Role.CHILD, Grant(SEE_ONLY, devices=frozenset({"band"})))
    assert allowed(child, Verb.SEE, BAND, NOON)
    assert not allowed(child, Verb.SEE, BAND._replace(device="mothers-band"), NOON)


@pytest.mark.parametrize("role", sorted(set(Role) - TRUSTED))
@pytest.mark.parametrize("hidden", [
    BAND, BAND._replace(trait=""), LAMP._replace(trait="wristband"), LAMP._replace(trait=UNKNOWN),
    Resource(About.DEVICE, "left", trait=UNKNOWN),
])  # fmt: skip
def test_what_tells_about_a_body_is_in_no_grant_but_by_name(role, hidden):
    wide = (
        Grant(RUN),
        Grant(RUN, rooms=frozenset({hidden.room})),
        Grant(RUN, kinds=frozenset({hidden.kind})),
    )
    assert not any(allowed(somebody(role, *wide), verb, hidden, NOON) for verb in Verb)
    named = somebody(role, Grant(SEE_ONLY, devices=frozenset({hidden.device})))
    assert allowed(named, Verb.SEE, hidden, NOON)


def test_a_hazard_is_operated_only_where_its_name_or_kind_is_given():
    kitchen = somebody(Role.GUEST, Grant(USE, rooms=frozenset({"kitchen"})))
    assert allowed(kitchen, Verb.SEE, OVEN, NOON)
    assert allowed(kitchen, Verb.OPERATE, FAN, NOON)
    assert not allowed(kitchen, Verb.OPERATE, OVEN, NOON)
    for grant in (Grant(USE, devices=frozenset({"oven"})), Grant(USE, kinds=frozenset({"oven"}))):
        assert allowed(somebody(Role.GUEST, grant), Verb.OPERATE, OVEN, NOON)


def test_a_childs_lock_is_not_the_childs():
    lock = FAN._replace(trait="child_lock")
    assert not allowed(somebody(Role.CHILD), Verb.OPERATE, lock, NOON)
    assert allowed(somebody(Role.ADULT), Verb.OPERATE, lock, NOON)


def test_a_grant_of_traits_shows_the_device_and_only_these_of_it():
    guest = somebody(Role.GUEST, Grant(USE, devices=frozenset({"lamp"}), traits=frozenset({"on_off"})))
    assert allowed(guest, Verb.SEE, LAMP._replace(trait=""), NOON)
    assert allowed(guest, Verb.OPERATE, LAMP, NOON)
    assert not allowed(guest, Verb.SEE, LAMP._replace(trait="light"), NOON)
    configures = somebody(Role.GUEST, Grant(RUN, devices=frozenset({"lamp"}), traits=frozenset({"on_off"})))
    assert not allowed(configures, Verb.CONFIGURE, LAMP._replace(trait=""), NOON)


def test_a_grant_of_traits_shows_no_device_that_has_none_of_them():
    guest = somebody(Role.GUEST, Grant(USE, traits=frozenset({"on_off"})))
    whole = LAMP._replace(trait="", traits=frozenset({"on_off", "light"}))
    assert allowed(guest, Verb.SEE, whole, NOON)
    for traits in (frozenset({"light"}), frozenset()):
        assert not allowed(guest, Verb.SEE, whole._replace(traits=traits), NOON)
        assert not allowed(guest, Verb.OPERATE, whole._replace(traits=traits), NOON)
    assert allowed(guest, Verb.SEE, whole._replace(traits=None), NOON)  # one that may come, and may have it


def test_a_service_sees_its_makers_devices_and_nothing_of_the_home():
    service = somebody(Role.SERVICE, Grant(SEE_ONLY, makers=frozenset({"acme"})))
    assert may(service) == {("see", "lamp"), ("see", "oven")}
    assert may(somebody(Role.SERVICE, Grant(RUN))) <= {
        (verb, label) for verb in RUN for label in ("lamp", "oven", "fan", "bedroom")
    }


def test_a_room_and_the_home_are_in_no_grant_of_devices():
    guest = somebody(Role.GUEST, Grant(RUN, devices=frozenset({"lamp"})))
    assert may(guest) == {("see", "lamp"), ("operate", "lamp"), ("configure", "lamp")}


# ---- times ---------------------------------------------------------------------------------------------------


def at(weekday: int, hour: int, minute: int = 0) -> Moment:
    return Moment(1_790_000_000.0, weekday, hour * 60 + minute)


def test_hours_of_a_day():
    hours = Hours(frozenset({0, 4}), 9 * 60, 17 * 60)
    assert hours.open(at(0, 9))
    assert hours.open(at(4, 16, 59))
    assert not hours.open(at(0, 17))
    assert not hours.open(at(0, 8, 59))
    assert not hours.open(at(1, 12))


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    night = Hours(frozenset({6}), 22 * 60, 6 * 60)
    assert night.open(at(6, 22))
    assert night.open(at(0, 5, 59))
    assert not night.open(at(0, 6))
    assert not night.open(at(0, 23))
    assert not night.open(at(6, 5))


def test_from_and_to_alike_are_a_whole_day():
    day = Hours(frozenset({2}), 600, 600)
    assert day.open(at(2, 10))
    assert day.open(at(3, 9, 59))
    assert not day.open(at(3, 10))


def test_hours_are_those_of_the_homes_own_zone():
    shanghai = moment(1_790_000_000.0, ZoneInfo("Asia/Shanghai"))
    assert (shanghai.weekday, shanghai.minute // 60) == (0, 22)
    assert (NOON.weekday, NOON.minute // 60) == (0, 14)


def test_outside_the_hours_the_sentence_says_so():
    guest = somebody(Role.GUEST, Grant(USE, devices=frozenset({"lamp"}), hours=Hours(frozenset({1}), 0, 60)))
    assert allowed(guest, Verb.OPERATE, LAMP, NOON).reason == "Li may not operate lamp at this hour."
    assert "ask the owner" in allowed(guest, Verb.OPERATE, FAN, NOON).reason


def test_an_end_is_an_end_to_the_second():
    grant = Grant(USE, devices=frozenset({"lamp"}), until=NOON.epoch)
    guest = somebody(Role.GUEST, grant)
    assert allowed(guest, Verb.SEE, LAMP, NOON._replace(epoch=NOON.epoch - 0.001))
    assert not allowed(guest, Verb.SEE, LAMP, NOON)
    assert guest.expired(NOON.epoch)
    assert not guest.expired(NOON.epoch - 0.001)


def test_a_child_whose_extra_grant_ended_is_still_somebody():
    assert not somebody(Role.CHILD, Grant(USE, until=1.0)).expired(NOON.epoch)
    assert somebody(Role.CHILD, until=1.0).expired(NOON.epoch)


def test_the_second_factor_is_for_locks_ovens_and_cook_surfaces():
    assert needs_second_factor(OVEN)
    assert not needs_second_factor(LAMP)
    assert not needs_second_factor(THE_HOME)
    assert {"door_lock", "oven", "cook_surface"} <= SECOND_FACTOR_KINDS


# ---- laws ----------------------------------------------------------------------------------------------------

names = st.sampled_from(
    ["lamp", "oven", "band", "fan", "bedroom", "kitchen", "light", "wristband", "on_off", "acme", UNKNOWN]
)
some = st.none() | st.frozensets(names, max_size=3)
hours = st.none() | st.builds(
    Hours, st.frozensets(st.integers(0, 6)), st.integers(0, 1439), st.integers(0, 1439)
)
ends = st.none() | st.floats(0, 4e9)
grants = st.builds(
    Grant,
    st.frozensets(st.sampled_from([Verb.SEE, Verb.OPERATE, Verb.CONFIGURE])),
    some,
    some,
    some,
    some,
    some,
    hours,
    ends,
)
resources = st.builds(
    Resource, st.just(About.DEVICE), names, names, names, names | st.just(""), names
) | st.sampled_from(ALL)
roles = st.sampled_from(Role)
verbs = st.sampled_from(Verb)
moments = st.builds(Moment, st.floats(0, 4e9), st.integers(0, 6), st.integers(0, 1439))


@given(roles, st.lists(grants, max_size=4), grants, verbs, resources, moments)
def test_a_grant_more_takes_nothing_away(role, given_, more, verb, resource, now):
    if allowed(somebody(role, *given_), verb, resource, now):
        assert allowed(somebody(role, *given_, more), verb, resource, now)


@given(roles, st.lists(grants, max_size=4), verbs, resources, moments)
def test_grants_that_ended_give_nothing(role, given_, verb, resource, now):
    ended = [replace(grant, until=min(grant.until or now.epoch, now.epoch)) for grant in given_]
    with_them = bool(allowed(somebody(role, *ended), verb, resource, now))
    assert with_them == bool(allowed(somebody(role), verb, resource, now))


@given(roles, st.lists(grants, max_size=4), verbs, resources, moments)
def test_after_the_end_nobody_may_anything(role, given_, verb, resource, now):
    assert not allowed(somebody(role, *given_, until=now.epoch), verb, resource, now)


@given(st.lists(grants, max_size=4), verbs, resources, moments)
def test_the_owner_may_all_whatever_the_grants(given_, verb, resource, now):
    assert allowed(somebody(Role.OWNER, *given_), verb, resource, now)


@given(roles, st.lists(grants, max_size=4), st.lists(st.tuples(verbs, resources), max_size=12), moments)
def test_an_answer_does_not_hang_on_what_was_asked_before(role, given_, asked, now):
    one = somebody(role, *given_)
    first = [bool(allowed(one, verb, resource, now)) for verb, resource in asked]
    again = [bool(allowed(one, verb, resource, now)) for verb, resource in reversed(asked)]
    fresh = [bool(allowed(somebody(role, *given_), verb, resource, now)) for verb, resource in asked]
    assert first == again[::-1] == fresh


@given(roles, st.lists(grants, max_size=4), st.lists(grants, max_size=4), resources, verbs, moments)
def test_equal_keys_mean_equal_rights(role, mine, others, resource, verb, now):
    one, other = somebody(role, *mine), somebody(role, *others)
    if one.rights.key(now) == other.rights.key(now):
        assert bool(allowed(one, verb, resource, now)) == bool(allowed(other, verb, resource, now))


@given(st.lists(grants, max_size=4), resources, moments)
def test_nobody_but_an_owner_shares_or_reaches_people_and_keys(given_, resource, now):
    for role in set(Role) - {Role.OWNER}:
        one = somebody(role, *given_)
        assert not allowed(one, Verb.SHARE, resource, now)
        assert not any(allowed(one, verb, part, now) for verb in Verb for part in (PEOPLE, SECURITY, VAULT))


def test_every_role_has_a_row():
    assert set(DEFAULTS) == set(Role)
