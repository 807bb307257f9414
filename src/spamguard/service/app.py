"""The application: its routes, and what every request passes on its way to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from spamguard import __version__
from spamguard.cleaner import Guard
from spamguard.service import openapi
from spamguard.service.engine import Engine
from spamguard.service.limits import BodyLimit
from spamguard.service.problems import FaultBarrier, ProblemError, answer_http_error, answer_problem
from spamguard.service.requestlog import RequestLog
from spamguard.service.settings import Settings
from spamguard.service.wire import CleanReply, Liveness, Readiness

JSON = "application/json"
UTF_8 = frozenset({"charset=utf-8", 'charset="utf-8"', "charset=utf8"})


def create_app(settings: Settings, *, guard: Guard | None = None) -> FastAPI:
    """Build the service.

    Parameters
    ----------
    settings
        Limits, and the model that is loaded when the application starts.
    guard
        A guard that is loaded already, in place of the settings' model.

    Returns
    -------
    FastAPI
        An ASGI application; its ``state.engine`` is the running :class:`Engine`.

    Examples
    --------
    >>> app = create_app(Settings(max_text_chars=100_000))
    >>> sorted(app.openapi()["paths"])
    ['/clean', '/healthz', '/model', '/readyz']
    """
    engine = Engine(settings, guard)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.running():
            yield

    app = _Service(
        title="spamguard",
        version=__version__,
        description="Finds spam that was injected into news text and gives the text back clean, to the byte.",
        lifespan=lifespan,
        redirect_slashes=False,
        # Both pages fetch their scripts from elsewhere; the document itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine = engine
    app.include_router(_routes(engine))
    app.add_exception_handler(ProblemError, answer_problem)
    app.add_exception_handler(HTTPException, answer_http_error)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(FaultBarrier)
    app.add_middleware(RequestLog)
    return app


class _Service(FastAPI):
    """An application whose document also knows the types that it reads and refuses by itself."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"].update(openapi.own_schemas())
        return document


def _routes(engine: Engine) -> APIRouter:
    """Return the paths of the service."""
    routes = APIRouter()

    @routes.post(
        "/clean",
        summary="Remove the spam from a text",
        response_model=CleanReply,
        responses=openapi.CLEAN_ANSWERS,
        openapi_extra=openapi.CLEAN_BODY,
    )
    async def clean(request: Request) -> Response:
        _check_media_type(request.headers)
        return Response(await engine.clean(await request.body()), media_type=JSON)

    @routes.get("/healthz", summary="Whether the process answers")
    async def healthz() -> Liveness:
        return Liveness()

    @routes.get("/readyz", summary="Whether a model is loaded", responses=openapi.NOT_READY)
    async def readyz() -> Readiness:
        return Readiness(model=engine.guard.model_id)

    @routes.get("/model", summary="The model that cleans", responses=openapi.NOT_READY)
    async def model() -> dict[str, Any]:
        return {"model": engine.guard.model_id, **engine.guard.manifest}

    return routes


def _check_media_type(headers: Headers) -> None:
    """Refuse a body that is not announced as plain JSON, which also keeps web forms of others out."""
    media, *options = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    charsets = {option for option in options if option.startswith("charset=")}
    coding = headers.get("content-encoding", "identity").strip().lower()
    if media != JSON or not charsets <= UTF_8 or coding != "identity":
        detail = f"Send the body uncompressed, in UTF-8, with the header Content-Type: {JSON}"
        raise ProblemError(415, "unsupported-media-type", detail, headers={"Accept": JSON})
