"""What goes over the wire: requests read strictly, answers written as ASCII JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spamguard.result import CleanResult
from spamguard.service.problems import Fault, ProblemError, invalid_request
from spamguard.spans import Category

Offset = Annotated[int, Field(ge=0, description="Code points from the start of the posted text.")]


class CleanRequest(BaseModel):
    """What `POST /clean` takes.

    Examples
    --------
    >>> CleanRequest(text="").threshold is None
    True
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(description="Any text; may be empty, may hold escaped lone surrogates.")
    threshold: float | None = Field(
        None, ge=0, le=1, description="Least score of a span; the model's own by default."
    )
    profile: Literal["newsroom", "corpus"] | None = Field(
        None, description="newsroom touches good text least, corpus leaves the least spam."
    )


class WireSpan(BaseModel):
    """One piece of spam."""

    start: Offset
    end: Offset
    text: str
    score: float = Field(ge=0, le=1, description="Calibrated probability that it is spam.")
    category: Category


class WireEdit(BaseModel):
    """One stretch that was removed: spam with the space or line break that it brought."""

    start: Offset
    end: Offset
    text: str


class CleanReply(BaseModel):
    """What `POST /clean` answers; putting the edits back into the text gives the posted one.

    Examples
    --------
    >>> CleanReply(text="", changed=False, spans=[], edits=[], model="default-3f2a9c1b").changed
    False
    """

    text: str = Field(description="The cleaned text.")
    changed: bool
    spans: list[WireSpan]
    edits: list[WireEdit]
    model: str = Field(description="Name and digest of the model that cleaned.")


class WireFault(BaseModel):
    """One thing that is wrong with a body."""

    pointer: str = Field(description="JSON pointer to the field, as a URI fragment.")
    detail: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it; never holds any of the request's text."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id, as in the header X-Request-ID and in the log.")
    errors: list[WireFault] | None = None


class Liveness(BaseModel):
    """What `GET /healthz` answers."""

    status: Literal["live"] = "live"


class Readiness(BaseModel):
    """What `GET /readyz` answers."""

    status: Literal["ready"] = "ready"
    model: str = Field(description="Name and digest of the model that cleans.")


def read_clean_request(body: bytes, max_text_chars: int) -> CleanRequest:
    r"""Read the body of `POST /clean`.

    Parameters
    ----------
    body
        The body as it came.
    max_text_chars
        Longest text in code points.

    Raises
    ------
    ProblemError
        400 if the body is no JSON, 422 if its fields are wrong, 413 if the text is too long.

    Examples
    --------
    >>> read_clean_request(b'{"text": "caf\\u00e9"}', 10).text
    'café'
    """
    fields = _read_json(body)
    if not isinstance(fields, dict):
        raise invalid_request([Fault("#", "must be a JSON object")])
    allowed = CleanRequest.model_fields
    # One fault for all: a body may hold a million unknown names, and a name may be article text.
    if not fields.keys() <= allowed.keys():
        raise invalid_request([Fault("#", f"has an unknown field; allowed are {', '.join(allowed)}")])
    try:
        request = CleanRequest.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(_faults(error)) from None
    if len(request.text) > max_text_chars:
        detail = f"The text may have {max_text_chars} characters, and has {len(request.text)}"
        raise ProblemError(413, "text-too-long", detail)
    return request


def write_clean_reply(result: CleanResult, model: str) -> bytes:
    """Write a result as ASCII JSON, in which lone surrogates survive as escapes."""
    reply = {**result.to_dict(), "model": model}
    return json.dumps(reply, allow_nan=False, separators=(",", ":")).encode("ascii")


def _read_json(body: bytes) -> Any:  # noqa: ANN401  (JSON is any of its types)
    """Parse strict JSON, with no liberty that Python's parser takes by default."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_distinct)
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON at character {error.pos}"
    except RecursionError:
        detail = "The body is nested too deeply"
    except ValueError:
        detail = "The body holds NaN, an infinity, a number with too many digits, or a field twice"
    raise ProblemError(400, "bad-json", detail)


def _refuse_constant(_: str) -> NoReturn:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a field that stands twice: two readers would see two requests."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError
    return fields


def _faults(error: ValidationError) -> list[Fault]:
    """Say what is wrong with each field, without its value."""
    return [
        Fault("#/" + "/".join(map(str, found["loc"])), found["msg"])
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    ]
