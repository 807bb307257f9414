"""Pages in a browser that are not the service's own: which of them may call it, and what the others hear."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spamguard.service.hosts import is_own_name
from spamguard.service.problems import ProblemError


def is_from_elsewhere(headers: Headers, allowed: Collection[str], listens_on: str) -> bool:
    """Whether a page of another site sent a request to a service on the loopback.

    Parameters
    ----------
    headers
        Of the request; a caller that sends neither ``Sec-Fetch-Site`` nor ``Origin`` is no browser.
    allowed
        Origins whose pages may, ``*`` for all.
    listens_on
        As for :func:`spamguard.service.hosts.is_own_name`.

    Examples
    --------
    >>> is_from_elsewhere(Headers({"Origin": "https://ads.example"}), (), "127.0.0.1")
    True
    >>> is_from_elsewhere(Headers({"Origin": "http://localhost:8000"}), (), "127.0.0.1")
    False
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if "*" in allowed or origin in allowed:
        return False
    if site is not None:
        return site == "cross-site"
    if origin is None:
        return False
    # A page without an origin of its own, as in a frame that trusts nobody, says null.
    name = origin.partition("://")[2]
    return not name or not is_own_name(name, listens_on)


class Origins(CORSMiddleware):
    """Lets pages of named origins call the service; others hear why not in the one shape of errors.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(Origins, allow_origins=["https://desk.example"])
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what a browser asks before it calls, and pass on all else."""
        try:
            await super().__call__(scope, receive, send)
        except ProblemError as refusal:
            await refusal.answer(scope)(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return what the browser may do.

        Raises
        ------
        ProblemError
            If it may not do what it asks for.
        """
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        detail = (
            f"{bytes(response.body).decode()}; allowed are the origins that SPAMGUARD_CORS_ORIGINS names, the"
            f" methods {', '.join(self.allow_methods)}, and the headers {', '.join(self.allow_headers)}"
        )
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        raise ProblemError(response.status_code, "preflight-refused", detail, headers=kept)
