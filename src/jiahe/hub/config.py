"""What a hub is told at its start. Owns the settings and their defaults; reads no file and no environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8420
HTTPS_ABOVE = 23
"""The secure door's port is so far above the first one where nobody says otherwise: 8443 beside 8420."""
DEFAULT_HOST = "0.0.0.0"  # noqa: S104  # a phone must reach it; without a login nothing is open, not on the LAN either
DATABASE = "home.db"
PRODUCTS = "products"
"""A home's own product files: TOML, and MIoT-Spec-V2 instances (JSON) named by their model."""
PRODUCTS_INDEX = "products.index"
"""What is known of them since they were last read; may be deleted at any time."""
HUB_FILE = "hub.json"
"""Written 0600 while the hub runs: where it listens, and a token for whoever may read the home's files."""


@dataclass(frozen=True, slots=True)
class Config:
    """`directory` holds everything of one home. `targets` are addresses asked in every round of discovery.

    `https_port` None: no secure door. `https_asked`: somebody named that port, so that it is no start without it.
    `announce`: the network is told the home's name. `contact` ("mailto:…" or "https://…"): whom push services may ask
    about this home's pushes; empty: the project's own page.
    """

    directory: Path
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    demo: bool = False
    targets: tuple[str, ...] = ()
    https_port: int | None = None
    https_asked: bool = False
    announce: bool = False
    contact: str = ""
