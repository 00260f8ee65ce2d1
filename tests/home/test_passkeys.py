"""Passkeys: every answer fits its own question, site, person and counter, and nothing else lets anybody in."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.machines.authenticator import BACKED_UP, PRESENT, VERIFIED, Authenticator, person_of

from jiahe.home import challenge
from jiahe.home.keep import Full, Taken
from jiahe.home.passkeys import A_PERSON, Backwards, Passkeys, Site
from jiahe.model.errors import AuthError, JiaheError, OutOfDefinition, UnknownName

SITE = Site("jiahe.local", "https://jiahe.local:8443")
OTHER = Site("localhost", "http://localhost:8420")


async def added(passkeys, person="lin", site=SITE, **traits):
    device = Authenticator(site.origin, **traits)
    options = await passkeys.begin_adding(person, "Lin", "Home", site)
    return device, await passkeys.add(person, device.make(options), "Phone", site)


@pytest.fixture
async def passkeys(documents, clock):
    return await Passkeys.open(documents, clock)


@pytest.mark.parametrize("edwards", [False, True])
@pytest.mark.parametrize("step", [0, 1])
async def test_made_here_it_opens_again_and_again(documents, clock, edwards, step):
    passkeys = await Passkeys.open(documents, clock)
    device, made = await added(passkeys, edwards=edwards, step=step)
    assert (made.person, made.name, made.site, made.used_at) == ("lin", "Phone", "jiahe.local", None)
    for _ in range(2):
        clock.pass_(10)
        passkeys = await Passkeys.open(documents, clock)  # what is on disk suffices
        options = await passkeys.begin_entering(SITE, "192.168.1.5")
        entered = await passkeys.entered(device.answer(options), SITE)
        assert (entered.person, entered.used_at) == ("lin", clock.now())
        assert passkeys.of("lin") == [entered]


async def test_what_is_asked_of_the_browser(passkeys):
    device, _ = await added(passkeys)
    options = await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    assert person_of(options) == "lin"
    assert options["rp"] == {"id": "jiahe.local", "name": "Home"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [row["id"] for row in options["excludeCredentials"]] == [device.make(options)["id"]]
    other = await passkeys.begin_adding("lin", "Lin", "Home", OTHER)
    assert not other.get("excludeCredentials")
    entering = await passkeys.begin_entering(SITE, "192.168.1.5")
    assert (entering["rpId"], entering["userVerification"]) == ("jiahe.local", "required")
    assert not entering.get("allowCredentials")  # who has passkeys here is no stranger's business


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "get"},
        {"origin": "https://jiahe.local"},
        {"origin": "http://jiahe.local:8443"},
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"challenge": "AAAA"},
    ],
)
async def test_a_wrong_making_is_not_kept(passkeys, wrong):
    device = Authenticator(SITE.origin)
    options = await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    with pytest.raises(AuthError):
        await passkeys.add("lin", device.make(options, **wrong), "Phone", SITE)
    assert passkeys.of("lin") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "create"},
        {"origin": "https://jiahe.local"},
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"challenge": "AAAA"},
        {"signed": b"something else"},
        {"handle": "bWVp"},  # mei's
    ],
)
async def test_a_wrong_answer_does_not_open(passkeys, wrong):
    device, _ = await added(passkeys)
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer(options, **wrong), SITE)


@pytest.mark.parametrize("flags", [0, PRESENT, VERIFIED])
async def test_somebody_must_be_there_and_be_known_to_the_authenticator(passkeys, flags):
    device, _ = await added(passkeys)
    device.flags = flags
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer(options), SITE)
    with pytest.raises(AuthError):
        await added(passkeys, flags=flags)


async def test_a_challenge_is_good_once(passkeys):
    device, _ = await added(passkeys, step=0)
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    answer = device.answer(options)
    await passkeys.entered(copy.deepcopy(answer), SITE)
    with pytest.raises(AuthError, match="twice"):
        await passkeys.entered(answer, SITE)


async def test_a_challenge_that_was_answered_wrongly_is_used_up_too(passkeys):
    device, _ = await added(passkeys, step=0)
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer(options, signed=b"no"), SITE)
    with pytest.raises(AuthError, match="twice"):
        await passkeys.entered(device.answer(options), SITE)


async def test_a_challenge_is_good_for_two_minutes(passkeys, clock):
    device, _ = await added(passkeys)
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    clock.pass_(challenge.LIFE)
    with pytest.raises(AuthError, match="too long"):
        await passkeys.entered(device.answer(options), SITE)


async def test_an_answer_to_one_purpose_is_none_to_another(passkeys):
    device, _ = await added(passkeys)
    options = await passkeys.begin_entering(SITE, "192.168.1.5")
    with pytest.raises(AuthError):
        await passkeys.confirmed("lin", "session", device.answer(options), SITE)
    options = await passkeys.begin_confirming("lin", "session", SITE)
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer(options), SITE)
    options = await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer({"rpId": SITE.host, **options}), SITE)


async def test_a_confirmation_is_of_one_session_and_its_person(passkeys):
    device, _ = await added(passkeys)
    mine, _ = await added(passkeys, "mei")
    options = await passkeys.begin_confirming("lin", "here", SITE)
    assert len(options["allowCredentials"]) == 1
    assert (await passkeys.confirmed("lin", "here", device.answer(options), SITE)).person == "lin"
    for person, session, who in (
        ("lin", "elsewhere", device),
        ("lin", "here", mine),
        ("mei", "here", device),
    ):
        options = await passkeys.begin_confirming("lin", "here", SITE)
        with pytest.raises(AuthError):
            await passkeys.confirmed(person, session, who.answer(options), SITE)


async def test_a_counter_that_goes_back_is_a_copy(passkeys):
    device, _ = await added(passkeys)
    device.counter = 10
    await passkeys.entered(device.answer(await passkeys.begin_entering(SITE, "")), SITE)
    for count in (11, 4, 0):
        device.counter = count - 1
        options = await passkeys.begin_entering(SITE, "")
        with pytest.raises(Backwards):
            await passkeys.entered(device.answer(options), SITE)
    device.counter = 11
    await passkeys.entered(device.answer(await passkeys.begin_entering(SITE, "")), SITE)


async def test_a_passkey_of_one_name_does_not_open_under_another(passkeys):
    device, _ = await added(passkeys)
    device.origin = OTHER.origin
    options = await passkeys.begin_entering(OTHER, "")
    with pytest.raises(AuthError):
        await passkeys.entered(device.answer(options), OTHER)


async def test_one_person_does_not_finish_what_another_began(passkeys):
    device = Authenticator(SITE.origin)
    options = await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    with pytest.raises(AuthError):
        await passkeys.add("mei", device.make(options), "Phone", SITE)


async def test_the_same_credential_is_not_kept_twice(passkeys):
    device, _ = await added(passkeys)
    options = await passkeys.begin_adding("mei", "Mei", "Home", SITE)
    with pytest.raises(Taken):
        await passkeys.add("mei", device.make(options), "Phone", SITE)


async def test_a_removed_one_opens_nothing(documents, clock):
    passkeys = await Passkeys.open(documents, clock)
    device, made = await added(passkeys)
    with pytest.raises(UnknownName):
        await passkeys.remove("mei", made.id)  # hers it is not
    await passkeys.remove("lin", made.id)
    for opened in (passkeys, await Passkeys.open(documents, clock)):
        assert opened.of("lin") == []
        options = await opened.begin_entering(SITE, "")
        with pytest.raises(AuthError):
            await opened.entered(device.answer(options), SITE)


async def test_whoever_leaves_takes_theirs_along(passkeys):
    await added(passkeys)
    await added(passkeys)
    await added(passkeys, "mei")
    await passkeys.forget("lin")
    assert (len(passkeys.of("lin")), len(passkeys.of("mei"))) == (0, 1)


async def test_a_person_has_a_bounded_number(passkeys):
    for _ in range(A_PERSON):
        await added(passkeys)
    with pytest.raises(Full):
        await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    await added(passkeys, "mei")


async def test_challenges_are_bounded_and_a_flood_drowns_only_itself(passkeys):
    await added(passkeys)
    mine = await passkeys.begin_entering(SITE, "192.168.1.5")
    for _ in range(500):
        await passkeys.begin_entering(SITE, "10.0.0.66")
    assert len(passkeys._challenges) <= challenge.MOST_OF_ONE + 1
    device, _ = await added(passkeys)
    await passkeys.entered(device.answer(mine), SITE)
    for number in range(challenge.MOST + 50):
        await passkeys.begin_entering(SITE, f"10.0.{number // 250}.{number % 250}")
    assert len(passkeys._challenges) == challenge.MOST


async def test_its_name_is_plain_and_short_and_whether_its_maker_keeps_it_is_told(passkeys):
    device = Authenticator(SITE.origin, flags=PRESENT | VERIFIED | BACKED_UP)
    options = await passkeys.begin_adding("lin", "Lin", "Home", SITE)
    made = await passkeys.add("lin", device.make(options), "\u202e" + "x" * 10_000 + "\n", SITE)
    assert made.name == "x" * 60
    assert made.synced


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just("AAAA"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
async def test_wild_answers_are_refused_in_words(documents, clock, data):
    passkeys = await Passkeys.open(documents, clock)
    device, _ = await added(passkeys)
    making = device.make(await passkeys.begin_adding("mei", "Mei", "Home", SITE))
    answer = device.answer(await passkeys.begin_entering(SITE, ""))
    for whole, ask in (
        (making, lambda one: passkeys.add("mei", one, "Phone", SITE)),
        (answer, lambda one: passkeys.entered(one, SITE)),
    ):
        wild = copy.deepcopy(whole)
        part = data.draw(st.sampled_from(["id", "rawId", "type", "response", *whole["response"]]))
        at = wild["response"] if part in wild["response"] else wild
        at[part] = data.draw(WILD | st.text("ABCD-_=", max_size=80))
        if part == "userHandle" and at[part] is None:
            continue  # may be left out
        with pytest.raises(JiaheError):
            await ask(wild)
    documents.kept.clear()


async def test_no_answer_at_all(passkeys):
    for nothing in ({}, {"response": None}, {"response": {"clientDataJSON": "e30"}}):
        with pytest.raises(OutOfDefinition):
            await passkeys.entered(nothing, SITE)
