"""What a product file says that no grammar can judge: whether its family can say its points, whether two properties are
at one place, whether a person would understand it. Owns these looks; pure but for the family's own codec.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import PurePath

from jiahe.catalog.mapper import Mapper
from jiahe.catalog.product import PointRow, Product
from jiahe.driver.family import FAMILIES, Family
from jiahe.driver.quirk import QUIRKS
from jiahe.kit.plan import inside
from jiahe.model.definition import Kind
from jiahe.model.errors import JiaheError
from jiahe.model.vocabulary import VOCABULARY
from jiahe.wire.talk import Ask, Identity, Read, Role, Write

Sense = tuple[str, str, str, bool]
"""Key, what is to be said, what would be right, and whether it is grave."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_STEPS_MOST = 100_000
"""Steps of a slider beyond which a bound was probably meant otherwise."""


def senses(product: Product, file: str, text: str) -> list[Sense]:
    """Everything, in the order of the file. `text` is the TOML, "" for a published spec (whose words are its maker's)."""
    family = FAMILIES.get(product.family)
    if family is None:
        known = ", ".join(FAMILIES)
        return [("family", f"there is no protocol family {product.family!r}", f"one of {known}", True)]
    found = [*_top(product, family, file, own=bool(text))]
    found += _doubles(product, own=bool(text))
    for number, row in enumerate(product.rows):
        found += _sayable(product, family, row, f"points[{number}]")
        if text:
            found += _understandable(row, f"points[{number}]")
    found += _actions(product, family)
    return found


def _top(product: Product, family: Family, file: str, *, own: bool) -> Iterator[Sense]:
    wanted = [key for key in family.fingerprint if key not in product.fingerprint]
    if len(wanted) == len(family.fingerprint):
        right = f'[fingerprint] {family.fingerprint[0]} = "{product.id}"'
        yield "fingerprint", "nothing tells this product from others on the network", right, True
    for key in product.fingerprint:
        if key not in family.fingerprint:
            right = f"one of {', '.join(family.fingerprint)}"
            yield f"fingerprint.{key}", f"a {family.title} device does not tell its {key}", right, True
    if product.quirk and product.quirk not in QUIRKS:
        yield (
            "quirk",
            f"there is no quirk {product.quirk!r}",
            f"one of {', '.join(QUIRKS)}, or leave it out",
            True,
        )
    if not own:
        return
    if PurePath(file).stem != product.id and family.fingerprint == ("model",):
        yield "id", f"the file is called {file}", f"{product.id}.toml", False
    if product.local is None:
        right = 'local = { grade = "offline", why = "…" }'
        yield "local", "says nothing about a home without internet", right, False
    if not _CHINESE.search(product.names.get("zh", "")):
        yield "names.zh", "the Chinese name has no Chinese character", 'zh = "空气净化器"', False
    if len(product.source) < 20:
        yield (
            "source",
            "does not say which specification or frame is behind it",
            "its URN, or where it was captured",
            False,
        )


def _doubles(product: Product, *, own: bool) -> Iterator[Sense]:
    """Two properties at one place, unless each takes another part of what is there."""
    for end in ("report", "write"):
        first: dict[str, int] = {}
        for number, row in enumerate(product.rows):
            point = getattr(row, end)
            if point is None:
                continue
            before = product.rows[first.setdefault(point, number)]
            if before is not row and (before.datatype == row.datatype or end == "write"):
                named = f"{before.definition.path} is at {point} already"
                yield f"points[{number}].{end}", named, "a place of its own; one value is one property", own


def _sayable(product: Product, family: Family, row: PointRow, key: str) -> Iterator[Sense]:
    if row.report is not None and (why := _said(product, family, Read((row.report,)))):
        yield f"{key}.report", why, _place(family), True
    if row.write is not None:
        value = inside(row.definition)[0]
        try:
            ask = Write(Mapper(product).to_points({row.definition.path: value}))
        except (JiaheError, LookupError, TypeError, ValueError) as error:
            yield f"{key}.write", f"its lowest or first value cannot be written: {error}", "", True
            return
        if why := _said(product, family, ask):
            yield f"{key}.write", why, _place(family), True


def _said(product: Product, family: Family, ask: Ask) -> str:
    """Why this family's hub cannot say this, "" where it can."""
    try:
        secrets = {name: bytes(secret.length) for name, secret in family.secrets(product.facts).items()}
        identity = Identity("123456789", secrets, dict(product.facts))
        family.session(Role.HUB, identity, bytes).ask(ask, 10.0, 0.0)
    except JiaheError as error:
        return str(error)
    return ""


def _place(family: Family) -> str:
    if family.name == "miio":
        return 'siid.piid ("2.1"); of an older model "prop:NAME" to read and "call:METHOD" to write'
    return "a field that its appliance type has"


def _actions(product: Product, family: Family) -> Iterator[Sense]:
    for number, row in enumerate(product.actions):
        values = [inside(argument)[0] for argument in row.definition.arguments]
        try:
            act = Mapper(product).to_act(row.definition.path, values)
        except JiaheError as error:
            yield f"actions[{number}]", str(error), "", True
            continue
        if why := _said(product, family, act):
            right = 'siid.aiid ("2.1"), or "method:NAME"' if family.name == "miio" else _place(family)
            yield f"actions[{number}].point", why, right, True


def _understandable(row: PointRow, key: str) -> Iterator[Sense]:
    definition = row.definition
    near = difflib.get_close_matches(definition.name, VOCABULARY, 1, 0.85)
    if definition.name not in VOCABULARY and near:
        yield (
            f"{key}.property",
            f"{definition.name} is not in the vocabulary",
            f"perhaps {near[0]} is meant",
            False,
        )
    if definition.writable and definition.kind in (Kind.INT, Kind.FLOAT):
        if definition.low is None or definition.high is None:
            yield f"{key}.low", "a slider needs both its ends", "low = 0, high = 100", False
        elif definition.step and (definition.high - definition.low) / definition.step > _STEPS_MOST:
            yield f"{key}.step", f"has more than {_STEPS_MOST} steps", "a coarser step, or closer ends", False
        elif definition.step and abs((definition.high - definition.low) / definition.step % 1) > 1e-6:
            yield (
                f"{key}.high",
                "the highest value is not on the steps",
                "low plus a whole number of steps",
                False,
            )
    if definition.name not in VOCABULARY and not _CHINESE.search(definition.labels.get("zh", "")):
        yield (
            f"{key}.labels",
            "the Chinese label has no Chinese character",
            'labels = { en = "…", zh = "…" }',
            False,
        )
