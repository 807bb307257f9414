from __future__ import annotations

import csv
import json

from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.contacts import Contact
from spamguard.campaigns.tables import CONTACT_COLUMNS, contacts_csv, json_lines, safe_cell, table_csv

CAMPAIGN = Campaign(
    "campaign", "goods", 5, 4, 4, samples=("=cmd|' /C calc'!A0",), contacts=(Contact("qq", "803351947"),)
)


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_no_cell_is_a_formula_or_breaks_its_line(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(cell.splitlines()) <= 1
    cell.encode()


def test_contacts_come_with_their_campaign() -> None:
    header, row = csv.reader(contacts_csv([CAMPAIGN]).splitlines())
    assert tuple(header) == CONTACT_COLUMNS
    assert row == ["qq", "803351947", "goods", "4", "'=cmd|' /C calc'!A0", "", ""]


def test_contacts_of_good_lines_are_not_listed() -> None:
    recurring = Campaign("recurring", "goods", 5, 4, 4, contacts=(Contact("phone", "441632960417"),))
    assert len(contacts_csv([recurring]).splitlines()) == 1
    assert len(table_csv([recurring]).splitlines()) == 2


def test_json_lines_hold_all() -> None:
    [line] = json_lines([CAMPAIGN])
    assert json.loads(line)["contacts"] == [{"kind": "qq", "value": "803351947"}]
