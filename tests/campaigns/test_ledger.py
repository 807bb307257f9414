from __future__ import annotations

from tests.campaigns.conftest import AD, article, span_of

from spamguard.campaigns.ledger import Ledger


def test_near_duplicates_are_one_cluster_and_others_are_not() -> None:
    ledger = Ledger(threshold=0.5)
    for number, ad in enumerate(
        (AD, AD.replace("73318842", "99120045"), f"【{AD}】", "teacup puppies for you")
    ):
        text = f"{article(number)}\n{ad}"
        ledger.add(f"{number}.txt", text, [span_of(text, ad, 0.9)])
    assert sorted(one.n_documents for one in ledger.clusters()) == [1, 3]


def test_a_string_counts_once_a_document_however_often_it_stands_there() -> None:
    ledger = Ledger(threshold=0.5)
    text = f"{AD}\n{article(0)}\n"
    twice = text + AD
    first = span_of(twice, AD, 0.9)
    second = span_of(twice[len(text) :], AD, 0.9)
    moved = type(second)(len(text), len(twice), second.text, second.score, second.category)
    ledger.add("a.txt", twice, [first, moved])
    assert [(one.n_spans, one.n_documents) for one in ledger.clusters()] == [(2, 1)]


def test_memory_is_bounded_and_what_is_frequent_is_not_forgotten() -> None:
    width, n_documents = 50, 1_500
    ledger = Ledger(threshold=0.5, width=width)
    for number in range(n_documents):
        rare = f"offer {number * 7919:x} {number * 104729:x} {number * 1299709:x}"
        text = f"Good news. {rare}" + (f"\n{AD}" if number % 10 == 0 else "")
        spans = [span_of(text, rare, 0.6)]
        spans += [span_of(text, AD, 0.9)] if number % 10 == 0 else []
        ledger.add(f"{number}.txt", text, spans)
    assert len(ledger) < 6 * width
    assert max(one.n_documents for one in ledger.clusters()) == n_documents // 10


def test_strings_of_a_few_letters_are_no_evidence() -> None:
    ledger = Ledger(threshold=0.5)
    ledger.add("a.txt", "419 It rained.", [span_of("419 It rained.", "419", 0.9)])
    assert len(ledger) == 0
