"""Files that show every difference between two engines: odd spellings, compression, damage, links."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.batch.conftest import files, zstandard_of


def odd_lines(word: str) -> bytes:
    r"""Lines in which 1.50, \u00e9, order, blanks, line ends and what is broken must stay."""
    lines = [
        rf'{{ "n":1.50,  "text":"{word} caf\u00e9 \ud83d\ude00", "b":12345678901234567890.10, "e":1E5 }}',
        f'{{"text": "{word} Good news.", "text2": null, "text": "{word} twice"}}\r',
        f'{{"meta": {{"title": "{word} Title", "x": [1.0]}}, "text": ["{word} a", {{"b": "{word} c"}}]}}',
        f"{{broken {word}",
        "",
        '{"text": null}',
        "[1, 2]",
        f'{{"spamguard": "taken", "text": "{word} ad"}}',
        f'{{"text": "{word} last"}}',
    ]
    return "\n".join(lines).encode() + b'\n{"text": "\xff raw"}\n' + f'{{"text": "{word} end"}}'.encode()


def three_groups(word: str, path: Path) -> None:
    """Write Parquet of three row groups, compressed by ZSTD, with nested strings."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = [f"{word} Row {n}" if n % 4 == 0 else None if n == 7 else f"Row {n}" for n in range(30)]
    titles = [{"title": f"{word} Title {n}"} for n in range(30)]
    made = arrow.table(
        {"n": list(range(30)), "text": arrow.array(texts, arrow.large_string()), "meta": titles}
    )
    parquet.write_table(
        made.replace_schema_metadata({"origin": "news"}), path, row_group_size=10, compression="zstd"
    )


def lay_out(folder: Path, word: str) -> Path:
    """Fill a folder with files of all formats, sound and damaged; return it."""
    odd = odd_lines(word)
    made: Mapping[str, bytes] = files(20, spam=True, word=word) | {
        "odd.jsonl": odd,
        "inner/odd.jsonl.gz": gzip.compress(odd, mtime=1),
        "inner/odd.jsonl.zst": zstandard_of(odd),
        "clean.jsonl.gz": gzip.compress(b'{"text": "Good news."}\n', mtime=1),
        "damaged/broken-off.jsonl.gz": gzip.compress(odd * 50)[:-20],
        "damaged/table.parquet": b"no table",
        "damaged/binary.txt": b"\0\1\2" * 100,
        "logo.png": b"\x89PNG",
        "empty.jsonl": b"",
        ".spamguard-left.part": b"half of it",
        "a::b c#d?.jsonl": odd,
    }
    for name, content in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    three_groups(word, folder / "groups.parquet")
    (folder / "odd.jsonl").chmod(0o640)
    (folder / "link.jsonl").symlink_to("odd.jsonl")
    (folder / "out-of-it").symlink_to("/etc/hostname")
    return folder


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All files below a folder with their bytes and permissions."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }
