"""The home's own certificates, as OpenSSL and Python's ssl read them: for names of a home, and for nothing else."""

from __future__ import annotations

import shutil
import ssl
import stat
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from jiahe.hub import certificate
from jiahe.hub.certificate import fingerprint, leaf_is_due, new_authority, new_leaf, read_authority
from jiahe.hub.certificate_files import CertificateFiles, kept_fingerprint
from jiahe.hub.doctor import Grade, examine
from jiahe.model.errors import StoreError

NOW = datetime.now(UTC).timestamp()
DAY = 86_400.0
NAMES, ADDRESSES = ["jiahe.local", "hub.lan"], ["192.168.1.5", "fd00::5"]


@pytest.fixture(scope="module")
def authority():
    return new_authority(NOW, "我们的家")


def pem(authority):
    return authority.certificate.public_bytes(serialization.Encoding.PEM)


def shake(context: ssl.SSLContext, ca: bytes, name: str) -> str:
    """What a client that believes this CA alone says to this server under that name: "" when all is well."""
    client = ssl.create_default_context(cadata=ca.decode())
    ours, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(ours, theirs, server_side=True)
    guest = client.wrap_bio(theirs, ours, server_hostname=name)
    for _ in range(6):
        for end in (guest, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                return str(error)
    return ""


def serving(leaf: bytes, folder) -> ssl.SSLContext:
    (folder / "leaf.pem").write_bytes(leaf)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    return context


@pytest.mark.parametrize("name", [*NAMES, *ADDRESSES])
def test_a_client_with_the_ca_alone_believes_it(authority, tmp_path, name):
    leaf = new_leaf(authority, NAMES, ADDRESSES, NOW)
    assert shake(serving(leaf, tmp_path), pem(authority), name) == ""
    assert "mismatch" in shake(serving(leaf, tmp_path), pem(authority), "other.local")
    another = new_authority(NOW, "other")
    assert "verify failed" in shake(serving(leaf, tmp_path), pem(another), name)


@pytest.mark.parametrize(
    ("name", "address"),
    [("bank.example", "192.168.1.5"), ("jiahe.local", "8.8.8.8"), ("notlocal", "10.0.0.1")],
)
def test_it_cannot_speak_for_what_is_outside(authority, tmp_path, monkeypatch, name, address):
    """Also where whoever stole its key signs what our own code would not."""
    monkeypatch.setattr(certificate, "_may_sign_name", lambda name: True)
    monkeypatch.setattr(certificate, "_may_sign_address", lambda address: True)
    leaf = new_leaf(authority, [name], [address], NOW)
    said = shake(serving(leaf, tmp_path), pem(authority), name)
    assert "permitted subtree violation" in said


def test_openssl_agrees(authority, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    (tmp_path / "ca.pem").write_bytes(pem(authority))
    (tmp_path / "leaf.pem").write_bytes(new_leaf(authority, NAMES, ADDRESSES, NOW))
    for check in (["-verify_hostname", "jiahe.local"], ["-verify_ip", "192.168.1.5"]):
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", *check, "-CAfile", "ca.pem"]
        done = subprocess.run(
            [*command, "leaf.pem"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.stdout == "leaf.pem: OK\n", done.stderr


def test_what_the_authority_may_not_sign_is_left_out(authority):
    names = ["jiahe.local", "bank.example", "local", "x" * 70 + ".local", "häuschen.local", "a..local"]
    addresses = ["192.168.1.5", "8.8.8.8", "2001:db8::1", "fe80::1%eth0", "no address", "192.168.1.5"]
    leaf = x509.load_pem_x509_certificate(new_leaf(authority, names, addresses, NOW))
    known = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert known.get_values_for_type(x509.DNSName) == ["jiahe.local", "local"]
    assert [str(one) for one in known.get_values_for_type(x509.IPAddress)] == ["192.168.1.5"]


def test_no_browser_finds_it_too_long(authority):
    """Apple HT211025: at most 398 days, both ends counted."""
    leaf = x509.load_pem_x509_certificate(new_leaf(authority, NAMES, [], NOW))
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days <= 398
    assert leaf.not_valid_before_utc.timestamp() < NOW - 3600  # a phone's clock may be behind


def test_a_home_with_a_wild_name(authority):
    made = new_authority(NOW, "x" * 500 + "\n\0")
    (name,) = made.certificate.subject
    assert len(str(name.value)) <= 64
    assert new_authority(NOW, "").certificate.subject.rfc4514_string().startswith("CN=Jiahe home ")


@pytest.mark.parametrize(
    ("names", "addresses", "later", "due"),
    [
        (NAMES, ADDRESSES, 0, False),
        (NAMES[:1], [], 0, False),  # what is not needed any more does no harm
        (
            [*NAMES, "bank.example"],
            [*ADDRESSES, "8.8.8.8"],
            0,
            False,
        ),  # what cannot stand in it is not missed
        (NAMES, [*ADDRESSES, "192.168.1.6"], 0, True),
        (["jiahe-2.local"], [], 0, True),
        (NAMES, ADDRESSES, 330 * DAY, False),
        (NAMES, ADDRESSES, 340 * DAY, True),
        (NAMES, ADDRESSES, -10 * DAY, True),  # the clock was wrong when it was made
    ],
)
def test_when_a_new_one_is_due(authority, names, addresses, later, due):
    leaf = new_leaf(authority, NAMES, ADDRESSES, NOW)
    assert leaf_is_due(leaf, authority, names, addresses, NOW + later) is due


def test_one_of_another_authority_or_of_none_is_due(authority):
    leaf = new_leaf(new_authority(NOW, "other"), NAMES, [], NOW)
    for wrong in (leaf, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        assert leaf_is_due(wrong, authority, NAMES, [], NOW)


def test_kept_and_read_again(authority):
    again = read_authority(certificate.authority_pem(authority))
    assert again.der == authority.der
    assert "PRIVATE" not in repr(again)
    for wrong in (b"", b"nonsense", pem(authority)):
        with pytest.raises(ValueError, match=r".*"):
            read_authority(wrong)


# ---- the files -----------------------------------------------------------------------------------------------


def prepared(directory, names=NAMES, addresses=ADDRESSES, now=NOW, files=None):
    files = files or CertificateFiles(directory)
    return files, files.prepare("Home", names, addresses, now)


def test_files_are_made_once_and_private(tmp_path):
    files, new = prepared(tmp_path)
    assert new
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()} == {
        "ca.pem": 0o600,
        "leaf.pem": 0o600,
        "ca.crt": 0o644,
    }
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    before = (tmp_path / "tls" / "leaf.pem").read_bytes()
    again, new = prepared(tmp_path)
    assert not new
    assert again.authority.der == files.authority.der
    assert (tmp_path / "tls" / "leaf.pem").read_bytes() == before
    assert kept_fingerprint(tmp_path) == fingerprint(files.authority.der)
    assert kept_fingerprint(tmp_path / "nowhere") is None


def test_a_new_address_is_served_by_the_same_context(tmp_path):
    files, _ = prepared(tmp_path)
    context, ca = files.context, pem(files.authority)
    assert "mismatch" in shake(context, ca, "192.168.7.7")
    _, new = prepared(tmp_path, addresses=[*ADDRESSES, "192.168.7.7"], files=files)
    assert new
    assert files.context is context
    assert shake(context, ca, "192.168.7.7") == ""


def test_old_tls_is_not_spoken(tmp_path):
    files, _ = prepared(tmp_path)
    assert files.context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_ca_that_ends_is_followed_by_another(tmp_path):
    files, _ = prepared(tmp_path)
    later, new = prepared(tmp_path, now=NOW + 19.5 * 365 * DAY)
    assert new
    assert later.authority.der != files.authority.der


@pytest.mark.parametrize(
    "wrong", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_ca_is_not_replaced_in_silence(tmp_path, wrong):
    prepared(tmp_path)
    (tmp_path / "tls" / "ca.pem").write_bytes(wrong)
    with pytest.raises(StoreError, match="damaged"):
        prepared(tmp_path)
    assert (tmp_path / "tls" / "ca.pem").read_bytes() == wrong


def test_a_key_that_others_can_read_is_not_used(tmp_path):
    prepared(tmp_path)
    (tmp_path / "tls" / "ca.pem").chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        prepared(tmp_path)


def test_a_damaged_leaf_is_made_anew(tmp_path):
    prepared(tmp_path)
    (tmp_path / "tls" / "leaf.pem").write_bytes(b"cut off")
    files, new = prepared(tmp_path)
    assert new
    assert shake(files.context, pem(files.authority), "jiahe.local") == ""


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(StoreError, match="cannot be used"):
        prepared(tmp_path)


async def test_the_doctor_says_the_fingerprint_to_compare_with(tmp_path):
    async def said():
        findings = [finding async for finding in examine(tmp_path, None, None)]
        return next(finding for finding in findings if finding.check == "certificate")

    assert (await said()).grade is Grade.WELL
    files, _ = prepared(tmp_path)
    assert fingerprint(files.authority.der) in (await said()).text
    (tmp_path / "tls" / "ca.crt").unlink()
    (tmp_path / "tls" / "ca.crt").mkdir()
    assert (await said()).grade is Grade.BAD
