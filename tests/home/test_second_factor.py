"""The second factor: nothing counts before it is proved, no code counts twice, and a guesser waits."""

from __future__ import annotations

import base64
import json

import pytest

from jiahe.home import second_factor
from jiahe.home.keep import Taken
from jiahe.home.one_time_code import one_time_code, step_of
from jiahe.home.second_factor import BEGUN_FOR, CONFIRMED_FOR, RECOVERY_CODES, SecondFactors
from jiahe.home.throttle import Throttled
from jiahe.home.vault import Vault
from jiahe.model.errors import AuthError


@pytest.fixture
async def open_factors(documents, clock, tmp_path):
    async def open_():
        return await SecondFactors.open(documents, await Vault.open(tmp_path, documents), clock)

    return open_


def secret_of(begun):
    return base64.b32decode(begun.secret + "=" * (-len(begun.secret) % 8))


async def switched_on(factors, clock, person="lin"):
    secret = secret_of(factors.begin(person, "Lin", "Home"))
    codes = await factors.switch_on(person, one_time_code(secret, step_of(clock.now())))
    clock.pass_(60)  # the code of switching on is used up
    return secret, codes


async def test_it_counts_only_once_it_was_proved(open_factors, clock):
    factors = await open_factors()
    begun = factors.begin("lin", "Lin", "Home")
    assert not factors.is_on("lin")
    with pytest.raises(AuthError):
        await factors.switch_on("lin", "000000")
    assert not factors.is_on("lin")
    await factors.switch_on("lin", one_time_code(secret_of(begun), step_of(clock.now())))
    assert factors.is_on("lin")
    assert not factors.is_on("mei")


async def test_a_secret_waits_a_quarter_of_an_hour(open_factors, clock):
    factors = await open_factors()
    begun = factors.begin("lin", "Lin", "Home")
    clock.pass_(BEGUN_FOR + 1)
    with pytest.raises(AuthError, match="begin again"):
        await factors.switch_on("lin", one_time_code(secret_of(begun), step_of(clock.now())))


async def test_only_the_newest_secret_counts(open_factors, clock):
    factors = await open_factors()
    first = factors.begin("lin", "Lin", "Home")
    factors.begin("lin", "Lin", "Home")
    with pytest.raises(AuthError):
        await factors.switch_on("lin", one_time_code(secret_of(first), step_of(clock.now())))


async def test_secrets_that_nobody_proves_are_bounded(open_factors):
    factors = await open_factors()
    for number in range(second_factor.BEGUN_MOST + 10):
        factors.begin(f"person {number}", "Lin", "Home")
    assert len(factors._begun) == second_factor.BEGUN_MOST


async def test_one_that_is_on_is_not_replaced(open_factors, clock):
    factors = await open_factors()
    await switched_on(factors, clock)
    with pytest.raises(Taken):
        factors.begin("lin", "Lin", "Home")


async def test_a_code_counts_once(open_factors, clock):
    factors = await open_factors()
    secret, _ = await switched_on(factors, clock)
    code = one_time_code(secret, step_of(clock.now()))
    assert await factors.prove("lin", f" {code[:3]} {code[3:]} ") == "app"
    with pytest.raises(AuthError):
        await factors.prove("lin", code)
    clock.pass_(30)
    assert await factors.prove("lin", one_time_code(secret, step_of(clock.now()))) == "app"


async def test_the_code_of_switching_on_is_used_up(open_factors, clock):
    factors = await open_factors()
    code = one_time_code(secret_of(begun := factors.begin("lin", "Lin", "Home")), step_of(clock.now()))
    assert begun.uri.startswith("otpauth://totp/")
    await factors.switch_on("lin", code)
    with pytest.raises(AuthError):
        await factors.prove("lin", code)


async def test_a_used_code_stays_used_after_a_restart(open_factors, clock):
    factors = await open_factors()
    secret, codes = await switched_on(factors, clock)
    code = one_time_code(secret, step_of(clock.now()))
    await factors.prove("lin", code)
    assert await factors.prove("lin", codes[0]) == "recovery"
    again = await open_factors()
    assert again.is_on("lin")
    assert again.recovery_left("lin") == RECOVERY_CODES - 1
    for used in (code, codes[0]):
        with pytest.raises(AuthError):
            await again.prove("lin", used)
    assert await again.prove("lin", codes[1].lower().replace("-", " ")) == "recovery"


async def test_new_recovery_codes_end_the_old_ones(open_factors, clock):
    factors = await open_factors()
    _, old = await switched_on(factors, clock)
    new = await factors.renew_codes("lin")
    assert len(set(old) | set(new)) == 2 * RECOVERY_CODES
    with pytest.raises(AuthError):
        await factors.prove("lin", old[0])
    assert await factors.prove("lin", new[0]) == "recovery"
    with pytest.raises(AuthError):
        await factors.renew_codes("mei")


async def test_a_guesser_waits_ever_longer_and_the_right_code_waits_too(open_factors, clock):
    factors = await open_factors()
    secret, _ = await switched_on(factors, clock)
    waits = []
    for _ in range(12):
        try:
            with pytest.raises(AuthError) as error:
                await factors.prove("lin", "not a code")
        finally:
            wait = getattr(error.value, "wait", 0.0)
            waits.append(wait)
            clock.pass_(wait)
    assert [wait for wait in waits if wait] == [1.0, 2.0, 4.0, 8.0]
    for _ in range(3):
        with pytest.raises(AuthError):
            await factors.prove("lin", "wrong")
    with pytest.raises(Throttled):
        await factors.prove("lin", one_time_code(secret, step_of(clock.now())))


async def test_one_persons_guesses_do_not_hold_up_another(open_factors, clock):
    factors = await open_factors()
    await switched_on(factors, clock)
    secret, _ = await switched_on(factors, clock, "mei")
    for _ in range(6):
        with pytest.raises(AuthError):
            await factors.prove("lin", "wrong")
    assert await factors.prove("mei", one_time_code(secret, step_of(clock.now()))) == "app"


async def test_a_proof_is_good_for_five_minutes_in_its_own_session(open_factors, clock):
    factors = await open_factors()
    assert not factors.asks("lin", "here")  # nothing is on
    await switched_on(factors, clock)
    assert factors.asks("lin", "here")
    assert factors.confirm("here") == clock.now() + CONFIRMED_FOR
    assert not factors.asks("lin", "here")
    assert factors.asks("lin", "elsewhere")
    clock.wall += 10_000  # a clock that is set moves no deadline
    assert not factors.asks("lin", "here")
    clock.pass_(CONFIRMED_FOR + 1)
    assert factors.asks("lin", "here")
    assert factors.confirmed_until("here") is None


async def test_proofs_are_bounded(open_factors):
    factors = await open_factors()
    for number in range(second_factor.CONFIRMED_MOST + 5):
        factors.confirm(f"session {number}")
    assert len(factors._confirmed) == second_factor.CONFIRMED_MOST
    assert factors.confirmed_until("session 0") is None


async def test_what_is_forgotten_is_gone_from_disk(open_factors, clock, documents):
    factors = await open_factors()
    secret, codes = await switched_on(factors, clock)
    await factors.forget("lin")
    assert not factors.is_on("lin")
    assert not [key for key in documents.kept if "lin" in key[1]]
    for code in (one_time_code(secret, step_of(clock.now())), codes[0]):
        with pytest.raises(AuthError):
            await factors.prove("lin", code)


async def test_no_secret_stands_in_documents_or_reprs(open_factors, clock, documents):
    factors = await open_factors()
    begun = factors.begin("lin", "Lin", "Home")
    secret = secret_of(begun)
    codes = await factors.switch_on("lin", one_time_code(secret, step_of(clock.now())))
    text = json.dumps([list(key) for key in documents.kept]) + json.dumps(list(documents.kept.values()))
    assert begun.secret not in text
    assert secret.hex() not in text
    assert not any(code in text or code.replace("-", "") in text for code in codes)
    assert begun.secret not in repr(begun)
    assert repr(secret) not in repr(factors._factors)


async def test_without_its_seal_no_code_fits(open_factors, clock, documents):
    factors = await open_factors()
    _, codes = await switched_on(factors, clock)
    del documents.kept["sealed", "second_factor/lin"]
    again = await open_factors()
    with pytest.raises(AuthError):
        await again.prove("lin", one_time_code(b"", step_of(clock.now())))
    assert await again.prove("lin", codes[0]) == "recovery"
