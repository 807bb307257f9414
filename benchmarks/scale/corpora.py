"""Corpora of any size, written as streams: the same command writes the same bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks.articles import Newsroom

SEED = 20261122
# Articles are written once and come again under other numbers: what is measured is not how they are written.
_POOL_BYTES = 4_000_000


def articles(share: float, *, pool_bytes: int = _POOL_BYTES) -> Iterator[str]:
    """Yield articles without end, of which a share is polluted."""
    room, chance = Newsroom(SEED), random.Random(SEED)
    pool = [
        room.polluted(text).text if chance.random() < share else text for text in room.articles(pool_bytes)
    ]
    while True:
        yield from pool


def write_lines(path: Path, n_bytes: int, share: float) -> int:
    """Write JSON lines of about so many bytes; return how many lines."""
    size = 0
    with path.open("wb") as sink:
        for number, text in zip(count(1), articles(share), strict=False):
            line = json.dumps(
                {"id": number, "text": text, "url": f"https://news.example/{number}"}, ensure_ascii=False
            )
            size += sink.write(line.encode() + b"\n")
            if size >= n_bytes:
                return number
    return 0


def write_folder(path: Path, n_files: int, share: float) -> None:
    """Write so many text files of some 200 bytes into one folder."""
    path.mkdir()
    room, chance = Newsroom(SEED), random.Random(SEED)
    pool = [room.article(200, "en") for _ in range(1_000)]
    for number in range(n_files):
        text = pool[number % len(pool)]
        text = room.polluted(text).text if chance.random() < share else text
        (path / f"{number:06}.txt").write_text(text, "utf-8")
