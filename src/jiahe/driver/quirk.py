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
        product = quirk(product, capabilities)
    return product.fitted(capabilities)


def _with_rows(product: Product, change: Callable[[PointRow], PointRow]) -> Product:
    return replace(product, rows=tuple(change(row) for row in product.rows))


def _midea_ac_capabilities(product: Product, capabilities: Mapping[str, Any]) -> Product:
    """Set point limits and modes as the unit's B5 answer gives them."""
    lows = [
        v for k, v in capabilities.items() if k.endswith("_min_temperature") and isinstance(v, int | float)
    ]
    highs = [
        v for k, v in capabilities.items() if k.endswith("_max_temperature") and isinstance(v, int | float)
    ]
    modes = capabilities.get("modes")

    def fit(row: PointRow) -> PointRow:
        definition = row.definition
        if definition.name == "target_temperature" and lows and highs and min(lows) < max(highs):
            return replace(row, definition=replace(definition, low=min(lows), high=max(highs)))
        if definition.name == "mode" and isinstance(modes, list | tuple) and modes:
            choices = {word: raw for word, raw in row.datatype.choices.items() if word in modes}
            if choices:
                datatype = replace(row.datatype, choices=MappingProxyType(choices))
                return replace(row, datatype=datatype, definition=replace(definition, choices=tuple(choices)))
        return row

    return _with_rows(product, fit)


QUIRKS: Mapping[str, Quirk] = MappingProxyType({"midea_ac_capabilities": _midea_ac_capabilities})
