"""Sealed secrets open with their key and name only, and never show themselves."""

from __future__ import annotations

import base64
import pickle

import pytest

from jiahe.home.vault import Vault
from jiahe.model.errors import StoreError

SECRETS = {"token": bytes.fromhex("00112233445566778899aabbccddeeff"), "key": b"\x00" * 32, "": b""}


async def test_a_secret_comes_back_and_nothing_of_it_is_on_disk(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("purifier", SECRETS)
    assert await vault.unseal("purifier") == SECRETS
    again = await Vault.open(tmp_path, documents)
    assert await again.unseal("purifier") == SECRETS
    kept = base64.b64decode(documents.kept["sealed", "purifier"]["sealed"])
    assert SECRETS["token"] not in kept
    assert b"token" not in kept


async def test_the_key_is_the_owners_alone_and_made_once(tmp_path, documents):
    await Vault.open(tmp_path, documents)
    key = tmp_path / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    first = key.read_bytes()
    assert len(first) == 32
    await Vault.open(tmp_path, documents)
    assert key.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


async def test_a_half_made_key_of_a_crash_is_no_hindrance(tmp_path, documents):
    (tmp_path / "key.new").write_bytes(b"half")
    await Vault.open(tmp_path, documents)
    assert len((tmp_path / "key").read_bytes()) == 32


async def test_sealing_twice_gives_other_bytes(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("a", SECRETS)
    first = documents.kept["sealed", "a"]
    await vault.seal("a", SECRETS)
    assert documents.kept["sealed", "a"] != first


async def test_a_sealed_text_under_another_name_does_not_open(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("a", SECRETS)
    documents.kept["sealed", "b"] = documents.kept["sealed", "a"]
    with pytest.raises(StoreError, match="b do not open"):
        await vault.unseal("b")


@pytest.mark.parametrize(
    "body", [{}, {"sealed": 3}, {"sealed": "%%"}, {"sealed": ""}, {"sealed": "AQ=="}, {"sealed": "AgAA"}]
)
async def test_a_damaged_document_is_told_in_words(tmp_path, documents, body):
    vault = await Vault.open(tmp_path, documents)
    documents.kept["sealed", "a"] = body
    with pytest.raises(StoreError, match="do not open"):
        await vault.unseal("a")


async def test_every_flipped_bit_is_noticed(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("a", {"token": b"x"})
    sealed = base64.b64decode(documents.kept["sealed", "a"]["sealed"])
    for at in range(len(sealed)):
        wrong = bytearray(sealed)
        wrong[at] ^= 1
        documents.kept["sealed", "a"] = {"sealed": base64.b64encode(wrong).decode()}
        with pytest.raises(StoreError):
            await vault.unseal("a")


async def test_nothing_sealed_is_an_empty_answer_and_dropping_forgets(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    assert await vault.unseal("nobody") == {}
    await vault.seal("a", SECRETS)
    await vault.drop("a")
    assert await vault.unseal("a") == {}


async def test_a_key_that_others_can_read_is_refused(tmp_path, documents):
    await Vault.open(tmp_path, documents)
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        await Vault.open(tmp_path, documents)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
async def test_a_key_of_another_length_is_refused(tmp_path, documents, length):
    (tmp_path / "key").write_bytes(b"k" * length)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(StoreError, match="32 bytes"):
        await Vault.open(tmp_path, documents)


async def test_a_missing_key_is_refused_only_where_something_is_sealed(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    (tmp_path / "key").unlink()
    await Vault.open(tmp_path, documents)  # nothing lost: a new key
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("a", SECRETS)
    (tmp_path / "key").unlink()
    with pytest.raises(StoreError, match="missing"):
        await Vault.open(tmp_path, documents)
    assert not (tmp_path / "key").exists()


async def test_a_foreign_key_is_refused_at_the_start(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    await vault.seal("a", SECRETS)
    (tmp_path / "key").write_bytes(b"k" * 32)
    with pytest.raises(StoreError, match="do not open"):
        await Vault.open(tmp_path, documents)


async def test_a_folder_in_the_keys_place_is_refused(tmp_path, documents):
    (tmp_path / "key").mkdir(mode=0o700)
    with pytest.raises(StoreError, match="not a file"):
        await Vault.open(tmp_path, documents)


async def test_a_whole_file_by_mistake_is_not_sealed(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    with pytest.raises(StoreError, match="larger"):
        await vault.seal("a", {"token": b"x" * 100_000})


async def test_a_vault_never_shows_itself(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    key = (tmp_path / "key").read_bytes()
    assert repr(vault) == str(vault) == "<Vault>"
    assert key.hex() not in f"{vault!r}"
    with pytest.raises(TypeError):
        pickle.dumps(vault)


async def test_the_sentence_of_a_failure_holds_no_secret(tmp_path, documents):
    vault = await Vault.open(tmp_path, documents)
    documents.kept["sealed", "a"] = {"sealed": base64.b64encode(b"\x01" + b"s" * 40).decode()}
    with pytest.raises(StoreError) as caught:
        await vault.unseal("a")
    assert caught.value.__suppress_context__
