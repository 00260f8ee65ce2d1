"""One device spoken with from a blocking socket: the family's session and nothing else. The floor of a command."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Mapper
from jiahe.driver.family import family_of
from jiahe.driver.quirk import fitted
from jiahe.model.definition import Value
from jiahe.wire.talk import (
    Done,
    Event,
    Identity,
    Opened,
    Point,
    Raw,
    Read,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)

PATIENCE = 5.0
"""Seconds for one answer."""


class BareDevice:
    """Connected and shaken hands with when made. `device` is a card of `played.py`."""

    def __init__(self, device: dict[str, Any]) -> None:
        product = Shelf.shipped().get(device["product"])
        assert product is not None
        family, facts = family_of(device["family"]), {**product.facts, **device["facts"]}
        secrets = {name: bytes.fromhex(device[name]) for name in ("token", "key") if device[name]}
        identity = Identity(device["hardware_id"], secrets, facts, time.time() - time.monotonic())
        self._mapper = Mapper(fitted(product, facts))
        self._session = family.session(Role.HUB, identity, os.urandom)
        kind = socket.SOCK_DGRAM if family.transport == "udp" else socket.SOCK_STREAM
        self._socket = socket.socket(socket.AF_INET, kind)
        self._socket.settimeout(PATIENCE)
        self._socket.connect((device["address"], family.port))
        if kind == socket.SOCK_STREAM:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._session.open(time.monotonic())
        self._send()
        while not any(isinstance(event, Opened) for event in self._session.events()):
            self._receive()

    def set(self, path: str, value: Value) -> None:
        """Writes a property until the device itself has reported the value: in its answer, or read back."""
        raws = self._mapper.to_points({path: value})
        point = self._mapper.row(path).report
        assert point is not None
        told = self._ask(Write(raws)) or {}
        if point not in told:
            told = self._ask(Read((point,)))
        assert self._mapper.to_values({point: told[point]})[path] == value, told

    def settle(self) -> None:
        """Takes what came meanwhile, as a hub does when it comes; sends a heartbeat that is due."""
        self._socket.setblocking(False)
        try:
            while True:
                self._receive()
        except BlockingIOError:
            pass
        self._socket.settimeout(PATIENCE)
        self._session.events()
        due = self._session.wake_at()
        if due is not None and due <= time.monotonic():
            self._session.wake(time.monotonic())
            self._send()

    def close(self) -> None:
        self._socket.close()

    def _ask(self, ask: Read | Write) -> dict[Point, Raw]:
        now = time.monotonic()
        ticket = self._session.ask(ask, now + PATIENCE, now)
        self._send()
        told: dict[Point, Raw] = {}
        while not any(self._ends(event, ticket, told) for event in self._session.events()):
            self._receive()
        return told

    def _ends(self, event: Event, ticket: int, told: dict[Point, Raw]) -> bool:
        if isinstance(event, Reported) and event.ticket == ticket:
            told.update(event.values)
        if isinstance(event, Refused | Unanswered):
            raise RuntimeError(f"the device did not do it: {event}")
        return isinstance(event, Done) and event.ticket == ticket

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the device closed the connection")
        self._session.receive(data, time.monotonic())
        self._send()

    def _send(self) -> None:
        for data in self._session.outgoing():
            self._socket.send(data)
