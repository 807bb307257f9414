"""A cleaner whose outcome can be foretold, so that batch tests speak of files and not of a model."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha1
from io import BytesIO
from pathlib import Path

import pytest

from spamguard.batch.answers import Cleaner
from spamguard.batch.workers import Workers
from spamguard.cleaner import Guard
from spamguard.spans import Span


class WordDetector:
    """Finds every SPAM as spam."""

    model_id = "words-1"
    manifest: Mapping[str, object] = {"name": "words"}

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Find the word at any threshold."""
        return [
            [Span(at, at + 4, "SPAM", 1.0, "other") for at in range(len(text)) if text.startswith("SPAM", at)]
            for text in texts
        ]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say that each span is the word."""
        return [(("word", span.score),) for span in spans]


@pytest.fixture(scope="session")
def clean() -> Cleaner:
    """Removes every SPAM with its seam."""
    return Guard(WordDetector()).clean_many


@pytest.fixture(scope="session")
def workers(clean: Cleaner) -> Workers:
    """Cleans in this process."""
    return Workers(lambda: clean)


def json_lines(n_lines: int, *, spam: bool, word: str = "SPAM") -> bytes:
    """Lines of which every third is polluted."""
    ad = f"{word} " if spam else ""
    lines = [
        json.dumps(
            {"id": number, "text": f"{ad if number % 3 == 0 else ''}Line {number} of the news.", "n": 1.50}
        )
        for number in range(n_lines)
    ]
    return ("\n".join(lines) + "\n").encode()


def web_archive(n_records: int, *, spam: bool, packed: bool, word: str = "SPAM") -> bytes:
    """Pages and a picture, as a crawl holds them."""
    made = []
    for number in range(n_records):
        ad = f"{word} " if spam and number % 3 == 0 else ""
        kind = "text/html"
        content = f"<html><body><p class='SPAM'>{ad}Page {number} of the news.</p></body></html>"
        if number % 5 == 4:
            kind, content = "image/png", "SPAM is no text here"
        made.append(web_record(number, content.encode(), f"Content-Type: {kind}"))
    return b"".join(gzip.compress(record, mtime=0) if packed else record for record in made)


def web_record(number: int, content: bytes, *headers: str) -> bytes:
    """A response with digests of its block and its content."""
    lines = ["HTTP/1.1 200 OK", *headers, f"Content-Length: {len(content)}"]
    block = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
    head = [
        "WARC/1.0",
        "WARC-Type: response",
        f"WARC-Target-URI: http://example.org/{number}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>",
        "WARC-Date: 2025-06-01T00:00:00Z",
        "Content-Type: application/http; msgtype=response",
        f"WARC-Block-Digest: sha1:{b32encode(sha1(block).digest()).decode()}",
        f"WARC-Payload-Digest: sha1:{b32encode(sha1(content).digest()).decode()}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def web_text(number: int, ad: str) -> bytes:
    """The text of a page, as a crawl's extract holds it."""
    content = f"{ad}Text {number} of the news.".encode()
    head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://example.org/{number}\r\n"
    digest = b32encode(sha1(content).digest()).decode()
    kind = f"WARC-Block-Digest: sha1:{digest}\r\nContent-Type: text/plain\r\nContent-Length: {len(content)}"
    return f"{head}{kind}\r\n\r\n".encode() + content + b"\r\n\r\n"


def table(n_rows: int, *, spam: bool, word: str = "SPAM") -> bytes:
    """Rows in two row groups, with metadata."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = [
        f"{f'{word} ' if spam and number % 3 == 0 else ''}Row {number} of the news."
        for number in range(n_rows)
    ]
    columns = {"id": arrow.array(range(n_rows), arrow.int32()), "text": [*texts[:-1], None]}
    made = arrow.table(columns).replace_schema_metadata({"origin": "a crawl"})
    out = BytesIO()
    parquet.write_table(made, out, row_group_size=max(1, n_rows // 2), compression="zstd")
    return out.getvalue()


def zstandard_of(raw: bytes) -> bytes:
    """Pack with zstd."""
    return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(raw))


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": lambda raw: gzip.compress(raw, mtime=0),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard_of,
}


def files(n_records: int, *, spam: bool, word: str = "SPAM") -> dict[str, bytes]:
    """One file of each format, and one in each packing; polluted, or as they were before."""
    ad = f"{word} " if spam else ""
    rows = "".join(f'{n},"{ad if n % 3 == 0 else ""}Row ""{n}"" of\nthe news",x\n' for n in range(n_records))
    pages = "".join(f"<li>{ad}Item {n} &amp; more <b>S</b>PA&shy;M</li>\n" for n in range(n_records))
    lines = json_lines(n_records, spam=spam, word=word)
    made = {
        "plain.txt": f"{ad}One.\r\nTwo. \r\n".encode() * n_records,
        "notes.md": f"# Head\n\n* {ad}item\n".encode() * n_records,
        "wide.txt": (f"{ad}上海的新闻。\r\n" * n_records).encode("utf-16"),
        "page.html": f"<ul title='SPAM'>\n{pages}</ul><script>SPAM</script>".encode(),
        "lines.jsonl": lines,
        "rows.csv": f"id,text,more\n{rows}".encode(),
        "rows.tsv": "id\ttext\n{}".format(rows.replace(",", "\t")).encode(),
        "crawl.warc": web_archive(n_records, spam=spam, packed=False, word=word),
        "crawl.wet": b"".join(web_text(n, ad if n % 3 == 0 else "") for n in range(n_records)),
        "crawl.warc.gz": web_archive(n_records, spam=spam, packed=True, word=word),
        "table.parquet": table(n_records, spam=spam, word=word),
        "logo.png": b"\x89PNG\0SPAM",
    }
    packings = dict(zip(PACKINGS, ("lines.jsonl", "page.html", "rows.tsv", "crawl.wet"), strict=True))
    made |= {f"{name}{suffix}": PACKINGS[suffix](made[name]) for suffix, name in packings.items()}
    return made | {"whole.wet.gz": PACKINGS[".gz"](made["crawl.wet"])}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with a polluted file of each format."""
    return fill(tmp_path / "archive", 40)


def fill(folder: Path, n_records: int, word: str = "SPAM") -> Path:
    """Write a polluted file of each format into a folder."""
    folder.mkdir(parents=True)
    for name, raw in files(n_records, spam=True, word=word).items():
        (folder / name).write_bytes(raw)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
