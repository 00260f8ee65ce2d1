"""Our whole hub operates a device that others wrote: python-miio's MIoT simulator (GPL, run as a program).

It differs from real devices, and the hub bears it: `miIO.info` without `result`, 0 for a list of codes, a bad value
that fails the whole call with an error of its own shape, bare `["ok"]` for an action, bare arguments only.
"""

from __future__ import annotations

from pathlib import Path

from tests.peers import peer


async def test_it_is_found_adopted_read_and_set(tmp_path: Path) -> None:
    miiocli = peer.program("python-miio", "miiocli")
    spec = str(peer.HERE / "simulated_purifier.json")
    ran = await peer.in_own_network("simulator_client.py", miiocli, spec, str(tmp_path))
    assert ran.status == 0, ran.err
    told = ran.json()

    # Its hardware id is the first half of the model's MD5.
    (found,) = told["found"]
    assert (found["family"], found["hardware_id"], found["port"]) == ("miio", "2148480846", 54321)
    assert found["missing"] == ["token"]
    assert told["wrong_token"] == "AuthError"
    assert (told["product"], told["facts"]["model"]) == ("zhimi.airpurifier.mb4", "zhimi.airpurifier.mb4")

    before, after, outcomes = told["values"], told["after"], told["outcomes"]
    # The simulator has no 9.4: it answers that one point with an error, and the others all the same.
    assert {path for path, value in before.items() if value is None} == {"aqi_updata_heartbeat"}
    assert before["fault"] == "piid 2"
    for path in ("power", "mode", "favorite_speed", "brightness"):
        assert outcomes[path] == "confirmed: ", (path, outcomes)
    assert after["power"] is not before["power"]
    assert after["mode"] != before["mode"]
    assert (after["favorite_speed"], after["brightness"]) == (1234, 8)
    unchanged = before.keys() - {"power", "mode", "favorite_speed", "brightness"}
    assert {path: after[path] for path in unchanged} == {path: before[path] for path in unchanged}

    assert outcomes["beyond"].startswith("refused: ")
    assert "1 validation error for SimulatedMiotProperty" in outcomes["beyond"]
    assert outcomes["reset_filter"].startswith("refused: ")
    assert outcomes["plain reset_filter"] == "confirmed: "
