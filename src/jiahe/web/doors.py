"""What the web needs of the house, as small shapes.

Owns these shapes; never a room (the hub hands the real ones in).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Protocol

from jiahe.comfort.tariff import Tariff
from jiahe.home.passkeys import Passkeys
from jiahe.home.people import People
from jiahe.home.registry import Room
from jiahe.home.second_factor import SecondFactors
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.device import Device
from jiahe.model.happening import (
    Availability,
    Cause,
    Command,
    Outcome,
    PropertyRef,
    Quality,
    Record,
    RecordKind,
)
from jiahe.web.secure import SecureDoorDoor
from jiahe.web.sight import Touches, TouchesText

STATIC = Path(__file__).parent / "static"
"""Where the phone app is built to."""


class Reading(Protocol):
    """A property as it is known; `observed_at` in epoch seconds."""

    @property
    def value(self) -> Value: ...
    @property
    def raw(self) -> Value: ...
    @property
    def quality(self) -> Quality: ...
    @property
    def observed_at(self) -> float: ...
    @property
    def cause(self) -> Cause: ...


class StoreDoor(Protocol):
    """What is (`state.store.Store`)."""

    def snapshot(self) -> Mapping[PropertyRef, Reading]: ...
    def availability(self, device: str, /) -> Availability: ...
    def waiting(self, ref: PropertyRef, /) -> str | None: ...
    def seen_since(self, after: float, /) -> Mapping[PropertyRef, float]: ...


class JournalDoor(Protocol):
    """What was said (`state.journal.Journal`).

    `on_commit` calls back on the event loop, in the order of `seq`.
    """

    @property
    def last_seq(self) -> int: ...
    @property
    def committed_seq(self) -> int: ...
    async def committed(self, seq: int, /) -> None: ...
    async def records(self, after: int, limit: int, device: str | None = None) -> Sequence[Record]: ...
    async def newest(self, limit: int, device: str | None = None) -> Sequence[Record]: ...
    async def earlier(
        self, before: int, limit: int, device: str | None = None, kinds: Iterable[RecordKind] | None = None
    ) -> tuple[Sequence[Record], int]: ...
    def on_commit(self, callback: Callable[[list[Record]], None], /) -> Callable[[], None]: ...
    def watch(self) -> AbstractContextManager[None]: ...


class DispatchDoor(Protocol):
    """The one door out (`state.dispatch.Dispatch`)."""

    def submit(
        self,
        target: PropertyRef,
        cause: Cause,
        *,
        value: Value = None,
        arguments: Iterable[Value] | None = None,
        timeout: float = 10.0,
    ) -> Command: ...
    async def outcome(self, command_id: str, /) -> Outcome: ...
    def find(self, command_id: str, /) -> tuple[Command, Outcome | None] | None: ...


class HomeDoor(Protocol):
    """Cards (`home.registry.Registry`)."""

    @property
    def home_id(self) -> str: ...
    @property
    def home_name(self) -> str: ...
    @property
    def devices(self) -> Mapping[str, Device]: ...
    @property
    def rooms(self) -> Mapping[str, Room]: ...
    def device(self, id_: str, /) -> Device: ...
    def trouble(self, id_: str, /) -> str: ...
    async def change(
        self, id_: str, *, cause: Cause, name: str | None = None, area: str | None = None
    ) -> Device: ...
    async def add_room(self, name: str, cause: Cause) -> Room: ...
    async def rename_room(self, id_: str, name: str, cause: Cause) -> Room: ...
    async def remove_room(self, id_: str, cause: Cause) -> None: ...


class Series(Protocol):
    """Rows `(t, min, mean, max, last)` (for words only t and last), `step` in seconds, gaps `(from, to)`.

    All times are epoch seconds.
    """

    @property
    def rows(self) -> Sequence[Sequence[Value]]: ...
    @property
    def step(self) -> float: ...
    @property
    def gaps(self) -> Sequence[Sequence[float]]: ...


class StretchDoor(Protocol):
    """Electricity of one hour, day or month (`history.energy`); `kwh` None where nothing was known."""

    @property
    def kwh(self) -> float | None: ...
    @property
    def covered(self) -> float: ...
    @property
    def estimated(self) -> bool: ...
    @property
    def reset(self) -> bool: ...


class HistoryDoor(Protocol):
    """The journal folded into series (`history.query`)."""

    async def query(self, device: str, path: str, start: float, end: float, points: int, /) -> Series: ...
    async def energy(
        self, device: str, path: str, bounds: Sequence[float], *, counter: bool, factor: float
    ) -> Sequence[StretchDoor]: ...
    async def marks(self, device: str, start: float, end: float, /) -> tuple[Sequence[Record], bool]: ...


class PastDoor(Protocol):
    """The home's past, asked about rules. All answers are JSON objects; times are epoch seconds.

    `replay` plays, and `check` looks at, `text` as the rule of this name, or the home's own where `text` is None.
    """

    async def replay(self, rule: str, text: str | None, start: float, end: float, /) -> Mapping[str, Any]: ...
    async def check(self, rule: str, text: str | None, start: float, end: float, /) -> Mapping[str, Any]: ...
    async def why_rule(self, rule: str, at: float, /) -> Mapping[str, Any]: ...
    async def why(self, device: str, path: str, at: float, /) -> Mapping[str, Any]: ...


class RulesDoor(Protocol):
    """The home's rules, scenes and mode. Rows are JSON objects; what speaks against a text is raised, nothing written."""

    def rules(self) -> Sequence[Mapping[str, Any]]: ...
    def rule(self, name: str, /) -> Mapping[str, Any]: ...
    async def put_rule(self, name: str, text: str, cause: Cause, /) -> Mapping[str, Any]: ...
    async def enable_rule(self, name: str, on: bool, cause: Cause, /) -> Mapping[str, Any]: ...
    async def remove_rule(self, name: str, cause: Cause, /) -> None: ...
    async def form(
        self, folder: str, name: str, text: str, edits: Sequence[Mapping[str, Any]], /
    ) -> Mapping[str, Any]: ...
    async def try_rule(self, name: str, text: str, /) -> Mapping[str, Any]: ...
    def events(self) -> Sequence[Mapping[str, Any]]: ...
    def has_place(self) -> bool: ...
    def scenes(self) -> Sequence[Mapping[str, Any]]: ...
    async def put_scene(self, name: str, text: str, cause: Cause, /) -> Mapping[str, Any]: ...
    async def remove_scene(self, name: str, cause: Cause, /) -> None: ...
    async def play_scene(self, name: str, cause: Cause, /) -> Mapping[str, Any]: ...
    def mode(self) -> str: ...
    async def set_mode(self, mode: str, cause: Cause, /) -> str: ...


class PreferencesDoor(Protocol):
    """Each person's own lists of ids (`home.preferences.Preferences`)."""

    async def of(self, person: str, /) -> Mapping[str, Sequence[str]]: ...
    async def put(self, person: str, body: Mapping[str, Any], /) -> Mapping[str, Sequence[str]]: ...


class NoticesDoor(Protocol):
    """One person's notices, settings and browsers that are pushed to (`hub.noticing.Noticing`); answers are JSON objects."""

    def notices(self, person: str, after: int, /) -> Mapping[str, Any]: ...
    async def read(self, person: str, to: int, /) -> Mapping[str, Any]: ...
    def preferences(self, person: str, /) -> Mapping[str, Any]: ...
    async def put_preferences(self, person: str, body: Mapping[str, Any], /) -> Mapping[str, Any]: ...
    async def push_key(self, person: str, /) -> Mapping[str, Any]: ...
    async def subscribe(
        self, person: str, session: str, body: Mapping[str, Any], label: str, /
    ) -> Mapping[str, Any]: ...
    async def unsubscribe(self, person: str, id_: str, /) -> None: ...


class ComfortDoor(Protocol):
    """Comfort: what it knows (of what `sees` lets through) and what people change of it. Answers are JSON objects."""

    def words(self) -> Mapping[str, Any]: ...
    def state(self, sees: Callable[[str], bool], /) -> Mapping[str, Any]: ...
    async def put_wishes(self, body: Mapping[str, Any], /) -> None: ...
    async def switch(self, room: str, feature: str, on: bool, /) -> None: ...
    async def release(self, room: str, /) -> None: ...
    async def new_filter(self, room: str, /) -> None: ...
    async def forget(self, room: str, /) -> None: ...
    def put_point(self, room: str, body: Mapping[str, Any], /) -> None: ...
    def remove_point(self, room: str, body: Mapping[str, Any], /) -> None: ...


class TariffsDoor(Protocol):
    """What electricity costs (`hub.tariffs.Tariffs`)."""

    @property
    def chosen(self) -> Tariff | None: ...
    def state(self) -> Mapping[str, Any]: ...
    async def choose(self, name: str, /) -> None: ...
    async def put(self, name: str, body: Mapping[str, Any], /) -> None: ...
    async def remove(self, name: str, /) -> None: ...


class WayDoor(Protocol):
    """How a device is started later: the path of its action or property."""

    @property
    def path(self) -> str: ...


class PlannedDoor(Protocol):
    """A start that waits for cheaper electricity."""

    @property
    def device(self) -> str: ...
    @property
    def path(self) -> str: ...


class ShiftsDoor(Protocol):
    """Starts that wait for cheaper electricity (`hub.shifting.Shifting`); answers are JSON objects."""

    def state(self, sees: Callable[[str], bool], /) -> Mapping[str, Any]: ...
    def way(self, device: str, /) -> WayDoor: ...
    def planned(self, name: str, /) -> PlannedDoor: ...
    async def plan(
        self, body: Mapping[str, Any], cause: Cause, /, *, only_show: bool
    ) -> Mapping[str, Any]: ...
    async def cancel(self, name: str, cause: Cause, /) -> None: ...


class VirtualDoor(Protocol):
    """The demo's devices and what can go wrong with them. Both answers are JSON objects."""

    def names_of(self, name: str, /) -> Mapping[str, str]: ...
    async def faults(self) -> Mapping[str, Any]: ...
    async def put_faults(self, device: str, faults: Mapping[str, Any], /) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class AdoptRequest:
    """A device to take into the home.

    `token` and `key` are the hexadecimal text that the person gave, "" for none.
    """

    address: str
    cause: Cause
    family: str = ""
    hardware_id: str = ""
    token: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    name: str = ""
    room: str = ""
    id: str = ""


Adopt = Callable[[AdoptRequest], Awaitable[Device]]
Discover = Callable[[list[str], float], Awaitable[Sequence[Mapping[str, Any]]]]
KeepKeys = Callable[[Sequence[Mapping[str, Any]]], Awaitable[int]]
"""Rows of family, hardware_id or address, and keys in hexadecimal; how many are kept."""
Remove = Callable[[str, Cause], Awaitable[None]]
RecordSecurity = Callable[[str, str, Mapping[str, Any]], None]
"""What ("login", "login_refused" …), who (a name, or an address), and details: never a secret."""


@dataclass(frozen=True, slots=True)
class Doors:
    """All that `make_app` takes.

    `names` are host names under which this hub is known, besides addresses and *.local.
    """

    clock: Clock
    version: str
    new_id: Callable[[], str]
    people: People
    home: HomeDoor
    store: StoreDoor
    journal: JournalDoor
    dispatch: DispatchDoor
    history: HistoryDoor
    adopt: Adopt
    discover: Discover
    remove: Remove
    maker_of: Callable[[str], str]
    tap: Callable[[str], Mapping[str, Any]]
    health: Callable[[], Mapping[str, Any]]
    record_security: RecordSecurity
    keep_keys: KeepKeys | None = None
    virtual: VirtualDoor | None = None
    past: PastDoor | None = None
    rules: RulesDoor | None = None
    comfort: ComfortDoor | None = None
    tariffs: TariffsDoor | None = None
    shifts: ShiftsDoor | None = None
    preferences: PreferencesDoor | None = None
    notices: NoticesDoor | None = None
    local_of: Callable[[Device], Mapping[str, str]] = lambda _: {}
    """How local a device is: `grade`, `hears`, `code`, `why`."""
    outdoors: Callable[[], str] = lambda: ""
    """The id of the device that people say stands outdoors; "" for none."""
    names_of: Callable[[str], Mapping[str, str]] = lambda _: {}
    """A name of the demo's own in every language; empty for every other name."""
    names: frozenset[str] = frozenset()
    rules_of: Callable[[str], Sequence[str]] = lambda _: ()
    """The rules that act for a person, by their id."""
    passkeys_of: Callable[[str], int] = lambda _: 0
    has_second_factor: Callable[[str], bool] = lambda _: False
    asks_second_factor: Callable[[str, str], bool] = lambda _person, _session: False
    """Whether a person has a second factor and this session (its key) has not proved it lately."""
    passkeys: Passkeys | None = None
    second_factors: SecondFactors | None = None
    secure: SecureDoorDoor | None = None
    zone: Callable[[], tzinfo] = lambda: UTC
    """The home's own time, for hours of grants."""
    touches: Touches = lambda _folder, _name: None
    touches_text: TouchesText = lambda _folder, _name, _text: None
    """What a text would touch that is not written yet."""
    static: Path = STATIC
