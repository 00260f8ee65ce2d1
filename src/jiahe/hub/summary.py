"""A rule in a few lines, from what was parsed of its file. Owns those words only."""

from __future__ import annotations

from typing import Any

from jiahe.rules.rule import (
    ApplyScene,
    Choose,
    DoAction,
    Notify,
    Repeat,
    Rule,
    SetMode,
    SetValue,
    Step,
    Stop,
    Wait,
    WaitUntil,
)
from jiahe.rules.trace import described


def summary_of(rule: Rule) -> dict[str, Any]:
    """As JSON data; the steps inside of choose and repeat are not listed."""
    return {
        "about": rule.about,
        "version": rule.version,
        "mode": rule.mode.value,
        "when": [
            {"line": one.place.line, "text": " ".join(described(one))} for one in rule.when
        ],
        "if": None if rule.condition is None else rule.condition.text,
        "then": [{"line": one.place.line, "text": step_text(one)} for one in rule.then],
        "tests": len(rule.tests),
    }  # fmt: skip


def step_text(step: Step) -> str:
    """One step in one line."""
    match step:
        case SetValue():
            return f"set {step.ref.device}.{step.ref.path} to {step.to.text}"
        case DoAction():
            return f"do {step.ref.device}.{step.ref.path}"
        case ApplyScene():
            return f"scene {step.scene}"
        case SetMode():
            return f"mode {step.mode.value}"
        case Notify():
            return f"notify {step.who}: {step.text.text}"
        case Wait():
            return f"wait {step.seconds:g} s"
        case WaitUntil():
            return f"wait until {step.condition.text}, at most {step.at_most:g} s"
        case Choose():
            conditions = [one.condition.text for one in step.branches if one.condition is not None]
            return f"choose: {'; '.join(conditions)}"
        case Repeat():
            rounds = f"repeat at most {step.at_most} times"
            return rounds if step.condition is None else f"{rounds} while {step.condition.text}"
        case Stop():
            return f"stop {step.reason}".strip()
