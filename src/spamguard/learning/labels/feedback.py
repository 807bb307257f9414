"""Verdicts that readers and editors sent to the service: its export, from a file or over HTTP."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

from spamguard.errors import InputError
from spamguard.learning.labels.fields import MAX_FILE_BYTES, as_object
from spamguard.learning.labels.native import from_fields, read_native
from spamguard.learning.labels.record import RawLabel

SCHEMES = ("http://", "https://")
TOKEN_VARIABLE = "SPAMGUARD_FEEDBACK_TOKEN"
_TIMEOUT_S = 60.0
_STORE = "feedback"


def read_feedback(path: str) -> Iterator[RawLabel]:
    """Yield the records of an export.

    Parameters
    ----------
    path
        A file, or the address of ``GET /feedback``; ``SPAMGUARD_FEEDBACK_TOKEN`` is sent as bearer token.

    Raises
    ------
    InputError
        If nothing can be fetched, or at the first record that is none.
    """
    records = _fetched(path) if path.startswith(SCHEMES) else read_native(path)
    for record in records:
        # The store names itself as the source of all its texts; where they come from nobody said.
        yield replace(record, source="") if record.source == _STORE else record


def _fetched(address: str) -> Iterator[RawLabel]:
    """Yield the records that a service sends."""
    for number, line in enumerate(_fetch(address).splitlines(), start=1):
        if line.strip():
            place = f"{address}, line {number}"
            try:
                value = json.loads(line)
            except ValueError:
                raise InputError(f"{place}: not UTF-8 JSON") from None
            yield from_fields(as_object(value, place))


def _fetch(address: str) -> bytes:
    """Get an export."""
    request = urllib.request.Request(address, headers={"Accept": "application/x-ndjson"})
    if token := os.environ.get(TOKEN_VARIABLE):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:
            content: bytes = reply.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or type(error).__name__
        raise InputError(f"{address}: no feedback could be fetched: {reason}") from None
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"{address}: more than {MAX_FILE_BYTES:,} bytes")
    return content
