from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from spamguard.errors import SourceError
from spamguard.learning.config import Config, read_config
from spamguard.learning.corpora import Role, Source, read_sources
from spamguard.learning.ingredients import gather

HELD_OUT_LINE = "On day 105 the council of ward 3 voted"


@pytest.fixture(scope="module")
def config(tiny: Path) -> Config:
    """The tiny recipe's knobs."""
    return read_config(tiny / "config.toml")


def corpus(folder: Path, role: Role, lang: str, *rows: tuple[str, str]) -> Source:
    """A corpus of texts with labels."""
    path = folder / f"{role}_{lang}.jsonl"
    path.write_text("\n".join(json.dumps({"text": text, "label": label}) for text, label in rows), "utf-8")
    return Source(
        path.stem, "someone", "CC0", lang, role, path, hashlib.sha256(path.read_bytes()).hexdigest()
    )


def test_everything_that_a_folder_and_its_sources_hold_is_gathered(tiny: Path, config: Config) -> None:
    found = gather(tiny, read_sources(tiny / "sources.toml"), config)
    assert len(found.hosts) == 179
    assert {host.lang for host in found.hosts} == {"en", "zh"}
    assert len(found.ham) == 40
    assert [family.name for family in found.families] == ["en-pills", "zh-forum"]
    assert [passage.kind for passage in found.passages] == ["mention", "numbers"]
    assert {lang: len(texts) for lang, texts in found.real_spam.items()} == {"en": 40}
    assert found.language_weight == {"host:zh": 0.5}


def test_articles_with_a_held_out_line_are_left_out_and_test_sources_too(tiny: Path, config: Config) -> None:
    found = gather(tiny, read_sources(tiny / "sources.toml"), config)
    texts = [one.text for one in (*found.hosts, *found.ham)]
    assert not [text for text in texts if HELD_OUT_LINE in text or "tram" in text]
    assert [text for text in texts if "On day 106 the council of ward 3 voted" in text]


def test_held_out_strings_are_refused(tiny: Path, config: Config, tmp_path: Path) -> None:
    source = corpus(tmp_path, "spam", "en", ("SECRET pills, secret pills", "spam"), ("open pills", "spam"))
    found = gather(tiny, [source], config)
    assert found.real_spam == {"en": ["open pills"]}
    assert not found.held_out.allows("secret pills secret pills")


@pytest.mark.parametrize(
    ("text", "label", "lang", "kept"),
    [
        ("win a prize", "spam", "en", True),
        ("win\n a \tprize ", "spam", "en", True),
        ("win a", "spam", "en", False),
        ("x" * 220, "spam", "en", True),
        ("x" * 221, "spam", "en", False),
        ("win a prize", "spam_nolink", "en", False),
        ("k" * 60, "seo_page_title", "zh", True),
        ("k" * 61, "seo_page_title", "zh", False),
        ("main di PULAU777", "spam", "id", True),
        ("main di 𝐏𝐔𝐋𝐀𝐔", "spam", "id", True),
        ("lucu sekali ya", "spam", "id", False),
    ],
)
def test_only_lines_that_are_spam_by_themselves_are_kept(
    tiny: Path, config: Config, tmp_path: Path, text: str, label: str, lang: str, kept: bool
) -> None:
    found = gather(tiny, [corpus(tmp_path, "spam", lang, (text, label))], config)
    assert found.real_spam == ({lang: [" ".join(text.split())]} if kept else {})


def test_clean_corpora_are_clean_texts_and_no_hosts(tiny: Path, config: Config, tmp_path: Path) -> None:
    found = gather(tiny, [corpus(tmp_path, "clean", "en", ("A quiet line.", ""))], config)
    assert [text.text for text in found.ham] == ["A quiet line."]
    assert found.hosts == []


def test_a_changed_corpus_is_refused_by_name(tiny: Path, config: Config, tmp_path: Path) -> None:
    source = corpus(tmp_path, "host", "en", ("A line.", ""))
    source.path.write_text('{"text": "Another."}', "utf-8")
    with pytest.raises(SourceError, match="source host_en is not the file"):
        gather(tiny, [source], config)
