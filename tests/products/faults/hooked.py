"""How a fault is put into a twin: behind its asks, or on its way to the network. Owns the hooks, no fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from jiahe.transport.transport import Accept, Receiver, Server, Transport
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.serve import Serve
from jiahe.wire.talk import Answer, Ask, Point, Raw

Hook = Callable[["Hooked", Ask], Answer]


class Hooked(VirtualProduct):
    """Answers through a hook; `memory` is the fault's own."""

    hook: Hook
    """Set on the instance, so that it is no method."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.memory: dict[str, Any] = {}

    def asked(self, ticket: int, ask: Ask) -> Answer:
        return self.hook(self, ask)

    def honest(self, ask: Ask) -> Answer:
        """What a device without a fault says (and does)."""
        return super().asked(0, ask)

    def point(self, path: str) -> Point:
        """Where this is reported."""
        point = self.mapper.row(path).report
        assert point is not None
        return point


def played(hook: Hook) -> Callable[..., VirtualProduct]:
    """A twin with this hook."""

    def make(*given: Any, **more: Any) -> VirtualProduct:
        device = Hooked(*given, **more)
        device.hook = hook
        return device

    return make


def saying(device: Hooked, ask: Ask, change: Callable[[Point, Raw], Raw]) -> Answer:
    """The honest answer with its values changed."""
    answer = device.honest(ask)
    return replace(answer, values={point: change(point, raw) for point, raw in answer.values.items()})


@dataclass
class Way:
    """What a wire fault may do to one peer's frames: lists go on, [] swallows; delays are in seconds."""

    incoming: Callable[[bytes], list[bytes]] = lambda data: [data]
    outgoing: Callable[[bytes], list[bytes]] = lambda data: [data]
    delay: float = 0.0


MakeWay = Callable[[], Way]


class _Wrapped:
    def __init__(self, receiver: Receiver, way: Way) -> None:
        self._receiver, self._way = receiver, way
        self._transport: Transport | None = None

    def connected(self, transport: Transport) -> None:
        self._transport = transport
        self._receiver.connected(self)

    def received(self, data: bytes) -> None:
        for one in self._way.incoming(data):
            self._receiver.received(one)

    def lost(self, reason: str) -> None:
        self._receiver.lost(reason)

    @property
    def peer(self) -> str:
        return self._transport.peer if self._transport else ""

    def send(self, data: bytes) -> None:
        for one in self._way.outgoing(data):
            if self._way.delay:
                asyncio.get_running_loop().call_later(self._way.delay, self._send, one)
            else:
                self._send(one)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.send(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def between(make: Callable[[str], Way | None]) -> Callable[[Serve], Serve]:
    """Puts a way between the network and the twin, one for each peer; None turns the peer away."""

    def wrap(serve: Serve) -> Serve:
        async def served(host: str, port: int, accept: Accept) -> Server:
            def accepted(peer: str) -> Receiver | None:
                way = make(peer)
                receiver = accept(peer) if way is not None else None
                return None if receiver is None or way is None else _Wrapped(receiver, way)

            return await serve(host, port, accepted)

        return served

    return wrap
