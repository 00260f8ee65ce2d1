"""The rows of the table for rules, scenes, the mode and their past. Owns nothing else; `routes.py` takes them in."""

from __future__ import annotations

from jiahe.home.permission import About, Verb
from jiahe.web import asking, forming, ruling
from jiahe.web.call import Route
from jiahe.web.fields import EPOCH, ID_CHARACTERS, PATH_CHARACTERS, YAML
from jiahe.web.shape import Field

SEE, OPERATE, CONFIGURE = Verb.SEE, Verb.OPERATE, Verb.CONFIGURE

ROUTES: tuple[Route, ...] = (
    # ---- rules, scenes and the mode
    Route(
        "GET",
        "/api/rules",
        "Every rule, those with faults too",
        SEE,
        ruling.get_rules,
        {200: "Rules"},
        about=None,
    ),
    Route(
        "GET",
        "/api/rules/{id}",
        "A rule, its text and what it says",
        SEE,
        ruling.get_rule,
        {200: "Rule"},
        about=None,
    ),
    Route(
        "PUT",
        "/api/rules/{id}",
        "Write a rule; one that is on must fit the home and pass its own tests",
        CONFIGURE,
        ruling.put_rule,
        {200: "Rule"},
        body={"text": YAML},
        about=About.RULES,
    ),
    Route(
        "DELETE",
        "/api/rules/{id}",
        "Remove a rule",
        CONFIGURE,
        ruling.delete_rule,
        {204: ""},
        about=About.RULES,
    ),
    Route(
        "POST",
        "/api/rules/{id}/enable",
        "Switch a rule on (after its own tests) or off, in its file",
        CONFIGURE,
        ruling.post_enable,
        {200: "Rule"},
        body={"enabled": Field("boolean", "On or off.", required=True)},
        about=About.RULES,
    ),
    Route(
        "GET",
        "/api/scenes",
        "Every scene, those with faults too",
        SEE,
        ruling.get_scenes,
        {200: "Scenes"},
        about=None,
    ),
    Route(
        "PUT",
        "/api/scenes/{id}",
        "Write a scene",
        CONFIGURE,
        ruling.put_scene,
        {200: "Scene"},
        body={"text": YAML},
        about=About.RULES,
    ),
    Route(
        "DELETE",
        "/api/scenes/{id}",
        "Remove a scene",
        CONFIGURE,
        ruling.delete_scene,
        {204: ""},
        about=About.RULES,
    ),
    Route(
        "POST",
        "/api/scenes/{id}",
        "Play a scene and wait for every part's end",
        OPERATE,
        ruling.post_scene,
        {200: "Played"},
        body={},
        about=None,
    ),
    Route("GET", "/api/mode", "The home's mode", SEE, ruling.get_mode, {200: "Mode"}),
    Route(
        "PUT",
        "/api/mode",
        "Set the home's mode",
        OPERATE,
        ruling.put_mode,
        {200: "Mode"},
        body={"mode": Field("string", "home, away, night or holiday.", required=True, low=1, high=20)},
    ),
    # ---- rules built without text
    Route(
        "POST",
        "/api/rules/form",
        "A rule's or scene's text with edits in it, as cards, and what is wrong; nothing is written",
        CONFIGURE,
        forming.post_form,
        {200: "Formed"},
        body={
            "text": YAML,
            "edits": Field(
                "array",
                "Each `op` (set, insert, remove, move), `path` and `value`; made one after the other.",
                high=50,
                items="object",
            ),
            "kind": Field("string", "rule (also where it is left out) or scene.", low=1, high=10),
            "id": Field("string", "The rule's or scene's id, where it has one.", low=1, high=64),
        },
        about=About.RULES,
    ),
    Route(
        "POST",
        "/api/rules/tests",
        "The tests that a rule's text brings along, run in a home of their own",
        CONFIGURE,
        forming.post_tests,
        {200: "RuleTests"},
        body={"id": Field("string", "The rule's id.", required=True, low=1, high=64), "text": YAML},
        about=About.RULES,
    ),
    Route(
        "GET",
        "/api/rule-words",
        "What rules may begin with besides values and times: events of devices, the sun",
        SEE,
        forming.get_words,
        {200: "RuleWords"},
        about=None,
    ),
    Route(
        "GET",
        "/api/sentences",
        "Every sentence that has a code, in every language",
        None,
        forming.get_sentences,
        {200: "Sentences"},
        about=None,
    ),
    # ---- rules and the past
    Route(
        "POST",
        "/api/rules/{id}/replay",
        "What a rule would have done in the past, beside what really happened; nothing is sent to any device",
        CONFIGURE,
        asking.post_replay,
        {200: "Replay"},
        body={
            "text": Field(
                "string", "The rule's YAML; the home's own rule where it is left out.", high=60_000
            ),
            "from": EPOCH,
            "to": EPOCH,
        },
        about=About.RULES,
    ),
    Route(
        "POST",
        "/api/rules/check",
        "What speaks against a rule before it is switched on: its tests, the other rules, the past",
        CONFIGURE,
        asking.post_check,
        {200: "Checked"},
        body={
            "id": Field("string", "The rule's id.", required=True, low=1, high=64),
            "text": Field(
                "string", "The rule's YAML; the home's own rule where it is left out.", high=60_000
            ),
            "from": EPOCH,
            "to": EPOCH,
        },
        about=About.RULES,
    ),
    Route(
        "GET",
        "/api/rules/{id}/why",
        "What a rule did at a moment, or the first thing that kept it from running",
        SEE,
        asking.get_why_rule,
        {200: "Why"},
        query={"at": EPOCH},
        about=None,
    ),
    Route(
        "GET",
        "/api/why",
        "Who made a property what it was at a moment",
        SEE,
        asking.get_why,
        {200: "Why"},
        query={
            "device": Field("string", "A device's id.", required=True, low=1, high=ID_CHARACTERS),
            "property": Field("string", "A property's path.", required=True, low=1, high=PATH_CHARACTERS),
            "at": EPOCH,
        },
        about=None,
    ),
)
