"""Who gets in: tokens, rates, and how many at a time; before any of the body is read."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spamguard.service.hosts import is_own_name
from spamguard.service.limits import discard_rest
from spamguard.service.origins import is_from_elsewhere
from spamguard.service.problems import ProblemError
from spamguard.service.rates import Rates
from spamguard.service.settings import Settings
from spamguard.service.tokens import Bearer, Tokens

PROBES = frozenset({"/healthz", "/readyz"})
# Where articles leave the service, or its model changes.
ADMIN_PATHS = frozenset({("GET", "/feedback"), ("POST", "/model/reload")})
# What takes no body: of all else a page from elsewhere has to ask first, by its media type or its method.
BODILESS_PATHS = frozenset({("POST", "/model/reload")})
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_SAFE_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()]


@dataclass(slots=True)
class Traffic:
    """What is under way.

    Parameters
    ----------
    n_requests
        Requests that are under way, probes apart.
    is_leaving
        Whether the service is about to close its port.

    Examples
    --------
    >>> Traffic().n_requests
    0
    """

    n_requests: int = 0
    is_leaving: bool = False


class Door:
    """Lets callers in, or refuses them.

    Parameters
    ----------
    app
        The application within.
    settings
        Tokens, rates and numbers.
    traffic
        Where what is under way is counted.

    Raises
    ------
    InputError
        If the tokens cannot be used.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(Door, settings=Settings(), traffic=Traffic())
    """

    def __init__(self, app: ASGIApp, settings: Settings, traffic: Traffic) -> None:
        self._app = app
        self._settings = settings
        self._traffic = traffic
        self._tokens = Tokens(settings.tokens, settings.tokens_file)
        self._rates = Rates(settings.rate_per_s, settings.rate_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application for a caller who may come in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_safe_headers(message)
                if self._traffic.is_leaving:
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if scope["path"] in PROBES:
            await self._app(scope, receive, send_safely)
            return
        try:
            self._check(scope)
        except ProblemError as problem:
            await discard_rest(Headers(scope=scope), receive)
            await problem.answer(scope)(scope, receive, send_safely)
            return
        self._traffic.n_requests += 1
        try:
            await self._app(scope, receive, send_safely)
        finally:
            self._traffic.n_requests -= 1

    def _check(self, scope: Scope) -> None:
        """Refuse a caller who may not come in."""
        self._check_page(scope)
        if not _is_page(scope):
            bearer = self._bearer(scope)
            if wait_s := self._rates.wait_s(bearer.key):
                detail = f"At most {self._settings.rate_per_s} requests a second"
                raise ProblemError(429, "too-many-requests", detail, headers={"Retry-After": str(wait_s)})
            if not bearer.is_admin and (scope["method"], scope["path"]) in ADMIN_PATHS:
                raise ProblemError(403, "forbidden", "This needs an admin's token")
        if self._traffic.n_requests >= self._settings.n_requests:
            headers = {"Retry-After": str(self._settings.retry_after_s)}
            raise ProblemError(503, "busy", "Too many requests are under way", headers=headers)

    def _check_page(self, scope: Scope) -> None:
        """Refuse a page from elsewhere that calls, or whose name points here, where no token keeps it out."""
        if self._tokens.are_wanted or self._settings.insecure:
            return
        headers, settings = Headers(scope=scope), self._settings
        if (scope["method"], scope["path"]) in BODILESS_PATHS and is_from_elsewhere(
            headers, settings.cors_origins, settings.host
        ):
            detail = (
                "A page of another site asks for this, and the service wants no token that would keep it out;"
                " SPAMGUARD_CORS_ORIGINS names the sites that may"
            )
            raise ProblemError(403, "cross-site", detail)
        if not is_own_name(headers.get("host", ""), settings.host):
            detail = (
                "Without a token the service answers to localhost, the loopback's addresses and the name"
                " given to --host; for another in the header Host set SPAMGUARD_TOKENS, or say --insecure"
            )
            raise ProblemError(421, "misdirected-request", detail)

    def _bearer(self, scope: Scope) -> Bearer:
        """Return who calls."""
        if not self._tokens.are_wanted:
            client = scope.get("client")
            return Bearer(client[0] if client else "", is_admin=True)
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        bearer = self._tokens.bearer(token.strip()) if scheme.lower() == "bearer" else None
        if bearer is None:
            detail = "Send a good token in the header Authorization: Bearer"
            raise ProblemError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
        return bearer


def _add_safe_headers(message: Message) -> None:
    """Add to an answer's headers those of the safe ones that it does not have; as bytes, for its speed."""
    headers = message["headers"]
    given = {name for name, _ in headers}
    message["headers"] = [*headers, *(one for one in _SAFE_HEADERS if one[0] not in given)]


def _is_page(scope: Scope) -> bool:
    """Whether a file of the review page is asked for, which holds no secret and asks for the token itself."""
    path = scope["path"]
    named = path.startswith("/review/") and "." in path
    return scope["method"] in ("GET", "HEAD") and (path == "/review" or named)
