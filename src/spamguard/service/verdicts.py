"""What editors say of spans: the shapes, and the labels that they become."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from spamguard.errors import InputError
from spamguard.service.jsonbody import read_json, read_shape
from spamguard.service.offsets import Unit, to_code_points
from spamguard.service.problems import Fault, invalid_request
from spamguard.service.wire import check_length
from spamguard.spans import Category, complement, merge

Word = Literal["right", "wrong", "missed"]
SOURCE = "feedback"


class FeedbackRequest(BaseModel):
    """What `POST /feedback` takes: a verdict on one span of a text.

    Examples
    --------
    >>> FeedbackRequest(text="an ad", start=3, end=5, quote="ad", verdict="missed").category is None
    True
    """

    model_config = ConfigDict(strict=True, extra="forbid")

    text: str = Field(description="The whole raw text.")
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1, description="Behind the last position.")]
    quote: str = Field(description="The text between the two, so that a wrong offset shows.")
    verdict: Word = Field(description="Was it spam that was found, no spam, or spam that was not found?")
    category: Category | None = None
    offsets: Unit = "codepoint"


class FeedbackReply(BaseModel):
    """What `POST /feedback` answers."""

    id: str = Field(description="Of the verdict; the same verdict posted again has the same.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a stretch of a text.

    Parameters
    ----------
    text
        The raw text.
    start, end
        Half-open code-point offsets.
    word
        "right", "wrong" or "missed".
    category
        What kind of spam it is, where that was said.

    Examples
    --------
    >>> Verdict("an ad", 3, 5, "missed").quote
    'ad'
    """

    text: str
    start: int
    end: int
    word: Word
    category: Category | None = None

    @property
    def quote(self) -> str:
        """The text of the stretch."""
        return self.text[self.start : self.end]

    @property
    def text_id(self) -> str:
        """Name of the text, the same for the same text."""
        return _digest(self.text)

    @property
    def id(self) -> str:
        """Name of the verdict: a caller who sends it twice, unsure whether it arrived, has it kept once."""
        return _digest(f"{self.text_id} {self.start} {self.end} {self.word} {self.category}")


def _digest(text: str) -> str:
    """Return a name for a text that says nothing of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_id(text: str) -> str:
    """Return the name of a text, as :attr:`Verdict.text_id`."""
    return _digest(text)


def read_verdict(body: bytes, max_text_chars: int) -> Verdict:
    """Read the body of `POST /feedback`.

    Raises
    ------
    ProblemError
        400 if the body is no JSON, 413 if the text is too long, 422 if its fields are wrong or the quote
        does not stand at the offsets.

    Examples
    --------
    >>> read_verdict(b'{"text": "an ad", "start": 3, "end": 5, "quote": "ad", "verdict": "right"}', 9).word
    'right'
    """
    request = read_shape(read_json(body), FeedbackRequest)
    check_length(request.text, max_text_chars)
    try:
        start, end = to_code_points(request.text, [request.start, request.end], request.offsets)
    except InputError as error:
        raise invalid_request([Fault("#/end", str(error))]) from None
    if not start < end or request.text[start:end] != request.quote:
        raise invalid_request([Fault("#/quote", "is not what stands at the offsets")])
    return Verdict(request.text, start, end, request.verdict, request.category)


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as the store has it, without its text.

    Parameters
    ----------
    id
        Its name.
    created
        Seconds since 1970.
    start, end, word, category
        As for :class:`Verdict`.
    """

    id: str
    created: float
    start: int
    end: int
    word: Word
    category: Category | None


def as_label(name: str, text: str, verdicts: Sequence[Kept]) -> dict[str, Any]:
    """Return a text with its verdicts as a label: its spans are what is spam by these verdicts.

    Of several verdicts on the same stretch the newest holds. A stretch that was wrong is no span, and
    takes nothing from one that overlaps it: then its bounds were wrong, and the other's are right.

    Parameters
    ----------
    name
        The text's name.
    text
        The text.
    verdicts
        In the order in which they came.

    Examples
    --------
    >>> as_label("1", "an ad", [Kept("2", 0.0, 3, 5, "missed", "seo")])["spans"]
    [{'start': 3, 'end': 5, 'category': 'seo', 'quote': 'ad'}]
    """
    newest = {(one.start, one.end): one for one in verdicts}
    return {
        "text": text,
        "spans": _spans(text, [one for one in newest.values() if one.word != "wrong"]),
        "source": SOURCE,
        "id": name,
        "verdicts": [_fields(text, one) for one in verdicts],
    }


def _spans(text: str, marks: Iterable[Kept]) -> list[dict[str, Any]]:
    """Return disjoint ascending spans; where two overlap, the newer one keeps what the older has not."""
    taken: list[tuple[int, int]] = []
    spans = []
    for mark in sorted(marks, key=lambda one: -one.created):
        for start, end in complement(merge(taken), len(text)):
            first, last = max(start, mark.start), min(end, mark.end)
            if first < last:
                category = mark.category or "other"
                spans.append({"start": first, "end": last, "category": category, "quote": text[first:last]})
        taken.append((mark.start, mark.end))
    return sorted(spans, key=lambda span: span["start"])


def _fields(text: str, one: Kept) -> dict[str, Any]:
    """Return a verdict as the export has it."""
    return {
        "id": one.id,
        "verdict": one.word,
        "start": one.start,
        "end": one.end,
        "category": one.category,
        "quote": text[one.start : one.end],
        "created": one.created,
    }
