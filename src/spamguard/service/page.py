"""The review page: its files, and headers under which it runs nothing but them."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Response

MEDIA_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    # The browser itself refuses to read a string as markup, should a script ever try.
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A page must never run with the scripts of the version before.
    "Cache-Control": "no-cache",
}


def page_routes() -> APIRouter:
    """Return the page's paths: ``/review`` and ``/review/<file>`` for each of its files, and no other.

    Examples
    --------
    >>> sorted(route.path for route in page_routes().routes)[:2]
    ['/review', '/review/article.js']
    """
    routes = APIRouter(include_in_schema=False)
    for file in (files("spamguard.service") / "review").iterdir():
        path = "/review" if file.name == "index.html" else f"/review/{file.name}"
        routes.add_api_route(path, _Sender(file))
    return routes


class _Sender:
    """Answers with one file, read once."""

    def __init__(self, file: Traversable) -> None:
        media_type = MEDIA_TYPES["." + file.name.rpartition(".")[2]]
        self._content = file.read_bytes()
        self._headers = {**HEADERS, "Content-Type": f"{media_type}; charset=utf-8"}

    async def __call__(self) -> Response:
        """Return the file."""
        return Response(self._content, headers=self._headers)
