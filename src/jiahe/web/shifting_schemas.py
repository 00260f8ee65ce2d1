"""The shapes of tariffs and planned starts as JSON Schema. Owns nothing else; `schemas.py` takes them in."""

from __future__ import annotations

from jiahe.web.comfort_schemas import REASON
from jiahe.web.schema import EPOCH, FLAG, NUMBER, SCALAR, TEXT, WHOLE, Schema, list_of, maybe, object_of

_WINDOW: Schema = object_of(
    from_=TEXT,
    to=TEXT,
    prices={**list_of(NUMBER), "description": "Of a kWh, one for each tier."},
    days=list_of({"enum": ["workday", "weekend"]}),
    months=list_of(WHOLE),
)
_PIECE: Schema = object_of(
    optional=("tiers",),
    since={"type": "string", "description": "The day from which it holds."},
    tiers=object_of(
        per={"enum": ["month", "year"]},
        limits={**list_of(NUMBER), "description": "kWh at which the next tier begins."},
    ),
    windows=list_of(_WINDOW),
)
_TARIFF: Schema = object_of(
    id=TEXT,
    own={"type": "boolean", "description": "People of this home wrote it."},
    names={"type": "object", "additionalProperties": TEXT},
    currency=TEXT,
    pieces=list_of(_PIECE),
    source=TEXT,
    checked={"type": "string", "description": "The day on which its source was read."},
)
_SHIFT: Schema = object_of(
    id=TEXT,
    device=TEXT,
    path=TEXT,
    action={
        "type": "boolean",
        "description": "An action; else a property that is switched on, and off again.",
    },
    arguments=list_of(SCALAR),
    by_name={"type": "string", "description": "Who planned it."},
    made_at=EPOCH,
    by={**EPOCH, "description": "Epoch seconds by which it is ready."},
    start=EPOCH,
    end=EPOCH,
    minutes=NUMBER,
    kwh=NUMBER,
    source={"enum": ["told", "learned", "usual"]},
    cost=maybe(NUMBER),
    cost_now={**maybe(NUMBER), "description": "What it would have cost at once."},
    currency=TEXT,
    life={"enum": ["waiting", "started", "missed", "over"]},
    why=maybe(REASON),
    operable=FLAG,
)
SHIFTING: dict[str, Schema] = {
    "Tariffs": object_of(
        tariffs=list_of(_TARIFF),
        chosen=TEXT,
        currency=TEXT,
        prices=list_of(object_of(from_=EPOCH, to=EPOCH, price=maybe(NUMBER))),
        trouble=TEXT,
    ),
    "Shift": _SHIFT,
    "Shifts": object_of(
        now=EPOCH,
        tariff=TEXT,
        planned=list_of(_SHIFT),
        can=list_of(object_of(device=TEXT, path=TEXT, action=FLAG, programmes=list_of(TEXT))),
        trouble=TEXT,
    ),
}
