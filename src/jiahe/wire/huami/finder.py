"""Finding bands by what they call out, and being found. Owns what an advertisement means for this family."""

from __future__ import annotations

from jiahe.wire.advertisement import Advertisement, decode, hardware_id
from jiahe.wire.huami import layout
from jiahe.wire.huami.generation import Generation, named
from jiahe.wire.talk import Probe, Sighting


class Finder:
    """A band that is connected to a phone calls nothing out: it can be found only while no phone has it."""

    def probes(self) -> tuple[Probe, ...]:
        """None: bands call out by themselves."""
        return ()

    def sighting(self, data: bytes, address: str) -> Sighting | None:
        """The band with this Bluetooth address whose advertisement (AD structures) this is; None for anything else."""
        advertisement = decode(data)
        if advertisement is None:
            return None
        generation, number = named(advertisement.name), hardware_id(address)
        if generation is None or not number:
            return None
        return Sighting("huami", number, address, 0, generation.model, {"model": generation.model})


def advertised(generation: Generation) -> bytes:
    """DEVICE: what a band of this generation calls out."""
    name = generation.names[0].title()
    return Advertisement(name, (layout.SERVICE,)).encode()
