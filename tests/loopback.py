"""Loopback networks for virtual devices, so that no two tests and no two runs on one machine want one address.

Owns the choice of network; never a socket.
"""

from __future__ import annotations

import itertools
import os

FIRST, LAST = 96, 254
"""Second bytes: the demo (127.77), crowds (127.78) and the maker's kit (127.79) keep theirs."""
_turns = itertools.count()


def own_net() -> str:
    """The first three bytes of a /24 on loopback, another one at each call and in each process ("127.143.7")."""
    number = (os.getpid() * 61 + next(_turns)) % ((LAST - FIRST + 1) * 256)
    return f"127.{FIRST + number // 256}.{number % 256}"
