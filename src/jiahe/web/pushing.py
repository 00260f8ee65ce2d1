"""One's own notices, what one wants to hear, and pushes to one's browsers. Owns these handlers; the hub decides.

Every answer is about whoever asks, and about nobody else.
"""

from __future__ import annotations

from aiohttp import hdrs, web

from jiahe.home.permission import Via
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.doors import NoticesDoor


def _door(call: Call) -> NoticesDoor:
    if call.doors.notices is None:
        raise Refused(404, "no_notices", "This hub keeps no notices.")
    return call.doors.notices


async def get_notices(call: Call) -> web.StreamResponse:
    """The notices above a cursor, oldest first."""
    return json_answer(_door(call).notices(call.principal.id, call.query.get("after", 0)))


async def post_read(call: Call) -> web.StreamResponse:
    """Everything up to this notice was read."""
    return json_answer(await _door(call).read(call.principal.id, call.body["to"]))


async def get_notice_preferences(call: Call) -> web.StreamResponse:
    """What one wants to hear, where, and when not."""
    return json_answer(_door(call).preferences(call.principal.id))


async def put_notice_preferences(call: Call) -> web.StreamResponse:
    """Changes what is given."""
    return json_answer(await _door(call).put_preferences(call.principal.id, call.body))


async def get_push_key(call: Call) -> web.StreamResponse:
    """What a browser needs to subscribe, and which of one's browsers do."""
    return json_answer(await _door(call).push_key(call.principal.id))


async def post_push(call: Call) -> web.StreamResponse:
    """This browser wants pushes, for as long as it is signed in."""
    if call.signed is None or call.principal.via is Via.TOKEN:
        raise Refused(403, "no_browser", "A token is no browser: sign in with one to be pushed to.")
    label = call.request.headers.get(hdrs.USER_AGENT, "")
    told = await _door(call).subscribe(call.principal.id, call.signed.key, call.body, label)
    return json_answer(told, status=201)


async def delete_push(call: Call) -> web.StreamResponse:
    """This browser does not want pushes any more."""
    await _door(call).unsubscribe(call.principal.id, call.path())
    return empty_answer()
