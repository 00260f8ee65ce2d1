"""The composition root: makes every room and hands callables upward. The one file that knows them all.

Owns the order of opening and closing; never a decision of any room.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from jiahe import __version__
from jiahe.catalog.loader import Shelf
from jiahe.comfort.runner import Runner as ComfortRunner
from jiahe.driver.quirk import fitted
from jiahe.driver.supervisor import Connector, Supervisor, connect, with_radio
from jiahe.history.fold import History
from jiahe.home.passkeys import Passkeys
from jiahe.home.people import People
from jiahe.home.preferences import Preferences
from jiahe.home.registry import Registry
from jiahe.home.resource import Resources
from jiahe.home.second_factor import SecondFactors
from jiahe.home.vault import Vault
from jiahe.hub.acquaint import Acquaintance
from jiahe.hub.audience import Audience
from jiahe.hub.automation import Automation
from jiahe.hub.clock import LoopClock
from jiahe.hub.comforting import Comforting, open_comfort
from jiahe.hub.config import DATABASE, Config
from jiahe.hub.identifier import Identifiers
from jiahe.hub.noticing import Noticing
from jiahe.hub.past import AskedPast, PastHome
from jiahe.hub.permit import HOME, Permit, RuleOwners
from jiahe.hub.products import OwnProducts
from jiahe.hub.recover import close_open_commands
from jiahe.hub.ruling import Ruling
from jiahe.hub.secure_door import SecureDoor
from jiahe.hub.shifting import Shifting
from jiahe.hub.tariffs import Tariffs
from jiahe.hub.touching import Touching
from jiahe.hub.without_internet import local_of
from jiahe.model.clock import Clock
from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.errors import JiaheError, StoreError, UnknownName
from jiahe.model.happening import Actor, Availability, Cause, Reach, Record, RecordKind
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.rules.doors import HomeDoors
from jiahe.state.body import cause_body, update_from
from jiahe.state.dispatch import Dispatch
from jiahe.state.intake import Intake
from jiahe.state.journal import Journal
from jiahe.state.store import Store
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents
from jiahe.storage.log import Unfit
from jiahe.transport.ble import Airwaves, Radio
from jiahe.web.doors import Doors, VirtualDoor

FAULTS_SHOWN = 20
"""Wrong product files that a health answer names."""


class Hub:
    """A home's rooms, opened and wired. Made by `await Hub.open(config)`; `run.py` brings it to life."""

    clock: Clock
    database: Database
    documents: Documents
    vault: Vault
    people: People
    passkeys: Passkeys
    second_factors: SecondFactors
    preferences: Preferences
    secure: SecureDoor
    registry: Registry
    resources: Resources
    owners: RuleOwners
    permit: Permit
    journal: Journal
    history: History
    store: Store
    intake: Intake
    dispatch: Dispatch
    supervisor: Supervisor
    acquaintance: Acquaintance
    radio: Airwaves
    automation: Automation
    comfort: ComfortRunner
    tariffs: Tariffs
    shifting: Shifting
    audience: Audience
    noticing: Noticing
    products: OwnProducts

    def __init__(self, config: Config, shelf: Shelf, clock: Clock) -> None:
        self.config, self.shelf, self.clock = config, shelf, clock
        self.started_at = self.clock.now()
        self.ids = Identifiers(self.started_at)
        self.failure: asyncio.Future[JiaheError] = asyncio.get_running_loop().create_future()
        """Set when the hub cannot go on safely."""
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        config: Config,
        shelf: Shelf | None = None,
        connector: Connector = connect,
        clock: Clock | None = None,
        radio: Airwaves | None = None,
    ) -> Hub:
        """Opens the home in `config.directory`; StoreError or AuthError in words where that cannot be done safely."""
        hub = cls(config, shelf or Shelf.shipped(), clock or LoopClock())
        hub.radio = radio or Radio()
        hub.products = OwnProducts(hub.shelf, config.directory)
        hub.database = await Database.open(config.directory / DATABASE)
        try:
            await hub._open_rooms(with_radio(hub.radio, connector))
        except BaseException:
            await hub.database.close()
            raise
        return hub

    async def _open_rooms(self, connector: Connector) -> None:
        self.documents = Documents(self.database)
        await self._keep_apart()
        self.vault = await Vault.open(self.config.directory, self.documents)
        self.people = await People.open(self.documents, self.clock, demo=self.config.demo)
        self.passkeys = await Passkeys.open(self.documents, self.clock)
        self.second_factors = await SecondFactors.open(self.documents, self.vault, self.clock)
        self.preferences = Preferences(self.documents)
        for forget in (self.passkeys.forget, self.second_factors.forget, self.preferences.forget):
            self.people.household.forget.append(forget)
        self.owners = await RuleOwners.open(self.documents, self.people)
        self.registry = await Registry.open(self.documents, self.clock, self._profile, self._note_home)
        self.resources = Resources(lambda: self.registry.devices, self._maker_of)
        self.secure = await SecureDoor.open(
            self.config, self.documents, self.clock, _own_names(), lambda: self.registry.home_name
        )
        self.journal = await Journal.open(self.database)
        self.history = await History.open(self.database, self.clock)
        self.store = Store()
        self.journal.on_commit(self.history.observe)
        self.intake = Intake(self.clock, self.store, self, self._profile_of, self.ids.new)
        self.supervisor = Supervisor(
            self.clock, self.intake, os.urandom, self.ids.new, self._moved, connector, learned=self._learned
        )
        self.permit = Permit(
            self.clock,
            self.people,
            self.resources,
            self.owners,
            lambda rule: self.automation.runner.has_rule(rule),  # noqa: PLW0108  # the automation comes later
            lambda: self.automation.place.zone,
        )
        self.dispatch = Dispatch(
            self.clock, self.store, self, self._profile_of, self.supervisor.carry, self.permit, self.ids.new
        )
        self.acquaintance = Acquaintance(
            self.clock,
            self.shelf,
            self.registry,
            self.vault,
            self.supervisor,
            self.config.targets,
            self.radio,
        )
        await self._open_rules()
        self.audience = Audience(self.clock, self.people, self.registry, self.automation)
        self.audience.outdoor = lambda: self.comfort.outdoor
        self.noticing = await Noticing.open(
            self.clock,
            self.journal,
            self.documents,
            self.vault,
            replace(self.audience.around(), contact=self.config.contact),
        )
        body = {"what": "started", "version": __version__}
        self.append(self.started_at, RecordKind.SYSTEM, body)
        await close_open_commands(self.journal, self.clock)
        self.intake.restore(update_from(record.body) for record in await self.journal.latest())

    async def _keep_apart(self) -> None:
        """A demo's home is opened by demos only, and a real one by none: virtual devices never move in with people."""
        kept = await self.documents.get("home", "nature")
        nature = "demo" if self.config.demo else "real"
        if kept is None:
            await self.documents.put("home", "nature", {"nature": nature})
        elif kept["nature"] != nature:
            other = "`jiahe demo`" if kept["nature"] == "demo" else "`jiahe up`"
            raise JiaheError(
                f"{self.config.directory} holds a {kept['nature']} home: open it with {other}, or name another --dir"
            )

    async def _open_rules(self) -> None:
        home = HomeDoors(
            self.clock,
            self.store.get,
            self.dispatch.submit,
            self.dispatch.outcome,
            self.append,
            self.documents,
            self._definitions,
        )
        self.automation = await Automation.open(self.config.directory, home, self._note_home)
        self.automation.before_saving = self.owners.took
        self.intake.listen(self.automation.runner.updates)
        self.intake.listen_events(self.automation.runner.event)
        self.comfort = await open_comfort(self)
        self.intake.listen(self.comfort.updates)
        self.tariffs = await Tariffs.open(
            self.documents,
            self.clock,
            lambda: self.automation.place.zone,
            lambda: self.comfort.tariff,
            lambda name: self.comfort.set_wishes({**self.comfort.wishes.as_json(), "tariff": name}),
        )
        self.shifting = await Shifting.open(
            self,
            self.tariffs,
            lambda happening: self.noticing.tell(happening),  # noqa: PLW0108  # the notices come later
            lambda who: self.owners.lasting(who) or HOME,
        )
        self.people.household.forget.append(self.shifting.forget)

    async def start_rules(self) -> None:
        """Reads the rules and sets them going."""
        await self.automation.start(Cause(self.ids.new(), Actor.SYSTEM, "start"))
        self.comfort.start()
        self.shifting.start()

    async def start_devices(self) -> None:
        """Brings every adopted device to life."""
        for device in self.registry.devices.values():
            await self._start_device(device)

    async def _start_device(self, device: Device) -> None:
        product = self.shelf.get(device.product)
        if product is None:
            reason = self.registry.trouble(device.id) or say("gone_product", name=device.product)
            self.intake.availability(device.id, Availability(Reach.OFFLINE, self.clock.now(), reason))
            return
        try:
            secrets = await self.vault.unseal(device.id)
        except StoreError as error:  # one damaged seal must not keep the others from starting
            self.intake.availability(
                device.id, Availability(Reach.LOCKED_OUT, self.clock.now(), spoken(error))
            )
            return
        self.supervisor.start(device, product, secrets)

    async def renew_products(self) -> None:
        """Own product files that came or changed take effect: devices of such products begin anew with them."""
        in_use = {device.product for device in self.registry.devices.values()}
        other = await self.products.renew(in_use)
        for device in tuple(self.registry.devices.values()):
            if device.product not in other or device.id not in self.registry.devices:
                continue
            self.supervisor.stop(device.id)
            self.store.forget(device.id)  # the new file may say of what kind a value is otherwise
            try:
                await self._start_device(await self.registry.refit(device.id))
            except UnknownName:  # it was removed at this very moment
                continue
            cause = Cause(self.ids.new(), Actor.SYSTEM, "products")
            await self._note_home("product_changed", {"device": device.id, "product": device.product}, cause)

    async def close(self) -> None:
        """Ends everything in order; what was taken in is on disk when this returns."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.shifting.close()
        await self.comfort.close()
        await self.automation.close()
        await self.dispatch.close()
        await self.supervisor.close()
        await self.radio.close()
        await self.noticing.close()
        try:
            self.append(self.clock.now(), RecordKind.SYSTEM, {"what": "stopped"})
            await self.journal.close()
            await self.history.close()
        finally:
            await self.database.close()

    # ---- what the rooms ask of each other ------------------------------------------------------------------

    def append(self, at: float, kind: RecordKind, body: Mapping[str, Any], *, urgent: bool = False) -> Record:
        """Into the journal; a journal that takes no more ends the hub, in words, rather than lose records silently.

        Unfit where only this record cannot be kept: whoever brings it says so.
        """
        try:
            return self.journal.append(at, kind, body, urgent=urgent)
        except Unfit:
            raise
        except StoreError as error:
            self.fail(error)
            return Record(self.journal.last_seq, at, kind, body)

    def fail(self, error: JiaheError) -> None:
        """The hub cannot go on: `run.py` says so and exits non-zero."""
        if not self.failure.done():
            self.failure.set_result(error)

    def _profile(self, product_id: str, facts: Mapping[str, Any]) -> Profile:
        product = self.shelf.get(product_id)
        if product is None:
            raise UnknownName(say("gone_product", name=repr(product_id)))
        return fitted(product, facts).profile

    def _profile_of(self, device_id: str) -> Profile | None:
        device = self.registry.devices.get(device_id)
        return device.profile if device else None

    def _maker_of(self, product_id: str) -> str:
        product = self.shelf.get(product_id)
        return product.maker if product else ""

    def _definitions(self) -> dict[str, Profile]:
        return {device.id: device.profile for device in self.registry.devices.values()}

    async def _written(self) -> None:
        await self.journal.committed(self.journal.last_seq)

    async def _note_home(self, what: str, details: Mapping[str, Any], cause: Cause) -> None:
        body = {"what": what, **details, "cause": cause_body(cause)}
        record = self.append(self.clock.now(), RecordKind.HOME, body, urgent=True)
        await self.journal.committed(record.seq)
        if what in ("device_adopted", "device_removed", "product_changed"):
            self.spawn(self.automation.runner.rebind())
        if what.startswith(("device_", "room_", "product_")):
            self.spawn(self.comfort.rebind())
        if what == "device_removed":
            await self.people.household.strip(devices=str(details["device"]))
        elif what == "room_removed":
            await self.people.household.strip(rooms=str(details["room"]))
        elif what == "rule_removed":
            await self.owners.took(what, details, cause)

    def _moved(self, device_id: str, address: str) -> None:
        async def remember() -> None:
            await self.registry.found_at(device_id, address)
            body = {"what": "device_found", "device": device_id, "address": address}
            self.append(self.clock.now(), RecordKind.SYSTEM, body)

        self.spawn(remember())

    def _learned(self, device_id: str, facts: Mapping[str, Any]) -> None:
        async def remember() -> None:
            device = self.registry.devices.get(device_id)
            if device is not None:
                kept = {
                    key: value for key, value in {**device.facts, **facts}.items() if value not in ({}, False)
                }
                await self.registry.found_at(device_id, device.address, kept)

        self.spawn(remember())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs this beside everything else until it ends or the hub closes; a defect in it is said aloud."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned_ended)
        return task

    def _spawned_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "a background task of the hub failed", "exception": error, "task": task}
            asyncio.get_running_loop().call_exception_handler(context)

    async def remove(self, device_id: str, cause: Cause) -> None:
        """The device leaves the home: its driver, its key and its values with it; its records stay."""
        self.registry.device(device_id)
        self.supervisor.stop(device_id)
        await self.registry.remove(device_id, cause)
        await self.vault.drop(device_id)
        self.store.forget(device_id)

    def record_security(self, what: str, who: str, details: Mapping[str, Any]) -> None:
        """A login, a refusal, a token: into the diary; never a secret."""
        self.append(self.clock.now(), RecordKind.SECURITY, {"what": what, "who": who, **details}, urgent=True)

    def tap(self, device_id: str) -> Mapping[str, Any]:
        """The last frames of a device."""
        self.registry.device(device_id)
        tap = self.supervisor.tap(device_id)
        return tap.snapshot() if tap else {"frames": [], "counters": {}}

    def health(self) -> Mapping[str, Any]:
        """Whether all is well: a trouble of the disk is not."""
        reaches = [self.store.availability(device).state for device in self.registry.devices]
        faults = self.shelf.faults
        trouble = self.journal.trouble or self.history.trouble
        return {
            "status": "trouble" if trouble else "ok",
            **({"trouble": trouble} if trouble else {}),
            "version": __version__,
            "uptime": round(self.clock.now() - self.started_at, 3),
            "devices": len(reaches),
            "online": reaches.count(Reach.ONLINE),
            **({"product_faults": [str(fault) for fault in faults[:FAULTS_SHOWN]]} if faults else {}),
        }

    async def past(self) -> PastHome:
        """The home's past up to this moment."""
        await self._written()
        return PastHome(self.database, self._definitions(), self.automation.place, self.automation.library)

    def doors(self, virtual: VirtualDoor | None = None) -> Doors:
        """All that the web takes."""
        if virtual is not None:
            self.audience.names_of = virtual.names_of
        touching = Touching(self.automation, self._definitions)
        return Doors(
            clock=self.clock,
            version=__version__,
            new_id=self.ids.new,
            people=self.people,
            home=self.registry,
            store=self.store,
            journal=self.journal,
            dispatch=self.dispatch,
            history=self.history,
            adopt=self.acquaintance.adopt,
            discover=self.acquaintance.discover,
            keep_keys=self.acquaintance.keep_keys,
            remove=self.remove,
            maker_of=self._maker_of,
            tap=self.tap,
            local_of=lambda device: local_of(device, self.shelf.get(device.product)),
            health=self.health,
            record_security=self.record_security,
            virtual=virtual,
            past=AskedPast(self.past),
            preferences=self.preferences,
            passkeys=self.passkeys,
            second_factors=self.second_factors,
            secure=self.secure,
            passkeys_of=lambda person: len(self.passkeys.of(person)),
            has_second_factor=self.second_factors.is_on,
            asks_second_factor=self.second_factors.asks,
            notices=self.noticing,
            rules=Ruling(self.automation, self._definitions, self._written),
            comfort=Comforting(self.comfort, self.clock.now),
            tariffs=self.tariffs,
            shifts=self.shifting,
            outdoors=lambda: self.comfort.outdoor,
            names_of=virtual.names_of if virtual else lambda _: {},
            names=_own_names(),
            zone=lambda: self.automation.place.zone,
            rules_of=self.owners.rules_of,
            touches=touching.touches,
            touches_text=touching.touches_text,
        )


def _own_names() -> frozenset[str]:
    """Under which names a router may know this machine; asking DNS for them could hold up the start by seconds."""
    name = socket.gethostname().lower()
    return frozenset({name, *(f"{name}.{zone}" for zone in ("lan", "home", "home.arpa", "internal"))})
