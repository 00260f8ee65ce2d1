"""A small past for tests of replay and why: records as the journal has them, with numbers and times."""

from __future__ import annotations

from typing import Any

from tests.rules.flat import BEIJING, FLAT, SCENES, SHANGHAI

from jiahe.model.definition import Value
from jiahe.model.happening import Record, RecordKind
from jiahe.rules.load import parse_rule
from jiahe.rules.replay import replay
from jiahe.rules.replayed import Replay

T0 = 1_767_585_600.0  # 2026-01-05 12:00 in Shanghai, a Monday


class Past:
    """Grows record by record; `at` counts seconds from T0."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def add(self, at: float, kind: RecordKind, body: dict[str, Any]) -> None:
        self.records.append(Record(len(self.records) + 1, T0 + at, kind, body))

    def report(self, at: float, cause: dict[str, Any] | None = None, **values: Value) -> None:
        cause = cause or {"id": f"c{len(self.records)}", "kind": "device", "source": "it"}
        for name, value in values.items():
            device, path = name.replace("bedroom_ac", "bedroom-ac").split("__")
            body = {
                "device": device,
                "property": path,
                "value": value,
                "observed_at": T0 + at,
                "cause": cause,
            }
            self.add(at, RecordKind.UPDATE, body | {"quality": "good" if value is not None else "unknown"})

    def command(
        self, at: float, target: str, value: Value, cause: dict[str, Any], status: str = "confirmed"
    ) -> None:
        device, path = target.split(".")
        name = f"k{len(self.records)}"
        self.add(
            at,
            RecordKind.COMMAND,
            {"id": name, "device": device, "property": path, "value": value, "cause": cause},
        )
        body = {
            "command": name,
            "device": device,
            "property": path,
            "status": status,
            "reason": "" if status == "confirmed" else "no",
        }
        self.add(at + 0.1, RecordKind.OUTCOME, body | {"cause": cause})

    def replay(self, *texts: str, end: float = 3600.0, start: float = 0.0) -> Replay:
        rules = [parse_rule(text, f"r{number}") for number, text in enumerate(texts)]
        return replay(self.records, rules, FLAT, SHANGHAI, BEIJING, SCENES, T0 + start, T0 + end)
