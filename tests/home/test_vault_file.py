"""The vault as a file: opens with its passphrase only, and never by being touched."""

from __future__ import annotations

import json

import pytest

from jiahe.home import vault_file
from jiahe.home.vault_file import Entry, check_passphrase, opened_file, sealed_file
from jiahe.model.errors import AuthError, JiaheError, OutOfDefinition, SpecError

PASSPHRASE = "correct horse 电池"
ENTRIES = [
    Entry("miio", "123", "10.0.0.7", "灯", "philips.light.bulb", {"token": bytes(16)}),
    Entry("midea", "", "10.0.0.8", "", "", {"token": bytes(64), "key": bytes(range(32))}),
]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_file, "MEMORY_KIB", 64)
    monkeypatch.setattr(vault_file, "ROUNDS", 1)


def made() -> str:
    return sealed_file(ENTRIES, PASSPHRASE, at="2026-11-23T08:00Z")


def test_there_and_back() -> None:
    text = made()
    assert opened_file(text, PASSPHRASE, "a") == ENTRIES
    assert "miio" not in text
    assert bytes(range(32)).hex() not in text
    assert "token" not in repr(ENTRIES[0])


def test_twice_the_same_keys_are_two_different_files() -> None:
    assert json.loads(made())["sealed"] != json.loads(made())["sealed"]


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(AuthError, match="not its passphrase"):
        opened_file(made(), PASSPHRASE + "!", "a")


def test_the_same_passphrase_from_another_keyboard_does() -> None:
    text = sealed_file(ENTRIES, "pässword of ours", at="")
    assert opened_file(text, "pa\u0308ssword of ours", "a") == ENTRIES


@pytest.mark.parametrize(
    "path", [("made_at",), ("kdf", "salt"), ("kdf", "rounds"), ("cipher", "nonce"), ("sealed",)]
)
def test_a_touched_file_does_not_open(path: tuple[str, ...]) -> None:
    body = json.loads(made())
    *parents, last = path
    place = body
    for parent in parents:
        place = place[parent]
    held = place[last]
    place[last] = held + 1 if isinstance(held, int) else ("B" if held[0] != "B" else "C") + held[1:]
    with pytest.raises(JiaheError):
        opened_file(json.dumps(body), PASSPHRASE, "a")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("memory_kib", 2**40),
        ("rounds", 10**9),
        ("lanes", 10**6),
        ("rounds", 0),
        ("rounds", True),
        ("memory_kib", "64"),
    ],
)
def test_a_file_that_wants_to_use_up_the_machine(name: str, number: object) -> None:
    body = json.loads(made())
    body["kdf"][name] = number
    with pytest.raises(SpecError):
        opened_file(json.dumps(body), PASSPHRASE, "a")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "5", "[" * 100_000, '{"format": "jiahe-vault/1"}', '{"sealed": "!!"}']
)
def test_no_vault_is_said_to_be_one(text: str) -> None:
    with pytest.raises(SpecError, match="no file of format"):
        opened_file(text, PASSPHRASE, "a")


def test_a_short_passphrase_is_refused() -> None:
    for text in ("", "short", "eleven char"):
        with pytest.raises(OutOfDefinition):
            check_passphrase(text)
    with pytest.raises(OutOfDefinition):
        sealed_file(ENTRIES, "short", at="")
