"""What a device's answer to a command means, in a verdict's words. Pure; never asks and never waits."""

from __future__ import annotations

import math
from typing import Any

from jiahe.catalog.mapper import Wild
from jiahe.link.link import Reply
from jiahe.model.definition import Value
from jiahe.model.happening import Status, Verdict
from jiahe.model.reasons import say
from jiahe.wire.talk import Done, Refusal, Refused, Unanswered


def wants_other_arguments(reply: Reply) -> bool:
    """Whether an action was refused for the form of its arguments, as MIoT's code -4006 says."""
    ended = reply.ended
    return isinstance(ended, Refused) and ended.why is Refusal.BAD_VALUE and "code -4006" in ended.text


def unwilling(ended: Done | Refused | Unanswered) -> Verdict:
    """How a command ends that the device did not take."""
    if isinstance(ended, Refused):
        by_us = ended.why is Refusal.NOT_ALLOWED
        return Verdict(Status.REFUSED, ended.text if by_us else say("refused", why=ended.text))
    return Verdict(Status.TIMED_OUT, say("unanswered"))


def same(wished: Value, told: Value) -> bool:
    """Whether the device tells what was wished: to the precision of a 32-bit float, which is what firmware has."""
    if isinstance(wished, float) and isinstance(told, float):
        return math.isclose(wished, told, rel_tol=1e-6, abs_tol=1e-6)
    return wished == told


def otherwise(wished: Value, told: Any) -> str:
    """Why a command failed that the device took; `told` is what it reports, None for nothing."""
    if told is None:
        return say("untold")
    shown = told.raw if isinstance(told, Wild) else told
    return say("otherwise", told=repr(shown), wished=repr(wished))
