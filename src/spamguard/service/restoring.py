"""From an answer of `POST /clean` back to the posted text."""

from __future__ import annotations

from collections.abc import Sequence

from spamguard.errors import InputError
from spamguard.service.jsonbody import read_json, read_shape
from spamguard.service.offsets import Unit, length, to_code_points
from spamguard.service.problems import Fault, invalid_request
from spamguard.service.wire import SURROGATES_JOIN, RestoreRequest, WireEdit, survives_json, write_json


def answer_restore(body: bytes) -> bytes:
    """Answer the body of `POST /restore`.

    Raises
    ------
    ProblemError
        400 if the body is no JSON, 422 if its fields are wrong or the edits do not fit the text.

    Examples
    --------
    >>> answer_restore(b'{"text": "good", "edits": [{"start": 0, "end": 3, "text": "ad "}]}')
    b'{"text":"ad good"}'
    """
    request = read_shape(read_json(body), RestoreRequest)
    try:
        text = put_back(request.text, request.edits, request.offsets)
    except InputError as error:
        raise invalid_request([Fault("#/edits", str(error))]) from None
    if not survives_json(text):
        raise invalid_request([Fault("#/edits", SURROGATES_JOIN)])
    return write_json({"text": text})


def put_back(text: str, edits: Sequence[WireEdit], unit: Unit) -> str:
    """Undo edits whose offsets count any unit.

    Parameters
    ----------
    text
        The text after the edits.
    edits
        Ascending and disjoint; offsets into the text before them.
    unit
        What the offsets count.

    Raises
    ------
    InputError
        If the edits do not fit the text.
    """
    bounds, before, at = [], 0, 0
    for number, edit in enumerate(edits):
        if edit.start < before or edit.end - edit.start != length(edit.text, unit):
            raise InputError(f"number {number} overlaps the one before, or is not as long as its text")
        at += edit.start - before
        bounds.append(at)
        at += length(edit.replacement, unit)
        bounds.append(at)
        before = edit.end
    positions = iter(to_code_points(text, bounds, unit))
    pieces, taken = [], 0
    for number, edit in enumerate(edits):
        start, end = next(positions), next(positions)
        if text[start:end] != edit.replacement:
            raise InputError(f"the replacement of number {number} is not where it should be")
        pieces += [text[taken:start], edit.text]
        taken = end
    return "".join([*pieces, text[taken:]])
