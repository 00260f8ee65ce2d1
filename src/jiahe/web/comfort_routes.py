"""The rows of the table for comfort, and the shapes of its answers. Owns nothing else; `routes.py` and `schemas.py` take them in."""

from __future__ import annotations

from jiahe.home.permission import About, Verb
from jiahe.web import comfort
from jiahe.web.call import Route
from jiahe.web.shape import Field

SEE, CONFIGURE = Verb.SEE, Verb.CONFIGURE
MODE = Field("string", "cool or heat.", required=True, low=1, high=10)
FREE = Field("boolean", "The weekend's point; else the workdays'.")
MINUTE = Field("integer", "Minute of the day.", required=True, low=0, high=1439)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/comfort", "What comfort knows, does and has learned", SEE, comfort.get_comfort, {200: "Comfort"}, about=None),
    Route("GET", "/api/comfort/words", "Every sentence that comfort can say, by code and language", SEE, comfort.get_words,
          {200: "ComfortWords"}, about=None),
    Route(
        "PUT", "/api/comfort/wishes", "What people want of comfort, in one piece", CONFIGURE, comfort.put_wishes, {200: "Comfort"},
        body={
            "rooms": Field("object", "By room: climate, sleep and air, each true or false."),
            "people": Field("array", "Each with id, name, band, bedroom and curve.", high=16, items="object"),
            "taste": Field("object", "tolerance (K), worth (kWh a kelvin-hour), idle (°C)."),
            "tariff": Field("string", "The name of a tariff, or empty.", high=80),
            "outdoor": Field("string", "The id of the sensor that stands outdoors, or empty.", high=80),
        },
        about=About.RULES,
    ),
    Route(
        "PATCH", "/api/comfort/rooms/{id}", "Switch one feature of a room on or off", CONFIGURE, comfort.patch_room, {200: "Comfort"},
        body={
            "feature": Field("string", "climate, sleep or air.", required=True, low=1, high=20),
            "on": Field("boolean", "On or off.", required=True),
        },
        about=About.RULES,
    ),
    Route("DELETE", "/api/comfort/rooms/{id}", "Forget what was learned of a room's climate", CONFIGURE, comfort.delete_room, {204: ""},
          about=About.RULES),
    Route("POST", "/api/comfort/rooms/{id}/release", "Take the hand off: the plan goes on", CONFIGURE, comfort.post_release,
          {200: "Comfort"}, body={}, about=About.RULES),
    Route("POST", "/api/comfort/rooms/{id}/filter", "There is a new filter in the room's purifier", CONFIGURE, comfort.post_filter,
          {200: "Comfort"}, body={}, about=About.RULES),
    Route(
        "PUT", "/api/comfort/rooms/{id}/points", "Write a point of a room's schedule; learning never moves it", CONFIGURE,
        comfort.put_point, {200: "Comfort"},
        body={"mode": MODE, "free": FREE, "minute": MINUTE, "target": Field("number", "°C; off where it is left out.", low=16, high=30)},
        about=About.RULES,
    ),
    Route(
        "POST", "/api/comfort/rooms/{id}/points/remove", "Take a point out of a room's schedule", CONFIGURE, comfort.remove_point,
        {200: "Comfort"}, body={"mode": MODE, "free": FREE, "minute": MINUTE}, about=About.RULES,
    ),
)  # fmt: skip
