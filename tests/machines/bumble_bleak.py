"""Bluetooth without a radio: a bleak backend over bumble's virtual link, so that production code runs on BleakClient.

Owns the adapters on one `Air`; knows no family. `backends(adapter)` gives the two classes that bleak takes as
`backend=`: they see what a radio would see, connect over the virtual link, and discover what the other end serves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bumble.att import ATT_Error
from bumble.controller import Controller
from bumble.core import PhysicalTransport, ProtocolError
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt import Characteristic
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from jiahe.wire import advertisement

_PROPERTIES = {
    Characteristic.Properties.READ: "read",
    Characteristic.Properties.WRITE: "write",
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE: "write-without-response",
    Characteristic.Properties.NOTIFY: "notify",
}
ADVERTISED_EVERY = 20
"""Milliseconds between two calls of a virtual device."""


class Air:
    """One room in which everybody hears everybody."""

    def __init__(self) -> None:
        self._link = LocalLink()

    async def adapter(self, address: str) -> Device:
        """A powered Bluetooth adapter or device with this address."""
        controller = Controller(address, link=self._link)
        host = Host(controller, AsyncPipeSink(controller))
        device = Device(name=address, address=Address(address), host=host)
        await device.power_on()
        return device


async def call_out(device: Device, data: bytes, *, restart: bool = True) -> None:
    """Advertises these AD structures until told otherwise; connecting silences it, as it does a real one."""
    await device.start_advertising(
        advertising_data=data,
        advertising_interval_min=ADVERTISED_EVERY,
        advertising_interval_max=ADVERTISED_EVERY,
        auto_restart=restart,
    )


class BumbleScanner(BaseBleakScanner):
    """Hears what the adapter hears."""

    adapter: Device

    def __init__(self, callback: Any, service_uuids: Any, scanning_mode: str, **_: Any) -> None:
        super().__init__(callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.adapter.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.adapter.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.adapter.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.adapter.stop_scanning()

    def _heard(self, heard: Advertisement) -> None:
        said = advertisement.decode(heard.data_bytes)
        if said is None:
            return
        data = AdvertisementData(
            local_name=said.name or None,
            manufacturer_data=dict(said.maker_data),
            service_data=dict(said.service_data),
            service_uuids=list(said.services),
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(),
        )
        address = heard.address.to_string(False)
        device = self.create_or_update_device(address, address, said.name or None, heard.address, data)
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """A GATT client over the virtual link."""

    adapter: Device
    connect_within = 2.0
    """Seconds for a device that hears our call; one that is taken does not."""

    def __init__(self, device: BLEDevice | str, *, services: Any = None, **kwargs: Any) -> None:
        kwargs.pop("bluez", None)
        kwargs.pop("winrt", None)
        super().__init__(device, **kwargs)
        assert isinstance(device, BLEDevice)
        self._address: Address = device.details
        self._connection: Connection | None = None
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        try:
            self._connection = await self.adapter.connect(
                self._address, PhysicalTransport.LE, timeout=self.connect_within
            )
            self._connection.on(Connection.EVENT_DISCONNECTION, self._disconnected)
            peer = Peer(self._connection)
            self.services = BleakGATTServiceCollection()
            for service in await peer.discover_services():
                ours = BleakGATTService(service, service.handle, _text(service.uuid))
                self.services.add_service(ours)
                for found in await peer.discover_characteristics(service=service):
                    names = [name for flag, name in _PROPERTIES.items() if found.properties & flag]
                    self.services.add_characteristic(
                        BleakGATTCharacteristic(
                            found, found.handle, _text(found.uuid), names, lambda: 20, ours
                        )  # type: ignore[arg-type]
                    )
        except (ProtocolError, TimeoutError) as error:
            raise BleakError(f"no connection: {error or type(error).__name__}") from error

    def _disconnected(self, _reason: int) -> None:
        self._connection = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Bands authenticate above ATT."""

    async def unpair(self) -> None:
        """Nothing is kept."""

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        try:
            return bytearray(await self._proxy(characteristic).read_value())
        except ATT_Error as error:
            raise BleakError(str(error)) from error

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        try:
            await self._proxy(characteristic).write_value(bytes(data), with_response=response)
        except ATT_Error as error:
            raise BleakError(str(error)) from error

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **_: Any
    ) -> None:
        def heard(value: bytes) -> None:
            callback(bytearray(value))

        await self._proxy(characteristic).subscribe(heard)

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._proxy(characteristic).unsubscribe()

    async def read_gatt_descriptor(self, descriptor: Any, **_: Any) -> bytearray:
        raise BleakError("no descriptors here")

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None:
        raise BleakError("no descriptors here")

    def _proxy(self, characteristic: BleakGATTCharacteristic) -> Any:
        if self._connection is None:
            raise BleakError("not connected")
        return characteristic.obj


def backends(adapter: Device) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
    """What bleak takes as `backend=`, over this adapter."""
    scanner = type("AdapterScanner", (BumbleScanner,), {"adapter": adapter})
    client = type("AdapterClient", (BumbleClient,), {"adapter": adapter})
    return scanner, client


def _text(uuid: Any) -> str:
    return (
        str(uuid.to_hex_str("-")).lower()
        if len(uuid.uuid_bytes) == 16
        else f"0000{uuid.to_hex_str().lower()}-0000-1000-8000-00805f9b34fb"
    )
