"""One's own order and favourites. Owns the two handlers; `home/preferences.py` says what may stand there."""

from __future__ import annotations

from aiohttp import web

from jiahe.web.answer import Refused, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import PreferencesDoor


def _door(call: Call) -> PreferencesDoor:
    if call.doors.preferences is None:
        raise Refused(404, "no_preferences", "This hub keeps no preferences.")
    return call.doors.preferences


async def get_preferences(call: Call) -> web.StreamResponse:
    """What the person who asks chose."""
    return json_answer(await _door(call).of(call.principal.id))


async def put_preferences(call: Call) -> web.StreamResponse:
    """Replaces the lists that are given, for the person who asks."""
    return json_answer(await _door(call).put(call.principal.id, call.body))
