"""The line of a product file on which a key stands, for error messages. Pure; never judges what stands there.

Keys are written as the readers write them: `services[2].properties[0].iid`, `points[3].low`, `names.zh`.
"""

from __future__ import annotations

import re

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_DEPTH = 64
"""Levels that are followed; a product file has five."""


def json_line(text: str, key: str) -> int:
    """The line (from 1) of the value at this key of a JSON text, or of the last of its parents that is there; 0 for none."""
    wanted = [int(index) if index else name for name, index in _STEP.findall(key)]
    path: list[str | int] = []
    """Where the scan is: a name inside an object, a number inside an array, one for each open bracket."""
    best, name = (0, 0), ""
    position, lines = 0, 1
    for found in _MARK.finditer(text):
        mark = found[0]
        lines += text.count("\n", position, found.start())
        position = found.start()
        if mark in "{[":
            if len(path) >= _DEPTH:
                break
            best = _better(best, path, wanted, lines)
            path.append("" if mark == "{" else 0)
        elif mark in "}]":
            if not path:
                break
            path.pop()
        elif mark == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif mark == ":":
            if path and isinstance(path[-1], str):
                path[-1] = name
        else:
            name = mark[1:-1] if mark.startswith('"') else ""
            best = _better(best, path, wanted, lines)
    return best[1]


def _better(
    best: tuple[int, int], path: list[str | int], wanted: list[str | int], line: int
) -> tuple[int, int]:
    """The deepest place so far whose path begins as the wanted one does."""
    depth = len(path)
    return (depth, line) if best[0] < depth <= len(wanted) and path == wanted[:depth] else best


def toml_line(text: str, key: str) -> int:
    """The line (from 1) of this key of a TOML text, or of the table that it belongs to; 0 for none."""
    steps = _STEP.findall(key)
    if not steps:
        return 0
    head = steps[0][0]
    index = int(steps[1][1]) if len(steps) > 1 and steps[1][1] else None
    leaf = next((name for name, _ in reversed(steps) if name and name != head), "")
    lines = text.splitlines()
    start = _table(lines, head, index)
    if start is None:
        start = next(
            (n for n, line in enumerate(lines) if re.match(rf"\s*{re.escape(head)}\s*=", line)), None
        )
        return 0 if start is None else start + 1
    end = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    for number in range(start + 1, end):
        if leaf and re.match(rf"\s*{re.escape(leaf)}\s*=", lines[number]):
            return number + 1
    return start + 1


def _table(lines: list[str], head: str, index: int | None) -> int | None:
    header = re.compile(rf"\s*\[{{1,2}}\s*{re.escape(head)}\s*\]{{1,2}}")
    places = [number for number, line in enumerate(lines) if header.match(line)]
    return places[index or 0] if len(places) > (index or 0) else None
