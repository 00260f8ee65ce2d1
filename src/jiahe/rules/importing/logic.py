"""Conditions put together: an expression of ours, or an answer that is known already. Owns only that."""

from __future__ import annotations

from collections.abc import Sequence

Condition = str | bool
"""The text of an expression, or True or False where a rule need not ask."""


def both(parts: Sequence[Condition]) -> Condition:
    """All of these; True where there are none."""
    if any(part is False for part in parts):
        return False
    open_ = [part for part in parts if isinstance(part, str)]
    return True if not open_ else open_[0] if len(open_) == 1 else " and ".join(map(bracketed, open_))


def either(parts: Sequence[Condition]) -> Condition:
    """Any of these; False where there are none."""
    if any(part is True for part in parts):
        return True
    open_ = [part for part in parts if isinstance(part, str)]
    return False if not open_ else open_[0] if len(open_) == 1 else " or ".join(map(bracketed, open_))


def negated(part: Condition) -> Condition:
    return (not part) if isinstance(part, bool) else f"not ({part})"


def bracketed(part: str) -> str:
    """In brackets where it is more than one comparison."""
    plain = " and " not in part and " or " not in part and not part.startswith("not ")
    return part if plain else f"({part})"
