"""Every route, good and bad; every good answer is held against the schema that the OpenAPI document
promises.
"""

from __future__ import annotations

import asyncio
import json

import jsonschema
import orjson
import pytest
from openapi_spec_validator import validate

from jiahe.model.errors import AuthError, JiaheError, LinkError, SpecError, StoreError
from jiahe.model.happening import Actor, Availability, PropertyRef, Quality, Reach, RecordKind, Status
from jiahe.web.openapi import document
from jiahe.web.routes import ROUTES
from jiahe.web.schemas import SCHEMAS

BY_NAME = {route.handler.__name__: route for route in ROUTES}
NESTED = 3_000


@pytest.fixture
def ask(client, house):
    """Asks as the owner; answers with status and body, after a look at the schema of the route."""

    async def ask(method, path, *, status, headers=None, **more):
        answer = await client.request(method, path, headers=house.bearer | (headers or {}), **more)
        text = await answer.text()
        assert answer.status == status, text
        body = (
            json.loads(text, parse_constant=pytest.fail) if text and "json" in answer.content_type else text
        )
        if status >= 400:
            _check("Error", body)
        else:
            handler = answer.request_info.url.path
            _check_route(client, method, handler, status, body)
        return body

    return ask


def _check(name, body):
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    jsonschema.Draft202012Validator(schema).validate(body)


def _check_route(client, method, path, status, body):
    for route in ROUTES:
        parts, given = route.path.split("/"), path.split("/")
        fits = len(parts) == len(given) and all(
            a == b or a.startswith("{") for a, b in zip(parts, given, strict=True)
        )
        if route.method == method and fits:
            name = route.answers[status]
            if name in SCHEMAS:
                _check(name, body)
            return
    pytest.fail(f"no route {method} {path}")


# ---- what is -----------------------------------------------------------------------------------------------


async def test_a_trouble_of_the_disk_is_told_by_health(ask, house):
    health = {"status": "trouble", "trouble": "The disk is full.", "uptime": 1.0, "devices": 1, "online": 1}
    object.__setattr__(house.doors, "health", lambda: health)
    assert (await ask("GET", "/api/health", status=200))["status"] == "trouble"


async def test_health_is_open_and_short(client):
    answer = await client.get("/api/health")
    assert await answer.json() == {"status": "ok", "version": "0.0", "uptime": 1.0, "devices": 1, "online": 1}


async def test_home_shows_everything(ask, house):
    house.store.waits[PropertyRef("ac", "power")] = "cmd9"
    home = await ask("GET", "/api/home", status=200)
    assert home["cursor"] == house.journal.last_seq
    assert home["rooms"] == [{"id": "living-room", "name": "Living room"}]
    (device,) = home["devices"]
    assert device["kind_labels"] == {"en": "Air conditioner", "zh": "空调"}
    assert (device["maker"], device["room"], device["availability"]["state"]) == (
        "Acme",
        "living-room",
        "online",
    )
    rows = {row["path"]: row for row in device["properties"]}
    assert rows["power"]["value"] is True
    assert rows["power"]["waiting"] == "cmd9"
    assert rows["power"]["cause"] == {"id": "c0", "kind": "device", "source": "ac"}
    assert rows["target_temperature"]["low"] == 16
    assert (rows["mode"]["quality"], rows["mode"]["value"], rows["mode"]["observed_at"]) == (
        "unknown",
        None,
        None,
    )
    assert device["actions"][0]["arguments"][0]["name"] == "level"


async def test_a_renamed_device_is_shown_renamed_and_a_value_is_never_cached(ask, house):
    await ask("GET", "/api/home", status=200)
    await ask("PATCH", "/api/devices/ac", status=200, json={"name": "Cooler"})
    house.store.say("power", False, Quality.STALE)
    device = await ask("GET", "/api/devices/ac", status=200)
    assert device["name"] == "Cooler"
    assert device["properties"][0]["value"] is False
    assert device["properties"][0]["quality"] == "stale"


async def test_a_device_without_its_product_says_so(ask, house, monkeypatch):
    monkeypatch.setattr(house.registry, "trouble", lambda device: "Its product file is gone.")
    device = await ask("GET", "/api/devices/ac", status=200)
    assert device["availability"] == {
        "state": "offline",
        "since": house.clock.now(),
        "reason": "Its product file is gone.",
    }


async def test_availability_is_the_stores(ask, house):
    house.store.reach["ac"] = Availability(Reach.LOCKED_OUT, 5.0, "The token is wrong.")
    device = await ask("GET", "/api/devices/ac", status=200)
    assert device["availability"] == {"state": "locked_out", "since": 5.0, "reason": "The token is wrong."}


async def test_wild_values_of_a_device_are_still_json(ask, house):
    for path, wild in (
        ("fault", "half \ud800"),
        ("temperature", float("nan")),
        ("power", 2**80),
        ("mode", -(2**70)),
    ):
        house.store.say(path, wild, Quality.UNKNOWN)
    device = await ask("GET", "/api/devices/ac", status=200)
    rows = {row["path"]: row["raw"] for row in device["properties"]}
    assert rows["temperature"] is None
    assert rows["power"] == str(2**80)
    assert rows["fault"] == "half ?"


async def test_the_home_is_on_disk_before_it_is_told(client, house):
    house.journal.auto = False
    house.journal.append({"device": "ac"})
    asking = asyncio.create_task(client.get("/api/home", headers=house.bearer))
    done, _ = await asyncio.wait({asking}, timeout=0.1)
    assert not done
    house.journal.commit()
    answer = await asking
    assert (await answer.json())["cursor"] == house.journal.last_seq


@pytest.mark.parametrize("path", ["/api/devices/nobody", "/api/devices/nobody/tap", "/api/commands/nobody"])
async def test_an_unknown_name_is_404_in_words(ask, path):
    body = await ask("GET", path, status=404)
    assert body["error"]["code"] == "unknown_name"
    assert "nobody" in body["error"]["message"]


async def test_the_tap_is_shown(ask):
    assert (await ask("GET", "/api/devices/ac/tap", status=200))["frames"]


# ---- commands ----------------------------------------------------------------------------------------------


async def test_a_command_waits_for_its_outcome_and_has_the_person_as_its_cause(ask, house):
    body = {"device": "ac", "property": "target_temperature", "value": 22.5, "timeout": 3}
    answer = await ask("POST", "/api/commands?wait=1", status=200, json=body)
    expected = {
        "device": "ac",
        "property": "target_temperature",
        "value": 22.5,
        "status": "confirmed",
        "reason": "",
    }
    assert answer == {"id": "cmd0", "at": house.clock.now(), **expected}
    (command,) = house.dispatch.sent
    assert (command.cause.kind, command.cause.source) == (Actor.PERSON, "test")
    assert command.deadline - command.issued_at == 3.0
    assert await ask("GET", "/api/commands/cmd0", status=200) == answer


async def test_an_action_takes_arguments_in_order(ask, house):
    body = {"device": "ac", "action": "reset_filter", "arguments": [2]}
    answer = await ask("POST", "/api/commands", status=200, json=body)
    assert (answer["action"], answer["arguments"]) == ("reset_filter", [2])
    assert house.dispatch.sent[0].arguments == (2,)


async def test_without_waiting_only_the_id_comes_and_the_outcome_can_be_asked_for(ask, house):
    house.dispatch.status = None
    body = {"device": "ac", "property": "power", "value": False}
    assert await ask("POST", "/api/commands?wait=0", status=202, json=body) == {"id": "cmd0"}
    assert (await ask("GET", "/api/commands/cmd0", status=200))["status"] == "waiting"


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.CONFIRMED])
async def test_every_other_end_is_an_answer_and_no_error(ask, house, status):
    house.dispatch.status = status
    body = {"device": "ac", "property": "power", "value": False}
    assert (await ask("POST", "/api/commands", status=200, json=body))["status"] == status.value


async def test_a_command_is_answered_when_it_is_on_disk(client, house):
    house.journal.auto = False
    body = {"device": "ac", "property": "power", "value": False}
    for wait in (0, 1):
        asking = asyncio.create_task(
            client.post(f"/api/commands?wait={wait}", json=body, headers=house.bearer)
        )
        done, _ = await asyncio.wait({asking}, timeout=0.1)
        assert not done
        house.journal.commit()
        assert (await asking).status == 202 - 2 * wait


@pytest.mark.parametrize(
    ("body", "status", "property_", "bound"),
    [
        ({"device": "ac", "property": "target_temperature", "value": 31}, 422, "target_temperature", 30),
        ({"device": "ac", "property": "target_temperature", "value": 22.3}, 422, "target_temperature", 0.5),
        (
            {"device": "ac", "property": "target_temperature", "value": "22"},
            422,
            "target_temperature",
            "float",
        ),
        (
            {"device": "ac", "property": "target_temperature", "value": True},
            422,
            "target_temperature",
            "float",
        ),
        (
            {"device": "ac", "property": "target_temperature", "value": None},
            422,
            "target_temperature",
            "float",
        ),
        ({"device": "ac", "property": "mode", "value": "dry"}, 422, "mode", ["cool", "heat"]),
        ({"device": "ac", "property": "temperature", "value": 20}, 422, "temperature", "read-only"),
        ({"device": "ac", "property": "nothing", "value": 20}, 404, None, None),
        ({"device": "nobody", "property": "power", "value": True}, 404, None, None),
        ({"device": "ac", "action": "nothing"}, 404, None, None),
        ({"device": "ac", "property": "power"}, 422, "value", None),
        ({"device": "ac", "value": True}, 422, "property", None),
        (
            {"device": "ac", "property": "power", "action": "reset_filter", "value": True},
            422,
            "property",
            None,
        ),
        ({"device": "ac", "property": "power", "value": True, "arguments": []}, 422, "value", None),
        ({"device": "ac", "action": "reset_filter", "value": 1}, 422, "value", None),
        ({"device": "ac", "property": "power", "value": {"x": 1}}, 422, "value", "scalar"),
        ({"device": "ac", "property": "power", "value": []}, 422, "value", "scalar"),
        ({"device": "ac", "action": "reset_filter", "arguments": [[1]]}, 422, "arguments", "scalar"),
        ({"device": "ac", "action": "reset_filter", "arguments": [0] * 33}, 422, "arguments", 32),
        ({"device": "ac", "property": "power", "value": True, "timeout": 0}, 422, "timeout", 0.05),
        ({"device": "ac", "property": "power", "value": True, "timeout": 1e9}, 422, "timeout", 120),
        ({"device": "ac", "property": "power", "value": True, "timeout": "3"}, 422, "timeout", "number"),
        ({"device": "ac", "property": "power", "value": True, "timeout": True}, 422, "timeout", "number"),
        ({"device": 1, "property": "power", "value": True}, 422, "device", "string"),
        ({"device": "", "property": "power", "value": True}, 422, "device", 1),
        ({"device": "a" * 41, "property": "power", "value": True}, 422, "device", 40),
        ({"property": "power", "value": True}, 422, "device", "string"),
        ({"device": "ac", "property": "power", "value": True, "extra": 1}, 422, "extra", None),
    ],
)
async def test_a_bad_command_names_what_is_wrong_and_nothing_is_sent(
    ask, house, body, status, property_, bound
):
    error = (await ask("POST", "/api/commands", status=status, json=body))["error"]
    assert error.get("property") == property_
    if bound is not None:
        assert error["bound"] == bound
    assert error["message"]
    assert not house.dispatch.sent


BODIES = [
    (b"", 400, "not_an_object"),
    (b"{", 400, "not_json"),
    (b"\xff\xfe", 400, "not_json"),
    (b"null", 400, "not_an_object"),
    (b"[]", 400, "not_an_object"),
    (b'"x"', 400, "not_an_object"),
    (b'{"device":NaN}', 400, "not_json"),
    (b'{"device":Infinity}', 400, "not_json"),
    (b'{"device":"\\ud800"}', 400, "not_json"),
    (b'{"device":"ac"} {"device":"ac"}', 400, "not_json"),
    (b"[" * NESTED, 400, "not_json"),
    (b'{"a":' * NESTED + b"1" + b"}" * NESTED, 400, "not_json"),
    (b'{"a":' * 17 + b"1" + b"}" * 17, 400, "too_deep"),
    (b'{"value":' + b"[" * 16 + b"]" * 16 + b"}", 400, "too_deep"),
    (b'{"device":"' + b"x" * 70_000 + b'"}', 413, "too_large"),
]


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.body is not None], ids=lambda r: f"{r.method} {r.path}"
)
async def test_no_body_of_any_kind_is_a_failure_of_ours(client, house, route, caplog):
    path = route.path.replace("{id}", "ac")
    for data, status, code in BODIES:
        answer = await client.request(route.method, path, data=data, headers=house.bearer)
        body = await answer.json()
        assert (answer.status, body["error"]["code"]) == (status, code), data[:40]
        _check("Error", body)
    assert not house.dispatch.sent
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "route",
    [r for r in ROUTES if r.body is not None and not r.open_body],
    ids=lambda r: f"{r.method} {r.path}",
)
async def test_a_key_that_is_not_in_the_table_is_named(client, house, route):
    path = route.path.replace("{id}", "ac")
    answer = await client.request(route.method, path, json={"nonsense": 1}, headers=house.bearer)
    assert answer.status == 422
    assert (await answer.json())["error"]["property"] == "nonsense"


async def test_ten_megabytes_are_refused_with_and_without_their_length(client, house):
    body = b" " * 10_000_000

    async def piecewise():
        for _ in range(100):
            yield body[:100_000]

    for data in (body, piecewise()):
        try:
            answer = await client.post("/api/commands", data=data, headers=house.bearer)
            assert answer.status == 413
        except (ConnectionError, OSError):
            pass  # the hub hung up before all of it was sent: as good
        assert (await client.get("/api/health")).status == 200


async def test_a_body_that_never_ends_is_not_waited_for(client, house, monkeypatch):
    monkeypatch.setattr("jiahe.web.call.BODY_SECONDS", 0.05)
    never = asyncio.Event()

    async def slow():
        yield b"{"
        await never.wait()

    answer = await client.post("/api/commands", data=slow(), headers=house.bearer)
    assert answer.status == 408
    never.set()


# ---- the home changes --------------------------------------------------------------------------------------


async def test_rooms_come_change_and_go(ask, house):
    assert await ask("POST", "/api/rooms", status=201, json={"name": "卧室"}) == {
        "id": "room",
        "name": "卧室",
    }
    assert (await ask("PATCH", "/api/rooms/room", status=200, json={"name": "Bedroom"}))["name"] == "Bedroom"
    assert (await ask("POST", "/api/rooms", status=409, json={"name": "bedroom"}))["error"]["code"] == "taken"
    await ask("DELETE", "/api/rooms/room", status=204)
    await ask("DELETE", "/api/rooms/room", status=404)
    await ask("PATCH", "/api/rooms/room", status=404, json={"name": "x"})
    error = (await ask("POST", "/api/rooms", status=422, json={"name": "a\u202eb"}))["error"]
    assert (error["property"], error["bound"]) == ("name", "U+202E")


async def test_a_device_is_moved_renamed_and_removed(ask, house):
    device = await ask("PATCH", "/api/devices/ac", status=200, json={"name": "Cooler", "room": ""})
    assert (device["name"], device["room"]) == ("Cooler", "")
    await ask("PATCH", "/api/devices/ac", status=404, json={"room": "nowhere"})
    await ask("PATCH", "/api/devices/ac", status=422, json={})
    await ask("PATCH", "/api/devices/nobody", status=404, json={"name": "x"})
    await ask("DELETE", "/api/devices/ac", status=204)
    await ask("DELETE", "/api/devices/ac", status=404)
    assert (await ask("GET", "/api/home", status=200))["devices"] == []


async def test_adopting_hands_everything_on_and_shows_no_secret(ask, house):
    body = {
        "address": "10.0.0.7",
        "token": "ab" * 16,
        "key": "cd" * 32,
        "name": "New",
        "room": "living-room",
        "id": "new",
    }
    device = await ask("POST", "/api/devices", status=201, json=body)
    assert (device["id"], device["room"]) == ("new", "living-room")
    (request,) = house.adopted
    assert (request.token, request.key) == ("ab" * 16, "cd" * 32)
    assert "abab" not in repr(request)
    assert "cdcd" not in repr(request)
    for text in (json.dumps(device), str(house.journal.all), str(house.security)):
        assert "abab" not in text
    await ask("POST", "/api/devices", status=409, json=body)


async def test_a_device_that_does_not_answer_is_502_in_words(ask):
    error = (await ask("POST", "/api/devices", status=502, json={"address": "10.9.9.9"}))["error"]
    assert error == {"code": "unreachable", "message": "Nothing answers at 10.9.9.9."}
    error = (await ask("POST", "/api/devices", status=422, json={"address": "10.9.9.8"}))["error"]
    assert (error["code"], error["property"]) == ("wrong_key", "token")


async def test_a_search_is_answered_and_there_is_one_at_a_time(client, house, ask):
    found = await ask("POST", "/api/discover", status=200, json={"addresses": ["10.0.0.5"], "seconds": 1})
    assert found["found"][0]["missing"] == ["token"]
    assert house.searches == [(["10.0.0.5"], 1.0)]
    two = await asyncio.gather(
        *(client.post("/api/discover", json={}, headers=house.bearer) for _ in range(2))
    )
    assert sorted(answer.status for answer in two) == [200, 409]
    for bad in (
        {"seconds": 31},
        {"seconds": 0},
        {"addresses": "x"},
        {"addresses": [1]},
        {"addresses": ["x"] * 65},
    ):
        await ask("POST", "/api/discover", status=422, json=bad)


async def test_faults_of_the_demo(ask):
    assert await ask("GET", "/api/virtual", status=200) == {"devices": []}
    assert (await ask("PUT", "/api/virtual/ac/faults", status=200, json={"mute": True}))["faults"] == {
        "mute": True
    }
    await ask("PUT", "/api/virtual/nobody/faults", status=404, json={})


# ---- the past ----------------------------------------------------------------------------------------------


async def test_history_of_the_last_day_is_the_default(ask, house):
    answer = await ask("GET", "/api/history?device=ac&property=temperature", status=200)
    assert (answer["unit"], answer["step"], answer["gaps"]) == ("Cel", 60.0, [[1.0, 2.0]])
    now = house.clock.now()
    assert house.history.asked == [("ac", "temperature", now - 86400, now, 300)]


@pytest.mark.parametrize(
    ("query", "status", "key"),
    [
        ("device=ac", 422, "property"),
        ("property=power", 422, "device"),
        ("device=ac&property=nothing", 404, None),
        ("device=ac&property=temperature&points=0", 422, "points"),
        ("device=ac&property=temperature&points=100000", 422, "points"),
        ("device=ac&property=temperature&points=1.5", 422, "points"),
        ("device=ac&property=temperature&from=nan", 422, "from"),
        ("device=ac&property=temperature&from=-inf", 422, "from"),
        ("device=ac&property=temperature&from=x", 422, "from"),
        ("device=ac&property=temperature&from=10&to=10", 422, "from"),
        ("device=ac&property=temperature&nonsense=1", 422, "nonsense"),
        ("device=ac&device=ac&property=temperature", 400, "device"),
    ],
)
async def test_a_bad_question_about_the_past_names_the_parameter(ask, house, query, status, key):
    error = (await ask("GET", f"/api/history?{query}", status=status))["error"]
    assert error.get("property") == key
    assert not house.history.asked


async def test_a_device_that_left_keeps_its_past_and_one_that_never_was_has_none(ask, house):
    await ask("GET", "/api/history?device=former&property=temperature", status=200)
    house.history.rows = []
    await ask("GET", "/api/history?device=never&property=temperature", status=404)
    assert (await ask("GET", "/api/history?device=ac&property=temperature", status=200))["rows"] == []


async def test_the_journal_is_read_by_pages_to_its_end(ask, house):
    for number in range(10):
        house.journal.append({"device": "ac" if number % 2 else "other", "n": number})
    seen, cursor = [], 0
    while True:
        page = await ask("GET", f"/api/journal?after={cursor}&limit=4", status=200)
        if not page["records"]:
            break
        assert len(page["records"]) <= 4
        seen += [record["seq"] for record in page["records"]]
        cursor = page["cursor"]
    assert seen == list(range(1, house.journal.last_seq + 1))
    assert cursor == house.journal.last_seq


async def test_the_newest_come_oldest_first_and_the_cursor_goes_on_from_there(ask, house):
    for number in range(10):
        house.journal.append({"device": "ac" if number < 5 else "other", "n": number})
    page = await ask("GET", "/api/journal?latest=2&device=ac", status=200)
    assert [record["body"]["n"] for record in page["records"]] == [3, 4]
    assert page["cursor"] == house.journal.last_seq
    page = await ask("GET", f"/api/journal?after={page['cursor']}", status=200)
    assert page == {"records": [], "cursor": house.journal.last_seq}


async def test_a_page_of_one_device_that_is_full_does_not_skip_the_next(ask, house):
    for number in range(6):
        house.journal.append({"device": "ac", "n": number})
    page = await ask("GET", "/api/journal?device=ac&limit=3", status=200)
    rest = await ask("GET", f"/api/journal?device=ac&after={page['cursor']}", status=200)
    assert page["records"][0]["body"]["what"] == "device_adopted"
    assert [record["body"]["n"] for record in page["records"][1:] + rest["records"]] == list(range(6))


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", "latest=0", "latest=1&after=3", "x=1"]
)
async def test_a_bad_question_to_the_journal(ask, query):
    await ask("GET", f"/api/journal?{query}", status=422)


async def test_what_is_not_on_disk_is_not_in_the_journal(ask, house):
    house.journal.auto = False
    house.journal.append({"secret": "not yet"})
    page = await ask("GET", "/api/journal", status=200)
    assert page["cursor"] == house.journal.committed_seq


# ---- for machines ------------------------------------------------------------------------------------------


async def test_metrics_are_prometheus_text(client, house):
    house.store.say("fault", 'quo"te\\\n')
    house.store.say("target_temperature", 20.0, Quality.STALE)
    await client.get("/api/health")
    answer = await client.get("/metrics", headers=house.bearer)
    assert answer.content_type == "text/plain"
    lines = (await answer.text()).splitlines()
    assert 'jiahe_value{device="ac",property="temperature"} 21.5' in lines
    assert 'jiahe_value{device="ac",property="power"} 1.0' in lines
    assert 'jiahe_devices{state="online"} 1.0' in lines
    assert 'jiahe_http_answers_total{status="200"} 1.0' in lines
    assert not [line for line in lines if "target_temperature" in line], "a stale value is no value"
    for line in lines:
        assert (
            line.startswith("# ") or line.rpartition(" ")[2].replace(".", "").replace("e+", "").isdigit()
        ), line


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


async def test_security_records_are_records(ask, house):
    house.journal.append({"what": "login", "who": "Mei"}, RecordKind.SECURITY)
    page = await ask("GET", "/api/journal?latest=1", status=200)
    assert page["records"][0]["kind"] == "security"
