"""The path by which texts from elsewhere get into the review page's queue."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from spamguard.service import openapi
from spamguard.service.bare import BareRoute
from spamguard.service.feedback import Feedback
from spamguard.service.media import JSON, check_media_type
from spamguard.service.queued import QueuedReply
from spamguard.service.wire import write_json


def queue_routes(feedback: Feedback) -> APIRouter:
    """Return the path.

    Parameters
    ----------
    feedback
        The store, which keeps the queue too.
    """
    routes = APIRouter(route_class=BareRoute)

    @routes.post(
        "/review/queue",
        status_code=201,
        summary="Let a text wait for a decision",
        response_model=QueuedReply,
        responses=openapi.BODY_PROBLEMS | openapi.NO_QUEUE,
        openapi_extra=openapi.body_of("QueueRequest", openapi.QUEUE_REQUEST),
    )
    async def enqueue(request: Request) -> Response:
        check_media_type(request.headers)
        name = await feedback.enqueue(await request.body())
        return Response(write_json({"id": name}), 201, media_type=JSON)

    return routes
