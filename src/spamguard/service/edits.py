"""`POST /review/edits`: what leaves a text with the spans that a person left or drew."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from spamguard.seams import edits_for
from spamguard.service.jsonbody import IN_TURN, read_json, read_shape
from spamguard.service.problems import Fault, invalid_request
from spamguard.service.wire import STRICT, Offset, WireEdit, check_length, write_json


class Bounds(BaseModel):
    """Where a span lies in the text."""

    model_config = STRICT

    start: Offset
    end: Offset


class EditsRequest(BaseModel):
    """What `POST /review/edits` takes.

    Examples
    --------
    >>> EditsRequest(text="an ad here", spans=[Bounds(start=3, end=5)]).spans[0].end
    5
    """

    model_config = STRICT

    text: str = Field(description="Any text.")
    spans: list[Annotated[Bounds, IN_TURN]] = Field(
        description="Spans of it, in any order; offsets in code points."
    )


class EditsReply(BaseModel):
    """What `POST /review/edits` answers."""

    edits: list[WireEdit] = Field(description="The spans with their seams, ascending and disjoint.")


def answer_edits(body: bytes, max_text_chars: int) -> bytes:
    """Answer the body of `POST /review/edits`.

    Raises
    ------
    ProblemError
        400 if the body is no JSON, 422 if its fields are wrong, 413 if the text is too long.

    Examples
    --------
    >>> answer_edits(b'{"text": "an ad here", "spans": [{"start": 3, "end": 5}]}', 100)
    b'{"edits":[{"start":3,"end":6,"text":"ad "}]}'
    """
    request = read_shape(read_json(body), EditsRequest)
    text = request.text
    check_length(text, max_text_chars)
    for number, span in enumerate(request.spans):
        if not span.start < span.end <= len(text):
            detail = f"needs start < end, and end at most {len(text)}, the text's length"
            raise invalid_request([Fault(f"#/spans/{number}", detail)])
    intervals = edits_for(text, [(span.start, span.end) for span in request.spans])
    edits = [{"start": start, "end": end, "text": text[start:end]} for start, end in intervals]
    return write_json({"edits": edits})
