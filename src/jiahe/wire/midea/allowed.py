"""Which models are known to take what: the list in a product's facts. Owns the comparison and the sentence; no list.

Two appliances of one type may read the same bytes differently, and a short body once put a water heater in a fault
that needed a power cycle (midea-local, issue 468). So a write goes only to a model on the list of its product file:
`facts.takes`, an array of `{ model, subtype, only }`. `model` is the SN8 (characters 10 to 17 of the serial number,
"00000Q1*" means all that begin so), `subtype` the number that the appliance tells, `only` the points and actions
that are meant (all of them where it is left out), `form` which of several orders it takes. An entry names a model or a subtype: a type alone is never enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SN8 = slice(9, 17)
HOW = (
    "if you know that it takes this, put a copy of its product file into the home's products folder, "
    "with this model under facts.takes"
)


def model_of(facts: Mapping[str, Any]) -> str:
    """The SN8 of a unit; "" while its serial number is not known."""
    serial = facts.get("serial", "")
    return serial[SN8] if isinstance(serial, str) and len(serial) >= SN8.stop else ""


def why_not(facts: Mapping[str, Any], name: str, wanted: Iterable[str]) -> str | None:
    """Why a unit with these facts is not told `wanted` (points or actions); None where it is known to take them.

    `name` is what people call it ("a dishwasher").
    """
    meant = _entries(facts)
    model, subtype = model_of(facts), facts.get("subtype")
    for one in wanted:
        if not any("only" not in entry or one in entry["only"] for entry in meant):
            which = f"model {model}" if model else "unknown model"
            told = f", subtype {subtype}" if isinstance(subtype, int) else ""
            return f"{name} of {which}{told} is not known to take {one}, so it was not sent; {HOW}"
    return None


def form_of(facts: Mapping[str, Any]) -> str:
    """Which of several orders this unit takes, "" for the ordinary one."""
    return next((str(entry["form"]) for entry in _entries(facts) if "form" in entry), "")


def _entries(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    takes = facts.get("takes")
    rows = takes if isinstance(takes, list | tuple) else []
    model, subtype = model_of(facts), facts.get("subtype")
    return [row for row in rows if isinstance(row, Mapping) and _means(row, model, subtype)]


def _means(entry: Mapping[str, Any], model: str, subtype: object) -> bool:
    if not entry.get("model") and "subtype" not in entry:
        return False
    named = str(entry.get("model", "*"))
    fits = model.startswith(named[:-1]) if named.endswith("*") else model == named
    return fits and ("subtype" not in entry or entry["subtype"] == subtype)
