"""Plain data written as YAML text, so that it stands well in a person's file. Owns the choice of quotes, blocks and
brackets; knows no file. Pure: what is written is read again (`document.py`) as the same data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

STEP = 2
"""Blanks of one level."""

_PLAIN = re.compile(r"[^\W\d_][\w./%°µ³+*<>=()-]*(?: [\w./%°µ³+*<>=()!-]+)*|\d[\w./%°µ³]*(?: [\w./%°µ³]+)*")
"""Texts that are the same with and without quotes, in a block and in brackets; everything else is quoted."""
_NUMBER = re.compile(r"[-+.\d][\d.eE+_-]*|0[xob][\da-fA-F]+")
_WORDS = frozenset({"true", "false", "null", "y", "n", "~"})


def scalar(value: object) -> str:
    """One text, number, truth or nothing."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and not _NUMBER.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else quoted(text)


def quoted(text: str, mark: str = '"') -> str:
    """With these quotes, or the others where these cannot hold it."""
    if mark == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    # JSON's escapes are YAML's, but for what is beyond the first plane: it is written as it is.
    plain = json.dumps(text, ensure_ascii=False)
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", plain
    )


def inline(value: object) -> str:
    """In brackets, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    return scalar(value)


def block(value: object, column: int) -> str:
    """Over as many lines as it takes; the first is written where the cursor stands, the others begin at `column`."""
    pad = "\n" + " " * column
    if isinstance(value, Mapping) and value:
        return pad.join(f"{scalar(str(key))}:{after_colon(one, column)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return pad.join("- " + block(one, column + 2) for one in value)
    return inline(value)


def after_colon(value: object, column: int) -> str:
    """What stands behind `key:` of a key at `column`: on its line where it is short and simple."""
    if isinstance(value, Mapping | list | tuple) and value and not _simple(value):
        deeper = column + STEP
        return "\n" + " " * deeper + block(value, deeper)
    return " " + inline(value)


def _simple(value: object) -> bool:
    """Lists of words, and names in two languages."""
    items = value.values() if isinstance(value, Mapping) else value
    assert isinstance(items, Sequence) or hasattr(items, "__iter__")
    return all(not isinstance(one, Mapping | list | tuple) for one in items) and len(inline(value)) <= 60
