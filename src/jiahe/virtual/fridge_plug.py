"""The smart plug that the demo's refrigerator hangs on: what it measures, and whether the refrigerator has power. Owns that tie; no
protocol, no compressor (`fridge.py`).
"""

from __future__ import annotations

from jiahe.model.definition import Value
from jiahe.virtual.fridge import Fridge, Inside
from jiahe.virtual.settings import Face, steady

PLUG = "fridge-plug"
OWN_WARMTH = 7.0
"""Kelvin by which the inside of a plug is warmer than its kitchen, with a relay that is closed."""
LOADED = 0.03
"""K/W on top of that."""


def feed(fridge: Fridge, face: Face) -> None:
    """Switched off, nothing cools any more."""
    fridge.powered = bool(face.values["power"])


def metered(face: Face, inside: Inside, kitchen: float) -> dict[str, Value]:
    """Its power in W as the wall gives it, and its own temperature beside a kitchen of Cel; by path."""
    on = bool(face.values["power"])
    warm = kitchen + (OWN_WARMTH + LOADED * inside.power if on else 0.0)
    return {
        "electric_power": steady(face, "electric_power", inside.power if on else 0.0, 0.5),
        "internal_temperature": int(steady(face, "internal_temperature", min(max(warm, 0.0), 255.0), 1.0)),
    }
