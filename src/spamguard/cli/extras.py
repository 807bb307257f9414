"""What a user reads when a command's libraries are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from spamguard.errors import MissingExtraError


@contextmanager
def needs_extra(part: str, extra: str) -> Iterator[None]:
    """Turn the failing import of a foreign library into advice.

    Parameters
    ----------
    part
        What the user asked for, such as ``"the service"``.
    extra
        The extra that installs its libraries.

    Raises
    ------
    MissingExtraError
        If a library that is not spamguard's own is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "spamguard":
            raise
        raise MissingExtraError(part, extra) from error
