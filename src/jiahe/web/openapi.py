"""The door described as OpenAPI 3.1. Owns nothing of its own: every word comes from the table of routes.

Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from jiahe.web.call import Route
from jiahe.web.schema import ref
from jiahe.web.schemas import SCHEMAS
from jiahe.web.shape import body_schema

_MEDIA = {
    "": None,
    "Page": "text/html",
    "Metrics": "text/plain",
    "Certificate": "application/x-x509-ca-cert",
    "Profile": "application/x-apple-aspen-config",
}
_PHRASES = {
    101: "The stream is open.",
    200: "Done.",
    201: "Made.",
    202: "Written down; the outcome comes later.",
    204: "Done.",
    303: "Signed in; the app is there.",
}


def document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    names = Counter(route.handler.__name__ for route in routes)
    for route in routes:
        twice = names[route.handler.__name__] > 1
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, twice)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jiahe",
            "version": version,
            "description": "One connected home, operated locally. Times are epoch seconds, units are UCUM codes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `jiahe token create NAME`.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "jiahe_8420",
                    "description": "By port.",
                },
            },
        },
    }


def _operation(route: Route, twice: bool) -> dict[str, Any]:
    """`twice`: another handler has the same name, so the room's file stands before it."""
    handler = route.handler
    file = handler.__module__.rpartition(".")[2]
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{file}_{handler.__name__}" if twice else handler.__name__,
        "responses": {str(status): _response(status, name) for status, name in route.answers.items()},
    }
    operation["responses"]["default"] = {
        "description": "What was wrong, in a sentence.",
        "content": {"application/json": {"schema": ref("Error")}},
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    for key, field in route.query.items():
        parameters.append({"name": key, "in": "query", "required": field.required, "schema": field.schema()})
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        schema = body_schema(route.body, route.open_body)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.verb is None:
        operation["security"] = []
    else:
        operation["description"] = f"Needs somebody who may {route.verb.value}."
    return operation


def _response(status: int, name: str) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _PHRASES[status]}
    media = _MEDIA.get(name, "application/json")
    if media is not None:
        schema = ref(name) if name in SCHEMAS else {"type": "string"}
        response["content"] = {media: {"schema": schema}}
    return response
