"""Discovery in a network with a real broadcast and real multicast: two machines and a cable, made of namespaces.

The devices know nothing of the hub and the hub was told no address; msmart-ng looks for them beside it.
"""

from __future__ import annotations

from pathlib import Path

from tests.peers import peer
from tests.peers.peer import maker


async def test_a_hub_finds_devices_of_both_families_by_broadcast_and_mdns(tmp_path: Path) -> None:
    msmart = peer.program("msmart", "python")
    ran = await peer.in_own_network("network_client.py", "hub", str(tmp_path), msmart)
    assert ran.status == 0, ran.err
    told = ran.json()
    purifier, conditioner = maker(5).purifier(1), maker(5).conditioner(1)
    assert told["broadcasts"] == ["10.77.0.255"]

    assert sorted(told["browsed"]) == [
        ["zhimi-airp-mb5_miio987654321", "10.77.0.2", 54321],
        [f"zhimi-airpurifier-mb4_miio{purifier.identity.hardware_id}", "10.77.0.2", 54321],
    ]
    found = {item["hardware_id"]: item for item in told["found"]}
    assert {hardware_id: (item["family"], item["product"]) for hardware_id, item in found.items()} == {
        purifier.identity.hardware_id: ("miio", "zhimi.airpurifier.mb4"),
        conditioner.identity.hardware_id: ("midea", "midea.ac.split"),
        "987654321": ("miio", "zhimi.airp.mb5"),
    }
    assert {item["address"] for item in found.values()} == {"10.77.0.2"}
    assert [item["missing"] for item in found.values() if item["family"] == "midea"] == [["token", "key"]]
    assert told["adopted"] == [
        ["purifier-1", "10.77.0.2", purifier.identity.hardware_id, "zhimi.airpurifier.mb4"],
        ["ac-1", "10.77.0.2", conditioner.identity.hardware_id, "midea.ac.split"],
    ]
    (theirs,) = told["msmart"]
    assert (theirs["ip"], str(theirs["id"]), theirs["version"]) == (
        "10.77.0.2",
        conditioner.identity.hardware_id,
        3,
    )
