"""The stream of records to every phone that looks.

Owns the way from a cursor to live, without a gap and without a double.

A record is written as JSON once for all who see the same (`sight.py` says what), and only after it is on disk. What
somebody may do is asked again twice a second and whenever it changed: whose key ended is let go, and who sees more or
less than before begins anew with a snapshot. A client that reads too slowly
is let go with code 4008 and comes back by its cursor: nobody's slowness is anybody else's, and memory stays
bounded.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from aiohttp import WSMsgType, web

from jiahe.home.credentials import Signed
from jiahe.home.permission import moment
from jiahe.home.resource import Resources
from jiahe.model.happening import PropertyRef, Record, RecordKind
from jiahe.web.answer import Refused, dumps, empty_answer
from jiahe.web.auth import check_origin
from jiahe.web.diary import record_body
from jiahe.web.doors import Doors
from jiahe.web.sight import Sight
from jiahe.web.view import View

CLIENT_LIMIT = 500
"""Streams at once: a home's phones and screens many times over."""
OF_ONE = 200
"""Of these, streams of one person or token: nobody alone keeps the others out."""
QUEUE_MESSAGES, QUEUE_BYTES = 1_000, 4 * 1024 * 1024
"""What one client may be behind: minutes of a busy home."""
RESUME_LIMIT = 10_000
"""Records; for a client that missed more, a snapshot is smaller."""
PAGE = 500
"""Records read from the journal, or sent in one message, at a time."""
MESSAGE_BYTES = 256 * 1024
"""After which a message is full, whatever the number of its records."""
CHATTER_LIMIT = 1_000
"""Messages that a client may send although nobody listens to them."""
HEARTBEAT = 30.0
TICK = 0.5
"""Seconds between looks at who may still listen; every second look sends what was seen again."""
QUIET = 5.0
"""Seconds without a word after which an empty `seen` is sent: a page cannot hear the pings under a
WebSocket.
"""
CLOSE_SECONDS = 10.0
"""For a polite end; then the connection is cut."""

TOO_SLOW, SIGNED_OUT, GOING_AWAY, CHATTER, FAILED = 4008, 4001, 1001, 1008, 1011


log = logging.getLogger(__name__)


class Client:
    """One open stream. `cursor` is the last record that was sent or put in line."""

    def __init__(
        self,
        signed: Signed,
        sight: Sight,
        socket: web.WebSocketResponse,
        transport: asyncio.WriteTransport | None,
    ) -> None:
        self.signed, self.sight, self.socket, self.transport = signed, sight, socket, transport
        self.anew = False  # what it sees is other than what it was told: it begins anew
        self.spoke_at = 0.0
        self.sender: asyncio.Task[None] | None = None
        self.closing: asyncio.Task[None] | None = None
        self.cursor = 0
        self.live = False
        self.line: deque[bytes] = deque()
        self.size = 0
        self.filled = asyncio.Event()
        self.over = False

    def offer(self, message: bytes) -> bool:
        """Puts a message in line; False if the client is too far behind for it."""
        if len(self.line) >= QUEUE_MESSAGES or self.size + len(message) > QUEUE_BYTES:
            return False
        self.line.append(message)
        self.size += len(message)
        self.filled.set()
        return True

    def begin_anew(self) -> None:
        """Nothing more of what it saw goes out; the sender begins with a snapshot."""
        self.anew, self.live = True, False
        self.line.clear()
        self.size = 0
        self.filled.set()

    def changed(self) -> bool:
        """Whether it must begin anew: asked again after every `await`."""
        return self.anew

    def take(self) -> bytes:
        """The next message in line."""
        message = self.line.popleft()
        self.size -= len(message)
        return message


class Streams:
    """All open streams of one app."""

    def __init__(self, doors: Doors, view: View, resources: Resources, tick: float = TICK) -> None:
        self._doors, self._view, self._resources, self._tick = doors, view, resources, tick
        self._sights: dict[object, Sight] = {}  # one for all who see the same, as of the last look
        self._look = asyncio.Event()  # what people may do changed: look now
        self._clients: set[Client] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last = 0  # the last record that `_committed` was told of
        self._seen_until = 0.0
        self._watch: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._stopping = False

    @property
    def count(self) -> int:
        """Open streams."""
        return len(self._clients)

    def start(self) -> None:
        """Listen to the journal from now on."""
        self._last = self._doors.journal.committed_seq
        self._unsubscribe = self._doors.journal.on_commit(self._committed)
        self._doors.people.changed.append(self._look.set)

    async def stop(self) -> None:
        """Tell everybody that the hub goes away."""
        self._stopping = True
        self._unsubscribe()
        self._doors.people.changed.remove(self._look.set)
        for client in tuple(self._clients):
            self._end(client, GOING_AWAY, "the hub stops")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        for task in (*self._tasks, *([self._watch] if self._watch else [])):
            task.cancel()

    async def serve(
        self, request: web.Request, signed: Signed, sight: Sight, after: int | None
    ) -> web.StreamResponse:
        """One client from its handshake to its end."""
        check_origin(request)
        if self._stopping or len(self._clients) >= CLIENT_LIMIT:
            words = f"There are {CLIENT_LIMIT} streams open already."
            raise Refused(503, "too_many_streams", words, bound=CLIENT_LIMIT)
        if sum(one.signed.principal.id == signed.principal.id for one in self._clients) >= OF_ONE:
            words = f"You have {OF_ONE} streams open already."
            raise Refused(429, "too_many_streams", words, bound=OF_ONE)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, compress=False, max_msg_size=4096)
        if not socket.can_prepare(request):
            raise Refused(426, "websocket", "This address speaks WebSocket only.")
        if not self._clients:
            self._sights.clear()  # of a moment that nobody looked after
        client = Client(signed, self._sights.setdefault(sight.key, sight), socket, request.transport)
        self._clients.add(client)  # before the handshake waits, so that the limit holds
        try:
            try:
                await socket.prepare(request)
            except ConnectionError:  # it left during the handshake: a phone's screen went dark
                return empty_answer()
            if self._watch is None or self._watch.done():
                self._watch = asyncio.create_task(self._watching())
            client.sender = asyncio.create_task(self._send(client, after))
            with self._doors.journal.watch():
                await self._listen(client)
        finally:
            client.over = True
            self._clients.discard(client)
            if client.sender is not None:
                client.sender.cancel()
            if client.closing is not None:  # returning before the close frame is out would send another one
                await client.closing
        return socket

    async def _listen(self, client: Client) -> None:
        """Until the client leaves. It has nothing to say; a little is forgiven."""
        chatter = 0
        async for _ in client.socket:
            chatter += 1
            if chatter >= CHATTER_LIMIT:
                self._end(client, CHATTER, "this stream only speaks")

    # ---- to one client -------------------------------------------------------------------------------------

    async def _send(self, client: Client, after: int | None) -> None:
        try:
            await self._catch_up(client, after)
            while not client.over:
                await client.filled.wait()
                client.filled.clear()
                if client.anew:
                    await self._catch_up(client, None)
                while client.line and not client.over:
                    await client.socket.send_frame(client.take(), WSMsgType.TEXT)
        except ConnectionError:  # it left; the receiving side sees it too
            return
        except (
            Exception
        ):  # a disk that cannot be read now: the client comes back by its cursor and tries again
            log.exception("a stream ended by a failure of the hub")
            self._end(client, FAILED, "the hub failed; come back by the cursor")

    async def _catch_up(self, client: Client, after: int | None) -> None:
        """From a cursor (or from nothing) to live.

        The journal is read until the cursor has reached `_last`, the last record that went to the live
        clients; in that moment, with no `await` in between, the client becomes live. Where the journal (or a
        snapshot) was ahead of `_last`, `_committed` leaves out what the client has. Where its rights changed meanwhile,
        all of it begins again.
        """
        while not client.over:
            client.anew = False
            if await self._up_to_now(client, after):
                return
            after = None

    async def _up_to_now(self, client: Client, after: int | None) -> bool:
        """Whether the client is live; False where it must begin anew."""
        journal = self._doors.journal
        resumes = after is not None and after <= journal.last_seq and self._last - after <= RESUME_LIMIT
        if after is None or not resumes:
            await self._snapshot(client)
        else:
            client.cursor = after
        while client.cursor < self._last and not client.changed():
            records = await journal.records(client.cursor, PAGE)
            if not records:  # the journal has not got what it told of: only the present can be told
                await self._snapshot(client)
                continue
            for message, last in _messages(records, client.sight):
                if client.changed():
                    break
                await client.socket.send_frame(message, WSMsgType.TEXT)
                client.cursor = last
            client.cursor = records[-1].seq
        if client.changed():
            return False
        client.live, client.spoke_at = True, self._doors.clock.monotonic()
        if resumes:  # ages that grew while it was away, of values that did not change
            self._offer_seen(client, self._doors.store.seen_since(0.0))
        return True

    async def _snapshot(self, client: Client) -> None:
        home = await self._view.home(client.sight)
        if client.changed():
            return
        message = dumps({"type": "snapshot", "home": home, "cursor": home["cursor"]})
        await client.socket.send_frame(message, WSMsgType.TEXT)
        client.cursor = home["cursor"]

    def _end(self, client: Client, code: int, reason: str) -> None:
        """Let a client go, now, and without waiting for it."""
        if client.over:
            return
        client.over = True
        client.line.clear()
        # the sender ends by itself: cancelled while it waits for the socket it would take the close frame
        # with it
        client.filled.set()
        client.closing = asyncio.create_task(_close(client, code, reason))
        self._tasks.add(client.closing)
        client.closing.add_done_callback(self._tasks.discard)

    # ---- to all clients ------------------------------------------------------------------------------------

    def _committed(self, records: Sequence[Record]) -> None:
        """The journal's call after each commit."""
        if not records:
            return
        first, self._last = records[0].seq, records[-1].seq
        live = [client for client in self._clients if client.live and not client.over]
        if not live:
            return
        now, moved = self._doors.clock.monotonic(), any(_moves(record) for record in records)
        shared: dict[Sight, list[tuple[bytes, int]]] = {}
        for client in live:
            if client.cursor >= self._last:
                continue
            sight = client.sight
            if (
                client.cursor >= first
            ):  # a snapshot can be ahead of this call: then it has a part of these already
                mine = _messages([record for record in records if record.seq > client.cursor], sight)
            elif (mine := shared.get(sight, _NOT_YET)) is _NOT_YET:
                mine = shared[sight] = _messages(records, sight)
            client.cursor = self._last
            if mine:
                client.spoke_at = now
            if not all(client.offer(message) for message, _ in mine):
                self._end(client, TOO_SLOW, "reads too slowly; come back by the cursor")
            elif moved and not sight.trusted:  # a device may have come into what it sees, or left it
                client.begin_anew()

    async def _watching(self) -> None:
        """While anybody listens: who may no longer, and what was seen again."""
        self._seen_until = self._doors.clock.now()
        turn = 0
        while self._clients:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._tick)
            self._look.clear()
            turn += 1
            try:
                await self._ask_again()
                if turn % 2 == 0:
                    self._tell_seen()
            except Exception:  # a disk that hiccups once must not leave the streams unwatched for ever
                log.exception("the watch over the streams failed; it goes on")

    async def _ask_again(self) -> None:
        """Who may no longer listen, and who sees other things than before."""
        doors = self._doors
        at = moment(doors.clock.now(), doors.zone())
        sights: dict[object, Sight] = {}
        self._sights = sights
        for client in tuple(self._clients):
            signed = await doors.people.renewed(client.signed)
            if signed is None:
                self._end(client, SIGNED_OUT, "signed out")
                continue
            now = Sight(signed.principal, at, self._resources, doors.home, doors.touches)
            sight = sights.setdefault(now.key, now)
            other = client.sight.key != sight.key
            client.signed, client.sight = signed, sight
            if other:
                client.begin_anew()

    def _tell_seen(self) -> None:
        now, ticks = self._doors.clock.now(), self._doors.clock.monotonic()
        after = min(self._seen_until, now)  # a clock that was set back must not silence this
        seen = self._doors.store.seen_since(after)
        self._seen_until = max([after, *seen.values()])
        shared: dict[Sight, tuple[bool, bytes]] = {}
        for client in tuple(self._clients):
            if not client.live or client.over or client.line:  # who is behind has better things to read
                continue
            if client.sight not in shared:
                mine = _seen_by(client.sight, seen)
                shared[client.sight] = (bool(mine), _seen_message(now, mine))
            something, message = shared[client.sight]
            if something or ticks - client.spoke_at >= QUIET:
                client.spoke_at = ticks
                client.offer(message)

    def _offer_seen(self, client: Client, seen: Mapping[PropertyRef, float]) -> None:
        mine = _seen_by(client.sight, seen)
        if mine and not client.over:
            client.offer(_seen_message(self._doors.clock.now(), mine))


_NOT_YET: list[tuple[bytes, int]] = []


def _moves(record: Record) -> bool:
    """Whether what is where may be otherwise after this."""
    return record.kind is RecordKind.HOME and str(record.body.get("what")).startswith(
        ("device_", "room_", "product_")
    )


def _seen_by(sight: Sight, seen: Mapping[PropertyRef, float]) -> Mapping[PropertyRef, float]:
    return seen if sight.trusted else {ref: at for ref, at in seen.items() if sight.sees(*ref)}


def _seen_message(now: float, seen: Mapping[PropertyRef, float]) -> bytes:
    return dumps({"type": "seen", "now": now, "observed": {str(ref): at for ref, at in seen.items()}})


def _messages(records: Sequence[Record], sight: Sight) -> list[tuple[bytes, int]]:
    """What this viewer sees of these records as messages of bounded size, each with the cursor after it."""
    shown = [record_body(record, body) for record in records if (body := sight.record(record)) is not None]
    messages: list[tuple[bytes, int]] = []
    pieces: list[bytes] = []
    size = 0
    for number, record in enumerate(shown, 1):
        piece = dumps(record)
        pieces.append(piece)
        size += len(piece)
        if number == len(shown) or len(pieces) >= PAGE or size >= MESSAGE_BYTES:
            head = b'{"type":"records","cursor":%d,"records":[' % record["seq"]
            messages.append((head + b",".join(pieces) + b"]}", record["seq"]))
            pieces, size = [], 0
    return messages


async def _close(client: Client, code: int, reason: str) -> None:
    """A polite end; the connection of a client that does not even read that is cut."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.socket.close(code=code, message=reason.encode(), drain=False)
    except (ConnectionError, TimeoutError, RuntimeError):
        if client.transport is not None:
            client.transport.abort()
