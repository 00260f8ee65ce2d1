"""The app's own words, so that one journey is walked in both languages. Reads the dictionaries; owns no sentence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

BOOKS = Path(__file__).parents[2] / "app" / "src" / "lib" / "i18n"
ROW = re.compile(r"""'([\w.]+)': (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
NAME = re.compile(r"\{(\w+)\}")
MARK = r"[\u2068\u2069]?"
"""Around a name that somebody chose, so that its direction turns nothing else."""
ANY = "\0"
CUT = "\nexport const zh"
"""Where the Chinese half of a file of both languages begins (`app/vite/words.ts` cuts there too)."""
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


@cache
def _book(language: str) -> dict[str, str]:
    half = 0 if language == "en" else 1
    texts = [path.read_text("utf-8") for path in BOOKS.glob(f"{language}*.ts")]
    texts += [path.read_text("utf-8").split(CUT)[half] for path in (BOOKS / "words").glob("*.ts")]
    return {
        key: ESCAPE.sub(lambda it: chr(int(it[1], 16)) if it[1] else it[2], one or two)
        for text in texts
        for key, one, two in ROW.findall(text)
    }


class Words:
    """What the app says to a browser of this locale (`en`, `zh-CN`)."""

    def __init__(self, locale: str) -> None:
        self.language = locale.partition("-")[0]

    def __call__(self, key: str, **filling: object) -> str:
        """The sentence of a key, filled in. A key that no dictionary has is a `KeyError`."""
        return NAME.sub(lambda it: str(filling.get(it[1], it[0])), _book(self.language)[key])

    def begins(self, key: str) -> str:
        """What stands before the first thing that is filled in; for sentences whose filling a test does not know."""
        return _book(self.language)[key].split("{")[0].strip()

    def among(self, key: str, **filling: object) -> re.Pattern[str]:
        """The sentence with anything where nothing is given; names stand in marks that isolate them."""
        found = [
            re.escape(part if not (name := NAME.fullmatch(part)) else str(filling.get(name[1], ANY)))
            for part in re.split(r"(\{\w+\})", _book(self.language)[key])
        ]
        return re.compile(MARK.join(["", *found]).replace(re.escape(ANY), ".*"))
