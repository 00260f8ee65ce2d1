"""The verbs that operate a running hub: devices, set, history, discover, adopt, fault.

Owns what they print and their exit status (0 only where all is well); the hub owns what they mean.
"""

from __future__ import annotations

import argparse
import difflib
import getpass
import json
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiahe.cli import show
from jiahe.cli.remote import Remote, RemoteError, segment
from jiahe.model.definition import UNIT_SIGNS
from jiahe.model.errors import JiaheError

_TRUE, _FALSE = {"on", "true", "yes", "1"}, {"off", "false", "no", "0"}


def devices(args: argparse.Namespace) -> int:
    """Lists the home's devices and their values."""
    home = Remote.find(args.dir).get("/api/home")
    if args.json:
        print(json.dumps(home, ensure_ascii=False, indent=2))
        return 0
    if not home["devices"]:
        print("There are no devices yet. Find some with `jiahe discover`.")
    rooms = {room["id"]: room["name"] for room in home["rooms"]}
    for device in home["devices"]:
        reach = device["availability"]
        state = reach["state"].replace("_", " ") + (f": {reach['reason']}" if reach["reason"] else "")
        print(
            show.printable(
                f"{device['name']}  ({device['id']}, {rooms.get(device['room'], 'no room')})  {state}"
            )
        )
        rows = [
            (f"  {entry['path']}", show.value(entry), _known(entry, home["now"]), _admits(entry))
            for entry in device["properties"]
        ]
        print(show.table(("  property", "value", "known", "takes"), rows))
        print()
    return 1 if any(map(_missed, home["devices"])) else 0


def _missed(device: Mapping[str, Any]) -> bool:
    """Whether a device is missed: a wristband that is out of reach went out with its wearer, as `jiahe doctor` has it too."""
    state = device["availability"]["state"]
    return state != "online" and not (state == "offline" and device.get("kind") == "wristband")


def _known(entry: Mapping[str, Any], now: float) -> str:
    if entry["quality"] == "unknown":
        return "unknown"
    ago = show.age(now - entry["observed_at"])
    return ago if entry["quality"] == "good" else f"{entry['quality']}, {ago}"


def _admits(entry: Mapping[str, Any]) -> str:
    if not entry["writable"]:
        return ""
    if entry["kind"] == "bool":
        return "on, off"
    if entry["choices"]:
        return ", ".join(entry["choices"])
    if entry["low"] is not None and entry["high"] is not None:
        return f"{show.number(entry['low'])}…{show.number(entry['high'])}"
    return str(entry["kind"])


def split_target(target: str) -> tuple[str, str]:
    """DEVICE.property, or DEVICE.component.property."""
    device, dot, path = target.partition(".")
    if not dot or not path:
        raise JiaheError(f"{target!r} is not DEVICE.property (see `jiahe devices`)")
    return device, path


def parsed(text: str, entry: Mapping[str, Any]) -> Any:
    """What somebody typed, in the property's own type; what does not fit goes as it is: the hub names the bound."""
    if entry["kind"] == "bool":
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
    if entry["kind"] in ("int", "float"):
        try:
            found = float(text)
        except ValueError:
            return text
        return int(found) if found == int(found) else found
    return text


def _card(remote: Remote, device: str) -> Any:
    """A device's card; who types a name wrong is shown the nearest one, or all."""
    try:
        return remote.get(f"/api/devices/{segment(device)}")
    except RemoteError as error:
        if error.status != 404:
            raise
        names = [item["id"] for item in remote.get("/api/home")["devices"]]
        near = difflib.get_close_matches(device, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names) or 'none yet'}"
        raise JiaheError(f"there is no device {device!r:.60} in this home; {hint}") from None


def set_value(args: argparse.Namespace) -> int:
    """Sends one command and waits for its end."""
    remote = Remote.find(args.dir)
    device, path = split_target(args.target)
    card = _card(remote, device)
    entry = next((item for item in card["properties"] if item["path"] == path), None)
    if entry is not None:
        body = {"device": device, "property": path, "value": parsed(args.value or "", entry)}
    elif any(item["path"] == path for item in card["actions"]):
        body = {"device": device, "action": path, "arguments": _arguments(args.value)}
    else:
        known = ", ".join([item["path"] for item in [*card["properties"], *card["actions"]]])
        raise JiaheError(f"{device} has no {path!r}; it has {known}")
    if args.timeout is not None:
        body["timeout"] = args.timeout
    outcome = remote.post("/api/commands?wait=1", body, timeout=(args.timeout or 10) + 20)
    if args.json:
        print(json.dumps(outcome, ensure_ascii=False))
    else:
        why = f": {outcome['reason']}" if outcome["reason"] else ""
        print(show.printable(f"{args.target}: {outcome['status']}{why}"))
    return 0 if outcome["status"] == "confirmed" else 1


def _arguments(text: str | None) -> Any:
    if not text:
        return []
    try:
        return json.loads(text)
    except ValueError:
        raise JiaheError(f"{text!r} is no JSON list of arguments, such as '[1, \"eco\"]'") from None


_SPAN = re.compile(r"-?(\d+(?:\.\d+)?)(s|min|h|d|w)$")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 604800}


def instant(text: str, now: float) -> float:
    """ "now", "24h" or "30min" (ago), epoch seconds, or "2026-11-23T08:00" (local time)."""
    if text == "now":
        return now
    if match := _SPAN.match(text):
        return now - float(match[1]) * _SECONDS[match[2]]
    try:
        return float(text)
    except ValueError:
        pass
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    raise JiaheError(
        f"{text!r} is no moment: take now, 24h or 30min (ago), 2026-11-23T08:00 or epoch seconds"
    )


def history(args: argparse.Namespace) -> int:
    """Prints a series with its gaps."""
    device, path = split_target(args.target)
    now = time.time()
    start, end = instant(args.start, now), instant(args.end, now)
    series = Remote.find(args.dir).get(
        "/api/history", device=device, property=path, points=args.points, **{"from": start, "to": end}
    )
    if args.json:
        print(json.dumps(series, ensure_ascii=False))
        return 0
    rows = series["rows"]
    if not rows:
        print(f"{args.target}: nothing was recorded between {show.moment(start)} and {show.moment(end)}")
        return 0
    means = [row[2] if isinstance(row[2], int | float) else None for row in rows]
    if any(mean is not None for mean in means):
        print(show.bars(means))
    cells = [
        [show.moment(row[0]), *("—" if cell is None else show.number(cell) for cell in row[1:])]
        for row in rows
    ]
    unit = UNIT_SIGNS.get(series.get("unit") or "", series.get("unit") or "")
    print(show.table(("time", f"min {unit}".strip(), "mean", "max", "last"), cells))
    for gap in series["gaps"]:
        print(f"no word between {show.moment(gap[0])} and {show.moment(gap[1])}")
    return 0


KEYS = """
A token or key is the secret to which a device listens. The maker gave it when the device was set up with its app; it
stays the same until it is set up again. Read it once with a token extractor, signed in with your own account at the
maker, and give it with `jiahe adopt ADDRESS --token -` (Midea also --key -): it is asked for and stands in no history."""


def discover(args: argparse.Namespace) -> int:
    """Looks for devices on the network."""
    remote = Remote.find(args.dir)
    print(f"Looking for {args.seconds:g} seconds …", file=sys.stderr)
    body = {"addresses": args.address, "seconds": args.seconds}
    found = remote.post("/api/discover", body, timeout=args.seconds + 20)["found"]
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    if not found:
        print(
            "Nothing answered. Devices answer only within their own network; name addresses to ask them directly."
        )
        return 1
    rows = [
        (
            item["address"],
            item["family"],
            item["product"] or item["model"] or "unknown",
            item["hardware_id"],
            f"adopted as {item['adopted']}" if item["adopted"] else item["hint"],
        )
        for item in found
    ]
    print(show.table(("address", "family", "product", "id", "next"), rows))
    if any({"token", "key"} & set(item["missing"]) for item in found):
        print(KEYS)
    return 0


ADOPT_WITHIN = 120.0
"""Seconds: a wristband is looked for, and then waits for its wearer's tap."""


def adopt(args: argparse.Namespace) -> int:
    """Takes a device into the home."""
    remote = Remote.find(args.dir)
    if args.tokens:
        kept = keep_tokens(remote, args.tokens)
        if not args.address:
            return kept
    if not args.address:
        raise JiaheError("name an address to adopt (see `jiahe discover`), or a token list with --tokens")
    body: dict[str, Any] = {"address": args.address}
    for name in ("family", "name", "room", "id", "hardware_id"):
        if getattr(args, name):
            body[name] = getattr(args, name)
    for name in ("token", "key"):
        given = getattr(args, name)
        if given == "-":
            given = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
        if given:
            body[name] = given
    device = remote.post("/api/devices", body, timeout=ADOPT_WITHIN)
    if args.json:
        print(json.dumps(device, ensure_ascii=False, indent=2))
    else:
        print(f"{show.printable(device['name'])} is now {device['id']}; see it with `jiahe devices`.")
    return 0


KEYS_AT_ONCE = 100
"""Of one request: a list of two thousand goes in twenty."""


def keep_tokens(remote: Remote, file: str) -> int:
    """Hands a token list to the hub; exit status 0 where every device of it can be used."""
    from jiahe.home.token_list import LARGEST, read_tokens

    path = Path(file)
    try:
        with path.open(encoding="utf-8-sig") as opened:
            text = opened.read(LARGEST + 1)
    except UnicodeDecodeError:
        raise JiaheError(f"{path} is not a text in UTF-8") from None
    found = read_tokens(text, path.name)
    rows = [
        {"family": one.family, "hardware_id": one.hardware_id, "address": one.address, **one.secrets}
        for one in found.devices
    ]
    kept = 0
    for start in range(0, len(rows), KEYS_AT_ONCE):
        kept += remote.post("/api/keys", {"keys": rows[start : start + KEYS_AT_ONCE]})["kept"]
    print(
        f"{kept} keys are kept, sealed, until their devices are adopted; the file itself can go.",
        file=sys.stderr,
    )
    for one in found.devices:
        print(show.printable(f"  {one.name or one.hardware_id or one.address}  {one.model}"), file=sys.stderr)
    for why in found.left_out:
        print(show.printable(f"not used: {why}"), file=sys.stderr)
    return 1 if found.left_out else 0


def fault(args: argparse.Namespace) -> int:
    """Makes a virtual device of the demo misbehave."""
    remote = Remote.find(args.dir)
    virtual = remote.get("/api/virtual")["devices"]
    if args.device is None:
        rows = [(name, _in_words(item), ", ".join(item["actions"])) for name, item in virtual.items()]
        print(show.table(("device", "faults", "actions"), rows))
        return 0
    if args.device not in virtual:
        raise JiaheError(f"{args.device!r} is no virtual device; there are {', '.join(virtual)}")
    for word in args.fault:
        name, _, given = word.partition("=")
        if name in virtual[args.device]["actions"]:
            remote.put(f"/api/virtual/{args.device}/faults", {"action": name})
        elif name == "none":
            calm = {
                key: False if isinstance(old, bool) else 0
                for key, old in virtual[args.device]["faults"].items()
            }
            remote.put(f"/api/virtual/{args.device}/faults", calm)
        else:
            remote.put(f"/api/virtual/{args.device}/faults", {name: _fault_value(given)})
    print(f"{args.device}: {_in_words(remote.get('/api/virtual')['devices'][args.device])}")
    return 0


def _in_words(virtual: Mapping[str, Any]) -> str:
    """What is wrong with a virtual device now."""
    wrong = [
        name if held is True else f"{name}={show.number(held)}"
        for name, held in virtual["faults"].items()
        if held
    ]
    return ", ".join(wrong) or "works as it should"


def _fault_value(text: str) -> bool | float:
    if text.lower() in _TRUE | {""}:
        return True
    if text.lower() in _FALSE:
        return False
    try:
        return float(text)
    except ValueError:
        raise JiaheError(f"{text!r} is neither on, off nor a number") from None
