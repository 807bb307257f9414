"""The first pass over a corpus: what is found in each text, and what recurs over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.hearing import Heard, Listener
from spamguard.campaigns.ledger import Ledger
from spamguard.campaigns.notebook import Notebook
from spamguard.campaigns.occurrences import Finder
from spamguard.campaigns.skeleton import skeletons_of
from spamguard.campaigns.verdict import MIN_DOCUMENTS, judge, sure_forms
from spamguard.cleaner import Guard

# A document's name and its text; a reading yields them in the same order every time.
Documents = Sequence[tuple[str, str]]
Reading = Callable[[], Iterable[tuple[str, str]]]
# Does work on batches in order: takes what makes it, and the batches.
Run = Callable[
    [Callable[[], Callable[[Documents], Any]], Iterable[Documents]], Iterable[tuple[Documents, Any]]
]
# Spans from this score on are suspected; below it the detector's scores say nothing (docs/campaigns.md).
SUSPICION = 0.02
# Documents are heard together up to these bounds: enough to share the cost of a call, few enough to hold.
_BATCH_DOCUMENTS = 64
_BATCH_CHARS = 500_000


def here(
    make_work: Callable[[], Callable[[Documents], Any]], found: Iterable[Documents]
) -> Iterator[tuple[Documents, Any]]:
    """Do work on batches in this process."""
    work = make_work()
    for batch in found:
        yield batch, work(batch)


def batches(documents: Iterable[tuple[str, str]]) -> Iterator[Documents]:
    """Group documents up to the bounds of a batch."""
    batch: list[tuple[str, str]] = []
    n_chars = 0
    for document in documents:
        batch.append(document)
        n_chars += len(document[1])
        if len(batch) == _BATCH_DOCUMENTS or n_chars >= _BATCH_CHARS:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch


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

    def resolved(self, manifest: Mapping[str, Any]) -> Settings:
        """Return the same with the threshold that applies, by what the model says about itself."""
        if self.threshold is not None:
            return self
        return replace(self, threshold=float(manifest["thresholds"][self.profile or "newsroom"]))

    @property
    def sure(self) -> float:
        """The threshold, once it is set."""
        assert self.threshold is not None
        return self.threshold


DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Hearing:
    """The first pass over a corpus.

    Parameters
    ----------
    read
        Gives the documents, twice: names and texts, in the same order. Documents in one folder count as of
        one site.
    make_guard
        Returns what finds the suspicious spans, where the work is done.
    settings
        How much evidence it takes; their threshold is set.
    run
        Does the work on batches, in order; in this process by default.

    Examples
    --------
    >>> import spamguard
    >>> Hearing(lambda: [("a.txt", "It rained.")], spamguard.load, Settings(threshold=0.9)).campaigns()
    []
    """

    read: Reading
    make_guard: Callable[[], Guard]
    settings: Settings
    run: Run = here

    def campaigns(self, notes: Notebook | None = None) -> list[Campaign]:
        """Read the corpus for suspicious strings, and again for where else these stand.

        Parameters
        ----------
        notes
            Where what was found in each text is kept for the second pass.
        """
        ledger = Ledger(threshold=self.settings.sure)
        work = partial(_listening, self.make_guard, self.settings)
        for batch, found in self.run(work, batches(self.read())):
            for (_, text), heard in zip(batch, found, strict=True):
                if heard.sightings:
                    ledger.add_sightings(heard.sightings, heard.company)
                if notes is not None:
                    notes.write(text, heard.result, heard.suspected)
        if notes is not None:
            notes.flush()
        return self._judged(ledger, notes)

    def _judged(self, ledger: Ledger, notes: Notebook | None) -> list[Campaign]:
        """Judge what recurs, once it is known where else it stands."""
        least = self.settings.min_documents
        recurring = [one for one in ledger.clusters() if one.n_unrelated >= least]
        strings = [letters for cluster in recurring for letters in sure_forms(cluster)]
        counts: Counter[str] = Counter()
        if strings:
            for batch, found in self.run(partial(_looking, strings), batches(self.read())):
                for held in found.values():
                    counts.update(held)
                if notes is not None:
                    notes.mark([batch[i][1] for i in found])
        return judge(recurring, n_containing=counts, min_documents=least)


def _listening(make_guard: Callable[[], Guard], settings: Settings) -> Callable[[Documents], list[Heard]]:
    """Make what listens to a batch."""
    return Listener(make_guard(), sure=settings.sure, suspected=settings.suspicion).hear


def _looking(strings: Sequence[str]) -> Callable[[Documents], dict[int, set[str]]]:
    """Make what tells the documents of a batch that any of some strings stands in."""
    return partial(_containing, Finder(strings))


def _containing(finder: Finder, documents: Documents) -> dict[int, set[str]]:
    """Return, by place in the batch, the strings that stand in each document that holds any."""
    skeletons = skeletons_of([text for _, text in documents])
    found = enumerate(finder.find_all(skeletons))
    return {i: {one.letters for one in occurrences} for i, occurrences in found if occurrences}
