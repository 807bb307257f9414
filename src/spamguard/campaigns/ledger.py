"""Counts suspicious strings over a corpus of any size in bounded memory.

Strings that are seldom are forgotten by lossy counting (Manku and Motwani, VLDB 2002): after n sightings no
count is short by more than n / `width`, and about `width` * (1 + ln(n / `width`)) strings are held at most.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spamguard.campaigns.sightings import Sighting, company, sightings
from spamguard.campaigns.sketch import Signature, are_related, bands, similarity, string_signature
from spamguard.spans import Span

WIDTH = 5_000
# Strings that have this share of shingles in common are one campaign's.
MIN_SIMILARITY = 0.5
# What a cluster remembers of its sightings; beyond this it only counts.
_MAX_FORMS, _MAX_COMPANY, _MAX_FOLDERS = 12, 16, 64
_MAX_FORM_CHARS = 300


@dataclass(slots=True)
class Form:
    """One spelling of a string: how it looks, and how often it came, at most; some may be another's."""

    text: str
    n_seen: int = 0
    n_inherited: int = 0


@dataclass(slots=True)
class Cluster:
    """All sightings of one string and its near-duplicates, summed up.

    Parameters
    ----------
    signature
        Fingerprint of the first string.
    forgotten
        By how much the counts may be short.

    Examples
    --------
    >>> Cluster(string_signature("cheappills")).n_documents
    0
    """

    signature: Signature
    forgotten: int = 0
    n_spans: int = 0
    n_documents: int = 0
    n_unrelated: int = 0
    n_found: int = 0
    n_own_line: int = 0
    n_quoted: int = 0
    n_foreign: int = 0
    score_sum: float = 0.0
    best_score: float = 0.0
    first: str = ""
    last: str = ""
    forms: dict[str, Form] = field(default_factory=dict)
    categories: Counter[str] = field(default_factory=Counter)
    scripts: set[int] = field(default_factory=set)
    folders: set[int] = field(default_factory=set)
    company: list[frozenset[int]] = field(default_factory=list)

    def add(self, seen: Sighting, *, threshold: float) -> None:
        """Count one sighting."""
        self.n_spans += 1
        self.n_found += seen.score >= threshold
        self.n_own_line += seen.own_line
        self.n_quoted += seen.quoted
        self.n_foreign += seen.foreign
        self.score_sum += seen.score
        self.best_score = max(self.best_score, seen.score)
        self.categories[seen.category] += 1
        self.scripts.add(seen.script)
        if len(self.folders) < _MAX_FOLDERS:
            self.folders.add(
                int.from_bytes(
                    hashlib.blake2b(seen.folder.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                )
            )
        self._add_form(seen)

    def _add_form(self, seen: Sighting) -> None:
        """Count a spelling; the rarest makes room for a new one."""
        if seen.letters not in self.forms and len(self.forms) >= _MAX_FORMS:
            rarest = min(self.forms, key=lambda letters: self.forms[letters].n_seen)
            # The new one takes over the count (space-saving, Metwally et al. 2005): what comes often stays.
            n_seen = self.forms.pop(rarest).n_seen
            self.forms[seen.letters] = Form(seen.text[:_MAX_FORM_CHARS], n_seen, n_seen)
        form = self.forms.setdefault(seen.letters, Form(seen.text[:_MAX_FORM_CHARS]))
        form.n_seen += 1

    def add_document(self, name: str, fingerprint: frozenset[int]) -> None:
        """Count a document that the string was seen in."""
        self.first = self.first or name
        self.last = name
        self.n_documents += 1
        if len(self.company) >= _MAX_COMPANY:
            self.n_unrelated += 1
        elif not are_related(fingerprint, self.company):
            self.company.append(fingerprint)
            self.n_unrelated += 1


class Ledger:
    """The clusters of a corpus.

    Parameters
    ----------
    threshold
        Score from which a span counts as found without the corpus's help, 0 to 1.
    width
        How many strings are remembered at least; see the module.

    Examples
    --------
    >>> ledger = Ledger(threshold=0.65)
    >>> ledger.add("a.txt", "CHEAP PILLS It rained.", [Span(0, 11, "CHEAP PILLS", 0.4, "pharma")])
    >>> [cluster.n_documents for cluster in ledger.clusters()]
    [1]
    """

    def __init__(self, *, threshold: float, width: int = WIDTH) -> None:
        self._threshold = threshold
        self._width = width
        self._n_seen = 0
        self._clusters: dict[int, Cluster] = {}
        self._shelves: dict[tuple[int, Signature], list[int]] = {}
        self._next = 0

    def add(self, name: str, text: str, spans: Sequence[Span]) -> None:
        """Count a document's suspicious spans.

        Parameters
        ----------
        name
            The document's name; its folder counts as its site.
        text
            Its raw text.
        spans
            Suspicious spans, ascending and disjoint, offsets into the text.
        """
        seen = sightings(name, text, spans)
        if not seen:
            return
        fingerprint = company(text, spans)
        self.add_sightings(seen, fingerprint)

    def add_sightings(self, seen: Sequence[Sighting], fingerprint: frozenset[int]) -> None:
        """Count the sightings of one document, whose company has the fingerprint."""
        met: dict[int, Cluster] = {}
        for sighting in seen:
            number, cluster = self._cluster_of(sighting)
            cluster.add(sighting, threshold=self._threshold)
            met[number] = cluster
        for cluster in met.values():
            cluster.add_document(seen[0].name, fingerprint)
        self._forget(len(seen))

    def clusters(self) -> Iterator[Cluster]:
        """Yield all clusters that are held."""
        return iter(self._clusters.values())

    def __len__(self) -> int:
        """Return the number of clusters that are held."""
        return len(self._clusters)

    def _cluster_of(self, seen: Sighting) -> tuple[int, Cluster]:
        """Return the most similar cluster, or a new one."""
        signature = string_signature(seen.letters)
        near = {number for band in bands(signature) for number in self._shelves.get(band, ())}
        best = max(
            near,
            key=lambda number: (similarity(self._clusters[number].signature, signature), -number),
            default=None,
        )
        if best is not None and similarity(self._clusters[best].signature, signature) >= MIN_SIMILARITY:
            return best, self._clusters[best]
        number = self._next
        self._next += 1
        self._clusters[number] = Cluster(signature, forgotten=self._n_seen // self._width)
        for band in bands(signature):
            self._shelves.setdefault(band, []).append(number)
        return number, self._clusters[number]

    def _forget(self, n_new: int) -> None:
        """Drop, once a bucket is full, the strings that came less often than once a bucket."""
        before = self._n_seen // self._width
        self._n_seen += n_new
        bucket = self._n_seen // self._width
        if bucket == before:
            return
        for number in [
            number for number, one in self._clusters.items() if one.n_spans + one.forgotten <= bucket
        ]:
            for band in bands(self._clusters.pop(number).signature):
                shelf = self._shelves[band]
                shelf.remove(number)
                if not shelf:
                    del self._shelves[band]
