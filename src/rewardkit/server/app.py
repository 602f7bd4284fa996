"""The application: endpoints, the door in front of them, and one form for every error."""

from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from rewardkit.server.door import Door, to_response
from rewardkit.server.endpoints import add_score, add_stacks, add_state
from rewardkit.server.refusals import RefusedError
from rewardkit.server.schemas import components
from rewardkit.server.service import Service

DESCRIPTION = """\
One reward over HTTP. `POST /score` takes rollouts in rewardkit's format and answers what
`rewardkit score` writes; `/get_reward` speaks OpenRLHF's protocol and `/verify` NeMo Gym's.
A reward of `null` is 'not judged', never 0. No path in a request opens a file unless the server
was started with `--image-root`.
"""


def make_app(service: Service) -> FastAPI:
    """Make the application.

    Args:
        service: What it serves; its workers are started by whoever runs the application.
    """
    from importlib.metadata import version

    app = FastAPI(
        title="rewardkit",
        version=version("rewardkit"),
        description=DESCRIPTION,
        redoc_url=None,
    )
    app.add_middleware(Door, service=service)
    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, unknown)
    add_score(app, service)
    add_stacks(app, service)
    add_state(app, service)
    describe(app)
    return app


def describe(app: FastAPI) -> None:
    """Add the types of the bodies to the description of the API."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        description = plain()
        description.setdefault("components", {}).setdefault("schemas", {}).update(components())
        return description

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


async def refused(request: Request, error: Exception) -> Response:
    """Answer a request that is refused."""
    assert isinstance(error, RefusedError)  # the handler is registered for it alone
    return to_response(error)


async def unknown(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: a path or method that is none."""
    assert isinstance(error, HTTPException)  # the handler is registered for it alone
    where = f"{request.method} {request.url.path[:80]}"
    response = to_response(RefusedError(error.status_code, f"{where}: {error.detail}"))
    response.headers.update(error.headers or {})
    return response
