"""Phrases that a caller allows or denies, and which of the found spans they leave."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from spamguard.errors import InputError
from spamguard.spans import CATEGORIES, Category, Interval, Span, complement, merge

# Thai, Lao, Burmese, Khmer, Hangul (whose particles are glued on), Chinese, Japanese: words have no edges.
_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\U0010ffff"
# Two neighbours of one word; a combining accent belongs to the letter before it.
_ONE_WORD = re.compile(rf"[^\W_{_SPACELESS}](?:[^\W_{_SPACELESS}]|[\u0300-\u036f])")


def fold_case(text: str) -> str:
    """Return the text in lower case, character for character, so that offsets stay true.

    Examples
    --------
    >>> fold_case("İstanbul ΟΔΟΣ")
    'istanbul οδοσ'
    """
    return text.replace("İ", "i").lower().replace("ς", "σ")


class Phrases:
    """Finds phrases in texts, in time that grows with the text and not with their number.

    A phrase is found in upper and lower case alike, and only as whole words: "ad" is not in "made". In
    scripts that write without spaces it is found anywhere.

    Parameters
    ----------
    phrases
        The phrases; white space around them is left away.
    name
        What the caller calls them, for error messages.

    Raises
    ------
    InputError
        If ``phrases`` is a single string, or one of them is no string or blank.

    Examples
    --------
    >>> Phrases(["cheap pills", "论坛"]).find("Cheap pills on 上海论坛.")
    [(0, 11), (17, 19)]
    """

    def __init__(self, phrases: Iterable[str], *, name: str = "phrases") -> None:
        if isinstance(phrases, str):
            raise InputError(f"{name} must be several strings, got a single one")
        # An automaton after Aho and Corasick: states are prefixes of phrases, the empty one is 0.
        self._steps: list[dict[str, int]] = [{}]
        self._lengths = [0]
        for number, phrase in enumerate(phrases):
            if not isinstance(phrase, str) or not phrase.strip():
                raise InputError(f"{name} must be strings that are not blank; number {number} is not")
            self._add(fold_case(phrase.strip()))
        self._fallback = [0] * len(self._steps)
        self._shorter = [0] * len(self._steps)
        self._link()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self._steps) > 1

    def find(self, text: str, *, within: Sequence[Interval] | None = None) -> list[Interval]:
        """Return what the phrases cover of a text.

        Parameters
        ----------
        text
            Any string.
        within
            Half-open intervals, each of which must hold a phrase whole; the whole text by default.

        Returns
        -------
        list of (int, int)
            Half-open, disjoint, ascending.
        """
        if not self:
            return []
        folded = fold_case(text)
        pieces = [(0, len(text))] if within is None else within
        return merge(found for piece in pieces for found in self._occurrences(text, folded, piece))

    def _add(self, phrase: str) -> None:
        """Add the states of a phrase."""
        state = 0
        for character in phrase:
            if character not in self._steps[state]:
                self._steps[state][character] = len(self._steps)
                self._steps.append({})
                self._lengths.append(0)
            state = self._steps[state][character]
        self._lengths[state] = len(phrase)

    def _link(self) -> None:
        """Find for each state its longest suffix that is a state, and that is a whole phrase."""
        due = deque(self._steps[0].values())
        while due:
            state = due.popleft()
            fallback = self._fallback[state]
            self._shorter[state] = fallback if self._lengths[fallback] else self._shorter[fallback]
            for character, after in self._steps[state].items():
                self._fallback[after] = self._step(fallback, character)
                due.append(after)

    def _step(self, state: int, character: str) -> int:
        """Return the state after one more character."""
        while state and character not in self._steps[state]:
            state = self._fallback[state]
        return self._steps[state].get(character, 0)

    def _occurrences(self, text: str, folded: str, piece: Interval) -> Iterator[Interval]:
        """Yield for each place where phrases end the longest of them that is made of whole words."""
        state = 0
        for end in range(piece[0] + 1, piece[1] + 1):
            state = self._step(state, folded[end - 1])
            found = state if self._lengths[state] else self._shorter[state]
            if not found or _is_inside_word(text, end):
                continue
            while found and _is_inside_word(text, end - self._lengths[found]):
                found = self._shorter[found]
            if found:
                yield end - self._lengths[found], end


def _is_inside_word(text: str, position: int) -> bool:
    """Whether the characters before and behind a position belong to one word."""
    return position > 0 and _ONE_WORD.match(text, position - 1) is not None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which spans a caller wants to go.

    Parameters
    ----------
    allow
        Phrases of which no character goes: a span that lies within one, holds one or overlaps one
        stays whole, a denied one too.
    deny
        Phrases that go wherever they stand, with a score of 1 and as "other", whatever their category.
    categories
        Categories of the spans that go; all by default.

    Examples
    --------
    >>> choice = Choice.of(allow=["pills museum"], deny=["pills"])
    >>> [(span.start, span.end) for span in choice.apply("Pills! The Pills Museum opens.", [])]
    [(0, 5)]
    """

    allow: Phrases
    deny: Phrases
    categories: Collection[Category] | None = None

    @classmethod
    def of(
        cls,
        allow: Iterable[str] | Phrases = (),
        deny: Iterable[str] | Phrases = (),
        categories: Iterable[Category] | None = None,
    ) -> Choice | None:
        """Build a choice from what a caller gave; none if that takes all that is found, and no more.

        Raises
        ------
        InputError
            If phrases are not as :class:`Phrases` takes them, or a category is unknown.
        """
        allowed = allow if isinstance(allow, Phrases) else Phrases(allow, name="allow")
        denied = deny if isinstance(deny, Phrases) else Phrases(deny, name="deny")
        wanted = None if categories is None else _known(categories)
        return cls(allowed, denied, wanted) if allowed or denied or wanted is not None else None

    def apply(self, text: str, found: Iterable[Span]) -> list[Span]:
        """Return the spans that go, ascending by start; a denied one may overlap a found one.

        Parameters
        ----------
        text
            The text.
        found
            The spans that were found in it.
        """
        allowed = self.allow.find(text)
        denied = self.deny.find(text, within=complement(allowed, len(text)))
        ends = [end for _, end in allowed]
        chosen = [Span(start, end, text[start:end], 1.0, "other") for start, end in denied]
        for span in found:
            nearest = bisect_right(ends, span.start)
            touches = nearest < len(allowed) and allowed[nearest][0] < span.end
            if not touches and (self.categories is None or span.category in self.categories):
                chosen.append(span)
        return sorted(chosen, key=lambda span: span.start)


def _known(categories: Iterable[Category]) -> frozenset[Category]:
    """Check names of categories."""
    if isinstance(categories, str):
        raise InputError("categories must be several names, got a single string")
    names = list(categories)
    for number, name in enumerate(names):
        if name not in CATEGORIES:
            raise InputError(f"categories must be of {', '.join(CATEGORIES)}; number {number} is not")
    return frozenset(names)
