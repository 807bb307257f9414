"""The paths that clean, and the way back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from spamguard.cleaner import Guard
from spamguard.service import openapi
from spamguard.service.bare import BareRoute
from spamguard.service.cleaning import Cleaning
from spamguard.service.edits import EditsReply, answer_edits
from spamguard.service.engine import Engine
from spamguard.service.limits import STREAM_PATH, too_large
from spamguard.service.media import JSON, NDJSON, check_media_type
from spamguard.service.problems import REQUEST_ID
from spamguard.service.restoring import answer_restore
from spamguard.service.settings import Settings
from spamguard.service.streaming import Line, Lines, answer_lines, split_lines
from spamguard.service.wire import BatchReply, CleanReply, RestoreReply, write_json


def clean_routes(engine: Engine, cleaning: Cleaning, settings: Settings) -> APIRouter:
    """Return the paths.

    Parameters
    ----------
    engine
        Whose threads do the work.
    cleaning
        From a body to an answer.
    settings
        Limits.
    """
    routes = APIRouter(route_class=BareRoute)
    _add_cleaning(routes, engine, cleaning)
    _add_stream(routes, engine, cleaning, settings)
    _add_restoring(routes, engine)
    _add_edits(routes, engine, settings)
    return routes


def _add_cleaning(routes: APIRouter, engine: Engine, cleaning: Cleaning) -> None:
    """Add the paths for one text and for many."""

    @routes.post(
        "/clean",
        summary="Remove the spam from a text",
        response_model=CleanReply,
        responses=openapi.CLEAN_ANSWERS,
        openapi_extra=openapi.CLEAN_BODY,
    )
    async def clean(request: Request) -> Response:
        check_media_type(request.headers)
        body = await request.body()
        return Response(await engine.run_together(cleaning.answers, body), media_type=JSON)

    @routes.post(
        "/clean/batch",
        summary="Remove the spam from many texts",
        response_model=BatchReply,
        responses=openapi.BODY_PROBLEMS,
        openapi_extra=openapi.body_of("BatchRequest", openapi.BATCH_REQUEST),
    )
    async def clean_batch(request: Request) -> Response:
        check_media_type(request.headers)
        body, name = await request.body(), request.scope["state"][REQUEST_ID]
        reply = await engine.run(lambda guard: cleaning.answer_batch(guard, body, name))
        return Response(reply, media_type=JSON)


def _add_stream(routes: APIRouter, engine: Engine, cleaning: Cleaning, settings: Settings) -> None:
    """Add the path for texts without end."""

    @routes.post(
        STREAM_PATH,
        summary="Remove the spam from texts, one a line, as they come",
        response_class=Lines,
        responses=openapi.STREAM_ANSWERS,
        openapi_extra=openapi.body_of("StreamRequest", openapi.CLEAN_REQUEST, NDJSON),
    )
    async def clean_stream(request: Request) -> Response:
        check_media_type(request.headers, NDJSON)
        name: str = request.scope["state"][REQUEST_ID]

        async def answer(line: Line) -> bytes:
            if line is None:
                return write_json({"error": too_large(settings.max_body_bytes).fields(name)}) + b"\n"

            def clean(guard: Guard) -> bytes:
                return cleaning.answer_line(guard, line, name)

            return await engine.run_in_turn(clean)

        lines = split_lines(request.stream(), settings.max_body_bytes)
        return Lines(answer_lines(lines, answer, name))


def _add_restoring(routes: APIRouter, engine: Engine) -> None:
    """Add the way back."""

    @routes.post(
        "/restore",
        summary="Give a cleaned text back as it was posted",
        response_model=RestoreReply,
        responses=openapi.BODY_PROBLEMS,
        openapi_extra=openapi.body_of("RestoreRequest", openapi.RESTORE_REQUEST),
    )
    async def restore(request: Request) -> Response:
        check_media_type(request.headers)
        body = await request.body()
        return Response(await engine.run(lambda _: answer_restore(body)), media_type=JSON)


def _add_edits(routes: APIRouter, engine: Engine, settings: Settings) -> None:
    """Add the path by which the review page shows what its spans would take."""

    @routes.post(
        "/review/edits",
        summary="What leaves a text with the spans given",
        response_model=EditsReply,
        responses=openapi.BODY_PROBLEMS,
        openapi_extra=openapi.body_of("EditsRequest", openapi.EDITS_REQUEST),
    )
    async def edits(request: Request) -> Response:
        check_media_type(request.headers)
        body = await request.body()
        reply = await engine.run(lambda _: answer_edits(body, settings.max_text_chars))
        return Response(reply, media_type=JSON)
