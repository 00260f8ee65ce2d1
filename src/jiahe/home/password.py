"""Passwords as argon2id.

Owns the cost of a guess and that only one is paid at a time; never keeps a password.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from jiahe.model.errors import JiaheError, OutOfDefinition
from jiahe.model.reasons import say

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SHORTEST, LONGEST = 8, 256
"""Characters. Eight is the least NIST SP 800-63B allows; 256 keeps a request from being a hashing job."""

MEMORY_KIB, ROUNDS, LANES = 19 * 1024, 2, 1
"""OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, t=2, p=1."""

QUEUE_LIMIT = 8
"""Guesses that may wait for their turn: a home has few people, and each guess costs tens of milliseconds."""

# What an unknown name is compared with: same parameters, random salt and random hash, so it never matches and
# the answer takes as long as for a known name.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$4plffrO89m62lm901jvijw$/IvdXeHLYmLBuciEyzyfs8FWmpxDGl9mHVSAC7T0dBc"


class Busy(JiaheError):
    """Too many guesses wait already."""


def check_password(password: str) -> str:
    """The password in the one form that is hashed (NFC: every keyboard's ü is the same), or
    OutOfDefinition.
    """
    if any(0xD800 <= ord(character) <= 0xDFFF for character in password):
        raise OutOfDefinition("password", say("password_letters"))
    text = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise OutOfDefinition("password", say("password_size", least=SHORTEST, most=LONGEST), SHORTEST)
    return text


class Passwords:
    """Hashes and compares in a thread, one at a time (each takes 19 MiB)."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._hasher: PasswordHasher | None = None

    async def hash(self, password: str) -> str:
        """The encoded hash to keep. Raises Busy."""
        return await self._in_turn(self._hash, password)

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether this is the password behind the hash; with None (an unknown name) it is not, just as
        slowly. Raises Busy.
        """
        return await self._in_turn(self._matches, encoded or _NOBODY, password) and encoded is not None

    async def _in_turn(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= QUEUE_LIMIT:
            raise Busy(say("many_sign_in"))
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._tool().hash(password)

    def _matches(self, encoded: str, password: str) -> bool:
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            return self._tool().verify(encoded, password)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False

    def _tool(self) -> PasswordHasher:
        # imported at the first password and not at start: most starts of the hub see none
        from argon2 import PasswordHasher

        if self._hasher is None:
            self._hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
        return self._hasher
