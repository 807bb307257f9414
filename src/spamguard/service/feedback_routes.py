"""The paths for verdicts, and for texts that wait for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from spamguard.service import openapi
from spamguard.service.feedback import Feedback
from spamguard.service.media import JSON, check_media_type
from spamguard.service.streaming import Lines
from spamguard.service.verdicts import FeedbackReply
from spamguard.service.wire import WireSpan, write_json


class QueuedText(BaseModel):
    """A text with uncertain spans; offsets in code points."""

    id: str
    text: str
    spans: list[WireSpan]


class QueueReply(BaseModel):
    """What `GET /review/queue` answers."""

    items: list[QueuedText]


def feedback_routes(feedback: Feedback) -> APIRouter:
    """Return the paths.

    Parameters
    ----------
    feedback
        The store.
    """
    routes = APIRouter()

    @routes.post(
        "/feedback",
        status_code=201,
        summary="Say that a span was right, was wrong, or was missed",
        response_model=FeedbackReply,
        responses=openapi.BODY_PROBLEMS | openapi.NO_STORE,
        openapi_extra=openapi.body_of("FeedbackRequest", openapi.FEEDBACK_REQUEST),
    )
    async def add(request: Request) -> Response:
        check_media_type(request.headers)
        name = await feedback.add(await request.body())
        return Response(write_json({"id": name}), 201, media_type=JSON)

    @routes.get(
        "/feedback",
        summary="All verdicts as labels, one text a line",
        response_class=Lines,
        responses=openapi.EXPORT_ANSWERS,
    )
    async def export() -> Response:
        return Lines(feedback.lines(await feedback.first_page()))

    @routes.delete(
        "/feedback/{name}",
        status_code=204,
        summary="Take a verdict back",
        responses=openapi.NO_STORE,
    )
    async def delete(name: str) -> None:
        await feedback.delete(name)

    _add_queue(routes, feedback)
    return routes


def _add_queue(routes: APIRouter, feedback: Feedback) -> None:
    """Add the paths for texts that wait for a verdict."""

    @routes.get(
        "/review/queue",
        summary="Texts with uncertain spans",
        response_model=QueueReply,
        responses=openapi.QUEUE_PROBLEMS,
    )
    async def queue(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
        return Response(write_json({"items": await feedback.queued(limit)}), media_type=JSON)

    @routes.delete(
        "/review/queue/{name}",
        status_code=204,
        summary="Take a text out of the queue",
        responses=openapi.NO_STORE,
    )
    async def dequeue(name: str) -> None:
        await feedback.dequeue(name)
