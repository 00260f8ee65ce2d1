"""Calls of Home Assistant's services as commands of ours. Owns what each service means for a device's properties.

Source of the meanings: the pages of Home Assistant's documentation on light, fan, climate, vacuum, media_player and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jiahe.model.definition import Kind, PropertyDef
from jiahe.rules.importing.condition import Scope, number, only, thing_of, words
from jiahe.rules.importing.entity import Thing
from jiahe.rules.importing.source import Node, Unsupported
from jiahe.rules.importing.template import is_template

Step = dict[str, Any]
_PLAIN = (
    "action",
    "service",
    "alias",
    "enabled",
    "target",
    "data",
    "entity_id",
    "metadata",
    "continue_on_error",
)
_TARGETS = ("area_id", "device_id", "label_id", "floor_id")
_IGNORED = frozenset({"entity_id", "transition", "metadata", "announce", "enqueue", "extra"})
"""Data that changes how, not what: left out (a transition is left out with a note)."""

SHARES: Mapping[str, float] = MappingProxyType({"brightness": 255, "brightness_pct": 100, "percentage": 100,
                                                "volume_level": 1, "position": 100})  # fmt: skip
"""Attributes that are a part of a whole, and what the whole is."""
SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "climate.set_temperature": ("temperature", "hvac_mode"), "climate.set_hvac_mode": ("hvac_mode",),
        "climate.set_fan_mode": ("fan_mode",), "climate.set_preset_mode": ("preset_mode",),
        "climate.set_humidity": ("humidity",), "water_heater.set_temperature": ("temperature",),
        "fan.set_percentage": ("percentage",), "fan.set_preset_mode": ("preset_mode",),
        "humidifier.set_humidity": ("humidity",), "humidifier.set_mode": ("mode",),
        "cover.set_cover_position": ("position",), "media_player.volume_set": ("volume_level",),
        "media_player.volume_mute": ("is_volume_muted",), "vacuum.set_fan_speed": ("fan_speed",),
        "number.set_value": ("value",), "input_number.set_value": ("value",), "text.set_value": ("value",),
        "select.select_option": ("option",), "input_select.select_option": ("option",),
    }
)  # fmt: skip
"""Services that set what their data name."""
DEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vacuum.start": ("start", "start_cleaning", "resume"), "vacuum.pause": ("pause",),
        "vacuum.stop": ("stop", "stop_cleaning"), "vacuum.return_to_base": ("return_to_base", "dock"),
        "vacuum.locate": ("locate", "identify"), "button.press": ("press",), "input_button.press": ("press",),
        "media_player.media_play": ("media_play", "play"), "media_player.media_pause": ("media_pause", "pause"),
        "media_player.media_stop": ("media_stop", "stop"), "lock.lock": ("lock",), "lock.unlock": ("unlock",),
        "cover.open_cover": ("open_cover", "open"), "cover.close_cover": ("close_cover", "close"),
        "cover.stop_cover": ("stop_cover", "stop"),
    }
)  # fmt: skip
"""Services that are an action of the device, by the names that the action may have."""
INSTEAD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"cover.open_cover": ("position", "100"), "cover.close_cover": ("position", "0"),
     "lock.lock": ("state", "on"), "lock.unlock": ("state", "off")}
)  # fmt: skip
"""What is set where the device has no such action."""
SWITCHED = ("homeassistant", "light", "switch", "fan", "input_boolean", "humidifier", "media_player", "climate",
            "siren", "water_heater", "remote")  # fmt: skip


def call(scope: Scope, node: Node) -> list[Step]:
    """The commands of one call."""
    only(node, "an action", *_PLAIN)
    name = node.get("action", "service")
    if name is None or is_template(name.text):
        raise Unsupported(node.place, f"the action {name.shown if name else ''}".strip())
    domain, _, verb = name.text.partition(".")
    if domain == "notify" or name.text == "persistent_notification.create":
        return [_notify(scope, node, name)]
    if name.text in ("scene.turn_on",):
        return [_apply(scope, one) for one in _entities(node)]
    if name.text == "homeassistant.turn_on" and all(one.text.startswith("scene.") for one in _entities(node)):
        return [_apply(scope, one) for one in _entities(node)]
    make = _maker(name.text, domain, verb)
    if make is None:
        raise Unsupported(name.place, f"the action `{name.shown}`")
    found: list[Step] = []
    for one in _entities(node):
        found += make(scope, scope.entities.find(one.text, one.place), node, name)
    return found


def _maker(name: str, domain: str, verb: str) -> Callable[[Scope, Thing, Node, Node], list[Step]] | None:
    if name == "media_player.play_media":
        return _play
    if name in SETS:
        return _set_named
    if name in DEEDS:
        return _do
    if domain in SWITCHED and verb in ("turn_on", "turn_off", "toggle"):
        return {"turn_on": _turn_on, "turn_off": _turn_off, "toggle": _toggle}[verb]
    return None


def _entities(node: Node) -> list[Node]:
    found: list[Node] = []
    target = node.get("target")
    if target is not None and target.kind == "map":
        for key in _TARGETS:
            if key in target.keys:
                where = target.keys[key]
                raise Unsupported(
                    where.place, f"a target by {key} ({where.shown}); only entity_id is known here"
                )
        found += words(target.get("entity_id"))
    elif target is not None:
        found += words(target)  # a blueprint whose input is an entity where a target belongs
    data = node.get("data")
    for holder in (node, data):
        if holder is not None and holder.kind == "map":
            found += words(holder.get("entity_id"))
    for one in found:
        if is_template(one.text) or "." not in one.text:
            raise Unsupported(one.place, f"the target {one.shown}")
    if not found:
        raise Unsupported(node.place, "an action without entity_id")
    return found


def _data(node: Node) -> dict[str, Node]:
    data = node.get("data")
    if data is None:
        return {}
    if data.kind != "map":
        raise Unsupported(data.place, f"the data {data.shown}")
    return {key: one for key, one in data.keys.items() if key not in _IGNORED}


# ---- setting ---------------------------------------------------------------------------------------------------


def _set(thing: Thing, part: str, literal: str, node: Node) -> Step:
    name, definition = thing.part(part, node.place)
    if not definition.writable:
        raise Unsupported(node.place, f"{thing.entity}: {name} cannot be set")
    # A text is set as it stands; the quotes are of expressions.
    return {"set": name, "to": literal[1:-1] if definition.kind is Kind.TEXT else literal}


def _switch(thing: Thing, on: bool, node: Node) -> Step:
    path = "power" if "power" in thing.profile.properties and "state" not in thing.parts else None
    if path is not None and thing.profile.properties[path].writable:
        return {"set": f"{thing.device}.{path}", "to": "on" if on else "off"}
    return _set(thing, "state", thing.literal("on" if on else "off", node.place), node)


def _turn_on(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    data = node.get("data")
    if data is not None and data.kind == "map" and "transition" in data.keys:
        scope.note(data.keys["transition"].place, "the transition is left out")
    return [_switch(thing, True, node), *(_value(scope, thing, key, one) for key, one in _data(node).items())]


def _turn_off(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    for key, one in _data(node).items():
        raise Unsupported(one.place, f"`{key}` of {name.text}")
    return [_switch(thing, False, node)]


def _toggle(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    for key, one in _data(node).items():
        raise Unsupported(one.place, f"`{key}` of {name.text}")
    on, off = _switch(thing, True, node), _switch(thing, False, node)
    return [{"if": f"{on['set']} == {on['to']}", "then": [off], "else": [on]}]


def _set_named(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    data, known = _data(node), SETS[name.text]
    found: list[Step] = []
    for key in sorted(data, key=lambda one: one != "hvac_mode"):
        if key not in known:
            raise Unsupported(data[key].place, f"`{key}` of {name.text}")
        if key == "hvac_mode":
            off = data[key].text == "off"
            found.append(_switch(thing, not off, node))
            if off:
                continue
        found.append(_value(scope, thing, "state" if key in ("value", "option") else key, data[key]))
    if not found:
        raise Unsupported(node.place, f"{name.text} without data")
    return found


def _value(scope: Scope, thing: Thing, key: str, node: Node) -> Step:
    """`set` for one word of the data."""
    part = "brightness" if key == "brightness_pct" else key
    _, definition = thing.part(part, node.place)
    if node.kind != "scalar" or node.tag:
        raise Unsupported(node.place, f"`{key}: {node.tag or node.shown}`")
    if key in SHARES and definition.kind.value != "enum":
        return _set(thing, part, _share(number(scope, node) / SHARES[key], definition), node)
    if not is_template(node.text):
        return _set(thing, part, thing.literal(node.text, node.place, part), node)
    value = scope.reader.value(node.text, node.place)
    if isinstance(value, bool | int | float) or not value:
        return _set(thing, part, thing.literal(str(value), node.place, part), node)
    name, _ = thing.part(part, node.place)
    return {"set": name, "to": value}


def _share(share: float, definition: PropertyDef) -> str:
    """A part of a whole in a property that goes up to `high` (100 where it does not say)."""
    low, step = definition.low or 0.0, definition.step or (1.0 if definition.kind.value == "int" else 0.0)
    value = min(max(share, 0.0), 1.0) * (100.0 if definition.high is None else definition.high)
    value = max(value, low)
    return f"{low + round((value - low) / step) * step if step else value:.10g}"


# ---- doing -----------------------------------------------------------------------------------------------------


def _do(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    for key, one in _data(node).items():
        raise Unsupported(one.place, f"`{key}` of {name.text}")
    verb = name.text.partition(".")[2]
    deed = thing.deed(verb, *DEEDS[name.text])
    if deed is not None:
        return [{"do": deed}]
    if name.text in INSTEAD:
        part, word = INSTEAD[name.text]
        return [_set(thing, part, thing.literal(word, node.place, part), node)]
    raise Unsupported(name.place, f"{name.text}: {thing.device} has no such action; say which in the map (do: {{{verb}: "
                      f"{thing.device}.…}})")  # fmt: skip


def _play(scope: Scope, thing: Thing, node: Node, name: Node) -> list[Step]:
    data, deed = _data(node), thing.deed("play_media", "play")
    if deed is None:
        raise Unsupported(name.place, f"{name.text}: {thing.device} has no such action; say which in the map")
    takes = thing.profile.actions[deed.partition(".")[2]].arguments
    values = [data[key] for key in ("media_content_id", "media_content_type") if key in data]
    extra = set(data) - {"media_content_id", "media_content_type"}
    if extra or len(values) < len(takes):
        raise Unsupported(node.place, f"{name.text} with {', '.join(data) or 'nothing'} for an action of {len(takes)} "
                          "arguments")  # fmt: skip
    for one in values:
        if one.kind != "scalar" or one.tag or is_template(one.text):
            raise Unsupported(one.place, f"the medium {one.shown}")
    return [{"do": deed} | ({"with": [one.text for one in values[: len(takes)]]} if takes else {})]


# ---- telling, scenes, devices -----------------------------------------------------------------------------------


def _notify(scope: Scope, node: Node, name: Node) -> Step:
    data = _data(node)
    message = data.pop("message", None)
    title = data.pop("title", None)
    data.pop("notification_id", None)
    for key, one in data.items():
        if key not in ("data", "target"):
            raise Unsupported(one.place, f"`{key}` of {name.text}")
        scope.note(one.place, f"`{key}` of the notification is left out")
    if message is None or message.kind != "scalar":
        raise Unsupported(node.place, f"{name.text} without a message")
    parts = [_text(scope, one) for one in (title, message) if one is not None]
    return {"notify": scope.entities.word("people", name.text) or "owner", "text": ": ".join(parts)}


def _text(scope: Scope, node: Node) -> str:
    """A message: plain text with templates in it, each a value."""
    found, rest = "", node.text
    while "{{" in rest and "}}" in rest:
        before, _, after = rest.partition("{{")
        inner, _, rest = after.partition("}}")
        value = scope.reader.value("{{" + inner + "}}", node.place)
        found += _bare(before, node) + ("{" + value + "}" if isinstance(value, str) else str(value))
    return found + _bare(rest, node)


def _bare(text: str, node: Node) -> str:
    if "{" in text or "}" in text:
        raise Unsupported(node.place, f"the message {node.shown}")
    return text


def _apply(scope: Scope, node: Node) -> Step:
    mapped = scope.entities.word("scenes", node.text)
    return {"scene": mapped or node.text.partition(".")[2].replace("_", "-")}


def scene(scope: Scope, node: Node) -> list[Step]:
    """The short form `scene: scene.movies`."""
    only(node, "scene", "scene", "alias", "enabled", "metadata")
    return [_apply(scope, one) for one in words(node.keys["scene"])]


def device_call(scope: Scope, node: Node) -> list[Step]:
    """An action of a device: only switching, of an entity that is known."""
    kind, entity = node.get("type"), node.get("entity_id")
    if kind is None or entity is None or kind.text not in ("turn_on", "turn_off", "toggle"):
        raise Unsupported(node.place, f"the device action `{kind.shown if kind else ''}`")
    only(node, "a device action", "device_id", "domain", "entity_id", "type", "alias", "enabled")
    thing = thing_of(scope, entity)
    if kind.text == "toggle":
        return _toggle(scope, thing, node, kind)
    return [_switch(thing, kind.text == "turn_on", node)]
