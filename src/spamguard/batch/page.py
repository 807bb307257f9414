"""The page about a run: figures, plots and samples, in one file that needs no other."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from random import Random

from spamguard.batch.marks import Claim
from spamguard.batch.outcomes import Event, Fault, Finding, Summary
from spamguard.batch.plots import bars, histogram
from spamguard.batch.style import STYLE
from spamguard.batch.writing import make_folder, whole_file
from spamguard.result import restore
from spamguard.spans import Span

SAMPLES_PER_CATEGORY = 6
CONTEXT_CHARS = 90
MAX_SAMPLE_CHARS = 240
N_BINS = 20
_MAX_LISTED = 15
# Whatever came from a file, nothing in the page may run or be fetched.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MAX_NAMED = 50
# The same run gives the same page.
_SEED = 20_250_602
_LANGUAGES = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "CYRILLIC": "Cyrillic script",
    "LATIN": "Latin script",
    "FULLWIDTH": "Latin script",
    "ARABIC": "Arabic script",
    "DEVANAGARI": "Hindi and kin",
    "GREEK": "Greek",
}


def language(text: str) -> str:
    """Guess a language from what most letters of a text are written in.

    Examples
    --------
    >>> language("上海论坛 419"), language("казино"), language("419")
    ('Chinese', 'Cyrillic script', 'no letters')
    """
    scripts = Counter(
        unicodedata.name(character, "").partition(" ")[0] for character in text if character.isalpha()
    )
    if scripts["HIRAGANA"] or scripts["KATAKANA"]:
        return "Japanese"
    if not scripts.total():
        return "no letters"
    script = scripts.most_common(1)[0][0]
    return _LANGUAGES.get(script, script.capitalize() or "other")


@dataclass(frozen=True, slots=True)
class Sample:
    """A span in its place.

    Parameters
    ----------
    where
        File, record and field.
    before, text, after
        The span and what stands around it, shortened.
    score
        The span's.

    Examples
    --------
    >>> Sample("a.txt", "Good ", "ad", "", 0.9).text
    'ad'
    """

    where: str
    before: str
    text: str
    after: str
    score: float


@dataclass(slots=True)
class Tally:
    """What the page shows, gathered in bounded memory.

    Examples
    --------
    >>> from spamguard.batch.outcomes import Outcome
    >>> tally = Tally()
    >>> tally.add(Outcome("a.txt", "failed", reason="gone"))
    >>> tally.named
    [('a.txt', 'failed: gone')]
    """

    categories: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    files: list[tuple[int, str]] = field(default_factory=list)
    scores: list[int] = field(default_factory=lambda: [0] * N_BINS)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    named: list[tuple[str, str]] = field(default_factory=list)
    _random: Random = field(default_factory=lambda: Random(_SEED))
    _in_file: int = 0

    def add(self, event: Event) -> None:
        """Count what happened."""
        if isinstance(event, Finding):
            self._add_finding(event)
        elif isinstance(event, Fault):
            self._name(f"{event.name}:{event.record}", f"left alone: {event.reason}")
        else:
            if self._in_file:
                self.files.append((self._in_file, event.name))
                self.files = sorted(self.files, key=lambda pair: (-pair[0], pair[1]))[:_MAX_LISTED]
            self._in_file = 0
            if event.reason:
                self._name(event.name, f"{event.status}: {event.reason}")

    def _name(self, name: str, reason: str) -> None:
        """Note what is amiss, up to some number."""
        if len(self.named) < _MAX_NAMED:
            self.named.append((name, reason))

    def _add_finding(self, finding: Finding) -> None:
        """Count the spans of a text."""
        if finding.is_review:
            record = "" if finding.record is None else f":{finding.record}"
            self._name(f"{finding.name}{record}", "for review: too much of it would go")
            return
        raw = restore(finding.result)
        for span in finding.result.spans:
            self._in_file += 1
            self.categories[span.category] += 1
            self.languages[language(span.text)] += 1
            self.scores[min(N_BINS - 1, int(span.score * N_BINS))] += 1
            self._sample(finding, span, raw)

    def _sample(self, finding: Finding, span: Span, raw: str) -> None:
        """Keep a span among the samples of its category, each as likely as any other."""
        kept = self.samples.setdefault(span.category, [])
        at = len(kept)
        if at >= SAMPLES_PER_CATEGORY:
            at = self._random.randrange(self.categories[span.category])
        if at < SAMPLES_PER_CATEGORY:
            kept[at : at + 1] = [_in_place(finding, span, raw)]


def _in_place(finding: Finding, span: Span, raw: str) -> Sample:
    """Return a span with its surroundings."""
    where = finding.name + ("" if finding.record is None else f":{finding.record}")
    before = raw[max(0, span.start - CONTEXT_CHARS) : span.start]
    after = raw[span.end : span.end + CONTEXT_CHARS]
    text = span.text if len(span.text) <= MAX_SAMPLE_CHARS else span.text[:MAX_SAMPLE_CHARS] + "…"
    return Sample(f"{where} {finding.field}".rstrip(), before, text, after, span.score)


def place_of_page(folder: Path) -> Path:
    """Return where in a folder the page about a run lies."""
    return folder / "index.html"


def write_page(folder: Path, summary: Summary, tally: Tally, claim: Claim | None = None) -> None:
    """Write the page about a run, ``index.html``.

    Parameters
    ----------
    folder
        Made where it is missing.
    summary
        The run's counts.
    tally
        What was found.
    claim
        By what right it takes its name; without one it takes it from whatever bears it.

    Raises
    ------
    OSError
        If it cannot be written, or what bears its name must stay.
    """
    make_folder(folder)
    with whole_file(place_of_page(folder), claim=claim) as stream:
        stream.write(page(summary, tally).encode("utf-8", "backslashreplace"))


def page(summary: Summary, tally: Tally) -> str:
    """Return the page; whatever came from a file is escaped."""
    files = [(name, number) for number, name in tally.files]
    sections = [
        _section("Spans by category", bars(tally.categories.most_common())),
        _section("Spans by language, told from the script", bars(tally.languages.most_common(_MAX_LISTED))),
        _section("Spans by score", histogram(tally.scores)),
        _section("Files with most spans", bars(files)),
    ]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>spamguard: what was removed</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            "<h1>What was removed</h1>",
            _tiles(summary),
            f'<div class="plots">{"".join(sections)}</div>',
            _samples(tally),
            _named(tally),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _section(title: str, content: str) -> str:
    """Return a plot with its title."""
    return f"<section><h2>{escape(title)}</h2>{content}</section>\n"


def _tiles(summary: Summary) -> str:
    """Return the counts that matter most."""
    tiles = [
        ("files", summary.n_files.total()),
        ("cleaned", summary.n_files["cleaned"]),
        ("documents", summary.n_documents),
        ("spans", summary.n_spans.total()),
        ("characters", summary.removed_chars),
        ("for review", summary.n_review),
        ("faults", summary.n_faults + summary.n_files["failed"]),
    ]
    shown = "".join(f"<div><dt>{name}</dt><dd>{number:,}</dd></div>" for name, number in tiles)
    return f'<dl class="tiles">{shown}</dl>'


def _samples(tally: Tally) -> str:
    """Return the samples, category by category."""
    if not tally.samples:
        return '<section><h2>Samples</h2><p class="empty">Nothing was found.</p></section>'
    parts = ["<section><h2>Samples</h2>"]
    for category, _ in tally.categories.most_common():
        parts.append(f"<h3>{escape(category)}</h3>\n<ol>")
        parts += [_sample(sample) for sample in tally.samples[category]]
        parts.append("</ol>")
    return "\n".join([*parts, "</section>"])


def _sample(sample: Sample) -> str:
    """Return a sample; each part has a direction of its own, so that none turns the line around."""
    place = f'<p class="where"><bdi>{escape(sample.where)}</bdi> · score {sample.score:.3f}</p>'
    text = f"{escape(sample.before)}<del>{escape(sample.text)}</del>{escape(sample.after)}"
    return f'<li>{place}<p class="text" dir="auto">{text}</p></li>'


def _named(tally: Tally) -> str:
    """Return what needs a look."""
    if not tally.named:
        return ""
    rows = "".join(
        f"<tr><td><bdi>{escape(name)}</bdi></td><td>{escape(reason)}</td></tr>\n"
        for name, reason in tally.named
    )
    more = f'<p class="empty">The first {_MAX_NAMED}.</p>' if len(tally.named) == _MAX_NAMED else ""
    return f"<section><h2>Left alone, skipped or failed</h2><table>{rows}</table>{more}</section>"
