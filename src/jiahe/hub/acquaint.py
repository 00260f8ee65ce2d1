"""Getting to know devices: who answers on the network, what they probably are, and taking one in.

Owns discovery and adoption across the families; never operates an adopted device (its driver does).
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets as chance
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jiahe.catalog.loader import Shelf
from jiahe.catalog.product import Product
from jiahe.driver.family import FAMILIES, Family, family_of
from jiahe.driver.supervisor import Supervisor, host_and_port
from jiahe.home.registry import Registry
from jiahe.home.vault import Vault
from jiahe.home.waiting import Waiting, WaitingKeys
from jiahe.hub.nearby import Nearby
from jiahe.hub.probe import probed
from jiahe.link.tap import Tap
from jiahe.model.clock import Clock
from jiahe.model.device import Device
from jiahe.model.errors import AuthError, LinkError, OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.transport import discovery, mdns
from jiahe.transport.ble import SILENT, Airwaves
from jiahe.web.doors import AdoptRequest
from jiahe.wire.advertisement import hardware_id as by_bluetooth
from jiahe.wire.miio.finder import Finder as MiioFinder
from jiahe.wire.talk import Describe, Session, Sighting, Unanswered

PROBE_WITHIN = 3.0
"""Seconds for a device at a known address to answer discovery: it is asked twice in that time."""
NEARBY_WITHIN = 15.0
"""Seconds for a device to call out over Bluetooth: some do it every ten seconds."""
SHOWN_TOKENS = 256
"""Tokens that devices showed of their own accord, kept in memory until they are adopted."""


@dataclass(slots=True)
class Acquaintance:
    """Finds devices and takes them in. `extra_targets` are addresses asked besides the broadcasts (the demo's)."""

    clock: Clock
    shelf: Shelf
    registry: Registry
    vault: Vault
    supervisor: Supervisor
    extra_targets: tuple[str, ...] = ()
    radio: Airwaves | None = None
    waiting: WaitingKeys = field(init=False, repr=False)
    _shown: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.waiting = WaitingKeys(self.vault)

    # ---- keys of devices to come ---------------------------------------------------------------------------

    async def keep_keys(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Seals keys until their devices are adopted; how many. OutOfDefinition names the row, never the key."""
        return await self.waiting.keep([_waiting(number, row) for number, row in enumerate(rows)])

    # ---- who is there --------------------------------------------------------------------------------------

    async def discover(self, addresses: Sequence[str], seconds: float) -> list[dict[str, Any]]:
        """What answers at these addresses, or on the whole network where none is named."""
        targets = [await _numeric(address) for address in addresses] or (
            *discovery.broadcast_targets(),
            *(host_and_port(device.address, 0)[0] for device in self.registry.devices.values()),
            *self.extra_targets,
        )
        sightings = await self.sweep(FAMILIES.values(), targets, seconds, multicast=not addresses)
        found = [self._described(sighting, await self._kept(sighting)) for sighting in sightings.values()]
        return sorted(found, key=lambda item: (item["adopted"] or "", item["family"], item["address"]))

    async def look_for(self, families: Iterable[str], addresses: Iterable[str], seconds: float) -> None:
        """A round of looking for devices that do not answer: broadcasts, their last addresses, and the extra ones."""
        targets = (
            *discovery.broadcast_targets(),
            *(host_and_port(address, 0)[0] for address in addresses),
            *self.extra_targets,
        )
        named = (family_of(name) for name in dict.fromkeys(families))
        # Who is reached by radio is listened for by its own driver already.
        wanted = [family for family in named if not family.by_radio]
        for sighting in (await self.sweep(wanted, targets, seconds, multicast=False)).values():
            self.supervisor.sighted(sighting)

    async def sweep(
        self,
        families: Iterable[Family],
        targets: Iterable[str],
        seconds: float,
        *,
        multicast: bool,
        until: Callable[[Sighting], bool] = lambda _: False,
    ) -> dict[tuple[str, str], Sighting]:
        """Everything that answers within `seconds`, by family and hardware id; ends early at one that `until` is true of."""
        sightings: dict[tuple[str, str], Sighting] = {}
        full = asyncio.Event()

        def heard(sighting: Sighting) -> None:
            key = (sighting.family, sighting.hardware_id)
            known = sightings.get(key)
            if known is None or (not known.model and sighting.model):
                sightings[key] = sighting
            if sighting.token and len(self._shown) < SHOWN_TOKENS:
                self._shown[key] = sighting.token
            if until(sighting):
                full.set()

        everybody = tuple(dict.fromkeys(targets))
        once = tuple(target for target in everybody if not by_bluetooth(target))
        wanted = list(families)
        searches = [
            self._ask(family, once, seconds, heard) for family in wanted if not family.by_radio and once
        ]
        by_radio = [family for family in wanted if family.by_radio]
        if by_radio and self.radio is not None and (multicast or once != everybody):
            searches.append(self._listen(self.radio, by_radio, seconds, heard))
        if multicast:
            searches.append(self._browse(seconds, heard))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(search) for search in searches]
            all_done = group.create_task(_ended(tasks, full))
            await full.wait()
            for task in (*tasks, all_done):
                task.cancel()
        return sightings

    async def _ask(self, family: Family, targets: Sequence[str], seconds: float, heard: Any) -> None:
        finder = family.finder()

        def reply(data: bytes, address: str) -> None:
            sighting = finder.sighting(data, address)
            if sighting is not None:
                heard(sighting)

        with contextlib.suppress(
            LinkError
        ):  # no socket or no route: what the other searches find still counts
            await discovery.sweep(finder.probes(), targets, seconds, reply)

    async def _listen(self, radio: Airwaves, families: list[Family], seconds: float, heard: Any) -> None:
        with contextlib.suppress(LinkError):  # no Bluetooth here: `jiahe doctor` says so
            await Nearby(families, heard).listen(radio, seconds)

    async def _browse(self, seconds: float, heard: Any) -> None:
        with contextlib.suppress(LinkError):
            finder = MiioFinder()
            for announced in await mdns.browse(mdns.MIIO, seconds):
                sighting = finder.announced(announced.name, announced.address)
                if sighting is not None:
                    heard(replace(sighting, port=announced.port or sighting.port))

    async def _kept(self, sighting: Sighting) -> dict[str, bytes]:
        """Keys that wait for this device."""
        return await self.waiting.find(sighting.family, sighting.hardware_id, sighting.address)

    def _described(self, sighting: Sighting, kept: Mapping[str, bytes]) -> dict[str, Any]:
        facts = {**sighting.facts, **({"model": sighting.model} if sighting.model else {})}
        product = self.shelf.recognise(sighting.family, facts)
        adopted = self.registry.find(sighting.family, sighting.hardware_id)
        shown = {"token": b""} if (sighting.family, sighting.hardware_id) in self._shown else {}
        shown |= dict.fromkeys(kept, b"")
        missing = family_of(sighting.family).missing(facts, shown)
        hint = "" if adopted else _hint(missing.values(), shown, kept)
        return {
            "family": sighting.family,
            "hardware_id": sighting.hardware_id,
            "address": sighting.address,
            "port": sighting.port,
            "model": sighting.model,
            "product": adopted.product if adopted else product.id if product else "",
            "name": dict(product.names) if product else {},
            "adopted": adopted.id if adopted else "",
            "missing": [] if adopted else ["tap" if secret.own else name for name, secret in missing.items()],
            "hint": hint,
            **told(hint),
        }

    # ---- taking one in -------------------------------------------------------------------------------------

    async def adopt(self, request: AdoptRequest) -> Device:
        """Asks the device what it is with the keys given, and takes it into the home; one that lives here gets new keys.

        OutOfDefinition (a field of the request), LinkError (it does not answer), AuthError (it does not accept the
        keys), UnknownName (no product file for it), and what the registry raises.
        """
        sighting = await self._sighted_at(request)
        family = family_of(sighting.family)
        secrets = {**await self._kept(sighting), **self._secrets(request, sighting)}
        missing = family.missing(sighting.facts, secrets)
        for name, secret in missing.items():
            if not secret.own:
                raise OutOfDefinition(name, say("secret_missing", hint=secret.hint))
            secrets[name] = chance.token_bytes(secret.length)
        product, facts = await self._ask_what_it_is(
            family, sighting, secrets, self._address(request, family), pair=bool(missing)
        )
        address = self._address(request, family)
        device = self.registry.find(family.name, sighting.hardware_id)
        if device is None:
            device = await self.registry.adopt(
                product=product.id,
                family=family.name,
                hardware_id=sighting.hardware_id,
                address=address,
                cause=request.cause,
                name=request.name,
                area=request.room,
                facts=facts,
                id_=request.id,
            )
        else:  # ours already, and it answered to these keys: they are new, or it moved
            device = await self.registry.found_at(device.id, address, facts)
        await self.vault.seal(device.id, secrets)
        await self.waiting.drop(sighting.family, sighting.hardware_id, sighting.address)
        self._shown.pop((sighting.family, sighting.hardware_id), None)
        self.supervisor.start(device, product, secrets)
        return device

    async def _sighted_at(self, request: AdoptRequest) -> Sighting:
        host = await _numeric(host_and_port(request.address, 0)[0])
        wanted = [family_of(request.family)] if request.family else list(FAMILIES.values())
        nearby = bool(by_bluetooth(host))
        if nearby and (self.radio is None or self.radio.trouble()):
            why = self.radio.trouble() if self.radio else say("ble_not_given")
            raise LinkError(say("ble_none", address=request.address, why=why))

        def is_it(sighting: Sighting) -> bool:
            """A host can be home to several: asked for one by its id, the others' answers do not end the search."""
            here = not nearby or sighting.address.upper() == host.upper()
            return here and (not request.hardware_id or sighting.hardware_id == request.hardware_id)

        within = NEARBY_WITHIN if nearby else PROBE_WITHIN
        sightings = await self.sweep(wanted, (host,), within, multicast=False, until=is_it)
        for sighting in filter(is_it, sightings.values()):
            return sighting
        if nearby:
            raise LinkError(say("nothing_heard", address=request.address, why=SILENT))
        raise LinkError(say("nothing_at", address=request.address))

    def _secrets(self, request: AdoptRequest, sighting: Sighting) -> dict[str, bytes]:
        wanted = family_of(sighting.family).secrets(sighting.facts)
        secrets: dict[str, bytes] = {}
        for name, secret in wanted.items():
            text = getattr(request, name, "")
            if text:
                secrets[name] = _key_bytes(name, text, secret.length)
        shown = self._shown.get((sighting.family, sighting.hardware_id))
        if shown and "token" in wanted:
            secrets.setdefault("token", shown)
        return secrets

    def _address(self, request: AdoptRequest, family: Family) -> str:
        host, port = host_and_port(request.address, family.port)
        return host if port == family.port else f"{host}:{port}"

    async def _ask_what_it_is(
        self, family: Family, sighting: Sighting, secrets: Mapping[str, bytes], address: str, *, pair: bool
    ) -> tuple[Product, dict[str, Any]]:
        """`pair`: the keys are of our own choosing, and a person agrees to them at the device."""
        known = dict(sighting.facts)
        sessions: list[Session] = []
        asked = {**known, "pair": True} if pair else known
        identity = self.supervisor.identity(family, sighting.hardware_id, None, asked, secrets)
        trouble: list[str] = []
        link = self.supervisor.make_link(
            family,
            identity,
            address,
            Tap(self.clock),
            lambda event: trouble.append(getattr(event, "text", "")),
            sessions.append,
        )
        try:
            await link.open(family.pair_within if pair else family.meet_within)
            reply = await link.ask(Describe(), self.clock.monotonic() + family.meet_within)
            if isinstance(reply.ended, Unanswered):
                said = next((text for text in trouble if text), "")
                raise AuthError(
                    say("key_refused", why=said) if said else say("no_key_answer", address=address)
                )
            facts = {**known, **reply.facts}
            products = self._products(family, sighting, facts)
            return await probed(link, sessions[0], products, facts, self.clock)
        finally:
            link.close()

    def _products(self, family: Family, sighting: Sighting, facts: Mapping[str, Any]) -> tuple[Product, ...]:
        known = {**facts, "model": facts.get("model") or sighting.model}
        products = self.shelf.candidates(family.name, known)
        if not products:
            named = ", ".join(f"{key} {known[key]}" for key in family.fingerprint if known.get(key))
            raise UnknownName(say("no_product", family=family.title, named=named or say("names_no_model")))
        return products


async def _numeric(host: str) -> str:
    """The IPv4 address of a host, as discovery takes it; LinkError for what is neither address nor name.

    A Bluetooth address stays as it is.
    """
    if by_bluetooth(host):
        return host
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except (OSError, UnicodeError):
        raise LinkError(say("no_host", host=repr(host)[:60])) from None
    return str(found[0][4][0])


async def _ended(tasks: Iterable[asyncio.Task[None]], full: asyncio.Event) -> None:
    """Says `full` when every search has run its time."""
    await asyncio.gather(*tasks, return_exceptions=True)
    full.set()


_KEYS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "miio": {"token": (16,)}, "midea": {"token": (64,), "key": (32,)}, "huami": {"key": (16,)},
    "mibeacon": {"key": (12, 16)}, "bthome": {"key": (16,)},
}  # fmt: skip
"""Which keys a list may hold, with their bytes: what a family wants depends on facts that a list does not have."""


def _waiting(number: int, row: Mapping[str, Any]) -> Waiting:
    words = {key: str(row.get(key) or "") for key in ("family", "hardware_id", "address")}
    wanted = _KEYS.get(words["family"])
    if wanted is None:
        raise OutOfDefinition(
            f"keys[{number}].family", say("keys_family", names=", ".join(_KEYS)), list(_KEYS)
        )
    known = words["hardware_id"]
    if known and not (known.isascii() and known.isdigit() and len(known) <= 40):
        raise OutOfDefinition(f"keys[{number}].hardware_id", say("keys_id"))
    address = words["address"]
    if not known and not (0 < len(address) <= 255 and address.isprintable() and "/" not in address):
        raise OutOfDefinition(f"keys[{number}].address", say("keys_address"))
    secrets: dict[str, bytes] = {}
    for name, lengths in wanted.items():
        text = str(row.get(name) or "")
        size = len(text.strip()) // 2
        if text:
            length = size if size in lengths else lengths[0]
            secrets[name] = _key_bytes(f"keys[{number}].{name}", text, length)
    if not secrets:
        raise OutOfDefinition(f"keys[{number}]", say("keys_none", names=", ".join(wanted)))
    return Waiting(words["family"], known, "" if known else address, secrets)


def _key_bytes(name: str, text: str, length: int) -> bytes:
    """Hexadecimal text as bytes; OutOfDefinition that never repeats what was given."""
    cleaned = text.strip().replace(" ", "").replace(":", "")
    try:
        key = bytes.fromhex(cleaned)
    except ValueError:
        raise OutOfDefinition(name, say("not_hex")) from None
    if len(key) != length:
        raise OutOfDefinition(name, say("hex_digits", count=len(cleaned), wanted=length * 2), length * 2)
    return key


def _hint(missing: Iterable[Any], shown: Mapping[str, bytes], kept: Mapping[str, bytes]) -> str:
    hints = [secret.hint for secret in missing]
    if hints:
        return "needs " + "; and ".join(hints)
    if kept:
        return say("ready_kept")
    return say("ready_shown") if shown else say("ready_plain")
