"""A hub with devices played from product files, and how everything of each is operated once; for several tests."""

from __future__ import annotations

from typing import Any

from jiahe.hub.build import Hub
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.device import Device
from jiahe.model.happening import Actor, Cause, Outcome, PropertyRef, Quality, Status
from jiahe.virtual.resident import Resident
from jiahe.web.doors import AdoptRequest

WANG = Cause("somebody", Actor.PERSON, "Wang", who="home")


def other_than(definition: PropertyDef, now: Any) -> Any:
    """A value within the bounds that the property does not hold now, if it can hold two."""
    if definition.kind is Kind.BOOL:
        return not now
    if definition.kind is Kind.ENUM:
        return next((word for word in reversed(definition.choices) if word != now), now)
    if definition.kind is Kind.TEXT:
        return "21:00" if now != "21:00" else "22:00"
    low = definition.low if definition.low is not None else 0
    step = definition.step or 1
    high = definition.high if definition.high is not None else low + 4 * step
    top = low + step * int((high - low) / step + 1e-9)
    return next((definition.check(n) for n in (round(top, 6), low) if n != now), now)


class Home:
    """A hub, the shard's devices, and how each is operated."""

    def __init__(self, hub: Hub, residents: list[Resident]) -> None:
        self.hub, self.residents = hub, residents

    async def adopt(self, resident: Resident) -> Device:
        token = resident.identity.secrets["token"].hex()
        request = AdoptRequest(
            address=resident.address, cause=WANG, family="miio", id=resident.id, token=token
        )
        return await self.hub.acquaintance.adopt(request)

    async def tell(self, device: Device, path: str, **what: Any) -> Outcome:
        command = self.hub.dispatch.submit(PropertyRef(device.id, path), WANG, timeout=20.0, **what)
        return await self.hub.dispatch.outcome(command.id)

    async def operate(self, device: Device, resident: Resident) -> tuple[int, int]:
        """Writes everything, does everything; how many of each."""
        product, virtual = resident.product, resident.unit.virtual
        rows = {row.definition.path: row for row in product.rows}
        written = done = 0
        for path, definition in device.profile.properties.items():
            if not definition.writable:
                continue
            value = other_than(definition, virtual.values.get(path))
            outcome = await self.tell(device, path, value=value)
            where = f"{product.id} {path} = {value!r}: {outcome.reason}"
            assert outcome.status is Status.CONFIRMED, where
            reading = self.hub.store.get(PropertyRef(device.id, path))
            assert reading is not None, where
            told = path not in rows or (rows[path].report is not None and rows[path].polled)
            assert reading.value == value, where
            assert reading.quality is (Quality.GOOD if told else Quality.ASSUMED), where
            if path in rows:
                assert virtual.values[path] == value, where
            written += 1
        for path, action in device.profile.actions.items():
            arguments = [other_than(argument, None) for argument in action.arguments]
            outcome = await self.tell(device, path, arguments=arguments)
            assert outcome.status is Status.CONFIRMED, f"{product.id} {path}{arguments}: {outcome.reason}"
            done += 1
        return written, done

    def knows(self, device: Device, resident: Resident) -> None:
        """Everything that the spec lets be read is known; what is only pushed has not been asked for in vain."""
        for row in resident.product.rows:
            path = row.definition.path
            if path not in device.profile.properties or row.report is None:
                continue
            reading = self.hub.store.get(PropertyRef(device.id, path))
            if row.polled:
                assert reading is not None, f"{device.id} {path}"
                assert reading.quality is Quality.GOOD, f"{device.id} {path}: {reading}"
                assert reading.value == resident.unit.virtual.values[path], f"{device.id} {path}"
