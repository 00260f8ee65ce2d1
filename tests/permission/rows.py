"""Every row of the table of routes with what is asked of it, of which thing, and who may: written by hand, not asked of the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.permission.furnished import SEES, WHO

NOBODY: frozenset[str] = frozenset()
SOMEBODY = frozenset(WHO) - {"stranger", "ended guest", "forger"}
TRUSTED = frozenset({"owner", "adult"})
OWNER = frozenset({"owner"})
BROAD = TRUSTED | {"wide agent"}
FILES = BROAD | {"clerk"}
"""Who may configure the home; the clerk may operate none of it."""
ANYBODY = frozenset(WHO)

OPERATES: dict[str, frozenset[str]] = {
    "lampqx": BROAD | {"child", "lamp guest"},
    "fanqx": BROAD | {"child", "kitchen guest", "host", "fan agent"},
    "coolqx": BROAD | {"child"},
    "plugqx": BROAD,
    "bandqx": TRUSTED,
}
CONFIGURES: dict[str, frozenset[str]] = {
    "lampqx": FILES, "ovenqx": TRUSTED, "fanqx": FILES, "coolqx": FILES, "plugqx": FILES, "bandqx": TRUSTED,
    "bedroomqx": FILES, "kitchenqx": FILES, "studyqx": FILES,
}  # fmt: skip
ASKS = {"cool-evening": FILES, "only-lamp": FILES, "pulse-light": TRUSTED}
"""Who may ask what a rule would do."""
WRITES = {"cool-evening": BROAD, "only-lamp": BROAD, "pulse-light": TRUSTED}
"""Who may write it: they operate all that it sets, too."""


@dataclass(frozen=True)
class Ask:
    """One request. `about` is the thing it names (a key of SECRETS, or "" for none), `may` who is not refused.

    `id` is what stands for the thing, in the path or the body: a twin with an id that never was must be answered alike by
    who does not see it. `sent`: it is only sent by who may not, because it would change the home for the others.
    """

    path: str
    may: frozenset[str]
    about: str = ""
    id: str = ""
    body: Any = None
    sent: bool = False
    has_twin: bool = True


def seen(about: str) -> frozenset[str]:
    return frozenset(who for who, things in SEES.items() if about in things)


DEVICES = ("lampqx", "bandqx", "ovenqx", "fanqx", "coolqx", "plugqx")
ROOMS = ("bedroomqx", "kitchenqx", "studyqx")
PARTS = (
    ("lampqx", "power", "lampqx"), ("lampqx", "light_level", "lampqx:light"), ("bandqx", "heart_rate", "bandqx"),
    ("ovenqx", "remaining_time", "ovenqx"), ("fanqx", "power", "fanqx"), ("coolqx", "power", "coolqx"),
    ("coolqx", "temperature", "coolqx:temperature"),
)  # fmt: skip
RULES, SCENES = ("cool-evening", "pulse-light", "only-lamp"), ("lamp-scene", "plug-scene", "hot-scene")
PLAYS = {"lamp-scene": OPERATES["lampqx"], "plug-scene": BROAD, "hot-scene": BROAD | {"child"}}
TEXT = "name: T\nenabled: false\nwhen: [{becomes: %s}]\nthen: [{set: %s, to: off}]\n"
TEXTS = (
    (TEXT % ("lampqx.light_level > 5", "lampqx.power"), "lampqx:light", FILES),
    (TEXT % ("bandqx.heart_rate > 5", "lampqx.power"), "bandqx", TRUSTED),
)


def of_devices(path: str, may: Any = None, **more: Any) -> list[Ask]:
    return [
        Ask(path.format(id=one), seen(one) if may is None else may[one], one, one, **more) for one in DEVICES
    ]


def of_parts(path: str) -> list[Ask]:
    """A part of a device that is seen is hidden by itself: its twin is a part that never was."""
    return [
        Ask(path.format(device=device, path=part), seen(key), key, part if ":" in key else device)
        for device, part, key in PARTS
    ]


def of_rules(path: str, may: Any = None, **more: Any) -> list[Ask]:
    asks = []
    for one in RULES:
        key = f"rule:{one}"
        asks.append(Ask(path.format(id=one), seen(key) if may is None else may[one], key, one, **more))
    return asks


def of_scenes(path: str, may: Any, **more: Any) -> list[Ask]:
    return [Ask(path.format(id=one), may[one], f"scene:{one}", one, **more) for one in SCENES]


def with_texts(path: str, extra: dict[str, Any], *, changes: bool = False) -> list[Ask]:
    """Texts that look at what some do not see; where one `changes` the home its writer operates all that it sets."""
    return [
        Ask(path, may & (BROAD if changes else may), "", "", {**extra, "text": text}, sent=changes)
        for text, _, may in TEXTS
    ]


def everybody(path: str, may: frozenset[str] = SOMEBODY, **more: Any) -> list[Ask]:
    return [Ask(path, may, **more)]


COMMANDS = [
    Ask(
        "/api/commands?wait=0", OPERATES[device], device, device, {"device": device, "property": path, "value": True},
        sent=False,
    )
    for device, path in (("lampqx", "power"), ("fanqx", "power"), ("coolqx", "power"), ("plugqx", "power"))
] + [
    Ask("/api/commands?wait=0", OPERATES["bandqx"], "bandqx", "bandqx", {"device": "bandqx", "action": "alert"}),
]  # fmt: skip
LATER = {"from": 1.0, "to": 1000.0}

ROWS: dict[tuple[str, str], list[Ask]] = {
    ("GET", "/api/health"): everybody("/api/health", ANYBODY),
    ("GET", "/api/session"): everybody("/api/session", ANYBODY),
    ("POST", "/api/session"): everybody("/api/session", NOBODY, body={"name": "nobody", "password": "wrong horse"}),
    ("DELETE", "/api/session"): [],  # one's own: it ends the asker
    ("POST", "/api/claim"): everybody("/api/claim", NOBODY, body={"code": "x", "name": "y", "password": "z" * 9}),
    ("GET", "/api/claim/{code}"): everybody("/api/claim/x", ANYBODY),
    ("POST", "/api/links"): everybody("/api/links", OWNER, body={}),
    ("POST", "/api/password"): everybody("/api/password", NOBODY, body={"old": "wrong", "new": "long enough"}),
    ("GET", "/enter/{code}"): everybody("/enter/x", ANYBODY),
    ("GET", "/api/home"): everybody("/api/home"),
    ("GET", "/api/devices/{id}"): of_devices("/api/devices/{id}"),
    ("PATCH", "/api/devices/{id}"): of_devices("/api/devices/{id}", CONFIGURES, body={"name": "X"}, sent=True),
    ("DELETE", "/api/devices/{id}"): of_devices("/api/devices/{id}", CONFIGURES, sent=True),
    ("POST", "/api/devices"): everybody("/api/devices", FILES, body={"address": "10.77.0.50"}, sent=True),
    ("GET", "/api/devices/{id}/tap"): of_devices("/api/devices/{id}/tap", CONFIGURES),
    ("POST", "/api/keys"): everybody("/api/keys", OWNER, body={"keys": [{"family": "miio"}]}, sent=True),
    ("POST", "/api/discover"): everybody("/api/discover", FILES, body={"seconds": 0.2}, sent=True),
    ("POST", "/api/rooms"): everybody("/api/rooms", FILES, body={"name": "New"}, sent=True),
    ("PATCH", "/api/rooms/{id}"): [
        Ask(f"/api/rooms/{one}", CONFIGURES[one], one, one, {"name": "X"}, sent=True) for one in ROOMS
    ],
    ("DELETE", "/api/rooms/{id}"): [
        Ask(f"/api/rooms/{one}", CONFIGURES[one], one, one, sent=True) for one in ROOMS
    ],
    ("POST", "/api/commands"): COMMANDS,
    ("GET", "/api/commands/{id}"): [
        Ask("/api/commands/{lampqx}", seen("lampqx"), "lampqx", "{lampqx}"),
        Ask("/api/commands/{coolqx}", seen("coolqx"), "coolqx", "{coolqx}"),
    ],
    ("GET", "/api/history"): of_parts("/api/history?device={device}&property={path}"),
    ("GET", "/api/marks"): of_parts("/api/marks?device={device}&property={path}"),
    ("GET", "/api/energy"): [*everybody("/api/energy"), *of_devices("/api/energy?device={id}")],
    ("GET", "/api/journal"): [
        *everybody("/api/journal?limit=1000"),
        *everybody("/api/journal?latest=1000"),
        *everybody("/api/journal?before=100000&limit=1000"),
        *everybody("/api/journal?before=100000&kinds=security,rule,home,system"),
        *[Ask(f"/api/journal?device={one}&limit=1000", SOMEBODY, one, one) for one in DEVICES],
    ],
    ("GET", "/api/stream"): [],  # `test_stream.py`
    ("GET", "/api/preferences"): everybody("/api/preferences"),
    ("PUT", "/api/preferences"): everybody("/api/preferences", body={"favourites": []}),
    ("GET", "/api/rules"): everybody("/api/rules"),
    ("GET", "/api/rules/{id}"): of_rules("/api/rules/{id}"),
    ("PUT", "/api/rules/{id}"): [
        # an id that is taken cannot be made anew: that much is told to who may write rules
        *of_rules("/api/rules/{id}", WRITES, body={"text": TEXTS[0][0]}, sent=True, has_twin=False),
        *with_texts("/api/rules/new", {}, changes=True),
    ],
    ("DELETE", "/api/rules/{id}"): of_rules("/api/rules/{id}", WRITES, sent=True),
    ("POST", "/api/rules/{id}/enable"): of_rules("/api/rules/{id}/enable", WRITES, body={"enabled": False}, sent=True),
    ("GET", "/api/scenes"): everybody("/api/scenes"),
    ("PUT", "/api/scenes/{id}"): of_scenes(
        "/api/scenes/{id}", dict.fromkeys(SCENES, BROAD), body={"text": "set: {lampqx.power: on}"}, sent=True
    ),
    ("DELETE", "/api/scenes/{id}"): of_scenes("/api/scenes/{id}", dict.fromkeys(SCENES, BROAD), sent=True),
    ("POST", "/api/scenes/{id}"): of_scenes("/api/scenes/{id}", PLAYS, body={}, sent=True),
    ("GET", "/api/mode"): everybody("/api/mode", FILES | {"child"}),
    ("PUT", "/api/mode"): everybody("/api/mode", BROAD, body={"mode": "away"}, sent=True),
    ("POST", "/api/rules/form"): [
        Ask("/api/rules/form", FILES, body={"id": "new", "text": text}) for text, _, _ in TEXTS
    ],
    ("POST", "/api/rules/tests"): with_texts("/api/rules/tests", {"id": "new"}),
    ("GET", "/api/sentences"): everybody("/api/sentences", ANYBODY),
    ("GET", "/api/rule-words"): everybody("/api/rule-words"),
    ("POST", "/api/rules/{id}/replay"): [
        *of_rules("/api/rules/{id}/replay", ASKS, body=LATER),
        *with_texts("/api/rules/new/replay", LATER),
    ],
    ("POST", "/api/rules/check"): [
        *[
            Ask("/api/rules/check", ASKS[one], f"rule:{one}", one, {"id": one, **LATER})
            for one in RULES
        ],
        *with_texts("/api/rules/check", {"id": "new", **LATER}),
    ],
    ("GET", "/api/rules/{id}/why"): of_rules("/api/rules/{id}/why"),
    ("GET", "/api/why"): of_parts("/api/why?device={device}&property={path}"),
    ("GET", "/api/people"): everybody("/api/people", OWNER | {"host"}),
    ("POST", "/api/people"): everybody("/api/people", OWNER, body={"name": "New", "role": "owner"}, sent=True),
    ("PATCH", "/api/people/{id}"): everybody("/api/people/{adult}", OWNER, body={"role": "owner"}, sent=True),
    ("DELETE", "/api/people/{id}"): everybody("/api/people/{adult}", OWNER, sent=True),
    ("POST", "/api/people/{id}/invitation"): everybody("/api/people/{adult}/invitation", OWNER, body={}, sent=True),
    ("GET", "/api/join/{code}"): everybody("/api/join/x", ANYBODY),
    ("POST", "/api/join"): everybody("/api/join", NOBODY, body={"code": "x"}),
    ("GET", "/api/sessions"): [*everybody("/api/sessions"), *everybody("/api/sessions?person={owner}", OWNER)],
    ("DELETE", "/api/sessions/{id}"): everybody("/api/sessions/x?person={adult}", NOBODY),
    ("GET", "/api/tokens"): everybody("/api/tokens", OWNER),
    ("POST", "/api/tokens"): everybody(
        "/api/tokens", OWNER, body={"name": "t", "role": "agent", "grants": [{"verbs": ["see"]}]}, sent=True
    ),
    ("DELETE", "/api/tokens/{id}"): everybody("/api/tokens/x", NOBODY),
    ("GET", "/api/notices"): everybody("/api/notices"),
    ("POST", "/api/notices/read"): everybody("/api/notices/read", body={"to": 0}),
    ("GET", "/api/notices/preferences"): everybody("/api/notices/preferences"),
    ("PUT", "/api/notices/preferences"): everybody("/api/notices/preferences", body={}),
    ("GET", "/api/push/key"): everybody("/api/push/key"),
    ("POST", "/api/push"): [],  # a browser's own; `tests/notice`
    ("DELETE", "/api/push/{id}"): everybody("/api/push/x", NOBODY),
    ("GET", "/api/virtual"): everybody("/api/virtual", NOBODY),  # no demo
    ("PUT", "/api/virtual/{id}/faults"): everybody("/api/virtual/x/faults", NOBODY, body={}),
    ("GET", "/api/passkeys"): everybody("/api/passkeys", frozenset(WHO)),
    ("POST", "/api/passkeys/options"): everybody("/api/passkeys/options", frozenset(WHO), body={}),
    ("POST", "/api/passkeys"): [],  # a browser's own; `tests/web/test_passkeys.py`
    ("DELETE", "/api/passkeys/{id}"): everybody("/api/passkeys/x", NOBODY),
    ("POST", "/api/session/passkey/options"): everybody("/api/session/passkey/options", frozenset(WHO), body={}),
    ("POST", "/api/session/passkey"): [],  # the same
    ("GET", "/api/second-factor"): everybody("/api/second-factor", frozenset(WHO)),
    ("POST", "/api/second-factor/totp"): [],  # one's own; `tests/web/test_second_factor.py`
    ("PUT", "/api/second-factor/totp"): [],
    ("POST", "/api/second-factor/recovery"): [],
    ("DELETE", "/api/second-factor"): [],
    ("POST", "/api/session/confirm"): [],
    ("DELETE", "/api/people/{id}/second-factor"): everybody("/api/people/{adult}/second-factor", OWNER, sent=True),
    ("GET", "/api/secure"): everybody("/api/secure", ANYBODY),
    ("PUT", "/api/secure"): everybody("/api/secure", OWNER, body={"only": False}, sent=True),
    ("GET", "/trust"): everybody("/trust", ANYBODY),
    ("GET", "/trust/ca.crt"): everybody("/trust/ca.crt", ANYBODY),
    ("GET", "/trust/ca.mobileconfig"): everybody("/trust/ca.mobileconfig", ANYBODY),
    ("GET", "/api/comfort"): everybody("/api/comfort"),
    ("GET", "/api/comfort/words"): everybody("/api/comfort/words"),
    ("PUT", "/api/comfort/wishes"): everybody("/api/comfort/wishes", BROAD, body={}, sent=True),
    ("PATCH", "/api/comfort/rooms/{id}"): [
        Ask(f"/api/comfort/rooms/{one}", BROAD, one, one, {"feature": "climate", "on": False}, sent=True)
        for one in ROOMS
    ],
    ("DELETE", "/api/comfort/rooms/{id}"): everybody("/api/comfort/rooms/bedroomqx", BROAD, sent=True),
    ("POST", "/api/comfort/rooms/{id}/release"): everybody(
        "/api/comfort/rooms/bedroomqx/release", BROAD, body={}, sent=True
    ),
    ("POST", "/api/comfort/rooms/{id}/filter"): everybody(
        "/api/comfort/rooms/bedroomqx/filter", BROAD, body={}, sent=True
    ),
    ("PUT", "/api/comfort/rooms/{id}/points"): everybody(
        "/api/comfort/rooms/bedroomqx/points", BROAD, body={}, sent=True
    ),
    ("POST", "/api/comfort/rooms/{id}/points/remove"): everybody(
        "/api/comfort/rooms/bedroomqx/points/remove", BROAD, body={}, sent=True
    ),
    ("GET", "/api/comfort/tariffs"): everybody("/api/comfort/tariffs"),
    ("PUT", "/api/comfort/tariff"): everybody("/api/comfort/tariff", FILES, body={"id": ""}, sent=True),
    ("PUT", "/api/comfort/tariffs/{id}"): everybody(
        "/api/comfort/tariffs/ours", FILES, body={"name": "Ours", "currency": "CNY", "pieces": [{}]}, sent=True
    ),
    ("DELETE", "/api/comfort/tariffs/{id}"): everybody("/api/comfort/tariffs/ours", FILES, sent=True),
    ("GET", "/api/comfort/shifts"): everybody("/api/comfort/shifts"),
    ("POST", "/api/comfort/shifts"): [
        Ask("/api/comfort/shifts", OPERATES[one], one, one, {"device": one, "by": 1.0})
        for one in ("plugqx", "lampqx", "fanqx", "bandqx")
    ],
    ("DELETE", "/api/comfort/shifts/{id}"): everybody("/api/comfort/shifts/x", NOBODY),
    ("GET", "/metrics"): everybody("/metrics"),
    ("GET", "/openapi.json"): everybody("/openapi.json"),
}  # fmt: skip
