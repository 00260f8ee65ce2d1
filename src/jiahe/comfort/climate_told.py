"""That what is said fits what is ordered: where a sentence names another temperature than the unit is set to, a second one says
why. Pure.

Owns that one sentence, and by what an empty home is known to be empty; never decides a setting. A plan tells the unit where it wants the room half an hour from now (`climate_plan`),
so its set point is seldom the temperature that is wanted now.
"""

from __future__ import annotations

from dataclasses import dataclass

from jiahe.comfort.climate_plan import SOON
from jiahe.comfort.climate_seen import Decision
from jiahe.comfort.reason import Reason, reason

STILL = frozenset({"steady", "stays_on"})
"""Codes of a unit that is left as it is."""
SAYS_SO = frozenset({"unsafe"})
"""Codes that name the setting themselves and tell why it is another."""


EMPTY = frozenset({"empty", "empty_long"})


@dataclass(frozen=True, slots=True)
class Gone:
    """By what nobody is home: no band in reach `since` (epoch seconds), or nobody seen by any room since then."""

    bands: bool
    since: float


def emptied(at: float, reasons: tuple[Reason, ...], gone: Gone | None) -> tuple[Reason, ...]:
    """These reasons, with what is known in place of "nobody is home": a person who is there sees at once what is wrong."""
    if gone is None:
        return reasons
    known = {"since": gone.since} if gone.bands else {"hours": int((at - gone.since) // 3600)}
    by = "_bands" if gone.bands else "_unseen"
    return tuple(
        Reason(one.code + by, {**one.figures, **known}) if one.code in EMPTY else one for one in reasons
    )


def told(decision: Decision, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """These reasons of a running unit, and why it is set to another temperature than the first that they name.

    Nothing is added to a hand, to a unit that is off, or where no temperature is named.
    """
    setting = decision.setting
    if not setting.on or decision.by not in ("plan", "thermostat"):
        return reasons
    named = next((one.figures["target"] for one in reasons if "target" in one.figures), None)
    if named is None or named == setting.set_point or any(one.code in SAYS_SO for one in reasons):
        return reasons
    if any(one.code in STILL for one in reasons):
        return (*reasons, reason("set_still", setting=setting.set_point))
    end = decision.again + (SOON - 0.25) * 3600
    soon = next((one for one in decision.planned if one[0] >= end - 1), None)
    if soon is None:
        return (*reasons, reason("set_near", setting=setting.set_point))
    return (*reasons, reason("set_for", setting=setting.set_point, value=round(soon[1], 1), at=soon[0]))
