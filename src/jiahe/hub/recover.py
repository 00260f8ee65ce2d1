"""After a start: commands that the last run never ended get their end. Owns that one promise; nothing else."""

from __future__ import annotations

from jiahe.model.clock import Clock
from jiahe.model.happening import RecordKind, Status
from jiahe.state.journal import Journal

LOOKED_AT = 5_000
"""Records looked back at: a command lives two minutes at most, and no home writes more than this in that time but by
a script gone wild."""
STOPPED = "the hub stopped before the device answered"


async def close_open_commands(journal: Journal, clock: Clock) -> int:
    """Ends every command of the journal's tail that has no outcome; how many there were."""
    records = await journal.records(
        max(0, journal.committed_seq - LOOKED_AT), LOOKED_AT, kinds=(RecordKind.COMMAND, RecordKind.OUTCOME)
    )
    ended = {record.body["command"] for record in records if record.kind is RecordKind.OUTCOME}
    open_commands = [
        record.body
        for record in records
        if record.kind is RecordKind.COMMAND and record.body["id"] not in ended
    ]
    for body in open_commands:
        target = {key: body[key] for key in ("device", "property", "action", "cause") if key in body}
        outcome = {"command": body["id"], **target, "status": Status.FAILED.value, "reason": STOPPED}
        journal.append(clock.now(), RecordKind.OUTCOME, outcome)
    return len(open_commands)
