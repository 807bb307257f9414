"""From units to answers: what is found in each, and its new form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ParamSpec

from spamguard.batch.formats.foreign import foreign_errors
from spamguard.batch.formats.plain import Plain
from spamguard.batch.formats.protocol import Document, Format, Unit
from spamguard.errors import FormatError
from spamguard.result import CleanResult

# Guard.clean_many with its options bound.
Cleaner = Callable[[Iterable[str]], Iterable[CleanResult]]
# Characters that are cleaned at once. The detector's arrays grow with them, by about a kilobyte each; beyond
# this a call is no cheaper for the single text.
CALL_CHARS = 20_000

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a unit.

    Parameters
    ----------
    raw
        Its new form; None where it stays as it came.
    results
        Number among the unit's texts, field and result of each text in which spam was found.
    fault
        Why it was left alone although texts were expected in it.
    is_review
        Whether it was left alone because it would lose too much.
    n_chars
        Length of a stretch of a longer text, so that the next one's place is known.
    told
        What :meth:`to_json` returns, where it was called already.

    Examples
    --------
    >>> Answer.from_json(Answer(fault="not JSON").to_json()).fault
    'not JSON'
    """

    raw: Any = None
    results: tuple[tuple[int, str, CleanResult], ...] = ()
    fault: str = ""
    is_review: bool = False
    n_chars: int = 0
    told: str = ""

    def to_json(self) -> str:
        """Return all but the new form as JSON; empty where there is nothing to tell."""
        if not (self.results or self.fault or self.n_chars):
            return ""
        results = [(at, field, result.to_json()) for at, field, result in self.results]
        return json.dumps([results, self.fault, self.is_review, self.n_chars])

    @classmethod
    def from_json(cls, line: str) -> Answer:
        """Rebuild what :meth:`to_json` returned."""
        if not line:
            return cls()
        results, fault, is_review, n_chars = json.loads(line)
        read = tuple((at, field, CleanResult.from_json(result)) for at, field, result in results)
        return cls(None, read, fault, is_review, n_chars)


@dataclass(frozen=True, slots=True)
class Task:
    """A unit to answer.

    Parameters
    ----------
    format
        What it is taken apart by.
    unit
        The unit.
    known
        The answer of an earlier run, which only needs its new form.

    Examples
    --------
    >>> Task(Plain(), Unit(b"Good news.")).known is None
    True
    """

    format: Format
    unit: Unit
    known: Answer | None = None


def answer_all(clean: Cleaner, tasks: Sequence[Task], max_removed: float | None = None) -> list[Answer]:
    """Answer units together.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    tasks
        The units.
    max_removed
        Greatest share of a unit's characters that may go, 0 to 1; one that would lose more is left alone.

    Returns
    -------
    list of Answer
        One for each unit, in order.
    """
    parsed = [_parse(task) for task in tasks]
    texts = [
        text
        for task, document in zip(tasks, parsed, strict=True)
        if task.known is None and not isinstance(document, Answer)
        for text in document.texts
    ]
    results = _cleaned(clean, texts)
    answers = []
    for task, document in zip(tasks, parsed, strict=True):
        if isinstance(document, Answer):
            answers.append(document)
        elif task.known is not None:
            answers.append(_safely(_rewrite, document, task.known))
        else:
            found = [next(results) for _ in document.texts]
            answer = _safely(_answer, document, found, max_removed)
            is_stretch = isinstance(task.format, Plain) and task.unit.record is not None
            answers.append(replace(answer, n_chars=len(document.texts[0])) if is_stretch else answer)
    return answers


def _cleaned(clean: Cleaner, texts: Sequence[str]) -> Iterator[CleanResult]:
    """Clean texts in calls of bounded size; a long text has a call of its own."""
    first = n_chars = 0
    for at, text in enumerate(texts):
        if at > first and n_chars + len(text) > CALL_CHARS:
            yield from clean(texts[first:at])
            first, n_chars = at, 0
        n_chars += len(text)
    if texts:
        yield from clean(texts[first:])


def _parse(task: Task) -> Document | Answer:
    """Take a unit apart; return its answer at once where there is nothing to clean."""
    if not task.unit.is_text:
        return Answer(fault=task.unit.fault)
    if task.known is not None and (not task.known.results or task.known.is_review):
        return task.known
    try:
        return task.format.parse(task.unit)
    except FormatError as error:
        return Answer(fault=str(error))


def _safely(
    answer: Callable[Parameters, Answer], *args: Parameters.args, **named: Parameters.kwargs
) -> Answer:
    """Return an answer, or the fault that keeps the unit as it came."""
    try:
        with foreign_errors("not written"):
            return answer(*args, **named)
    except FormatError as error:
        return Answer(fault=str(error))


def _answer(document: Document, results: Sequence[CleanResult], max_removed: float | None) -> Answer:
    """Return what a document's results make of it."""
    if not any(result.changed for result in results):
        return Answer()
    located = document.locate(results)
    told = tuple(
        (at, field, result)
        for at, (field, result) in enumerate(zip(document.fields, located, strict=True))
        if result.changed
    )
    n_removed = sum(len(edit.text) for result in results for edit in result.edits)
    if max_removed is not None and n_removed > max_removed * sum(map(len, document.texts)):
        return Answer(results=told, is_review=True)
    return Answer(document.write(located), told)


def _rewrite(document: Document, known: Answer) -> Answer:
    """Return an earlier answer with the unit's new form."""
    located = [CleanResult(text) for text in document.texts]
    for at, _, result in known.results:
        located[at] = result
    return Answer(document.write(located), known.results, n_chars=known.n_chars)
