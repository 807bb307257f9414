"""Reads a corpus twice: first to hear what recurs in it, then to clean it with that knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.first_pass import DEFAULTS, Hearing, Reading, Settings
from spamguard.campaigns.notebook import Note, Notebook
from spamguard.campaigns.skeleton import skeletons_of
from spamguard.campaigns.witness import Witness
from spamguard.cleaner import Guard
from spamguard.result import CleanResult
from spamguard.rounds import MAX_ROUNDS, take_more

_BATCH_DOCUMENTS = 64


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
    return Hearing(read, lambda: guard, settings.resolved(guard.manifest)).campaigns()


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
            noted = self._notebook.read(batch)
            unseen = self._clean([text for text, one in zip(batch, noted, strict=True) if one is None])
            # Nobody has looked into a text that the first pass did not see.
            yield from self._heard([one or Note(next(unseen), needs_look=True) for one in noted])

    def close(self) -> None:
        """Let go of the notebook's file."""
        self._notebook.close()

    def _clean(self, texts: Sequence[str]) -> Iterator[CleanResult]:
        """Clean texts without the corpus."""
        return self._guard.clean_many(
            texts, threshold=self._settings.threshold, profile=self._settings.profile
        )

    def _heard(self, noted: Sequence[Note]) -> list[CleanResult]:
        """Remove what campaigns left in cleaned texts; a removal may uncover more."""
        results, suspected = [one.result for one in noted], [one.suspected for one in noted]
        # A text without a mark and a suspicion holds nothing that a campaign could have left.
        due = [i for i, one in enumerate(noted) if one.needs_look or one.suspected]
        for _ in range(MAX_ROUNDS):
            skeletons = skeletons_of([results[i].text for i in due])
            changed = []
            for i, skeleton in zip(due, skeletons, strict=True):
                if found := self._witness.spans(results[i].text, suspected[i], skeleton):
                    results[i], suspected[i] = take_more(results[i], found), ()
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
    notes, resolved = Notebook(notebook), settings.resolved(guard.manifest)
    campaigns = Hearing(read, lambda: guard, resolved).campaigns(notes)
    return TwoPass(guard, campaigns, resolved, notes)
