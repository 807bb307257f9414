"""What calls to a service have in common: bodies, answers, and when to call again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from spamguard.errors import InputError, MissingExtraError, ResultError, ServiceError
from spamguard.result import CleanResult

if TYPE_CHECKING:
    import httpx

# A batch is one body, and a service takes bodies up to a length: texts beyond it go one by one.
BATCH_TEXTS, BATCH_CHARS = 32, 200_000
# Statuses that say "not now"; all paths that are called may be called twice.
AGAIN = frozenset({408, 429, 502, 503, 504})
# Waits where the service names none: 0.1 s, doubled each time, up to this.
FIRST_WAIT_S, MAX_WAIT_S = 0.1, 10.0
# A service that asks for a longer rest than this is not waited for.
MAX_RETRY_AFTER_S = 60.0


class Calls:
    """How both clients connect, and when they call again.

    Parameters
    ----------
    url, token, n_retries, timeout_s
        As for :class:`spamguard.Client`.

    Raises
    ------
    InputError
        If the URL is none or ``n_retries`` is negative.

    Examples
    --------
    >>> Calls("http://localhost:8000/", None, 0, 1.0).settings["base_url"]
    'http://localhost:8000'
    """

    def __init__(self, url: str, token: str | None, n_retries: int, timeout_s: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise InputError("url must begin with http:// or https://")
        if n_retries < 0:
            raise InputError(f"n_retries must be at least 0, got {n_retries}")
        self._n_retries = n_retries
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.settings: dict[str, Any] = {
            "base_url": url.rstrip("/"),
            "headers": headers,
            "timeout": timeout_s,
        }

    def wait_s(self, attempt: int, answer: httpx.Response | None) -> float | None:
        """Return how long to wait before the next attempt; None if there is to be none."""
        if attempt >= self._n_retries or (answer is not None and answer.status_code not in AGAIN):
            return None
        asked_s = _asked_s(answer.headers.get("Retry-After", "")) if answer is not None else None
        if asked_s is not None:
            return asked_s if asked_s <= MAX_RETRY_AFTER_S else None
        # Callers that were refused together do not come back together.
        return min(FIRST_WAIT_S * 2.0**attempt, MAX_WAIT_S) * random.uniform(0.5, 1)


def _asked_s(header: str) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, as a number or as a date; None if it is neither."""
    if header.isascii() and header.isdecimal():
        return float(header)
    # Whoever only cleans at home does not wait for this import.
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def question_of(options: Mapping[str, object], **fields: object) -> dict[str, Any]:
    """Return a body that asks for a cleaning.

    Raises
    ------
    InputError
        If an option asks for what a :class:`CleanResult` cannot hold.
    """
    if options.get("offsets", "codepoint") != "codepoint" or options.get("reasons"):
        raise InputError("a result's offsets count code points, and it holds no reasons: leave both away")
    return content_of({**fields, **options})


def content_of(fields: Mapping[str, object]) -> dict[str, Any]:
    """Return a request's body as JSON, which carries lone surrogates only as escapes."""
    return {"content": json.dumps(fields).encode("ascii"), "headers": {"Content-Type": "application/json"}}


def fields_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the fields of a good answer; raise what a bad one says."""
    try:
        fields = answer.json()
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise ServiceError(answer.status_code, "no-json", "the answer is no JSON object: is this spamguard?")
    if answer.is_error:
        raise problem_of(fields, answer.status_code)
    return fields


def problem_of(fields: Mapping[str, Any], status: int) -> ServiceError:
    """Return the error that a problem tells of."""
    kind = str(fields.get("type", "")).rpartition(":")[2] or "unknown"
    told = fields.get("errors")
    told = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    faults = "; ".join(f"{one.get('pointer')} {one.get('detail')}" for one in told)
    detail = str(fields.get("detail", "no detail"))
    return ServiceError(status, kind, f"{detail}: {faults}" if faults else detail)


def result_of(fields: dict[str, Any]) -> CleanResult:
    """Return the result that an answer, or a member of a batch, holds."""
    if isinstance(problem := fields.get("error"), dict):
        raise problem_of(problem, problem.get("status", 0))
    try:
        return CleanResult.from_dict(fields)
    except ResultError as error:
        raise _no_answer(str(error)) from None


def results_of(answer: Mapping[str, Any], n_texts: int) -> list[dict[str, Any]]:
    """Return the members of an answer to a batch, of which there is one for each text."""
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != n_texts:
        raise _no_answer("not one result for each text")
    if not all(isinstance(one, dict) for one in results):
        raise _no_answer("a result that is no JSON object")
    return results


def _no_answer(reason: str) -> ServiceError:
    """Return the error of an answer that is good by its status, and not what was asked for."""
    return ServiceError(200, "no-result", f"{reason}: is this spamguard?")


def batches_of(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts in batches, bounded by their number and by their length; a longer text goes alone."""
    batch: list[str] = []
    n_chars = 0
    for text in texts:
        if batch and (len(batch) == BATCH_TEXTS or n_chars + len(text) > BATCH_CHARS):
            yield batch
            batch, n_chars = [], 0
        batch.append(text)
        n_chars += len(text)
    if batch:
        yield batch


def verdict_of(
    text: str, start: int, end: int, verdict: Literal["right", "wrong", "missed"], category: str | None
) -> dict[str, object]:
    """Return the body of a verdict."""
    fields = {"text": text, "start": start, "end": end, "quote": text[start:end]}
    return {**fields, "verdict": verdict, "category": category}


def library() -> Any:  # noqa: ANN401  (a module)
    """Import the library that speaks HTTP."""
    try:
        import httpx
    except ImportError as error:
        raise MissingExtraError("the client", "client") from error
    return httpx


def settle(answer: httpx.Response | None, reason: str | None) -> dict[str, Any]:
    """Return what the last attempt gave, or raise why it gave nothing."""
    if answer is None:
        raise ServiceError(0, "unreachable", f"the service did not answer: {reason}")
    return fields_of(answer)
