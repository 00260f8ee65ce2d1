"""One hub a home. Owns the lock file beside the database; the kernel lets go of it when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from jiahe.model.errors import StoreError


class HomeLock:
    """An exclusive advisory lock (flock) on a small file that holds its holder's process id."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path) -> HomeLock:
        """Hold the lock, or StoreError naming the process that holds it. OSError where the folder refuses."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreError(
                f"the home in {path.parent} is already run by another hub (process {holder or 'unknown'}); "
                "stop that one first"
            ) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError:
            os.close(descriptor)
            raise
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go. The file stays: removing it would let two holders lock two files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
