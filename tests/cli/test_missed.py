"""`jiahe devices` ends with 0 where nobody is missed: a band that went out with its wearer is not."""

from __future__ import annotations

import pytest

from jiahe.cli.operate import _missed


@pytest.mark.parametrize(
    ("kind", "state", "missed"),
    [
        ("fan", "online", False),
        ("fan", "offline", True),
        ("fan", "connecting", True),
        ("wristband", "offline", False),
        ("wristband", "connecting", True),
        ("wristband", "locked_out", True),
    ],
)
def test_who_is_missed(kind: str, state: str, missed: bool) -> None:
    assert _missed({"kind": kind, "availability": {"state": state}}) is missed
