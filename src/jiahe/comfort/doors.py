"""What comfort's runner takes from its neighbours, as callables: the hub hands them upward. Owns these shapes only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jiahe.comfort.outfit import Placed
from jiahe.comfort.step import Reached, View
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.happening import Cause, Command, Outcome, PropertyRef, RecordKind


class Keeper(Protocol):
    """The part of `storage.Documents` that is used here."""

    async def put(self, kind: str, key: str, body: Mapping[str, Any], /) -> None: ...
    async def get(self, kind: str, key: str, /) -> Mapping[str, Any] | None: ...


class Submit(Protocol):
    """`state.Dispatch.submit`."""

    def __call__(self, target: PropertyRef, cause: Cause, *, value: Value = None) -> Command: ...


@dataclass(frozen=True, slots=True)
class ComfortDoors:
    """`get` is the store's; `submit` and `outcome` are dispatch's; `append` is the journal's; `keeper` the documents;
    `devices` what is adopted and where it stands; `rooms` their ids; `mode` the home's."""

    clock: Clock
    get: View
    reached: Reached
    submit: Submit
    outcome: Callable[[str], Awaitable[Outcome]]
    append: Callable[[float, RecordKind, Mapping[str, Any]], object]
    keeper: Keeper
    devices: Callable[[], Iterable[Placed]]
    rooms: Callable[[], Iterable[str]]
    mode: Callable[[], str]
    new_id: Callable[[], str]
    prices: Callable[[float, int], Sequence[float] | None] = lambda _at, _count: None
    """What a kWh costs in so many quarters of an hour from then on; None where nobody knows."""
