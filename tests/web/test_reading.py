"""What changes nothing: the home, its past, its health. Good answers are held against their schemas."""

from __future__ import annotations

import asyncio

import pytest

from jiahe.model.happening import Availability, PropertyRef, Quality, Reach, RecordKind


async def test_a_trouble_of_the_disk_is_told_by_health(ask, house):
    health = {"status": "trouble", "trouble": "The disk is full.", "uptime": 1.0, "devices": 1, "online": 1}
    object.__setattr__(house.doors, "health", lambda: health)
    assert (await ask("GET", "/api/health", status=200))["status"] == "trouble"


async def test_health_is_open_and_short(client):
    answer = await client.get("/api/health")
    assert await answer.json() == {"status": "ok", "version": "0.0", "uptime": 1.0}


async def test_health_says_more_to_who_lives_here(ask):
    health = await ask("GET", "/api/health", status=200)
    assert health == {"status": "ok", "version": "0.0", "uptime": 1.0, "devices": 1, "online": 1}


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


async def test_pages_backwards_hold_every_record_of_their_kinds_once(ask, house):
    for number in range(10):
        kind = RecordKind.EVENT if number % 3 == 0 else RecordKind.UPDATE
        house.journal.append({"device": "ac", "n": number}, kind)
    seen, before = [], 2**53
    while before > 1:
        page = await ask("GET", f"/api/journal?before={before}&limit=2&kinds=event,command", status=200)
        assert page["cursor"] == house.journal.last_seq
        seen = [record["body"]["n"] for record in page["records"]] + seen
        assert page["reached"] < before
        before = page["reached"]
    assert seen == [0, 3, 6, 9]
    for bad in ("before=0", "before=5&after=1", "before=5&latest=2", "kinds=event", "before=5&kinds=gossip"):
        await ask("GET", f"/api/journal?{bad}", status=422)


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


async def test_security_records_are_records(ask, house):
    house.journal.append({"what": "login", "who": "Mei"}, RecordKind.SECURITY)
    page = await ask("GET", "/api/journal?latest=1", status=200)
    assert page["records"][0]["kind"] == "security"
