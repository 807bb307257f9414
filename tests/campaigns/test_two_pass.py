from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.campaigns.conftest import AD, BYLINE, TOPICS, article

import spamguard
from spamguard.campaigns.first_pass import Hearing, Settings
from spamguard.campaigns.notebook import Note, Notebook
from spamguard.campaigns.two_pass import TwoPass, find_campaigns, two_pass
from spamguard.rounds import take_more
from spamguard.spans import Span

MENTION = f"Police warned readers of messages that say “{AD}” and ask for money."


def corpus() -> list[tuple[str, str]]:
    """Six articles with a byline; the ad on a line of its own in most, in mid-sentence or quoted in two."""
    texts = [f"{BYLINE}\n{article(number)}\n{AD}" for number in range(4)]
    texts.append(f"{BYLINE}\n{article(4)}".replace("stopped last", f"stopped {AD} last"))
    texts.append(f"{BYLINE}\n{article(5)}\n{MENTION}")
    return [(f"{number}.txt", text) for number, text in enumerate(texts)]


def test_the_corpus_takes_out_what_it_knows_and_leaves_bylines_and_mentions(guard: spamguard.Guard) -> None:
    second = two_pass(guard, corpus, ":memory:")
    results = list(second.clean_many(text for _, text in corpus()))
    for number in range(5):
        assert AD not in results[number].text
        assert results[number].text.startswith(BYLINE)
    assert results[4].text == f"{BYLINE}\n{article(4)}"
    assert results[5].text == corpus()[5][1]
    assert AD in {one.name for one in second.campaigns if one.verdict == "campaign"}


def test_every_result_is_undone_exactly(guard: spamguard.Guard) -> None:
    second = two_pass(guard, corpus, ":memory:")
    texts = [text for _, text in corpus()]
    assert [spamguard.restore(one) for one in second.clean_many(texts)] == texts


def test_cleaning_the_results_again_changes_nothing(guard: spamguard.Guard) -> None:
    second = two_pass(guard, corpus, ":memory:")
    once = [one.text for one in second.clean_many(text for _, text in corpus())]
    assert [one.text for one in second.clean_many(once)] == once


def test_without_campaigns_two_passes_are_one(guard: spamguard.Guard, polluted: str) -> None:
    texts = [polluted, *TOPICS]
    second = two_pass(guard, lambda: enumerate_names(texts), ":memory:")
    assert list(second.clean_many(texts)) == list(guard.clean_many(texts))


def enumerate_names(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Documents of texts."""
    return [(f"{number}.txt", text) for number, text in enumerate(texts)]


def test_a_text_that_the_first_pass_did_not_see_is_cleaned_too(guard: spamguard.Guard, polluted: str) -> None:
    second = two_pass(guard, corpus, ":memory:")
    [result] = second.clean_many([polluted])
    assert result == guard.clean(polluted)


def test_campaigns_are_found_without_cleaning(guard: spamguard.Guard) -> None:
    found = find_campaigns(guard, corpus)
    assert AD in {one.name for one in found if one.verdict == "campaign"}
    assert find_campaigns(guard, corpus, Settings(min_documents=7)) == []


def test_texts_without_a_mark_need_no_second_look(guard: spamguard.Guard) -> None:
    documents = [*corpus(), *enumerate_names(TOPICS)]
    texts = [text for _, text in documents]
    marked, every = Notebook(":memory:"), Notebook(":memory:")
    settings = Settings().resolved(guard.manifest)
    campaigns = [
        Hearing(lambda: documents, lambda: guard, settings).campaigns(notes) for notes in (marked, every)
    ]
    every.mark(texts)
    assert {note.needs_look for note in marked.read(texts) if note} == {True, False}
    results = [
        list(TwoPass(guard, campaigns[0], settings, notes).clean_many(texts)) for notes in (marked, every)
    ]
    assert results[0] == results[1]


def test_the_notebook_lasts(tmp_path: Path) -> None:
    span, rest = Span(0, 2, "ad", 0.9, "other"), Span(0, 4, "good", 0.1, "other")
    result = take_more(spamguard.CleanResult("ad good"), [span])
    notebook = Notebook(tmp_path / "notes")
    notebook.write("ad good", result, [rest])
    notebook.write("good", spamguard.CleanResult("good"), [])
    notebook.mark(["good", "other"])
    notebook.flush()
    notebook.close()
    again = Notebook(tmp_path / "notes")
    known = [Note(result, (rest,)), Note(spamguard.CleanResult("good"), needs_look=True)]
    assert again.read(["ad good", "good", "other"]) == [*known, None]
    again.close()


@given(st.text("ad \n", max_size=30), st.data())
def test_one_more_round_is_undone_exactly(text: str, data: st.DataObject) -> None:
    result = spamguard.CleanResult(text)
    for _ in range(2):
        length = len(result.text)
        if length < 2:
            break
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        result = take_more(result, [Span(start, end, result.text[start:end], 0.5, "other")])
    assert spamguard.restore(result) == text
