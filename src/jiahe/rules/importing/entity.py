"""Which device's property an entity of Home Assistant is: said in a mapping file, or known beyond doubt. Owns that map.

A mapping file:

    entities:
      light.hall: hall-lamp                       # a device; its parts are found by their names
      binary_sensor.door: door.open               # a device's property
      vacuum.robot: {device: robot, state: robot.status, words: {cleaning: sweeping}, do: {pause: robot.pause}}
    people: {notify.mobile_app_mei: Mei}
    scenes: {scene.movies: movie-night}

Guesses only where one device alone can be meant; what is asked for is in `questions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.rules.importing.source import Node, Unsupported
from jiahe.rules.rule import Place

USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": ("power",), "switch": ("power",), "fan": ("power",), "humidifier": ("power",), "siren": ("power",),
        "input_boolean": ("power",), "climate": ("power",), "water_heater": ("power",),
        "media_player": ("status", "state", "power"), "vacuum": ("status", "state"), "lock": ("locked",),
        "cover": ("position",),
        "binary_sensor": ("contact", "open", "occupied", "motion", "water_leak", "smoke", "door_open"),
    }
)  # fmt: skip
"""The property that holds an entity's state, by its domain; the first that the device has."""
ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "brightness": ("light_level", "brightness"), "color_temp_kelvin": ("color_temperature",),
        "percentage": ("fan_percent", "fan_level"), "preset_mode": ("fan_mode", "mode"), "hvac_mode": ("mode",),
        "temperature": ("target_temperature",), "current_temperature": ("temperature",),
        "humidity": ("target_humidity",), "current_humidity": ("humidity",), "mode": ("mode",), "fan_mode": ("fan_mode",),
        "position": ("target_position", "position"), "current_position": ("position",), "volume_level": ("volume",),
        "is_volume_muted": ("mute",), "battery_level": ("battery",), "fan_speed": ("suction",),
    }
)  # fmt: skip
"""The property that holds an attribute of an entity."""
BOOLEAN = MappingProxyType({"on": True, "off": False, "true": True, "false": False})
OPPOSITES = MappingProxyType(
    {"closed": "open", "unlocked": "locked", "clear": "occupied", "not_home": "home"}
)
NOT_VALUES = ("unavailable", "unknown", "none", "None")


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity and the device that it is. `parts` are its attributes (`state` its state) as device.property."""

    entity: str
    device: str
    profile: Profile
    parts: Mapping[str, str]
    words: Mapping[str, str]
    deeds: Mapping[str, str]
    unit: str = ""

    def part(self, name: str, place: Place) -> tuple[str, PropertyDef]:
        """The property for an attribute as `device.path` with its definition, or Unsupported."""
        path = self.parts.get(name) or self._guess(name)
        if path is None or path not in self.profile.properties:
            what = "its state" if name == "state" else f"its `{name}`"
            raise Unsupported(place, f"{self.entity}: which property of {self.device} is {what}? say so in the map "
                              f"({name}: {self.device}.…)")  # fmt: skip
        return f"{self.device}.{path}", self.profile.properties[path]

    def _guess(self, name: str) -> str | None:
        domain, _, object_id = self.entity.partition(".")
        properties = self.profile.properties
        names = USUAL.get(domain, ()) if name == "state" else (*ATTRIBUTES.get(name, ()), name)
        for one in names:
            if one in properties:
                return one
        if name != "state":
            return None
        fits = [path for path in properties if object_id == path or object_id.endswith(f"_{path}")]
        if fits:
            return max(fits, key=len)
        kinds = {"binary_sensor": (Kind.BOOL,), "sensor": (Kind.INT, Kind.FLOAT)}.get(domain, ())
        only = [path for path, one in properties.items() if one.kind in kinds and not one.writable]
        return only[0] if len(only) == 1 else None

    def equal(self, word: str, place: Place, part: str = "state") -> str:
        """An expression that is true while the entity's state (or attribute) is this word."""
        if part == "state" and self.entity.startswith("climate.") and word not in BOOLEAN:
            return f"({self.equal('on', place)} and {self.equal(word, place, 'hvac_mode')})"
        name, _ = self.part(part, place)
        return f"{name} == {self.literal(word, place, part)}"

    def literal(self, word: str, place: Place, part: str = "state") -> str:
        """A state of Home Assistant as the property's own value, as an expression writes it."""
        name, definition = self.part(part, place)
        if word in NOT_VALUES:
            raise Unsupported(
                place, f"{self.entity} {word}: a value that is not known is no state here; use known()"
            )
        word = self.words.get(word, word)
        match definition.kind:
            case Kind.BOOL:
                truth = self._truth(word, definition)
                if truth is None:
                    raise Unsupported(place, f"{self.entity}: {name} is on or off, not `{word}`; a better property for "
                                      f"`{part}`, or `words:`, can stand in the map")  # fmt: skip
                return "on" if truth else "off"
            case Kind.ENUM:
                return self._choice(word, name, definition, place)
            case Kind.TEXT:
                if '"' in word:
                    raise Unsupported(place, f"a quotation mark in the state {word}")
                return f'"{word}"'
        try:
            return self.number(float(word))
        except ValueError:
            raise Unsupported(place, f"{self.entity}: {name} is a number, not `{word}`") from None

    def number(self, value: float) -> str:
        """A number in the unit that the map says the entity had."""
        return f"{value:.10g} {self.unit}".strip()

    def _truth(self, word: str, definition: PropertyDef) -> bool | None:
        if word in BOOLEAN:
            # Matter's contact is true while closed; the sensor of Home Assistant is on while open.
            closed = definition.trait == "contact" and definition.name == "contact" and "on" not in self.words
            return BOOLEAN[word] is not closed if closed else BOOLEAN[word]
        if word == definition.name:
            return True
        return False if OPPOSITES.get(word) == definition.name else None

    def _choice(self, word: str, name: str, definition: PropertyDef, place: Place) -> str:
        for one in (word, word.replace("_", " "), word.replace(" ", "_")):
            if one in definition.choices:
                return f'"{one}"' if not one.isidentifier() else one
        raise Unsupported(place, f"{self.entity}: {name} is one of {', '.join(definition.choices)}; which is `{word}`? "
                          f"say so in the map (words: {{{word}: …}})")  # fmt: skip

    def deed(self, *names: str) -> str | None:
        """The first action of these names that the device has, as device.action."""
        for name in names:
            path = self.deeds.get(name, name)
            if path in self.profile.actions:
                return f"{self.device}.{path}"
        return None


@dataclass(slots=True)
class Entities:
    """The home's devices and what the mapping file says. `questions` are the entities that nobody could place."""

    definitions: Mapping[str, Profile]
    names: Mapping[str, str] = field(default_factory=dict)  # device id -> what people call it
    given: Node | None = None
    questions: dict[str, Place] = field(default_factory=dict)

    def find(self, entity: str, place: Place) -> Thing:
        """The thing, or Unsupported with the question."""
        said = self._said("entities", entity)
        device, parts = (self._guess(entity), {}) if said is None else self._meant(said)
        if device is None:
            self.questions.setdefault(entity, place)
            raise Unsupported(place, f"{entity}: no adopted device is known to be this; say which in the map")
        if device not in self.definitions:
            raise Unsupported(said.place if said else place, f"there is no device {device!r} for {entity}")
        if said is None or said.kind != "map":
            return Thing(entity, device, self.definitions[device], parts, {}, {})
        more = {
            key: self._path(one, device)
            for key, one in said.keys.items()
            if key not in ("device", "words", "do", "unit")
        }
        words, deeds, unit = said.get("words"), said.get("do"), said.get("unit")
        return Thing(
            entity,
            device,
            self.definitions[device],
            parts | more,
            {key: one.text for key, one in words.keys.items()} if words else {},
            {key: self._path(one, device) for key, one in deeds.keys.items()} if deeds else {},
            unit.text if unit else "",
        )

    def word(self, section: str, key: str) -> str | None:
        """What `people:`, `scenes:`, `events:` or `devices:` of the map say."""
        said = self._said(section, key)
        return said.text if said and said.kind == "scalar" else None

    def _said(self, section: str, key: str) -> Node | None:
        table = self.given.get(section) if self.given else None
        return table.get(key) if table else None

    def _meant(self, said: Node) -> tuple[str | None, dict[str, str]]:
        if said.kind == "scalar":
            device, _, path = said.text.partition(".")
            return device, {"state": path} if path else {}
        first = said.get("device", "state") or next(iter(said.keys.values()), None)
        return (first.text.partition(".")[0], {}) if first else (None, {})

    @staticmethod
    def _path(node: Node, device: str) -> str:
        owner, _, path = node.text.partition(".")
        if owner != device or not path:
            raise Unsupported(
                node.place, f"`{node.shown}` is not {device}.something: an entity is one device"
            )
        return path

    def _guess(self, entity: str) -> str | None:
        """The one device of which this is the name, alone or before the name of a property."""
        domain, _, object_id = entity.partition(".")
        slugs = {_slug(one): one for one in self.definitions}
        called: dict[str, set[str]] = {}
        for device, name in self.names.items():
            called.setdefault(_slug(name), set()).add(device)
        slugs |= {name: next(iter(devices)) for name, devices in called.items() if len(devices) == 1 and name}
        if object_id in slugs:
            return slugs[object_id] if self._can(slugs[object_id], domain) else None
        fits = [(name, device) for name, device in slugs.items() if object_id.startswith(f"{name}_")]
        for name, device in sorted(fits, key=lambda one: -len(one[0])):
            if object_id[len(name) + 1 :] in self.definitions[device].properties:
                return device
        return None

    def _can(self, device: str, domain: str) -> bool:
        """Whether a device can be an entity of this domain at all: a light has a power, a sensor tells something."""
        properties = self.definitions[device].properties
        return (
            domain not in USUAL
            or any(one in properties for one in USUAL[domain])
            or domain == "binary_sensor"
        )


def _slug(text: str) -> str:
    return "".join(one if one.isalnum() else "_" for one in text.lower()).strip("_")
