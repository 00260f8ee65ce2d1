"""No error reaches a screen in English alone: each code of an answer has a sentence in both languages, and what the rooms
behind the HTTP API raise is said by `say`, with its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import jiahe
from jiahe.model import errors
from jiahe.model.reasons import SENTENCES, say
from jiahe.model.said import retold
from jiahe.web import answer
from jiahe.web.answer import Refused, error_answer

SOURCE = Path(jiahe.__file__).parent
ROOMS = (
    "comfort", "driver", "history", "home", "hub", "link", "model", "notice", "rules", "state", "transport", "virtual", "web",
)  # fmt: skip
ERRORS = (
    "AuthError", "Backwards", "Busy", "Full", "JiaheError", "LinkError", "OutOfDefinition", "Taken", "Unknowable", "UnknownName",
)  # fmt: skip
"""Whose sentence a person meets. A StoreError, SpecError or ProtocolError is told by its family: its details (a path, a line
of a product file, octets) are for whoever looks after the machine."""
REASONS = ("Verdict", "_tell_reach", "note_refusal")
"""What ends with a reason that the diary, a device's page or a wish shows."""
TERMINAL = "said on the terminal, before there is an app or without one"
PROGRAM = "only a program of somebody's own asks so; the app never does"
DEFECT = "a defect of ours, which no person can bring about"
PLAYED = "the virtual home's own making"
ELSEWHERE = {
    "driver/family.py": PROGRAM,
    "history/query.py": PROGRAM,
    "home/vault_file.py": TERMINAL,
    "hub/build.py": TERMINAL,
    "hub/past.py": TERMINAL,
    "hub/without_internet.py": TERMINAL,
    "link/link.py": DEFECT,
    "notice/vapid.py": TERMINAL,
    "transport/mdns.py": "what the network's other search finds still counts; it is not told",
    "transport/memory.py": PLAYED,
    "transport/tcp.py": PLAYED,
    "transport/udp.py": PLAYED,
    "virtual/airwaves.py": PLAYED,
    "virtual/home.py": PLAYED,
    "virtual/played.py": PLAYED,
    "virtual/resident.py": PLAYED,
    "virtual/serve.py": PLAYED,
    "web/diary.py": PROGRAM,
}
"""Where something is raised in English alone, and why nobody reads it in the app."""


def trees(rooms: tuple[str, ...]) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((SOURCE / room).rglob("*.py")):
            yield str(path.relative_to(SOURCE)), ast.parse(path.read_text("utf-8"))


def spelled_out(node: ast.expr, plain: set[str]) -> bool:
    """Whether this is English as it stands: words, a name given to words, or an error made a plain text of."""
    match node:
        case ast.Constant(value=str(text)):
            return " " in text
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="str")):
            return True
        case ast.BinOp(left=left, right=right):
            return spelled_out(left, plain) or spelled_out(right, plain)
        case ast.IfExp(body=one, orelse=other):
            return spelled_out(one, plain) or spelled_out(other, plain)
        case ast.BoolOp(values=values):
            return any(spelled_out(one, plain) for one in values)
        case ast.Name(id=name):
            return name in plain
    return False


def _word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def uncoded(tree: ast.Module) -> Iterator[int]:
    """Lines of what is raised without a code."""
    plain = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and spelled_out(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in REASONS:
            reason = node.args[-1] if node.args else None
            if reason is not None and (spelled_out(reason, plain) or _word(reason)):
                yield node.lineno
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
            continue
        name = getattr(node.exc.func, "id", "")
        given = node.exc.args[1:2] if name == "OutOfDefinition" else node.exc.args[:1]
        if name in ERRORS and given and spelled_out(given[0], plain):
            yield node.lineno


def test_every_error_that_the_app_can_show_has_a_code() -> None:
    found = {(file, line) for file, tree in trees(ROOMS) for line in uncoded(tree)}
    known = {one for one in found if any(one[0].startswith(place) for place in ELSEWHERE)}
    assert sorted(f"{file}:{line}" for file, line in found - known) == [], (
        "say it with `say` of model.reasons"
    )
    assert {place for place in ELSEWHERE if not any(file.startswith(place) for file, _ in known)} == set()


@pytest.mark.parametrize(
    "code",
    [
        "raise Taken('It is there.')",
        "raise OutOfDefinition('name', f'is {long}')",
        "words = 'not so'\nraise LinkError(words)",
        "raise AuthError(str(error))",
        "raise AuthError(said or f'not this {key}')",
        "service.note_refusal('refused', who, 'wrong')",
    ],
)
def test_and_one_that_had_none_would_be_found(code: str) -> None:
    assert list(uncoded(ast.parse(code)))
    assert not list(uncoded(ast.parse("raise OutOfDefinition('name', say('name_empty'))")))


def codes() -> set[str]:
    """Every code that the HTTP API answers."""
    found = {row[2] for row in answer._STATUS} | {"internal"}
    for _, tree in trees(("web", "hub")):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                code = node.args[1]
                assert isinstance(code, ast.Constant), ast.unparse(node)
                found.add(str(code.value))
    return found


def test_every_code_of_an_answer_has_its_sentence() -> None:
    told = {code.removeprefix("answer_") for code in SENTENCES if code.startswith("answer_")}
    assert told == codes()


def body_of(error: errors.JiaheError) -> dict[str, object]:
    import orjson

    data = error_answer(error).body
    assert isinstance(data, bytes)
    found: dict[str, object] = orjson.loads(data)["error"]
    return found


def test_an_answer_always_says_which_sentence_it_is() -> None:
    coded = body_of(errors.OutOfDefinition("until", say("owner_endless")))
    assert coded["message"] == f"until: {say('owner_endless')}"
    assert retold(coded["says"], SENTENCES, "zh") == "主人的钥匙没有期限：这个家不能没有主人"
    for error in (
        errors.LinkError("some octets"),
        errors.StoreError("/a/path"),
        Refused(404, "no_demo", "x"),
    ):
        body = body_of(error)
        assert body["message"] == str(error)
        assert retold(body["says"], SENTENCES, "zh"), error


def test_a_figure_may_be_a_list_of_sentences() -> None:
    said = say("rule_faults", faults=[say("rule_fault_line", line=3, why="x {y}"), "and more"])
    assert said == "line 3: x {y}; and more"
    assert retold(said.as_json(), SENTENCES, "zh") == "第 3 行：x {y}；and more"
