"""Why and why not, as plain data. Owns the keys of a trace entry and the hash that says two traces are the same.

An entry is a JSON object about one rule at one moment:

    at         epoch seconds                       rule       its id
    version    hash of the rule's text
    what       ran        triggered, conditions held, a run began
               not        triggered, and did not run: `why` says so in words, `condition` shows the part that failed
               queued     triggered, waits for the run before it
               went_on    a waiting run took further steps
               ended      a run ended without further steps (the last outcome came, it was started anew …)
               missed     a time came while nobody was there, too long ago to catch up
               paused     the rule was triggered too often and is left alone for a while
    run        id of the run; it is also the id of the cause of its commands
    trigger    {number, line, kind, text, cause: {id, kind, source}?, saw?: {name: [value, quality]}, due?, late?}
    condition  {line, text, result: true|false|null, saw, failed?, why?}: result null is "not knowable"
    because    of went_on: time, condition, outcome, too_late
    steps      [{line, step, …}]: what was done or looked at, in order; `order` is the id of an order
    waiting    {line, until?, for}: what it waits for now
    ending     done, failed or stopped; `why` where there is more to say
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from jiahe.model.happening import Cause
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Every,
    Happens,
    HubStarts,
    ModeBecomes,
    RuleEnds,
    Trigger,
)


def trigger_row(number: int, trigger: Trigger | None, cause: Cause | None, **more: Any) -> dict[str, Any]:
    """How a trace names a trigger; None is a person who started the rule by hand."""
    kind, text = ("called", "by hand") if trigger is None else described(trigger)
    line = 0 if trigger is None else trigger.place.line
    row: dict[str, Any] = {"number": number, "line": line, "kind": kind, "text": text}
    if cause is not None:
        row["cause"] = {"id": cause.id, "kind": cause.kind.value, "source": cause.source}
    return row | {key: value for key, value in more.items() if value is not None}


def described(trigger: Trigger) -> tuple[str, str]:
    """Kind and text of a trigger, short."""
    match trigger:
        case Becomes():
            return "becomes", trigger.condition.text + _lasting(trigger.lasting)
        case Changes():
            to = f" to {trigger.to.text}" if trigger.to else ""
            of = f" from {trigger.of.text}" if trigger.of else ""
            return "change", f"{trigger.ref.device}.{trigger.ref.path}{of}{to}{_lasting(trigger.lasting)}"
        case AtTime():
            minutes, seconds = divmod(trigger.second, 60)
            return "time", f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        case AtSun():
            return "sun", trigger.event.value + (f" {trigger.offset / 60:+g} min" if trigger.offset else "")
        case Every():
            return "every", f"{trigger.period:g} s"
        case Happens():
            return "event", f"{trigger.device}.{trigger.event}"
        case RuleEnds():
            return "rule", trigger.rule + (f" {trigger.ending.value}" if trigger.ending else "")
        case ModeBecomes():
            return "mode", trigger.mode.value if trigger.mode else "any"
        case HubStarts():
            return "hub", "started"


def _lasting(seconds: float) -> str:
    return f" for {seconds:g} s" if seconds else ""


def trace_hash(entries: Iterable[Mapping[str, Any]]) -> str:
    """32 hex digits: equal for equal traces, on every machine and every run."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in entries:
        digest.update(json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()
