"""The shapes of answers about passkeys, the second factor and the secure address. Owns nothing else; `schemas.py` takes
them in.

What a browser is asked for a passkey is WebAuthn's own (Level 3, 5.1.8 to 5.1.10: the JSON forms), and open here.
"""

from __future__ import annotations

from jiahe.web.schema import EPOCH, FLAG, FREE, TEXT, WHOLE, Schema, list_of, maybe, object_of, ref

_FACTOR: dict[str, Schema] = {
    "on": FLAG,
    "since": maybe(EPOCH),
    "recovery_left": WHOLE,
    "passkeys_here": {"type": "integer", "description": "Own passkeys that can confirm at this address."},
    "confirmed_until": maybe(EPOCH),
}

SECURE: dict[str, Schema] = {
    "Passkey": object_of(
        id=TEXT,
        name=TEXT,
        site={"type": "string", "description": "The host name under which it works."},
        here={"type": "boolean", "description": "Whether this is that name."},
        synced={"type": "boolean", "description": "Whether its maker keeps it in a cloud of theirs."},
        created_at=EPOCH,
        used_at=maybe(EPOCH),
    ),
    "Passkeys": object_of(passkeys=list_of(ref("Passkey")), possible=FLAG),
    "PasskeyOptions": object_of(more=True, challenge=TEXT),
    "SecondFactor": object_of(_FACTOR),
    "SecondFactorCodes": object_of(_FACTOR, codes=list_of(TEXT)),
    "AppSecret": object_of(
        secret={"type": "string", "description": "Base32, to be typed into an app."},
        uri={"type": "string", "description": "The same as an otpauth link."},
        rows={
            **list_of({"type": "string", "pattern": "^[01]+$"}),
            "description": "Its QR code without quiet zone; 1 is dark.",
        },
    ),
    "Secure": object_of(
        optional=("says",),
        address={**maybe(TEXT), "description": "Where the secure address is; null while it is closed."},
        here={"type": "boolean", "description": "Whether this request came over it."},
        passkeys={"type": "boolean", "description": "Whether this browser can have passkeys here."},
        host=TEXT,
        announced={"type": "boolean", "description": "Whether the network was told the name."},
        fingerprint={**maybe(TEXT), "description": "SHA-256 of the home's certificate."},
        only=FLAG,
        help={"type": "string", "description": "The page that helps to install the certificate."},
        trouble=TEXT,
        says={**object_of(code=TEXT, figures=FREE), "description": "Which of our sentences `trouble` is."},
    ),
}
