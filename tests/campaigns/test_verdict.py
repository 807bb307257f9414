from __future__ import annotations

from tests.campaigns.conftest import AD, BYLINE, article, span_of

from spamguard.campaigns.ledger import Ledger
from spamguard.campaigns.verdict import judge, sure_forms


def test_a_string_that_the_detector_is_sure_of_somewhere_is_a_campaign_and_a_byline_is_not(
    ledger: Ledger,
) -> None:
    campaign, byline = judge(ledger.clusters())
    assert (campaign.verdict, campaign.name, campaign.category) == ("campaign", AD, "goods")
    assert (byline.verdict, byline.name) == ("recurring", BYLINE)


def test_a_campaign_tells_counts_spread_places_and_contacts(ledger: Ledger) -> None:
    campaign = judge(ledger.clusters())[0]
    assert (campaign.n_spans, campaign.n_documents, campaign.n_unrelated, campaign.n_folders) == (6, 6, 6, 2)
    assert (campaign.first, campaign.last) == ("site-0/0.txt", "site-1/5.txt")
    assert [one.value for one in campaign.contacts] == ["015173318842"]


def test_too_few_documents_are_no_campaign(ledger: Ledger) -> None:
    assert judge(ledger.clusters(), min_documents=7) == []


def test_reprints_of_one_article_count_as_one_document() -> None:
    ledger = Ledger(threshold=0.65)
    for number in range(6):
        text = f"{article(0)}\n{AD}"
        ledger.add(f"{number}.txt", text, [span_of(text, AD, 0.9)])
    assert [one.n_unrelated for one in ledger.clusters()] == [1]
    assert judge(ledger.clusters()) == []


def test_a_string_that_stands_unsuspected_elsewhere_is_no_campaign(ledger: Ledger) -> None:
    strings = judge(ledger.clusters())[0].strings
    assert judge(ledger.clusters(), n_containing={strings[0]: 100})[0].verdict == "recurring"


def test_what_is_mostly_quoted_is_no_campaign() -> None:
    ledger = Ledger(threshold=0.65)
    for number in range(4):
        text = f"{article(number)} It read “{AD}” again."
        ledger.add(f"{number}.txt", text, [span_of(text, AD, 0.9)])
    assert [one.verdict for one in judge(ledger.clusters())] == ["recurring"]


def test_the_opening_that_sentences_with_a_quotation_share_is_no_campaign() -> None:
    ledger, opening = Ledger(threshold=0.65), "Police warn of messages with the words"
    for number in range(4):
        text = f"{article(number)} {opening} “{number}”."
        ledger.add(f"{number}.txt", text, [span_of(text, opening, 0.9)])
    assert [one.verdict for one in judge(ledger.clusters())] == ["recurring"]


def test_a_spelling_seen_once_is_not_looked_for() -> None:
    ledger = Ledger(threshold=0.5)
    for number in range(20):
        ad = f"{AD} {chr(0x4E00 + 97 * number) * 2}"
        text = f"{article(number % 6)}\n{ad}"
        ledger.add(f"{number}.txt", text, [span_of(text, ad, 0.9)])
    [cluster] = ledger.clusters()
    assert cluster.n_documents == 20
    assert sure_forms(cluster) == []
