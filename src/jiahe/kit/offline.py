"""How a product does without internet, and why. Owns the grades of protocol families; a product's own file goes first.

Facts: miIO and MIoT devices take commands over UDP on the local network under a token that is read once (Xiaomi's own
Home Assistant integration, python-miio); Midea V2 modules need no key, V3 modules one token and key that do not expire
until they are set up anew (midea-msmart, homebridge-midea-platform issue 179); a Mi Band 2 or 3 takes a key of ours, a
Mi Band 4 or 5 one that only the maker's account makes (Gadgetbridge); broadcasting sensors are heard as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog.product import Local, Product

GRADE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "offline": "Works without internet",
        "sometimes": "Needs the internet now and then",
        "unknown": "Cannot be known",
    }
)

_CLOUD_KINDS = frozenset({"camera", "doorbell", "speaker"})
"""Kinds whose point is a picture or a voice, which travels through the maker's servers, not over this protocol."""
_MAPPED_KINDS = frozenset({"robot_vacuum"})


def grade_of(
    product: Product | None, family: str = "", facts: Mapping[str, Any] = MappingProxyType({})
) -> Local:
    """The grade of a product, or of a device without a product file by its family and what it told about itself."""
    if product is not None and product.local is not None:
        return product.local
    family = product.family if product is not None else family
    kind = product.kind if product is not None else ""
    if family == "miio":
        return _miio(kind)
    if family == "midea":
        return _midea(facts or (product.facts if product is not None else {}))
    if family == "huami":
        return _huami(product, facts)
    if family in ("mibeacon", "bthome"):
        return Local(
            "offline", "What it broadcasts is heard here; an encrypted one needs its key once.", "broadcast"
        )
    return Local(
        "unknown",
        "Nobody has written down how a device of this protocol does without internet.",
        "nobody_knows",
    )


def _miio(kind: str) -> Local:
    if kind in _CLOUD_KINDS:
        return Local(
            "sometimes",
            "Its settings are local, but picture and voice go through the maker's servers.",
            "cloud_picture",
        )
    if kind in _MAPPED_KINDS:
        return Local(
            "sometimes",
            "Cleaning is commanded locally; its maps and schedules live with the maker.",
            "vacuum",
        )
    return Local(
        "offline", "Settings and readings go over the local network; its token is read once and kept.", "miio"
    )


def _midea(facts: Mapping[str, Any]) -> Local:
    version = facts.get("version")
    if version == 2:
        return Local(
            "offline", "Its module (V2) is operated over the local network and needs no key.", "midea_v2"
        )
    if version == 3:
        return Local(
            "offline",
            "Operated over the local network; its token and key are read from the account once and do not expire "
            "until it is set up anew.",
            "midea_v3",
        )
    return Local(
        "offline",
        "Operated over the local network; a V3 module needs a token and key that are read once, a V2 module none.",
        "midea",
    )


def _huami(product: Product | None, facts: Mapping[str, Any]) -> Local:
    model = str(facts.get("model") or (product.id if product is not None else ""))
    if any(model.endswith(number) for number in ("2", "3")):
        return Local(
            "offline",
            "It takes a key of ours with a tap on the band, and is read over Bluetooth.",
            "band_own",
        )
    if any(model.endswith(number) for number in ("4", "5")):
        return Local(
            "sometimes",
            "Read over Bluetooth, but its key exists only after pairing with the maker's app.",
            "band_paired",
        )
    return Local("unknown", "Which key this generation takes is not known.", "band_unknown")
