"""Campaigns as files: a table, JSON lines, and contacts for block lists."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from spamguard.campaigns.campaign import Campaign

CONTACT_COLUMNS = ("kind", "contact", "category", "documents", "campaign", "first", "last")
TABLE_COLUMNS = (
    "verdict", "documents", "spans", "unrelated", "folders", "category", "found share", "sample", "contacts",
    "first", "last",
)  # fmt: skip
# A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, on one line.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("cheap pills")
    ("'=1+1", 'cheap pills')
    """
    line = " ".join(text.split()).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "")
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line


def contacts_csv(campaigns: Iterable[Campaign]) -> str:
    """Return the contacts of campaigns as CSV, one line each, the most seen first.

    Parameters
    ----------
    campaigns
        What recurs; contacts of strings that are no campaign's are left out.

    Returns
    -------
    str
        Columns as in :data:`CONTACT_COLUMNS`, lines ended by CR LF.
    """
    rows = [
        (
            one.kind,
            one.value,
            campaign.category,
            str(campaign.n_documents),
            campaign.name,
            campaign.first,
            campaign.last,
        )
        for campaign in campaigns
        if campaign.verdict == "campaign"
        for one in campaign.contacts
    ]
    return _csv(CONTACT_COLUMNS, sorted(rows, key=lambda row: (-int(row[3]), row)))


def table_csv(campaigns: Sequence[Campaign]) -> str:
    """Return campaigns as CSV with the columns of :data:`TABLE_COLUMNS`, lines ended by CR LF."""
    return _csv(TABLE_COLUMNS, [table_row(one) for one in campaigns])


def table_row(one: Campaign) -> tuple[str, ...]:
    """Return a campaign's cells, in the order of :data:`TABLE_COLUMNS`."""
    reach = " ".join(f"{contact.kind}:{contact.value}" for contact in one.contacts)
    numbers = (one.n_documents, one.n_spans, one.n_unrelated, one.n_folders)
    found = f"{one.found_share:.2f}"
    return (one.verdict, *map(str, numbers), one.category, found, one.name, reach, one.first, one.last)


def json_lines(campaigns: Iterable[Campaign]) -> Iterator[str]:
    """Yield one line of ASCII JSON for each campaign, with all that is known of it."""
    for one in campaigns:
        yield json.dumps(one.to_dict()) + "\n"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV, every cell safe."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return sink.getvalue()
