"""The session of the Midea family, both roles. Owns what is common to them: identity, version, redaction.

Made as `Session(role, identity, entropy)`. `identity.facts`: `version` 2 or 3, `type` (0xAC unless told), and what
`appliance` takes (`capabilities`, `subtype`, `protocol`, `answers`, and `serial` with `takes` for what may be written);
`identity.secrets`: `token` (64 bytes) and `key` (32) for V3.
TCP, port 6444 unless discovery says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import envelope, lane
from jiahe.wire.midea.device import Device
from jiahe.wire.midea.finder import redact as redact_discovery
from jiahe.wire.midea.hub import Hub
from jiahe.wire.midea.table import APPLIANCES
from jiahe.wire.talk import Answer, Ask, Entropy, Event, Identity, Point, Raw, Role

PORT = 6444
DEFAULT_TYPE = 0xAC
RUN = 8
"""A piece of a secret at least this long is recognised wherever TCP cut it."""


class Session:
    """See `wire.talk.Session`."""

    def __init__(self, role: Role, identity: Identity, entropy: Entropy) -> None:
        self.role = role
        self._entropy = entropy
        self._version = identity.facts.get("version", 3)
        if self._version not in (2, 3):
            raise LocalProtocolError(f"Midea version {self._version} cannot be operated; 2 and 3 can")
        type_ = identity.facts.get("type", DEFAULT_TYPE)
        if type_ not in APPLIANCES:
            raise LocalProtocolError(f"appliance type {type_!r} is not known")
        self._token = identity.secrets.get("token", b"")
        self._key = identity.secrets.get("key", b"")
        if self._version == 3 and (
            len(self._token) != envelope.TOKEN_SIZE or len(self._key) != envelope.KEY_SIZE
        ):
            raise LocalProtocolError("a V3 appliance needs its token (64 bytes) and key (32 bytes)")
        sides = APPLIANCES[type_]
        self._hub: Hub | None = None
        self._device: Device | None = None
        self._half: Hub | Device
        self._sealed: lane.SealedLane | None = None
        if role is Role.HUB:
            self._half = self._hub = Hub(identity, sides.hub(identity.facts), type_, entropy)
        else:
            self._half = self._device = Device(identity, sides.device(identity.facts), type_)

    # ---- what both roles do -------------------------------------------------------------------------------

    def open(self, now: float) -> None:
        """V2 is Opened at once; V3 greets (HUB) or waits for a greeting (DEVICE). Again after a lost connection."""
        self._half.open(self._lane(), now)

    def _lane(self) -> lane.Lane:
        if self._version == 2:
            return lane.BareLane()
        self._sealed = lane.SealedLane(self.role, self._token, self._key, self._entropy)
        return self._sealed

    def receive(self, data: bytes, now: float) -> None:
        """The next piece of the stream."""
        self._half.receive(data, now)

    def outgoing(self) -> list[bytes]:
        """Pieces of the stream in order, each a whole packet or envelope."""
        return self._half.outgoing()

    def events(self) -> list[Event]:
        """What happened since the last call."""
        return self._half.events()

    # ---- HUB ----------------------------------------------------------------------------------------------

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """Queues an ask. LocalProtocolError for a point that the appliance has not, or a value it cannot hold."""
        if self._hub is None:
            raise LocalProtocolError("a device does not ask")
        return self._hub.ask(ask, deadline, now)

    def wake_at(self) -> float | None:
        """Retries, deadlines, heartbeats; a device waits for nothing."""
        return self._hub.wake_at() if self._hub else None

    def wake(self, now: float) -> None:
        """Time passed."""
        if self._hub:
            self._hub.wake(now)

    # ---- DEVICE -------------------------------------------------------------------------------------------

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        """Answers an Asked; LocalProtocolError for a ticket that is not waiting."""
        if self._device is None:
            raise LocalProtocolError("a hub does not answer")
        self._device.answer(ticket, answer, now)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """Pushes what changed, as far as this kind of appliance can."""
        if self._device:
            self._device.report(values, now)

    # ---- the tap ------------------------------------------------------------------------------------------

    def redact(self, data: bytes) -> bytes:
        """The same bytes without the token, the handshake's nonce, or a discovery answer's names.

        The rest is ciphertext under the session key (V3) or under a key that everybody has (V2).
        """
        clean = bytearray(redact_discovery(data))
        if self._version == 2 or clean != data:
            return bytes(clean)
        at = 0
        while data[at : at + 2] == envelope.START and (size := envelope.length(data[at : at + 8])):
            if data[at + 5] & 0x0F in (envelope.Type.HANDSHAKE, envelope.Type.HANDSHAKE_REPLY):
                end = min(at + size, len(data))
                clean[at + 8 : end] = bytes(max(end - at - 8, 0))
            at += size
        if at < len(data):
            self._veil(clean, at)
        return bytes(clean)

    def _veil(self, clean: bytearray, at: int) -> None:
        """A piece of the stream that TCP cut anywhere: before the handshake is done all of it may be secret; after,
        the secret pieces are found by what they are."""
        sealed = self._sealed
        if sealed is None or not sealed.ready:
            clean[at:] = bytes(max(len(clean) - at, 0))
            return
        for secret in (self._token, sealed.nonce_seal):
            for i in range(len(secret) - RUN + 1):
                while (found := clean.find(secret[i : i + RUN])) >= 0:
                    clean[found : found + RUN] = bytes(RUN)
