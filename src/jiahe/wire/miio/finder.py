"""Finding miIO devices, and being found. Owns the probe and what its answer means; never opens a sealed datagram."""

from __future__ import annotations

import re

from jiahe.wire.miio import packet
from jiahe.wire.miio.appliance import greeting
from jiahe.wire.miio.subscription import is_offer
from jiahe.wire.talk import Identity, Probe, Sighting

SERVICE = "_miio._udp.local."
"""The mDNS service of devices that announce themselves; not all do."""

_INSTANCE = re.compile(
    r"([A-Za-z0-9]+(?:-[A-Za-z0-9]+)+)_miio([0-9]{1,20})(?:\._miio\._udp(?:\.local)?\.?)?", re.ASCII
)


class Finder:
    """Discovery by hello: broadcast to each interface, and to a device's last address (many networks drop broadcasts).

    One hello at a time: three in a row confuse some devices (python-miio issue 1167).
    """

    def probes(self) -> tuple[Probe, ...]:
        """The hello."""
        return (Probe(packet.PORT, packet.HELLO),)

    def sighting(self, data: bytes, address: str) -> Sighting | None:
        """The device that answered a hello with this; None for anything else."""
        if packet.envelope_fault(data) or len(data) != packet.HEADER_SIZE or is_offer(data):
            return None
        device, _ = packet.device_and_stamp(data)
        if device in (0, packet.UNKNOWN_ID):
            return None
        return Sighting("miio", str(device), address, packet.PORT, token=packet.shown_token(data))

    def announced(self, instance: str, address: str) -> Sighting | None:
        """The device behind an mDNS instance like `zhimi-airpurifier-mb4_miio123456789`, with its model."""
        found = _INSTANCE.fullmatch(instance)
        if found is None or not 0 < int(found[2]) < packet.UNKNOWN_ID:
            return None
        return Sighting("miio", str(int(found[2])), address, packet.PORT, model=found[1].replace("-", "."))


def reply(identity: Identity, data: bytes, now: float) -> bytes | None:
    """DEVICE: the answer to a probe, its stamp the whole seconds of `now`; None for anything else."""
    if not packet.is_hello(data):
        return None
    device = packet.device_number(identity.hardware_id)
    return None if device is None else greeting(identity, device, int(now))
