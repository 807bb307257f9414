"""Cleaning by a service: the same results as from a :class:`spamguard.Guard`, over HTTP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from spamguard.calls import (
    Calls,
    batches_of,
    content_of,
    library,
    question_of,
    result_of,
    results_of,
    settle,
    verdict_of,
)
from spamguard.result import CleanResult
from spamguard.spans import Span

if TYPE_CHECKING:
    import httpx


class Client(Calls):
    """Cleans texts by a service.

    Requests that the service refuses for now, or that do not reach it, are made again; a ``Retry-After``
    of up to a minute is waited for.

    Parameters
    ----------
    url
        Where the service is, such as ``"http://localhost:8000"``.
    token
        The token to bear, if the service wants one.
    n_retries
        Attempts after the first.
    timeout_s
        Seconds that one attempt may take to connect, to send, and to answer.

    Raises
    ------
    InputError
        If the URL is none or ``n_retries`` is negative.
    MissingExtraError
        If httpx is not installed.

    Examples
    --------
    >>> with Client("http://localhost:8000", token="correct-horse-battery") as client:
    ...     clean = client.clean
    """

    def __init__(
        self, url: str, *, token: str | None = None, n_retries: int = 5, timeout_s: float = 60.0
    ) -> None:
        super().__init__(url, token, n_retries, timeout_s)
        self._errors = library().TransportError
        self._http: httpx.Client = library().Client(**self.settings)

    def __enter__(self) -> Self:
        """Return the client, which closes its connections at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def clean(self, text: str, **options: object) -> CleanResult:
        """Remove the spam from one text.

        Parameters
        ----------
        text
            Any string without a high surrogate before a low one, which JSON has no way to carry.
        **options
            Options of `POST /clean`, such as ``profile``, ``allow``, ``deny`` and ``categories``; a result
            counts code points and holds no reasons.

        Raises
        ------
        InputError
            If other ``offsets`` or ``reasons`` are asked for.
        ServiceError
            If the service refuses the request, or cannot be reached after all attempts.
        """
        return result_of(self._ask("POST", "/clean", question_of(options, text=text)))

    def clean_many(self, texts: Iterable[str], **options: object) -> Iterator[CleanResult]:
        """Clean many texts, in order, a batch a request.

        Raises
        ------
        ServiceError
            As :meth:`clean`; at a text that the service refuses, when those before it were given.
        """
        for batch in batches_of(texts):
            answer = self._ask("POST", "/clean/batch", question_of(options, texts=batch))
            yield from map(result_of, results_of(answer, len(batch)))

    def detect(self, text: str, **options: object) -> list[Span]:
        """Return the spans that :meth:`clean` would remove."""
        return list(self.clean(text, **{**options, "mode": "detect"}).spans)

    def feedback(
        self,
        text: str,
        start: int,
        end: int,
        verdict: Literal["right", "wrong", "missed"],
        category: str | None = None,
    ) -> str:
        """Say that a span was right, was wrong, or was missed; return the verdict's id.

        Parameters
        ----------
        text
            The whole raw text.
        start, end
            Half-open code-point offsets.
        verdict, category
            What is said of the span.

        Raises
        ------
        ServiceError
            As :meth:`clean`.
        """
        body = content_of(verdict_of(text, start, end, verdict, category))
        return str(self._ask("POST", "/feedback", body)["id"])

    def model(self) -> dict[str, Any]:
        """Return what the service says of its model."""
        return self._ask("GET", "/model", {})

    def _ask(self, method: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Make a request until it is answered for good."""
        attempt = 0
        while True:
            answer = reason = None
            try:
                answer = self._http.request(method, path, **content)
            except self._errors as error:
                reason = type(error).__name__
            wait_s = self.wait_s(attempt, answer)
            if wait_s is None:
                return settle(answer, reason)
            time.sleep(wait_s)
            attempt += 1


class AsyncClient(Calls):
    """Cleans texts by a service, from a program that does several things at a time.

    Parameters
    ----------
    url, token, n_retries, timeout_s
        As for :class:`Client`.

    Raises
    ------
    InputError
        If the URL is none or ``n_retries`` is negative.
    MissingExtraError
        If httpx is not installed.

    Examples
    --------
    >>> async def clean(text: str) -> CleanResult:
    ...     async with AsyncClient("http://localhost:8000") as client:
    ...         return await client.clean(text)
    """

    def __init__(
        self, url: str, *, token: str | None = None, n_retries: int = 5, timeout_s: float = 60.0
    ) -> None:
        super().__init__(url, token, n_retries, timeout_s)
        self._errors = library().TransportError
        self._http: httpx.AsyncClient = library().AsyncClient(**self.settings)

    async def __aenter__(self) -> Self:
        """Return the client, which closes its connections at the end."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def clean(self, text: str, **options: object) -> CleanResult:
        """Remove the spam from one text; see :meth:`Client.clean`."""
        return result_of(await self._ask("POST", "/clean", question_of(options, text=text)))

    async def clean_many(self, texts: Iterable[str], **options: object) -> AsyncIterator[CleanResult]:
        """Clean many texts, in order; see :meth:`Client.clean_many`."""
        for batch in batches_of(texts):
            answer = await self._ask("POST", "/clean/batch", question_of(options, texts=batch))
            for fields in results_of(answer, len(batch)):
                yield result_of(fields)

    async def detect(self, text: str, **options: object) -> list[Span]:
        """Return the spans that :meth:`clean` would remove."""
        return list((await self.clean(text, **{**options, "mode": "detect"})).spans)

    async def feedback(
        self,
        text: str,
        start: int,
        end: int,
        verdict: Literal["right", "wrong", "missed"],
        category: str | None = None,
    ) -> str:
        """Say that a span was right, was wrong, or was missed; see :meth:`Client.feedback`."""
        body = content_of(verdict_of(text, start, end, verdict, category))
        return str((await self._ask("POST", "/feedback", body))["id"])

    async def model(self) -> dict[str, Any]:
        """Return what the service says of its model."""
        return await self._ask("GET", "/model", {})

    async def _ask(self, method: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Make a request until it is answered for good."""
        attempt = 0
        while True:
            answer = reason = None
            try:
                answer = await self._http.request(method, path, **content)
            except self._errors as error:
                reason = type(error).__name__
            wait_s = self.wait_s(attempt, answer)
            if wait_s is None:
                return settle(answer, reason)
            await _rest(wait_s)
            attempt += 1


async def _rest(seconds: float) -> None:
    """Wait, while others work."""
    # Whoever only cleans at home does not wait for this import.
    import asyncio

    await asyncio.sleep(seconds)
