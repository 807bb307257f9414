"""Verdicts that readers and editors sent to the service: its export, from a file or over HTTP."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPException, HTTPMessage, IncompleteRead
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from urllib.request import Request

from spamguard.errors import InputError
from spamguard.learning.labels.fields import MAX_FILE_BYTES, as_object, parsed
from spamguard.learning.labels.native import TEXT, from_fields, read_native
from spamguard.learning.labels.record import RawLabel

SCHEMES = ("http://", "https://")
TOKEN_VARIABLE = "SPAMGUARD_FEEDBACK_TOKEN"
SQLITE = b"SQLite format 3\x00"
_TIMEOUT_S = 60.0
_STORE = "feedback"


class _StrayError(Exception):
    """A redirect led away from the service that was named."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects within one host: urllib would hand the token on to any other."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the next request."""
        asked, answer = urlsplit(req.full_url), urlsplit(newurl)
        if (asked.scheme, asked.netloc) != (answer.scheme, answer.netloc):
            fp.close()
            there = f"{answer.scheme}://{answer.hostname}"
            raise _StrayError(
                f"redirected to {there}, which the token is not meant for; if that is the service, give its "
                f"own address"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.build_opener(_SameHost)


def read_feedback(path: str, _: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records of an export.

    Parameters
    ----------
    path
        A file, or the address of ``GET /feedback``; ``SPAMGUARD_FEEDBACK_TOKEN`` is sent as bearer token.

    Raises
    ------
    InputError
        If nothing can be fetched, the file is the store itself, or at the first record that is none.
    """
    if not path.startswith(SCHEMES) and Path(path).is_file() and _is_sqlite(Path(path)):
        raise InputError(sqlite_refusal(path))
    records = _fetched(path) if path.startswith(SCHEMES) else read_native(path)
    for record in records:
        # The store names itself as the source of all its texts; where they come from nobody said.
        yield replace(record, source="") if record.source == _STORE else record


def _is_sqlite(path: Path) -> bool:
    """Say whether a file is a database rather than an export."""
    with path.open("rb") as stream:
        return stream.read(len(SQLITE)) == SQLITE


def sqlite_refusal(path: str) -> str:
    """Say what to do with a store in place of its export."""
    return (
        f"{path}: a database, not an export; give the address of the service that keeps its feedback there, "
        f"http://HOST:8000/feedback, or a file in which its answer was saved"
    )


def _fetched(address: str) -> Iterator[RawLabel]:
    """Yield the records that a service sends."""
    for number, line in enumerate(_fetch(address).splitlines(), start=1):
        if line.strip():
            place = f"{address}, line {number}"
            yield from_fields(as_object(parsed(line, place), place))


def _fetch(address: str) -> bytes:
    """Get an export."""
    request = urllib.request.Request(address, headers={"Accept": "application/x-ndjson"})
    if token := os.environ.get(TOKEN_VARIABLE):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as reply:
            content: bytes = reply.read(MAX_FILE_BYTES + 1)
            # Of an answer without chunks the library itself does not say that it breaks off.
            if len(content) <= MAX_FILE_BYTES and reply.length:
                raise IncompleteRead(content, reply.length)
    except _StrayError as error:
        raise InputError(f"{address}: {error}") from None
    except (OSError, ValueError, HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or type(error).__name__
        raise InputError(f"{address}: no feedback could be fetched: {reason}") from None
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"{address}: more than {MAX_FILE_BYTES:,} bytes")
    return content
