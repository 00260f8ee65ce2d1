"""Links that are handed over: at which addresses a phone in this network gets to the page. Owns the choice and its order;
never who is invited.

A link that was made at this machine itself ("localhost") opens nowhere else: then the network's address goes first.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from jiahe.web.auth import split_host
from jiahe.web.call import Call
from jiahe.web.second_factor import qr_rows
from jiahe.web.secure import SecureState


def links(call: Call, path: str) -> list[dict[str, Any]]:
    """This page at every address of the hub, the best one first: `link`, the `rows` of its QR code, `secure` (TLS), and
    `elsewhere`: whether another machine gets there."""
    host = split_host(call.request.host)[0]
    own = f"{call.request.scheme}://{call.request.host}"
    state = SecureState() if call.doors.secure is None else call.doors.secure.state()
    # the open door goes first: a phone that trusts nothing yet would be warned of the other one
    others = [state.url, state.plain] if state.only else [state.plain, state.url]
    here = _this_machine(host)
    found = [*others, own] if here else [own, *others]
    if here and any(others):
        found.remove(own)
    return [_row(f"{base}{path}") for base in dict.fromkeys(found) if base]


def _row(link: str) -> dict[str, Any]:
    host = split_host(link.split("/")[2])[0]
    return {
        "link": link,
        "rows": qr_rows(link),
        "secure": link.startswith("https://"),
        "elsewhere": not _this_machine(host),
    }


def _this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
