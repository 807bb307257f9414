from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.errors import ArtefactError
from spamguard.registry.index import INDEX_NAME, MAX_PREVIOUS, Entry, Index, is_id, read_index, write_index

ENTRY = Entry("a" * 64, "2026-11-22T18:00:00+00:00")
FULL = Index({"one": ENTRY, "two": Entry("b" * 64, ENTRY.added_at)}, "two", ("one",))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_index(tmp_path, FULL)
    assert read_index(tmp_path) == FULL


def test_without_a_file_the_index_is_empty(tmp_path: Path) -> None:
    assert read_index(tmp_path) == Index()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "something else"},
        {"format": 2},
        {"current": "three"},
        {"previous": ["three"]},
        {"previous": [None]},
        {"previous": 3},
        {"models": {"../one": {"folder": "a" * 64, "added_at": ""}}},
        {"models": {"one": {"folder": "../../etc", "added_at": ""}}},
        {"models": {"one": {"folder": "a" * 64}}},
        {"models": [1]},
    ],
    ids=str,
)
def test_an_index_that_cannot_be_is_refused_by_name(tmp_path: Path, change: dict[str, object]) -> None:
    write_index(tmp_path, FULL)
    path = tmp_path / INDEX_NAME
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **change}))
    with pytest.raises(ArtefactError, match=INDEX_NAME):
        read_index(tmp_path)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("registry")
    (root / INDEX_NAME).write_bytes(content)
    with pytest.raises(ArtefactError):
        read_index(root)


@given(st.lists(st.sampled_from("abc"), max_size=6))
def test_rolling_back_each_promotion_leads_back_to_the_first(names: list[str]) -> None:
    index = Index({name: ENTRY for name in "abc"}, "a")
    for name in names:
        index = index.promoted(name)
    for name in reversed(["a", *names][:-1]):
        index = index.rolled_back()
        assert index.current == name
    assert index.previous == ()


def test_steps_back_are_bounded() -> None:
    index = Index({"a": ENTRY}, "a")
    for _ in range(MAX_PREVIOUS + 5):
        index = index.promoted("a")
    assert len(index.previous) == MAX_PREVIOUS


def test_a_removed_model_is_no_step_back_any_more() -> None:
    assert FULL.without("one") == Index({"two": FULL.models["two"]}, "two", ())


@pytest.mark.parametrize("text", ["", "-x", ".hidden", "a/b", "a\\b", "a b", "a\n", "ü", "a" * 121])
def test_ids_that_could_be_paths_or_options_are_none(text: str) -> None:
    assert not is_id(text)
