"""The names by which a service without tokens lets itself be called."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=64)
def is_own_name(header: str, listens_on: str) -> bool:
    """Whether a request was sent to this machine by a name of its own.

    Without a token, what keeps other people out is that only this machine reaches the port. A page from
    elsewhere reaches it too once its own name is made to point here (DNS rebinding), and the browser takes
    it for the same site; but the name that it sends is still the page's.

    Parameters
    ----------
    header
        The header Host, with or without a port; a caller that sends none is no browser.
    listens_on
        The name or address that the service was told to listen on.

    Examples
    --------
    >>> is_own_name("localhost:8000", "127.0.0.1"), is_own_name("[::1]:8000", "::1")
    (True, True)
    >>> is_own_name("ads.example:8000", "127.0.0.1")
    False
    """
    if not header:
        return True
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    name = name.rstrip(".").lower()
    if name in ("localhost", listens_on.lower()):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
