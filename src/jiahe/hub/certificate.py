"""The home's own certificates: a certificate authority (CA) for this home alone, and the hub's certificate under it.

Owns what stands in them and when one is due; never a file, a socket or a clock.

Why so: P-256 and SHA-256 are what every phone reads. The hub's certificate lives 397 days, since Apple and Chromium
believe none for longer than 398 (Apple HT211025). The CA may sign for local names and private addresses only (RFC 5280,
4.2.1.10): whoever installs it trusts this home with the home's own names, and with no bank. Chromium holds roots that a
person installed to that since version 112, Apple since macOS 10.13 and iOS 11, OpenSSL and Windows always did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_YEARS = 20
"""Years: a new CA must be installed on every phone again, so it lives longer than the phones."""
LEAF_DAYS = 397
LEAF_LEFT = 60
"""Days before its end at which a new one is made: a hub that is off over a summer still has a good one."""
BACKDATED = timedelta(days=1)
"""So much earlier does a certificate begin: a phone's clock may be behind the hub's."""
NAMES = ("local", "localhost", "lan", "home", "home.arpa", "internal")
"""Endings of names for which the CA may sign: those that no registry gives away."""
NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip
"""Addresses for which it may sign: private (RFC 1918, RFC 6598, RFC 4193), link-local and loopback."""
ADDRESSES = 32
"""In one certificate; a machine with more has virtual networks that no phone is in."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate as phones take it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def new_authority(now: float, name: str) -> Authority:
    """A CA for the home of this name; `now` in epoch seconds."""
    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.fromtimestamp(now, UTC)
    ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # two homes in one street may have one name: phones list CAs by it
    shown = f"Jiahe {_plain(name)} {ski.digest[:2].hex().upper()}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, shown)])
    permitted = [x509.DNSName(ending) for ending in NAMES]
    permitted_addresses = [x509.IPAddress(ip_network(network)) for network in NETWORKS]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - BACKDATED)
        .not_valid_after(begin + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints([*permitted, *permitted_addresses], None), critical=True)
        .add_extension(ski, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def new_leaf(authority: Authority, names: Iterable[str], addresses: Iterable[str], now: float) -> bytes:
    """A key and a certificate for these names and addresses, with the CA's behind it, as PEM for a TLS server.

    Names and addresses for which the CA may not sign are left out.
    """
    names, addresses = covered(names, addresses)
    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.fromtimestamp(now, UTC)
    known = [x509.DNSName(name) for name in names]
    known_addresses = [x509.IPAddress(ip_address(address)) for address in addresses]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - BACKDATED)
        .not_valid_after(begin - BACKDATED + timedelta(days=LEAF_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([*known, *known_addresses]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return b"".join(
        [_key_pem(key), *(one.public_bytes(_PEM) for one in (certificate, authority.certificate))]
    )


def covered(names: Iterable[str], addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those of them for which the CA may sign, each once, in order; at most `ADDRESSES` addresses."""
    kept = [name for name in dict.fromkeys(names) if _may_sign_name(name)]
    reached = [text for text in dict.fromkeys(addresses) if _may_sign_address(text)]
    return kept, reached[:ADDRESSES]


def leaf_is_due(
    pem: bytes, authority: Authority, names: Iterable[str], addresses: Iterable[str], now: float
) -> bool:
    """Whether a new certificate must be made: the old one is unreadable, ends soon, begins later than now (a clock
    that was set), is of another CA, or lacks a name or an address.
    """
    try:
        leaf = x509.load_pem_x509_certificate(pem)
        leaf.verify_directly_issued_by(authority.certificate)
        known = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # whatever the parsing of a damaged file comes to: a new one mends it
        return True
    moment = datetime.fromtimestamp(now, UTC)
    if moment < leaf.not_valid_before_utc or moment > leaf.not_valid_after_utc - timedelta(days=LEAF_LEFT):
        return True
    names, addresses = covered(names, addresses)
    have = {str(address) for address in known.get_values_for_type(x509.IPAddress)}
    return not (set(names) <= set(known.get_values_for_type(x509.DNSName)) and set(addresses) <= have)


def is_over(authority: Authority, now: float) -> bool:
    """Whether the CA itself ends before a certificate that it would sign now."""
    return (
        datetime.fromtimestamp(now, UTC) + timedelta(days=LEAF_DAYS)
        > authority.certificate.not_valid_after_utc
    )


def authority_pem(authority: Authority) -> bytes:
    """The CA with its key, as it is kept."""
    return _key_pem(authority.key) + authority.certificate.public_bytes(_PEM)


def read_authority(pem: bytes) -> Authority:
    """The CA from what was kept; ValueError where this is none, or its key is another's."""
    certificate = x509.load_pem_x509_certificate(pem)
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("the key is not the certificate's")
    return Authority(certificate, key)


def fingerprint(der: bytes) -> str:
    """SHA-256 as phones and browsers show it: pairs of capitals with colons."""
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


_PEM = serialization.Encoding.PEM


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_sign_name(name: str) -> bool:
    labels = name.split(".")
    sound = name.isascii() and len(name) <= 253 and all(0 < len(label) <= 63 for label in labels)
    return sound and any(name == ending or name.endswith(f".{ending}") for ending in NAMES)


_NETWORKS = tuple(ip_network(network) for network in NETWORKS)


def _may_sign_address(text: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id:
        return False  # "fe80::1%eth0" is an address of one machine's own cable
    return any(address in network for network in _NETWORKS)


def _plain(name: str) -> str:
    """A common name has at most 64 characters (RFC 5280, ub-common-name)."""
    shown = "".join(character for character in name if character.isprintable()).strip()
    return shown[:40] or "home"
