from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from spamguard.errors import SourceError
from spamguard.learning.corpora import Document, Source, check, documents, load_source, read_sources

ENTRY = {
    "name": "demo_news",
    "path": "demo.jsonl",
    "origin": "someone/demo-corpus",
    "licence": "CC0",
    "role": "host",
    "lang": "en",
    "sha256": "0" * 64,
}


def listing(folder: Path, *entries: dict[str, str]) -> Path:
    """A list of corpora."""
    lines = ['root = "data"']
    for entry in entries:
        lines += ["[[source]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items())]
    path = folder / "sources.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def corpus(folder: Path, name: str, content: str, role: str = "host") -> Source:
    """A corpus with the right digest."""
    path = folder / f"{name}.jsonl"
    path.write_text(content, "utf-8")
    entry = ENTRY | {"name": name, "path": path.name, "role": role}
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    [source] = read_sources(listing(folder, entry), folder)
    return source


def test_the_shipped_list_names_every_corpus_in_full(training: Path) -> None:
    sources = read_sources(training / "sources.toml")
    assert len({source.name for source in sources}) == len(sources) > 10
    assert {source.role for source in sources} <= {"host", "clean", "ham", "spam", "test"}
    for source in sources:
        assert source.origin
        assert source.licence
        assert len(source.sha256) == 64
        assert int(source.sha256, 16)
        assert not Path(str(source.path.name)).is_absolute()


def test_a_file_may_be_split_between_sources_by_label(tmp_path: Path) -> None:
    rows = [{"text": f"{label} {n}", "label": label} for n in range(2) for label in ("wiki", "news", "")]
    whole = corpus(tmp_path, "demo", "\n".join(map(json.dumps, rows)))
    found = {
        label: [one.text for one in documents([replace(whole, label=label)], "host")]
        for label in ("wiki", "news", "sport", "")
    }
    assert found["wiki"] == ["wiki 0", "wiki 1"]
    assert found["news"] == ["news 0", "news 1"]
    assert found["sport"] == []
    assert len(found[""]) == 6


def test_paths_are_relative_to_the_listed_root_or_to_another(tmp_path: Path) -> None:
    path = listing(tmp_path, ENTRY)
    assert read_sources(path)[0].path == tmp_path / "data" / "demo.jsonl"
    assert read_sources(path, tmp_path / "else")[0].path == tmp_path / "else" / "demo.jsonl"


@pytest.mark.parametrize("key", sorted(ENTRY))
def test_an_entry_without_a_key_is_refused_by_number_and_key(tmp_path: Path, key: str) -> None:
    entry = {name: value for name, value in ENTRY.items() if name != key}
    with pytest.raises(SourceError, match=f"source 2: missing or unknown keys: {key}$"):
        read_sources(listing(tmp_path, ENTRY, entry))


def test_an_entry_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source 1: missing or unknown keys: colour$"):
        read_sources(listing(tmp_path, ENTRY | {"colour": "red"}))


def test_an_entry_with_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source 1: role must be one of host, .*, got 'hosts'"):
        read_sources(listing(tmp_path, ENTRY | {"role": "hosts"}))


def test_a_missing_corpus_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    [source] = read_sources(listing(tmp_path, ENTRY))
    with pytest.raises(SourceError) as caught:
        check(source)
    message = str(caught.value)
    assert "demo_news is missing" in message
    assert str(tmp_path / "data" / "demo.jsonl") in message
    assert "get it from someone/demo-corpus" in message
    assert "--data" in message


def test_another_file_than_the_recipe_s_is_named_with_both_digests(tmp_path: Path) -> None:
    [source] = read_sources(listing(tmp_path, ENTRY), tmp_path)
    source.path.write_text('{"text": "x"}', "utf-8")
    with pytest.raises(SourceError) as caught:
        load_source(source)
    message = str(caught.value)
    assert "demo_news is not the file" in message
    assert hashlib.sha256(b'{"text": "x"}').hexdigest()[:12] in message
    assert "000000000000" in message
    assert "restore it from someone/demo-corpus" in message


def test_documents_come_with_language_source_and_label(tmp_path: Path) -> None:
    rows = '{"text": "one"}\n{"text": "two", "lang": "fr", "label": "spam"}\n\n{"text": "three\nlines\there"}'
    source = corpus(tmp_path, "demo", rows)
    assert documents([source], "host") == [
        Document("one", "en", "demo", ""),
        Document("two", "fr", "demo", "spam"),
        Document("three\nlines\there", "en", "demo", ""),
    ]


def test_only_corpora_of_the_wanted_roles_are_read(tmp_path: Path) -> None:
    host = corpus(tmp_path, "host", '{"text": "h"}')
    ham = corpus(tmp_path, "ham", '{"text": "m"}', "ham")
    [missing] = read_sources(listing(tmp_path, ENTRY | {"role": "test"}))
    found = documents([host, ham, missing], "ham", "host")
    assert [document.text for document in found] == ["h", "m"]
