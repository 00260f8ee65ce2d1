"""A running hub, spoken to over its own HTTP door. Owns the errors a person sees; never touches the home's files.

Standard library only, so that a command answers in a tenth of a second.
"""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

from jiahe.cli.directory import RunningHub, find_hub
from jiahe.model.errors import JiaheError

NO_HUB = (
    "no hub is running here: start one with `jiahe up` (or `jiahe demo`), or name its directory with --dir"
)


class RemoteError(JiaheError):
    """The hub said no; its text is the hub's own sentence."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def segment(text: str) -> str:
    """A foreign word as one part of a path, whatever it holds."""
    return urllib.parse.quote(text, safe="", errors="replace")


class Remote:
    """The doors of one hub."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        try:
            self._url = urllib.parse.urlsplit(hub.url)
            sound = self._url.scheme in {"http", "https"} and bool(self._url.hostname)
            self._port = self._url.port
        except ValueError:
            sound = False
        if not sound:
            raise JiaheError(f"{hub.url!r} is no address of a hub: it looks like http://192.168.1.5:8420")
        if not hub.token.isascii() or not hub.token.isprintable():
            raise JiaheError("the token ($JIAHE_TOKEN) has characters that no token has")

    @classmethod
    def find(cls, directory: str | None) -> Remote:
        hub = find_hub(directory)
        if hub is None:
            raise JiaheError(NO_HUB)
        return cls(hub)

    def get(self, path: str, **query: object) -> Any:
        asked = {key: value for key, value in query.items() if value is not None}
        return self._call("GET", f"{path}?{urllib.parse.urlencode(asked)}" if asked else path, None)

    def post(self, path: str, body: Mapping[str, Any], timeout: float = 30.0) -> Any:
        return self._call("POST", path, body, timeout)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path, None)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None, timeout: float = 30.0) -> Any:
        headers = {"Authorization": f"Bearer {self.hub.token}", "Accept": "application/json"}
        payload = None
        if body is not None:
            payload = json.dumps(body)
            headers["Content-Type"] = "application/json"
        maker = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = maker(self._url.hostname or "", self._port, timeout=timeout)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise JiaheError(f"the hub at {self.hub.url} does not answer: {error}") from error
        finally:
            connection.close()
        return _opened(response.status, data)


def _opened(status: int, data: bytes) -> Any:
    try:
        answer = json.loads(data) if data else None
    except ValueError as error:
        raise RemoteError(status, f"the hub answered {status} with something that is not JSON") from error
    if status >= 400:
        message = answer.get("error", {}).get("message") if isinstance(answer, dict) else None
        raise RemoteError(status, message or f"the hub answered {status}")
    return answer
