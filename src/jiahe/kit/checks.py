"""The list of checks that a product goes through, in order, and the run over them. Owns the order and the bounds of a
run; what each check does is in `check_values.py`, `check_life.py` and `check_attack.py`.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jiahe.kit import check_attack, check_life, check_values
from jiahe.kit.examiner import Examiner
from jiahe.kit.finding import CheckResult, Examination
from jiahe.kit.line import Line, Subject
from jiahe.model.errors import AuthError, JiaheError

CHECK_WITHIN = 900.0
"""Seconds for one check: sixty properties with six values each, at the slowest pace that passes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the list. `writes` and `acts`: whether it changes anything at the device."""

    id: str
    group: str
    title: str
    run: Callable[[Examiner], Awaitable[None]]
    writes: bool = False
    acts: bool = False


CHECKS: tuple[Check, ...] = (
    Check("found", "meeting", "Answers discovery as who it is, without showing a key", check_life.found),
    Check("card", "meeting", "Says what it is, as its product file has it", check_life.card),
    Check("read-each", "values", "Every property reads by itself, of its type, within its bounds", check_values.read_each),
    Check("read-all", "values", "All properties read together, the same as one by one", check_values.read_all),
    Check("read-unknown", "values", "A property that is not there spoils no other", check_values.read_unknown),
    Check("write-bounds", "values", "Every setting goes there and back at its bounds, and moves no other",
          check_values.write_bounds, writes=True),
    Check("write-kept", "values", "What was set stays set", check_values.write_kept, writes=True),
    Check("write-together", "values", "Several settings in one request all take", check_values.write_together, writes=True),
    Check("refuse-outside", "values", "Values beyond the bounds change nothing", check_values.refuse_outside, writes=True),
    Check("refuse-read-only", "values", "What can only be read cannot be written", check_values.refuse_read_only, writes=True),
    Check("act", "actions", "Every action is taken, with its arguments at their bounds", check_values.act, acts=True),
    Check("act-once", "actions", "An action is done once", check_values.toggle_once, acts=True),
    Check("reconnect", "staying", "Met again it is the same and holds the same", check_life.reconnect),
    Check("two-at-once", "staying", "Two peers are served", check_life.two_at_once),
    Check("idle", "staying", "Answers at once after a quiet time", check_life.idle),
    Check("pace", "staying", "Answers question after question, the first time and promptly", check_life.pace),
    Check("stamps", "staying", "Its clock goes on", check_life.stamps),
    Check("noise", "attack", "Noise neither silences nor changes it", check_attack.noise),
    Check("damaged", "attack", "Damaged frames are not obeyed", check_attack.damaged, writes=True),
    Check("wrong-key", "attack", "Nobody without its key is obeyed", check_attack.wrong_key, writes=True),
    Check("repeated", "attack", "A request delivered twice is done once", check_attack.repeated, acts=True),
    Check("honest", "staying", "Every frame that it sent could be believed", check_life.honest),
)  # fmt: skip


async def examine(
    subject: Subject,
    *,
    writes: bool = True,
    acts: bool = True,
    told: Callable[[CheckResult], None] = lambda result: None,
) -> Examination:
    """Goes through the list; `told` hears each result as it is there. What was set is put back at the end.

    AuthError or LinkError where the device cannot be met at all; whatever it does later is a finding.
    """
    by = Examiner(subject, may_write=writes)
    results: list[CheckResult] = []
    try:
        await by.line.open()
        for check in CHECKS:
            by.result = CheckResult(check.id, check.group, check.title)
            if (check.writes and not writes) or (check.acts and not acts):
                by.skip("left out: this examination was told to change nothing of the kind")
            else:
                await _made(by, check)
            results.append(by.result)
            told(by.result)
        await by.restore()
    finally:
        by.close()
    return Examination(tuple(results), _measured(by))


async def _made(by: Examiner, check: Check) -> None:
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            await check.run(by)
    except TimeoutError:
        by.fail(f"the check was given up after {CHECK_WITHIN:g} s")
    except AuthError as error:
        by.fail(f"does not take its own key any more: {error}")
    except JiaheError as error:
        by.fail(f"the conversation ended: {error}")


def _own(by: Examiner) -> list[Line]:
    """The lines on which nothing was disturbed and the right key was used."""
    return [line for line in by.lines if line.subject is by.subject and not line.disturbed]


def _measured(by: Examiner) -> dict[str, float | int]:
    waits = sorted(wait for line in _own(by) for wait in line.waits)
    if not waits:
        return {"asks": 0}
    return {
        "asks": len(waits),
        "answer_median_s": round(statistics.median(waits), 4),
        "answer_p95_s": round(waits[int(0.95 * (len(waits) - 1))], 4),
        "answer_slowest_s": round(waits[-1], 4),
    }
