"""`jiahe product new`: a product file from a maker's answers, or from a published spec. Owns the questions and what a
right answer is; never prints and never writes a file (its caller does both).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from jiahe.catalog.datatype import Datatype
from jiahe.catalog.folder import read_file
from jiahe.catalog.product import (
    DEFAULT_CADENCE,
    LOCAL_GRADES,
    PRODUCT_ID,
    ActionRow,
    Local,
    PointRow,
    Product,
)
from jiahe.driver.family import FAMILIES
from jiahe.model.definition import ActionDef, Kind, PropertyDef
from jiahe.model.errors import JiaheError, SpecError
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, VOCABULARY
from jiahe.wire.talk import Raw

Ask = Callable[[str], str]
"""Puts a question, returns the answer; EOFError where there is none."""
T = TypeVar("T")
Say = Callable[[str], None]

TRIES = 5
"""Times that one question is put: somebody who misses it five times wants to read docs/makers.md."""
MOST = 200
"""Properties and actions of one session at the keyboard."""
SLOW, SLOW_CADENCE = frozenset({"filter", "indicator", "sound", "lock", "battery"}), 60.0
"""Traits that change by the hour, and the seconds between two reads of them."""


def from_spec(
    path: Path, *, model: str = "", maker: str = "", names: Mapping[str, str] | None = None
) -> Product:
    """The product of a published MIoT-Spec-V2 instance, under the maker's own model and name; SpecError."""
    product = read_file(path)
    if model:
        if not PRODUCT_ID.fullmatch(model):
            raise SpecError(f"{model!r:.60} is no model: letters, digits, dots and dashes", key="--model")
        product = replace(product, id=model, fingerprint=MappingProxyType({"model": model}))
    given = {key: value for key, value in (names or {}).items() if value}
    return replace(product, maker=maker or product.maker, names=MappingProxyType({**product.names, **given}))


class Interview:
    """Questions in order; `say` shows what was wrong with an answer."""

    def __init__(self, ask: Ask, say: Say) -> None:
        self._ask, self._say = ask, say

    def product(self) -> Product:
        """All of it; JiaheError where the answers end or stay wrong."""
        maker = self._until("Maker (the name on the box): ", _text)
        example = re.sub(r"[^a-z0-9]", "", maker.lower()) or "examplia"
        identity = self._until(f"Model, as the device gives it ({example}.airpurifier.one): ", _identity)
        kind = self._until("Kind (air_purifier, fan, light, outlet …; ? lists all): ", self._kind)
        family = self._until(f"Protocol ({', '.join(FAMILIES)}) [miio]: ", _family)
        english = self._until("Its name in English: ", _text)
        chinese = self._until("Its name in Chinese: ", _text)
        grade = self._until("Without internet it works (offline), sometimes, or unknown [offline]: ", _grade)
        why = self._until("Why (one sentence): ", _text)
        source = self._until("What is behind this file (a specification, a capture): ", _text)
        self._say("\nNow its properties, one by one; an empty line ends them.")
        rows = self._rows()
        self._say("\nNow its actions; an empty line ends them.")
        actions = self._actions()
        fingerprint: dict[str, Any] = {"model": identity} if family == "miio" else {}
        if family == "midea":
            fingerprint = {"type": self._until("Appliance type (AC is 172): ", _whole)}
        return Product(
            id=identity, maker=maker, family=family, kind=kind, names={"en": english, "zh": chinese},
            rows=tuple(rows), actions=tuple(actions), fingerprint=MappingProxyType(fingerprint),
            facts=MappingProxyType({} if family == "miio" else dict(fingerprint)), source=source,
            local=Local(grade, why),
        )  # fmt: skip

    # ---- properties and actions ----------------------------------------------------------------------------

    def _rows(self) -> list[PointRow]:
        rows: list[PointRow] = []
        while len(rows) < MOST:
            name = self._until("Property: ", _name_or_end)
            if not name:
                if rows:
                    return rows
                self._say("A product has at least one property: power, for example.")
                continue
            if any(row.definition.name == name for row in rows):
                self._say(f"{name} is there already.")
                continue
            rows.append(self._row(name))
        return rows

    def _row(self, name: str) -> PointRow:
        word = VOCABULARY.get(name)
        known = word.definition if word and isinstance(word.definition, PropertyDef) else None
        if known is None:
            near = difflib.get_close_matches(name, VOCABULARY, 1, 0.8)
            self._say(f"  {name} is a word of your own" + (f" (did you mean {near[0]}?)" if near else ""))
            labels = {
                "en": self._until("  Its label in English: ", _text),
                "zh": self._until("  in Chinese: ", _text),
            }
        else:
            self._say(
                f"  {known.labels['en']} · {known.labels['zh']} ({known.kind.value} {known.unit})".rstrip()
            )
            labels = dict(known.labels)
        report = self._ask_line("  Reported at (2.1; empty: cannot be read): ")
        write = self._ask_line("  Written at (empty: cannot be set): ")
        datatype, (low, high, step) = self._datatype(known)
        definition = PropertyDef(
            name=name, kind=Kind(datatype.name), unit=known.unit if known else "", low=low, high=high, step=step,
            choices=tuple(datatype.choices), readable=bool(report), writable=bool(write),
            trait=known.trait if known else "vendor", labels=MappingProxyType(labels),
        )  # fmt: skip
        cadence = SLOW_CADENCE if definition.trait in SLOW else DEFAULT_CADENCE
        if not report and not write:
            self._say("  It is neither reported nor written: once more.")
            return self._row(name)
        return PointRow(definition, report or None, write or None, datatype, cadence)

    def _datatype(
        self, known: PropertyDef | None
    ) -> tuple[Datatype, tuple[float | None, float | None, float | None]]:
        usual = known.kind.value if known else "bool"
        name = self._until(f"  Datatype (bool, int, float, enum, text) [{usual}]: ", _kind_of_value(usual))
        if name == "enum":
            choices = self._until("  Choices (auto=0 sleep=1): ", _choices)
            return Datatype("enum", choices=MappingProxyType(choices)), (None, None, None)
        if name not in ("int", "float"):
            return Datatype(name), (None, None, None)
        bounds = tuple(
            self._until(
                f"  {title} [{'none' if usual_one is None else f'{usual_one:g}'}]: ", _number(usual_one)
            )
            for title, usual_one in (
                ("Lowest", known.low if known else None),
                ("Highest", known.high if known else None),
                ("Step", known.step if known else None),
            )
        )
        return Datatype(name), (bounds[0], bounds[1], bounds[2])

    def _actions(self) -> list[ActionRow]:
        actions: list[ActionRow] = []
        while len(actions) < MOST and (name := self._until("Action: ", _name_or_end)):
            word = ACTIONS.get(name)
            known = word.definition if word and isinstance(word.definition, ActionDef) else None
            if known is not None:
                labels = dict(known.labels)
            else:
                labels = {
                    "en": self._until("  Its label in English: ", _text),
                    "zh": self._until("  in Chinese: ", _text),
                }
            point = self._until("  Called at (2.1): ", _text)
            trait = known.trait if known else "vendor"
            definition = ActionDef(name, (), trait, labels=MappingProxyType(labels))
            actions.append(ActionRow(definition, point))
        return actions

    # ---- one question --------------------------------------------------------------------------------------

    def _ask_line(self, question: str) -> str:
        try:
            return self._ask(question).strip()
        except EOFError:
            raise JiaheError(f"the answers ended at {question.strip()!r}: nothing was written") from None

    def _until(self, question: str, right: Callable[[str], T]) -> T:
        for _ in range(TRIES):
            answer = self._ask_line(question)
            try:
                return right(answer)
            except ValueError as error:
                self._say(f"  {error}")
        raise JiaheError(f"{question.strip()!r} was answered wrongly {TRIES} times: nothing was written")

    def _kind(self, answer: str) -> str:
        if answer in DEVICE_KINDS:
            return answer
        near = difflib.get_close_matches(answer, DEVICE_KINDS, 4, 0.4)
        raise ValueError(", ".join(near if near and answer != "?" else DEVICE_KINDS))


def _text(answer: str) -> str:
    if not answer or not answer.isprintable() or len(answer) > 200:
        raise ValueError("a line of text, please")
    return answer


def _identity(answer: str) -> str:
    if not PRODUCT_ID.fullmatch(answer):
        raise ValueError("letters, digits, dots and dashes, as in examplia.airpurifier.one")
    return answer


def _family(answer: str) -> str:
    if (answer or "miio") not in FAMILIES:
        raise ValueError(f"one of {', '.join(FAMILIES)}")
    return answer or "miio"


def _grade(answer: str) -> str:
    if (answer or "offline") not in LOCAL_GRADES:
        raise ValueError(f"one of {', '.join(LOCAL_GRADES)}")
    return answer or "offline"


def _name_or_end(answer: str) -> str:
    if answer and not answer.isidentifier():
        raise ValueError("a name of letters, digits and _")
    return answer


def _whole(answer: str) -> int:
    return int(answer, 0)


def _number(usual: float | None) -> Callable[[str], float | None]:
    def right(answer: str) -> float | None:
        if not answer or answer == "none":
            return usual if not answer else None
        number = float(answer)
        if number - number != 0:
            raise ValueError("a number")
        return int(number) if number == int(number) else number

    return right


def _kind_of_value(usual: str) -> Callable[[str], str]:
    def right(answer: str) -> str:
        if (answer or usual) not in ("bool", "int", "float", "enum", "text"):
            raise ValueError("one of bool, int, float, enum, text")
        return answer or usual

    return right


def _choices(answer: str) -> dict[str, Raw]:
    choices: dict[str, Raw] = {}
    for part in re.split(r"[\s,]+", answer.strip()):
        word, equals, code = part.partition("=")
        if not word or not equals or not code:
            raise ValueError("word=code, with blanks between: auto=0 sleep=1")
        choices[word] = int(code) if re.fullmatch(r"-?\d{1,9}", code) else code
    if len(set(choices.values())) != len(choices):
        raise ValueError("two words for one code")
    return choices
