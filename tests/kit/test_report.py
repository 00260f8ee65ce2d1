"""A report is the same bytes each time, shows what it signs, and does not verify once it was touched."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from jiahe.catalog.product_file import read_product
from jiahe.kit.conformance import examine_twin
from jiahe.kit.report import as_html, as_json, body_of, file_digest, read_report
from jiahe.kit.signature import KEY_FILE, MakerKey, canonical, fingerprint, verified
from jiahe.model.errors import AuthError, JiaheError, SpecError, StoreError

FILE = Path(__file__).parents[1] / "products" / "faults" / "purifier.toml"
TEXT = FILE.read_text("utf-8")


def made(directory: Path, seed: int = 1) -> dict[str, object]:
    product = read_product(TEXT, FILE.name)
    done = examine_twin(product, seed)
    subject = {"twin": True, "seed": seed}
    body = body_of(product, file_digest(TEXT.encode()), done, version="1", date="2026-11-23", subject=subject)
    return MakerKey.open(directory).signed(body)


def test_twice_the_same_run_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)
    assert as_json(first) == as_json(second)
    assert as_html(first) == as_html(second)


def test_another_seed_is_another_twin_with_the_same_verdicts(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path, seed=7)
    assert first["outcome"] != second["outcome"]
    assert first["verdict"] == second["verdict"] == "passed"


@pytest.mark.parametrize("ending", ["json", "html"])
def test_it_is_read_back_whole(tmp_path: Path, ending: str) -> None:
    signed = made(tmp_path)
    path = tmp_path / f"a.{ending}"
    path.write_text(as_json(signed) if ending == "json" else as_html(signed), "utf-8")
    assert read_report(path) == json.loads(as_json(signed))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"verdict": "passed"', '"verdict": "noted"'),
        ("Examplia One", "Somebody Else's"),
        ('"date": "2026-11-23"', '"date": "2027-11-23"'),
        (">Passed<", ">Perfect<"),  # what the page shows, and not what is signed
        ("<h1>", "<h1>Best "),
    ],
)
def test_a_touched_page_does_not_verify(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "a.html"
    text = as_html(made(tmp_path))
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(AuthError):
        read_report(path)


@pytest.mark.parametrize(
    "signature",
    [None, {}, {"algorithm": "none"}, {"algorithm": "Ed25519"}, {"algorithm": "Ed25519", "public_key": "zz", "value": ""},
     {"algorithm": "Ed25519", "public_key": "00" * 32, "value": "00" * 64}, {"algorithm": "Ed25519", "public_key": 5, "value": 6}],
)  # fmt: skip
def test_a_signature_that_is_none(signature: object) -> None:
    with pytest.raises(AuthError):
        verified({"a": 1, "signature": signature})


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"{}", b"[]", b"null", b"<!doctype html>", b"[" * 100_000, b'{"format":"other"}'],
)
def test_no_report_is_said_to_be_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(SpecError):
        read_report(path)


def test_nothing_foreign_gets_into_the_page(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    product = read_product(TEXT.replace('maker = "Examplia"', f"maker = '''{evil}'''"), FILE.name)
    done = examine_twin(product)
    body = body_of(product, "", done, version="1", date="2026-11-23", subject={"twin": True})
    page = as_html(MakerKey.open(tmp_path).signed(body))
    assert page.count("<script") == 1
    assert "<img" not in page.split("<script")[0]
    (tmp_path / "a.html").write_text(page, "utf-8")
    assert read_report(tmp_path / "a.html")["product"]["maker"] == evil


def test_the_key_is_private_kept_and_never_shown(tmp_path: Path) -> None:
    key = MakerKey.open(tmp_path / "keys")
    path = tmp_path / "keys" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MakerKey.open(tmp_path / "keys").public == key.public
    assert path.read_bytes().hex() not in repr(key) + str(key.signed({"a": 1}))
    assert len(fingerprint(key.public)) == 19
    path.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        MakerKey.open(tmp_path / "keys")
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(StoreError):
        MakerKey.open(tmp_path / "keys")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JiaheError):
        MakerKey.open(tmp_path / "keys")


def test_canonical_json_does_not_know_the_order() -> None:
    assert canonical({"b": 1, "a": "家"}) == canonical({"a": "家", "b": 1}) == '{"a":"家","b":1}'.encode()
