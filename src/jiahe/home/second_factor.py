"""The second factor of people: a code of an authenticator app, recovery codes, and when a session last proved it.

Owns whether somebody has one and whether a code is right; never which devices ask for it (`permission`).

The app's secret is sealed in the vault. Recovery codes have 80 random bits each, so that a plain hash keeps them. That
a session proved itself is kept in memory only: after a restart it is asked again.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jiahe.home.credentials import digest
from jiahe.home.keep import Documents, Taken
from jiahe.home.one_time_code import SECRET_BYTES, key_uri, matching_step, shown_secret
from jiahe.home.throttle import Throttle, Throttled
from jiahe.home.vault import Vault
from jiahe.model.clock import Clock
from jiahe.model.errors import AuthError
from jiahe.model.reasons import say

KIND = "second_factor"
SEAL = "second_factor/"
"""Before a person's id: the name of their seal in the vault. A device's id never holds a slash."""
CONFIRMED_FOR = 300.0
"""Seconds for which a proof is good: to the door and into the kitchen, and no longer."""
BEGUN_FOR = 900.0
"""Seconds in which a new secret must be proved: installing an app takes minutes."""
BEGUN_MOST = 64
CONFIRMED_MOST = 1_000
"""Sessions remembered as proved; the oldest proof goes first. A home has a few dozen people's browsers."""
RECOVERY_CODES = 8
RECOVERY_BYTES = 10

WRONG = say("factor_wrong")
NOT_BEGUN = say("factor_not_begun")
NOT_ON = say("factor_not_on")
ALREADY = say("factor_already")


@dataclass(frozen=True, slots=True)
class Begun:
    """A secret that is shown to its person, before it counts. `uri` goes into a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Factor:
    since: float
    last_step: int
    recovery: tuple[str, ...] = field(repr=False)  # hashes of the codes that are left
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Pending:
    secret: bytes = field(repr=False)
    until: float  # monotonic seconds


class SecondFactors:
    """Made by `await SecondFactors.open(documents, vault, clock)`."""

    def __init__(
        self,
        documents: Documents,
        vault: Vault,
        clock: Clock,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._documents, self._vault, self._clock, self._entropy = documents, vault, clock, entropy
        self._factors: dict[str, _Factor] = {}
        self._begun: dict[str, _Pending] = {}
        self._guesses = Throttle()
        self._confirmed: dict[str, tuple[float, float]] = {}  # monotonic and epoch seconds, oldest first

    @classmethod
    async def open(
        cls,
        documents: Documents,
        vault: Vault,
        clock: Clock,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> SecondFactors:
        """Everybody's from disk; StoreError where a secret does not open."""
        self = cls(documents, vault, clock, entropy)
        for person, body in (await documents.all(KIND)).items():
            secret = (await vault.unseal(SEAL + person)).get("secret", b"")
            self._factors[person] = _from_body(body, secret)
        return self

    def is_on(self, person: str) -> bool:
        """Whether this person is asked for it."""
        return person in self._factors

    def since(self, person: str) -> float | None:
        """Epoch seconds at which it was switched on."""
        factor = self._factors.get(person)
        return None if factor is None else factor.since

    def recovery_left(self, person: str) -> int:
        """How many recovery codes were not used yet."""
        factor = self._factors.get(person)
        return 0 if factor is None else len(factor.recovery)

    # ---- switching on and off ------------------------------------------------------------------------------

    def begin(self, person: str, name: str, home: str) -> Begun:
        """A new secret for this person's app; it counts only once it was proved. Taken where one is on."""
        if self.is_on(person):
            raise Taken(ALREADY)
        self._begun.pop(person, None)
        if len(self._begun) >= BEGUN_MOST:
            del self._begun[next(iter(self._begun))]
        secret = self._entropy(SECRET_BYTES)
        self._begun[person] = _Pending(secret, self._clock.monotonic() + BEGUN_FOR)
        issuer = f"Jiahe {home}".replace(":", " ").strip()
        return Begun(shown_secret(secret), key_uri(secret, issuer, name.replace(":", " ")))

    async def switch_on(self, person: str, code: str) -> list[str]:
        """The app shows this code: it counts from now on. The recovery codes, seen this once.

        Raises AuthError, Throttled, Taken.
        """
        if self.is_on(person):
            raise Taken(ALREADY)
        pending = self._begun.get(person)
        if pending is None or pending.until <= self._clock.monotonic():
            self._begun.pop(person, None)
            raise AuthError(NOT_BEGUN)
        self._attempt(person)
        step = matching_step(pending.secret, _plain(code), self._clock.now(), -1)
        if step is None:
            raise AuthError(WRONG)
        self._guesses.worked(person)
        del self._begun[person]
        codes = self._new_codes()
        await self._vault.seal(SEAL + person, {"secret": pending.secret})
        hashes = tuple(digest(_plain(one)) for one in codes)
        await self._keep(person, _Factor(self._clock.now(), step, hashes, pending.secret))
        return codes

    async def renew_codes(self, person: str) -> list[str]:
        """New recovery codes in place of all before. AuthError where there is no second factor."""
        factor = self._factors.get(person)
        if factor is None:
            raise AuthError(NOT_ON)
        codes = self._new_codes()
        await self._keep(person, replace(factor, recovery=tuple(digest(_plain(one)) for one in codes)))
        return codes

    async def forget(self, person: str) -> None:
        """Switched off, or the person left the home."""
        self._factors.pop(person, None)
        self._begun.pop(person, None)
        await self._documents.delete(KIND, person)
        await self._vault.drop(SEAL + person)

    # ---- proving it ----------------------------------------------------------------------------------------

    async def prove(self, person: str, code: str) -> str:
        """ "app" or "recovery": what this code was, and it is used up. Raises AuthError and Throttled."""
        factor = self._factors.get(person)
        if factor is None:
            raise AuthError(NOT_ON)
        self._attempt(person)
        given = _plain(code)
        # a seal that is gone must not leave a secret that everybody knows
        step = (
            matching_step(factor.secret, given, self._clock.now(), factor.last_step)
            if factor.secret
            else None
        )
        if step is not None:
            self._guesses.worked(person)
            await self._keep(person, replace(factor, last_step=step))
            return "app"
        hashed = digest(given)
        if hashed not in factor.recovery:
            raise AuthError(WRONG)
        self._guesses.worked(person)
        left = tuple(one for one in factor.recovery if one != hashed)
        await self._keep(person, replace(factor, recovery=left))
        return "recovery"

    def confirm(self, session: str) -> float:
        """This session (by its key) proved that it is its person's; until when that is good, in epoch seconds."""
        self._confirmed.pop(session, None)
        if len(self._confirmed) >= CONFIRMED_MOST:
            del self._confirmed[next(iter(self._confirmed))]
        now = self._clock.now()
        self._confirmed[session] = (self._clock.monotonic(), now)
        return now + CONFIRMED_FOR

    def confirmed_until(self, session: str) -> float | None:
        """Epoch seconds until which this session's proof is good; None where it has none (any more)."""
        proved = self._confirmed.get(session)
        if proved is None or self._clock.monotonic() - proved[0] > CONFIRMED_FOR:
            return None
        return proved[1] + CONFIRMED_FOR

    def asks(self, person: str, session: str) -> bool:
        """Whether this person must prove the second factor in this session before what is dangerous."""
        return self.is_on(person) and self.confirmed_until(session) is None

    # ---- inside --------------------------------------------------------------------------------------------

    def _attempt(self, person: str) -> None:
        """Counts an attempt as failed until it is known to be good, or raises Throttled."""
        now = self._clock.monotonic()
        wait = self._guesses.wait(person, now)
        if wait > 0.0:
            raise Throttled(wait)
        self._guesses.failed(person, now)

    def _new_codes(self) -> list[str]:
        texts = [base64.b32encode(self._entropy(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
        return ["-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in texts]

    async def _keep(self, person: str, factor: _Factor) -> None:
        self._factors[person] = factor  # before the disk: the same code in this moment is a replay already
        body = {"since": factor.since, "last_step": factor.last_step, "recovery": list(factor.recovery)}
        await self._documents.put(KIND, person, body)


def _plain(code: str) -> str:
    """A code as it is compared: without the spaces and dashes with which people group it, in capitals."""
    return "".join(character for character in code if character.isalnum()).upper()


def _from_body(body: Mapping[str, Any], secret: bytes) -> _Factor:
    return _Factor(body["since"], body["last_step"], tuple(body["recovery"]), secret)
