"""The rows of the table for tariffs and planned starts. Owns nothing else; `routes.py` takes them in."""

from __future__ import annotations

from jiahe.home.permission import About, Verb
from jiahe.web import shifting
from jiahe.web.call import Route
from jiahe.web.fields import ID_CHARACTERS
from jiahe.web.shape import Field

SEE, OPERATE, CONFIGURE = Verb.SEE, Verb.OPERATE, Verb.CONFIGURE

ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/comfort/tariffs", "What electricity costs: all tariffs, the chosen one and its prices ahead", SEE,
          shifting.get_tariffs, {200: "Tariffs"}, about=None),
    Route("PUT", "/api/comfort/tariff", "Choose the tariff that holds", CONFIGURE, shifting.put_choice, {200: "Tariffs"},
          body={"id": Field("string", "A tariff's id; empty for none.", required=True, high=80)}, about=About.RULES),
    Route(
        "PUT", "/api/comfort/tariffs/{id}", "Write a tariff of one's own", CONFIGURE, shifting.put_tariff, {200: "Tariffs"},
        body={
            "name": Field("string", "What people call it.", required=True, low=1, high=80),
            "currency": Field("string", "Three letters by ISO 4217.", required=True, low=3, high=3),
            "pieces": Field("array", "From a day on (`since`): `windows` with `from`, `to`, `prices`, `days`, `months`; `tiers`.",
                            required=True, low=1, high=12, items="object"),
        },
        about=About.RULES,
    ),
    Route("DELETE", "/api/comfort/tariffs/{id}", "Take a tariff of one's own away", CONFIGURE, shifting.delete_tariff, {204: ""},
          about=About.RULES),
    Route("GET", "/api/comfort/shifts", "Starts that wait for cheaper electricity, and what can wait", SEE, shifting.get_shifts,
          {200: "Shifts"}, about=None),
    Route(
        "POST", "/api/comfort/shifts", "Plan a start for when electricity costs least", OPERATE, shifting.post_shift,
        {200: "Shift", 201: "Shift"},
        body={
            "device": Field("string", "A device's id.", required=True, low=1, high=ID_CHARACTERS),
            "by": Field("number", "Epoch seconds by which it is ready.", required=True),
            "arguments": Field("array", "Of the action `start`, in the order of its definition.", high=8),
            "minutes": Field("number", "How long it runs; of its past where it is left out.", low=1, high=1440),
            "kwh": Field("number", "What it takes in all.", low=0, high=50),
            "preview": Field("boolean", "True: only tell what it would be."),
        },
        about=None,
    ),
    Route("DELETE", "/api/comfort/shifts/{id}", "Take a planned start back", OPERATE, shifting.delete_shift, {204: ""}, about=None),
)  # fmt: skip
