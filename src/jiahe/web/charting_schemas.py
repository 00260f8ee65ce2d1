"""The shapes of what charts are told as JSON Schema. Owns nothing else; `schemas.py` takes them in."""

from __future__ import annotations

from jiahe.web.comfort_schemas import REASON
from jiahe.web.schema import EPOCH, FLAG, NUMBER, SCALAR, TEXT, Schema, list_of, maybe, object_of

CHARTING: dict[str, Schema] = {
    "Marks": object_of(
        device=TEXT,
        from_=EPOCH,
        to=EPOCH,
        marks=list_of(
            object_of(
                optional=("property", "action", "value", "status", "rule", "about", "reasons"),
                at=EPOCH,
                kind={"enum": ["command", "rule"]},
                record={"type": "integer", "description": "Its `seq` in the journal."},
                property=TEXT,
                action=TEXT,
                value=SCALAR,
                status=TEXT,
                rule=TEXT,
                about={"type": "string", "description": "Of comfort: the room or person."},
                reasons=list_of(REASON),
                by=object_of(kind=TEXT, source=TEXT),
            )
        ),
        whole={"type": "boolean", "description": "False where there were more: the newest are told."},
    ),
    "Energy": object_of(
        by={"enum": ["hour", "day", "month"]},
        bounds={**list_of(EPOCH), "description": "One more than a row has stretches."},
        rows=list_of(
            object_of(
                device=TEXT,
                property=TEXT,
                source={"enum": ["counter", "power"]},
                stretches=list_of(
                    object_of(
                        kwh=maybe(NUMBER),
                        covered={
                            "type": "number",
                            "description": "The part of it in which the device was heard.",
                        },
                        estimated={
                            "type": "boolean",
                            "description": "A part of it lies in a gap, shared out evenly.",
                        },
                        reset={"type": "boolean", "description": "The counter fell: it was more than this."},
                        cost={
                            **maybe(NUMBER),
                            "description": "In `currency`, each kWh at the price of its time.",
                        },
                    )
                ),
            )
        ),
        whole=FLAG,
        currency={"type": "string", "description": "By ISO 4217; empty where no tariff is chosen."},
        tiers={
            "type": "boolean",
            "description": "The price rises with what was used; only devices of this answer are counted.",
        },
    ),
}
