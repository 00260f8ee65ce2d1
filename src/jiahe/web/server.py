"""The web application. Owns its assembly: middleware, routes, start and stop; never what a route does.

Serve it without an access log: the codes of one-time links stand in paths.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from jiahe.home.resource import Resources
from jiahe.model.errors import JiaheError
from jiahe.web.answer import Refused, error_answer
from jiahe.web.auth import check_host, harden
from jiahe.web.call import BODY_LIMIT, Route, Service, take
from jiahe.web.doors import Doors
from jiahe.web.routes import ROUTES
from jiahe.web.static import App
from jiahe.web.stream import Streams
from jiahe.web.trust import sent_on, strict
from jiahe.web.view import View

SERVICE: web.AppKey[Service] = web.AppKey("service", Service)

log = logging.getLogger(__name__)
_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(doors: Doors) -> web.Application:
    """The application, ready to be served."""
    view = View(doors)
    resources = Resources(lambda: doors.home.devices, doors.maker_of)
    service = Service(doors, view, Streams(doors, view, resources), resources)
    app = web.Application(middlewares=[_guard], client_max_size=BODY_LIMIT)
    app[SERVICE] = service
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _handler(route, service))
    pages = App(doors.static)
    app.router.add_get("/{tail:.*}", pages.serve)
    app.on_response_prepare.append(harden)
    app.on_response_prepare.append(_stay_secure)
    app.on_startup.append(_start)
    app.on_shutdown.append(_stop)
    return app


def _handler(route: Route, service: Service) -> _Next:
    return partial(take, route, service)


async def _start(app: web.Application) -> None:
    app[SERVICE].streams.start()


async def _stop(app: web.Application) -> None:
    await app[SERVICE].streams.stop()


async def _stay_secure(request: web.Request, answer: web.StreamResponse) -> None:
    """As aiohttp asks for headers."""
    answer.headers.update(strict(request, request.app[SERVICE].doors.secure))


@web.middleware
async def _guard(request: web.Request, handler: _Next) -> web.StreamResponse:
    """The check of the host before anything else, and every error as an answer in words."""
    service = request.app[SERVICE]
    try:
        check_host(request, service.doors.names)
        answer = sent_on(request, service.doors.secure) or await handler(request)
    except JiaheError as error:
        answer = error_answer(error)
    except web.HTTPMethodNotAllowed as error:
        words = (
            f"{request.method} cannot be done here; there are: {', '.join(sorted(error.allowed_methods))}."
        )
        answer = error_answer(Refused(405, "method", words))
        answer.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    except web.HTTPNotFound:
        answer = error_answer(Refused(404, "unknown_path", "There is nothing at this address."))
    except web.HTTPException as error:
        answer = error_answer(Refused(error.status, "http", f"{error.reason}."))
    except Exception:
        # the path may hold a code: the traceback says where it went wrong without it
        log.exception("a request failed by a defect of the hub")
        answer = error_answer(Refused(500, "internal", "Something in the hub went wrong; its log says what."))
    service.counts[answer.status] = service.counts.get(answer.status, 0) + 1
    return answer
