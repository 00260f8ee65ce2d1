"""An authenticator in software: what a phone's passkeys answer, with every way of answering wrongly.

Owns keys, counters and the answers' bytes (WebAuthn Level 3, 6 and 7); never a challenge.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256, EdDSA
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, BACKED_UP = 0x01, 0x04, 0x18


def client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin}).encode()


@dataclass
class Authenticator:
    """Holds one passkey after `make`. `step`: by how much its counter grows; 0 and counter 0: it has none."""

    origin: str
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    step: int = 1
    edwards: bool = False
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    handle: str | None = None

    def __post_init__(self) -> None:
        self.key: Any = (
            ed25519.Ed25519PrivateKey.generate() if self.edwards else ec.generate_private_key(ec.SECP256R1())
        )

    def make(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """RegistrationResponseJSON to creation options."""
        self.handle = options["user"]["id"]
        site = wrong.get("site", options["rp"]["id"])
        kind = EdDSA if self.edwards else ES256
        public_key = kind.from_cryptography_key(self.key.public_key())
        kept = AttestedCredentialData.create(Aaguid.NONE, self.credential, public_key)
        data = AuthenticatorData.create(
            hashlib.sha256(site.encode()).digest(), self.flags | 0x40, self.counter, kept
        )
        said = client_data(
            wrong.get("kind", "create"),
            wrong.get("challenge", options["challenge"]),
            wrong.get("origin", self.origin),
        )
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(said),
                "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
            },
        }

    def answer(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """AuthenticationResponseJSON to request options."""
        self.counter += self.step
        site = wrong.get("site", options["rpId"])
        data = AuthenticatorData.create(hashlib.sha256(site.encode()).digest(), self.flags, self.counter)
        said = client_data(
            wrong.get("kind", "get"),
            wrong.get("challenge", options["challenge"]),
            wrong.get("origin", self.origin),
        )
        signature = self._sign(bytes(data) + hashlib.sha256(wrong.get("signed", said)).digest())
        response = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
        }
        handle = wrong.get("handle", self.handle)
        return {**self._named(), "response": response | ({"userHandle": handle} if handle else {})}

    def _named(self) -> dict[str, Any]:
        name = websafe_encode(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}

    def _sign(self, data: bytes) -> bytes:
        if self.edwards:
            return bytes(self.key.sign(data))
        return bytes(self.key.sign(data, ec.ECDSA(SHA256())))


def person_of(options: dict[str, Any]) -> str:
    """For whom these creation options are."""
    return websafe_decode(options["user"]["id"]).decode()
