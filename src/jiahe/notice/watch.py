"""From records to what is worth telling. Owns what counts as such and for how long it must last; pure.

Fed with every committed record, in order; asked now and then what has lasted long enough. It knows values only from
records, so what was so before it began is told when it is next said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from jiahe.model.happening import Actor, Reach, Record, RecordKind, Status
from jiahe.model.reasons import SENTENCES
from jiahe.model.said import retold
from jiahe.notice.happening import Happening, Text
from jiahe.notice.topic import Topic
from jiahe.notice.words import UNTOLD, WHATS, Names, ended_badly, span, words

OFFLINE_AFTER = 600.0
"""Seconds without a word before somebody is told: a router that restarts takes two or three minutes."""
LOCKED_AFTER = 60.0
AIR_AFTER = 600.0
"""Seconds of bad air before somebody is told: a pan on the stove clears within them."""
PM2_5_BAD = 75.0
"""µg/m³: where China's 24-hour limit for homes begins to be exceeded (GB 3095-2012, class 2)."""
CO2_BAD = 1500.0
"""ppm: clearly stuffy; Germany's guide value calls 1,000 to 2,000 conspicuous (Umweltbundesamt, 2008)."""
WORN = 5.0
"""Percent left at which a filter, brush or mop is told of."""
BATTERY_LOW = 10.0
RECOVERED = 3.0
"""Percent above the limit before it is told of again: a reading that swings about the limit is one notice."""
RUNS = 200
"""Runs of rules with an order that ended badly, followed until they end: more than are under way in any home."""
NAMED = 5
"""Devices that one notice names: it is a line on a phone."""
NOT_SENT = "not sent: "
"""How the reason of an order begins that could not be carried to its device."""
DEVICES = 2_000
"""Devices and values that are followed at once: a home has tens."""

_LIFE = frozenset({"filter_life", "brush_life", "mop_life"})
_FLAGS = frozenset(WHATS) - _LIFE
_ALARMS = frozenset({"smoke", "water_leak"})
_AIR: Mapping[str, float] = {"pm2_5": PM2_5_BAD, "co2": CO2_BAD}
_PEOPLE = {
    "person_invited": ("invited", "已邀请"),
    "person_joined": ("joined", "已加入"),
    "person_changed": ("may now do something else", "权限已更改"),
    "person_removed": ("removed", "已移除"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the watch asks of the home: names for people, and whether somebody is there."""

    names: Callable[[str], Names | None]
    """A device's name by language; None for a device that is not in the home."""
    rule_name: Callable[[str], Names]
    somebody_home: Callable[[], bool]
    carried: Callable[[str], bool]
    """Whether a device goes out with its wearer: that it is out of reach is no news."""
    outdoors: Callable[[str], bool] = lambda _: False
    """Whether a device stands outdoors: its air is nobody's room."""


@dataclass(slots=True)
class _Lasting:
    """Something that is so since `since`; `told` once somebody heard of it."""

    since: float
    value: float | str
    told: bool = False


class Watch:
    """Follows the home through its records."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._away: dict[str, _Lasting] = {}
        self._air: dict[tuple[str, str], _Lasting] = {}
        self._worn: set[tuple[str, str]] = set()
        self._badly: dict[str, dict[str, str]] = {}
        """By the run of a rule, the devices that did not do what it ordered, each with a key of `ENDS`."""

    def heard(self, record: Record) -> list[Happening]:
        """What this record is worth telling, at once."""
        body, at = record.body, record.at
        if record.kind is RecordKind.UPDATE:
            found = self._update(body, at)
        elif record.kind is RecordKind.AVAILABILITY:
            found = self._availability(body, at)
        elif record.kind is RecordKind.OUTCOME:
            found = None
            self._outcome(body)
        elif record.kind is RecordKind.RULE:
            found = self._rule(body, at)
            if body.get("ending"):
                self._badly.pop(_text(body, "run"), None)
        elif record.kind is RecordKind.SECURITY:
            found = _security(body, at)
        else:
            if record.kind is RecordKind.HOME and body.get("what") == "device_removed":
                self._forget(_text(body, "device"))
            found = None
        return [found] if found else []

    def due(self, now: float) -> list[Happening]:
        """What has lasted long enough by now."""
        found = []
        for device, away in self._away.items():
            locked = away.value == Reach.LOCKED_OUT
            if away.told or now - away.since < (LOCKED_AFTER if locked else OFFLINE_AFTER):
                continue
            away.told = True
            names = self._look.names(device)
            if names is not None:
                said = words("locked_out" if locked else "offline", names, minutes=round(OFFLINE_AFTER / 60))
                found.append(
                    Happening(
                        Topic.DEVICE, f"device/{device}/{away.value}", now, said, device, "", _page(device)
                    )
                )
        for (device, path), bad in self._air.items():
            if bad.told or now - bad.since < AIR_AFTER or not self._look.somebody_home():
                continue
            if self._look.outdoors(device):
                continue
            bad.told = True
            names = self._look.names(device)
            if names is not None:
                name = path.rpartition(".")[2]
                said = words(
                    name,
                    names,
                    limit=f"{_AIR[name]:g}",
                    minutes=round(AIR_AFTER / 60),
                    value=f"{bad.value:.0f}",
                )
                found.append(
                    Happening(Topic.AIR, f"air/{device}/{path}", now, said, device, path, _page(device))
                )
        return found

    # ---- each kind of record ---------------------------------------------------------------------------------

    def _update(self, body: Mapping[str, Any], at: float) -> Happening | None:
        if body.get("quality") != "good":
            return None
        device, path, value = _text(body, "device"), _text(body, "property"), body.get("value")
        name = path.rpartition(".")[2]
        if name in _AIR and _number(value):
            self._breathe(device, path, name, float(value), at)
            return None
        if name in _ALARMS:
            return self._alarm(device, path, name, value, at)
        if name in _LIFE and _number(value):
            return self._low(device, path, name, float(value), at, WORN)
        if name == "battery" and _number(value):
            return self._low(device, path, name, float(value), at, BATTERY_LOW)
        if name in _FLAGS and isinstance(value, bool):
            return self._flag(device, path, name, value, at)
        return None

    def _alarm(self, device: str, path: str, name: str, value: object, at: float) -> Happening | None:
        names = self._look.names(device) if value is True and self._begins(device, path, True) else None
        if value is False:
            self._worn.discard((device, path))
        if names is None:
            return None
        key = f"safety/{device}/{path}"
        return Happening(Topic.SAFETY, key, at, words(name, names), device, path, _page(device), urgent=True)

    def _low(
        self, device: str, path: str, name: str, value: float, at: float, limit: float
    ) -> Happening | None:
        if value > limit + RECOVERED:
            self._worn.discard((device, path))
        if value > limit or not self._begins(device, path, True):
            return None
        names = self._look.names(device)
        if names is None:
            return None
        what = "battery" if name == "battery" else "life"
        said = words(what, names, value=f"{value:.0f}", what_=name)
        return Happening(Topic.CARE, f"care/{device}/{path}", at, said, device, path, _page(device))

    def _flag(self, device: str, path: str, name: str, value: bool, at: float) -> Happening | None:
        if not value:
            self._worn.discard((device, path))
            return None
        names = self._look.names(device) if self._begins(device, path, value) else None
        if names is None:
            return None
        said = words("flag", names, what_=name)
        return Happening(Topic.CARE, f"care/{device}/{path}", at, said, device, path, _page(device))

    def _begins(self, device: str, path: str, value: bool) -> bool:
        """Whether this is so only now."""
        if not value or (device, path) in self._worn or len(self._worn) >= DEVICES:
            return False
        self._worn.add((device, path))
        return True

    def _breathe(self, device: str, path: str, name: str, value: float, at: float) -> None:
        bad = self._air.get((device, path))
        if value <= _AIR[name]:
            # a short dip does not begin the minutes anew for ever: clean is clearly below
            if bad is not None and value <= _AIR[name] * 0.8:
                del self._air[device, path]
            return
        if bad is not None:
            bad.value = value
        elif len(self._air) < DEVICES:
            self._air[device, path] = _Lasting(at, value)

    def _availability(self, body: Mapping[str, Any], at: float) -> Happening | None:
        device, state = _text(body, "device"), _text(body, "state")
        away = self._away.get(device)
        if state == Reach.OFFLINE and self._look.carried(device):
            self._away.pop(device, None)
            return None
        if state in (Reach.OFFLINE, Reach.LOCKED_OUT):
            if away is not None and away.value == state:
                return None
            if len(self._away) < DEVICES:
                self._away[device] = _Lasting(at, state)
            return None
        if state != Reach.ONLINE or away is None:
            return None
        del self._away[device]
        names = self._look.names(device) if away.told else None
        if names is None:
            return None
        return Happening(
            Topic.DEVICE, f"device/{device}/back", at, words("back", names), device, _page(device)
        )

    def _rule(self, body: Mapping[str, Any], at: float) -> Happening | None:
        rule, what = _text(body, "rule"), body.get("what")
        if not rule:
            return None
        path = f"/automations/rules/{rule}"
        if what == "notify":
            name, text, texts = self._look.rule_name(rule), _text(body, "text"), body.get("texts")
            given = texts if isinstance(texts, Mapping) else {}
            said = {
                language: _per_language("rule", name, text=str(given.get(language, text)))[language]
                for language in ("en", "zh")
            }
            key = f"rule/{rule}/{_text(body, 'run')}/{_text(body, 'text')[:80]}"
            return Happening(Topic.RULE, key, at, said, path=path, to=_text(body, "who"))
        if what == "paused":
            said = _per_language("rule_paused", self._look.rule_name(rule))
            return Happening(Topic.RULE_FAILED, f"rule_failed/{rule}", at, said, path=path)
        if body.get("ending") == "failed":
            said = self._failed(rule, body)
            return Happening(Topic.RULE_FAILED, f"rule_failed/{rule}", at, said, path=path)
        return None

    def _outcome(self, body: Mapping[str, Any]) -> None:
        """How an order of a rule ended; its run says later whether it failed."""
        cause, status = body.get("cause"), body.get("status")
        if not isinstance(cause, Mapping) or cause.get("kind") != Actor.RULE:
            return
        if status not in (Status.FAILED, Status.TIMED_OUT, Status.REFUSED):
            return
        run = _text(cause, "id")
        if run not in self._badly and len(self._badly) >= RUNS:
            del self._badly[next(iter(self._badly))]  # the oldest is told without its devices
        ends = self._badly.setdefault(run, {})
        if len(ends) < NAMED:
            silent = status == Status.TIMED_OUT or _text(body, "reason").startswith(NOT_SENT)
            ends[_text(body, "device")] = "silent" if silent else "undone"

    def _failed(self, rule: str, body: Mapping[str, Any]) -> dict[str, Text]:
        """Which devices a rule failed at; the hub's own words where it was none, or the device has left."""
        rule_name, ends = self._look.rule_name(rule), self._badly.get(_text(body, "run"), {})
        known = [(names, how) for device, how in ends.items() if (names := self._look.names(device))]
        if not known:
            why = {"en": _text(body, "why"), "zh": UNTOLD}
            return {
                language: _per_language("rule_failed", rule_name, why=text)[language]
                for language, text in why.items()
            }
        what = ended_badly(known)
        return {
            language: _per_language("rule_device_failed", rule_name, devices=text)[language]
            for language, text in what.items()
        }

    def _forget(self, device: str) -> None:
        self._away.pop(device, None)
        self._worn = {key for key in self._worn if key[0] != device}
        self._air = {key: bad for key, bad in self._air.items() if key[0] != device}


def _security(body: Mapping[str, Any], at: float) -> Happening | None:
    what, who = _text(body, "what"), _text(body, "who")
    if what in ("login", "login_refused", "refused", "token_created", "password_changed"):
        key = f"security/{what}/{who}"
        said = {language: _about_security(body, what, language) for language in ("en", "zh")}
        return Happening(Topic.SECURITY, key, at, said, path="/account")
    if what in _PEOPLE:
        english, chinese = _PEOPLE[what]
        of = _text(body, "name") or _text(body, "person") or who
        said = {
            "en": words("person", who=of, what=english)["en"],
            "zh": words("person", who=of, what=chinese)["zh"],
        }
        return Happening(Topic.SECURITY, f"security/{what}/{of}", at, said, path="/people")
    return None


def _about_security(body: Mapping[str, Any], what: str, language: str) -> Text:
    why = retold(body.get("says"), SENTENCES, language) or _text(body, "reason")
    return words(what, who=_text(body, "who"), address=_text(body, "address"), why=why)[language]


def power_returned(stopped_at: float, now: float) -> Happening:
    """The hub began again although nobody had stopped it; its last record was at `stopped_at`."""
    long = span(now - stopped_at)
    said = {language: words("power", span=text)[language] for language, text in long.items()}
    return Happening(Topic.POWER, "power", now, said, path="/")


def _per_language(what: str, rule: Names, **filling: object) -> dict[str, Any]:
    names = {language: rule.get(language) or rule.get("", "") for language in ("en", "zh")}
    return {language: words(what, None, rule=name, **filling)[language] for language, name in names.items()}


def _page(device: str) -> str:
    return f"/devices/{device}"


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key, "")
    return value if isinstance(value, str) else ""


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
