"""What the runner takes from its neighbours, as callables: the hub hands them upward. Owns these shapes only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jiahe.model.clock import Clock
from jiahe.model.definition import Profile, Value
from jiahe.model.happening import Cause, Command, Outcome, PropertyRef, RecordKind
from jiahe.rules.moment import Seen


class Keeper(Protocol):
    """The part of `storage.Documents` that is used here."""

    async def put(self, kind: str, key: str, body: Mapping[str, Any], /) -> None: ...
    async def get(self, kind: str, key: str, /) -> Mapping[str, Any] | None: ...


class Submit(Protocol):
    """`state.Dispatch.submit`."""

    def __call__(
        self,
        target: PropertyRef,
        cause: Cause,
        *,
        value: Value = None,
        arguments: Iterable[Value] | None = None,
    ) -> Command: ...


Append = Callable[[float, RecordKind, Mapping[str, Any]], object]
Notify = Callable[[str, str, Cause], None]
"""Who ("owner", "everybody" or a name), the text, and the cause."""


@dataclass(frozen=True, slots=True)
class HomeDoors:
    """`get` is the store's, `submit` and `outcome` are dispatch's, `append` is the journal's, `keeper` the documents;
    `definitions` gives the profile of every device by id."""

    clock: Clock
    get: Callable[[PropertyRef], Seen | None]
    submit: Submit
    outcome: Callable[[str], Awaitable[Outcome]]
    append: Append
    keeper: Keeper
    definitions: Callable[[], Mapping[str, Profile]]
