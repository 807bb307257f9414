"""spamguard finds spam that somebody injected into news text and gives the text back clean.

The door is small: :func:`load` a :class:`Guard`, let it :meth:`~Guard.clean` a text, look at the
:class:`Span` list, and :func:`restore` the original if you want it back.
"""

from __future__ import annotations

from importlib.metadata import version
from os import PathLike

from spamguard.cleaner import Explanation, Guard
from spamguard.errors import SpamguardError
from spamguard.result import CleanResult, restore
from spamguard.seams import Edit
from spamguard.spans import CATEGORIES, Category, Span

__version__ = version("spamguard")
__all__ = [
    "CATEGORIES",
    "Category",
    "CleanResult",
    "Edit",
    "Explanation",
    "Guard",
    "SpamguardError",
    "Span",
    "__version__",
    "load",
    "restore",
]


def load(path: str | PathLike[str] | None = None) -> Guard:
    """Load a model and return a guard that cleans with it.

    Parameters
    ----------
    path
        Folder of a model artefact; the shipped model by default.

    Returns
    -------
    Guard
        Ready to clean; safe to share between threads.

    Raises
    ------
    ArtefactError
        If the artefact is missing, damaged, of another kind, too new or too large.

    Examples
    --------
    >>> guard = load()
    >>> guard.clean("Nothing to see here.").text
    'Nothing to see here.'
    """
    # NumPy waits until a model is wanted, so that `spamguard --version` answers at once.
    from spamguard.model.loading import load_detector

    return Guard(load_detector(path))
