"""Other ways to clean a text, as functions from text to text; what is not installed is left out by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from benchmarks.articles import Newsroom
from spamguard.seams import edits_for, remove
from spamguard.spans import Interval

Clean = Callable[[str], str]
# A run of a script that the article is not written in: what a shell user would try first.
_HAN_RUN = re.compile(r"[【]?[\u3400-\u9fff][\u3400-\u9fff\w·|_【】—-]*")
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.:/$@'-]{4,}[A-Za-z0-9]")
_HAN = re.compile(r"[\u3400-\u9fff]")


def line_classifier(room: Newsroom) -> Clean:
    """Drop whole lines that scikit-learn's TF-IDF of character n-grams and logistic regression call spam."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    good = sorted({line for text in room.articles(120_000) for line in text.split("\n") if line})
    bad = [f"{ad} {line}" for ad, line in zip(room.known_ads * 20, good, strict=False)] + room.known_ads * 10
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, max_features=30_000
    )
    model = make_pipeline(vectorizer, LogisticRegression(max_iter=100, class_weight="balanced"))
    model.fit(good + bad, [0] * len(good) + [1] * len(bad))

    def clean(text: str) -> str:
        lines = text.split("\n")
        return "\n".join(
            line for line, spam in zip(lines, model.predict(lines), strict=True) if not spam or not line
        )

    return clean


def aho_corasick(room: Newsroom) -> Clean:
    """Cut known ads."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for ad in room.known_ads:
        automaton.add_word(ad, len(ad))
    automaton.make_automaton()

    def clean(text: str) -> str:
        return _without(text, [(last - length + 1, last + 1) for last, length in automaton.iter_long(text)])

    return clean


def flashtext(room: Newsroom) -> Clean:
    """Cut known ads that stand between word bounds."""
    from flashtext import KeywordProcessor

    keywords = KeywordProcessor(case_sensitive=True)
    for ad in room.known_ads:
        keywords.add_keyword(ad)

    def clean(text: str) -> str:
        found = keywords.extract_keywords(text, span_info=True)
        return _without(text, [(start, end) for _, start, end in found])

    return clean


def script_filter(room: Newsroom) -> Clean:
    """Cut runs of the script that the article is not written in."""

    def clean(text: str) -> str:
        foreign = _LATIN_RUN if _is_chinese(text) else _HAN_RUN
        return _without(text, [found.span() for found in foreign.finditer(text)])

    return clean


def _without(text: str, found: list[Interval]) -> str:
    """Cut what a peer found, with the seam that spamguard would take: the peer is judged by what it finds."""
    return remove(text, edits_for(text, found))


def _is_chinese(text: str) -> bool:
    """Whether an article is written in Chinese."""
    return len(_HAN.findall(text)) > len(text) / 4


def justext(room: Newsroom) -> Clean:
    """Keep the paragraphs that jusText calls good; lines are given to it as HTML paragraphs."""
    import justext as peer

    words = {"en": peer.get_stoplist("English"), "zh": frozenset[str]()}

    def clean(text: str) -> str:
        chinese = _is_chinese(text)
        page = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
        # jusText has no stop words for Chinese; its own advice is to do without them there.
        wanted: dict[str, Any] = {"stopwords_low": 0, "stopwords_high": 0} if chinese else {}
        found = peer.justext(f"<html><body>{page}</body></html>", words["zh" if chinese else "en"], **wanted)
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return clean


def trafilatura(room: Newsroom) -> Clean:
    """Extract the main text; lines are given to it as HTML paragraphs."""
    from trafilatura import extract

    def clean(text: str) -> str:
        page = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
        return extract(f"<html><body><article>{page}</article></body></html>", favor_precision=True) or ""

    return clean


def c4_filter(room: Newsroom) -> Clean:
    """Drop lines and whole documents by the rules of C4, as datatrove has them."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    return _filtering(C4QualityFilter(), Document)


def fineweb_filter(room: Newsroom) -> Clean:
    """Drop whole documents by the rules of FineWeb, as datatrove has them."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import FineWebQualityFilter

    return _filtering(FineWebQualityFilter(), Document)


def _filtering(rules: Any, document: Any) -> Clean:  # noqa: ANN401  (datatrove ships no types)
    """Turn a filter of documents into a function; a dropped document comes back empty."""

    def clean(text: str) -> str:
        case = document(text=text, id="0")
        return str(case.text) if rules.filter(case) is True else ""

    # Its splitters of words are fetched when first needed: what is missing is to show here.
    clean("One sentence is here. Another one follows it. " * 9)
    return clean


PEERS: dict[str, Callable[[Newsroom], Clean]] = {
    "scikit-learn TF-IDF on lines": line_classifier,
    "Aho-Corasick keywords": aho_corasick,
    "flashtext keywords": flashtext,
    "script filter (regular expression)": script_filter,
    "jusText": justext,
    "trafilatura": trafilatura,
    "datatrove C4 filter": c4_filter,
    "datatrove FineWeb filter": fineweb_filter,
}


def present(room: Newsroom) -> Iterator[tuple[str, Clean | str]]:
    """Build each peer; in the place of one that cannot be built stands why."""
    for name, build in PEERS.items():
        try:
            yield name, build(room)
        except ImportError as error:
            yield name, f"not installed: {error.name or error}"


def quality(cleaned: Sequence[str], truth: Sequence[str]) -> float:
    """Share of texts that are as they should be, to the byte."""
    return sum(one == other for one, other in zip(cleaned, truth, strict=True)) / len(truth)
