"""The built phone app as files.

Owns which paths are files and which are pages of the app; reads nothing else.

The folder is walked once after each build and requests are looked up in that list: no path of a request ever
reaches the file system.
"""

from __future__ import annotations

import asyncio
import html
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from aiohttp import hdrs, web

from jiahe.web.auth import CSP, POLICY, policy_with

HASHED = "assets/"
"""Where the build puts files that have their content's hash in their name."""
FILE_LIMIT = 2_000
"""Files of one build; more is not our app."""

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
"""A script that stands in the page itself. The build writes one (app/vite/shell.ts): it asks for the home at once."""

NOT_BUILT = "The app is not built: say `make install` and open this page again."


def sentence_page(sentence: str, status: int) -> web.Response:
    """A page with one sentence, for a person who followed a link."""
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Jiahe</title><style>body{font:1.1rem/1.5 system-ui;margin:15vh auto;max-width:32rem;padding:0 1rem;"
        f"color-scheme:light dark}}</style><p>{html.escape(sentence)}</p></html>"
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


class App:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._index = folder, folder / "index.html"
        self._built = 0.0
        self._files: dict[str, Path] = {}
        self._policy = POLICY

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A file of the app, or its first page for every path that is the app's own."""
        await asyncio.to_thread(self._look)
        if not self._files:
            return sentence_page(NOT_BUILT, status=503)
        path = request.match_info["tail"]
        file = self._files.get(path)
        if file is None and not _is_page(path):
            raise web.HTTPNotFound
        answer = web.FileResponse(file or self._index)
        if file is None or file == self._index:
            answer.headers[CSP] = self._policy
        immutable = file is not None and path.startswith(HASHED)
        answer.headers[hdrs.CACHE_CONTROL] = (
            "public, max-age=31536000, immutable" if immutable else "no-cache"
        )
        return answer

    def _look(self) -> None:
        """Walks the folder again after a build."""
        try:
            built = self._index.stat().st_mtime
        except OSError:
            self._built, self._files = 0.0, {}
            return
        if built == self._built:
            return
        files = [path for path in self._folder.rglob("*") if path.is_file() and not path.is_symlink()]
        self._files = {path.relative_to(self._folder).as_posix(): path for path in files[:FILE_LIMIT]}
        self._policy = policy_with(inline_hashes(self._index.read_bytes()))
        self._built = built


def inline_hashes(page: bytes) -> list[str]:
    """What a policy names the page's own scripts by."""
    return [f"sha256-{b64encode(sha256(code).digest()).decode()}" for code in _INLINE.findall(page)]


def _is_page(path: str) -> bool:
    """A path of the app has no file's ending, or is below one of the app's own words."""
    first, _, rest = path.partition("/")
    if first in {"api", "enter", "assets", "metrics", "openapi.json"}:
        return False
    return bool(rest) or "." not in first
