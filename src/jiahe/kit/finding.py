"""What an examination found. Owns the shapes of findings and verdicts; never how they came about or how they look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How a check ended; the worst of its findings."""

    PASSED = "passed"
    NOTED = "noted"  # works, and whoever reads the report should know it
    SKIPPED = "skipped"  # there is nothing of the kind to try, or it cannot be tried here
    FAILED = "failed"


_WEIGHT = {Verdict.PASSED: 0, Verdict.SKIPPED: 1, Verdict.NOTED: 2, Verdict.FAILED: 3}
MOST_FINDINGS = 200
"""Of one check: a product has at most some hundred properties; past it the check says so once."""
TEXT_LIMIT = 300
"""Characters of a finding: what a device says may be long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen. `path` names the property or action, "" for the device as a whole."""

    verdict: Verdict
    path: str
    text: str


@dataclass(slots=True)
class CheckResult:
    """One check of the list and all that it found."""

    id: str
    group: str
    title: str
    findings: list[Finding] = field(default_factory=list)
    tried: int = 0
    """How many single things were tried."""

    @property
    def verdict(self) -> Verdict:
        """The worst finding; where none is, whether anything was tried."""
        if not self.findings:
            return Verdict.PASSED if self.tried else Verdict.SKIPPED
        return max((finding.verdict for finding in self.findings), key=_WEIGHT.__getitem__)

    def add(self, verdict: Verdict, text: str, path: str = "") -> None:
        """One more finding, within the bounds."""
        if len(self.findings) < MOST_FINDINGS:
            clean = "".join(char if char.isprintable() else "�" for char in text)[:TEXT_LIMIT]
            self.findings.append(Finding(verdict, path, clean))

    def as_json(self) -> dict[str, Any]:
        """The check as a report has it."""
        return {
            "id": self.id,
            "group": self.group,
            "title": self.title,
            "verdict": self.verdict.value,
            "tried": self.tried,
            "findings": [
                {"verdict": one.verdict.value, "path": one.path, "text": one.text} for one in self.findings
            ],
        }


@dataclass(frozen=True, slots=True)
class Examination:
    """All checks in order, and what was measured by the way (seconds)."""

    results: tuple[CheckResult, ...]
    measured: Mapping[str, float | int]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(result.verdict is not Verdict.FAILED for result in self.results)

    def failed(self) -> tuple[str, ...]:
        """The ids of the checks that failed."""
        return tuple(result.id for result in self.results if result.verdict is Verdict.FAILED)
