"""One miIO conversation, either end. Owns nothing itself: the HUB's end is `hub.py`, the DEVICE's `appliance.py`."""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import packet
from jiahe.wire.miio.appliance import Appliance
from jiahe.wire.miio.hub import Hub
from jiahe.wire.talk import Answer, Ask, Entropy, Event, Identity, Point, Raw, Role


class Session:
    """`wire.talk.Session` for miIO and MIoT.

    `identity.secrets["token"]` is the 16-byte token; without it the hello works and every ask ends locked out.
    `identity.facts`, all optional: `chunk` (int, properties a request; learned, see `chunk`),
    `plain_action_arguments` (bool, bare values in an action's list), `subscribe` (bool, the experimental push of
    newer devices); for the DEVICE also `methods` (names of older methods it has, and pairs YES/NO of them), `unprovisioned` (bool, shows its
    token to a hello), `tells_token` (bool, its miIO.info holds the token, as that of some devices does and as
    python-miio's `info` command wants it; sealed, so to nobody who has it not) and `reply_limit` (bytes of its longest datagram; a longer answer becomes error -9999).
    Raises LocalProtocolError where token or hardware id cannot be ones.
    """

    def __init__(self, role: Role, identity: Identity, entropy: Entropy) -> None:
        self.role = role
        self._end: Hub | Appliance
        self._end = Hub(identity, entropy) if role is Role.HUB else Appliance(identity, entropy)
        self.open = self._end.open
        self.receive = self._end.receive
        self.wake_at = self._end.wake_at
        self.wake = self._end.wake

    def __repr__(self) -> str:
        return f"<miIO session, {self.role.value} of {self._end.device}>"

    @property
    def chunk(self) -> int:
        """HUB: how many properties go into one request, as learned so far; worth keeping per model."""
        return self._end.sizing.chunk if isinstance(self._end, Hub) else 0

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """HUB: queues an ask; LocalProtocolError for what cannot be said and beyond 64 that wait."""
        if not isinstance(self._end, Hub):
            raise LocalProtocolError("a device does not ask")
        return self._end.ask(ask, deadline, now)

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        """DEVICE: answers an Asked within its 60 s; LocalProtocolError for any other ticket."""
        if not isinstance(self._end, Appliance):
            raise LocalProtocolError("a hub does not answer")
        self._end.answer(ticket, answer, now)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """DEVICE: pushes to a subscriber; nothing where there is none."""
        if isinstance(self._end, Appliance):
            self._end.report(values, now)

    def outgoing(self) -> list[bytes]:
        """Takes the datagrams to be sent, in order."""
        taken, self._end.out = self._end.out, []
        return taken

    def events(self) -> list[Event]:
        """Takes what happened since the last call, in order."""
        taken, self._end.said = self._end.said, []
        return taken

    def redact(self, data: bytes) -> bytes:
        """The datagram fit for the tap: the field of a hello reply that may be the token is zeroed."""
        return packet.redact(data, self._end.keys)
