"""Faults that somebody else thought of than the writer of the conformance run: it finds them all the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.faults.fault import KEYS
from tests.products.faults.hooked import Hook, Hooked, Way, between, played

from jiahe.catalog.product_file import read_product
from jiahe.kit.conformance import examine_twin
from jiahe.wire.miio import packet
from jiahe.wire.talk import Act, Answer, Ask, Raw, Read, Refusal, Write

FILE = Path(__file__).parent / "faults" / "purifier.toml"
BEHIND: list[Hook] = []
ON_THE_WAY: list[Callable[[], Way]] = []
BLIND: list[Hook] = []
"""What an action moves may be what it is for, and many devices do switch on when something is set: the run lets both be."""


def behind(hook: Hook) -> Hook:
    BEHIND.append(hook)
    return hook


def blind(hook: Hook) -> Hook:
    BLIND.append(hook)
    return hook


def on_the_way(make: Callable[[], Way]) -> Callable[[], Way]:
    ON_THE_WAY.append(make)
    return make


@behind
def cuts_a_text_at_eight_bytes(device: Hooked, ask: Ask) -> Answer:
    def cut(raw: Raw) -> Raw:
        return raw.encode()[:8].decode("utf-8", "ignore") if isinstance(raw, str) else raw

    if isinstance(ask, Write):
        ask = Write({point: cut(raw) for point, raw in ask.values.items()})
    return device.honest(ask)


@behind
def a_setting_is_gone_once_it_was_read(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Read) and device.point("volume_level") in ask.points:
        device.set({"volume_level": 0})
    return answer


@behind
def does_it_and_says_that_it_did_not(device: Hooked, ask: Ask) -> Answer:
    answer, point = device.honest(ask), device.point("brightness")
    if isinstance(ask, Write) and point in ask.values:
        return replace(answer, faults={point: Refusal.INTERNAL})
    return answer


@behind
def sulks_after_a_value_out_of_bounds(device: Hooked, ask: Ask) -> Answer:
    """Takes no setting any more, says yes to all of them."""
    if isinstance(ask, Write) and device.memory.get("sulks"):
        return Answer(device.reported())
    answer = device.honest(ask)
    if isinstance(ask, Write) and (answer.faults or answer.refusal):
        device.memory["sulks"] = True
    return answer


@behind
def takes_only_even_numbers(device: Hooked, ask: Ask) -> Answer:
    point = device.point("volume_level")
    if isinstance(ask, Write) and isinstance(raw := ask.values.get(point), int):
        ask = Write({**ask.values, point: raw // 2 * 2})
    return device.honest(ask)


@behind
def tells_not_a_number(device: Hooked, ask: Ask) -> Answer:
    answer, point = device.honest(ask), device.point("temperature")
    values = {p: float("nan") if p == point else raw for p, raw in answer.values.items()}
    return replace(answer, values=values)


@behind
def tells_a_text_of_ten_thousand_letters(device: Hooked, ask: Ask) -> Answer:
    answer, point = device.honest(ask), device.point("greeting")
    values = {p: "x" * 10_000 if p == point else raw for p, raw in answer.values.items()}
    return replace(answer, values=values)


@on_the_way
def falls_silent_after_its_hundredth_request() -> Way:
    count = itertools.count()
    return Way(incoming=lambda data: [data] if next(count) < 100 else [])


@on_the_way
def answers_in_the_clear() -> Way:
    def outgoing(data: bytes) -> list[bytes]:
        body = KEYS.unseal(data) if len(data) > packet.HEADER_SIZE else None
        return [data] if body is None else [data[:32] + body]

    return Way(outgoing=outgoing)


@on_the_way
def its_stamp_jumps_back() -> Way:
    count = itertools.count()

    def outgoing(data: bytes) -> list[bytes]:
        number, at = packet.device_and_stamp(data)
        back = max(0, at - 5_000 * (next(count) % 2))
        if len(data) == packet.HEADER_SIZE:
            return [packet.hello_reply(number, back, data[16:32])]
        return [KEYS.seal(number, back, KEYS.unseal(data) or b"{}")]

    return Way(outgoing=outgoing)


@on_the_way
def cuts_the_last_block_of_long_answers() -> Way:
    return Way(outgoing=lambda data: [data[:-16] if len(data) > 400 else data])


# ---- what no product file can tell from a purpose --------------------------------------------------------------


@blind
def any_setting_switches_it_on(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Write) and device.point("power") not in ask.values:
        device.set({"power": True})
    return answer


@blind
def an_action_resets_a_setting(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Act) and ask.action == "2.1":
        device.set({"brightness": 0, "volume_level": 1})
    return answer


def failed(**how: object) -> tuple[str, ...]:
    product = read_product(FILE.read_text("utf-8"), FILE.name)
    return tuple(examine_twin(product, **how).failed())  # type: ignore[arg-type]


@pytest.mark.parametrize("hook", BEHIND, ids=lambda hook: hook.__name__)
def test_what_the_device_does_is_found(hook: Hook) -> None:
    assert failed(played=played(hook))


@pytest.mark.parametrize("make", ON_THE_WAY, ids=lambda make: make.__name__)
def test_what_its_frames_are_is_found(make: Callable[[], Way]) -> None:
    shared = make()
    assert failed(between=between(lambda _: shared))


@pytest.mark.parametrize("hook", BLIND, ids=lambda hook: hook.__name__)
def test_what_may_be_meant_is_no_fault(hook: Hook) -> None:
    assert failed(played=played(hook)) == ()
