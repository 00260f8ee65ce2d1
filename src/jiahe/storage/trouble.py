"""What SQLite's errors mean for a person. Owns the sentences; never touches a file.

Source of the codes: SQLite, "Result and Error Codes" (https://www.sqlite.org/rescode.html).
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from types import MappingProxyType

from jiahe.model.errors import StoreError

DAMAGED = "is damaged; nothing in it was changed. Keep a copy of it, then restore a backup"

_PRIMARY = 0xFF  # an extended result code holds the primary one in its low byte
_SENTENCES = MappingProxyType(
    {
        sqlite3.SQLITE_CORRUPT: DAMAGED,
        sqlite3.SQLITE_NOTADB: "is not a database, or its beginning is damaged; nothing in it was changed",
        sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Make room and it goes on by itself",
        sqlite3.SQLITE_READONLY: "cannot be written: the file or its folder is read-only for this user",
        sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened: its folder is missing or not permitted to this user",
        sqlite3.SQLITE_PERM: "cannot be opened: this user has no permission",
        sqlite3.SQLITE_AUTH: "cannot be opened: this user has no permission",
        sqlite3.SQLITE_BUSY: "is being written by another program, which does not let go",
        sqlite3.SQLITE_LOCKED: "is being written by another program, which does not let go",
        sqlite3.SQLITE_NOMEM: "cannot be used: the machine has no memory left",
        sqlite3.SQLITE_TOOBIG: "was given a text or a row that is too long",
        sqlite3.SQLITE_CONSTRAINT: "already holds a row with this number or name: another program wrote to it",
    }
)


def store_error(path: Path, error: sqlite3.Error | OSError) -> StoreError:
    """The error as a sentence with the file's name and, in brackets, what the system said."""
    if isinstance(error, OSError):
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            sentence = _SENTENCES[sqlite3.SQLITE_FULL]
        elif error.errno in {errno.EACCES, errno.EPERM}:
            sentence = _SENTENCES[sqlite3.SQLITE_PERM]
        elif error.errno == errno.EROFS:
            sentence = _SENTENCES[sqlite3.SQLITE_READONLY]
        elif error.errno in {errno.EEXIST, errno.ENOTDIR, errno.ENOENT, errno.EISDIR}:
            sentence = "cannot be made: its directory is not one in which a home can live"
        else:
            sentence = _SENTENCES[sqlite3.SQLITE_IOERR]
        return StoreError(f"{path} {sentence} ({error.strerror or error})")
    code = getattr(error, "sqlite_errorcode", None)
    sentence = _SENTENCES.get(code & _PRIMARY, "") if isinstance(code, int) else ""
    return StoreError(f"{path} {sentence or 'cannot do what was asked'} ({error})")
