"""The compiled road, where it was built: the dearest stages in C, as the NumPy code says it, and faster.

A machine without a C compiler installs spamguard without it, and reads by NumPy alone.
"""

from __future__ import annotations

from typing import Any, Protocol, cast


class Extension(Protocol):
    """What the extension offers; its sources say what each argument is."""

    def cut(self, *arguments: object) -> tuple[int, int]:
        """Fold code points and cut them into tokens; return how many of either there are."""
        ...

    def score(self, *arguments: object) -> None:
        """Hash the tokens of a batch and score each from its lexical features."""
        ...

    def hashes(self, *arguments: object) -> int:
        """Write the hashed features of some lines; return how many rows of n-grams there are."""
        ...

    def context(self, *arguments: object) -> None:
        """Write the dense features of some lines."""
        ...

    def embed(self, *arguments: object) -> None:
        """Add up the embeddings of some tokens."""
        ...

    def decode(self, *arguments: object) -> None:
        """Write the best lawful tags of some stretches of tokens."""
        ...

    def can_read_layers(self) -> bool:
        """Whether this processor can pass tokens through the reader's layers."""
        ...

    def read_layers(self, *arguments: object) -> None:
        """Pass some tokens through the reader's layers."""
        ...


def _built() -> Extension | None:
    """Return the extension where this installation has it."""
    try:
        from spamguard.text import _native  # type: ignore[attr-defined]
    except ImportError:
        return None
    return cast("Extension", cast("Any", _native))


extension = _built()


def loaded() -> Extension:
    """Return the extension, for those who made sure before that it is there."""
    assert extension is not None
    return extension
