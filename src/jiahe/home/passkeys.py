"""Passkeys (WebAuthn Level 3): public keys with which people sign in and confirm that it is them.

Owns which passkeys there are and whether an answer of an authenticator is good; never a session, and no secret: what
is kept of a passkey is public.

Every passkey is discoverable and asks for its person (a finger, a face, a PIN), so that it stands for two factors at
once. The checks are those of the package fido2, which is imported when the first passkey is used.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from jiahe.home.challenge import Challenge, Challenges, Purpose
from jiahe.home.keep import Documents, Full, Taken
from jiahe.model.clock import Clock
from jiahe.model.errors import AuthError, OutOfDefinition, UnknownName
from jiahe.model.reasons import say

if TYPE_CHECKING:
    from fido2.server import Fido2Server

KIND = "passkey"
A_PERSON = 20
"""Passkeys of one person: every phone, computer and key of a person has one."""
ALGORITHMS = (-7, -8, -257)
"""COSE: ES256 and EdDSA, which authenticators prefer, and RS256 for Windows Hello."""

WRONG = say("passkey_wrong")
OVER = say("passkey_over")
COPIED = say("passkey_copied")


class Backwards(AuthError):
    """The signature counter went back (WebAuthn Level 3, 6.1.1): the authenticator may have been copied."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: its host's name (the relying party's id) and its origin ("https://jiahe.local:8443")."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. Times in epoch seconds; `synced`: its maker keeps it in a cloud of theirs as well."""

    id: str
    person: str
    name: str
    site: str
    created_at: float
    used_at: float | None
    synced: bool
    counter: int = field(repr=False)
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)


class Passkeys:
    """Made by `await Passkeys.open(documents, clock)`."""

    def __init__(
        self, documents: Documents, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._documents, self._clock = documents, clock
        self._challenges = Challenges(entropy)
        self._keys: dict[str, Passkey] = {}

    @classmethod
    async def open(
        cls, documents: Documents, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> Passkeys:
        """All passkeys from disk."""
        self = cls(documents, clock, entropy)
        self._keys = {key: _from_body(key, body) for key, body in (await documents.all(KIND)).items()}
        return self

    def of(self, person: str) -> list[Passkey]:
        """A person's passkeys, oldest first."""
        return sorted(
            (key for key in self._keys.values() if key.person == person), key=lambda key: key.created_at
        )

    # ---- adding one ----------------------------------------------------------------------------------------

    async def begin_adding(self, person: str, name: str, home: str, site: Site) -> dict[str, Any]:
        """What the browser is asked for a new passkey (PublicKeyCredentialCreationOptionsJSON). Full at the bound."""
        theirs = self._with_room(person)
        await asyncio.to_thread(_load)
        from fido2.webauthn import (
            PublicKeyCredentialDescriptor,
            PublicKeyCredentialType,
            PublicKeyCredentialUserEntity,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        challenge = self._challenges.new(Purpose.ADD, person, site.host, person, self._clock.monotonic())
        known = [
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=key.credential)
            for key in theirs
            if key.site == site.host
        ]
        options, _ = _server(site, home).register_begin(
            PublicKeyCredentialUserEntity(id=person.encode(), name=name, display_name=name),
            known,
            ResidentKeyRequirement.REQUIRED,
            UserVerificationRequirement.REQUIRED,
            challenge=challenge,
        )
        return dict(dict(options)["publicKey"])

    async def add(self, person: str, response: Mapping[str, Any], name: str, site: Site) -> Passkey:
        """Keeps the passkey that the browser made (RegistrationResponseJSON) under this name.

        Raises AuthError (not an answer to a question of ours), OutOfDefinition (no answer at all), Full, Taken.
        """
        await asyncio.to_thread(_load)
        self._with_room(person)
        challenge, asked = self._taken(response, Purpose.ADD, site)
        if asked.who != person:
            raise AuthError(OVER)
        try:
            made = _server(site).register_complete(_state(challenge), response)
        except ValueError:
            raise AuthError(WRONG) from None
        except Exception:  # whatever the parsing of foreign bytes comes to
            raise OutOfDefinition("passkey", say("passkey_form")) from None
        data = made.credential_data
        if data is None or data.public_key.get(3) not in ALGORITHMS:
            raise AuthError(say("passkey_kind"))
        from fido2 import cbor

        id_ = _key_of(data.credential_id)
        if id_ in self._keys:
            raise Taken(say("passkey_known"))
        passkey = Passkey(
            id_,
            person,
            _label(name),
            site.host,
            self._clock.now(),
            None,
            bool(made.flags & made.FLAG.BS),
            made.counter,
            data.credential_id,
            cbor.encode(dict(data.public_key)),
        )
        await self._keep(passkey)
        return passkey

    # ---- answering with one --------------------------------------------------------------------------------

    async def begin_entering(self, site: Site, place: str) -> dict[str, Any]:
        """What a stranger's browser is asked (PublicKeyCredentialRequestOptionsJSON); `place` is where from."""
        return await self._begin(Purpose.ENTER, "", site, f"@{place}", None)

    async def begin_confirming(self, person: str, session: str, site: Site) -> dict[str, Any]:
        """What the browser of somebody who is signed in is asked, to confirm that it is them."""
        theirs = [key.credential for key in self.of(person) if key.site == site.host]
        return await self._begin(Purpose.CONFIRM, session, site, session, theirs)

    async def entered(self, response: Mapping[str, Any], site: Site) -> Passkey:
        """The passkey behind this answer (AuthenticationResponseJSON) to `begin_entering`.

        Raises AuthError (`Backwards` where it may be a copy) and OutOfDefinition.
        """
        passkey, _ = await self._answered(response, Purpose.ENTER, site)
        return passkey

    async def confirmed(self, person: str, session: str, response: Mapping[str, Any], site: Site) -> Passkey:
        """The passkey with which this person answered `begin_confirming` in this session; the same errors."""
        passkey, asked = await self._answered(response, Purpose.CONFIRM, site)
        if asked.who != session or passkey.person != person:
            raise AuthError(WRONG)
        return passkey

    # ---- taking them away ----------------------------------------------------------------------------------

    async def remove(self, person: str, id_: str) -> Passkey:
        """A person's passkey is worth nothing from now on. UnknownName where they have none with this id."""
        passkey = self._keys.get(id_)
        if passkey is None or passkey.person != person:
            raise UnknownName(say("gone_passkey"))
        del self._keys[id_]
        await self._documents.delete(KIND, id_)
        return passkey

    async def forget(self, person: str) -> None:
        """Somebody left the home."""
        for passkey in self.of(person):
            await self.remove(person, passkey.id)

    # ---- inside --------------------------------------------------------------------------------------------

    def _with_room(self, person: str) -> list[Passkey]:
        theirs = self.of(person)
        if len(theirs) >= A_PERSON:
            raise Full(say("passkeys_full", most=A_PERSON))
        return theirs

    async def _begin(
        self, purpose: Purpose, who: str, site: Site, asker: str, allowed: list[bytes] | None
    ) -> dict[str, Any]:
        await asyncio.to_thread(_load)
        from fido2.webauthn import (
            PublicKeyCredentialDescriptor,
            PublicKeyCredentialType,
            UserVerificationRequirement,
        )

        challenge = self._challenges.new(purpose, who, site.host, asker, self._clock.monotonic())
        known = None
        if allowed is not None:
            kind = PublicKeyCredentialType.PUBLIC_KEY
            known = [PublicKeyCredentialDescriptor(type=kind, id=credential) for credential in allowed]
        options, _ = _server(site).authenticate_begin(
            known, UserVerificationRequirement.REQUIRED, challenge=challenge
        )
        return dict(dict(options)["publicKey"])

    async def _answered(
        self, response: Mapping[str, Any], purpose: Purpose, site: Site
    ) -> tuple[Passkey, Challenge]:
        await asyncio.to_thread(_load)
        challenge, asked = self._taken(response, purpose, site)
        from fido2 import cbor
        from fido2.cose import CoseKey
        from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticationResponse

        try:
            answer = AuthenticationResponse.from_dict(response)
        except Exception:  # whatever the parsing of foreign bytes comes to
            raise OutOfDefinition("passkey", say("passkey_form")) from None
        passkey = self._keys.get(_key_of(answer.raw_id))
        handle = answer.response.user_handle
        if passkey is None or passkey.site != site.host or handle not in (None, passkey.person.encode()):
            raise AuthError(WRONG)
        public_key = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(passkey.public_key)))
        known = AttestedCredentialData.create(Aaguid.NONE, passkey.credential, public_key)
        try:
            _server(site).authenticate_complete(_state(challenge), [known], response)
        except Exception:  # a signature that does not fit, or one that none of the key's kind could have made
            raise AuthError(WRONG) from None
        data = answer.response.authenticator_data
        if (data.counter or passkey.counter) and data.counter <= passkey.counter:
            raise Backwards(COPIED)
        passkey = replace(
            passkey,
            counter=data.counter,
            used_at=self._clock.now(),
            synced=bool(data.flags & data.FLAG.BS),
        )
        self._keys[passkey.id] = (
            passkey  # before the disk: a second answer in this moment is compared with it
        )
        await self._keep(passkey)
        return passkey, asked

    def _taken(self, response: Mapping[str, Any], purpose: Purpose, site: Site) -> tuple[bytes, Challenge]:
        """The challenge that this answers, used up whether the answer is good or not."""
        from fido2.webauthn import CollectedClientData

        try:
            text = response["response"]["clientDataJSON"]
            challenge = CollectedClientData(_decoded(text)).challenge
        except Exception:  # whatever the parsing of foreign bytes comes to
            raise OutOfDefinition("passkey", say("passkey_form")) from None
        asked = self._challenges.take(challenge, self._clock.monotonic())
        if asked is None or asked.purpose is not purpose or asked.site != site.host:
            raise AuthError(OVER)
        return challenge, asked

    async def _keep(self, passkey: Passkey) -> None:
        body = {
            "person": passkey.person,
            "name": passkey.name,
            "site": passkey.site,
            "created_at": passkey.created_at,
            "used_at": passkey.used_at,
            "synced": passkey.synced,
            "counter": passkey.counter,
            "credential": base64.b64encode(passkey.credential).decode(),
            "public_key": base64.b64encode(passkey.public_key).decode(),
        }
        self._keys[passkey.id] = (
            passkey  # before the disk: a second answer in this moment is compared with it
        )
        await self._documents.put(KIND, passkey.id, body)


def _load() -> None:
    """Imports the library, off the event loop: 33 ms at the first passkey."""
    import fido2.server  # noqa: F401  # loading it is all that is wanted


def _server(site: Site, home: str = "Jiahe") -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import (
        AttestationConveyancePreference,
        PublicKeyCredentialParameters,
        PublicKeyCredentialRpEntity,
        PublicKeyCredentialType,
    )

    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=site.host, name=home),
        attestation=AttestationConveyancePreference.NONE,  # which make of authenticator is nobody's business
        verify_origin=lambda origin: origin == site.origin,
    )
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=number)
        for number in ALGORITHMS
    ]
    return server


def _state(challenge: bytes) -> dict[str, Any]:
    from fido2.utils import websafe_encode
    from fido2.webauthn import UserVerificationRequirement

    return {
        "challenge": websafe_encode(challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key_of(credential: bytes) -> str:
    """Under which a passkey is kept: credential ids have up to 1,023 bytes."""
    return hashlib.sha256(credential).hexdigest()[:32]


def _label(text: str) -> str:
    shown = "".join(character for character in text if character.isprintable()).strip()
    return shown[:60] or "Passkey"


def _from_body(id_: str, body: Mapping[str, Any]) -> Passkey:
    return Passkey(
        id_,
        body["person"],
        body["name"],
        body["site"],
        body["created_at"],
        body["used_at"],
        body["synced"],
        body["counter"],
        base64.b64decode(body["credential"]),
        base64.b64decode(body["public_key"]),
    )
