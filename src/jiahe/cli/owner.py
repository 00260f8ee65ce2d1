"""`jiahe owner link`: a way back in for an owner who lost the password, made on the machine where the hub runs.

Owns what is printed, once; the hub makes the link and keeps only its hash.
"""

from __future__ import annotations

import argparse
import socket
import urllib.parse

from jiahe.cli.remote import Remote

LOCAL = ("127.0.0.1", "::1", "localhost")


def owner(args: argparse.Namespace) -> int:
    """Prints the link, and its code to scan."""
    remote = Remote.find(args.dir)
    made = remote.post("/api/links", {})
    link = f"{reachable(remote.hub.url)}/enter/{made['code']}"
    print(f"\n  {link}\n")
    from jiahe.hub.invitation import qr_code  # its code of blocks is drawn only here

    print("\n".join(f"  {row}" for row in qr_code(link).splitlines()))
    print(
        f"\n  Open it within {made['seconds'] / 60:.0f} minutes, on the phone that is to be signed in. It works once."
    )
    print("  Then choose a new password: the app offers it.")
    return 0


def reachable(url: str) -> str:
    """The hub's address as a phone reaches it, where the hub listens there too; else as it is."""
    from jiahe.hub.invitation import base_url, own_address

    parts = urllib.parse.urlsplit(url)
    address = own_address()
    if parts.hostname not in LOCAL or parts.port is None or address in LOCAL:
        return url
    try:
        with socket.create_connection((address, parts.port), timeout=0.5):
            return base_url(address, parts.port)
    except OSError:
        return url
