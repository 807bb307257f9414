"""The application: what every request passes on its way to the routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from spamguard import __version__
from spamguard.cleaner import Guard
from spamguard.service import openapi
from spamguard.service.clean_routes import clean_routes
from spamguard.service.cleaning import Cleaning
from spamguard.service.door import Door, Traffic
from spamguard.service.engine import Engine
from spamguard.service.feedback import Feedback
from spamguard.service.feedback_routes import feedback_routes
from spamguard.service.limits import BodyLimit
from spamguard.service.metrics import Metrics
from spamguard.service.model_routes import model_routes
from spamguard.service.origins import Origins
from spamguard.service.page import page_routes
from spamguard.service.problems import (
    FaultBarrier,
    ProblemError,
    answer_http_error,
    answer_problem,
    answer_validation_error,
)
from spamguard.service.queue_routes import queue_routes
from spamguard.service.requestlog import ID_HEADER, RequestLog
from spamguard.service.settings import Settings
from spamguard.service.unpacking import Unpacking
from spamguard.service.watching import Cleaned


def create_app(settings: Settings, *, guard: Guard | None = None) -> FastAPI:
    """Build the service.

    Parameters
    ----------
    settings
        Limits, tokens, where feedback is kept, and the model that is loaded when the application starts.
    guard
        A guard that is loaded already, in place of the settings' model.

    Returns
    -------
    FastAPI
        An ASGI application; its ``state`` has the ``engine``, the ``feedback`` and the ``traffic``.

    Raises
    ------
    InputError
        If the tokens cannot be used.
    MissingExtraError
        If the library of the feedback's database is not installed.

    Examples
    --------
    >>> app = create_app(Settings(max_text_chars=100_000))
    >>> [path for path in sorted(app.openapi()["paths"]) if path.startswith("/clean")]
    ['/clean', '/clean/batch', '/clean/stream']
    """
    metrics, traffic, feedback = Metrics(), Traffic(), Feedback(settings)
    engine = Engine(settings, guard, metrics.show_model)

    def watch(cleaned: Cleaned) -> None:
        metrics.count_cleaning(cleaned)
        feedback.consider(cleaned)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.running():
            yield
        await asyncio.to_thread(feedback.close)

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
    app.state.engine, app.state.feedback, app.state.traffic = engine, feedback, traffic
    for routes in (
        clean_routes(engine, Cleaning(settings, watch), settings),
        feedback_routes(feedback),
        queue_routes(feedback),
        model_routes(engine, metrics, traffic),
        page_routes(),
    ):
        # Taken one by one: a router within a router is asked for the route twice with every request.
        app.router.routes.extend(routes.routes)
    metrics.watch("queue_tasks", "Texts being cleaned or waiting", lambda: engine.n_taken)
    metrics.watch("open_requests", "Requests under way", lambda: traffic.n_requests)
    _add_layers(app, settings, metrics, traffic)
    return app


def _add_layers(app: FastAPI, settings: Settings, metrics: Metrics, traffic: Traffic) -> None:
    """Put around the routes what every request passes; the last one added is the outermost."""
    app.add_exception_handler(ProblemError, answer_problem)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(RequestValidationError, answer_validation_error)
    app.add_middleware(Unpacking, max_bytes=settings.max_body_bytes)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, limit_s=settings.receive_s)
    app.add_middleware(Door, settings=settings, traffic=traffic)
    app.add_middleware(FaultBarrier)
    if settings.cors_origins:
        app.add_middleware(
            Origins,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", ID_HEADER],
            expose_headers=["Retry-After", ID_HEADER],
        )
    app.add_middleware(RequestLog, watch=metrics.count_request)


class _Service(FastAPI):
    """An application whose document also knows the types that it reads and refuses by itself."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        document["components"]["schemas"].update(openapi.own_schemas())
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        # A token, or none where the service wants none.
        document["security"] = [{"token": []}, {}]
        return document
