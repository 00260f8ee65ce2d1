"""The files of the home's certificates, in the folder `tls` of its directory.

Owns the files and the TLS context that is made of them; never a socket. Everything here blocks: it is for a thread.

`ca.pem` (0600) is the CA with its key, `leaf.pem` (0600) the hub's key and certificate, made anew at any time; `ca.crt`
is the CA's certificate alone, for whoever asks the machine's own command line for its fingerprint.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Sequence
from pathlib import Path

from jiahe.hub.certificate import (
    Authority,
    authority_pem,
    fingerprint,
    is_over,
    leaf_is_due,
    new_authority,
    new_leaf,
    read_authority,
)
from jiahe.model.errors import StoreError

FOLDER, AUTHORITY, LEAF, PUBLIC = "tls", "ca.pem", "leaf.pem", "ca.crt"
LARGEST = 64 * 1024
"""Bytes; a file by mistake is refused."""


class CertificateFiles:
    """Those of one home. `context` serves the newest certificate that `prepare` made or found."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self.context: ssl.SSLContext | None = None
        self.authority: Authority | None = None

    def prepare(self, home: str, names: Sequence[str], addresses: Sequence[str], now: float) -> bool:
        """Makes what is missing or due; whether the hub's certificate is another than before.

        StoreError in words where the folder cannot be used.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            authority = self.authority = self._authority(home, now)
            path = self._folder / LEAF
            kept = _read(path)
            due = kept is None or leaf_is_due(kept, authority, names, addresses, now)
            if due:
                _write(path, new_leaf(authority, names, addresses, now), 0o600)
            if due or self.context is None:
                self._load(path)
            return due
        except OSError as error:
            what = error.strerror or str(error)
            raise StoreError(f"The certificates in {self._folder} cannot be used: {what}.") from error

    def _authority(self, home: str, now: float) -> Authority:
        path = self._folder / AUTHORITY
        kept = _read(path)
        authority = None if kept is None else _checked(path, kept)
        if authority is None or is_over(authority, now):
            authority = new_authority(now, home)
            _write(path, authority_pem(authority), 0o600)
        public = self._folder / PUBLIC
        if _read(public) != authority.der:
            _write(public, authority.der, 0o644)
        return authority

    def _load(self, path: Path) -> None:
        context = self.context
        if context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(path)  # into the living context: whoever comes from now on gets the new one
        self.context = context


def kept_fingerprint(directory: Path) -> str | None:
    """The fingerprint of the CA of the home in this directory; None where it has none yet."""
    der = _read(directory / FOLDER / PUBLIC)
    return None if der is None else fingerprint(der)


def _checked(path: Path, pem: bytes) -> Authority:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise StoreError(
            f"{path} can be read by others on this machine (mode {mode:o}). Say: chmod 600 {path}"
        )
    try:
        return read_authority(pem)
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{path} is damaged. Put it back from your backup; or delete it, and install the new certificate of "
            "this home on every phone."
        ) from error


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes, mode: int) -> None:
    """Whole on disk under its name, or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # whatever the umask says
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
