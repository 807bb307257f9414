"""A campaign as the table shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from spamguard.campaigns.contacts import Contact

Verdict = Literal["campaign", "recurring"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A string that recurs over a corpus, with its near-duplicates.

    Parameters
    ----------
    verdict
        ``campaign``, or ``recurring`` for what recurs without being spam by all evidence.
    category
        The category that most of its sightings have.
    n_spans, n_documents, n_unrelated
        How often it was seen, in how many documents, and in how many that are unrelated to each other.
    n_folders, n_scripts
        Its spread: folders (at most 64 are told apart), and scripts of the documents.
    found_share
        Share of sightings that the detector took for spam on its own, 0 to 1.
    suspected_share
        Share of the documents with the string in which it was seen at all, 0 to 1; 1 if not counted.
    mean_score
        Mean score of its sightings, 0 to 1.
    first, last
        Names of the first and the last document, in the order of reading.
    samples
        Its commonest spellings, as they stand in documents.
    contacts
        What its spellings carry.
    strings
        Skeletons of the spellings that are sure enough to be looked for.

    Examples
    --------
    >>> Campaign("campaign", "pharma", 4, 4, 4, samples=("cheap pills",)).name
    'cheap pills'
    """

    verdict: Verdict
    category: str
    n_spans: int
    n_documents: int
    n_unrelated: int
    n_folders: int = 1
    n_scripts: int = 1
    found_share: float = 1.0
    suspected_share: float = 1.0
    mean_score: float = 1.0
    first: str = ""
    last: str = ""
    samples: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    strings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its commonest spelling."""
        return self.samples[0] if self.samples else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the campaign as plain dictionaries, lists, strings and numbers."""
        return asdict(self)
