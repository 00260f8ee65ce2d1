"""Where this room's documents are kept. Owns the shape of the keeper; never a database (storage has it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from jiahe.model.errors import JiaheError


class Documents(Protocol):
    """`(kind, id) -> JSON object`, on disk when the call returns.

    `storage.documents.Documents` is the real one.
    """

    async def put(self, kind: str, id: str, body: Mapping[str, Any], /) -> None:  # noqa: A002  # the keeper's own word
        """Write or overwrite."""
        ...

    async def get(self, kind: str, id: str, /) -> Mapping[str, Any] | None:  # noqa: A002  # the keeper's own word
        """The body, also of a document that another process wrote; None where there is none."""
        ...

    async def delete(self, kind: str, id: str, /) -> Any:  # noqa: A002  # the keeper's own word
        """Remove; a document that is not there is not an error."""
        ...

    async def all(self, kind: str, /) -> Mapping[str, Mapping[str, Any]]:
        """Every body of this kind by its id."""
        ...


class Taken(JiaheError):  # says what is so, as its neighbours in model.errors do
    """The id, the name or the device is in the home already."""


class Full(JiaheError):
    """A bound of the home is reached; the text says which."""
