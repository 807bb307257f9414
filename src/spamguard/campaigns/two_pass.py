"""Reads a corpus twice: first to hear what recurs in it, then to clean it with that knowledge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.ledger import Cluster, Ledger
from spamguard.campaigns.notebook import Notebook
from spamguard.campaigns.occurrences import Finder
from spamguard.campaigns.skeleton import skeletons_of
from spamguard.campaigns.verdict import MIN_DOCUMENTS, judge, sure_forms
from spamguard.campaigns.witness import Witness
from spamguard.cleaner import Guard
from spamguard.result import CleanResult
from spamguard.rounds import MAX_ROUNDS, take_more
from spamguard.spans import Span

# A document's name and its text; a reading yields them in the same order every time.
Reading = Callable[[], Iterable[tuple[str, str]]]
# Spans from this score on are suspected; below it the detector's scores say nothing (docs/campaigns.md).
SUSPICION = 0.02
_BATCH_DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """How a corpus is heard.

    Parameters
    ----------
    threshold
        Score from which a span is removed without further evidence, 0 to 1; the profile's by default.
    profile
        "newsroom" or "corpus"; the first by default.
    suspicion
        Score from which a span is suspected, 0 to 1, at most the threshold.
    min_documents
        Unrelated documents that a campaign stands in at least.

    Examples
    --------
    >>> Settings(profile="corpus").suspicion
    0.02
    """

    threshold: float | None = None
    profile: str | None = None
    suspicion: float = SUSPICION
    min_documents: int = MIN_DOCUMENTS

    def least_score(self, guard: Guard) -> float:
        """Return the threshold that applies."""
        if self.threshold is not None:
            return self.threshold
        thresholds = guard.manifest["thresholds"]
        return float(thresholds[self.profile or "newsroom"])


DEFAULTS = Settings()


def find_campaigns(guard: Guard, read: Reading, settings: Settings = DEFAULTS) -> list[Campaign]:
    """Return what recurs over a corpus, campaigns first; memory does not grow with the corpus.

    Parameters
    ----------
    guard
        Finds the suspicious spans.
    read
        Gives the documents, twice: names and texts, in the same order. Documents in one folder count as of
        one site.
    settings
        How much evidence it takes.
    """
    ledger = _listen(guard, read, settings, None)
    return _conclude(ledger, read, settings)


class TwoPass:
    """Cleans with a corpus's knowledge; made by :func:`two_pass`.

    Parameters
    ----------
    guard
        Cleans what the first pass did not see.
    campaigns
        What recurs over the corpus.
    settings
        As in the first pass.
    notebook
        What the first pass found.

    Examples
    --------
    >>> import spamguard
    >>> second = two_pass(spamguard.load(), lambda: [("a.txt", "It rained.")], ":memory:")
    >>> [result.text for result in second.clean_many(["It rained."])], second.campaigns
    (['It rained.'], [])
    """

    def __init__(
        self, guard: Guard, campaigns: Sequence[Campaign], settings: Settings, notebook: Notebook
    ) -> None:
        self.campaigns = list(campaigns)
        self._guard = guard
        self._settings = settings
        self._notebook = notebook
        self._witness = Witness(campaigns)

    def clean_many(self, texts: Iterable[str]) -> Iterator[CleanResult]:
        """Clean texts of the corpus, in order, of all that the guard removes and of what campaigns left.

        Parameters
        ----------
        texts
            Any strings; one that the first pass did not see is cleaned all the same.
        """
        source = iter(texts)
        while batch := list(islice(source, _BATCH_DOCUMENTS)):
            noted = [self._notebook.read(text) for text in batch]
            unseen = self._clean([text for text, one in zip(batch, noted, strict=True) if one is None])
            yield from self._heard([one or (next(unseen), []) for one in noted])

    def close(self) -> None:
        """Let go of the notebook's file."""
        self._notebook.close()

    def _clean(self, texts: Sequence[str]) -> Iterator[CleanResult]:
        """Clean texts without the corpus."""
        return self._guard.clean_many(
            texts, threshold=self._settings.threshold, profile=self._settings.profile
        )

    def _heard(self, noted: Sequence[tuple[CleanResult, list[Span]]]) -> list[CleanResult]:
        """Remove what campaigns left in cleaned texts; a removal may uncover more."""
        results, suspected = [result for result, _ in noted], [spans for _, spans in noted]
        due = list(range(len(results)))
        for _ in range(MAX_ROUNDS):
            skeletons = skeletons_of([results[i].text for i in due])
            changed = []
            for i, skeleton in zip(due, skeletons, strict=True):
                if found := self._witness.spans(results[i].text, suspected[i], skeleton):
                    results[i], suspected[i] = take_more(results[i], found), []
                    changed.append(i)
            for i, again in zip(changed, self._clean([results[i].text for i in changed]), strict=True):
                results[i] = take_more(results[i], again.spans)
            if not (due := changed):
                break
        return results


def two_pass(guard: Guard, read: Reading, notebook: str | Path, settings: Settings = DEFAULTS) -> TwoPass:
    """Read a corpus to hear what recurs in it; return what cleans it with that knowledge.

    Parameters
    ----------
    guard
        Finds spans.
    read
        Gives the documents, twice: names and texts, in the same order.
    notebook
        File for what the first pass found, some 50 bytes a text and more for those with ads; the caller
        removes it once all is clean. ``":memory:"`` for a small corpus.
    settings
        How much evidence it takes.

    Returns
    -------
    TwoPass
        Its ``clean_many`` stands in for the guard's.
    """
    notes = Notebook(notebook)
    ledger = _listen(guard, read, settings, notes)
    notes.flush()
    return TwoPass(guard, _conclude(ledger, read, settings), settings, notes)


def _listen(guard: Guard, read: Reading, settings: Settings, notes: Notebook | None) -> Ledger:
    """Read the corpus for suspicious strings."""
    ledger = Ledger(threshold=settings.least_score(guard))
    source = iter(read())
    while batch := list(islice(source, _BATCH_DOCUMENTS)):
        texts = [text for _, text in batch]
        low = list(guard.clean_many(texts, threshold=min(settings.suspicion, settings.least_score(guard))))
        for (name, text), result in zip(batch, low, strict=True):
            ledger.add(name, text, result.spans)
        if notes is not None:
            _note(guard, texts, low, settings, notes)
    return ledger


def _note(
    guard: Guard, texts: Sequence[str], low: Sequence[CleanResult], settings: Settings, notes: Notebook
) -> None:
    """Note the results at the threshold; texts with nothing below it were cleaned already."""
    least = settings.least_score(guard)
    faint = [i for i, result in enumerate(low) if any(span.score < least for span in result.spans)]
    again = guard.clean_many(
        [texts[i] for i in faint], threshold=settings.threshold, profile=settings.profile
    )
    results = dict(enumerate(low)) | dict(zip(faint, again, strict=True))
    for i, text in enumerate(texts):
        suspected = _left(results[i], low[i].spans) if i in faint else []
        notes.write(text, results[i], suspected)


def _left(result: CleanResult, spans: Sequence[Span]) -> list[Span]:
    """Return the spans that a cleaning left alone, with offsets into what it left."""
    left: list[Span] = []
    taken = passed = 0
    edits = result.edits
    for span in spans:
        while passed < len(edits) and edits[passed].end <= span.start:
            taken += edits[passed].end - edits[passed].start
            passed += 1
        if passed == len(edits) or span.end <= edits[passed].start:
            left.append(Span(span.start - taken, span.end - taken, span.text, span.score, span.category))
    return left


def _conclude(ledger: Ledger, read: Reading, settings: Settings) -> list[Campaign]:
    """Judge what recurs, once it is known where else it stands."""
    recurring = [one for one in ledger.clusters() if one.n_unrelated >= settings.min_documents]
    counts = _containing(recurring, read) if recurring else {}
    return judge(recurring, n_containing=counts, min_documents=settings.min_documents)


def _containing(clusters: Sequence[Cluster], read: Reading) -> Counter[str]:
    """Count the documents that each spelling stands in."""
    finder = Finder(letters for cluster in clusters for letters in sure_forms(cluster))
    counts: Counter[str] = Counter()
    source = iter(read())
    while batch := [text for _, text in islice(source, _BATCH_DOCUMENTS)]:
        for skeleton in skeletons_of(batch):
            counts.update({one.letters for one in finder.find(skeleton)})
    return counts
