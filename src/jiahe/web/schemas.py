"""The shapes of answers as JSON Schema (2020-12).

Owns what a client may rely on; tests hold real answers against it.
"""

from __future__ import annotations

from jiahe.web.charting_schemas import CHARTING
from jiahe.web.comfort_schemas import COMFORT, REASON
from jiahe.web.household_schemas import HOUSEHOLD
from jiahe.web.schema import EPOCH, FLAG, FREE, NUMBER, SCALAR, TEXT, WHOLE, Schema, ref
from jiahe.web.schema import list_of as _list
from jiahe.web.schema import maybe as _maybe
from jiahe.web.schema import object_of as _object
from jiahe.web.secure_schemas import SECURE
from jiahe.web.shifting_schemas import SHIFTING

LABELS: Schema = {"type": "object", "additionalProperties": TEXT, "description": "Language tag to text."}

_DEFINITION: dict[str, Schema] = {
    "path": TEXT,
    "component": TEXT,
    "name": TEXT,
    "trait": TEXT,
    "labels": LABELS,
    "kind": {"enum": ["bool", "int", "float", "enum", "text"]},
    "unit": {"type": "string", "description": "UCUM code, or empty."},
    "low": _maybe(NUMBER),
    "high": _maybe(NUMBER),
    "step": _maybe(NUMBER),
    "choices": _list(TEXT),
    "readable": FLAG,
    "writable": FLAG,
}

SAYS: Schema = {
    **_object(code=TEXT, figures=FREE),
    "description": "Which sentence it is (GET /api/sentences), and what fills it; a figure may be one itself, or a list.",
}
FAULT: Schema = _object(optional=("says",), file=TEXT, line=WHOLE, column=WHOLE, message=TEXT, says=SAYS)
FAILED_TEST: Schema = _object(optional=("says",), name=TEXT, line=WHOLE, why=TEXT, says=SAYS)
_LINES: Schema = _list(_object(line=WHOLE, text=TEXT))
_RULE: dict[str, Schema] = {
    "id": TEXT,
    "names": LABELS,
    "enabled": FLAG,
    "faults": _list(FAULT),
    "paused": {
        **_maybe(NUMBER),
        "description": "Left alone until then (epoch seconds): triggered too often.",
    },
    "ran": {**_maybe(NUMBER), "description": "When its last run began (epoch seconds)."},
}

MAY: Schema = {
    **_list({"enum": ["see", "operate", "configure"]}),
    "description": "What whoever asks may do with it.",
}
LOCAL: Schema = {
    **_object(
        grade={"enum": ["offline", "sometimes", "unknown"]},
        hears={"enum": ["poll", "both", "radio", "calls", ""]},
        code={"type": "string", "description": "Which of our sentences `why` is; empty for a maker's own."},
        why=TEXT,
    ),
    "description": "How it does without internet, and how its values come.",
}

SCHEMAS: dict[str, Schema] = {
    "Error": _object(
        error=_object(
            optional=("property", "bound", "faults", "failed_tests"),
            says=SAYS,
            code={"type": "string", "description": "For programs."},
            message={"type": "string", "description": "A sentence for a person."},
            property={"type": "string", "description": "The property or key at fault."},
            bound={"description": "The bound that was broken."},
            faults=_list(FAULT),
            failed_tests=_list(FAILED_TEST),
        )
    ),
    "Health": _object(
        optional=("trouble", "devices", "online"),
        more=True,
        status={"enum": ["ok", "trouble"]},
        trouble={"type": "string", "description": "A sentence for a person."},
        version=TEXT,
        uptime={"type": "number", "description": "Seconds."},
        devices=WHOLE,
        online=WHOLE,
    ),
    "Cause": _object(
        optional=("parent",),
        id=TEXT,
        kind={"enum": ["device", "person", "agent", "rule", "comfort", "fleet", "system"]},
        source=TEXT,
        parent=TEXT,
    ),
    "Definition": _object(_DEFINITION),
    "Property": _object(
        _DEFINITION,
        value=SCALAR,
        raw=SCALAR,
        quality={"enum": ["good", "unknown", "assumed", "stale"]},
        observed_at={**_maybe(NUMBER), "description": "When the device last said it, in epoch seconds."},
        cause=_maybe(ref("Cause")),
        waiting={**_maybe(TEXT), "description": "The id of a command under way."},
        operable={"type": "boolean", "description": "Whether whoever asks may set it now."},
    ),
    "Action": _object(
        path=TEXT, trait=TEXT, labels=LABELS, arguments=_list(ref("Definition")), operable=FLAG
    ),
    "Availability": _object(
        optional=("says",),
        state={"enum": ["connecting", "online", "offline", "locked_out"]},
        since=EPOCH,
        reason=TEXT,
        says=SAYS,
    ),
    "Room": _object(optional=("names",), id=TEXT, name=TEXT, names=LABELS),
    "Device": _object(
        optional=("names", "local", "outdoors"),
        id=TEXT,
        name=TEXT,
        names={**LABELS, "description": "The demo's own name by language, until somebody gives another."},
        address=TEXT,
        hardware_id={"type": "string", "description": "The maker's id."},
        kind=TEXT,
        kind_labels=LABELS,
        maker=TEXT,
        product=TEXT,
        family=TEXT,
        local=LOCAL,
        outdoors={
            "type": "boolean",
            "description": "True where people say that it stands outdoors: it tells nothing of its room.",
        },
        room={"type": "string", "description": "A room's id, or empty."},
        availability=ref("Availability"),
        properties=_list(ref("Property")),
        actions=_list(ref("Action")),
        may=MAY,
    ),
    "Home": _object(
        home=_object(id=TEXT, name=TEXT),
        cursor={"type": "integer", "description": "The last record that this shows."},
        now=EPOCH,
        rooms=_list(ref("Room")),
        devices=_list(ref("Device")),
    ),
    "Kept": _object(
        optional=("left_out", "left_out_says"),
        kept={"type": "integer", "description": "Keys that are kept now."},
        left_out=_list(TEXT),
        left_out_says=_list(SAYS),
    ),
    "Found": _object(
        found=_list(
            _object(
                more=True,
                optional=("says",),
                family=TEXT,
                hardware_id=TEXT,
                address=TEXT,
                port=WHOLE,
                model=TEXT,
                product={"type": "string", "description": "The product file that fits, or empty."},
                adopted={
                    "type": "string",
                    "description": "The device's id where it is in the home, or empty.",
                },
                missing=_list(TEXT),
                hint=TEXT,
                says={**SAYS, "description": "Which of our sentences `hint` is, where it is one."},
            )
        )
    ),
    "CommandId": _object(id=TEXT),
    "Command": _object(
        optional=("property", "value", "action", "arguments", "says"),
        id=TEXT,
        device=TEXT,
        property=TEXT,
        value=SCALAR,
        action=TEXT,
        arguments=_list(SCALAR),
        status={"enum": ["waiting", "confirmed", "refused", "failed", "timed_out", "superseded"]},
        reason={"type": "string", "description": "A sentence for a person, empty when confirmed."},
        says=SAYS,
        at=EPOCH,
    ),
    "Series": _object(
        device=TEXT,
        property=TEXT,
        unit=TEXT,
        from_=EPOCH,
        to=EPOCH,
        step={"type": "number", "description": "Seconds of one row; 0 where each row is a change."},
        rows={
            "type": "array",
            "items": {"type": "array", "items": SCALAR, "minItems": 5, "maxItems": 5},
            "description": "[t, min, mean, max, last]; min, mean and max are null for words.",
        },
        gaps={
            "type": "array",
            "items": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
            "description": "[from, to] in which nothing was known.",
        },
    ),
    "Record": _object(
        seq=WHOLE,
        at=EPOCH,
        kind={
            "enum": [
                "update",
                "event",
                "command",
                "outcome",
                "availability",
                "rule",
                "home",
                "security",
                "system",
            ]
        },
        body=FREE,
    ),
    "Journal": _object(optional=("reached",), records=_list(ref("Record")), cursor=WHOLE, reached=WHOLE),
    "Rules": _object(rules=_list(_object(_RULE, optional=("ran",), may=MAY))),
    "Rule": _object(
        _RULE,
        optional=("failed_tests", "ran", "form"),
        may=MAY,
        text=TEXT,
        form=_maybe(FREE),
        summary=_maybe(
            _object(
                about=TEXT, version=TEXT, mode=TEXT, when=_LINES, if_=_maybe(TEXT), then=_LINES, tests=WHOLE
            )
        ),
        failed_tests=_list(FAILED_TEST),
    ),
    "Scene": _object(
        optional=("form",),
        form=_maybe(FREE),
        id=TEXT,
        names=LABELS,
        text=TEXT,
        faults=_list(FAULT),
        may=MAY,
    ),
    "Formed": _object(
        text=TEXT,
        form={**_maybe(FREE), "description": "The file as cards (rules/form.py); null where it is no YAML."},
        faults=_list(FAULT),
    ),
    "RuleTests": _object(
        tests=_list(_object(optional=("says",), name=TEXT, line=WHOLE, why=TEXT, says=SAYS, passed=FLAG))
    ),
    "Sentences": _object(words={"type": "object", "additionalProperties": _object(en=TEXT, zh=TEXT)}),
    "RuleWords": _object(
        events=_list(_object(device=TEXT, event=TEXT, labels=LABELS)),
        sun={"type": "boolean", "description": "Whether the home's place is known."},
    ),
    "Scenes": _object(scenes=_list(ref("Scene"))),
    "Played": _object(
        scene=TEXT,
        status={"enum": ["all_confirmed", "partly_confirmed", "not_confirmed"]},
        parts=_list(_object(more=True, target=TEXT, status=TEXT, reason=TEXT)),
    ),
    "Preferences": _object(
        favourites=_list(TEXT), rooms=_list(TEXT), devices=_list(TEXT), scenes=_list(TEXT)
    ),
    "Mode": _object(mode={"enum": ["home", "away", "night", "holiday"]}),
    "Replay": _object(
        from_=EPOCH,
        to=EPOCH,
        versions={
            "type": "object",
            "additionalProperties": TEXT,
            "description": "Rule to the hash of its text.",
        },
        faults={"type": "object", "additionalProperties": TEXT},
        runs=_list(_object(at=EPOCH, rule=TEXT, run=TEXT, trigger=TEXT, really=TEXT)),
        orders=_list(
            _object(
                at=EPOCH,
                rule=TEXT,
                run=TEXT,
                text=TEXT,
                line=WHOLE,
                effect={"enum": ["happened", "simulated", "not modelled"]},
            )
        ),
        instead=_list(_object(at=EPOCH, rule=TEXT, run=TEXT, text=TEXT)),
        reasons={"type": "object", "additionalProperties": {"type": "object", "additionalProperties": WHOLE}},
        not_modelled={"type": "object", "additionalProperties": EPOCH},
        modelled={
            "type": "object",
            "additionalProperties": NUMBER,
            "description": "Reading to its model's error.",
        },
        trace_hash=TEXT,
        happenings=WHOLE,
        complete=FLAG,
        says={
            "type": "object",
            "additionalProperties": SAYS,
            "description": "Which of our sentences a text of `faults` or `reasons` is.",
        },
    ),
    "Checked": _object(
        findings=_list(
            _object(
                optional=("at", "others", "says"),
                says=SAYS,
                more=True,
                flaw={
                    "enum": [
                        "fault",
                        "test",
                        "loop",
                        "contradiction",
                        "oscillation",
                        "unreachable",
                        "silent_input",
                        "too_often",
                        "no_way_back",
                    ]
                },
                rule=TEXT,
                line=WHOLE,
                message=TEXT,
                confirmed=FLAG,
            )
        ),
        tests={
            "type": "object",
            "additionalProperties": WHOLE,
            "description": "Rule to the number of its tests.",
        },
    ),
    "Why": _object(
        optional=("says",),
        at=EPOCH,
        text=TEXT,
        says=SAYS,
        chain=_list(
            _object(
                optional=("about", "reasons"),
                at=EPOCH,
                by=TEXT,
                source=TEXT,
                text=TEXT,
                record=WHOLE,
                about={"type": "string", "description": "Of comfort: the room or person."},
                reasons=_list(REASON),
            )
        ),
        saw=FREE,
        parts=_list(FREE),
    ),
    "Tap": _object(
        more=True,
        frames=_list(_object(more=True, at=EPOCH, direction={"enum": ["in", "out"]}, hex=TEXT, note=TEXT)),
        counters=FREE,
    ),
    "Notices": _object(
        notices=_list(
            _object(
                optional=("last_at",),
                id=WHOLE,
                at=EPOCH,
                topic=TEXT,
                urgent=FLAG,
                words={"type": "object", "additionalProperties": _object(title=TEXT, body=TEXT)},
                device=TEXT,
                path=TEXT,
                count=WHOLE,
                read=FLAG,
                last_at=EPOCH,
            )
        ),
        cursor=WHOLE,
        read=WHOLE,
        unread=WHOLE,
    ),
    "NoticesRead": _object(read=WHOLE, unread=WHOLE),
    "NoticePreferences": _object(
        topics={"type": "object", "additionalProperties": _object(app=FLAG, push=FLAG)},
        quiet=_maybe(_object({"from": TEXT}, to=TEXT)),
        language={"enum": ["en", "zh"]},
        zone=TEXT,
    ),
    "PushKey": _object(
        key=TEXT,
        browsers=_list(_object(id=TEXT, label=TEXT, service=TEXT, created_at=EPOCH)),
        services=_list(TEXT),
        trouble={"enum": ["", "unreachable"]},
    ),
    "Subscribed": _object(id=TEXT),
    "Virtual": FREE,
    "OpenApi": FREE,
    "StreamMessage": {
        "description": "What the WebSocket sends, as text frames.",
        "anyOf": [
            _object(type={"const": "snapshot"}, home=ref("Home"), cursor=WHOLE),
            _object(type={"const": "records"}, cursor=WHOLE, records=_list(ref("Record"))),
            _object(
                type={"const": "seen"},
                now=EPOCH,
                observed={
                    "type": "object",
                    "additionalProperties": EPOCH,
                    "description": "device/property to time",
                },
            ),
        ],
    },
}

SCHEMAS |= SECURE
SCHEMAS |= COMFORT
SCHEMAS |= SHIFTING
SCHEMAS |= CHARTING
SCHEMAS |= HOUSEHOLD
