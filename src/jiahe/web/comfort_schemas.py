"""The shapes of comfort's answers as JSON Schema. Owns nothing else; `schemas.py` takes them in."""

from __future__ import annotations

from jiahe.web.schema import EPOCH, FLAG, NUMBER, TEXT, WHOLE, Schema, list_of, maybe, object_of

REASON: Schema = object_of(
    code={"type": "string", "description": "Its sentence stands in /api/comfort/words."},
    figures={"type": "object", "additionalProperties": {"type": ["number", "string"]}},
)
_MODE: Schema = {"enum": ["cool", "heat"]}
_HABIT: Schema = maybe(object_of(minute=NUMBER, nights=WHOLE))
_CLIMATE: Schema = object_of(
    mode=_MODE,
    temperature=maybe(NUMBER),
    outdoor=maybe(NUMBER),
    hold=maybe(object_of(target=maybe(NUMBER), until=maybe(EPOCH), who=TEXT, at=EPOCH)),
    schedule=list_of(
        object_of(mode=_MODE, free=FLAG, minute=WHOLE, target=maybe(NUMBER), edited=FLAG, days=list_of(TEXT))
    ),
    model=object_of(days=NUMBER, known=FLAG, trusted=FLAG),
    decision=maybe(
        object_of(
            on=FLAG,
            mode=_MODE,
            target=NUMBER,
            by={"enum": ["hand", "fault", "plan", "thermostat"]},
            again=EPOCH,
            reasons=list_of(REASON),
            planned=list_of(list_of(NUMBER)),
        )
    ),
)
_LEVEL: Schema = {
    **object_of(share=NUMBER, watts=NUMBER, noise=NUMBER),
    "description": "Share of the highest clean air, W and dB(A): estimates.",
}
_AQI: Schema = object_of(
    value=WHOLE, category=TEXT, standard=TEXT, names={"type": "object", "additionalProperties": TEXT}
)
_AIR: Schema = object_of(
    pm2_5=maybe(NUMBER),
    aqi={
        "type": "object",
        "additionalProperties": _AQI,
        "description": "By country, of this one reading; empty without one.",
    },
    outdoor={
        **maybe(NUMBER),
        "description": "In ug/m3: reckoned from what the room lets in, unless `measured`.",
    },
    measured={
        "type": "boolean",
        "description": "The outdoor air is measured now, by the sensor that people named.",
    },
    level=maybe(_LEVEL),
    watts=maybe(NUMBER),
    decision=maybe(
        object_of(
            by={"enum": ["hand", "fault", "plan", "threshold"]},
            level=maybe(_LEVEL),
            at=EPOCH,
            reasons=list_of(REASON),
        )
    ),
    hold=maybe(object_of(at=EPOCH, until=EPOCH, who=TEXT, on=FLAG)),
    filter=object_of(
        left=NUMBER, told=maybe(NUMBER), grams=NUMBER, days=maybe(WHOLE), reasons=list_of(REASON)
    ),
    model=object_of(days=NUMBER, trusted=FLAG, confidence=NUMBER),
)
_FEATURES: Schema = object_of(climate=FLAG, air=FLAG, sleep=FLAG)
_PERSON: Schema = object_of(
    optional=("stage", "since", "probability", "reason", "fine", "bedtime", "waking", "nights"),
    id=TEXT,
    name=TEXT,
    band=TEXT,
    bedroom=TEXT,
    curve=object_of(start=NUMBER, warm=NUMBER, rise=NUMBER, rate=NUMBER, back=NUMBER),
    stage={"enum": ["awake", "quiet", "asleep", "unknown"]},
    since=EPOCH,
    probability=NUMBER,
    reason=REASON,
    fine={"type": "boolean", "description": "The band tells movement, not steps alone."},
    bedtime=_HABIT,
    waking=_HABIT,
    nights=list_of(list_of(NUMBER)),
)
COMFORT: dict[str, Schema] = {
    "Comfort": object_of(
        optional=("taste", "tariff", "outdoor", "absence"),
        active={"type": "boolean", "description": "False where the home has nothing to steer and no band."},
        trouble=TEXT,
        now=EPOCH,
        looked={
            **maybe(NUMBER),
            "description": "When it last looked; null before its first look since the start.",
        },
        rooms=list_of(
            object_of(
                optional=("climate", "air"),
                room=TEXT,
                can=_FEATURES,
                on=_FEATURES,
                conditioner=TEXT,
                purifier=TEXT,
                lights=list_of(TEXT),
                sleepers=list_of(TEXT),
                climate=_CLIMATE,
                air=_AIR,
                advice=list_of(REASON),
            )
        ),
        people=list_of(_PERSON),
        bands=list_of(TEXT),
        taste=object_of(tolerance=NUMBER, worth=NUMBER),
        tariff=TEXT,
        outdoor=object_of(
            device={"type": "string", "description": "The sensor that stands outdoors; empty for none."},
            sensors={**list_of(TEXT), "description": "The devices that could be named so."},
            pm2_5=maybe(NUMBER),
            temperature=maybe(NUMBER),
            humidity=maybe(NUMBER),
        ),
        absence=object_of(
            by={
                "enum": ["", "mode", "bands", "rooms"],
                "description": "Who says that nobody is home: the home's mode, bands out of reach, or rooms that see nobody.",
            },
            since=maybe(NUMBER),
        ),
        faults=list_of(object_of(about=TEXT, reasons=list_of(REASON))),
    ),
    "ComfortWords": object_of(
        words={
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": TEXT},
            "description": "Code to language to sentence, figures in braces.",
        }
    ),
}
