"""One conversation with a band, either end. Owns redaction; the HUB's end is `hub.py`, the DEVICE's `band.py`.

Its datagrams are GATT operations (`wire.gatt`). `identity.secrets["key"]` is the band's key of 16 bytes.
`identity.facts`: `model` (a row of `generation.py`); for the HUB `pair` (bool: give the band this key first, where its
generation takes one; a person taps the band to agree); for the DEVICE `tapped` (bool: whether somebody does).
"""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.gatt import decode, header_size
from jiahe.wire.huami import layout, proof
from jiahe.wire.huami.band import Band
from jiahe.wire.huami.hub import Hub
from jiahe.wire.talk import Answer, Ask, Entropy, Event, Identity, Point, Raw, Role


class Session:
    """See `wire.talk.Session`."""

    def __init__(self, role: Role, identity: Identity, entropy: Entropy) -> None:
        self.role = role
        self._hub: Hub | None = None
        self._band: Band | None = None
        self._end: Hub | Band
        self._secrets = [bytes(secret) for secret in identity.secrets.values() if secret]
        if role is Role.HUB:
            self._end = self._hub = Hub(identity, self.redact)
        else:
            self._end = self._band = Band(identity, entropy, self.redact)

    @property
    def key(self) -> bytes:
        """DEVICE: the key that the band takes now; its owner keeps it for the next conversation."""
        return self._band.key if self._band else b""

    def open(self, now: float) -> None:
        """Connected: the hub offers its key, the band waits."""
        if self._hub:
            self._hub.open(now)

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """HUB: queues an ask; LocalProtocolError for what a band has not and beyond 64 that wait."""
        if self._hub is None:
            raise LocalProtocolError("a device does not ask")
        return self._hub.ask(ask, deadline, now)

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        """DEVICE: answers an Asked; LocalProtocolError for any other ticket."""
        if self._band is None:
            raise LocalProtocolError("a hub does not answer")
        self._band.answer(ticket, answer)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """DEVICE: notifies."""
        if self._band:
            self._band.report(values)

    def receive(self, data: bytes, now: float) -> None:
        """One GATT operation."""
        if self._hub:
            self._hub.receive(data, now)
        elif self._band:
            self._band.receive(data)

    def wake_at(self) -> float | None:
        """Deadlines and patience; a band waits for nothing."""
        return self._hub.wake_at() if self._hub else None

    def wake(self, now: float) -> None:
        """Time passed."""
        if self._hub:
            self._hub.expire(now)

    def outgoing(self) -> list[bytes]:
        """Takes the operations to be sent, in order."""
        taken, self._end.out = self._end.out, []
        return taken

    def events(self) -> list[Event]:
        """Takes what happened since the last call, in order."""
        taken, self._end.said = self._end.said, []
        return taken

    def redact(self, data: bytes) -> bytes:
        """What is written or told about keys is zeroed behind its first bytes, and the key wherever it stands."""
        clean, frame = bytearray(data), decode(data)
        if frame is not None and frame.characteristic == layout.AUTH:
            at = (header_size(data) or 0) + (3 if frame.payload[:1] == b"\x10" else 2)
            clean[at:] = bytes(max(len(clean) - at, 0))
        for secret in (*self._secrets, self.key):
            while len(secret) == proof.KEY_SIZE and any(secret) and (found := clean.find(secret)) >= 0:
                clean[found : found + len(secret)] = bytes(len(secret))
        return bytes(clean)
