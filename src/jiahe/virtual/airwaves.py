"""Bluetooth without a radio: virtual devices called up over memory, in the shapes of `transport.ble.Radio`.

Owns who is in the air; reads no payload. What it carries are the same datagrams that a real radio carries
(`wire.gatt`, `wire.advertisement`), so that the demo's band speaks its own protocol end to end.
"""

from __future__ import annotations

import asyncio

from jiahe.model.errors import LinkError
from jiahe.transport.ble import Heard
from jiahe.transport.memory import Network
from jiahe.transport.transport import Accept, Receiver, Server, Transport

IN_THE_AIR = 64
"""Devices at once: a home has a few."""


class VirtualRadio:
    """A hub's radio, and (`serve`) where virtual devices stand. A connected device calls nothing out, as bands do."""

    def __init__(self) -> None:
        self._network = Network()
        self._here: dict[str, bytes] = {}
        self._ears: dict[object, tuple[str, Receiver]] = {}

    # ---- the devices' side ---------------------------------------------------------------------------------

    def calls_out(self, address: str, advertisement: bytes) -> None:
        """From now on the device at this Bluetooth address calls this out (AD structures)."""
        if len(self._here) >= IN_THE_AIR and address not in self._here:
            raise LinkError(f"{IN_THE_AIR} virtual Bluetooth devices are here already")
        self._here[address.upper()] = advertisement
        for heard, receiver in tuple(self._ears.values()):
            if heard == address.upper():
                receiver.received(advertisement)

    def falls_silent(self, address: str) -> None:
        """It left, or was switched off."""
        self._here.pop(address.upper(), None)

    async def serve(self, host: str, port: int, accept: Accept) -> Server:
        """As `udp.serve`: connections to this Bluetooth address are handed to `accept`."""
        return await self._network.serve(host.upper(), port, accept)

    # ---- the hub's side (transport.ble.Airwaves) -------------------------------------------------------------

    def trouble(self) -> str:
        """Nothing is ever missing here."""
        return ""

    async def scan(self, seconds: float, heard: Heard) -> None:
        """Everybody calls once, and a scan takes its time."""
        for address, advertisement in tuple(self._here.items()):
            heard(advertisement, address)
        await asyncio.sleep(seconds)

    async def connect(self, address: str, receiver: Receiver) -> Transport:
        """LinkError where nobody is at this address or it does not take a connection."""
        return await self._network.connect(address.upper(), GATT, receiver)

    async def overhear(self, address: str, receiver: Receiver) -> Transport:
        """What this device calls out, until closed."""
        ear = _Ear(self, address)
        self._ears[ear] = (address.upper(), receiver)
        receiver.connected(ear)
        if (advertisement := self._here.get(address.upper())) is not None:
            receiver.received(advertisement)
        return ear

    def forget(self, ear: object) -> None:
        """Nobody listens there any more."""
        self._ears.pop(ear, None)

    async def close(self) -> None:
        """Nobody listens any more."""
        self._ears.clear()


GATT = 1
"""The memory network wants a port; a Bluetooth device has one service of connections."""


class _Ear:
    """A way on which nothing can be sent."""

    def __init__(self, radio: VirtualRadio, peer: str) -> None:
        self.peer, self.dropped = peer, 0
        self._radio = radio

    def send(self, _data: bytes) -> None:
        self.dropped += 1

    def close(self) -> None:
        self._radio.forget(self)
