"""Every way in, once and only for whom it is meant; only hashes on disk."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from jiahe.home import credentials
from jiahe.home.credentials import Tokens
from jiahe.home.keep import Full, Taken
from jiahe.home.password import QUEUE_LIMIT, Busy, Passwords
from jiahe.home.people import CLAIM_LIFE, WRONG, People
from jiahe.home.permission import Role, Via
from jiahe.home.throttle import Throttled
from jiahe.model.errors import AuthError, OutOfDefinition, UnknownName

PASSWORD = "correct horse 家和"
HERE, THERE = "192.168.1.5", "192.168.1.6"


class QuickPasswords:
    """In place of argon2id where its cost is not the point; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    async def hash(self, password):
        await asyncio.sleep(0)
        return f"hash of {len(password)} {hash(password)}"

    async def matches(self, encoded, password):
        self.asked.append(encoded is not None)
        await asyncio.sleep(0)
        return encoded == f"hash of {len(password)} {hash(password)}"


async def open_people(documents, clock, **more):
    people = await People.open(documents, clock, **more)
    people._passwords = QuickPasswords()
    return people


@pytest.fixture
async def people(documents, clock):
    return await open_people(documents, clock)


@pytest.fixture
async def owned(people):
    await people.claim(await people.new_claim_code(), "Mei", PASSWORD, HERE)
    return people


async def test_the_link_makes_the_owner_and_signs_in(people, documents, clock):
    code = await people.new_claim_code()
    entered = await people.claim(code, " Mei ", PASSWORD, HERE, "Phone")
    assert people.owner_exists
    principal = entered.signed.principal
    assert (principal.name, principal.role, principal.via) == ("Mei", Role.OWNER, Via.SESSION)
    assert await people.by_session(entered.secret) == entered.signed
    again = await open_people(documents, clock)
    assert again.owner_exists
    assert await again.by_session(entered.secret) == entered.signed
    assert await again.new_claim_code() is None


async def test_the_link_works_once(people):
    code = await people.new_claim_code()
    await people.claim(code, "Mei", PASSWORD, HERE)
    with pytest.raises(Taken):
        await people.claim(code, "Eve", PASSWORD, THERE)


async def test_of_two_who_open_the_link_together_one_becomes_the_owner(people):
    code = await people.new_claim_code()
    ways = [people.claim(code, name, PASSWORD, HERE) for name in ("Mei", "Eve", "Bo")]
    ends = await asyncio.gather(*ways, return_exceptions=True)
    assert [type(end) for end in ends].count(Taken) == 2
    assert len(people.household.people) == 1


async def test_the_link_ends_after_a_day_and_with_the_next_start(people, documents, clock):
    code = await people.new_claim_code()
    clock.pass_(CLAIM_LIFE + 1)
    with pytest.raises(AuthError, match="not valid any more"):
        await people.claim(code, "Mei", PASSWORD, HERE)
    code = await people.new_claim_code()
    restarted = await open_people(documents, clock)
    new = await restarted.new_claim_code()
    with pytest.raises(AuthError):
        await restarted.claim(code, "Mei", PASSWORD, HERE)
    await restarted.claim(new, "Mei", PASSWORD, HERE)


async def test_no_link_no_owner(people):
    for code in ("", "x", "ü" * 50, "\ud800"):
        with pytest.raises(AuthError):
            await people.claim(code, "Mei", PASSWORD, f"10.0.0.{len(code)}")


@pytest.mark.parametrize(
    ("name", "password"),
    [("", PASSWORD), ("a\nb", PASSWORD), ("Mei", "short"), ("Mei", "x" * 257), ("password1", "PASSWORD1")],
)
async def test_a_poor_name_or_password_does_not_cost_the_link(people, name, password):
    code = await people.new_claim_code()
    with pytest.raises(OutOfDefinition):
        await people.claim(code, name, password, HERE)
    await people.claim(code, "Mei", PASSWORD, HERE)


async def test_guessing_at_the_link_is_slow(people):
    code = await people.new_claim_code()
    for _ in range(4):
        with pytest.raises(AuthError):
            await people.claim("guess", "Eve", PASSWORD, THERE)
    with pytest.raises(Throttled):
        await people.claim(code, "Eve", PASSWORD, THERE)
    await people.claim(code, "Mei", PASSWORD, HERE)


async def test_name_and_password_sign_in(owned):
    entered = await owned.login("mei ", PASSWORD, HERE)
    assert entered.signed.principal.name == "Mei"
    assert await owned.by_session(entered.secret)


async def test_keyboards_that_compose_differently_give_the_same_password(people):
    await people.claim(await people.new_claim_code(), "Mei", "Zu\u0308rich 2026", HERE)
    await people.login("Mei", "Z\u00fcrich 2026", HERE)


@pytest.mark.parametrize(
    ("name", "password"),
    [("Mei", "wrong password"), ("Nobody", PASSWORD), ("", ""), ("Mei", ""), ("\x00", "x" * 5000)],
)
async def test_every_kind_of_wrong_has_one_answer_and_one_cost(owned, name, password):
    owned._passwords.asked.clear()
    with pytest.raises(AuthError) as caught:
        await owned.login(name, password, HERE)
    assert str(caught.value) == WRONG
    assert type(caught.value) is AuthError
    assert len(owned._passwords.asked) == 1


async def test_a_guesser_waits_by_address_and_by_name(owned, clock):
    for _ in range(4):
        with pytest.raises(AuthError):
            await owned.login("Mei", "wrong password", THERE)
    with pytest.raises(Throttled) as caught:
        await owned.login("Mei", PASSWORD, THERE)
    assert caught.value.wait == pytest.approx(1.0)
    with pytest.raises(Throttled):  # the name waits for every address
        await owned.login("Mei", PASSWORD, HERE)
    clock.pass_(1.0)
    await owned.login("Mei", PASSWORD, HERE)
    with pytest.raises(AuthError) as caught:  # the address still has its count
        await owned.login("Somebody", "wrong password", THERE)
    assert not isinstance(caught.value, Throttled)
    with pytest.raises(Throttled) as caught:
        await owned.login("Somebody else", "wrong password", THERE)
    assert caught.value.wait == pytest.approx(2.0)


async def test_a_stranger_cannot_keep_the_owner_out_for_long(owned, clock):
    for number in range(200):
        try:
            await owned.login("Mei", "wrong password", f"10.0.{number}.1")
        except Throttled as error:
            clock.pass_(error.wait)
        except AuthError:
            pass
    clock.pass_(60.0)
    await owned.login("Mei", PASSWORD, HERE)


async def test_a_burst_is_counted_before_it_is_answered(owned):
    ways = [owned.login("Mei", "wrong password", THERE) for _ in range(20)]
    ends = await asyncio.gather(*ways, return_exceptions=True)
    assert sum(isinstance(end, Throttled) for end in ends) == 16


async def test_the_demos_link_is_for_everybody_while_the_demo_runs(documents, clock):
    demo = await open_people(documents, clock, demo=True)
    code = demo.new_enter_code()
    first, second = await demo.enter(code, HERE), await demo.enter(code, THERE)
    assert first.secret != second.secret
    assert (await demo.by_session(first.secret)).principal.via is Via.DEMO
    with pytest.raises(AuthError):
        await demo.enter(code + "x", HERE)
    restarted = await open_people(documents, clock, demo=True)
    assert await restarted.by_session(first.secret) is not None
    restarted.new_enter_code()
    with pytest.raises(AuthError):
        await restarted.enter(code, HERE)


async def test_a_demos_guests_are_strangers_in_a_real_home(documents, clock):
    demo = await open_people(documents, clock, demo=True)
    entered = await demo.enter(demo.new_enter_code(), HERE)
    assert await demo.holds(entered.signed)
    home = await open_people(documents, clock)
    assert await home.by_session(entered.secret) is None
    assert not await home.holds(entered.signed)
    with pytest.raises(AuthError):
        home.new_enter_code()
    with pytest.raises(AuthError):
        await home.enter("", HERE)


async def test_a_session_slides_and_ends(owned, documents, clock):
    entered = await owned.login("Mei", PASSWORD, HERE)
    for _ in range(4):
        clock.pass_(89 * 86400)
        assert await owned.by_session(entered.secret)
    assert await (await open_people(documents, clock)).by_session(entered.secret)
    clock.pass_(91 * 86400)
    assert not await owned.holds(entered.signed)
    assert await owned.by_session(entered.secret) is None
    assert ("session", entered.signed.key) not in documents.kept


async def test_old_sessions_are_swept_at_the_start(owned, documents, clock):
    await owned.login("Mei", PASSWORD, HERE)
    clock.pass_(91 * 86400)
    await open_people(documents, clock)
    assert not [kind for kind, _ in documents.kept if kind == "session"]


async def test_signing_out_and_revoking_end_it_at_once(owned, documents, clock):
    first, second = await owned.login("Mei", PASSWORD, HERE), await owned.login("Mei", PASSWORD, HERE)
    await owned.leave(first.signed)
    assert await owned.by_session(first.secret) is None
    person = second.signed.principal.id
    assert await owned.revoke_session(person, second.signed.key[:16])
    assert not await owned.revoke_session(person, "nothing")
    assert not await owned.holds(second.signed)
    assert await (await open_people(documents, clock)).by_session(second.secret) is None


async def test_sessions_of_one_person_are_bounded(owned, monkeypatch, clock):
    monkeypatch.setattr(credentials, "SESSIONS_A_PERSON", 5)
    entered = []
    for _ in range(8):
        clock.pass_(1)
        entered.append(await owned.login("Mei", PASSWORD, HERE))
    alive = [await owned.holds(one.signed) for one in entered]
    assert alive == [False] * 3 + [True] * 5
    cards = owned.sessions(entered[0].signed.principal.id)
    assert [card.key for card in cards] == [one.signed.key for one in reversed(entered[3:])]


async def test_a_token_works_here_and_when_another_process_made_it(people, documents, clock):
    secret = await people.create_token("backup script")
    signed = await people.by_token(secret)
    assert (signed.principal.name, signed.principal.via, signed.principal.role) == (
        "backup script",
        Via.TOKEN,
        Role.OWNER,
    )
    clock.pass_(1)
    elsewhere = await Tokens(documents, clock).create("other")
    assert (await people.by_token(elsewhere)).principal.name == "other"
    assert [card.name for card in await people.tokens()] == ["backup script", "other"]


async def test_a_revoked_token_is_worth_nothing(people, documents, clock):
    secret = await people.create_token("a")
    signed = await people.by_token(secret)
    assert (await people.revoke_token("a")).name == "a"
    assert await people.by_token(secret) is None
    assert not await people.holds(signed)
    with pytest.raises(UnknownName):
        await people.revoke_token("a")
    secret = await people.create_token("b")
    signed = await people.by_token(secret)
    await Tokens(documents, clock).revoke("b")  # by another process
    clock.pass_(31)
    assert not await people.holds(signed)
    assert await people.by_token(secret) is None


async def test_revoking_a_name_ends_every_token_of_that_name(people):
    secrets = [await people.create_token("twin") for _ in range(2)]
    await people.revoke_token("twin")
    assert [await people.by_token(secret) for secret in secrets] == [None, None]


async def test_strangers_tokens_cost_few_looks_at_the_disk(people, documents, clock):
    secret = await people.create_token("a")
    assert await people.by_token(secret)
    documents.reads = 0
    for number in range(500):
        assert await people.by_token(f"jiahe_{number}") is None
    assert documents.reads <= 20
    assert await people.by_token(secret), "a known token is not hindered by the flood"
    for wrong in ("", "x" * 5000, "jiahe_" + "\ud800"):
        assert await people.by_token(wrong) is None
    clock.pass_(60)
    assert await people.by_token(await people.create_token("b"))


async def test_tokens_are_bounded_and_named(people, monkeypatch):
    monkeypatch.setattr(credentials, "TOKEN_LIMIT", 1)
    with pytest.raises(OutOfDefinition):
        await people.create_token("\n")
    await people.create_token("a")
    with pytest.raises(Full):
        await people.create_token("b")


async def test_only_hashes_are_on_disk_and_nothing_shows_itself(documents, clock):
    people = await People.open(documents, clock, demo=True)  # with the real argon2id
    code, enter = await people.new_claim_code(), people.new_enter_code()
    claim = json.dumps([body for (kind, _), body in documents.kept.items() if kind == "claim"])
    entered = await people.claim(code, "Mei", PASSWORD, HERE)
    token = await people.create_token("t")
    disk = claim + json.dumps([[*key, body] for key, body in documents.kept.items()])
    for secret in (code, enter, PASSWORD, entered.secret, token, token.removeprefix("jiahe_")):
        assert secret not in disk
        assert secret not in repr(entered)
        assert secret not in repr(people.__dict__)
    (person,) = people.household.people.values()
    assert "argon2" not in repr(person)
    assert person.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_real_hash_knows_right_from_wrong_and_an_unknown_name():
    passwords = Passwords()
    encoded = await passwords.hash(PASSWORD)
    assert await passwords.matches(encoded, PASSWORD)
    assert not await passwords.matches(encoded, PASSWORD + "x")
    assert not await passwords.matches(None, PASSWORD)
    assert not await passwords.matches("damaged", PASSWORD)


async def test_an_unknown_name_costs_the_same_parameters():
    from argon2 import extract_parameters

    from jiahe.home import password

    kept = extract_parameters(await Passwords().hash(PASSWORD))
    assert extract_parameters(password._NOBODY) == kept


async def test_the_line_of_guesses_is_bounded_and_one_at_a_time(monkeypatch):
    passwords, at_once, most = Passwords(), 0, 0

    def slow(password):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.001)
        at_once -= 1
        return password

    monkeypatch.setattr(passwords, "_hash", slow)
    ends = await asyncio.gather(*(passwords.hash("x") for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(end, Busy) for end in ends) == 20 - QUEUE_LIMIT
    assert most == 1
    assert await passwords.hash("x") == "x"
