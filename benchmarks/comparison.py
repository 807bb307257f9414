"""spamguard and its peers side by side: the same documents, one run."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.articles import Newsroom, Polluted
from benchmarks.costs import Setting
from benchmarks.peers import Clean, present, quality
from benchmarks.tables import Table
from benchmarks.timing import fitting, speed, timed

N_DOCUMENT_BYTES = 400_000

_NOTE = """\
Every document has two ads, each on a line of its own, before a line or behind one. Restored: polluted
documents that come back as they were, to the byte. Altered: clean documents that come back changed at all.
Half of the ads are known to the keyword lists and were in the line classifier's training, with articles of
the same newsroom; spamguard has seen neither. jusText and trafilatura are made for pages, the two datatrove
filters for choosing documents: that they restore few is no fault of theirs, it is another task. Speeds are on
the polluted documents, one call each."""


def comparison(setting: Setting) -> Table:
    """Speed and quality of each."""
    room = Newsroom(setting.seed)
    documents = [room.polluted(text) for text in room.articles(N_DOCUMENT_BYTES)]
    rows, points, missing = [], [], []
    for name, clean in _systems(setting, room):
        if isinstance(clean, str):
            missing.append(f"{name} ({clean})")
            continue
        row, restored, mb_per_s = _measured(clean, documents, setting)
        rows.append((name, *row))
        points.append((name, mb_per_s, restored))
    note = _NOTE + (f"\n\nLeft out: {'; '.join(missing)}." if missing else "")
    columns = ("system", "restored", "altered", "documents", "MB/s", "slowest to fastest run")
    return Table("peers", "Peers on the same documents", columns, rows, note, points)


def _systems(setting: Setting, room: Newsroom) -> Iterator[tuple[str, Clean | str]]:
    """Name what is compared."""
    yield "spamguard", lambda text: setting.guard.clean(text).text
    yield from present(room)


def _measured(
    clean: Clean, documents: list[Polluted], setting: Setting
) -> tuple[tuple[str, ...], float, float]:
    """Measure one system: speed on what the budget allows, quality on as many documents."""
    texts = [document.text for document in documents]

    def work(texts: list[str]) -> None:
        for text in texts:
            clean(text)

    chosen = fitting(work, texts, seconds=setting.seconds)
    runs = timed(lambda: work(chosen), chosen, seconds=setting.seconds)
    n_judged = max(len(chosen), min(len(documents), 60))
    judged = documents[:n_judged]
    truth = [document.clean for document in judged]
    restored = quality([clean(document.text) for document in judged], truth)
    altered = 1 - quality([clean(text) for text in truth], truth)
    row = (f"{restored:.2f}", f"{altered:.2f}", f"{n_judged}", speed(runs.mb_per_s), runs.spread)
    return row, restored, runs.mb_per_s
