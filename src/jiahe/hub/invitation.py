"""What a hub prints when it is ready: where to open it, and the link of the first run as a QR code.

Owns the words and the code's look; never a secret longer than the line takes to print.
"""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from jiahe.web.secure import SecureState

_NOWHERE = ("192.0.2.1", 9)
"""An address of RFC 5737 that exists nowhere: asking the kernel which way it would go sends nothing."""


def own_address() -> str:
    """This machine's address in its network; the loopback address where it has none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_NOWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"


def base_url(host: str, port: int) -> str:
    """The address that a phone opens for a hub which listens at `host` and `port`."""
    shown = own_address() if host in ("0.0.0.0", "::", "") else host  # noqa: S104  # compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def qr_code(link: str) -> str:
    """The link as a code of half blocks, readable by a phone from a dark or a light terminal."""
    import segno

    out = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(out=out, compact=True, border=2)
    return out.getvalue().rstrip("\n")


def print_ready(out: TextIO, *, directory: Path, url: str, lines: list[str], link: str = "") -> None:
    """Where the hub is, what to do next, and the link to scan."""
    print(file=out)
    print(f"  Jiahe 家和 is ready.   The home is kept in {directory}", file=out)
    print(f"  Open  {url}/", file=out)
    for line in lines:
        print(f"  {line}", file=out)
    if link:
        print(f"\n  {link}\n", file=out)
        print("\n".join(f"  {row}" for row in qr_code(link).splitlines()), file=out)
        print("\n  Scan it with a phone in the same network, or open the link here.", file=out)
    print("  Stop with Ctrl+C.", file=out, flush=True)


def print_secure(out: TextIO, state: SecureState, url: str) -> None:
    """Where the secure door is, and what makes a phone believe it."""
    print(f"\n  Secure  {state.url}/   (passkeys and notices on the phone need it)", file=out)
    print(f"  First, once on each phone: {url}/trust", file=out)
    print(f"  The certificate's fingerprint there must be\n  {state.fingerprint}", file=out, flush=True)
