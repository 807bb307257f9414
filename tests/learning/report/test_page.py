from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Outcome
from spamguard.learning.report.page import Runs, render, write_report
from spamguard.result import CleanResult
from spamguard.seams import Edit, edits_for, remove
from spamguard.spans import Interval, Span

VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Collects texts, and fails where a tag closes that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def outcome(name: str, text: str, gold: list[Interval], found: list[Interval]) -> Outcome:
    """A case with what was found in it."""
    edits = edits_for(text, found)
    spans = tuple(Span(start, end, text[start:end], 0.9, "gambling") for start, end in found)
    groups = {"family": name, "pattern": "prefix", "lang": "en", "category": "gambling" if gold else None}
    clean = remove(text, edits_for(text, gold))
    case = Case(name, text, clean, tuple(gold), groups)
    return case, CleanResult(
        remove(text, edits), spans, tuple(Edit(start, end, text[start:end]) for start, end in edits)
    )


@pytest.fixture
def runs() -> Runs:
    """One ad found, one missed, one clean document that lost a word."""
    outcomes = [
        outcome("<b>slots</b>", "play slots Trains run.", [(0, 10)], [(0, 10)]),
        outcome("missed one", "<script>alert(1)</script> Trains run.", [(0, 25)], []),
        outcome("cut one", "Trains run to Ludhiana & back.", [], [(14, 22)]),
    ]
    return Runs(outcomes, outcomes, {"newsroom": outcomes, "corpus": outcomes})


def parsed(page: str) -> Balance:
    """The page, read."""
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert not balance.open
    return balance


def test_the_page_is_whole_and_needs_no_other_file(runs: Runs) -> None:
    page = parsed(render(runs, title="t"))
    assert not page.addresses
    assert "url(" not in render(runs, title="t")


def test_markup_in_cases_is_shown_not_obeyed(runs: Runs) -> None:
    page = render(runs, title="<i>title</i>")
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<script>alert(1)</script>" in "".join(parsed(page).texts)


def test_every_section_is_there(runs: Runs) -> None:
    headings = re.findall("<h2>(.*?)</h2>", render(runs, title="t"))
    assert headings == [
        "Operating points",
        "Curves",
        "Restored, by group",
        "Clean documents altered",
        "Categories",
        "The commonest errors by kind",
        "The worst errors in their context",
    ]


def test_lost_text_stands_before_missed_spam(runs: Runs) -> None:
    heads = re.findall("<small>(.*?)</small>", render(runs, title="t"))
    assert [head.partition(" ")[0] for head in heads] == ["lost", "missed"]


def test_both_profiles_have_a_row_and_a_mark(runs: Runs) -> None:
    texts = parsed(render(runs, title="t")).texts
    for profile in runs.profiles:
        assert profile in texts
        assert any(text.startswith(f"{profile} (") for text in texts)


def test_the_style_sheet_follows_the_reader_into_the_dark(runs: Runs) -> None:
    assert "prefers-color-scheme:dark" in render(runs, title="t")


def test_cases_without_spam_make_a_page_too(tmp_path: Path) -> None:
    clean = [outcome("a", "Trains run.", [], [])]
    page = write_report(tmp_path / "new" / "folder", Runs(clean, clean, {"newsroom": clean}), title="t")
    parsed(page.read_text("utf-8"))


def test_lone_surrogates_are_no_obstacle(tmp_path: Path) -> None:
    odd = [outcome("a", "Trains \ud800 run \x00 far.", [(0, 6)], [])]
    parsed(write_report(tmp_path, Runs(odd, odd, {}), title="t").read_text("utf-8"))
