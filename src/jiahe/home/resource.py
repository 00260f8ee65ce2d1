"""A home's devices as resources of permission. Owns how a device, its room, its kind and its parts are named; never decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jiahe.home.permission import UNKNOWN, About, Resource
from jiahe.model.definition import ActionDef, EventDef, PropertyDef
from jiahe.model.device import Device


class Resources:
    """Made once for a home; `devices` gives its cards, `maker_of` a product's maker."""

    def __init__(
        self, devices: Callable[[], Mapping[str, Device]], maker_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        self._devices, self._maker_of = devices, maker_of
        self._known: dict[str, tuple[Device, Resource, dict[str, Resource]]] = {}

    def device(self, id_: str) -> Resource:
        """The device as a whole. One that is not in the home has no kind: nobody knows what it told."""
        found = self._find(id_)
        return found[1] if found else _left(id_)

    def part(self, id_: str, path: str) -> Resource:
        """The property, action or event at this path of a device."""
        found = self._find(id_)
        if found is None:
            return _left(id_)
        return found[2].get(path) or found[1]._replace(trait=UNKNOWN, traits=None)

    def parts(self, id_: str) -> Mapping[str, Resource]:
        """Every property, action and event of a device by its path; none of a device that is not there."""
        found = self._find(id_)
        return found[2] if found else {}

    def _find(self, id_: str) -> tuple[Device, Resource, dict[str, Resource]] | None:
        device = self._devices().get(id_)
        if device is None:
            self._known.pop(id_, None)
            return None
        known = self._known.get(id_)
        if known is None or known[0] is not device:
            profile = device.profile
            rows: list[tuple[str, PropertyDef | ActionDef | EventDef]] = [
                *profile.properties.items(),
                *profile.actions.items(),
                *profile.events.items(),
            ]
            traits = {path: row.trait or "vendor" for path, row in rows}
            part = Resource(
                About.DEVICE, id_, device.area, profile.name or "generic", "", self._maker_of(device.product)
            )
            whole = part._replace(traits=frozenset(traits.values()))
            parts = {path: part._replace(trait=trait) for path, trait in traits.items()}
            known = self._known[id_] = (device, whole, parts)
        return known


def _left(id_: str) -> Resource:
    return Resource(About.DEVICE, id_, trait=UNKNOWN)


def room(id_: str) -> Resource:
    """A room."""
    return Resource(About.ROOM, room=id_)
