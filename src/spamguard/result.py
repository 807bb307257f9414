"""The result of a cleaning, its JSON form, and its exact undoing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any

from spamguard.errors import ResultError
from spamguard.seams import Edit, put_back
from spamguard.spans import CATEGORIES, Span

# JSON reads an escaped high surrogate before a low one as one character: such neighbours are written apart.
_PAIRED = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


@dataclass(frozen=True, slots=True)
class CleanResult:
    """A cleaned text and all it takes to see and to undo what was done.

    Parameters
    ----------
    text
        The cleaned text.
    spans
        The spam that was found, ascending and disjoint, offsets into the raw text.
    edits
        The stretches that were removed: the spans with their seams, ascending and disjoint.

    Examples
    --------
    >>> result = CleanResult("good", (), (Edit(0, 3, "ad "),))
    >>> result.changed, restore(result)
    (True, 'ad good')
    >>> CleanResult.from_json(result.to_json()) == result
    True
    """

    text: str
    spans: tuple[Span, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was removed."""
        return bool(self.edits)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain dictionaries, lists, strings and numbers."""
        return {
            "text": self.text,
            "changed": self.changed,
            "spans": [_fields_of(span) for span in self.spans],
            "edits": [_fields_of(edit) for edit in self.edits],
        }

    def to_json(self) -> str:
        """Return the result as one line of ASCII JSON.

        Lone surrogates survive as escapes; a text with a high one before a low one is written as the
        list of its pieces.
        """
        fields = self.to_dict()
        for piece in (fields, *fields["spans"], *fields["edits"]):
            if _has_surrogates(piece["text"]) and len(apart := _PAIRED.split(piece["text"])) > 1:
                piece["text"] = apart
        return json.dumps(fields)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> CleanResult:
        """Rebuild a result from :meth:`to_dict`'s form.

        Raises
        ------
        ResultError
            If a field is missing or of the wrong type, or a span or edit has an unknown one. Fields
            beside the result's own, such as the file that it was read from, are let through.
        """
        try:
            spans = tuple(Span(**span) for span in fields["spans"])
            edits = tuple(Edit(**edit) for edit in fields["edits"])
            result = cls(fields["text"], spans, edits)
        except (KeyError, TypeError) as error:
            raise ResultError(f"not a cleaning result: {error}") from None
        _check(result)
        return result

    @classmethod
    def from_json(cls, line: str) -> CleanResult:
        """Rebuild a result from :meth:`to_json`'s form.

        Raises
        ------
        ResultError
            If the line is no JSON object of a result.
        """
        try:
            fields = json.loads(line, object_hook=_joined)
        except json.JSONDecodeError as error:
            raise ResultError(f"not JSON: {error.msg} at character {error.pos}") from None
        except (ValueError, RecursionError):
            raise ResultError("not JSON of a result: nested too deep, or a number too long") from None
        if not isinstance(fields, dict):
            raise ResultError(f"a result is a JSON object, got {type(fields).__name__}")
        return cls.from_dict(fields)


def _fields_of(piece: Span | Edit) -> dict[str, Any]:
    """Return a span or edit as a dictionary, without the copying that `asdict` does."""
    return {one.name: getattr(piece, one.name) for one in fields_of(piece)}


def _has_surrogates(text: str) -> bool:
    """Whether a text holds lone surrogates; much faster than looking for each."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _joined(fields: dict[str, Any]) -> dict[str, Any]:
    """Join a text that was written in pieces."""
    pieces = fields.get("text")
    if isinstance(pieces, list) and all(isinstance(piece, str) for piece in pieces):
        fields["text"] = "".join(pieces)
    return fields


def _check(result: CleanResult) -> None:
    """Raise on fields whose types or values no cleaning produces."""
    if not isinstance(result.text, str):
        raise ResultError(f"text must be a string, got {type(result.text).__name__}")
    pieces: Sequence[Span | Edit] = (*result.spans, *result.edits)
    for piece in pieces:
        if not isinstance(piece.start, int) or not isinstance(piece.end, int):
            raise ResultError("start and end must be whole numbers")
        if not isinstance(piece.text, str) or not 0 <= piece.start < piece.end:
            raise ResultError("a span or edit needs 0 <= start < end and a text")
    for span in result.spans:
        if span.category not in CATEGORIES:
            raise ResultError(f"category must be one of {', '.join(CATEGORIES)}")
        if not isinstance(span.score, int | float) or not 0 <= span.score <= 1:
            raise ResultError("score must be a number from 0 to 1")


def restore(result: CleanResult) -> str:
    """Return the raw text that was cleaned, exactly.

    Parameters
    ----------
    result
        What :meth:`spamguard.Guard.clean` returned, or its JSON read back.

    Raises
    ------
    ResultError
        If the edits do not fit the text.
    """
    return put_back(result.text, result.edits)
