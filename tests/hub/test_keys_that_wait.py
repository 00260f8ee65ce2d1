"""A token list, a vault's file and the grades without internet, over a whole home."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.hub.whole_home import SOMEBODY, whole_home
from tests.machines.virtual_time import virtual_time

from jiahe.cli.main import main
from jiahe.home import vault_file
from jiahe.hub.acquaint import Acquaintance
from jiahe.hub.without_internet import graded
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.web.doors import AdoptRequest
from jiahe.wire.talk import Sighting

PURIFIER = "living-purifier"


def _seen(monkeypatch: pytest.MonkeyPatch, card: Any) -> Sighting:
    """What discovery would say of this device: it needs real sockets, and this home is in memory."""
    facts = {key: card.facts[key] for key in ("version", "type") if key in card.facts}
    sighting = Sighting(card.family, card.hardware_id, card.address, 0, "", facts)

    async def sighted(*_: Any) -> Sighting:
        return sighting

    monkeypatch.setattr(Acquaintance, "_sighted_at", sighted)
    return sighting


async def _without(whole: Any, device: str) -> tuple[Any, dict[str, Any], str]:
    """The home after a device left it: the device, its row of a list, and its address."""
    card = whole.hub.registry.device(device)
    secrets = await whole.hub.vault.unseal(device)
    await whole.hub.remove(device, SOMEBODY)
    row = {
        "family": card.family,
        "hardware_id": card.hardware_id,
        **{name: key.hex() for name, key in secrets.items()},
    }
    return card, row, card.address


@pytest.mark.parametrize("device", [PURIFIER, "bedroom-ac"])
@virtual_time
async def test_a_kept_key_is_used_when_the_device_is_adopted(
    tmp_path: Path, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_home(tmp_path) as whole:
        card, row, address = await _without(whole, device)
        known, sighting = whole.hub.acquaintance, _seen(monkeypatch, card)
        assert known._described(sighting, await known._kept(sighting))["missing"]
        assert await known.keep_keys([row]) == 1
        found = known._described(sighting, await known._kept(sighting))
        assert (found["missing"], found["hint"]) == ([], "ready: its key is kept here")
        adopted = await known.adopt(
            AdoptRequest(address=address, family=card.family, cause=SOMEBODY, id=device)
        )
        assert adopted.hardware_id == card.hardware_id
        assert (await whole.hub.vault.unseal(device)).keys() == {"token", "key"} & row.keys()
        assert await known.waiting.all() == []  # it is sealed under the device's own name now


@virtual_time
async def test_without_an_id_the_address_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with whole_home(tmp_path) as whole:
        card, row, address = await _without(whole, PURIFIER)
        _seen(monkeypatch, card)
        row |= {"hardware_id": "", "address": address.split(":")[0]}
        await whole.hub.acquaintance.keep_keys([row])
        adopted = await whole.hub.acquaintance.adopt(
            AdoptRequest(address=address, family="miio", cause=SOMEBODY)
        )
        assert adopted.hardware_id == card.hardware_id


@pytest.mark.parametrize(
    "row",
    [
        {}, {"family": "zigbee"}, {"family": "miio", "hardware_id": "1"}, {"family": "miio", "hardware_id": "1", "token": "ab"},
        {"family": "miio", "hardware_id": "../x", "token": "ab" * 16}, {"family": "miio", "address": "a/b", "token": "ab" * 16},
        {"family": "miio", "token": "ab" * 16}, {"family": "midea", "hardware_id": "1", "token": "zz" * 64},
    ],
)  # fmt: skip
@virtual_time
async def test_a_row_that_is_none_is_named_and_its_key_is_not(tmp_path: Path, row: dict[str, str]) -> None:
    async with whole_home(tmp_path) as whole:
        with pytest.raises(OutOfDefinition, match=r"keys\[0\]") as refused:
            await whole.hub.acquaintance.keep_keys([row])
        assert "abab" not in str(refused.value)
        assert await whole.hub.acquaintance.waiting.all() == []


@virtual_time
async def test_every_device_is_graded(tmp_path: Path) -> None:
    async with whole_home(tmp_path):
        pass
    found = {one.device: one for one in await graded(tmp_path)}
    assert found[PURIFIER].grade == "offline"
    assert found["bedroom-ac"].words == "Works without internet"
    assert all(one.why for one in found.values())
    with pytest.raises(UnknownName):
        await graded(tmp_path / "nowhere")


def _home(directory: Path) -> dict[str, dict[str, bytes]]:
    """A home with two devices, closed again; their secrets."""

    async def make() -> dict[str, dict[str, bytes]]:
        async with whole_home(directory) as whole:
            return {id_: await whole.hub.vault.unseal(id_) for id_ in whole.hub.registry.devices}

    return virtual_time(make)()


def test_the_vault_out_of_one_home_and_into_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(vault_file, "MEMORY_KIB", 64)
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    secrets = _home(first)
    file = str(tmp_path / "keys.json")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert main(["vault", "export", file, "--dir", str(first)]) == 0
    text = Path(file).read_text()
    assert Path(file).stat().st_mode & 0o777 == 0o600
    for keys in secrets.values():
        for key in keys.values():
            assert key.hex() not in text
    assert main(["vault", "export", file, "--dir", str(first)]) == 1  # never over another file

    _home(second)

    async def forget() -> None:
        async with whole_home(second) as whole:
            await whole.hub.remove(PURIFIER, SOMEBODY)
            await whole.hub.vault.seal("bedroom-ac", {"token": b"lost", "key": b"lost"})

    virtual_time(forget)()
    monkeypatch.setattr("sys.stdin", io.StringIO("a wrong passphrase\n"))
    assert main(["vault", "import", file, "--dir", str(second)]) == 1
    assert "does not open" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert main(["vault", "import", file, "--dir", str(second)]) == 0
    assert (
        f"{len(secrets) - 1} devices of this home got the keys back; 1 key kept for later"
        in capsys.readouterr().out
    )

    async def look() -> None:
        async with whole_home(second) as whole:
            assert await whole.hub.vault.unseal("bedroom-ac") == secrets["bedroom-ac"]
            waiting = await whole.hub.acquaintance.waiting.all()
            assert [dict(one.secrets) for one in waiting] == [secrets[PURIFIER]]

    virtual_time(look)()


def test_doctor_offline_says_it_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _home(tmp_path)
    capsys.readouterr()
    assert main(["doctor", "--offline", "--dir", str(tmp_path)]) == 0
    assert "Works without internet: " in capsys.readouterr().out
    assert main(["doctor", "--offline", "--json", "--dir", str(tmp_path)]) == 0
    rows = json.loads(capsys.readouterr().out)
    # The newer band's key comes once from its maker's account; the older one takes a key of ours.
    assert {row["device"] for row in rows if row["grade"] != "offline"} == {"wang-band"}
    assert main(["doctor", "--offline", "--dir", str(tmp_path / "nowhere")]) == 1
