"""spamguard and its peers side by side: the same documents, one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.articles import Newsroom, Polluted
from benchmarks.costs import Setting
from benchmarks.peers import Clean, present, quality
from benchmarks.tables import Table
from benchmarks.timing import Runs, fitting, speed, timed

N_DOCUMENT_BYTES = 400_000
# Documents that quality is judged on, a second of the budget; at least a dozen, at most all of them.
N_JUDGED_A_SECOND, N_JUDGED_AT_LEAST = 60, 12

_NOTE = """\
Every document has one or two ads, each on a line of its own, before a line or behind one. Restored:
polluted documents that come back as they were, to the byte. Known ads are those that the keyword lists
hold and the line classifier was trained with, on articles of the same newsroom; new ads were told to
nobody, and spamguard was told none at all. Altered: clean documents that come back changed at all. What a
list or an expression finds is cut by spamguard's own rule for seams. jusText and trafilatura are made for
pages, the datatrove filters for choosing documents: that they restore few is no fault of theirs, it is
another task. Speeds are on the polluted documents, one call each."""


def comparison(setting: Setting) -> Table:
    """Speed and quality of each."""
    room = Newsroom(setting.seed)
    documents = [room.polluted(text) for text in room.articles(N_DOCUMENT_BYTES)]
    n_judged = min(len(documents), max(N_JUDGED_AT_LEAST, round(N_JUDGED_A_SECOND * setting.seconds)))
    rows, points, missing = [], [], []
    for name, clean in _systems(setting, room):
        if isinstance(clean, str):
            missing.append(f"{name} ({clean})")
            continue
        judged = _judged(clean, documents[:n_judged])
        runs = _timed(clean, documents, setting)
        rows.append((name, *(f"{share:.2f}" for share in judged), speed(runs.mb_per_s), runs.spread))
        points += [(name, runs.mb_per_s, share) for share in judged[:2]]
    note = _NOTE + (f"\n\nLeft out: {'; '.join(missing)}." if missing else "")
    shares = ("restored, new ads", "restored, known ads", "altered")
    columns = ("system", *shares, "MB/s", "slowest to fastest run")
    note = f"{n_judged} documents. {note}"
    return Table("peers", "Peers on the same documents", columns, rows, note, points)


def _systems(setting: Setting, room: Newsroom) -> Iterator[tuple[str, Clean | str]]:
    """Name what is compared."""
    yield "spamguard", lambda text: setting.guard.clean(text).text
    yield from present(room)


def _judged(clean: Clean, documents: list[Polluted]) -> tuple[float, float, float]:
    """Return the shares restored, with new ads and with known ones, and the share altered."""

    def restored(known: bool) -> float:
        some = [document for document in documents if document.known == known]
        return quality([clean(document.text) for document in some], [document.clean for document in some])

    truth = [document.clean for document in documents]
    return restored(False), restored(True), 1 - quality([clean(text) for text in truth], truth)


def _timed(clean: Clean, documents: list[Polluted], setting: Setting) -> Runs:
    """Time as many documents as the budget allows."""

    def work(texts: Sequence[str]) -> None:
        for text in texts:
            clean(text)

    chosen = fitting(work, [document.text for document in documents], seconds=setting.seconds)
    return timed(partial(work, chosen), chosen, seconds=setting.seconds)
