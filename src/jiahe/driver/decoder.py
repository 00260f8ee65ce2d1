"""What sensors that only call out say, read by `xiaomi-ble` and `bthome-ble`. Owns the decoders and what each is fed.

The decoders are packages with imports of their own (a fraction of a second, 17 MB): they are imported when the first
sensor of their kind is adopted or heard, never at the hub's start. A decoder answers with everything it ever heard;
from here comes only what one advertisement says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import import_module
from types import MappingProxyType
from typing import Any

from jiahe.model.errors import LinkError
from jiahe.model.reasons import say
from jiahe.wire.advertisement import Advertisement
from jiahe.wire.gatt import sig
from jiahe.wire.talk import Point, Raw

_MIBEACON, _BTHOME, _BTHOME_1, _BTHOME_1_SEALED = sig(0xFE95), sig(0xFCD2), sig(0x181C), sig(0x181E)
_OPEN_WHEN_TRUE = ("opening", "door", "window", "garage_door")
"""Their words for what ours, Matter's and MIoT-Spec's `contact` says the other way round."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One way of calling out. `sealed` tells the length of the key that an advertisement needs, 0 for none, and None
    where it says nothing; `counted` is whether each new measurement looks different."""

    family: str
    module: str
    decoder: str
    services: frozenset[str]
    sealed: Callable[[Advertisement], int | None]
    counted: bool


def _mibeacon_sealed(heard: Advertisement) -> int | None:
    data = heard.service_data.get(_MIBEACON, b"")
    if len(data) < 5 or not data[0] & 0x40:  # no object: a beacon that says nothing
        return None
    if not data[0] & 0x08:
        return 0
    return 12 if data[1] >> 4 <= 3 else 16


def _bthome_sealed(heard: Advertisement) -> int | None:
    data = heard.service_data.get(_BTHOME)
    if data:
        return 16 if data[0] & 0x01 else 0
    if _BTHOME_1_SEALED in heard.service_data:
        return 16
    return 0 if _BTHOME_1 in heard.service_data else None


MIBEACON = Sort(
    "mibeacon",
    "xiaomi_ble.parser",
    "XiaomiBluetoothDeviceData",
    frozenset({_MIBEACON}),
    _mibeacon_sealed,
    counted=True,
)
BTHOME = Sort(
    "bthome",
    "bthome_ble.parser",
    "BTHomeBluetoothDeviceData",
    frozenset({_BTHOME, _BTHOME_1, _BTHOME_1_SEALED}),
    _bthome_sealed,
    counted=False,
)
SORTS: Mapping[str, Sort] = MappingProxyType({sort.family: sort for sort in (MIBEACON, BTHOME)})


def load(family: str) -> None:
    """Imports this family's decoder (a fraction of a second: call it in a thread); LinkError where it is missing."""
    _decoder_class(SORTS[family])


def _decoder_class(sort: Sort) -> Any:
    try:
        found = getattr(import_module(sort.module), sort.decoder)
    except ImportError as error:
        raise LinkError(say("no_decoder", name=error.name)) from error
    logging.getLogger(sort.module).setLevel(logging.CRITICAL)  # what it cannot read, we count
    return found


@dataclass(frozen=True, slots=True)
class _Heard:
    """An advertisement as the decoders take it."""

    name: str
    address: str
    time: float
    service_data: dict[str, bytes]
    manufacturer_data: dict[int, bytes]
    service_uuids: list[str]
    rssi: int = -127
    source: str = "jiahe"
    raw: bytes | None = None


@dataclass(slots=True)
class Told:
    """What one advertisement said."""

    values: dict[Point, Raw] = field(default_factory=dict)
    events: dict[Point, dict[str, Raw]] = field(default_factory=dict)


class Decoder:
    """A decoder that tells what each advertisement says, and nothing of those before."""

    def __init__(self, sort: Sort, address: str, key: bytes) -> None:
        self._address, self._told = address, Told()
        self._info: Any = None
        self.inner = _decoder_class(sort)(bindkey=key or None)
        self.inner.update_sensor = self._listening("value", self.inner.update_sensor)
        self.inner.update_binary_sensor = self._listening("binary", self.inner.update_binary_sensor)

    def _listening(self, prefix: str, update: Callable[..., None]) -> Callable[..., None]:
        def updated(key: str, *given: Any, **named: Any) -> None:
            device = named.get("device_id")
            value = named["native_value"] if "native_value" in named else given[1 if prefix == "value" else 0]
            self._told.values[_point(prefix, key, device)] = _raw(value)
            update(key, *given, **named)

        return updated

    def decode(self, heard: Advertisement, now: float) -> Told:
        """What it says; any exception where it is none of this decoder's."""
        self._told = told = Told()
        whole = _Heard(
            heard.name or self._address,
            self._address,
            now,
            dict(heard.service_data),
            dict(heard.maker_data),
            list(heard.services),
        )
        update = self.inner.update(whole)
        self._info = next(iter(update.devices.values()), None)
        told.values.pop("value.signal_strength", None)
        for name in _OPEN_WHEN_TRUE:
            if isinstance(opened := told.values.get(f"binary.{name}"), bool):
                told.values["binary.contact"] = not opened
        for key, event in update.events.items():
            properties = {name: _raw(value) for name, value in (event.event_properties or {}).items()}
            told.events[_point("event", key.key, key.device_id)] = {"kind": event.event_type, **properties}
        return told

    def facts(self) -> dict[str, Any]:
        """What it takes the sensor for."""
        info = self._info
        return (
            {"model": info.model, "maker": info.manufacturer or "", "firmware": info.sw_version}
            if info
            else {}
        )

    @property
    def opened(self) -> bool:
        """Whether our key opened the last sealed advertisement."""
        return bool(self.inner.bindkey_verified)

    @property
    def sleepy(self) -> bool:
        """Whether it speaks only when something happens."""
        return bool(self.inner.sleepy_device)


KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Temperature/Humidity Sensor": "thermometer",
        "Thermometer": "thermometer",
        "Temperature/Humidity Sensor with Button": "thermometer",
        "Door/Window Sensor": "contact",
        "Motion Sensor": "motion",
        "Motion/Light Sensor": "motion",
        "Plant Sensor": "plant",
        "Smart Flower Pot": "plant",
        "Grow Care Garden": "plant",
    }
)
"""What the decoder calls a device, as our product files sort them."""


def kind_of(sort: Sort, heard: Advertisement) -> str:
    """How our product files sort this device: a key of theirs, "sensor" where nothing more is known."""
    data = heard.service_data.get(_MIBEACON, b"")
    if sort is not MIBEACON or len(data) < 4:
        return "sensor"
    known = import_module("xiaomi_ble.devices").DEVICE_TYPES.get(int.from_bytes(data[2:4], "little"))
    return KINDS.get(known.name, "sensor") if known is not None else "sensor"


def _point(prefix: str, key: Any, device: Any) -> Point:
    name = getattr(key, "value", key)
    return f"{prefix}.{name}_{device}".lower() if device else f"{prefix}.{name}".lower()


def _raw(value: Any) -> Raw:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
