"""A MIoT-Spec-V2 instance, read as it stands, is a product file too. Pure; never asks a device or a cloud.

What has a counterpart in our vocabulary gets our word; what has none is kept under its own name, never dropped.
Source of the format: MIoT-Spec-V2 (device -> services -> properties, actions, events; URN
`urn:namespace:kind:name:number:vendor-model:version`), as published instances show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog import miot_names as names
from jiahe.catalog.datatype import Datatype
from jiahe.catalog.miot_value import datatype_of, definition_of, levels_of
from jiahe.catalog.product import PRODUCT_ID, ActionRow, EventRow, PointRow, Product
from jiahe.model.definition import MAIN, ActionDef, EventDef, PropertyDef
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, KIND_OF_MIOT, VOCABULARY, Word

SLOW_CADENCE = 60.0
"""Seconds between two reads of what changes by the hour (filter, use time, vendor's internals)."""
SERVICES, MEMBERS = 256, 2000
"""Services of an instance, and points of all of them: the largest published one has 33 and 160."""

_WORDS = {pattern: word for word in VOCABULARY.values() for pattern in word.miot}
_ACTION_WORDS = {pattern: word for word in ACTIONS.values() for pattern in word.miot}
_GENERIC = {"on", "mode", "status", "fault"}
"""Names that say nothing without their service: of a helper service they are never the device's own."""
_FAST_TRAITS = {
    "on_off", "mode", "thermostat", "humidistat", "fan", "swing", "temperature", "humidity", "air_quality", "energy",
    "comfort_mode", "light", "cover", "operation", "contact", "presence", "water_leak", "smoke",
}  # fmt: skip


def read_instance(instance: Mapping[str, Any], file: str = "", model: str = "") -> Product:
    """The product that this MIoT-Spec-V2 instance describes; SpecError names the key that is wrong.

    `model` is the model as the device gives it; an instance only shows vendor, kind and a short model.
    """
    if not isinstance(instance, Mapping):
        raise SpecError("a MIoT-Spec instance is a JSON object", file=file)
    urn = _urn(instance, file, "type")
    model = model or _model(urn[5], urn[3])
    if not PRODUCT_ID.fullmatch(model):
        raise SpecError(f"{model!r:.60} can be no model", file=file, key="type")
    services = instance.get("services")
    if not isinstance(services, list) or not 0 < len(services) <= SERVICES:
        raise SpecError(f"a MIoT-Spec instance has services, at most {SERVICES}", file=file, key="services")
    reader = _Reader(file)
    try:
        reader.read(urn[3], services)
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # foreign JSON of another shape
        wrong = f"is not shaped as MIoT-Spec-V2 has it ({type(error).__name__}: {str(error)[:80]})"
        raise SpecError(wrong, file=file, key=reader.where) from error
    kind = KIND_OF_MIOT.get(urn[3], DEVICE_KINDS["generic"])
    label = names.labels(instance.get("description"), urn[3])
    return Product(
        id=model,
        maker=model.split(".")[0],
        family="miio",
        kind=kind.name,
        names=MappingProxyType({"en": label["en"], "zh": kind.zh if kind.name != "generic" else label["zh"]}),
        rows=tuple(reader.rows),
        actions=tuple(reader.actions),
        events=tuple(reader.events),
        fingerprint=MappingProxyType({"model": model}),
        source=f"MIoT-Spec-V2 instance {instance['type']}",
    )


def _urn(entry: Mapping[str, Any], file: str, key: str) -> list[str]:
    text = entry.get("type")
    parts = text.split(":") if isinstance(text, str) and len(text) <= 256 else []
    if len(parts) < 5 or parts[0] != "urn" or not parts[3]:
        raise SpecError(f"{text!r:.60} is no MIoT-Spec URN", file=file, key=key)
    return [*parts, "", ""]


def _model(vendor_model: str, device: str) -> str:
    """`zhimi-mb4` of device `air-purifier` is model zhimi.airpurifier.mb4 in the field; the file's own name wins later."""
    vendor, _, model = vendor_model.partition("-")
    return f"{vendor}.{device.replace('-', '')}.{model}"


class _Reader:
    """Collects the rows of one instance; keeps names unique within a component."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows: list[PointRow] = []
        self.actions: list[ActionRow] = []
        self.events: list[EventRow] = []
        self._taken: set[str] = set()
        self._components = names.Components("", ())
        self._members = 0
        self.where = ""
        """What is being read now, for an error that cannot know."""

    def read(self, device: str, services: list[Mapping[str, Any]]) -> None:
        """All services; the device's own first, so that the plain names are its."""
        heads: list[tuple[str, str]] = []
        seen: set[int] = set()
        for index, service in enumerate(services):
            self.where = key = f"services[{index}]"
            name, siid = _urn(service, self.file, f"{key}.type")[3], _iid(service, self.file, key)
            if siid in seen:
                raise SpecError(f"{siid} is the iid of another service", file=self.file, key=f"{key}.iid")
            seen.add(siid)
            heads.append((name, str(service.get("description") or "")))
        self._components = names.Components(device, heads)
        own = self._components.main
        for index in (own, *(i for i in range(len(services)) if i != own)):
            self._service(index, heads[index][0], services[index], f"services[{index}]")

    def _service(self, index: int, name: str, service: Mapping[str, Any], key: str) -> None:
        siid = service["iid"]
        self.where = key
        properties: dict[int, Mapping[str, Any]] = {}
        for number, entry in enumerate(service.get("properties") or ()):
            where = self.where = f"{key}.properties[{number}]"
            piid = self._member(entry, where)
            before = properties.setdefault(piid, entry)
            if before is not entry and before.get("type") != entry.get("type"):
                raise SpecError(f"{piid} is the iid of another property", file=self.file, key=f"{where}.iid")
            if entry.get("access"):
                self._property(index, name, f"{siid}.{piid}", entry, where)
        for table, read in (("actions", self._action), ("events", self._event)):
            numbers: set[int] = set()
            for number, entry in enumerate(service.get(table) or ()):
                where = self.where = f"{key}.{table}[{number}]"
                iid = self._member(entry, where)
                if iid in numbers:
                    raise SpecError(
                        f"{iid} stands twice among the {table}", file=self.file, key=f"{where}.iid"
                    )
                numbers.add(iid)
                read(index, name, siid, iid, entry, properties, where)

    def _member(self, entry: Mapping[str, Any], key: str) -> int:
        self._members += 1
        if self._members > MEMBERS:
            raise SpecError(f"more than {MEMBERS} points", file=self.file, key=key)
        return _iid(entry, self.file, key)

    def _property(self, index: int, service: str, point: str, entry: Mapping[str, Any], key: str) -> None:
        title = _urn(entry, self.file, f"{key}.type")[3]
        word = self._word(_WORDS, index, service, title)
        if word is not None and self._is_taken(word.definition.name, index):
            word = None  # the first one is meant by our word, the next is the maker's own
        datatype = levels_of(word, entry) or datatype_of(entry, self.file, key)
        helper = title in _GENERIC and word is None
        own = word.definition.name if word else names.apart(title, service, VOCABULARY)
        name, component = self._place(own, index, helper)
        access = entry["access"]
        if not isinstance(access, list) or not set(access) <= {"read", "write", "notify"}:
            raise SpecError("takes a list of read, write, notify", file=self.file, key=key)
        told, writable = "read" in access or "notify" in access, "write" in access
        definition = definition_of(name, component, word, entry, datatype, told, writable, title)
        self.rows.append(
            PointRow(
                definition,
                point if told else None,
                point if writable else None,
                datatype,
                cadence=10.0 if definition.trait in _FAST_TRAITS else SLOW_CADENCE,
                polled="read" in access,
            )
        )

    def _word(self, table: Mapping[str, Word], index: int, service: str, title: str) -> Word | None:
        """Our word: by service and name, or by the name alone where that says enough."""
        exact = table.get(f"{service}:{title}")
        if exact is not None or (title in _GENERIC and not self._components.own(index)):
            return exact
        return table.get(f"*:{title}")

    def _is_taken(self, name: str, index: int) -> bool:
        component = self._components.of(index)
        return (name if component == MAIN else f"{component}.{name}") in self._taken

    def _place(self, name: str, index: int, helper: bool = False) -> tuple[str, str]:
        """A name and component not taken yet: the service's own, then a component by the service's name."""
        spare = self._components.spare(index)
        wanted = self._components.of(index)
        tries = (spare if helper and wanted == MAIN else wanted, spare, f"{spare}_{index + 1}")
        for component in tries:
            path = name if component == MAIN else f"{component}.{name}"
            if path not in self._taken:
                self._taken.add(path)
                return name, component
        return self._place(f"{name}_{len(self._taken)}", index)

    def _action(
        self, index: int, service: str, siid: int, aiid: int, entry: Mapping[str, Any],
        properties: Mapping[int, Mapping[str, Any]], key: str,
    ) -> None:  # fmt: skip
        title = _urn(entry, self.file, f"{key}.type")[3]
        word = self._word(_ACTION_WORDS, index, service, title)
        own = word.definition.name if word else names.apart(title, service, ACTIONS)
        name, component = self._place(own, index)
        arguments: list[tuple[str, Datatype]] = []
        definitions: list[PropertyDef] = []
        for piid in entry.get("in") or ():
            argument = properties.get(piid)
            if argument is None:
                raise SpecError(
                    f"argument {piid} is no property of this service", file=self.file, key=f"{key}.in"
                )
            datatype = datatype_of(argument, self.file, key)
            told = _urn(argument, self.file, key)[3]
            called = names.identifier(told)
            called = called if all(called != one.name for one in definitions) else f"{called}_{piid}"
            arguments.append((f"{siid}.{piid}", datatype))
            definitions.append(definition_of(called, MAIN, None, argument, datatype, False, True, told))
        labels = word.definition.labels if word else names.labels(entry.get("description"), title)
        trait = word.definition.trait if word else "vendor"
        definition = ActionDef(name, tuple(definitions), trait, component, labels)
        self.actions.append(ActionRow(definition, f"{siid}.{aiid}", tuple(arguments)))

    def _event(
        self, index: int, service: str, siid: int, eiid: int, entry: Mapping[str, Any],
        properties: Mapping[int, Mapping[str, Any]], key: str,
    ) -> None:  # fmt: skip
        title = _urn(entry, self.file, f"{key}.type")[3]
        name, component = self._place(names.identifier(title), index)
        labels = names.labels(entry.get("description"), title)
        self.events.append(EventRow(EventDef(name, component=component, labels=labels), f"{siid}.{eiid}"))


def _iid(entry: Mapping[str, Any], file: str, key: str) -> int:
    iid = entry.get("iid")
    if not isinstance(iid, int) or isinstance(iid, bool) or not 0 < iid < 65536:
        raise SpecError(f"{iid!r:.60} is no instance id", file=file, key=f"{key}.iid")
    return iid
