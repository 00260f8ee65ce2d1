"""Sealed secrets: the keys and tokens of devices. Owns the home's key and what it seals; never shows either.

Each secret is sealed by ChaCha20-Poly1305 (RFC 8439) under one random key in the file `key` beside the
database, with its name as associated data: a sealed text moved to another name does not open. Whoever copies
the database alone has nothing.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from jiahe.home.keep import Documents
from jiahe.model.errors import StoreError

KIND = "sealed"
KEY_FILE = "key"
KEY_BYTES = 32
NONCE_BYTES = 12
_FORMAT = b"\x01"  # so that another cipher can come later and old secrets still open
_LIMIT = 64 * 1024  # a device's secrets are a few dozen bytes; a file by mistake is refused


class Vault:
    """Made by `await Vault.open(directory, documents)`; StoreError in words where the key cannot be
    trusted.
    """

    __slots__ = ("_documents", "_key")

    def __init__(self, key: bytes, documents: Documents) -> None:
        self._key, self._documents = key, documents

    def __repr__(self) -> str:
        return "<Vault>"

    def __reduce__(self) -> str:
        raise TypeError("a vault is not copied")

    @classmethod
    async def open(cls, directory: Path, documents: Documents) -> Vault:
        """Read the key of this home, or make one where nothing was ever sealed."""
        path = directory / KEY_FILE
        sealed = await documents.all(KIND)
        key = await asyncio.to_thread(_read_key, path)
        if key is None:
            if sealed:
                raise StoreError(
                    f"The key file {path} is missing, and {len(sealed)} devices' secrets are sealed with it. "
                    "Put it back from your backup; without it, remove these devices and adopt them again."
                )
            key = await asyncio.to_thread(_make_key, path)
        vault = cls(key, documents)
        for name in sealed:  # one is enough: they are all under one key
            await vault.unseal(name)
            break
        return vault

    async def seal(self, name: str, secrets_by_name: Mapping[str, bytes]) -> None:
        """Keep these secrets under this name, in place of any before; on disk when it returns."""
        plain = b"".join(_piece(key.encode()) + _piece(value) for key, value in secrets_by_name.items())
        if len(plain) > _LIMIT:
            raise StoreError(f"The secrets of {name} are larger than any device's: nothing was kept.")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = _FORMAT + nonce + ChaCha20Poly1305(self._key).encrypt(nonce, plain, name.encode())
        await self._documents.put(KIND, name, {"sealed": base64.b64encode(sealed).decode()})

    async def unseal(self, name: str) -> dict[str, bytes]:
        """The secrets kept under this name; {} where there are none; StoreError where they do not open."""
        body = await self._documents.get(KIND, name)
        if body is None:
            return {}
        try:
            sealed = base64.b64decode(body["sealed"], validate=True)
            if sealed[:1] != _FORMAT:
                raise ValueError
            nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
            return _pieces(ChaCha20Poly1305(self._key).decrypt(nonce, rest, name.encode()))
        except (KeyError, TypeError, ValueError, InvalidTag):
            # `from None`: the context of the failure could hold pieces of what was unsealed
            raise StoreError(
                f"The secrets of {name} do not open with this home's key: one of the two was changed. "
                "Put back the pair from one backup, or remove the device and adopt it again."
            ) from None

    async def names(self, prefix: str = "") -> list[str]:
        """Under which names something is sealed, in order."""
        return [name for name in await self._documents.all(KIND) if name.startswith(prefix)]

    async def drop(self, name: str) -> None:
        """Forget the secrets under this name."""
        await self._documents.delete(KIND, name)


def _piece(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _pieces(plain: bytes) -> dict[str, bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(plain):
        size = int.from_bytes(plain[at : at + 4], "big")
        parts.append(plain[at + 4 : at + 4 + size])
        at += 4 + size
    return {name.decode(): value for name, value in zip(parts[::2], parts[1::2], strict=True)}


def _read_key(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be read: {error.strerror}.") from error
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise StoreError(f"The key file {path} is not a file.")
        if mode & 0o077:
            raise StoreError(
                f"The key file {path} can be read by others on this machine (mode {stat.S_IMODE(mode):o}). "
                f"Say: chmod 600 {path}"
            )
        key = os.read(descriptor, KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(key) != KEY_BYTES:
        raise StoreError(
            f"The key file {path} does not have its {KEY_BYTES} bytes. Put it back from your backup."
        )
    return key


def _make_key(path: Path) -> bytes:
    """A new key, whole on disk under its name or not at all."""
    key = secrets.token_bytes(KEY_BYTES)
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)  # whatever the umask says
            os.write(descriptor, key)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be written: {error.strerror}.") from error
    return key
