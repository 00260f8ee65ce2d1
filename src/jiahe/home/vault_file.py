"""A home's keys as one encrypted file: the vault carried out of the house and back. Owns the file's form.

argon2id (RFC 9106) over the passphrase, then AES-256-GCM (NIST SP 800-38D) with the file's head as associated data.
The passphrase is all that protects it: whoever has both has every device. Never keeps or shows either.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.home.password import check_password
from jiahe.model.errors import AuthError, OutOfDefinition, SpecError

FORMAT = "jiahe-vault/1"
MEMORY_KIB, ROUNDS, LANES = 64 * 1024, 3, 4
"""RFC 9106, the second recommended choice (64 MiB, t=3, p=4): about a fifth of a second for us, and for each guess."""
MOST_MEMORY_KIB, MOST_ROUNDS, MOST_LANES = 1024 * 1024, 16, 16
"""Of a file that is read: more is a file that wants to use up this machine."""
SHORTEST_PASSPHRASE = 12
"""Characters: the file can be guessed at anywhere, for as long as somebody likes."""
LARGEST = 4 * 1024 * 1024
MOST = 4000
"""Entries: twice what a home and its waiting keys can be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The keys of one device, by who it is to its maker; `name` and `product` are for people."""

    family: str
    hardware_id: str
    address: str = ""
    name: str = ""
    product: str = ""
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def check_passphrase(passphrase: str) -> str:
    """The passphrase in the one form that is used, or OutOfDefinition."""
    text = check_password(passphrase)
    if len(text) < SHORTEST_PASSPHRASE:
        words = f"takes at least {SHORTEST_PASSPHRASE} characters: the file can be guessed at for ever"
        raise OutOfDefinition("passphrase", words, SHORTEST_PASSPHRASE)
    return text


def sealed_file(entries: list[Entry], passphrase: str, *, at: str) -> str:
    """The file's text. `at` is when it was made, for people ("2026-11-23T08:00Z")."""
    body = [
        {
            "family": entry.family,
            "hardware_id": entry.hardware_id,
            "address": entry.address,
            "name": entry.name,
            "product": entry.product,
            "secrets": {name: value.hex() for name, value in entry.secrets.items()},
        }
        for entry in entries
    ]
    salt, nonce = os.urandom(16), os.urandom(12)
    head: dict[str, Any] = {
        "format": FORMAT,
        "made_at": at,
        "kdf": {
            "name": "argon2id",
            "memory_kib": MEMORY_KIB,
            "rounds": ROUNDS,
            "lanes": LANES,
            "salt": _text(salt),
        },
        "cipher": {"name": "AES-256-GCM", "nonce": _text(nonce)},
    }
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _key(check_passphrase(passphrase), salt, MEMORY_KIB, ROUNDS, LANES)
    sealed = AESGCM(key).encrypt(nonce, json.dumps(body, ensure_ascii=False).encode(), _canonical(head))
    return json.dumps({**head, "sealed": _text(sealed)}, indent=1) + "\n"


def opened_file(text: str, passphrase: str, file: str) -> list[Entry]:
    """The entries; SpecError where it is no vault's file, AuthError where the passphrase is not its own."""
    head, kdf, nonce, sealed = _head(text, file)
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _key(check_password(passphrase), kdf[0], *kdf[1:])
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, _canonical(head))
    except (InvalidTag, ValueError):
        raise AuthError(
            f"{file} does not open: this is not its passphrase, or the file was changed"
        ) from None
    try:
        return [_entry(item) for item in json.loads(plain)[:MOST]]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SpecError("opens, but what is inside is not what this version writes", file=file) from None


def _head(text: str, file: str) -> tuple[dict[str, Any], tuple[bytes, int, int, int], bytes, bytes]:
    wrong = SpecError(f"is no file of format {FORMAT}", file=file)
    if len(text) > LARGEST:
        raise wrong
    try:
        top = json.loads(text)
        sealed = base64.b64decode(top.pop("sealed"), validate=True)
        kdf, cipher = top["kdf"], top["cipher"]
        salt, nonce = (
            base64.b64decode(kdf["salt"], validate=True),
            base64.b64decode(cipher["nonce"], validate=True),
        )
        numbers = tuple(kdf[name] for name in ("memory_kib", "rounds", "lanes"))
        named = (top["format"], kdf["name"], cipher["name"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise wrong from None
    if named != (FORMAT, "argon2id", "AES-256-GCM") or len(nonce) != 12 or not 8 <= len(salt) <= 64:
        raise wrong
    limits = (MOST_MEMORY_KIB, MOST_ROUNDS, MOST_LANES)
    for number, limit in zip(numbers, limits, strict=True):
        if type(number) is not int or not 1 <= number <= limit:
            raise SpecError(f"asks for more work than any of ours (at most {limit})", file=file, key="kdf")
    if numbers[0] < 8 * numbers[2]:
        raise wrong
    return top, (salt, numbers[0], numbers[1], numbers[2]), nonce, sealed


def _key(passphrase: str, salt: bytes, memory_kib: int, rounds: int, lanes: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, rounds, memory_kib, lanes, 32, Type.ID)


def _canonical(head: Mapping[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _entry(item: Mapping[str, Any]) -> Entry:
    secrets = {str(name): bytes.fromhex(value) for name, value in item["secrets"].items()}
    words = {key: item[key] for key in ("family", "hardware_id", "address", "name", "product")}
    if not all(isinstance(word, str) and len(word) <= 300 for word in words.values()):
        raise ValueError
    return Entry(**words, secrets=secrets)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
