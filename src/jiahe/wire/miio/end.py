"""What both ends of a conversation have. Owns the two queues out of a session and their bounds; knows no method."""

from __future__ import annotations

from jiahe.wire.miio import packet
from jiahe.wire.talk import Entropy, Event, Identity, Ignored

_WAITING_DATAGRAMS = 256
_WAITING_EVENTS = 512
"""Of what the other side can cause unasked, so much waits for an owner who does not come; then it is dropped."""

_LAST_ID = 2**31 - 1


class End:
    """The keys, the device id, and what waits to be sent and told."""

    def __init__(self, identity: Identity, entropy: Entropy) -> None:
        token = identity.secrets.get("token", b"")
        self.identity = identity
        self.keys = packet.keys_of(bytes(token)) if token else None
        self.device = packet.device_number(identity.hardware_id)
        self.out: list[bytes] = []
        self.said: list[Event] = []
        self._number = int.from_bytes(entropy(4), "big") & _LAST_ID

    def number(self) -> int:
        """The next id of a call: from a random start, so that a restarted hub is not taken for its own echo."""
        self._number = self._number + 1 if self._number < _LAST_ID else 1
        return self._number

    def send(self, data: bytes) -> None:
        """Puts a datagram behind the others."""
        if len(self.out) < _WAITING_DATAGRAMS:
            self.out.append(data)

    def note(self, event: Event) -> None:
        """Tells what nobody asked for; dropped where hundreds wait already."""
        if len(self.said) < _WAITING_EVENTS:
            self.said.append(event)

    def ignore(self, why: str, data: bytes) -> None:
        """Tells of bytes that were not believed; what may be a token in them is blanked."""
        self.note(Ignored(why, packet.redact(data, self.keys)))
