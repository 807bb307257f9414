"""Texts that somebody else wants judged on the review page: their shapes, and how they are read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from spamguard.errors import InputError
from spamguard.service.jsonbody import read_json, read_shape
from spamguard.service.offsets import Unit, to_code_points
from spamguard.service.problems import Fault, invalid_request
from spamguard.service.wire import STRICT, WireSpan, check_length

# As many as a person looks at in one text.
MAX_QUEUED_SPANS = 200


class QueuedSpan(WireSpan):
    """A span to be judged; one of an answer of `POST /clean` is as good as it comes."""

    model_config = STRICT


class QueueRequest(BaseModel):
    """What `POST /review/queue` takes.

    Examples
    --------
    >>> QueueRequest(text="an ad").spans
    []
    """

    model_config = STRICT

    text: str = Field(description="The whole raw text.")
    spans: Annotated[list[QueuedSpan], Field(max_length=MAX_QUEUED_SPANS)] = Field(
        [], description="What is uncertain in it, ascending and disjoint; the page finds the rest itself."
    )
    offsets: Unit = "codepoint"


class QueuedReply(BaseModel):
    """What `POST /review/queue` answers."""

    id: str = Field(description="Of the text; the same text posted again has the same.")


def read_queued(body: bytes, max_text_chars: int) -> tuple[str, list[dict[str, Any]]]:
    """Read the body of `POST /review/queue`: the text, and its spans with offsets in code points.

    Raises
    ------
    ProblemError
        400 if the body is no JSON, 413 if the text is too long, 422 if its fields are wrong or a span's
        text does not stand at its offsets.

    Examples
    --------
    >>> span = b'{"start": 3, "end": 5, "text": "ad", "score": 0.5, "category": "seo"}'
    >>> read_queued(b'{"text": "an ad", "spans": [%b]}' % span, 9)[1][0]["end"]
    5
    """
    request = read_shape(read_json(body), QueueRequest)
    text = request.text
    check_length(text, max_text_chars)
    bounds = [position for span in request.spans for position in (span.start, span.end)]
    try:
        positions = iter(to_code_points(text, bounds, request.offsets))
    except InputError as error:
        raise invalid_request([Fault("#/spans", str(error))]) from None
    spans = []
    for number, span in enumerate(request.spans):
        start, end = next(positions), next(positions)
        if not start < end or text[start:end] != span.text:
            raise invalid_request([Fault(f"#/spans/{number}/text", "is not what stands at the offsets")])
        spans.append({"start": start, "end": end, **span.model_dump(include={"text", "score", "category"})})
    return text, spans
