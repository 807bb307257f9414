from __future__ import annotations

from collections import Counter

import pytest

from spamguard.learning.corpora import Document
from spamguard.learning.documents import SNIPPET_SIZES, Ingredients, lone_ads, make
from spamguard.learning.grammar import Family
from spamguard.learning.held_out import HeldOut, digest
from spamguard.learning.negatives import Passage
from spamguard.spans import merge

PARAGRAPH = (
    "The city council voted on Tuesday to extend the timetable of the ferry. People want it, she said."
)
ENGLISH = [f"Headline {n}\n" + "\n".join([f"{n}. {PARAGRAPH}"] * 12) for n in range(20)]
GERMAN = [f"Der Stadtrat beschloss am {n}. Mai, den Fahrplan der Fähre zu verlängern." for n in range(1, 20)]
HELD_OUT = HeldOut([digest("secret pills")])


@pytest.fixture(scope="module")
def parts() -> Ingredients:
    """Few ingredients of every kind, one string of them held out."""
    return Ingredients(
        hosts=[
            *(Document(text, "en", "en_news", "") for text in ENGLISH),
            *(Document(text, "de", "de_news", "") for text in GERMAN),
        ],
        ham=[Document(f"ok see you at {n}", "en", "sms", "ham") for n in range(1, 9)],
        families=[
            Family("en-pills", "pharma", "en", {"what": ["secret", "open"]}, ["{what} pills"], []),
            Family("zh-forum", "adult", "zh", {}, ["爱上海论坛{n}"], []),
        ],
        real_spam={"en": ["win a free prize now"]},
        passages=[
            Passage("mention", "en", "Police closed {spam} in {city}.", {"city": ["Bergen"]}),
            Passage("numbers", "de", "Ergebnis: {n} zu {n}", {}),
        ],
        held_out=HELD_OUT,
        language_weight={"host:de": 0.5},
    )


def test_polluted_documents_have_spans_inside_and_clean_ones_none(parts: Ingredients) -> None:
    documents = make(parts, 300, polluted_share=0.5, seed=1)
    for document in documents:
        spans = list(document.spans)
        assert spans == merge(spans)
        assert all(0 <= start < end <= len(document.text) for start, end in spans)
        assert bool(spans) == (document.pattern != "clean")
        assert document.text


def test_a_document_says_what_it_is_made_of(parts: Ingredients) -> None:
    documents = make(parts, 300, polluted_share=1.0, seed=2)
    assert {document.lang for document in documents} == {"en", "de"}
    families = {(document.family, document.category) for document in documents}
    assert families == {("en-pills", "pharma"), ("zh-forum", "adult"), ("real-en", "")}
    assert len({document.pattern for document in documents}) > 8


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_wanted_share_is_polluted(parts: Ingredients, share: float) -> None:
    documents = make(parts, 300, polluted_share=share, seed=3)
    assert abs(sum(bool(document.spans) for document in documents) / 300 - share) < 0.1


def test_the_same_seed_makes_the_same_documents(parts: Ingredients) -> None:
    assert make(parts, 40, polluted_share=0.5, seed=4) == make(parts, 40, polluted_share=0.5, seed=4)
    assert make(parts, 40, polluted_share=0.5, seed=4) != make(parts, 40, polluted_share=0.5, seed=5)


def test_held_out_strings_are_neither_injected_nor_mentioned(parts: Ingredients) -> None:
    documents = make(parts, 300, polluted_share=0.5, seed=6)
    assert not [document for document in documents if "secret pills" in document.text.casefold()]
    assert [document for document in documents if "open pills" in document.text]


def test_lone_ads_are_nothing_but_spam_of_the_category_that_they_name(parts: Ingredients) -> None:
    ads = lone_ads(parts, 200, seed=3)
    assert len(ads) == 200
    assert ads == lone_ads(parts, 200, seed=3)
    assert all(ad.text and ad.spans == ((0, len(ad.text)),) for ad in ads)
    known = {family.name: (family.lang, family.category) for family in parts.families}
    assert {(ad.family, (ad.lang, ad.category)) for ad in ads} == set(known.items())


def test_snippets_are_shorter_than_articles(parts: Ingredients) -> None:
    articles = [len(one.text) for one in make(parts, 200, polluted_share=0.0, seed=7)]
    snippets = [len(one.text) for one in make(parts, 200, polluted_share=0.0, seed=7, sizes=SNIPPET_SIZES)]
    assert sorted(snippets)[100] < sorted(articles)[100]


def test_rare_languages_come_up_as_often_as_they_are_weighed(parts: Ingredients) -> None:
    documents = make(parts, 400, polluted_share=1.0, seed=8)
    counts = Counter(document.lang for document in documents)
    assert 0.2 < counts["de"] / counts["en"] < 0.8


def test_passages_that_mention_spam_can_be_left_out(parts: Ingredients) -> None:
    documents = make(parts.without_mentions(), 200, polluted_share=0.0, seed=10)
    text = "\n".join(document.text for document in documents)
    assert "Police closed" not in text
    assert "Ergebnis: " in text
