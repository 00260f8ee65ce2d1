"""A MIoT-Spec-V2 instance, read as it stands, is a product file too. Pure; never asks a device or a cloud.

What has a counterpart in our vocabulary gets our word; what has none is kept under its own name, never dropped.
Source of the format: MIoT-Spec-V2 (device -> services -> properties, actions, events; URN
`urn:namespace:kind:name:number:vendor-model:version`), as published instances show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog.datatype import Datatype
from jiahe.catalog.product import ActionRow, EventRow, PointRow, Product
from jiahe.model.definition import MAIN, ActionDef, EventDef, Kind, PropertyDef
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, VOCABULARY, Word

SLOW_CADENCE = 60.0
"""Seconds between two reads of what changes by the hour (filter, use time, vendor's internals)."""

_UNITS = {
    "percentage": "%", "celsius": "Cel", "kelvin": "K", "μg/m3": "ug/m3", "ug/m3": "ug/m3", "hours": "h", "hour": "h",
    "days": "d", "day": "d", "minutes": "min", "minute": "min", "seconds": "s", "watt": "W", "w": "W", "lux": "lx",
    "ppm": "[ppm]", "arcdegrees": "deg", "arcdegress": "deg", "kWh": "kW.h", "volt": "V", "mg/m3": "mg/m3",
    "pascal": "Pa", "ampere": "A", "mA": "mA", "L": "L", "m3": "m3", "rgb": "", "none": "",
}  # fmt: skip
_INTEGERS = {"uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"}
_WORDS = {pattern: word for word in VOCABULARY.values() for pattern in word.miot}
_ACTION_WORDS = {pattern: word for word in ACTIONS.values() for pattern in word.miot}
_FAST_TRAITS = {
    "on_off",
    "mode",
    "thermostat",
    "fan",
    "temperature",
    "humidity",
    "air_quality",
    "energy",
    "comfort_mode",
}


def read_instance(instance: Mapping[str, Any], file: str = "", model: str = "") -> Product:
    """The product that this MIoT-Spec-V2 instance describes; SpecError names the key that is wrong.

    `model` is the model as the device gives it; an instance only shows vendor, kind and a short model.
    """
    if not isinstance(instance, Mapping):
        raise SpecError("a MIoT-Spec instance is a JSON object", file=file)
    urn = _urn(instance, file, "type")
    model = model or _model(urn[5], urn[3])
    services = instance.get("services")
    if not isinstance(services, list) or not services:
        raise SpecError("a MIoT-Spec instance has services", file=file, key="services")
    reader = _Reader(file)
    try:
        for index, service in enumerate(services):
            reader.service(service, f"services[{index}]")
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # foreign JSON of another shape
        wrong = f"is not shaped as MIoT-Spec-V2 has it ({type(error).__name__}: {error})"
        raise SpecError(wrong, file=file, key=reader.where) from error
    kind = next((k.name for k in DEVICE_KINDS.values() if urn[3] in k.miot), "generic")
    name = str(instance.get("description") or urn[3].replace("-", " ").capitalize())
    return Product(
        id=model,
        maker=model.split(".")[0],
        family="miio",
        kind=kind,
        names=MappingProxyType({"en": name, "zh": DEVICE_KINDS[kind].zh if kind != "generic" else name}),
        rows=tuple(reader.rows),
        actions=tuple(reader.actions),
        events=tuple(reader.events),
        fingerprint=MappingProxyType({"model": model}),
        source=f"MIoT-Spec-V2 instance {instance['type']}",
    )


def _urn(entry: Mapping[str, Any], file: str, key: str) -> list[str]:
    text = entry.get("type")
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) < 5 or parts[0] != "urn":
        raise SpecError(f"{text!r} is no MIoT-Spec URN", file=file, key=key)
    return [*parts, "", ""]


def _model(vendor_model: str, device: str) -> str:
    """`zhimi-mb4` of device `air-purifier` is model zhimi.airpurifier.mb4 in the field; the file's own name wins later."""
    vendor, _, model = vendor_model.partition("-")
    return f"{vendor}.{device.replace('-', '')}.{model}"


def _identifier(name: str) -> str:
    cleaned = re.sub(r"\W+", "_", name.strip().lower()).strip("_")
    return cleaned if cleaned and not cleaned[0].isdigit() else f"p_{cleaned}"


class _Reader:
    """Collects the rows of one instance; keeps names unique within a component."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows: list[PointRow] = []
        self.actions: list[ActionRow] = []
        self.events: list[EventRow] = []
        self._taken: set[str] = set()
        self.where = ""
        """What is being read now, for an error that cannot know."""

    def service(self, service: Mapping[str, Any], key: str) -> None:
        self.where = key
        name, siid = _urn(service, self.file, f"{key}.type")[3], _iid(service, self.file, key)
        properties: dict[int, Mapping[str, Any]] = {}
        for index, entry in enumerate(service.get("properties", ())):
            where = self.where = f"{key}.properties[{index}]"
            piid = _iid(entry, self.file, where)
            properties[piid] = entry
            if entry.get("access"):
                self._property(name, siid, piid, entry, where)
        for index, entry in enumerate(service.get("actions", ())):
            self.where = f"{key}.actions[{index}]"
            self._action(name, siid, entry, properties, self.where)
        for index, entry in enumerate(service.get("events", ())):
            self.where = f"{key}.events[{index}]"
            self._event(name, siid, entry, self.where)

    def _property(self, service: str, siid: int, piid: int, entry: Mapping[str, Any], key: str) -> None:
        urn = _urn(entry, self.file, f"{key}.type")
        word = _WORDS.get(f"{service}:{urn[3]}") or _WORDS.get(f"*:{urn[3]}")
        if word and urn[3] == "mode" and any(row.definition.name == "mode" for row in self.rows):
            word = None  # the first is the device's mode, the others are some vendor's own
        datatype = _levels(word, entry) or _datatype(entry, self.file, key)
        name, component = self._place(word.definition.name if word else _identifier(urn[3]), service, siid)
        access = entry["access"]
        point = f"{siid}.{piid}"
        definition = _definition(name, component, word, entry, datatype, "read" in access or "notify" in access,
                                 "write" in access, urn[3])  # fmt: skip
        fast = definition.trait in _FAST_TRAITS
        self.rows.append(
            PointRow(
                definition,
                point if definition.readable else None,
                point if definition.writable else None,
                datatype,
                cadence=10.0 if fast else SLOW_CADENCE,
            )
        )

    def _place(self, name: str, service: str, siid: int) -> tuple[str, str]:
        """A name and component not taken yet: main first, then the service's own component."""
        for component in (MAIN, _identifier(service), f"{_identifier(service)}_{siid}"):
            path = name if component == MAIN else f"{component}.{name}"
            if path not in self._taken:
                self._taken.add(path)
                return name, component
        return self._place(f"{name}_{len(self._taken)}", service, siid)

    def _action(
        self,
        service: str,
        siid: int,
        entry: Mapping[str, Any],
        properties: Mapping[int, Mapping[str, Any]],
        key: str,
    ) -> None:
        urn, aiid = _urn(entry, self.file, f"{key}.type"), _iid(entry, self.file, key)
        word = _ACTION_WORDS.get(f"{service}:{urn[3]}") or _ACTION_WORDS.get(f"*:{urn[3]}")
        name, component = self._place(word.definition.name if word else _identifier(urn[3]), service, siid)
        arguments: list[tuple[str, Datatype]] = []
        definitions: list[PropertyDef] = []
        for piid in entry.get("in", ()):
            argument = properties.get(piid)
            if argument is None:
                raise SpecError(
                    f"argument {piid} is no property of this service", file=self.file, key=f"{key}.in"
                )
            datatype = _datatype(argument, self.file, key)
            title = _urn(argument, self.file, key)[3]
            arguments.append((f"{siid}.{piid}", datatype))
            definitions.append(
                _definition(_identifier(title), MAIN, None, argument, datatype, False, True, title)
            )
        labels = word.definition.labels if word else _labels(entry, urn[3])
        trait = word.definition.trait if word else "vendor"
        definition = ActionDef(name, tuple(definitions), trait, component, labels)
        self.actions.append(ActionRow(definition, f"{siid}.{aiid}", tuple(arguments)))

    def _event(self, service: str, siid: int, entry: Mapping[str, Any], key: str) -> None:
        urn, eiid = _urn(entry, self.file, f"{key}.type"), _iid(entry, self.file, key)
        name, component = self._place(_identifier(urn[3]), service, siid)
        self.events.append(
            EventRow(EventDef(name, component=component, labels=_labels(entry, urn[3])), f"{siid}.{eiid}")
        )


def _iid(entry: Mapping[str, Any], file: str, key: str) -> int:
    iid = entry.get("iid")
    if not isinstance(iid, int) or isinstance(iid, bool) or not 0 < iid < 65536:
        raise SpecError(f"{iid!r} is no instance id", file=file, key=f"{key}.iid")
    return iid


def _labels(entry: Mapping[str, Any], name: str) -> Mapping[str, str]:
    text = str(entry.get("description") or name.replace("-", " ").capitalize())[:80]
    return MappingProxyType({"en": text, "zh": text})


def _datatype(entry: Mapping[str, Any], file: str, key: str) -> Datatype:
    value_list, kind = entry.get("value-list"), entry.get("format")
    if value_list and kind != "bool":
        choices: dict[str, Any] = {}
        for item in value_list:
            word = _identifier(str(item.get("description") or f"value {item['value']}"))
            choices[word if word not in choices else f"{word}_{item['value']}"] = item["value"]
        return Datatype("enum", choices=MappingProxyType(choices))
    if kind == "bool":
        return Datatype("bool")
    if kind in _INTEGERS:
        return Datatype("int")
    if kind == "float":
        return Datatype("float")
    if kind in ("string", "hex"):
        return Datatype("text")
    raise SpecError(f"{kind!r} is no format of MIoT-Spec-V2", file=file, key=f"{key}.format")


def _levels(word: Word | None, entry: Mapping[str, Any]) -> Datatype | None:
    """A list of "Level1, Level2, …" for a word that counts levels is a whole number with bounds."""
    items = entry.get("value-list")
    if (
        not items
        or word is None
        or not isinstance(word.definition, PropertyDef)
        or word.definition.kind is not Kind.INT
    ):
        return None
    counted = all(
        re.fullmatch(rf"(level)?[ _-]?{item['value']}", str(item.get("description")).lower())
        for item in items
    )
    return Datatype("int") if counted else None


def _definition(
    name: str, component: str, word: Word | None, entry: Mapping[str, Any], datatype: Datatype, readable: bool,
    writable: bool, title: str,
) -> PropertyDef:  # fmt: skip
    known = word.definition if word and isinstance(word.definition, PropertyDef) else None
    low, high, step = (*(entry.get("value-range") or ()), None, None, None)[:3]
    if datatype.name == "int" and entry.get("value-list"):
        low, high, step = min(codes := [item["value"] for item in entry["value-list"]]), max(codes), 1
    kind = {"bool": Kind.BOOL, "int": Kind.INT, "float": Kind.FLOAT, "enum": Kind.ENUM, "text": Kind.TEXT}[
        datatype.name
    ]
    unit = _UNITS.get(str(entry.get("unit") or "none"), str(entry.get("unit")))
    if step is not None and (step <= 0 or (high is not None and low is not None and high <= low)):
        low, high, step = None, None, None  # some published ranges are [0,0,0]: they say nothing
    return PropertyDef(
        name=name,
        kind=kind,
        unit=known.unit if known and known.unit else unit,
        low=low,
        high=high,
        step=step,
        choices=tuple(datatype.choices),
        readable=readable,
        writable=writable,
        trait=known.trait if known else "vendor",
        component=component,
        labels=known.labels if known else _labels(entry, title),
    )
