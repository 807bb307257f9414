"""What goes over the wire: the shapes of requests and answers."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from spamguard.service.jsonbody import IN_TURN, read_json, read_shape
from spamguard.service.names import Name
from spamguard.service.offsets import Unit
from spamguard.service.problems import ProblemError
from spamguard.spans import Category

MAX_PHRASES, MAX_PHRASE_CHARS, MAX_MARK_CHARS = 200, 200, 100

Offset = Annotated[int, Field(ge=0, description="From the start of the posted text, in the unit asked for.")]
Phrase = Annotated[str, Field(min_length=1, max_length=MAX_PHRASE_CHARS, pattern=r"\S")]
Phrases = Annotated[list[Phrase], Field(max_length=MAX_PHRASES)]
STRICT = ConfigDict(strict=True, extra="forbid")
SURROGATES_JOIN = (
    "a lone high surrogate would come to stand before a lone low one, which JSON cannot tell from one "
    "character: replace lone surrogates, U+D800 to U+DFFF, beforehand"
)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# The factory below hides the default from the document.
_EMPTY: dict[str, Any] = {"default": []}


class Marks(BaseModel):
    """What stands around a span in mode "mark"; ``{category}`` becomes the span's category.

    Examples
    --------
    >>> Marks(open="<mark class='{category}'>", close="</mark>").close
    '</mark>'
    """

    # Frozen, so that the default can be shared.
    model_config = ConfigDict(**STRICT, frozen=True)

    open: str = Field("⟦", max_length=MAX_MARK_CHARS)
    close: str = Field("⟧", max_length=MAX_MARK_CHARS)


class Options(BaseModel):
    """What a caller may ask for besides the text."""

    model_config = STRICT

    threshold: float | None = Field(
        None, ge=0, le=1, description="Least score of a span; the profile's by default."
    )
    profile: Literal["newsroom", "corpus"] | None = Field(
        None, description="newsroom touches good text least, corpus leaves the least spam."
    )
    categories: list[Category] | None = Field(
        None, max_length=50, description="Categories that go; all by default."
    )
    allow: Phrases = Field(
        # Made anew: a plain default would be copied deeply with every request, which takes longer.
        default_factory=list,
        json_schema_extra=_EMPTY,
        description="Phrases that stay: a span within one, around one or over its edge is left alone.",
    )
    deny: Phrases = Field(
        default_factory=list,
        json_schema_extra=_EMPTY,
        description="Phrases that go, unless an allowed one overlaps them.",
    )
    mode: Literal["remove", "mark", "detect"] = Field(
        "remove", description="Remove the spans, put marks around them, or only report them."
    )
    marks: Marks = Marks(open="⟦", close="⟧")
    offsets: Unit = Field(
        "codepoint", description="What offsets count: code points, UTF-16 units, UTF-8 bytes."
    )
    reasons: bool = Field(False, description="Say of each span what spoke for it; takes twice the time.")


class CleanRequest(Options):
    """What `POST /clean` takes.

    Examples
    --------
    >>> CleanRequest(text="").threshold is None
    True
    """

    text: str = Field(description="Any text; may be empty, may hold escaped lone surrogates.")


class StreamRequest(CleanRequest):
    """What a line of `POST /clean/stream` holds."""

    id: Name | None = Field(None, description="Comes back with the result.")


class BatchItem(BaseModel):
    """A text of a batch with a name."""

    model_config = STRICT

    text: str
    id: Name


class BatchRequest(Options):
    """What `POST /clean/batch` takes: ``texts`` or ``items``, whose members are checked one by one.

    Examples
    --------
    >>> BatchRequest(texts=["one", "two"]).items is None
    True
    """

    texts: list[Any] | None = Field(None, json_schema_extra={"items": {"type": "string"}})
    items: list[Any] | None = Field(
        None, json_schema_extra={"items": {"$ref": "#/components/schemas/BatchItem"}}
    )


class WireReason(BaseModel):
    """One thing that spoke for a span."""

    reason: str
    weight: float = Field(description="Its share of the log-odds.")


class WireSpan(BaseModel):
    """One piece of spam."""

    start: Offset
    end: Offset
    text: str
    score: float = Field(ge=0, le=1, description="Calibrated probability that it is spam.")
    category: Category
    reasons: list[WireReason] | None = Field(None, description="Strongest first; only where asked for.")


class WireEdit(BaseModel):
    """One stretch of the posted text that was replaced, as a rule by nothing."""

    model_config = ConfigDict(strict=True)

    start: Offset
    end: Offset
    text: str = Field(description="What stood there.")
    replacement: str = Field("", description="What stands there now; left out where that is nothing.")


class CleanReply(BaseModel):
    """What `POST /clean` answers; posted to `/restore` it gives the posted text.

    Examples
    --------
    >>> CleanReply(text="", changed=False, spans=[], edits=[], model="default-3f2a9c1b").changed
    False
    """

    text: str = Field(description="The cleaned text, the marked one, or in mode detect the posted one.")
    changed: bool
    spans: list[WireSpan]
    edits: list[WireEdit]
    model: str = Field(description="Name and digest of the model that cleaned.")
    offsets: Unit = Field("codepoint", description="Left out for code points.")


class RestoreRequest(BaseModel):
    """What `POST /restore` takes: an answer of `POST /clean`, or these parts of it."""

    model_config = ConfigDict(strict=True, extra="ignore")

    text: str
    edits: list[Annotated[WireEdit, IN_TURN]]
    offsets: Unit = "codepoint"


class RestoreReply(BaseModel):
    """What `POST /restore` answers."""

    text: str = Field(description="The text as it was before the cleaning.")


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


class BatchResult(BaseModel):
    """What became of one text of a batch or line of a stream: the fields of an answer, or an error."""

    id: Name | None = None
    text: str | None = None
    changed: bool | None = None
    spans: list[WireSpan] | None = None
    edits: list[WireEdit] | None = None
    model: str | None = None
    offsets: Unit | None = None
    error: Problem | None = None


class BatchReply(BaseModel):
    """What `POST /clean/batch` answers."""

    results: list[BatchResult] = Field(description="In the order of the texts.")


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
    request = read_shape(read_json(body), CleanRequest)
    check_length(request.text, max_text_chars)
    return request


def check_length(text: str, max_text_chars: int) -> None:
    """Refuse a text that is too long.

    Raises
    ------
    ProblemError
        413 if it is.
    """
    if len(text) > max_text_chars:
        detail = f"The text may have {max_text_chars} characters, and has {len(text)}"
        raise ProblemError(413, "text-too-long", detail)


def write_json(fields: object) -> bytes:
    """Write a value as ASCII JSON, in which lone surrogates survive as escapes."""
    return json.dumps(fields, allow_nan=False, separators=(",", ":")).encode("ascii")


def survives_json(text: str) -> bool:
    r"""Whether a text can be told in JSON, whose readers make one character of two surrogates side by side.

    Examples
    --------
    >>> survives_json("\ud83d SPAM \ude00"), survives_json("\ud83d\ude00")
    (True, False)
    """
    return _PAIR.search(text) is None
