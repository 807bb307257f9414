from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.skeleton import skeleton_of


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=80))
def test_every_letter_knows_its_place_in_any_text(text: str) -> None:
    skeleton = skeleton_of(text)
    assert len(skeleton.letters) == len(skeleton.raw) == len(skeleton.classes)
    assert all(0 <= at < len(text) for at in skeleton.raw.tolist())
    assert sorted(set(skeleton.raw.tolist())) == skeleton.raw.tolist()


def test_signs_styles_and_look_alikes_leave_no_trace() -> None:
    assert skeleton_of("саѕіпо").letters[:2] == skeleton_of("C-A.").letters
    assert skeleton_of("🅥 ③ ｘ").letters.endswith("3x")


def test_an_entity_of_html_is_one_letter_and_its_last_sign_its_end() -> None:
    skeleton = skeleton_of("So &#99;at&#115;.")
    assert skeleton.letters == "socats"
    assert skeleton.to_raw(2, 6) == (3, 16)
    assert skeleton.ends_words(2, 6)
    assert not skeleton.ends_words(2, 5)
