"""A browser's offsets and the service's are turned into each other without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.service.review.conftest import Sit

TEXTS = ["", "plain", "😀", "a😀b", "😀😀😀", "👩‍👩‍👧 é 🏴󠁧󠁢󠁳󠁣󠁴󠁿 end", "\ud800 lone 😀 \udc00"]


def test_offsets_are_those_of_the_other_count(sit: Sit) -> None:
    lengths = [len(text) + 1 for text in TEXTS]
    expected = [
        [len(text[:at].encode("utf-16-le", "surrogatepass")) // 2 for at in range(length)]
        for text, length in zip(TEXTS, lengths, strict=True)
    ]
    with sit() as reviewer:
        found = reviewer.page.evaluate(
            """async (texts) => {
              const { Offsets } = await import("/review/offsets.js");
              return texts.map((codes) => {
                const offsets = new Offsets(String.fromCodePoint(...codes));
                const units = Array.from({ length: codes.length + 1 }, (_, at) => offsets.toUnit(at));
                return [units, units.map((at) => offsets.toCodePoint(at))];
              });
            }""",
            [[ord(character) for character in text] for text in TEXTS],
        )
    assert [units for units, _ in found] == expected
    assert [points for _, points in found] == [list(range(length)) for length in lengths]
