"""The table of routes.

Owns every path that is not a page of the app; checks, documents and tests are made from it.
"""

from __future__ import annotations

from aiohttp import web

from jiahe.home.permission import About, Verb
from jiahe.web import acting, diary, preferences, pushing, reading, signing
from jiahe.web.call import Call, Route
from jiahe.web.charting_routes import ROUTES as CHARTING
from jiahe.web.comfort_routes import ROUTES as COMFORT
from jiahe.web.fields import (
    CODE,
    CURSOR,
    DEVICE,
    EPOCH,
    HEX,
    ID_CHARACTERS,
    NAME,
    PASSWORD,
    PATH_CHARACTERS,
    PROPERTY,
)
from jiahe.web.household_routes import ROUTES as HOUSEHOLD
from jiahe.web.rules_routes import ROUTES as RULES
from jiahe.web.secure_routes import ROUTES as SECURE
from jiahe.web.shape import Field
from jiahe.web.shifting_routes import ROUTES as SHIFTING

SEE, OPERATE, CONFIGURE = Verb.SEE, Verb.OPERATE, Verb.CONFIGURE


async def get_stream(call: Call) -> web.StreamResponse:
    """The WebSocket of records."""
    if call.signed is None:
        raise AssertionError("the table lets no stranger in here")
    return await call.service.streams.serve(call.request, call.signed, call.sight, call.query.get("after"))


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/api/health", "Whether the hub can take commands", None, reading.get_health, {200: "Health"}
    ),
    # ---- signing in and out
    Route("GET", "/api/session", "Who this browser is", None, signing.get_session, {200: "Session"}),
    Route(
        "POST",
        "/api/session",
        "Sign in",
        None,
        signing.post_session,
        {204: ""},
        body={"name": NAME, "password": PASSWORD},
    ),
    Route("DELETE", "/api/session", "Sign out", None, signing.delete_session, {204: ""}),
    Route(
        "POST",
        "/api/claim",
        "Become the owner with the one-time link's code, and sign in",
        None,
        signing.post_claim,
        {204: ""},
        body={"code": CODE, "name": NAME, "password": PASSWORD},
    ),
    Route(
        "GET",
        "/api/claim/{code}",
        "Whether the one-time link is worth opening; does not use it up",
        None,
        signing.get_claim,
        {200: "ClaimState"},
    ),
    Route(
        "POST",
        "/api/links",
        "A link that signs the owner in once, within ten minutes",
        Verb.SHARE,
        signing.post_link,
        {201: "Link"},
        body={},
        about=About.PEOPLE,
    ),
    Route(
        "POST",
        "/api/password",
        "One's own new password; every other browser is signed out",
        SEE,
        signing.post_password,
        {204: ""},
        body={
            "old": Field("string", "The old one; not needed just after a one-time link.", high=1024),
            "new": Field("string", "10 to 256 characters.", required=True, high=1024),
        },
        about=None,
    ),
    Route(
        "GET",
        "/enter/{code}",
        "The demo's link or a sign-in link: signs in and goes to the app",
        None,
        signing.enter,
        {303: ""},
    ),
    # ---- the home
    Route(
        "GET",
        "/api/home",
        "Rooms, devices and values at this moment",
        SEE,
        reading.get_home,
        {200: "Home"},
        about=None,
    ),
    Route(
        "GET", "/api/devices/{id}", "One device", SEE, reading.get_device, {200: "Device"}, about=About.DEVICE
    ),
    Route(
        "PATCH",
        "/api/devices/{id}",
        "Rename a device or move it to another room",
        CONFIGURE,
        acting.patch_device,
        {200: "Device"},
        body={
            "name": Field("string", "A name for people.", low=1, high=400),
            "room": Field("string", "A room's id, or empty for none.", high=ID_CHARACTERS),
        },
        about=About.DEVICE,
    ),
    Route(
        "DELETE",
        "/api/devices/{id}",
        "The device leaves the home",
        CONFIGURE,
        acting.delete_device,
        {204: ""},
        about=About.DEVICE,
    ),
    Route(
        "POST",
        "/api/devices",
        "Take a device into the home",
        CONFIGURE,
        acting.post_device,
        {201: "Device"},
        body={
            "address": Field("string", "host or host:port", required=True, low=1, high=255),
            "family": Field(
                "string", "The family of its protocol; found out where it is left out.", high=ID_CHARACTERS
            ),
            "hardware_id": Field("string", "The maker's id, decimal.", high=64),
            "token": HEX,
            "key": HEX,
            "name": Field("string", "A name for people.", high=400),
            "room": Field("string", "A room's id.", high=ID_CHARACTERS),
            "id": Field(
                "string",
                "A short name for URLs; made from the name where it is left out.",
                high=ID_CHARACTERS,
            ),
        },
    ),
    Route(
        "GET",
        "/api/devices/{id}/tap",
        "The last frames, redacted",
        CONFIGURE,
        reading.get_tap,
        {200: "Tap"},
        about=About.DEVICE,
    ),
    Route(
        "POST",
        "/api/keys",
        "Keep keys of devices (a token list) until they are adopted",
        CONFIGURE,
        acting.post_keys,
        {200: "Kept"},
        body={
            "keys": Field(
                "array",
                "Each with family, hardware_id or address, and token, key or both in hexadecimal.",
                low=1,
                high=200,
                items="object",
            ),
            "text": Field(
                "string", "In place of `keys`: the list as a token extractor wrote it.", low=1, high=60_000
            ),
        },
        about=About.VAULT,
    ),
    Route(
        "POST",
        "/api/discover",
        "Look for devices on the network",
        CONFIGURE,
        acting.post_discover,
        {200: "Found"},
        body={
            "addresses": Field("array", "Addresses to ask, besides everybody.", high=64, items="string"),
            "seconds": Field("number", "How long to listen.", low=0.2, high=30),
        },
    ),
    Route(
        "POST", "/api/rooms", "A new room", CONFIGURE, acting.post_room, {201: "Room"}, body={"name": NAME}
    ),
    Route(
        "PATCH",
        "/api/rooms/{id}",
        "Rename a room",
        CONFIGURE,
        acting.patch_room,
        {200: "Room"},
        body={"name": NAME},
        about=About.ROOM,
    ),
    Route(
        "DELETE",
        "/api/rooms/{id}",
        "Remove a room; its devices stay",
        CONFIGURE,
        acting.delete_room,
        {204: ""},
        about=About.ROOM,
    ),
    # ---- operating
    Route(
        "POST",
        "/api/commands",
        "Operate a device and wait for the outcome",
        OPERATE,
        acting.post_command,
        {200: "Command", 202: "CommandId"},
        query={"wait": Field("integer", "0: answer before the outcome.", low=0, high=1)},
        body={
            "device": Field("string", "A device's id.", required=True, low=1, high=ID_CHARACTERS),
            "property": PROPERTY,
            "value": Field("scalar", "The property's new value."),
            "action": Field("string", "An action's path.", low=1, high=PATH_CHARACTERS),
            "arguments": Field("array", "In the order of the action's definition.", high=32),
            "timeout": Field("number", "Seconds until it ends as timed out.", low=0.05, high=120),
        },
        about=None,
    ),
    Route(
        "GET",
        "/api/commands/{id}",
        "A command and its outcome",
        SEE,
        acting.get_command,
        {200: "Command"},
        about=None,
    ),
    # ---- the past
    Route(
        "GET",
        "/api/history",
        "A property's past, for a chart",
        SEE,
        reading.get_history,
        {200: "Series"},
        query={
            "device": Field("string", "A device's id.", required=True, low=1, high=ID_CHARACTERS),
            "property": Field("string", "A property's path.", required=True, low=1, high=PATH_CHARACTERS),
            "from": EPOCH,
            "to": EPOCH,
            "points": Field("integer", "At most so many rows.", low=1, high=5_000),
        },
        about=None,
    ),
    *CHARTING,
    Route(
        "GET",
        "/api/journal",
        "Records, oldest first: after a cursor, the newest, or a page backwards",
        SEE,
        diary.get_journal,
        {200: "Journal"},
        query={
            "after": CURSOR,
            "limit": Field("integer", "At most so many records.", low=1, high=1_000),
            "latest": Field(
                "integer", "The newest so many, in place of `after` and `limit`.", low=1, high=1_000
            ),
            "before": Field(
                "integer", "The newest with a `seq` below this, at most `limit`.", low=1, high=2**53
            ),
            "kinds": Field("string", "With `before`: kinds of records, with commas.", low=1, high=200),
            "device": DEVICE,
        },
        about=None,
    ),
    Route(
        "GET",
        "/api/stream",
        "WebSocket: a snapshot or the records after a cursor, then every record (schema StreamMessage)",
        SEE,
        get_stream,
        {101: ""},
        query={"after": CURSOR},
        about=None,
    ),
    # ---- one's own
    Route(
        "GET",
        "/api/preferences",
        "One's own favourites and order of rooms, devices and scenes",
        SEE,
        preferences.get_preferences,
        {200: "Preferences"},
        about=None,
    ),
    Route(
        "PUT",
        "/api/preferences",
        "Replace the lists that are given",
        SEE,
        preferences.put_preferences,
        {200: "Preferences"},
        body={
            "favourites": Field("array", "Ids of devices.", high=500, items="string"),
            "rooms": Field("array", "Ids of rooms, in one's own order.", high=500, items="string"),
            "devices": Field("array", "Ids of devices, in one's own order.", high=500, items="string"),
            "scenes": Field("array", "Ids of scenes, in one's own order.", high=500, items="string"),
        },
        about=None,
    ),
    *RULES,
    *HOUSEHOLD,
    # ---- notices
    Route(
        "GET",
        "/api/notices",
        "One's own notices above a cursor, oldest first",
        SEE,
        pushing.get_notices,
        {200: "Notices"},
        query={"after": Field("integer", "The id of the last notice that is known.", low=0, high=2**53)},
        about=None,
    ),
    Route(
        "POST",
        "/api/notices/read",
        "Everything up to this notice was read",
        SEE,
        pushing.post_read,
        {200: "NoticesRead"},
        body={"to": Field("integer", "A notice's id.", required=True, low=0, high=2**53)},
        about=None,
    ),
    Route(
        "GET",
        "/api/notices/preferences",
        "What one wants to hear, where, and when not",
        SEE,
        pushing.get_notice_preferences,
        {200: "NoticePreferences"},
        about=None,
    ),
    Route(
        "PUT",
        "/api/notices/preferences",
        "Changes what is given of it",
        SEE,
        pushing.put_notice_preferences,
        {200: "NoticePreferences"},
        body={
            "topics": Field("object", "Topic to {app, push}."),
            "language": Field("string", "en or zh.", high=10),
        },
        open_body=True,  # `quiet` is an object or null
        about=None,
    ),
    Route(
        "GET",
        "/api/push/key",
        "What a browser needs to subscribe to pushes, and which of one's own do",
        SEE,
        pushing.get_push_key,
        {200: "PushKey"},
        about=None,
    ),
    Route(
        "POST",
        "/api/push",
        "This browser wants pushes, for as long as it is signed in",
        SEE,
        pushing.post_push,
        {201: "Subscribed"},
        body={
            "endpoint": Field(
                "string", "The browser's own address at its push service.", required=True, high=1_024
            ),
            "keys": Field("object", "p256dh and auth, in base64url.", required=True),
            "expirationTime": Field("scalar", "As the browser gives it; not used."),
        },
        about=None,
    ),
    Route(
        "DELETE",
        "/api/push/{id}",
        "This browser does not want pushes any more",
        SEE,
        pushing.delete_push,
        {204: ""},
        about=None,
    ),
    # ---- the demo
    Route(
        "GET",
        "/api/virtual",
        "The demo's devices and their faults",
        SEE,
        reading.get_virtual,
        {200: "Virtual"},
        about=About.SYSTEM,
    ),
    Route(
        "PUT",
        "/api/virtual/{id}/faults",
        "Make something go wrong with a demo's device",
        CONFIGURE,
        acting.put_faults,
        {200: "Virtual"},
        body={},
        open_body=True,
        about=About.SYSTEM,
    ),
    *SECURE,
    *COMFORT,
    *SHIFTING,
    # ---- for machines
    Route("GET", "/metrics", "Prometheus text", SEE, reading.get_metrics, {200: "Metrics"}, about=None),
    Route("GET", "/openapi.json", "This document", SEE, reading.get_openapi, {200: "OpenApi"}, about=None),
)
