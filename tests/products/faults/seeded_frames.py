"""Seeded faults of a device's frames and connections, and an air conditioner of the other family. `seeded.py` has the rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import orjson
from tests.products.faults.fault import (
    CONDITIONER,
    KEYS,
    TOKEN,
    changed_write,
    moment_now,
    value_fault,
    wire_fault,
)
from tests.products.faults.hooked import Hooked, Way

from jiahe.kit.check_attack import other_key
from jiahe.wire.miio import packet
from jiahe.wire.talk import Answer, Ask, Write

# ---- its frames (miIO) ------------------------------------------------------------------------------------------


def _resealed(change: Callable[[dict[str, Any]], None], *, device: int = 0, stamp: int | None = None) -> Callable[[bytes], list[bytes]]:  # fmt: skip
    def outgoing(data: bytes) -> list[bytes]:
        number, at = packet.device_and_stamp(data)
        at = at if stamp is None else stamp
        if len(data) == packet.HEADER_SIZE:
            return [packet.hello_reply(number, at, data[16:32])]
        body = orjson.loads(KEYS.unseal(data) or b"{}")
        change(body)
        return [KEYS.seal(number + device, at, orjson.dumps(body))]

    return outgoing


def _nothing(_: dict[str, Any]) -> None: ...


@wire_fault("honest", "read-each")
def answers_with_the_id_of_another_device() -> Callable[[str], Way]:
    return lambda _: Way(outgoing=_resealed(_nothing, device=1))


@wire_fault("read-each", "honest")
def answers_with_the_wrong_request_id() -> Callable[[str], Way]:
    return lambda _: Way(outgoing=_resealed(lambda body: body.update(id=body["id"] + 1)))


@wire_fault("stamps")
def its_stamp_never_moves() -> Callable[[str], Way]:
    return lambda _: Way(outgoing=_resealed(_nothing, stamp=7))


@wire_fault("pace")
def drops_every_third_datagram() -> Callable[[str], Way]:
    count = itertools.count()
    return lambda _: Way(incoming=lambda data: [] if next(count) % 3 == 2 else [data])


@wire_fault("honest")
def answers_everything_twice() -> Callable[[str], Way]:
    return lambda _: Way(outgoing=lambda data: [data, data])


@wire_fault("honest")
def sometimes_miscounts_its_checksum() -> Callable[[str], Way]:
    count = itertools.count()

    def outgoing(data: bytes) -> list[bytes]:
        wrong = len(data) > 32 and next(count) % 25 == 24
        return [data[:20] + bytes([data[20] ^ 1]) + data[21:]] if wrong else [data]

    return lambda _: Way(outgoing=outgoing)


@wire_fault("pace")
def answers_two_seconds_late() -> Callable[[str], Way]:
    return lambda _: Way(delay=2.0)


@wire_fault("found")
def shows_its_token_to_everybody() -> Callable[[str], Way]:
    return lambda _: Way(
        outgoing=lambda data: [data[:16] + TOKEN] if len(data) == packet.HEADER_SIZE else [data]
    )


@wire_fault("found", "honest")
def is_another_device_to_discovery() -> Callable[[str], Way]:
    peers = itertools.count()

    def way(_: str) -> Way:
        if next(peers) % 2 == 0:
            return Way()
        return Way(outgoing=lambda d: [packet.hello_reply(4711, 1)] if len(d) == packet.HEADER_SIZE else [d])

    return way


@wire_fault("noise")
def noise_silences_it() -> Callable[[str], Way]:
    dead: list[bool] = []

    def incoming(data: bytes) -> list[bytes]:
        if packet.envelope_fault(data):
            dead.append(True)
        return [] if dead else [data]

    return lambda _: Way(incoming=incoming)


@wire_fault("damaged")
def does_not_look_at_checksums() -> Callable[[str], Way]:
    def incoming(data: bytes) -> list[bytes]:
        if len(data) == packet.HEADER_SIZE or packet.envelope_fault(data) or KEYS.unseal(data) is not None:
            return [data]
        import hashlib

        digest = hashlib.md5(data[:16] + TOKEN + data[32:]).digest()
        return [data[:16] + digest + data[32:]]

    return lambda _: Way(incoming=incoming)


@wire_fault("wrong-key")
def obeys_a_wrong_key() -> Callable[[str], Way]:
    strange = packet.keys_of(other_key(TOKEN))

    def way(_: str) -> Way:
        with_strange: list[bool] = []

        def incoming(data: bytes) -> list[bytes]:
            body = (
                strange.unseal(data)
                if len(data) > packet.HEADER_SIZE and not packet.envelope_fault(data)
                else None
            )
            if body is None:
                return [data]
            with_strange.append(True)
            return [KEYS.seal(*packet.device_and_stamp(data), body)]

        def outgoing(data: bytes) -> list[bytes]:
            body = KEYS.unseal(data) if len(data) > packet.HEADER_SIZE else None
            if body is None or not with_strange:
                return [data]
            return [strange.seal(*packet.device_and_stamp(data), body)]

        return Way(incoming, outgoing)

    return way


@wire_fault("repeated")
def does_what_it_is_told_again() -> Callable[[str], Way]:
    """Takes a datagram that came twice for two: it does not remember ids."""

    def way(_: str) -> Way:
        seen: list[bytes] = []

        def incoming(data: bytes) -> list[bytes]:
            if data not in seen or len(data) == packet.HEADER_SIZE:
                seen.append(data)
                return [data]
            body = orjson.loads(KEYS.unseal(data) or b"{}")
            body["id"] += 1_000_000
            return [KEYS.seal(*packet.device_and_stamp(data), orjson.dumps(body))]

        return Way(incoming=incoming)

    return way


@wire_fault("two-at-once")
def a_second_peer_silences_it() -> Callable[[str], Way]:
    last: list[object] = []

    def way(peer: str) -> Way:
        last.append(peer)
        me = peer

        def incoming(data: bytes) -> list[bytes]:
            return [data] if last[0] is me or len(last) < 6 else []

        return Way(incoming=incoming)

    return way


@wire_fault("idle")
def sleeps_after_ten_quiet_seconds() -> Callable[[str], Way]:
    state = {"heard": 0.0, "awake": 0.0}

    def incoming(data: bytes) -> list[bytes]:
        now = moment_now()
        if now - state["heard"] > 10:
            state["awake"] = now + 2
        state["heard"] = now
        return [data] if now >= state["awake"] else []

    return lambda _: Way(incoming=incoming)


@value_fault("reconnect")
def forgets_its_settings_when_it_is_left_alone(device: Hooked, ask: Ask) -> Answer:
    now = moment_now()
    gone = 0.45 < now - device.memory.get("heard", now) < 0.6
    device.memory["heard"] = now
    if gone:
        device.set({"brightness": 0, "volume_level": 0, "drift": 0.0})
    return device.honest(ask)


# ---- an air conditioner of the other family ---------------------------------------------------------------------


@value_fault("write-bounds", product=CONDITIONER)
def conditioner_ignores_its_target(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write):
        ask = Write({p: raw for p, raw in ask.values.items() if p != device.point("target_temperature")})
    return device.honest(ask)


@value_fault("write-bounds", product=CONDITIONER)
def conditioner_takes_heat_for_cool(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    return changed_write(device, ask, lambda p, raw: 2 if p == point and raw == 4 else raw)


@value_fault("write-bounds", product=CONDITIONER)
def conditioner_swaps_its_swings(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write):
        one, two = device.point("swing_vertical"), device.point("swing_horizontal")
        values = {**ask.values}
        values[one], values[two] = ask.values.get(two), ask.values.get(one)
        ask = Write({point: raw for point, raw in values.items() if raw is not None})
    return device.honest(ask)


@wire_fault("pace", product=CONDITIONER)
def conditioner_answers_late() -> Callable[[str], Way]:
    return lambda _: Way(delay=1.3)


@wire_fault("noise", "reconnect", "two-at-once", "wrong-key", "damaged", product=CONDITIONER)
def conditioner_takes_four_connections_in_its_life() -> Callable[[str], Way | None]:
    peers = itertools.count()
    return lambda _: Way() if next(peers) < 7 else None
