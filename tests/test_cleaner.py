from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.cleaner import BATCH_DOCUMENTS, CleanOptions, Guard
from spamguard.errors import InputError
from spamguard.phrases import Phrases
from spamguard.result import CleanResult, restore
from spamguard.rounds import MAX_ROUNDS
from spamguard.seams import LINE_BREAKS, SPACES, remove
from spamguard.spans import Span, complement, merge


class TagDetector:
    """Takes [SPAM] for spam, and [SPAM3] for spam with a score of 0.3."""

    model_id = "tags-1"
    manifest: Mapping[str, Any] = {"name": "tags"}

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Find the tags whose score reaches the threshold."""
        least = {None: 0.5, "corpus": 0.2}[profile] if threshold is None else threshold
        return [[span for span in self._spans(text) if span.score >= least] for text in texts]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say that each span is a tag."""
        return [(("tag", span.score),) for span in spans]

    def _spans(self, text: str) -> Iterator[Span]:
        for match in re.finditer(r"\[SPAM(\d?)\]", text):
            score = int(match[1]) / 10 if match[1] else 1.0
            yield Span(match.start(), match.end(), match[0], score, "seo")


GUARD = Guard(TagDetector())
# Whole tags, halves that close over a removed one, white space of all kinds, and anything at all.
TAGS = ["[SPAM]", "[SPAM]", "[SPAM7]", "[SPAM3]", "[S", "PAM]", "[SP", "AM]"]
WHITE = [" ", "\t", "\n", "\r", "\r\n", "\u2028", "\u3000"]
ODD = ["\ud83d", "\ude00", "\0", "😀", "e\u0301", "\u200d", "上海", "word"]
PIECES = st.one_of(st.sampled_from(TAGS), st.sampled_from(WHITE), st.sampled_from(ODD), st.characters())
TEXT = st.lists(PIECES, max_size=12).map("".join)


def nested(depth: int) -> str:
    """A tag inside a tag inside a tag, each seen only when the inner one is gone."""
    text = "[SPAM]"
    for _ in range(depth - 1):
        text = f"[S{text}PAM]"
    return text


@given(TEXT)
def test_a_cleaning_is_undone_exactly(text: str) -> None:
    result = GUARD.clean(text)
    assert restore(result) == text
    assert restore(CleanResult.from_json(result.to_json())) == text


@given(TEXT)
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = GUARD.clean(text)
    again = GUARD.clean(once.text)
    assert again == CleanResult(once.text)
    assert "[SPAM]" not in once.text


@given(TEXT)
def test_offsets_speak_of_the_raw_text(text: str) -> None:
    result = GUARD.clean(text)
    spans = [(span.start, span.end, span.text) for span in result.spans]
    edits = [(edit.start, edit.end, edit.text) for edit in result.edits]
    for pieces in (spans, edits):
        assert all(text[start:end] == piece for start, end, piece in pieces)
        assert all(before[1] <= behind[0] for before, behind in pairwise(pieces))


@given(TEXT)
def test_what_is_outside_the_edits_comes_back_to_the_byte(text: str) -> None:
    result = GUARD.clean(text)
    edits = [(edit.start, edit.end) for edit in result.edits]
    assert result.text == remove(text, edits)
    spans = [(span.start, span.end) for span in result.spans]
    assert merge([*edits, *spans]) == edits
    seams = complement(merge([*spans, *complement(edits, len(text))]), len(text))
    assert all(not text[start:end].strip(SPACES + "\t" + LINE_BREAKS) for start, end in seams)


@given(TEXT)
def test_only_a_text_with_spam_is_changed(text: str) -> None:
    result = GUARD.clean(text)
    assert result.changed == bool(result.spans) == (result.text != text)
    assert result.changed or "[SPAM]" not in text


@given(st.integers(1, MAX_ROUNDS), TEXT, TEXT)
def test_spam_uncovered_by_a_removal_goes_in_the_same_call(depth: int, before: str, behind: str) -> None:
    result = GUARD.clean(f"{before}({nested(depth)}){behind}")
    assert not GUARD.clean(result.text).changed
    assert any(nested(depth) in span.text for span in result.spans)


def test_spam_uncovered_by_a_removal_makes_one_span() -> None:
    result = GUARD.clean("One. [S[S[SPAM] PAM]PAM] Two.")
    assert result.text == "One. Two."
    assert [(span.start, span.text) for span in result.spans] == [(5, "[S[S[SPAM] PAM]PAM]")]
    assert [(edit.start, edit.text) for edit in result.edits] == [(5, "[S[S[SPAM] PAM]PAM] ")]


def test_joined_spans_keep_the_best_score() -> None:
    [span] = GUARD.clean("[S[SPAM7]PAM8]", threshold=0.5).spans
    assert (span.text, span.score) == ("[S[SPAM7]PAM8]", 0.8)


def test_offsets_hold_over_several_rounds() -> None:
    result = GUARD.clean("[SPAM]\n[SP[SPAM]AM] x [SPAM]")
    assert result.text == "x"
    assert [(span.start, span.end) for span in result.spans] == [(0, 6), (7, 19), (22, 28)]


@settings(deadline=None)
@given(st.lists(TEXT, max_size=8), st.integers(0, BATCH_DOCUMENTS))
def test_many_texts_are_cleaned_as_each_alone(texts: list[str], beyond: int) -> None:
    many = texts + ["plain [SPAM]"] * beyond + texts
    assert list(GUARD.clean_many(many)) == [GUARD.clean(text) for text in many]


def test_many_texts_are_read_as_they_are_wanted() -> None:
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        for read in range(1, 10 * BATCH_DOCUMENTS):
            yield f"{read} [SPAM]"

    results = GUARD.clean_many(texts())
    assert read == 0
    for number in range(1, 2 * BATCH_DOCUMENTS):
        assert next(results).text == str(number)
        assert read < number + BATCH_DOCUMENTS


def test_no_texts_give_no_results() -> None:
    assert list(GUARD.clean_many([])) == []


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\0\x1f\x7f", "\r\n\r\n", "\ufeff", "😀👩‍👩‍👧e\u0301"])
def test_odd_texts_without_spam_come_back(text: str) -> None:
    assert GUARD.clean(text) == CleanResult(text)


CALLS: list[Callable[[Any], object]] = [
    GUARD.clean,
    GUARD.detect,
    GUARD.explain,
    lambda text: list(GUARD.clean_many(["fine", text])),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("text", "kind"), [(None, "NoneType"), (5, "int"), (b"[SPAM]", "bytes"), (["a"], "list")]
)
def test_what_is_no_string_is_refused_by_its_type(
    call: Callable[[Any], object], text: object, kind: str
) -> None:
    with pytest.raises(InputError, match=f"got {kind}$"):
        call(text)


def test_threshold_and_profile_reach_the_detector() -> None:
    text = "[SPAM3] [SPAM7] [SPAM]"
    assert [span.score for span in GUARD.detect(text)] == [0.7, 1.0]
    assert [span.score for span in GUARD.detect(text, threshold=0.9)] == [1.0]
    assert GUARD.clean(text, profile="corpus").text == ""
    assert [result.text for result in GUARD.clean_many([text], threshold=0.3)] == [""]


def test_detecting_finds_what_cleaning_removes() -> None:
    text = "a [SPAM] b [S[SPAM]PAM]"
    assert GUARD.detect(text) == list(GUARD.clean(text).spans)


def test_an_explanation_goes_with_each_span() -> None:
    [explanation] = GUARD.explain("good [SPAM7]")
    assert explanation.span.text == "[SPAM7]"
    assert explanation.reasons == (("tag", 0.7),)


def test_a_guard_says_which_model_it_cleans_with() -> None:
    assert GUARD.model_id == "tags-1"
    assert GUARD.manifest == {"name": "tags"}
    GUARD.manifest["name"] = "other"
    assert GUARD.manifest == {"name": "tags"}


# Phrases that overlap the tags, uncover them, stand in them or hold them.
PHRASE = st.sampled_from(["[SPAM]", "SPAM", "[S", "PAM]", "word", "上", "[SPAM] word", "] [", "😀"])
PHRASES = st.lists(PHRASE, max_size=2).map(Phrases)
OPTIONS = st.fixed_dictionaries({"allow": PHRASES, "deny": PHRASES})


@given(TEXT, OPTIONS)
def test_with_phrases_too_a_cleaning_is_undone_exactly_and_changes_nothing_again(
    text: str, options: CleanOptions
) -> None:
    result = GUARD.clean(text, **options)
    assert restore(result) == text
    assert GUARD.clean(result.text, **options) == CleanResult(result.text)
    assert list(GUARD.clean_many([text], **options)) == [result]


@given(TEXT, OPTIONS)
def test_allowed_phrases_stay_and_other_denied_ones_are_gone(text: str, options: CleanOptions) -> None:
    allow, deny = options["allow"], options["deny"]
    assert isinstance(allow, Phrases)
    assert isinstance(deny, Phrases)
    result = GUARD.clean(text, **options)
    kept = complement([(edit.start, edit.end) for edit in result.edits], len(text))
    assert allow.find(text) == merge(one for one in allow.find(text, within=kept))
    outside = complement(allow.find(result.text), len(result.text))
    assert not deny.find(result.text, within=outside)


def test_an_allowed_phrase_keeps_the_spans_that_it_lies_in_holds_or_overlaps() -> None:
    for allowed in ("SPAM", "see [SPAM] here", "see ["):
        assert not GUARD.clean("see [SPAM] here", allow=[allowed]).changed
    assert GUARD.clean("see [SPAM] here [SPAM]", allow=["SEE [SPAM]"]).text == "see [SPAM] here"


def test_a_denied_phrase_goes_with_its_seam_at_any_threshold_and_category() -> None:
    result = GUARD.clean("Buy now: good [SPAM] news", deny=["buy now:"], categories=["adult"], threshold=1)
    assert result.text == "good [SPAM] news"
    assert [(span.text, span.score, span.category) for span in result.spans] == [("Buy now:", 1.0, "other")]


def test_only_the_categories_asked_for_go() -> None:
    assert not GUARD.clean("good [SPAM]", categories=["adult"]).changed
    assert GUARD.clean("good [SPAM]", categories=["seo"]).text == "good"
    assert GUARD.detect("good [SPAM]", categories=[]) == []
    assert GUARD.explain("good [SPAM]", categories=[]) == []


def test_an_ad_written_in_entities_of_html_goes_and_an_apostrophe_written_so_stays(guard: Guard) -> None:
    ad = "".join(f"&#{ord(char)};" if char != " " else char for char in "cheap tadalafil 20mg no rx")
    text = f"The fair opens on Monday.\n{ad}\nDon&#8217;t miss it &#38; come early."
    assert guard.clean(text).text == text.replace(f"{ad}\n", "")
