"""The shapes of people, their keys, links, sessions and tokens as JSON Schema. Owns nothing else; `schemas.py` takes them in."""

from __future__ import annotations

from jiahe.web.schema import (
    EPOCH,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Schema,
    list_of,
    maybe,
    object_of,
    ref,
)

ROLE: Schema = {"enum": ["owner", "adult", "child", "guest", "agent", "service"]}

HOUSEHOLD: dict[str, Schema] = {
    "Session": object_of(
        signed_in=FLAG,
        person=maybe(
            object_of(
                id=TEXT,
                name=TEXT,
                role=ROLE,
                until={**maybe(NUMBER), "description": "The end of all that they may, in epoch seconds."},
                may=object_of(see=FLAG, configure=FLAG, share=FLAG, operate=FLAG, share_rooms=list_of(TEXT)),
            )
        ),
        owner_exists=FLAG,
        demo=FLAG,
        home=maybe(TEXT),
        new_password={"type": "boolean", "description": "A new password may be set without the old one."},
    ),
    "Grant": object_of(
        optional=("rooms", "devices", "kinds", "traits", "makers", "hours", "until"),
        verbs=list_of({"enum": ["see", "operate", "configure", "share"]}),
        rooms=list_of(TEXT),
        devices=list_of(TEXT),
        kinds=list_of(TEXT),
        traits=list_of(TEXT),
        makers=list_of(TEXT),
        hours=object_of(days=list_of({"type": "integer", "minimum": 0, "maximum": 6}), from_=TEXT, to=TEXT),
        until=EPOCH,
    ),
    "Person": object_of(
        id=TEXT,
        name=TEXT,
        role=ROLE,
        grants=list_of(ref("Grant")),
        until=maybe(EPOCH),
        state={"enum": ["invited", "active", "expired"]},
        last_seen=maybe(EPOCH),
        sessions=WHOLE,
        passkeys=WHOLE,
        second_factor=FLAG,
        by={**maybe(TEXT), "description": "Who let a guest in, where that was no owner."},
    ),
    "People": object_of(people=list_of(ref("Person"))),
    "Invited": object_of(
        person=ref("Person"),
        code=TEXT,
        seconds=NUMBER,
        link=TEXT,
        rows=list_of(TEXT),
        links=list_of(ref("HandedLink")),
    ),
    "Invitation": object_of(
        code=TEXT, seconds=NUMBER, link=TEXT, rows=list_of(TEXT), links=list_of(ref("HandedLink"))
    ),
    "HandedLink": object_of(
        link=TEXT,
        rows={**list_of(TEXT), "description": "Its QR code."},
        secure={
            "type": "boolean",
            "description": "Over TLS: a phone must trust the home's certificate first.",
        },
        elsewhere={"type": "boolean", "description": "Another machine gets there."},
    ),
    "Removed": object_of(
        rules={**list_of(TEXT), "description": "Rules that acted for them; refused from now on."}
    ),
    "JoinState": object_of(
        optional=("home", "name", "role"),
        state={"enum": ["valid", "expired", "wrong"]},
        home=TEXT,
        name=TEXT,
        role=ROLE,
        needs_password=FLAG,
    ),
    "Sessions": object_of(
        sessions=list_of(
            object_of(id=TEXT, label=TEXT, created_at=EPOCH, last_used_at=EPOCH, current=FLAG, via=TEXT)
        )
    ),
    "Tokens": object_of(
        tokens=list_of(
            object_of(
                id=TEXT,
                name=TEXT,
                role=ROLE,
                grants=list_of(ref("Grant")),
                until=maybe(EPOCH),
                created_at=EPOCH,
            )
        )
    ),
    "NewToken": object_of(
        id=TEXT,
        token={"type": "string", "description": "Seen this once."},
        rows={**list_of(TEXT), "description": "Its QR code."},
    ),
    "ClaimState": object_of(state={"enum": ["valid", "owned", "expired", "wrong"]}),
    "Link": object_of(code=TEXT, seconds={"type": "number", "description": "For which it can be opened."}),
}
