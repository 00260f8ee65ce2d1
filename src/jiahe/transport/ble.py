"""Bluetooth LE through the system's own stack (bleak): one adapter, its scanner, and connections over it.

Owns the radio; reads no payload and knows no family. bleak is imported when the first scan or connection begins, never
before: most homes have no adapter, and the hub runs without the package. Two kinds of way come from here:

* `Radio.connect`: a GATT connection. Its datagrams are single operations as `wire.gatt` frames them; what is sent is
  carried out in order, one at a time, and each gets its answer as a datagram.
* `Radio.overhear`: what one device calls out, each advertisement a datagram of AD structures (`wire.advertisement`).
  Nothing can be sent.

Adapters commonly cannot scan and connect at once, and BlueZ allows one scan a program: so there is one scanner for all
who listen, it rests while a connection is made, and connections are made one after another.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jiahe.model.errors import LinkError
from jiahe.model.reasons import say
from jiahe.transport.transport import Receiver, Transport
from jiahe.wire import gatt
from jiahe.wire.advertisement import Advertisement
from jiahe.wire.gatt import Frame, Operation

if TYPE_CHECKING:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

FIND_WITHIN = 10.0
"""Seconds for a device to call out: bands do it every second or two, and a scanner misses most calls."""
CONNECT_WITHIN = 10.0
"""Seconds for a connection and for reading what the device has."""
LET_GO_WITHIN = 5.0
"""Seconds for the system to let go of a device."""
WAITING = 64
"""Operations that may wait for one device; sessions have one in flight, so that more is a defect."""
REPEAT_AFTER = 5.0
"""Seconds after which an unchanged advertisement is passed on again: sensors repeat each ten times a second."""
QUIET = 60.0
"""Seconds without any advertisement after which the scanner is taken for dead and started anew."""
SILENT = say("ble_shy")
ADAPTERS = Path("/sys/class/bluetooth")

Heard = Callable[[bytes, str], None]
"""Called with an advertisement (AD structures) and the address that it came from."""


class Airwaves(Protocol):
    """What a hub wants of Bluetooth: `Radio`, or one that is played. See `Radio` for what each does."""

    def trouble(self) -> str: ...
    async def scan(self, seconds: float, heard: Heard) -> None: ...
    async def overhear(self, address: str, receiver: Receiver) -> Transport: ...
    async def connect(self, address: str, receiver: Receiver) -> Transport: ...
    async def close(self) -> None: ...


class Radio:
    """The machine's Bluetooth. `scanner` and `client` replace bleak's own backends (tests have no radio)."""

    def __init__(
        self,
        scanner: type[BaseBleakScanner] | None = None,
        client: type[BaseBleakClient] | None = None,
        find_within: float = FIND_WITHIN,
    ) -> None:
        self._scanner_backend, self._client_backend, self._find_within = scanner, client, find_within
        self._ears: dict[object, Callable[[BLEDevice, AdvertisementData], None]] = {}
        self._scanner: BleakScanner | None = None
        self._tending = asyncio.Lock()
        self._dialing = asyncio.Lock()
        self._heard_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._watcher: asyncio.Task[None] | None = None

    def trouble(self) -> str:
        """Why there is no Bluetooth here, as a sentence for a person; "" where there seems to be. Imports nothing."""
        if self._scanner_backend is not None:
            return ""
        return missing()

    # ---- hearing ---------------------------------------------------------------------------------------------

    async def scan(self, seconds: float, heard: Heard) -> None:
        """Listens to everybody for so long; LinkError where there is no Bluetooth."""
        ear = object()
        self._ears[ear] = lambda device, data: heard(_as_bytes(data), device.address)
        try:
            await self._tend()
            await asyncio.sleep(seconds)
        finally:
            await self._forget(ear)

    async def overhear(self, address: str, receiver: Receiver) -> Transport:
        """What this device calls out, until closed; LinkError where there is no Bluetooth."""
        transport = Overheard(self, address, receiver)
        self._ears[transport] = transport.heard
        try:
            await self._tend()
        except BaseException:
            self._ears.pop(transport, None)
            raise
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.get_running_loop().create_task(self._watch(), name="ble watch")
        receiver.connected(transport)
        return transport

    async def _watch(self) -> None:
        """A stack that was restarted, or an adapter that was pulled out, says nothing of it: looks after the scanner
        as long as somebody overhears, and tells them when it cannot go on."""
        while overheard := [ear for ear in self._ears if isinstance(ear, Overheard)]:
            try:
                await self._tend()
            except LinkError as error:
                for ear in overheard:
                    ear.end(str(error))
            await asyncio.sleep(QUIET)

    async def _find(self, address: str) -> BLEDevice:
        found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

        def ear(device: BLEDevice, _: AdvertisementData) -> None:
            if device.address.upper() == address.upper() and not found.done():
                found.set_result(device)

        self._ears[found] = ear
        try:
            await self._tend()
            async with asyncio.timeout(self._find_within):
                return await found
        except TimeoutError:
            raise LinkError(say("ble_not_found", address=address, why=SILENT)) from None
        finally:
            await self._forget(found)

    async def _forget(self, ear: object) -> None:
        self._ears.pop(ear, None)
        with contextlib.suppress(LinkError):
            await self._tend()

    def forget(self, ear: object) -> None:
        """Nobody listens there any more; the scanner rests when it was the last."""
        self._ears.pop(ear, None)
        self.spawn(self._forget(ear))

    async def _tend(self) -> None:
        """Scans while somebody listens and nobody connects. LinkError where that cannot be."""
        async with self._tending:
            wanted = bool(self._ears) and not self._dialing.locked()
            now = asyncio.get_running_loop().time()
            if self._scanner is not None and (not wanted or now - self._heard_at > QUIET):
                scanner, self._scanner = self._scanner, None
                with contextlib.suppress(Exception):  # a stack that went away cannot be told to stop
                    await scanner.stop()
            if wanted and self._scanner is None:
                self._heard_at = now
                self._scanner = await self._new_scanner()

    async def _new_scanner(self) -> BleakScanner:
        if self.trouble():
            raise LinkError(self.trouble())
        from bleak import BleakScanner

        try:
            scanner = BleakScanner(self._heard, backend=self._scanner_backend)
            await scanner.start()
        except Exception as error:  # every platform's backend has errors of its own
            raise LinkError(say("ble_not_here", why=_short(error))) from error
        return scanner

    def _heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for ear in tuple(self._ears.values()):
            ear(device, data)

    # ---- connecting ------------------------------------------------------------------------------------------

    async def connect(self, address: str, receiver: Receiver) -> Transport:
        """A GATT connection to the device at this Bluetooth address; LinkError in words where there is none."""
        device = await self._find(address)
        async with self._dialing:
            with contextlib.suppress(LinkError):
                await self._tend()
            try:
                transport = await self._dial(device, receiver)
            finally:
                self.spawn(self._forget(None))  # the scanner may go on, once this connection is made or not
        receiver.connected(transport)
        return transport

    async def _dial(self, device: BLEDevice, receiver: Receiver) -> BleTransport:
        from bleak import BleakClient

        transport = BleTransport(self, device.address, receiver)
        client = BleakClient(
            device,
            disconnected_callback=lambda _: transport.end("the device ended the Bluetooth connection"),
            timeout=CONNECT_WITHIN,
            backend=self._client_backend,
        )
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await client.connect()
        except BaseException as error:
            self.spawn(let_go(client))
            if not isinstance(error, Exception):
                raise
            why = (
                "it did not take the connection in time" if isinstance(error, TimeoutError) else _short(error)
            )
            raise LinkError(say("ble_no_connection", address=device.address, why=why)) from error
        if not transport.begin(client):
            raise LinkError(say("ble_ended", address=device.address))
        return transport

    # ---- its life --------------------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs this beside everything else; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stops listening and waits until connections are let go."""
        self._ears.clear()
        if self._watcher is not None:
            self._watcher.cancel()
        await self._forget(None)
        while self._tasks:
            ending = tuple(self._tasks)
            await asyncio.gather(*ending, return_exceptions=True)
            # By hand: from Python 3.12 on, gathering what has ended lets no callback run in between.
            self._tasks.difference_update(ending)


class BleTransport:
    """One GATT connection; see `wire.gatt` for its datagrams. `dropped` counts what was no operation of ours."""

    def __init__(self, radio: Radio, address: str, receiver: Receiver) -> None:
        self.peer, self.dropped = address, 0
        self._radio, self._receiver = radio, receiver
        self._client: BleakClient | None = None
        self._asks: asyncio.Queue[Frame] = asyncio.Queue(WAITING)
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    def begin(self, client: BleakClient) -> bool:
        """It is connected; False where it has ended meanwhile."""
        if self._closed:
            self._radio.spawn(let_go(client))
            return False
        self._client = client
        self._worker = asyncio.get_running_loop().create_task(self._work(client), name=f"ble {self.peer}")
        return True

    def send(self, data: bytes) -> None:
        frame = gatt.decode(data)
        if self._closed or frame is None or frame.operation not in gatt.ASKS:
            self.dropped += 1
            return
        try:
            self._asks.put_nowait(frame)
        except asyncio.QueueFull:
            self.end(f"{WAITING} operations wait for it already")

    def end(self, reason: str) -> None:
        """Closed by other than our owner's wish: the receiver hears `lost`, where it heard of the connection at all."""
        if not self._closed:
            begun = self._client is not None
            self.close()
            if begun:
                self._receiver.lost(reason)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._worker is not None:
            self._worker.cancel()
        if self._client is not None:
            self._radio.spawn(let_go(self._client))

    async def _work(self, client: BleakClient) -> None:
        while True:
            frame = await self._asks.get()
            try:
                answer = await self._carry_out(client, frame)
            except Exception as error:  # every platform's backend has errors of its own
                answer = frame.refused(_short(error))
            self._tell(answer)

    async def _carry_out(self, client: BleakClient, frame: Frame) -> Frame:
        if frame.operation is Operation.READ:
            return frame.answered(bytes(await client.read_gatt_char(frame.characteristic))[: gatt.LONGEST])
        if frame.operation is Operation.WRITE:
            await client.write_gatt_char(frame.characteristic, frame.payload)
        else:
            await client.start_notify(frame.characteristic, self._notified)
        return frame.answered()

    def _notified(self, characteristic: BleakGATTCharacteristic, data: bytearray) -> None:
        uuid = characteristic.uuid.lower()
        self._tell(Frame(Operation.NOTIFIED, uuid, bytes(data)[: gatt.LONGEST]))

    def _tell(self, frame: Frame) -> None:
        if not self._closed:
            self._receiver.received(frame.encode())


class Overheard:
    """What one device calls out. An unchanged call is passed on every REPEAT_AFTER, as a sign of life."""

    def __init__(self, radio: Radio, address: str, receiver: Receiver) -> None:
        self.peer, self.dropped = address, 0
        self._radio, self._receiver = radio, receiver
        self._last, self._last_at = b"", 0.0
        self._closed = False

    def heard(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """Somebody called."""
        if self._closed or device.address.upper() != self.peer.upper():
            return
        data, now = _as_bytes(advertisement), asyncio.get_running_loop().time()
        if data and (data != self._last or now - self._last_at >= REPEAT_AFTER):
            self._last, self._last_at = data, now
            self._receiver.received(data)

    def send(self, _data: bytes) -> None:
        self.dropped += 1

    def end(self, reason: str) -> None:
        """There is nothing to be heard any more: the receiver hears `lost`."""
        if not self._closed:
            self.close()
            self._receiver.lost(reason)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._radio.forget(self)


def missing() -> str:
    """What this machine lacks for Bluetooth, as a sentence; "" where nothing is known to. Imports nothing heavy."""
    if importlib.util.find_spec("bleak") is None:
        return "the package for Bluetooth is not installed: pip install 'jiahe[bluetooth]'"
    if sys.platform == "linux" and not (ADAPTERS.is_dir() and any(ADAPTERS.iterdir())):
        return "this machine has no Bluetooth adapter"
    return ""


async def let_go(client: BleakClient) -> None:
    """Disconnects, whatever the system makes of it."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(LET_GO_WITHIN):
            await client.disconnect()


def _as_bytes(data: AdvertisementData) -> bytes:
    services = tuple(uuid.lower() for uuid in data.service_uuids)
    service_data = {uuid.lower(): value for uuid, value in data.service_data.items()}
    return Advertisement(data.local_name or "", services, service_data, data.manufacturer_data).encode()


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120].lower().rstrip(".")
