"""Every fault of a product file, not only the first: with its line, its key and what would be right.

The catalog's own reader says what is wrong; what it named is struck out of a copy and the rest is read again, so that
there is one grammar. What no reader can know (a point that the family cannot say, two properties at one place) is
looked at afterwards. Owns the striking and the advice; never writes a file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from jiahe.catalog.folder import read_file
from jiahe.catalog.miot_spec import read_instance
from jiahe.catalog.product import Product
from jiahe.catalog.product_file import product_of, read_table
from jiahe.catalog.where import json_line, toml_line
from jiahe.kit.sense import senses
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import DEVICE_KINDS

MOST_FAULTS = 100
"""Faults listed of one file: somebody who has made more mends those first."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or (`grave` false) that works and could be better. `line` counts from 1; 0: the whole file."""

    file: str
    line: int
    key: str
    text: str
    right: str = ""
    grave: bool = True

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line or "", self.key) if part)
        return f"{place}: {self.text}" + (f"\n    right would be: {self.right}" if self.right else "")


@dataclass(slots=True)
class Checked:
    """A file that was looked at; `product` where it can be used."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    product: Product | None = None

    @property
    def good(self) -> bool:
        """Whether nothing grave is wrong."""
        return self.product is not None and not any(fault.grave for fault in self.faults)


def check_file(path: Path) -> Checked:
    """Everything that is wrong with this file; never raises for what stands in it."""
    checked = Checked(path.name)
    try:
        checked.product = read_file(path)
    except SpecError as error:
        if not error.key:  # no text, no TOML, no JSON: nothing in it can be told apart
            checked.faults.append(Fault(path.name, error.line, "", error.message, _ADVICE_FILE))
            return checked
    text = path.read_bytes().decode("utf-8-sig")
    line = _line_in(text, path)
    if checked.product is None:
        checked.faults += _all_faults(text, path, line)
    else:
        remarks = senses(checked.product, path.name, text if path.suffix == ".toml" else "")
        for key, said, right, grave in remarks[:MOST_FAULTS]:
            checked.faults.append(Fault(path.name, line(key), key, said, right, grave))
    checked.faults.sort(key=lambda fault: (not fault.grave, fault.line, fault.key))
    return checked


_ADVICE_FILE = (
    "a plain text file in UTF-8 of at most 512 kB: TOML (.toml), or a MIoT-Spec-V2 instance (.json)"
)


def _line_in(text: str, path: Path) -> Callable[[str], int]:
    return lambda key: (toml_line if path.suffix == ".toml" else json_line)(text, key) if key else 0


def _all_faults(text: str, path: Path, line: Callable[[str], int]) -> list[Fault]:
    toml = path.suffix == ".toml"
    top: dict[str, Any] = read_table(text, path.name) if toml else orjson.loads(text)
    found: list[Fault] = []
    times: dict[str, int] = {}
    while len(found) < MOST_FAULTS and sum(times.values()) < 4 * MOST_FAULTS:
        try:
            product = product_of(top, path.name) if toml else read_instance(top, path.name)
        except SpecError as error:
            times[error.key] = times.get(error.key, 0) + 1
            if times[error.key] == 1:
                right = advice(error.key, error.message, top)
                found.append(Fault(path.name, line(error.key), error.key, error.message, right))
            if times[error.key] > 3 or not strike(top, error.key, again=times[error.key] > 1, toml=toml):
                break
        else:
            for key, said, right, grave in senses(product, path.name, text if toml else ""):
                if grave and not any(key.startswith(one) for one in times):
                    found.append(Fault(path.name, line(key), key, said, right, grave))
            break
    return found


# ---- striking out -----------------------------------------------------------------------------------------------

_LABELS = {"en": "struck out", "zh": "删去"}


def strike(top: Any, key: str, *, again: bool, toml: bool) -> bool:
    """Takes what stands at this key out of the copy, or its whole row where that is not enough; whether it could."""
    steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(key)]
    row = next((n for n in range(len(steps) - 1, -1, -1) if isinstance(steps[n], int)), None)
    parent = _at(top, steps[:-1])
    if steps and not again and isinstance(parent, dict) and steps[-1] in parent:
        del parent[steps[-1]]
        return True
    if row is not None:
        rows, number = _at(top, steps[:row]), steps[row]
        if isinstance(rows, list) and isinstance(number, int) and number < len(rows):
            rows[number] = _spare(str(steps[row - 1]), key, number, toml=toml)
            return True
        return False
    spare: dict[str, Any] = {
        "id": "struck", "maker": "struck", "family": "miio", "kind": "generic", "names": dict(_LABELS),
        "source": "struck", "points": [_spare("points", key, 0, toml=True)],
    }  # fmt: skip
    if not toml or not steps or not isinstance(top, dict):
        return False
    if steps[0] in spare:
        top[steps[0]] = spare[str(steps[0])]
        return True
    return top.pop(steps[0], None) is not None


def _at(top: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            top = top[step]
        except (LookupError, TypeError):
            return None
    return top


def _spare(table: str, key: str, number: int, *, toml: bool) -> dict[str, Any]:
    """A row that is right and says nothing."""
    name = "struck_" + re.sub(r"\W", "_", key) + f"_{number}"
    if not toml:
        urn = f"urn:struck:{table}:{name.replace('_', '-')}:00000000:struck:1"
        return {"iid": 60_000 + number, "type": urn, "format": "string", "access": [], "properties": []}
    place = f"9999.{number + 1}"
    if table == "actions":
        return {"action": name, "point": place, "labels": dict(_LABELS)}
    if table == "events":
        return {"event": name, "point": place, "labels": dict(_LABELS)}
    return {"property": name, "point": place, "datatype": "text", "labels": dict(_LABELS)}


# ---- what would be right ----------------------------------------------------------------------------------------

_RIGHT = {
    "id": 'the model as the device gives it: id = "examplia.airpurifier.one"',
    "maker": 'the name on the box: maker = "Examplia"',
    "family": 'the protocol: family = "miio" or "midea"',
    "names": 'names = { en = "Air purifier", zh = "空气净化器" }',
    "source": 'what is behind it: source = "our MIoT-Spec urn:miot-spec-v2:device:…"',
    "points": "at least one [[points]] with property, report and datatype",
    "property": 'a name of letters, digits and _: property = "power"',
    "datatype": 'datatype = "bool", "int", "float", "enum" or "text"',
    "choices": 'with datatype = "enum": choices = { auto = 0, sleep = 1 }',
    "labels": 'labels = { en = "Favourite speed", zh = "最爱转速" }',
    "en": 'both languages: { en = "…", zh = "…" }',
    "zh": 'both languages: { en = "…", zh = "…" }',
    "scale": "value = raw * scale: scale = 0.1",
    "cadence": "seconds between two reads: cadence = 10",
    "low": "low below high, both in the property's unit",
    "high": "low below high, both in the property's unit",
    "step": "the smallest change, above 0: step = 0.5",
    "grade": 'local = { grade = "offline", why = "…" }; or "sometimes", or "unknown"',
    "why": 'local = { grade = "offline", why = "All its settings are taken over the local network." }',
    "gtin": 'the number under the bar code: shop = { gtin = "06901234567892" }',
    "url": 'shop = { url = "https://examplia.example/one" }',
    "point": 'where it is at the device: point = "2.1"',
    "type": 'a URN: "urn:miot-spec-v2:property:on:00000006:zhimi-mb4:1"',
    "iid": "a number from 1 to 65535 that nothing beside it has",
    "format": '"bool", "uint8" … "int64", "float", "string"',
    "access": '["read", "write", "notify"], or some of them',
}


def advice(key: str, message: str, top: Any) -> str:
    """What would be right at this key."""
    leaf = next((name for name, _ in reversed(_STEP.findall(key)) if name), "")
    if "is not a key here" in message:
        known = message.partition("there are ")[2].split(", ")
        near = difflib.get_close_matches(leaf, known, 1, 0.6)
        return f"did you mean {near[0]}?" if near else "leave it out"
    if leaf == "kind":
        near = difflib.get_close_matches(
            str(top.get("kind")) if isinstance(top, dict) else "", DEVICE_KINDS, 3, 0.4
        )
        return f"perhaps {', '.join(near)}" if near else "`jiahe product new` lists them; generic fits all"
    if message.endswith("stands twice") or "is the iid of another" in message:
        return "one of the two goes, or gets another name"
    if leaf in ("points", "actions", "events"):
        return _RIGHT["property" if "name" in message else "points"]
    return _RIGHT.get(leaf, "")
