"""The one shape of every error answer: RFC 9457 problem details that never quote the request."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "request_id"
PROBLEM = "problem"

_log = logging.getLogger("spamguard.service")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request body.

    Parameters
    ----------
    pointer
        JSON pointer to the field, as a URI fragment; ``"#"`` is the whole body.
    detail
        What is wrong and what is allowed.

    Examples
    --------
    >>> Fault("#/text", "is missing").pointer
    '#/text'
    """

    pointer: str
    detail: str


class ProblemError(Exception):
    """A request that is answered with a problem.

    Parameters
    ----------
    status
        Status code of the answer.
    kind
        Name of the problem in lower case with hyphens, such as ``"text-too-long"``.
    detail
        What is wrong with this request, without any of its text.
    faults
        The single faults of a body that has several.
    headers
        More headers for the answer.

    Examples
    --------
    >>> ProblemError(413, "text-too-long", "at most 10 characters").status
    413
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})

    def fields(self, request_id: str) -> dict[str, object]:
        """Return the problem as the answer to a request has it."""
        content: dict[str, object] = {
            "type": f"urn:spamguard:problem:{self.kind}",
            "title": self.kind.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:spamguard:request:{request_id}",
        }
        if self.faults:
            content["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        return content

    def answer(self, scope: Scope) -> Response:
        """Return the answer to the request that ``scope`` belongs to; its log line will name the problem."""
        scope["state"][PROBLEM] = self.kind
        content = self.fields(scope["state"][REQUEST_ID])
        return Response(json.dumps(content), self.status, self.headers, MEDIA_TYPE)


def invalid_request(faults: Sequence[Fault]) -> ProblemError:
    """Return the refusal of a body whose fields are wrong.

    Examples
    --------
    >>> invalid_request([Fault("#/text", "is missing")]).status
    422
    """
    return ProblemError(422, "invalid-request", "The body is not as documented", faults=faults)


def leaving() -> ProblemError:
    """Return what is said when the service is about to end.

    Examples
    --------
    >>> leaving().status
    503
    """
    return ProblemError(503, "leaving", "The service is about to end", headers={"Retry-After": "1"})


async def answer_problem(request: Request, error: Exception) -> Response:
    """Answer a request that was refused on purpose."""
    assert isinstance(error, ProblemError)
    return error.answer(request.scope)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    details = {
        HTTPStatus.NOT_FOUND: "No such path; GET /openapi.json lists them",
        HTTPStatus.METHOD_NOT_ALLOWED: f"This path allows {headers.get('Allow')}",
    }
    detail = details.get(status, status.description)
    kind = status.phrase.lower().replace(" ", "-")
    return ProblemError(status, kind, detail, headers=headers).answer(request.scope)


async def answer_validation_error(request: Request, error: Exception) -> Response:
    """Answer a request whose query is not as documented, without quoting it."""
    assert isinstance(error, RequestValidationError)
    faults = [Fault(f"#/{found['loc'][-1]}", found["msg"]) for found in error.errors()]
    return invalid_request(faults).answer(request.scope)


class FaultBarrier:
    """Turns an unforeseen exception into a problem, and keeps its message out of answer and log.

    Parameters
    ----------
    app
        The application within; a request log around it gives the request its id.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(FaultBarrier)
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; answer 500 if it fails before its answer has begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            return
        except ProblemError as refusal:
            # From the layers around the routes; where an answer has begun, it is broken off instead.
            if not started:
                await refusal.answer(scope)(scope, receive, send)
        except Exception as error:
            request_id = scope["state"][REQUEST_ID]
            # The formatter writes type and place only: a message may quote the text that was cleaned.
            _log.error("internal fault", exc_info=error, extra={"fields": {REQUEST_ID: request_id}})
            if not started:
                problem = ProblemError(500, "internal-error", "The service failed; its log says where")
                await problem.answer(scope)(scope, receive, send)
