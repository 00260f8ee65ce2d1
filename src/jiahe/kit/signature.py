"""A maker's signature: an Ed25519 key in the maker's own directory, and what it signs. Owns the key file; never shows
the key. (RFC 8032; signatures are deterministic, so the same report signed twice is the same bytes.)
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiahe.model.errors import AuthError, StoreError

KEY_FILE = "maker.key"
KEY_BYTES = 32
ALGORITHM = "Ed25519"


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way to write this JSON: keys in order, no blanks, UTF-8."""
    return json.dumps(
        body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


class MakerKey:
    """`MakerKey.open(directory)`; `repr` shows nothing."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def __repr__(self) -> str:
        return "<MakerKey>"

    @classmethod
    def open(cls, directory: Path) -> MakerKey:
        """The key of this maker, made where there is none; StoreError in words where it cannot be trusted."""
        path = directory / KEY_FILE
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                return cls(_read(path))
            seed = os.urandom(KEY_BYTES)
            with os.fdopen(handle, "wb") as file:
                file.write(seed)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"the maker's key {path} cannot be used: {error.strerror}") from error
        return cls(seed)

    @property
    def public(self) -> str:
        """The public key in hexadecimal: what a reader compares."""
        return self._key.public_key().public_bytes_raw().hex()

    def signed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body with its signature; one that it had is replaced."""
        bare = {key: value for key, value in body.items() if key != "signature"}
        value = self._key.sign(canonical(bare)).hex()
        return {**bare, "signature": {"algorithm": ALGORITHM, "public_key": self.public, "value": value}}


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise StoreError(f"{path} is not a file")
        if about.st_mode & 0o077:
            raise StoreError(f"{path} can be read by others on this machine. Say: chmod 600 {path}")
        seed = file.read(KEY_BYTES + 1)
    if len(seed) != KEY_BYTES:
        raise StoreError(f"{path} has not the {KEY_BYTES} bytes of a key: put it back from your backup")
    return seed


def verified(body: Mapping[str, Any]) -> str:
    """The public key that signed this body; AuthError where the signature is missing or wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = body.get("signature")
    if not isinstance(signature, Mapping) or signature.get("algorithm") != ALGORITHM:
        raise AuthError("it bears no Ed25519 signature")
    bare = {key: value for key, value in body.items() if key != "signature"}
    try:
        public = str(signature["public_key"])
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(str(signature["value"])), canonical(bare))
    except (KeyError, ValueError, TypeError, RecursionError, InvalidSignature):
        raise AuthError(
            "its signature is not of what it says: it was changed, or never signed by this key"
        ) from None
    return public


def fingerprint(public: str) -> str:
    """A public key short enough to be read out: the first 16 digits of its SHA-256 in groups."""
    digest = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))
