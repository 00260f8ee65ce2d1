"""The hub's second door, which speaks TLS, and all that belongs to it: certificates, the home's name, "secure only".

Owns when it opens, renews and announces; never how a certificate looks, what a request is answered, or a packet.

Nothing of it holds up a start: it opens once the first door has, and what is heavy is imported and made in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from aiohttp import web
from yarl import URL

from jiahe.home.keep import Documents
from jiahe.hub.announce import HostName, Teller
from jiahe.hub.config import HTTPS_ABOVE, Config
from jiahe.hub.doctor import FIRST_BELIEVABLE
from jiahe.hub.invitation import base_url
from jiahe.model.clock import Clock
from jiahe.model.errors import JiaheError, LinkError
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.transport import mdns
from jiahe.web.guest import Door
from jiahe.web.secure import SecureState

if TYPE_CHECKING:
    from jiahe.hub.certificate_files import CertificateFiles

PERIOD = 60.0
"""Seconds between two looks whether an address changed or a certificate is due."""
DOCUMENT = ("home", "secure")
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # compared, not bound
LAST_PORT = 65535
CLOSE_WITHIN = 2.0
"""Seconds for the goodbyes at the end."""

NO_CLOCK = say("no_clock")


def is_loopback(host: str) -> bool:
    """Whether who listens at this address is reached from its own machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def secure_port(host: str, port: int, asked: int | None) -> int | None:
    """The secure door's port: the one that was asked for (0: no door), else one above the first door's, which is free
    where that is; none where only this machine gets here, which needs no certificate.
    """
    if asked is not None:
        return asked or None
    if is_loopback(host):
        return None
    return port + HTTPS_ABOVE if 0 < port <= LAST_PORT - HTTPS_ABOVE else 0


class SecureDoor:
    """Made by `await SecureDoor.open(config, documents, clock, …)`; `run` brings it to life beside a first door.

    `names` are names by which a router may know this machine; `home` gives the home's name for people.
    """

    def __init__(
        self,
        config: Config,
        documents: Documents,
        clock: Clock,
        names: frozenset[str],
        home: Callable[[], str],
    ) -> None:
        self._config, self._documents, self._clock = config, documents, clock
        self._names, self._home = sorted(names), home
        self._host: HostName
        self._only = False
        self._files: CertificateFiles | None = None
        self._fingerprint = ""
        self._runner: web.BaseRunner | None = None
        self._first: Door | None = None
        self._door: Door | None = None
        self._teller: Teller | None = None
        self._life: asyncio.Task[None] | None = None
        self._addresses: list[str] = []
        self._trouble = self._no_name = ""
        self._over = False

    @classmethod
    async def open(
        cls,
        config: Config,
        documents: Documents,
        clock: Clock,
        names: frozenset[str],
        home: Callable[[], str],
    ) -> SecureDoor:
        """Reads the home's own name, and whether it is open to TLS only."""
        self = cls(config, documents, clock, names, home)
        self._only = bool((await documents.get(*DOCUMENT) or {}).get("only"))
        self._host = await HostName.open(documents)
        return self

    # ---- what the web asks ---------------------------------------------------------------------------------

    def state(self) -> SecureState:
        """As it is at this moment."""
        port = self._door.port if self._door else 0
        return SecureState(
            url=f"https://{self._reached()}:{port}" if port else "",
            port=port,
            host=self._host.name,
            announced=self._host.told,
            fingerprint=self._fingerprint,
            only=self._only,
            trouble=self._trouble or self._no_name,
            plain=self._plain(),
        )

    def authority(self) -> bytes | None:
        """The CA's certificate (DER); None before there is one."""
        authority = None if self._files is None else self._files.authority
        return None if authority is None else authority.der

    async def set_only(self, on: bool) -> None:
        """Whether everybody but this machine itself is sent here; on disk when it returns."""
        await self._documents.put(*DOCUMENT, {"only": on})
        self._only = on

    def _plain(self) -> str:
        """The open door as a phone reaches it; "" where no phone does."""
        if self._first is None or is_loopback(self._config.host):
            return ""
        url = base_url(self._config.host, self._first.port)
        return "" if is_loopback(URL(url).host or "") else url

    def _reached(self) -> str:
        """The name or address by which a phone gets here."""
        if self._host.told:
            return self._host.name
        if is_loopback(self._config.host):
            return "localhost"
        address = self._addresses[0] if self._addresses else "localhost"
        return f"[{address}]" if ":" in address else address

    # ---- its life ------------------------------------------------------------------------------------------

    def attach(self, runner: web.BaseRunner, first: Door) -> None:
        """The application that it serves, and the first door, with which it shares the bound over connections."""
        self._runner, self._first = runner, first

    async def run(self, opened: Callable[[SecureState], None], troubled: Callable[[str], None]) -> None:
        """Opens, and from then on renews and announces anew where something changed.

        `opened` is called once it is open and the network was told; `troubled` with every other trouble than the last.
        JiaheError where a port that was asked for by name cannot be had.
        """
        if self._over or (self._config.https_port is None and not self._config.announce):
            return
        self._life = asyncio.current_task()
        told, trouble = False, ""
        while True:
            try:
                await self._look()
                self._trouble = ""
            except _NoPort as error:
                if self._config.https_asked:
                    raise JiaheError(spoken(error)) from error
                self._trouble = spoken(error)
            except (JiaheError, OSError) as error:
                self._trouble = spoken(error)
            if not told and self._door is not None:
                told = True
                opened(self.state())
            if (now := self.state().trouble) != trouble:
                trouble = now
                troubled(now)
            await asyncio.sleep(PERIOD)

    async def close(self) -> None:
        """Says goodbye to the network; the doors themselves are closed with the application."""
        self._over = True
        if self._life is not None:
            self._life.cancel()
        await self._hang_up()

    async def _hang_up(self) -> None:
        teller, self._teller = self._teller, None
        self._host.forget()
        if teller is not None:
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(CLOSE_WITHIN):
                    await teller.close()

    async def _look(self) -> None:
        addresses = await self._own_addresses()
        if addresses != self._addresses:
            await self._hang_up()  # what listens for multicast is bound to the addresses of before
        self._addresses = addresses
        if self._config.https_port is not None:
            await self._prepare()
            await self._listen()
        if self._config.announce and await self._tell() and self._config.https_port is not None:
            await self._prepare()  # with the name that the network knows now

    async def _prepare(self) -> None:
        now = self._clock.now()
        if now < FIRST_BELIEVABLE:
            raise JiaheError(NO_CLOCK)
        names = list(dict.fromkeys([self._host.name, "jiahe.local", "localhost", *self._names]))
        addresses = [*self._addresses, "127.0.0.1", "::1"]
        await asyncio.to_thread(self._make, self._home(), names, addresses, now)

    def _make(self, home: str, names: Sequence[str], addresses: Sequence[str], now: float) -> None:
        from jiahe.hub.certificate import fingerprint
        from jiahe.hub.certificate_files import CertificateFiles

        files = self._files or CertificateFiles(self._config.directory)
        files.prepare(home, names, addresses, now)
        assert files.authority is not None, "prepare made it"
        self._fingerprint = fingerprint(files.authority.der)
        self._files = files

    async def _listen(self) -> None:
        if self._door is not None:
            return
        files, runner, first = self._files, self._runner, self._first
        assert files is not None, "prepared"
        assert runner is not None, "attached"
        assert self._config.https_port is not None, "asked by the caller"
        door = Door(runner, self._config.host, self._config.https_port, context=files.context, beside=first)
        try:
            await door.start()
        except OSError as error:
            await door.stop()
            raise _NoPort(_no_port(self._config.host, self._config.https_port, error)) from error
        self._door = door

    async def _own_addresses(self) -> list[str]:
        host = self._config.host
        if is_loopback(host):
            return []
        if host not in EVERYWHERE:
            return [host]
        found = await asyncio.to_thread(mdns.own_addresses)
        return [address for address in found if (":" in address) == (host == "::")]

    async def _tell(self) -> bool:
        """Announces what is new; whether the home's name is another than before."""
        services = []
        if self._first is not None:
            services.append(mdns.Offered("_http._tcp.local.", self._called(), self._first.port))
        if self._door is not None:
            services.append(mdns.Offered("_https._tcp.local.", self._called(), self._door.port))
        if not self._addresses or not services:
            self._no_name = "This machine is in no network, so the home has no name there."
            return False
        try:
            if self._teller is None:
                self._teller = await mdns.Announcer.open()
            changed = await self._host.tell(self._teller, self._addresses, services)
        except (LinkError, OSError) as error:
            self._no_name = f"The home's name {self._host.name} could not be announced: {error}"
            return False
        self._no_name = ""
        return changed

    def _called(self) -> str:
        return f"Jiahe {self._home()}".strip()


class _NoPort(JiaheError):
    """Another program has the port, or this user may not take it."""


def _no_port(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return say("https_taken", host=host, port=port)
    if error.errno in {errno.EACCES, errno.EPERM}:
        return say("https_forbidden", host=host, port=port)
    return say("https_other", host=host, port=port, why=error.strerror or error)
