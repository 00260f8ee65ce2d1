"""The rows of the table for people, their sessions and tokens. Owns nothing else; `routes.py` takes them in.

Who looks after which people is no question of one resource: `sharing.py` asks it, so these rows name none.
"""

from __future__ import annotations

from jiahe.home.permission import About, Verb
from jiahe.web import household
from jiahe.web.call import Route
from jiahe.web.shape import Field

SHARE, SEE, SECURITY = Verb.SHARE, Verb.SEE, About.SECURITY

NAME = Field("string", "A name for people.", required=True, low=1, high=400)
ROLE = Field("string", "owner, adult, child or guest.", required=True, low=1, high=20)
GRANTS = Field("array", "Grants (schema Grant).", high=50, items="object")
UNTIL = Field("scalar", "The end of all, in epoch seconds; 0 or null for none.")
PERSON = Field("string", "A person's id; one's own where it is left out.", low=1, high=64)
CODE = Field("string", "The code of the invitation.", required=True, low=1, high=100)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/people",
        "Everybody in the home",
        SHARE,
        household.get_people,
        {200: "People"},
        about=None,
    ),
    Route(
        "POST",
        "/api/people",
        "Somebody new, with a one-time invitation",
        SHARE,
        household.post_person,
        {201: "Invited"},
        body={"name": NAME, "role": ROLE, "grants": GRANTS, "until": UNTIL},
        about=None,
    ),
    Route(
        "PATCH",
        "/api/people/{id}",
        "Another name, role, grants or end",
        SHARE,
        household.patch_person,
        {200: "Person"},
        body={
            "name": Field("string", "A name for people.", low=1, high=400),
            "role": Field("string", "owner, adult, child or guest.", low=1, high=20),
            "grants": GRANTS,
            "until": UNTIL,
        },
        about=None,
    ),
    Route(
        "DELETE",
        "/api/people/{id}",
        "They are nobody from now on",
        SHARE,
        household.delete_person,
        {200: "Removed"},
        about=None,
    ),
    Route(
        "POST",
        "/api/people/{id}/invitation",
        "A new one-time link for somebody who is here",
        SHARE,
        household.post_invitation,
        {201: "Invitation"},
        body={},
        about=None,
    ),
    Route(
        "GET",
        "/api/join/{code}",
        "Whether an invitation is worth opening; does not use it up",
        None,
        household.get_join,
        {200: "JoinState"},
    ),
    Route(
        "POST",
        "/api/join",
        "Come in by an invitation, once",
        None,
        household.post_join,
        {204: ""},
        body={"code": CODE, "password": Field("string", "8 to 256 characters; none for a guest.", high=1024)},
    ),
    Route(
        "GET",
        "/api/sessions",
        "The browsers that are signed in as oneself",
        SEE,
        household.get_sessions,
        {200: "Sessions"},
        query={"person": PERSON},
        about=None,
    ),
    Route(
        "DELETE",
        "/api/sessions/{id}",
        "Sign another browser out",
        SEE,
        household.end_session,
        {204: ""},
        query={"person": PERSON},
        about=None,
    ),
    Route("GET", "/api/tokens", "Every token", SHARE, household.get_tokens, {200: "Tokens"}, about=SECURITY),
    Route(
        "POST",
        "/api/tokens",
        "A token for an agent or a maker's service",
        SHARE,
        household.post_token,
        {201: "NewToken"},
        body={
            "name": NAME,
            "role": Field("string", "agent or service.", required=True, low=1, high=20),
            "grants": Field("array", "Grants (schema Grant).", required=True, high=50, items="object"),
            "until": UNTIL,
        },
        about=SECURITY,
    ),
    Route(
        "DELETE",
        "/api/tokens/{id}",
        "A token is worth nothing from now on",
        SHARE,
        household.delete_token,
        {204: ""},
        about=SECURITY,
    ),
)
