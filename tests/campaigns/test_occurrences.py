from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.occurrences import Finder
from spamguard.campaigns.skeleton import skeleton_of


def found(strings: list[str], text: str) -> list[str]:
    """The stretches of a text that are found."""
    skeleton = skeleton_of(text)
    spans = [skeleton.to_raw(one.start, one.end) for one in Finder(strings).find(skeleton)]
    return [text[start:end] for start, end in spans]


def test_disguises_are_seen_through() -> None:
    text = "Good. c h e a p - ＰＩＬＬＳ ! Chеар p\u200bills? Good."
    assert found(["cheappills"], text) == ["c h e a p - ＰＩＬＬＳ", "Chеар p\u200bills"]


def test_words_are_not_cut() -> None:
    assert found(["pills"], "spills pillsbury pills") == ["pills"]
    assert found(["家族葬9万円"], "彼は家族葬9万円からと") == ["家族葬9万円"]


def test_a_glued_host_of_another_script_does_not_hide_a_string() -> None:
    assert found(["bundesweit"], "bundesweitᑣᙥᐽ and bundesweite") == ["bundesweit"]


def test_the_longest_string_wins() -> None:
    assert found(["cheap", "cheappills"], "cheap pills, cheap") == ["cheap pills", "cheap"]


@given(st.text(max_size=60), st.lists(st.text("abcд中1", min_size=4, max_size=6), max_size=4))
def test_occurrences_are_disjoint_ascending_and_true(text: str, strings: list[str]) -> None:
    skeleton = skeleton_of(text)
    end = 0
    for one in Finder(strings).find(skeleton):
        assert end <= one.start < one.end
        assert skeleton.letters[one.start : one.end] == one.letters
        assert one.letters in strings
        end = one.end


@given(
    st.lists(st.text("abcd中 1", max_size=20), max_size=5),
    st.lists(st.text("abcd中1", min_size=4, max_size=6)),
)
def test_many_texts_at_once_give_what_each_alone_gives(texts: list[str], strings: list[str]) -> None:
    finder, skeletons = Finder(strings), [skeleton_of(text) for text in texts]
    assert finder.find_all(skeletons) == [finder.find(skeleton) for skeleton in skeletons]
