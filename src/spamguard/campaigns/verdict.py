"""Which recurring strings are campaigns: the detector's suspicion and the corpus's witness together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.contacts import contacts
from spamguard.campaigns.ledger import Cluster, Form
from spamguard.campaigns.occurrences import HEAD_LETTERS

# Chosen on the campaigns of benchmarks/campaigns that are marked "tune" (docs/campaigns.md).
# Unrelated documents that a string must stand in before the corpus is heard at all.
MIN_DOCUMENTS = 3
# Share of its sightings that must be spam by the detector's own lights: a campaign shows itself somewhere, on
# a line of its own or in a foreign host; a byline shows nowhere.
MIN_FOUND_SHARE = 0.2
# Share of the documents with the string in which it must be suspected: good names are suspected now and then
# and stand unsuspected everywhere else.
MIN_SUSPECTED_SHARE = 0.3
# What is mostly quoted is spoken of.
MAX_QUOTED_SHARE = 0.5
# A spelling seen once may have a wrong end.
MIN_FORM_SEEN = 2
_MAX_SAMPLES = 3


def sure_forms(cluster: Cluster) -> list[str]:
    """Return the skeletons of a cluster's spellings that were seen more than once, commonest first."""
    return [
        letters
        for letters, form in _by_count(cluster)
        if form.n_seen - form.n_inherited >= MIN_FORM_SEEN and len(letters) >= HEAD_LETTERS
    ]


def judge(
    clusters: Iterable[Cluster],
    *,
    n_containing: Mapping[str, int] | None = None,
    min_documents: int = MIN_DOCUMENTS,
) -> list[Campaign]:
    """Return the recurring strings, campaigns first, the most frequent first.

    Parameters
    ----------
    clusters
        From :meth:`spamguard.campaigns.ledger.Ledger.clusters`.
    n_containing
        By skeleton of a sure form: in how many documents it stands, suspected or not. Without it no string
        is spared for standing unsuspected elsewhere.
    min_documents
        Unrelated documents that a string must stand in.
    """
    found = [
        _campaign(cluster, n_containing or {}) for cluster in clusters if cluster.n_unrelated >= min_documents
    ]
    return sorted(found, key=lambda one: (one.verdict, -one.n_documents, one.name))


def _campaign(cluster: Cluster, n_containing: Mapping[str, int]) -> Campaign:
    """Sum a cluster up."""
    forms = _by_count(cluster)
    strings = sure_forms(cluster)
    holding = max((n_containing.get(letters, 0) for letters in strings), default=0)
    suspected_share = min(1.0, cluster.n_documents / holding) if holding else 1.0
    found_share = cluster.n_found / cluster.n_spans
    is_campaign = (
        found_share >= MIN_FOUND_SHARE
        and suspected_share >= MIN_SUSPECTED_SHARE
        and cluster.n_quoted <= MAX_QUOTED_SHARE * cluster.n_spans
    )
    return Campaign(
        verdict="campaign" if is_campaign else "recurring",
        category=cluster.categories.most_common(1)[0][0],
        n_spans=cluster.n_spans,
        n_documents=cluster.n_documents,
        n_unrelated=cluster.n_unrelated,
        n_folders=len(cluster.folders),
        n_scripts=len(cluster.scripts),
        found_share=round(found_share, 4),
        suspected_share=round(suspected_share, 4),
        mean_score=round(cluster.score_sum / cluster.n_spans, 4),
        first=cluster.first,
        last=cluster.last,
        samples=tuple(form.text for _, form in forms[:_MAX_SAMPLES]),
        contacts=tuple(sorted({one for _, form in forms for one in contacts(form.text)})),
        strings=tuple(strings),
    )


def _by_count(cluster: Cluster) -> list[tuple[str, Form]]:
    """Return a cluster's spellings, commonest first, the shorter one first among equals."""
    return sorted(cluster.forms.items(), key=lambda item: (-item[1].n_seen, len(item[0]), item[0]))
