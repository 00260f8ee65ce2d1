"""The table of routes, its OpenAPI document and the application say the same."""

from __future__ import annotations

import jsonschema
import orjson
import pytest
from openapi_spec_validator import validate

from jiahe.model.errors import AuthError, JiaheError, LinkError, SpecError, StoreError
from jiahe.web.openapi import document
from jiahe.web.routes import ROUTES


def test_the_openapi_document_is_valid_and_has_every_route():
    made = orjson.loads(orjson.dumps(document(ROUTES, "0.0")))
    validate(made)
    paths = {(method.upper(), path) for path, methods in made["paths"].items() for method in methods}
    assert paths == {(route.method, route.path) for route in ROUTES}
    ids = [operation["operationId"] for methods in made["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)
    for name, schema in made["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema), name


async def test_the_openapi_document_is_served(ask):
    assert (await ask("GET", "/openapi.json", status=200))["openapi"] == "3.1.0"


async def test_the_application_has_no_route_beside_the_table(client):
    table = {(route.method, route.path) for route in ROUTES}
    there = {(route.method, route.resource.canonical) for route in client.app.router.routes()}
    assert there - table == {("GET", "/{tail}"), ("HEAD", "/{tail}")}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreError("The disk is full."), 507, "storage"),
        (LinkError("No way."), 502, "unreachable"),
        (AuthError("You may not."), 403, "not_allowed"),
        (SpecError("wrong", file="a.toml", line=3), 422, "product"),
        (JiaheError("Something."), 500, "internal"),
        (RuntimeError("a detail with a secret"), 500, "internal"),
    ],
)
async def test_every_error_of_the_house_is_an_answer_in_words(ask, house, error, status, code):
    house.dispatch.error = error
    body = {"device": "ac", "property": "power", "value": True}
    answer = (await ask("POST", "/api/commands", status=status, json=body))["error"]
    assert answer["code"] == code
    assert "Traceback" not in answer["message"]
    assert "secret" not in answer["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/api/home"), ("POST", "/api/health"), ("DELETE", "/"), ("GET", "/api/claim")],
)
async def test_a_wrong_method_says_which_are_right(client, method, path):
    answer = await client.request(method, path)
    assert answer.status in {405, 404}
    assert "error" in await answer.json()


async def test_nothing_is_at_an_unknown_path_of_the_api(ask):
    for path in ("/api", "/api/", "/api/nothing", "/api/home/x", "/metrics/x", "/enter"):
        await ask("GET", path, status=404)
