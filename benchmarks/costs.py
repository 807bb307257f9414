"""What cleaning costs, and how the cost grows with the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from multiprocessing import get_context
from statistics import quantiles

import spamguard
from benchmarks.articles import Newsroom, floor_set_articles
from benchmarks.tables import Table
from benchmarks.timing import Runs, clock, fitting, speed, timed, wall_clock, weight

MB = 1_000_000
# Made once and no more than the fastest peer reads in the usual budget.
N_ARTICLE_BYTES = 4 * MB
SIZES = (1_000, 3_000, 10_000, 100_000, MB, 10 * MB, 50 * MB)
SHARES = (0.0, 0.01, 0.1, 0.5, 1.0)
BATCHES = (1, 8, 64, 512)
SHAPE_SIZES = (1, 5, 50)
_SHORT_CHARS = 300


@dataclass(frozen=True)
class Setting:
    """What all measurements share.

    Attributes
    ----------
    guard
        The guard measured.
    seconds
        Budget of one figure.
    seed
        Of all that is generated.
    articles
        Clean English and Chinese news in turn, 1.5 to 6 kB each.
    """

    guard: spamguard.Guard
    seconds: float
    seed: int
    articles: list[str] = field(repr=False)

    def clean_many(self, texts: Sequence[str]) -> None:
        """Clean texts by the fast road."""
        for _ in self.guard.clean_many(texts):
            pass

    def clean_each(self, texts: Sequence[str]) -> None:
        """Clean texts one by one."""
        for text in texts:
            self.guard.clean(text)

    def measured(self, texts: Sequence[str]) -> Runs:
        """Time the fast road on as many of the texts as the budget allows."""
        chosen = fitting(self.clean_many, texts, seconds=self.seconds)
        return timed(partial(self.clean_many, chosen), chosen, seconds=self.seconds)

    @cached_property
    def rate(self) -> float:
        """Bytes a second on clean news, roughly: what a size is worth trying against."""
        return self.measured(self.articles).mb_per_s * MB


def _row(label: str, runs: Runs) -> tuple[str, ...]:
    """Write a line of a table of speeds."""
    return label, speed(runs.mb_per_s), runs.spread, f"{len(runs.seconds)}", f"{runs.n_bytes / MB:.3g}"


_COLUMNS = ("MB/s", "slowest to fastest run", "runs", "MB a run")


def roads(setting: Setting) -> Table:
    """Both roads on clean and on polluted news, next to scikit-learn's hashing of the same texts."""
    room = Newsroom(setting.seed)
    polluted = [room.polluted(text).text for text in setting.articles]
    rows = []
    for kind, texts in (("clean", setting.articles), ("polluted", polluted)):
        for name, road in (("clean_many", setting.clean_many), ("clean", setting.clean_each)):
            chosen = fitting(road, texts, seconds=setting.seconds)
            runs = timed(partial(road, chosen), chosen, seconds=setting.seconds)
            rows.append((f"`{name}`, {kind} news", runs))
    written = [_row(name, runs) for name, runs in rows]
    try:
        hashing = _hashing(setting)
    except ModuleNotFoundError:
        note = "scikit-learn is not installed: no ratio."
    else:
        written.append(_row("scikit-learn's `HashingVectorizer(char_wb, (2, 4))` alone, clean news", hashing))
        ratio = rows[0][1].mb_per_s / hashing.mb_per_s
        note = f"`clean_many` on clean news is {ratio:.2f} times as fast as the hashing."
    return Table("roads", "News of 1.5 to 6 kB, English and Chinese", ("what", *_COLUMNS), written, note)


def _hashing(setting: Setting) -> Runs:
    """Time scikit-learn's hashing of character n-grams."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    chosen = fitting(vectorizer.transform, setting.articles, seconds=setting.seconds)
    return timed(partial(vectorizer.transform, chosen), chosen, seconds=setting.seconds)


def sizes(setting: Setting) -> Table:
    """One document, from 1 kB to 50 MB, as far as the budget goes."""
    rows: list[tuple[str, ...]] = []
    points, left_out = [], []
    for size in SIZES:
        if rows and size > setting.rate * setting.seconds * 2:
            left_out.append(f"{size / 1000:,.0f} kB")
            continue
        text = Newsroom(setting.seed).article(size)
        runs = timed(partial(setting.guard.clean, text), [text], seconds=setting.seconds)
        rows.append((*_row(f"{size / 1000:,.0f} kB", runs), f"{runs.median_s * 1000:,.1f}"))
        points.append(("clean news", runs.n_bytes / MB, runs.median_s))
    note = f"Left out, for they take more than the budget: {', '.join(left_out)}." if left_out else ""
    return Table("sizes", "One document", ("size", *_COLUMNS, "ms"), rows, note, points)


def pollution(setting: Setting) -> Table:
    """Measure the same articles, with more and more of them polluted."""
    rows = []
    for share in SHARES:
        room = Newsroom(setting.seed)
        texts = [
            room.polluted(text).text if _is_due(number, share) else text
            for number, text in enumerate(setting.articles)
        ]
        rows.append(_row(f"{share:.0%}", setting.measured(texts)))
    return Table("pollution", "Share of polluted articles", ("share", *_COLUMNS), rows)


def _is_due(number: int, share: float) -> bool:
    """Whether this document is one of the share, which lie evenly among the others."""
    return int((number + 1) * share) > int(number * share)


def languages(setting: Setting) -> Table:
    """Clean articles of the floor set, by language."""
    rows = []
    for lang, texts in sorted(floor_set_articles().items()):
        rows.append(_row(lang, setting.measured(texts * 200)))
    return Table("languages", "Language of the article (floor set)", ("language", *_COLUMNS), rows)


def batches(setting: Setting) -> Table:
    """`clean_many` on handfuls of articles."""
    rows = []
    for size in BATCHES:

        def work(texts: Sequence[str], size: int = size) -> None:
            for first in range(0, len(texts), size):
                setting.clean_many(texts[first : first + size])

        chosen = fitting(work, setting.articles, seconds=setting.seconds)
        rows.append(_row(str(size), timed(partial(work, chosen), chosen, seconds=setting.seconds)))
    return Table("batches", "Articles in one call of `clean_many`", ("articles", *_COLUMNS), rows)


def short_texts(setting: Setting) -> Table:
    """Texts of 300 characters."""
    pieces = [
        text[at : at + _SHORT_CHARS]
        for text in setting.articles
        for at in range(0, len(text) - _SHORT_CHARS, _SHORT_CHARS)
    ]
    runs = setting.measured(pieces)
    rows = [(*_row("300 characters", runs), f"{runs.n_texts / runs.median_s:,.0f}")]
    return Table("short", "Short texts, `clean_many`", ("text", *_COLUMNS, "texts a second"), rows)


def latency(setting: Setting) -> Table:
    """One article of 3 kB, again and again: the time of a call."""
    room = Newsroom(setting.seed)
    taken: list[float] = []
    texts = [room.article(3000, lang) for _ in range(50) for lang in ("en", "zh")]
    setting.guard.clean(texts[0])
    began = clock()
    while clock() - began < setting.seconds * 2 or len(taken) < 20:
        start = clock()
        setting.guard.clean(texts[len(taken) % len(texts)])
        taken.append((clock() - start) * 1000)
    cuts = quantiles(taken, n=100, method="inclusive")
    row = (f"{cuts[49]:.2f}", f"{cuts[89]:.2f}", f"{cuts[98]:.2f}", f"{max(taken):.2f}", f"{len(taken):,}")
    return Table(
        "latency",
        "One article of 3 kB, `clean`",
        ("median ms", "p90 ms", "p99 ms", "most ms", "calls"),
        [row],
    )


def _shapes(n_bytes: int, setting: Setting) -> Iterator[tuple[str, str]]:
    """Make texts that a careless detector takes long over."""
    room = Newsroom(setting.seed)
    news = room.article(min(n_bytes, MB)) + "\n"
    ads = "\n".join(room.known_ads) + "\n"

    def tiled(block: str) -> str:
        return (block * (n_bytes // len(block.encode()) + 1)).encode()[:n_bytes].decode(errors="ignore")

    yield "one line of news", tiled(news.replace("\n", " "))
    yield "short lines", tiled("".join(f"line {n}\n" for n in range(10_000)))
    yield "spam alone", tiled(ads)
    yield "no space", tiled(news.replace("\n", "").replace(" ", ""))


def shapes(setting: Setting) -> Table:
    """Hostile texts: what a megabyte of them costs as they grow."""
    rows, points, first, slow = [], [], dict[str, float](), set[str]()
    for size in SHAPE_SIZES:
        for name, text in (
            _shapes(size * MB, setting) if size * MB <= setting.rate * setting.seconds * 50 else ()
        ):
            if name in slow:
                continue
            start = clock()
            setting.guard.clean(text)
            taken = clock() - start
            per_mb = first.setdefault(name, taken)
            rows.append((name, f"{size}", f"{taken / size:.2f}", f"{taken / size / per_mb:.2f}"))
            points.append((name, float(size), taken))
            if taken * SHAPE_SIZES[-1] / size > setting.seconds * 50 or size == SHAPE_SIZES[-1]:
                slow.add(name)
    note = "One run each. A shape is not tried larger where that would take more than 50 budgets."
    columns = ("shape", "MB", "s per MB", "against 1 MB")
    return Table("shapes", "Hostile shapes, `clean`", columns, sorted(rows), note, points)


_WORKER: list[spamguard.Guard] = []


def _start() -> None:
    """Load the model in a worker."""
    _WORKER.append(spamguard.load())


def _work(texts: list[str]) -> int:
    """Clean a share of the texts in a worker."""
    return sum(1 for _ in _WORKER[0].clean_many(texts))


def _all(pool: ProcessPoolExecutor, pieces: Sequence[list[str]]) -> None:
    """Clean all pieces, by whoever is free."""
    for _ in pool.map(_work, pieces):
        pass


def processes(setting: Setting) -> Table:
    """Measure the same texts by one and by two processes."""
    texts = fitting(setting.clean_many, setting.articles, seconds=setting.seconds)
    pieces = [texts[first::8] for first in range(8)]
    rows, one = [], 0.0
    for n in (1, 2):
        with ProcessPoolExecutor(n, get_context("spawn"), _start) as pool:
            list(pool.map(_work, [["A first text."]] * 2 * n))
            with wall_clock():
                runs = timed(partial(_all, pool, pieces), texts, seconds=setting.seconds * 2)
        one = one or runs.mb_per_s
        rows.append((*_row(str(n), runs), f"{runs.mb_per_s / one:.2f}"))
    size = f"{len(texts)} articles, {weight(texts) / MB:.3g} MB"
    note = f"{size}, in 8 pieces; by the wall clock; starting the workers is not counted."
    return Table("processes", "Processes", ("processes", *_COLUMNS, "against one"), rows, note)
