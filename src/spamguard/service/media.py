"""What a body must be announced as."""

from __future__ import annotations

from starlette.datastructures import Headers

from spamguard.service.problems import ProblemError

JSON = "application/json"
NDJSON = "application/x-ndjson"
UTF_8 = frozenset({"charset=utf-8", 'charset="utf-8"', "charset=utf8"})


def check_media_type(headers: Headers, wanted: str = JSON) -> None:
    """Refuse a body that is not announced as what is wanted, which also keeps web forms of others out.

    Parameters
    ----------
    headers
        Of the request.
    wanted
        The media type.

    Raises
    ------
    ProblemError
        415 if it is announced as another, or in another charset than UTF-8.
    """
    media, *options = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    charsets = {option for option in options if option.startswith("charset=")}
    if media != wanted or not charsets <= UTF_8:
        detail = f"Send the body in UTF-8, with the header Content-Type: {wanted}"
        raise ProblemError(415, "unsupported-media-type", detail, headers={"Accept": wanted})
