"""A wristband on bumble's virtual link: the family's own DEVICE session behind a GATT server.

Owns the band's body (its adapter, its key, who is connected); what it answers comes from its product file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bumble.att import ATT_Error, Attribute, AttributeValue, ErrorCode
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service
from tests.machines.bumble_bleak import Air, call_out

from jiahe.catalog.loader import Shelf
from jiahe.link.device_pump import DevicePump
from jiahe.model.clock import Clock
from jiahe.virtual.product import VirtualProduct
from jiahe.wire import gatt
from jiahe.wire.gatt import Frame, Operation
from jiahe.wire.huami import activity, layout
from jiahe.wire.huami.finder import advertised
from jiahe.wire.huami.generation import GENERATIONS
from jiahe.wire.huami.session import Session
from jiahe.wire.talk import Answer, Ask, Identity, Role

P = Characteristic.Properties


class BandOnAir:
    """One band. `alerts` counts how often it vibrated."""

    def __init__(self, clock: Clock, model: str, key: bytes, *, tapped: bool = True) -> None:
        product = Shelf.shipped().get(f"xiaomi.{model}")
        assert product is not None
        self.alerts = 0
        self.device: Device
        self.virtual = VirtualProduct(
            product,
            values={
                "steps": 4711,
                "battery": 83,
                "heart_rate": 61,
                "movement": 42,
                "charging": "not_charging",
            },
            facts={"firmware": "V1.0.2.4", "serial": "6bbf4a"},
            actions={"alert": lambda _: self._vibrate(), "measure_heart_rate": lambda _: {}},
        )
        self.virtual.on_change = self._changed
        self._asked = self.virtual.asked
        self._clock, self._model = clock, model
        self._identity = Identity("", {"key": key}, {"model": model, "tapped": tapped})
        self._session: Session | None = None
        self._pump: DevicePump | None = None
        self._connection: Connection | None = None
        self._answers: list[Frame] = []
        self._characteristics: dict[str, Any] = {}

    @classmethod
    async def on(cls, air: Air, clock: Clock, address: str, model: str, key: bytes, **how: Any) -> BandOnAir:
        """A band that is switched on and calls out."""
        band = cls(clock, model, key, **how)
        band.device = await air.adapter(address)
        for service, characteristics in layout.SERVICES.items():
            served = [band._served(uuid) for uuid in characteristics]
            band.device.add_service(Service(service, served))
        band.device.on(Device.EVENT_CONNECTION, band._connected)
        await call_out(band.device, advertised(GENERATIONS[model]))
        return band

    @property
    def key(self) -> bytes:
        """The key it takes now."""
        return self._identity.secrets["key"]

    async def hang_up(self) -> None:
        """Out of reach: the connection ends."""
        assert self._connection is not None
        await self._connection.disconnect()

    def not_worn(self) -> None:
        """On the table: from now on it measures no pulse."""
        inner = self.virtual.asked

        def asked(ticket: int, ask: Ask) -> Answer:
            answer = inner(ticket, ask)
            if layout.HEART in answer.values:
                return replace(answer, values={**answer.values, layout.HEART: 0})
            return answer

        self._asked = asked

    def _answer(self, ticket: int, ask: Ask) -> Answer:
        return self._asked(ticket, ask)

    def _vibrate(self) -> dict[str, Any]:
        self.alerts += 1
        return {}

    # ---- its GATT server -----------------------------------------------------------------------------------------

    def _served(self, uuid: str) -> Characteristic[bytes]:
        row = layout.BY_CHARACTERISTIC.get(uuid)
        properties = P(0)
        if uuid in layout.CARD or uuid == activity.CLOCK or (row is not None and row.readable):
            properties |= P.READ
        if row is not None or uuid in (layout.AUTH, activity.CONTROL, activity.DATA):
            properties |= P.NOTIFY
        if uuid in (layout.AUTH, layout.HEART_CONTROL, activity.CONTROL):
            properties |= P.WRITE
        if uuid == layout.ALERT:
            properties |= P.WRITE_WITHOUT_RESPONSE
        value = AttributeValue(
            read=lambda _: self._ask(Frame(Operation.READ, uuid)),
            write=lambda _, data: self._write(Frame(Operation.WRITE, uuid, bytes(data))),
        )
        both = Attribute.Permissions.READABLE | Attribute.Permissions.WRITEABLE
        served = Characteristic(uuid, properties, both, value)
        served.on(Characteristic.EVENT_SUBSCRIPTION, lambda *_: self._ask(Frame(Operation.SUBSCRIBE, uuid)))
        self._characteristics[uuid] = served
        return served

    def _write(self, frame: Frame) -> None:
        self._ask(frame)

    def _ask(self, frame: Frame) -> bytes:
        assert self._pump is not None
        self._answers.clear()
        self._pump.receiver.received(frame.encode())
        answer = next(
            a for a in self._answers if a.operation in (frame.operation.done, frame.operation.undone)
        )
        if answer.operation in gatt.UNDONE:
            raise ATT_Error(error_code=ErrorCode.INSUFFICIENT_AUTHENTICATION)
        return answer.payload

    def _connected(self, connection: Connection) -> None:
        self._connection = connection
        self._session = Session(Role.DEVICE, self._identity, lambda n: bytes(range(n)))
        self._pump = DevicePump(self._session, self._clock, self._answer)
        self._pump.receiver.connected(self)
        connection.on(Connection.EVENT_DISCONNECTION, lambda _: self._disconnected())

    def _disconnected(self) -> None:
        assert self._pump is not None
        assert self._session is not None
        self._identity = replace(self._identity, secrets={"key": self._session.key})
        self._pump.close()
        self._connection = None

    def _changed(self, values: Any) -> None:
        if self._pump is not None:
            self._pump.report(values)

    # ---- transport.Transport -------------------------------------------------------------------------------------

    peer = "the hub"

    def send(self, data: bytes) -> None:
        frame = gatt.decode(data)
        assert frame is not None
        if frame.operation is not Operation.NOTIFIED:
            self._answers.append(frame)
        elif self._connection is not None:
            notified = self.device.notify_subscribers(
                self._characteristics[frame.characteristic], frame.payload
            )
            self._connection.cancel_on_disconnection(notified)

    def close(self) -> None:
        """The connection is the adapter's."""
