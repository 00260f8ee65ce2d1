"""Why and why not, from the journal alone, any time later. Owns how causes are followed back; never decides.

`why` is for a property: who made it what it was. `why_rule` is for a rule: what it did last, or the first thing that
kept it from running, with the values of that moment. Every chain ends at somebody: a person, a rule's own time, an
agent, a device, comfort, or the hub itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.model.happening import Actor, Cause, PropertyRef, Record, RecordKind
from jiahe.model.said import told
from jiahe.rules.bind import BoundRule
from jiahe.rules.calendar import Calendar
from jiahe.rules.moment import Table
from jiahe.rules.past import ModeTold, Told, cause_of, happenings, refs_of
from jiahe.rules.reading import Look
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight
from jiahe.rules.trace import described

LONGEST_CHAIN = 20
"""Causes of one chain: rules that set each other off end sooner, or are a circle."""
PAGE, MOST_BACK = 500, 100_000
"""Records looked at together, and at most, for one link: the days before of a talkative home."""
AFTER = 500
"""Records behind the effect in which its rule's account may stand: it is written a moment after the command."""
ENDLESS = 1 << 62
_CAUSED = (RecordKind.COMMAND, RecordKind.UPDATE, RecordKind.EVENT, RecordKind.HOME, RecordKind.RULE)


@dataclass(frozen=True, slots=True)
class Link:
    """One cause. `text` is a sentence; `by` the kind of who began it and `source` who. `at` in epoch seconds.

    `reasons` are comfort's own (a code with figures), the one to show first; `about` the room or person that they are of.
    """

    at: float
    by: str
    source: str
    text: str
    record: int = 0
    about: str = ""
    reasons: tuple[Mapping[str, Any], ...] = ()

    def body(self) -> dict[str, Any]:
        """As JSON data."""
        body = {"at": self.at, "by": self.by, "source": self.source, "text": self.text, "record": self.record}
        if not self.reasons:
            return body
        return {**body, "about": self.about, "reasons": [dict(reason) for reason in self.reasons]}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: `text` says it, `chain` goes from the effect to who began it, `saw` has the values of the moment."""

    at: float
    text: str
    chain: tuple[Link, ...] = ()
    saw: Mapping[str, Any] | None = None
    parts: tuple[Mapping[str, Any], ...] = ()

    def body(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "at": self.at,
            "text": self.text,
            "chain": [link.body() for link in self.chain],
            "saw": dict(self.saw or {}),
            "parts": [dict(part) for part in self.parts],
            **told(self.text),
        }


def why(look: Look, ref: PropertyRef, at: float) -> Why:
    """Who made this property what it was at `at` (epoch seconds): the last change of its value before."""
    found = _last_change(look, ref, at)
    name = f"{ref.device}.{ref.path}"
    if found is None:
        return Why(at, say("why_no_word", name=name))
    cause = cause_of(found.body)
    value = _word(found.body.get("value"))
    quality = found.body.get("quality")
    text = f"{name} became {value}" + ("" if quality == "good" else f" ({quality})")
    chain = _chain(look, found, cause, text)
    return Why(found.at, f"{text}: {_who(chain[-1])}", tuple(chain))


def _who(last: Link) -> str:
    return {
        Actor.PERSON.value: f"{last.source} did it",
        Actor.DEVICE.value: f"{last.source} said so by itself: somebody was at the device, or it did it of its own",
        Actor.RULE.value: f"the rule {last.source} did it",
        Actor.AGENT.value: f"the agent {last.source} did it",
        Actor.COMFORT.value: "comfort did it",
        Actor.FLEET.value: f"the fleet {last.source} did it",
    }.get(last.by, f"the hub did it ({last.source or 'itself'})")


def _last_change(look: Look, ref: PropertyRef, at: float) -> Record | None:
    """The record that gave the value it had; later ones that only say it again, or that it is stale, do not count."""
    held: Record | None = None
    for record in _back(look, ENDLESS, ref.device, (RecordKind.UPDATE,)):
        if record.at > at or record.body.get("property") != ref.path:
            continue
        if held is not None and record.body.get("value") != held.body.get("value"):
            return held
        held = record
    return held


def _back(look: Look, upto: int, device: str | None, kinds: tuple[RecordKind, ...]) -> Iterator[Record]:
    """Records, the newest first."""
    read = 0
    while read < MOST_BACK:
        page = look(upto, PAGE, device, kinds)
        yield from reversed(page)
        if len(page) < PAGE:
            return
        read, upto = read + PAGE, page[0].seq - 1


def _chain(look: Look, effect: Record, cause: Cause, text: str) -> list[Link]:
    links = [Link(effect.at, cause.kind.value, cause.source, text, effect.seq)]
    seen: set[str] = set()
    upto = effect.seq
    while cause.id and cause.id not in seen and len(links) < LONGEST_CHAIN:
        seen.add(cause.id)
        if cause.kind is Actor.RULE:
            account = _account(look, cause, upto)
            if account is None:
                links.append(
                    Link(
                        links[-1].at,
                        cause.kind.value,
                        cause.source,
                        f"the rule {cause.source} gave the order",
                    )
                )
            else:
                links.append(_ran(account, cause))
                upto = min(upto, account.seq)
        if cause.kind is Actor.COMFORT:
            decided = _decided(look, cause, upto)
            if decided is not None:
                links.append(decided)
            break
        parent = _parent(look, cause, upto, links[-1].at)
        if parent is None:
            break
        record, cause = parent
        links.append(Link(record.at, cause.kind.value, cause.source, _happened(record, cause), record.seq))
        upto = record.seq
    return links


def _account(look: Look, cause: Cause, upto: int) -> Record | None:
    """What the rule's own record says of this run."""
    for record in _back(look, upto + AFTER, "", (RecordKind.RULE,)):
        if record.body.get("run") == cause.id and record.body.get("what") == "ran":
            return record
    return None


def _decided(look: Look, cause: Cause, upto: int) -> Link | None:
    """Comfort's own record of what it decided, and why; its commands carry the same cause."""
    for record in _back(look, upto + AFTER, "", (RecordKind.COMFORT,)):
        if cause_of(record.body).id != cause.id:
            continue
        about, given = str(record.body.get("about", "")), record.body.get("reasons")
        reasons = tuple(one for one in given if _is_reason(one)) if isinstance(given, list | tuple) else ()
        text = f"comfort decided for {about}: {', '.join(str(one['code']) for one in reasons)}"
        return Link(record.at, cause.kind.value, cause.source, text, record.seq, about, reasons)
    return None


def _is_reason(one: object) -> bool:
    return (
        isinstance(one, Mapping)
        and isinstance(one.get("code"), str)
        and isinstance(one.get("figures"), Mapping)
    )


def _ran(account: Record, cause: Cause) -> Link:
    trigger = account.body.get("trigger")
    trigger = trigger if isinstance(trigger, Mapping) else {}
    began = f"{trigger.get('kind', '')} {trigger.get('text', '')}".strip()
    saw = _saw(trigger.get("saw"))
    text = f"the rule {cause.source} ran: {began}" + (f" ({saw})" if saw else "")
    return Link(account.at, cause.kind.value, cause.source, text, account.seq)


def _saw(saw: object) -> str:
    if not isinstance(saw, Mapping):
        return ""
    return ", ".join(
        f"{name} was {_word(pair[0] if isinstance(pair, list | tuple) and pair else pair)}"
        for name, pair in saw.items()
    )


def _parent(look: Look, cause: Cause, upto: int, at: float) -> tuple[Record, Cause] | None:
    """The record that the cause's parent brought about; never one later than its effect, which was at `at` (epoch seconds).
    A run's parent is also what its trigger names."""
    if cause.parent is None:
        return None
    for record in _back(look, upto + AFTER, None, _CAUSED):
        if record.at > at:
            continue
        found = cause_of(record.body)
        if found.id == cause.parent:
            return record, found
        if (
            record.kind is RecordKind.RULE
            and record.body.get("run") == cause.parent
            and record.body.get("what") == "ran"
        ):
            return record, Cause(cause.parent, Actor.RULE, str(record.body.get("rule")), _began_by(record))
    return None


def _began_by(record: Record) -> str | None:
    trigger = record.body.get("trigger")
    return cause_of(trigger).id or None if isinstance(trigger, Mapping) else None


def _happened(record: Record, cause: Cause) -> str:
    body = record.body
    target = f"{body.get('device')}.{body.get('property') or body.get('action') or body.get('event')}"
    match record.kind:
        case RecordKind.COMMAND:
            return (
                f"{cause.source} set {target} to {_word(body.get('value'))}"
                if "property" in body
                else f"{cause.source} did {target}"
            )
        case RecordKind.UPDATE:
            return f"{target} became {_word(body.get('value'))}"
        case RecordKind.EVENT:
            return f"{target} happened"
        case RecordKind.HOME if body.get("what") == "mode_changed":
            return f"the home's mode became {body.get('mode')}"
        case RecordKind.RULE:
            return f"the rule {body.get('rule', cause.source)} {body.get('what')}"
    return str(body.get("what", record.kind.value))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


# ---- rules -------------------------------------------------------------------------------------------------------

JUST = 60.0
"""Seconds before the moment asked about in which what a rule did is what the question means."""


def why_rule(look: Look, bound: BoundRule, at: float, calendar: Calendar) -> Why:
    """What the rule last did within `JUST` seconds before `at`; else what kept it from running at that moment."""
    rule = bound.rule.id
    for record in _back(look, ENDLESS, "", (RecordKind.RULE,)):
        if record.at > at:
            continue
        if record.at < at - JUST:
            break
        if record.body.get("rule") == rule and record.body.get("what") in (
            "ran",
            "not",
            "missed",
            "paused",
            "queued",
        ):
            return _told(look, record, rule)
    return _judged(bound, view_at(look, bound, at), at, calendar)


def _told(look: Look, record: Record, rule: str) -> Why:
    body = record.body
    trigger = body.get("trigger")
    trigger = trigger if isinstance(trigger, Mapping) else {}
    cause = Cause(str(body.get("run", "")), Actor.RULE, rule, _began_by(record))
    first = _ran(record, cause)
    chain = [first]
    parent = _parent(look, cause, record.seq, record.at)
    if parent is not None:
        at, origin = parent
        chain += _chain(look, at, origin, _happened(at, origin))
    condition = body.get("condition")
    condition = condition if isinstance(condition, Mapping) else {}
    saw = condition.get("saw") or trigger.get("saw")
    if body.get("what") == "ran":
        return Why(
            record.at, f"{rule} ran: {trigger.get('kind', '')} {trigger.get('text', '')}", tuple(chain), saw
        )
    words = {
        "not": "was triggered and did not run",
        "missed": "missed its time",
        "paused": "was paused",
        "queued": "waits",
    }
    chain[0] = Link(record.at, Actor.RULE.value, rule, f"{rule} {words[str(body['what'])]}", record.seq)
    return Why(record.at, f"{rule} {words[str(body['what'])]}: {body.get('why', '')}", tuple(chain), saw)


def view_at(look: Look, bound: BoundRule, at: float) -> Table:
    """What the rule would have looked at, as it was at `at`."""
    view = Table()
    refs = refs_of(bound)
    found: list[Record] = []
    for device in sorted({ref.device for ref in refs}):
        wanted = {ref.path for ref in refs if ref.device == device}
        for record in _back(look, ENDLESS, device, (RecordKind.UPDATE,)):
            if record.at <= at and record.body.get("property") in wanted:
                wanted.discard(str(record.body["property"]))
                found.append(record)
            if not wanted:
                break
    for record in _back(look, ENDLESS, "", (RecordKind.HOME,)):
        if record.at <= at and record.body.get("what") == "mode_changed":
            found.append(record)
            break
    for past in happenings(sorted(found, key=lambda one: one.seq)):
        if isinstance(past, Told):
            view.readings.update(past.readings)
        elif isinstance(past, ModeTold):
            view.mode = past.mode
    return view


def _judged(bound: BoundRule, view: Table, at: float, calendar: Calendar) -> Why:
    """No trigger came: each trigger as it stood, and the condition as it would have been judged."""
    rule = bound.rule.id

    def sight() -> Sight:
        return Sight(view, at, calendar, lambda ref: found.observed_at if (found := view.get(ref)) else None,
                     bound.rule.uses_stale)  # fmt: skip

    parts: list[Mapping[str, Any]] = []
    for trigger in bound.triggers:
        kind, text = described(trigger.trigger)
        row: dict[str, Any] = {"trigger": f"{kind} {text}", "line": trigger.trigger.place.line}
        if trigger.condition is not None:
            row |= trigger.condition.judge(sight()).row
            row["why"] = _standing(row)
        else:
            row["why"] = "it did not come at this moment"
        parts.append(row)
    text = f"nothing triggered {rule}: " + "; ".join(f"`{row['trigger']}`: {row['why']}" for row in parts)
    saw: dict[str, Any] = {}
    for part in parts:
        saw |= part.get("saw", {})
    if bound.condition is not None:
        row = {"if": bound.condition.text, **bound.condition.judge(sight()).row}
        parts.append(row)
        saw |= row["saw"]
        if row["result"] is not True:
            text += f"; and `{row['failed']}` " + (
                "could not be known" if row["result"] is None else "was not so"
            )
            text += f" ({_saw(row['saw'])})" if row["saw"] else ""
    return Why(at, text, (), saw, tuple(parts))


def _standing(row: Mapping[str, Any]) -> str:
    saw = _saw(row.get("saw"))
    seen = f" ({saw})" if saw else ""
    if row["result"] is True:
        return f"it was so already, and did not become so{seen}"
    failed = row.get("failed", row["text"])
    return f"`{failed}` " + ("could not be known" if row["result"] is None else "was not so") + seen
