"""What a product file cannot say, as named functions. Owns the exceptions; a product without any is the rule.

A quirk fits a product to what one unit told about itself (`capabilities`); it is pure and never speaks to a device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jiahe.catalog.product import PointRow, Product
from jiahe.model.errors import SpecError

Quirk = Callable[[Product, Mapping[str, Any]], Product]


def fitted(product: Product, facts: Mapping[str, Any]) -> Product:
    """The product as this unit of it is, by the capabilities among its facts."""
    capabilities = facts.get("capabilities")
    if not isinstance(capabilities, Mapping):
        capabilities = {}
    if product.quirk:
        quirk = QUIRKS.get(product.quirk)
        if quirk is None:
            raise SpecError(f"{product.quirk!r} is none of {', '.join(QUIRKS)}", file=product.id, key="quirk")
        return quirk(product, capabilities)
    return product.fitted(capabilities)


def _with_rows(product: Product, change: Callable[[PointRow], PointRow]) -> Product:
    return replace(product, rows=tuple(change(row) for row in product.rows))


_AC_MODES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "heat": frozenset({1, 2, 4, 6, 7, 9, 10, 11, 12, 13}),
        "cool": frozenset({0, 1, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15}),
        "dry": frozenset({0, 1, 5, 6, 9, 11, 13, 14, 15}),
        "auto": frozenset({0, 1, 2, 7, 8, 9, 13, 14}),
    }
)
"""Which raw values of capability 0x0214 have which mode; every unit can blow. Facts: msmart-ng (MIT)."""
_AC_HAS: Mapping[str, tuple[str, frozenset[int]]] = MappingProxyType(
    {
        "swing_horizontal": ("swing", frozenset({1, 3})),
        "swing_vertical": ("swing", frozenset({0, 1})),
        "eco": ("eco", frozenset({1, 2})),
        "turbo": ("turbo", frozenset({0, 1, 3})),
        "energy": ("energy", frozenset({2, 3, 4, 5})),
        "humidity": ("humidity", frozenset({1, 2, 3})),
        "humidity_control": ("humidity", frozenset({2, 3})),
    }
)
"""What a row `requires`: the capability that tells, and its raw values that say yes. Facts: msmart-ng (MIT)."""


def _midea_ac_capabilities(product: Product, capabilities: Mapping[str, Any]) -> Product:
    """Modes, set point limits and what else the unit's B5 answer tells; what it does not mention is taken as there."""
    has = {name: capabilities[told] in yes for name, (told, yes) in _AC_HAS.items() if told in capabilities}
    lows = [held for name, held in capabilities.items() if name.endswith("_min_temperature")]
    highs = [held for name, held in capabilities.items() if name.endswith("_max_temperature")]
    modes = capabilities.get("modes")

    def fit(row: PointRow) -> PointRow:
        definition = row.definition
        if definition.name == "target_temperature" and lows and highs and min(lows) < max(highs):
            return replace(row, definition=replace(definition, low=min(lows), high=max(highs)))
        if definition.name == "mode" and isinstance(modes, int):
            words = row.datatype.choices.items()
            choices = {word: raw for word, raw in words if modes in _AC_MODES.get(word, {modes})}
            datatype = replace(row.datatype, choices=MappingProxyType(choices))
            return replace(row, datatype=datatype, definition=replace(definition, choices=tuple(choices)))
        return row

    return _with_rows(product, fit).fitted(has)


def _only_what_was_heard(product: Product, capabilities: Mapping[str, Any]) -> Product:
    """A sensor that only calls out has what it was heard to tell when it was adopted; here silence is a denial."""
    if not capabilities:
        return product
    return replace(
        product, rows=tuple(row for row in product.rows if not row.requires or capabilities.get(row.requires))
    )


QUIRKS: Mapping[str, Quirk] = MappingProxyType(
    {"midea_ac_capabilities": _midea_ac_capabilities, "only_what_was_heard": _only_what_was_heard}
)
