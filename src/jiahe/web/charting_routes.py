"""The rows of the table for charts. Owns nothing else; `routes.py` takes them in."""

from __future__ import annotations

from jiahe.home.permission import Verb
from jiahe.web import charting
from jiahe.web.call import Route
from jiahe.web.fields import DEVICE, EPOCH, ID_CHARACTERS, PROPERTY
from jiahe.web.shape import Field

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/marks",
        "What was done to a device in a span, for the marks on its charts",
        Verb.SEE,
        charting.get_marks,
        {200: "Marks"},
        query={
            "device": Field("string", "A device's id.", required=True, low=1, high=ID_CHARACTERS),
            "property": PROPERTY,
            "from": EPOCH,
            "to": EPOCH,
        },
        about=None,
    ),
    Route(
        "GET",
        "/api/energy",
        "Electricity of each device by hour, day or month of the home's own time",
        Verb.SEE,
        charting.get_energy,
        {200: "Energy"},
        query={
            "from": EPOCH,
            "to": EPOCH,
            "by": Field("string", "hour, day (also where it is left out) or month.", low=1, high=10),
            "device": DEVICE,
        },
        about=None,
    ),
)
