"""Finds what of the recipe travels with spamguard: grammars, passages, the floor set and its floors."""

from __future__ import annotations

from pathlib import Path

from spamguard.errors import SourceError

_PACKAGE = Path(__file__).resolve().parent.parent
# In a wheel it lies inside the package, in a checkout at the top.
_ROOTS = (_PACKAGE / "training", _PACKAGE.parent.parent / "training")


def shipped(name: str) -> Path:
    """Return a file or folder of the recipe.

    Parameters
    ----------
    name
        Its path within ``training/``.

    Raises
    ------
    SourceError
        If this installation carries none.

    Examples
    --------
    >>> shipped("floors.json").name
    'floors.json'
    """
    for root in _ROOTS:
        if (root / name).exists():
            return root / name
    raise SourceError(f"this installation carries no training/{name}: install spamguard again")
