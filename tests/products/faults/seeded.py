"""Ways in which a device can be wrong, each by its name, behind the asks; `seeded_frames.py` has those of its wire. Owns
the faults; the examiner must not know them.

`by` names the checks of which at least one must fail: a fault that is seen by accident elsewhere only is not caught.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from tests.products.faults.fault import (
    changed_write,
    moment_now,
    reporting,
    value_fault,
)
from tests.products.faults.hooked import Hooked, saying

from jiahe.wire.talk import Act, Answer, Ask, Describe, Point, Raw, Read, Refusal, Write

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
        device.memory["old"], device.memory["until"] = device.raw("volume_level"), moment_now() + 5
    late = device.memory.get("until", 0) > moment_now()
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
    return changed_write(device, ask, lambda p, raw: int(raw) // 10 * 11 if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def refuses_its_highest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    if isinstance(ask, Write) and ask.values.get(point) == 8:
        return Answer(device.reported(), {point: Refusal.BAD_VALUE})
    return device.honest(ask)


@value_fault("write-bounds")
def stops_one_short_of_its_highest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    return changed_write(device, ask, lambda p, raw: 7 if p == point and raw == 8 else raw)


@value_fault("write-bounds")
def begins_one_above_its_lowest_value(device: Hooked, ask: Ask) -> Answer:
    point = device.point("brightness")
    return changed_write(device, ask, lambda p, raw: 1 if p == point and raw == 0 else raw)


@value_fault("write-bounds")
def lacks_one_choice(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    if isinstance(ask, Write) and ask.values.get(point) == 5:
        return Answer(device.reported(), {point: Refusal.BAD_VALUE})
    return device.honest(ask)


@value_fault("write-bounds")
def takes_one_choice_for_another(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    return changed_write(device, ask, lambda p, raw: 2 if p == point and raw == 5 else raw)


@value_fault("write-bounds")
def wraps_a_byte(device: Hooked, ask: Ask) -> Answer:
    point = device.point("volume_level")
    return changed_write(device, ask, lambda p, raw: int(raw) & 0x7F if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def drops_the_half_steps(device: Hooked, ask: Ask) -> Answer:
    point = device.point("drift")
    return changed_write(device, ask, lambda p, raw: float(int(raw)) if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def forgets_the_sign(device: Hooked, ask: Ask) -> Answer:
    point = device.point("drift")
    return changed_write(device, ask, lambda p, raw: abs(raw) if p == point else raw)  # type: ignore[arg-type]


@value_fault("write-bounds")
def loses_what_is_not_ascii(device: Hooked, ask: Ask) -> Answer:
    def ascii_only(point: Point, raw: Raw) -> Raw:
        return raw.encode("ascii", "ignore").decode() if isinstance(raw, str) else raw

    return changed_write(device, ask, ascii_only)


@value_fault("write-bounds")
def one_setting_resets_another(device: Hooked, ask: Ask) -> Answer:
    answer = device.honest(ask)
    if isinstance(ask, Write) and device.point("buzzer") in ask.values:
        device.set({"brightness": 0})
    return answer


@value_fault("write-bounds")
def cannot_be_switched_off(device: Hooked, ask: Ask) -> Answer:
    point = device.point("power")
    return changed_write(device, ask, lambda p, raw: True if p == point else raw)


@value_fault("write-kept")
def falls_back_after_two_seconds(device: Hooked, ask: Ask) -> Answer:
    if isinstance(ask, Write) and device.point("child_lock") in ask.values:
        device.memory["until"] = moment_now() + 2
    if 0 < device.memory.get("until", 0) <= moment_now():
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
    return changed_write(
        device, ask, lambda p, raw: 160 if p == point and isinstance(raw, int) and raw < 160 else raw
    )


@value_fault("refuse-outside")
def takes_a_code_that_no_choice_has(device: Hooked, ask: Ask) -> Answer:
    point = device.point("mode")
    return changed_write(device, ask, lambda p, raw: 0 if p == point and raw not in (0, 1, 2, 5) else raw)


@value_fault("refuse-outside")
def takes_a_text_for_true(device: Hooked, ask: Ask) -> Answer:
    return changed_write(device, ask, lambda p, raw: True if raw == "maybe" else raw)


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
    return reporting("filter_life", lambda raw: None)(device, ask)


@value_fault("read-each")
def tells_a_value_beyond_its_bounds(device: Hooked, ask: Ask) -> Answer:
    return reporting("pm2_5", lambda raw: 9999)(device, ask)


@value_fault("read-each")
def tells_a_float_for_a_whole_number(device: Hooked, ask: Ask) -> Answer:
    return reporting("pm2_5", lambda raw: float(raw) + 0.0)(device, ask)


@value_fault("read-each")
def tells_a_number_as_text(device: Hooked, ask: Ask) -> Answer:
    return reporting("temperature", str)(device, ask)


@value_fault("read-each")
def tells_one_for_true(device: Hooked, ask: Ask) -> Answer:
    return reporting("child_lock", int)(device, ask)


@value_fault("read-each")
def tells_a_code_that_no_choice_has(device: Hooked, ask: Ask) -> Answer:
    return reporting("mode", lambda raw: 7)(device, ask)


@value_fault("read-each", "write-bounds")
def tells_with_the_wrong_scale(device: Hooked, ask: Ask) -> Answer:
    return reporting("target_temperature", lambda raw: raw / 10)(device, ask)


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
