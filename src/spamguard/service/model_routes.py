"""The paths for whoever runs the service: probes, figures, the model."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from spamguard.service import openapi
from spamguard.service.door import Traffic
from spamguard.service.engine import Engine
from spamguard.service.metrics import Metrics
from spamguard.service.problems import leaving
from spamguard.service.wire import Liveness, Readiness


class ReloadReply(BaseModel):
    """What `POST /model/reload` answers."""

    model: str


def model_routes(engine: Engine, metrics: Metrics, traffic: Traffic) -> APIRouter:
    """Return the paths.

    Parameters
    ----------
    engine
        The model and the threads.
    metrics
        The figures.
    traffic
        Says whether the service is about to leave.
    """
    routes = APIRouter()

    @routes.get("/healthz", summary="Whether the process answers")
    async def healthz() -> Liveness:
        return Liveness()

    @routes.get("/readyz", summary="Whether a model is loaded and stays", responses=openapi.NOT_READY)
    async def readyz() -> Readiness:
        if traffic.is_leaving:
            raise leaving()
        return Readiness(model=engine.guard.model_id)

    @routes.get("/model", summary="The model that cleans", responses=openapi.NOT_READY | openapi.CLOSED_DOOR)
    async def model() -> dict[str, Any]:
        return {"model": engine.guard.model_id, **engine.guard.manifest}

    @routes.post("/model/reload", summary="Load the model anew", responses=openapi.RELOAD_PROBLEMS)
    async def reload() -> ReloadReply:
        return ReloadReply(model=await engine.reload())

    @routes.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses=openapi.METRICS_ANSWERS,
    )
    async def figures() -> Response:
        return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)

    return routes
