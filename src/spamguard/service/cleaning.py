"""From the bytes of a request for cleaning to the bytes of its answer; runs in a worker's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from spamguard.cleaner import CleanOptions, Guard
from spamguard.errors import InputError
from spamguard.nearmisses import NearMisses
from spamguard.phrases import Choice, Phrases
from spamguard.result import CleanResult
from spamguard.service.jsonbody import read_json, read_shape
from spamguard.service.names import named
from spamguard.service.offsets import from_code_points
from spamguard.service.problems import Fault, ProblemError, invalid_request
from spamguard.service.settings import Settings
from spamguard.service.watching import Cleaned, Watch
from spamguard.service.wire import (
    SURROGATES_JOIN,
    BatchItem,
    BatchRequest,
    CleanRequest,
    Options,
    StreamRequest,
    check_length,
    read_clean_request,
    survives_json,
    write_json,
)
from spamguard.spans import Span

# A stream sends the same lists with each line.
_phrases = lru_cache(maxsize=32)(Phrases)


class Cleaning:
    """Reads requests, cleans, and writes answers.

    Parameters
    ----------
    settings
        Limits.
    watch
        Told of every cleaning.

    Examples
    --------
    >>> import spamguard
    >>> [answer] = Cleaning(Settings()).answers(spamguard.load(), [b'{"text": "The council met."}'])
    >>> answer[:36]
    b'{"text":"The council met.","changed"'
    """

    def __init__(self, settings: Settings, watch: Watch | None = None) -> None:
        self._settings = settings
        self._watch = watch or (lambda *_: None)

    def answers(self, guard: Guard, bodies: Sequence[bytes]) -> list[bytes | Exception]:
        """Answer several bodies of `POST /clean`, at less cost than one by one.

        Returns
        -------
        list of bytes or Exception
            For each body its answer, or why there is none: what is wrong with one is its own.
        """
        answers: list[bytes | Exception] = [b""] * len(bodies)
        alike: dict[object, list[tuple[int, CleanRequest]]] = {}
        for number, body in enumerate(bodies):
            try:
                request = read_clean_request(body, self._settings.max_text_chars)
            except ProblemError as problem:
                answers[number] = problem
            else:
                alike.setdefault(_choice(request), []).append((number, request))
        for members in alike.values():
            numbers, requests = zip(*members, strict=True)
            for number, answer in zip(numbers, self._answer_alike(guard, requests), strict=True):
                answers[number] = answer
        return answers

    def _answer_alike(self, guard: Guard, requests: Sequence[CleanRequest]) -> list[bytes | Exception]:
        """Answer requests that ask for the same to be cleaned; where that fails, each by itself."""
        try:
            replies = self._clean(guard, requests, [request.text for request in requests])
            return [reply if isinstance(reply, ProblemError) else write_json(reply) for reply in replies]
        except Exception as error:
            if len(requests) == 1:
                return [error]
        return [answer for request in requests for answer in self._answer_alike(guard, [request])]

    def answer_line(self, guard: Guard, line: bytes, request_id: str) -> bytes:
        """Answer a line of `POST /clean/stream`; what is wrong with it is its answer."""
        name: dict[str, Any] = {}
        try:
            fields = read_json(line)
            name = named(fields)
            request = read_shape(fields, StreamRequest)
            check_length(request.text, self._settings.max_text_chars)
            reply = self._clean_one(guard, request, request.text)
        except ProblemError as problem:
            reply = {"error": problem.fields(request_id)}
        return write_json({**name, **reply}) + b"\n"

    def answer_batch(self, guard: Guard, body: bytes, request_id: str) -> bytes:
        """Answer the body of `POST /clean/batch`.

        Raises
        ------
        ProblemError
            If the body as a whole is refused; what is wrong with one text is that text's result.
        """
        request = read_shape(read_json(body), BatchRequest)
        results = [self._read_item(item, request_id) for item in self._items(request)]
        good = [number for number, result in enumerate(results) if "error" not in result]
        replies = self._clean(guard, [request] * len(good), [results[number]["text"] for number in good])
        for number, reply in zip(good, replies, strict=True):
            del results[number]["text"]
            told = {"error": reply.fields(request_id)} if isinstance(reply, ProblemError) else reply
            results[number] |= told
        return write_json({"results": results})

    def _items(self, request: BatchRequest) -> list[Any]:
        """Return the texts of a batch as items."""
        given = [one for one in (request.texts, request.items) if one is not None]
        if len(given) != 1:
            raise invalid_request([Fault("#", "must have either texts or items")])
        if len(given[0]) > self._settings.max_items:
            detail = f"A batch may have {self._settings.max_items} texts, and has {len(given[0])}"
            raise ProblemError(413, "too-many-items", detail)
        return [{"text": text} for text in given[0]] if request.texts is not None else given[0]

    def _read_item(self, fields: object, request_id: str) -> dict[str, Any]:
        """Check one item; return its fields, or its error under the name that it has, if that is one."""
        name = named(fields)
        try:
            if isinstance(fields, dict) and fields.keys() == {"text"}:
                item: dict[str, Any] = {"text": read_shape(fields, CleanRequest).text}
            else:
                item = read_shape(fields, BatchItem).model_dump()
            check_length(item["text"], self._settings.max_text_chars)
        except ProblemError as problem:
            return {**name, "error": problem.fields(request_id)}
        return item

    def _clean_one(self, guard: Guard, options: Options, text: str) -> dict[str, Any]:
        """Clean a text and describe the result.

        Raises
        ------
        ProblemError
            422 if the answer cannot be told.
        """
        [reply] = self._clean(guard, [options], [text])
        if isinstance(reply, ProblemError):
            raise reply
        return reply

    def _clean(
        self, guard: Guard, asked: Sequence[Options], texts: Sequence[str]
    ) -> list[dict[str, Any] | ProblemError]:
        """Clean texts for which the same is asked, save how it is told; describe the results, or why not."""
        if not texts:
            return []
        wanted = _clean_options(asked[0])
        near = (
            NearMisses(guard.detector, self._settings.review_margin) if self._settings.review_queue else None
        )
        try:
            results = list((Guard(near) if near else guard).clean_many(texts, **wanted))
        except InputError:
            # What the request allows, a model of one's own may still not know.
            fault = Fault("#/profile", "is not one of the model's; see GET /model")
            raise invalid_request([fault]) from None
        replies: list[dict[str, Any] | ProblemError] = []
        for options, text, result in zip(asked, texts, results, strict=True):
            below = _wanted_below(near.below(text), text, wanted) if near else ()
            self._watch(Cleaned(guard, options, text, result, below))
            reply = describe(text, result, options)
            if not survives_json(reply["text"]):
                replies.append(invalid_request([Fault("#/text", SURROGATES_JOIN)]))
                continue
            if options.reasons:
                _add_reasons(reply["spans"], guard, text, wanted)
            replies.append({**reply, "model": guard.model_id})
        return replies


def describe(text: str, result: CleanResult, options: Options) -> dict[str, Any]:
    """Return a result as an answer has it: in the mode and with the offsets asked for.

    Parameters
    ----------
    text
        The raw text.
    result
        What cleaning it gave.
    options
        Mode, marks and unit of offsets.
    """
    if options.mode == "remove":
        new, edits = result.text, [asdict(edit) for edit in result.edits]
    elif options.mode == "mark":
        new, edits = _mark(text, result.spans, options)
    else:
        new, edits = text, []
    spans = [asdict(span) for span in result.spans]
    reply = {"text": new, "changed": bool(edits), "spans": spans, "edits": edits}
    if options.offsets == "codepoint":
        return reply
    for pieces in (spans, edits):
        _recount(text, pieces, options)
    return {**reply, "offsets": options.offsets}


def _mark(text: str, spans: Sequence[Span], options: Options) -> tuple[str, list[dict[str, Any]]]:
    """Return the text with marks around the spans, and the edits that put them there."""
    pieces, edits, before = [], [], 0
    for span in spans:
        signs = (options.marks.open, options.marks.close)
        opening, closing = (sign.replace("{category}", span.category) for sign in signs)
        pieces += [text[before : span.start], opening, text[span.start : span.end], closing]
        edits += [_insertion(span.start, opening), _insertion(span.end, closing)]
        before = span.end
    return "".join([*pieces, text[before:]]), edits


def _insertion(at: int, sign: str) -> dict[str, Any]:
    """Return the edit that puts a sign into the text."""
    return {"start": at, "end": at, "text": "", "replacement": sign}


def _recount(text: str, pieces: list[dict[str, Any]], options: Options) -> None:
    """Turn the offsets of ascending disjoint pieces into the unit asked for."""
    positions = [piece[end] for piece in pieces for end in ("start", "end")]
    found = iter(from_code_points(text, positions, options.offsets))
    for piece in pieces:
        piece["start"], piece["end"] = next(found), next(found)


def _choice(options: Options) -> object:
    """Return what of the options decides what is cleaned, to compare."""
    return (
        options.threshold,
        options.profile,
        tuple(options.allow),
        tuple(options.deny),
        None if options.categories is None else tuple(options.categories),
    )


def _clean_options(options: Options) -> CleanOptions:
    """Return what the guard is asked."""
    return {
        "threshold": options.threshold,
        "profile": options.profile,
        "allow": _phrases(tuple(options.allow)),
        "deny": _phrases(tuple(options.deny)),
        "categories": options.categories,
    }


def _wanted_below(below: Sequence[Span], text: str, wanted: CleanOptions) -> Sequence[Span]:
    """Leave out what the caller would not have wanted to go at any score."""
    choice = Choice.of(wanted["allow"], (), wanted["categories"])
    return choice.apply(text, below) if choice and below else below


def _add_reasons(spans: list[dict[str, Any]], guard: Guard, text: str, wanted: CleanOptions) -> None:
    """Say of each span what spoke for it."""
    for span, explanation in zip(spans, guard.explain(text, **wanted), strict=True):
        span["reasons"] = [{"reason": name, "weight": weight} for name, weight in explanation.reasons]
