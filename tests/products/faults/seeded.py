"""Fifty ways in which a device can be wrong, each by its name. Owns the faults; the examiner must not know them.

`by` names the checks of which at least one must fail: a fault that is seen by accident elsewhere only is not caught.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from tests.products.faults.hooked import Hooked, Way, between, played, saying

from jiahe.kit.check_attack import other_key
from jiahe.kit.fast_time import EPOCH
from jiahe.kit.twin import seeded
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.serve import Serve
from jiahe.wire.miio import packet
from jiahe.wire.talk import Act, Answer, Ask, Describe, Point, Raw, Read, Refusal, Write

PURIFIER, CONDITIONER = "examplia.airpurifier.one", "midea.ac.split"
TOKEN = seeded(1, f"{PURIFIER}/token", 16)
KEYS = packet.keys_of(TOKEN)
assert EPOCH


@dataclass(frozen=True)
class Fault:
    name: str
    by: tuple[str, ...]
    played: Callable[..., VirtualProduct] = VirtualProduct
    between: Callable[[Serve], Serve] = lambda serve: serve
    product: str = PURIFIER


FAULTS: list[Fault] = []


def value_fault(*by: str, product: str = PURIFIER) -> Callable[[Callable[[Hooked, Ask], Answer]], None]:
    """A fault behind the asks; its name is the function's."""

    def keep(hook: Callable[[Hooked, Ask], Answer]) -> None:
        FAULTS.append(Fault(hook.__name__, by, played=played(hook), product=product))

    return keep


def wire_fault(
    *by: str, product: str = PURIFIER
) -> Callable[[Callable[[], Callable[[str], Way | None]]], None]:
    """A fault on the way; the function makes what is asked for each peer's way."""

    def keep(make: Callable[[], Callable[[str], Way | None]]) -> None:
        def fresh(serve: Serve) -> Serve:
            return between(make())(serve)

        FAULTS.append(Fault(make.__name__, by, between=fresh, product=product))

    return keep


def _now() -> float:
    return asyncio.get_running_loop().time()


def _changed_write(device: Hooked, ask: Ask, change: Callable[[Point, Raw], Raw]) -> Answer:
    if isinstance(ask, Write):
        ask = Write({point: change(point, raw) for point, raw in ask.values.items()})
    return device.honest(ask)


def _report(path: str, change: Callable[[Any], Raw]) -> Callable[[Hooked, Ask], Answer]:
    return lambda device, ask: saying(
        device, ask, lambda p, raw: change(raw) if p == device.point(path) else raw
    )


# ---- what it does with a write ----------------------------------------------------------------------------------


@value_fault("write-bounds")
def ignores_a_write(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write) and device.point("buzzer") in ask.values:
        return Answer(device.reported())
    return device.honest(ask)


@value_fault("write-bounds")
def reports_the_old_value_after_a_write(device: Hooked, ask: Ask) -> Answer:
    point, before = device.point("brightness"), device.raw("brightness")
    if isinstance(ask, Write) and point in ask.values:
        device.memory.setdefault("old", before)
    return saying(device, ask, lambda p, raw: device.memory.get("old", raw) if p == point else raw)


@value_fault("write-bounds")
def settles_only_after_five_seconds(device: Hooked, ask: Ask) -> Answer:
    point = device.point("volume_level")
    if isinstance(ask, Write) and point in ask.values:
        device.memory["old"], device.memory["until"] = device.raw("volume_level"), _now() + 5
    late = device.memory.get("until", 0) > _now()
    return saying(device, ask, lambda p, raw: device.memory["old"] if late and p == point else raw)


@value_fault("write-bounds")
def swaps_two_properties_on_writing(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write):
        one, two = device.point("buzzer"), device.point("child_lock")
        ask = Write({{one: two, two: one}.get(point, point): raw for point, raw in ask.values.items()})
    return device.honest(ask)


@value_fault("write-bounds")
def writes_with_the_wrong_scale(device: Hooked, ask: Ask) -> Answer:
    point = device.point("target_temperature")
    return _changed_write(device, ask, lambda p, raw: int(raw) // 10 * 11 if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def refuses_its_highest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    if isinstance(ask, Write) and ask.values.get(point) == 8:
        return Answer(device.reported(), {point: Refusal.BAD_VALUE})
    return device.honest(ask)


@value_fault("write-bounds")
def stops_one_short_of_its_highest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    return _changed_write(device, ask, lambda p, raw: 7 if p == point and raw == 8 else raw)


@value_fault("write-bounds")
def begins_one_above_its_lowest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    return _changed_write(device, ask, lambda p, raw: 1 if p == point and raw == 0 else raw)


@value_fault("write-bounds")
def lacks_one_choice(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    if isinstance(ask, Write) and ask.values.get(point) == 5:
        return Answer(device.reported(), {point: Refusal.BAD_VALUE})
    return device.honest(ask)


@value_fault("write-bounds")
def takes_one_choice_for_another(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    return _changed_write(device, ask, lambda p, raw: 2 if p == point and raw == 5 else raw)


@value_fault("write-bounds")
def wraps_a_byte(device: Hooked, ask: Ask) -> Answer:
    point = device.point("volume_level")
    return _changed_write(device, ask, lambda p, raw: int(raw) & 0x7F if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def drops_the_half_steps(device: Hooked, ask: Ask) -> Answer:
    point = device.point("drift")
    return _changed_write(device, ask, lambda p, raw: float(int(raw)) if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def forgets_the_sign(device: Hooked, ask: Ask) -> Answer:
    point = device.point("drift")
    return _changed_write(device, ask, lambda p, raw: abs(raw) if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def loses_what_is_not_ascii(device: Hooked, ask: Ask) -> Answer:
    def ascii_only(point: Point, raw: Raw) -> Raw:
        return raw.encode("ascii", "ignore").decode() if isinstance(raw, str) else raw

    return _changed_write(device, ask, ascii_only)


@value_fault("write-bounds")
def one_setting_resets_another(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Write) and device.point("buzzer") in ask.values:
        device.set({"brightness": 0})
    return answer


@value_fault("write-bounds")
def cannot_be_switched_off(device: Hooked, ask: Ask) -> Answer:
    point = device.point("power")
    return _changed_write(device, ask, lambda p, raw: True if p == point else raw)


@value_fault("write-kept")
def falls_back_after_two_seconds(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write) and device.point("child_lock") in ask.values:
        device.memory["until"] = _now() + 2
    if 0 < device.memory.get("until", 0) <= _now():
        device.set({"child_lock": not device.values["child_lock"]})
        device.memory["until"] = 0
    return device.honest(ask)


@value_fault("write-together")
def takes_only_the_first_of_several_settings(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write):
        ask = Write(dict(itertools.islice(ask.values.items(), 1)))
    return device.honest(ask)


@value_fault("refuse-outside")
def takes_a_value_above_its_highest(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    if isinstance(ask, Write) and ask.values.get(point) == 9:
        device.memory["wild"] = 9
    elif isinstance(ask, Write) and point in ask.values:
        device.memory.clear()
    return saying(device, ask, lambda p, raw: device.memory.get("wild", raw) if p == point else raw)


@value_fault("refuse-outside")
def clamps_a_value_below_its_lowest(device: Hooked, ask: Ask) -> Answer:
    point = device.point("target_temperature")
    return _changed_write(
        device, ask, lambda p, raw: 160 if p == point and isinstance(raw, int) and raw < 160 else raw
    )


@value_fault("refuse-outside")
def takes_a_code_that_no_choice_has(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    return _changed_write(device, ask, lambda p, raw: 0 if p == point and raw not in (0, 1, 2, 5) else raw)


@value_fault("refuse-outside")
def takes_a_text_for_true(device: Hooked, ask: Ask) -> Answer:
    return _changed_write(device, ask, lambda p, raw: True if raw == "maybe" else raw)


@value_fault("refuse-read-only")
def lets_its_sensor_be_written(device: Hooked, ask: Ask) -> Answer:
    point = device.point("pm2_5")
    if isinstance(ask, Write) and point in ask.values:
        device.set({"pm2_5": ask.values[point]})
        return Answer(device.reported())
    return device.honest(ask)


# ---- what it says -----------------------------------------------------------------------------------------------


@value_fault("read-each")
def never_tells_one_property(device: Hooked, ask: Ask) -> Answer:
    answer, point = device.honest(ask), device.point("filter_life")
    if isinstance(ask, Read) and point in ask.points:
        values = {p: raw for p, raw in answer.values.items() if p != point}
        return Answer(values, {point: Refusal.NOT_READABLE})
    return answer


@value_fault("read-each")
def tells_null(device: Hooked, ask: Ask) -> Answer:
    return _report("filter_life", lambda raw: None)(device, ask)


@value_fault("read-each")
def tells_a_value_beyond_its_bounds(device: Hooked, ask: Ask) -> Answer:
    return _report("pm2_5", lambda raw: 9999)(device, ask)


@value_fault("read-each")
def tells_a_float_for_a_whole_number(device: Hooked, ask: Ask) -> Answer:
    return _report("pm2_5", lambda raw: float(raw) + 0.0)(device, ask)


@value_fault("read-each")
def tells_a_number_as_text(device: Hooked, ask: Ask) -> Answer:
    return _report("temperature", str)(device, ask)


@value_fault("read-each")
def tells_one_for_true(device: Hooked, ask: Ask) -> Answer:
    return _report("child_lock", int)(device, ask)


@value_fault("read-each")
def tells_a_code_that_no_choice_has(device: Hooked, ask: Ask) -> Answer:
    return _report("mode", lambda raw: 7)(device, ask)


@value_fault("read-each", "write-bounds")
def tells_with_the_wrong_scale(device: Hooked, ask: Ask) -> Answer:
    return _report("target_temperature", lambda raw: raw / 10)(device, ask)


@value_fault("read-all")
def answers_a_list_in_the_wrong_order(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Read) and len(ask.points) > 2:
        one, two = device.point("brightness"), device.point("target_temperature")
        if one in answer.values and two in answer.values:
            values = {**answer.values, one: answer.values[two], two: answer.values[one]}
            return replace(answer, values=values)
    return answer


@value_fault("read-all")
def leaves_out_the_end_of_a_long_list(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Read) and len(ask.points) > 6:
        answer = device.honest(Read(ask.points[:6]))
        return replace(answer, faults=dict.fromkeys(ask.points[6:], Refusal.INTERNAL))
    return device.honest(ask)


@value_fault("read-unknown")
def tells_nought_for_a_property_it_has_not(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    unknown = dict.fromkeys(
        (point for point, why in answer.faults.items() if why is Refusal.UNKNOWN_POINT), 0
    )
    return replace(answer, values={**answer.values, **unknown}, faults={}) if unknown else answer


@value_fault("read-unknown")
def one_unknown_property_spoils_the_list(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    unknown = Refusal.UNKNOWN_POINT in answer.faults.values() and isinstance(ask, Read)
    return Answer(refusal=Refusal.UNKNOWN_POINT) if unknown else answer


@value_fault("card")
def says_that_it_is_another_model(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    return (
        replace(answer, facts={**answer.facts, "model": "other.model.v1"})
        if isinstance(ask, Describe)
        else answer
    )


# ---- actions ----------------------------------------------------------------------------------------------------


def _is_toggle(ask: Ask) -> bool:
    return isinstance(ask, Act) and ask.action == "2.1"


@value_fault("act-once")
def acknowledges_an_action_and_does_nothing(device: Hooked, ask: Ask) -> Answer:
    return Answer() if _is_toggle(ask) else device.honest(ask)


@value_fault("act-once")
def does_an_action_twice(device: Hooked, ask: Ask) -> Answer:
    if _is_toggle(ask):
        device.honest(ask)
    return device.honest(ask)


@value_fault("act")
def lacks_an_action(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Act) and ask.action == "5.1":
        return Answer(refusal=Refusal.UNKNOWN_POINT)
    return device.honest(ask)


@value_fault("act")
def takes_any_argument(device: Hooked, ask: Ask) -> Answer:
    return Answer() if isinstance(ask, Act) and ask.action == "5.1" else device.honest(ask)


@value_fault("act")
def says_yes_to_actions_it_has_not(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    return Answer() if isinstance(ask, Act) and answer.refusal is Refusal.UNKNOWN_POINT else answer


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
        now = _now()
        if now - state["heard"] > 10:
            state["awake"] = now + 2
        state["heard"] = now
        return [data] if now >= state["awake"] else []

    return lambda _: Way(incoming=incoming)


@value_fault("reconnect")
def forgets_its_settings_when_it_is_left_alone(device: Hooked, ask: Ask) -> Answer:
    now = _now()
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
    return _changed_write(device, ask, lambda p, raw: 2 if p == point and raw == 4 else raw)


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
