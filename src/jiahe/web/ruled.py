"""What of rules and scenes is for whom: shown, written, played. Owns how the one permission is asked for them.

A rule is shown to who sees all that it looks at, and written by who may also operate all that it sets; what it names
beyond that does not exist for them, and is refused in the same words as what never was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiahe.home.permission import RULES, Verb
from jiahe.model.errors import UnknownName
from jiahe.model.reasons import say
from jiahe.web.answer import Refused
from jiahe.web.call import Call
from jiahe.web.sight import Touched

UNFIT = "It cannot be read, or names something that is not in this home."


def need_rule(call: Call, name: str) -> None:
    """UnknownName, in the words for one that never was, where this rule is not seen."""
    if not call.sight.rule(name):
        raise UnknownName(say("gone_rule", name=repr(name[:60])))


def need_scene(call: Call, name: str) -> None:
    """The same for a scene."""
    if not call.sight.scene(name):
        raise UnknownName(say("gone_scene", name=repr(name)))


def need_touched(call: Call, folder: str, name: str) -> None:
    """Whoever asks may change this rule or scene as it stands: it is theirs to operate."""
    if folder == "rules":
        need_rule(call, name)
    else:
        need_scene(call, name)
    _need_targets(call, call.doors.touches(folder, name))


def need_text(call: Call, folder: str, name: str, text: str, *, written: bool) -> None:
    """Whoever asks sees all that this text looks at; where it is to be `written`, they may operate all that it sets."""
    sight = call.sight
    touched = call.doors.touches_text(folder, name, text)
    if not sight.trusted and (touched is None or not sight.covers(touched.seen, Verb.SEE)):
        raise Refused(422, "rule_fault", UNFIT, more={"faults": []})
    if written:
        _need_targets(call, touched)


def formed(call: Call, folder: str, name: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A text as cards. Faults that could name what whoever asks may not see are one sentence."""
    if call.sight.trusted:
        return answer
    touched = call.doors.touches_text(folder, name, str(answer["text"]))
    if touched is not None and call.sight.covers(touched.seen, Verb.SEE):
        return answer
    return {**answer, "faults": [{"file": "", "line": 1, "column": 0, "message": UNFIT}]}


OF_OTHERS = frozenset({"loop", "contradiction", "oscillation"})
"""Flaws that are between a rule and others, and name these."""


def checked(call: Call, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What speaks against a rule, without what names other rules."""
    if call.sight.trusted:
        return answer
    return {**answer, "findings": [one for one in answer["findings"] if one["flaw"] not in OF_OTHERS]}


def need_play(call: Call, name: str) -> None:
    """Whoever asks may operate all that this scene sets."""
    need_scene(call, name)
    _need_targets(call, call.doors.touches("scenes", name))


def _need_targets(call: Call, touched: Touched | None) -> None:
    if touched is None:
        return  # only the trusted come this far, and what is wrong with it is said by who reads it
    targets = [call.sight.target(ref) for ref in sorted(touched.set)]
    for target in targets:
        call.require(Verb.OPERATE, target)
    call.require_second_factor(targets)


def rule_row(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """A rule's row with what whoever asks may do with it."""
    return {**row, "may": _may(call, "rules", str(row["id"]))}


def scene_row(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a scene; its text is for those who see rules."""
    shown = {**row, "may": _may(call, "scenes", str(row["id"]))}
    if not call.sight.may(Verb.SEE, RULES):
        shown |= {"text": "", "faults": [], **({"form": None} if "form" in row else {})}
    return shown


def _may(call: Call, folder: str, name: str) -> list[str]:
    sight, found = call.sight, [Verb.SEE]
    if sight.trusted:
        operates = True
    else:
        touched = call.doors.touches(folder, name)
        operates = touched is not None and sight.covers(touched.set, Verb.OPERATE)
    if folder == "scenes" and operates:
        found.append(Verb.OPERATE)
    if operates and sight.may(Verb.CONFIGURE, RULES):
        found.append(Verb.CONFIGURE)
    return [verb.value for verb in found]


async def why_shown(call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer to why, up to where whoever asks may follow it."""
    sight, journal = call.sight, call.doors.journal
    if sight.trusted:
        return dict(answer)
    chain: list[Mapping[str, Any]] = []
    whole = True
    for link in answer["chain"]:
        number = int(link["record"])
        records = await journal.records(number - 1, 1) if number else []
        if not records or records[0].seq != number or sight.record(records[0]) is None:
            whole = False
            break
        if not sight.knows_source(str(link["by"]), str(link["source"])):
            whole = False
            # the effect itself is seen; who or what brought it about is not
            chain.append({**link, "source": "", "text": "" if chain else link["text"]})
            break
        chain.append(link)
    if whole:  # also where nothing happened: what it looked at is seen by who may ask
        return {**answer, "chain": chain}
    told = {key: value for key, value in answer.items() if key != "says"}
    return {**told, "text": str(chain[0]["text"]) if chain else "", "chain": chain, "saw": {}, "parts": []}
