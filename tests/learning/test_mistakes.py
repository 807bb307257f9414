from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.cases import Case
from spamguard.learning.mistakes import commonest, errors_of, place_of
from spamguard.result import CleanResult
from spamguard.seams import Edit, edits_for, remove
from spamguard.spans import Interval, Span, merge

ENDS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends)))
INTERVALS = st.lists(ENDS, max_size=4).map(merge)


def case(text: str, gold: list[Interval]) -> Case:
    """A case whose clean text is what spans and seams leave."""
    return Case("1", text, remove(text, edits_for(text, gold)), tuple(gold))


def result(text: str, found: list[Interval]) -> CleanResult:
    """What a guard that found these spans would give."""
    edits = edits_for(text, found)
    spans = tuple(Span(start, end, text[start:end], 0.9, "seo") for start, end in found)
    return CleanResult(
        remove(text, edits), spans, tuple(Edit(start, end, text[start:end]) for start, end in edits)
    )


def kinds(marked: str) -> Iterator[str]:
    """Kinds of error in a text in which {} mark the ads and <> what was found."""
    offsets: dict[str, list[int]] = {sign: [] for sign in "{}<>"}
    text = ""
    for char in marked:
        if char in offsets:
            offsets[char].append(len(text))
        else:
            text += char
    gold = list(zip(offsets["{"], offsets["}"], strict=True))
    found = list(zip(offsets["<"], offsets[">"], strict=True))
    return (error.kind for error in errors_of(case(text, gold), result(text, found)))


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("{buy pills}\nTrains run.", "missed: line of its own"),
        ("{buy pills} Trains run.", "missed: in front of a line"),
        ("Trains run. {buy pills}", "missed: at a line's end"),
        ("Trains run. {buy pills} They stop.", "missed: between sentences"),
        ("Trains {buy pills} run.", "missed: mid-sentence"),
        ("{<buy pills> call 0171 555 0199} Trains run.", "left behind: contact, link or number"),
        ("{【<buy pills>】} Trains run.", "left behind: sign, bracket or markup"),
        ("{buy <pills>} Trains run.", "left behind: first words"),
        ("{<buy> pills} Trains run.", "left behind: last words"),
        ("{<buy> cheap <pills>} Trains run.", "left behind: words in the middle"),
        ("<{buy pills} Trains> run.", "taken along: next word"),
        ("<{buy pills} Trains run now>.", "taken along: next words"),
        ("On <Monday {buy pills}> trains run.", "taken along: previous word"),
        ("<{buy pills} •> Trains run.", "taken along: sign, bullet or bracket"),
        ("<{buy} trains {pills}> Trains run.", "taken along: words between two ads"),
        ("Write to <desk@harbour-news.org>, he said.", "false cut: link, address or handle"),
        ("He won <14-2, 6-3> on Friday.", "false cut: numbers, date or signs"),
        ("The forum “<night owls>” closed.", "false cut: quoted or bracketed words"),
        ("The firm, <海悦热能>, was sold.", "false cut: name or term in another script"),
        ("Good news\n<Tickets at the door>\nTrains run.", "false cut: short line or headline"),
        ("The song by <Maud Ellery> was sold.", "false cut: name"),
        ("The song <by the sea> was sold.", "false cut: words of a sentence"),
        ("Read <#Almenara> now.", "false cut: hashtag"),
    ],
)
def test_an_error_is_named_by_its_kind(marked: str, kind: str) -> None:
    assert kind in set(kinds(marked))


def test_white_space_that_the_seam_took_wrongly_is_an_error_of_its_own() -> None:
    one = Case("1", "ad  good", "  good", ((0, 2),))
    [error] = errors_of(one, result(one.text, [(0, 2)]))
    assert error.kind.startswith("seam")


def test_what_came_out_right_has_no_errors() -> None:
    assert not errors_of(case("ad good", [(0, 2)]), result("ad good", [(0, 2)]))


@given(st.text("ab .1\n", min_size=40, max_size=40), INTERVALS, INTERVALS)
def test_errors_are_what_one_side_has_and_the_other_has_not(
    text: str, gold: list[Interval], found: list[Interval]
) -> None:
    wrong = {i for start, end in gold for i in range(start, end)} ^ {
        i for start, end in found for i in range(start, end)
    }
    for error in errors_of(case(text, gold), result(text, found)):
        if not error.kind.startswith("seam"):
            assert set(range(error.start, error.end)) <= wrong
            assert error.lost == any(start <= error.start < end for start, end in found)


@given(st.text("ad .\n"), ENDS)
def test_every_span_has_a_place(text: str, span: Interval) -> None:
    assert place_of(text, span)


def test_the_commonest_kind_comes_first_with_its_longest_example() -> None:
    one = case("Trains ad run casino now.", [(7, 9), (14, 20)])
    other = case("Trains run.", [])
    errors = errors_of(one, result(one.text, [])) + errors_of(other, result(other.text, [(0, 6)]))
    first, second = commonest(errors)
    assert (first.kind, first.n_errors, first.n_documents) == ("missed: mid-sentence", 2, 1)
    assert (first.n_chars, first.example.text) == (8, "casino")
    assert second.n_errors == 1
    assert commonest(errors, 1) == [first]
