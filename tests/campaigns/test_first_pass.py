from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.first_pass import Settings, batches


@given(st.lists(st.integers(0, 300_000), max_size=200))
def test_batches_are_the_documents_in_order_and_none_is_large(sizes: list[int]) -> None:
    documents = [(f"{number}.txt", "a" * size) for number, size in enumerate(sizes)]
    grouped = list(batches(documents))
    assert [document for batch in grouped for document in batch] == documents
    for batch in grouped:
        assert 1 <= len(batch) <= 64
        assert sum(len(text) for _, text in batch[:-1]) < 500_000


def test_the_threshold_is_the_users_or_that_of_the_profile() -> None:
    manifest = {"thresholds": {"newsroom": 0.9, "corpus": 0.5}}
    assert Settings().resolved(manifest).sure == 0.9
    assert Settings(profile="corpus").resolved(manifest).sure == 0.5
    assert Settings(threshold=0.7, profile="corpus").resolved(manifest).sure == 0.7
