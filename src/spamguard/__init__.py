"""spamguard finds spam that somebody injected into news text and gives the text back clean.

The door is small: :func:`load` a :class:`Guard`, let it :meth:`~Guard.clean` a text, look at the
:class:`Span` list, and :func:`restore` the original if you want it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from spamguard.cleaner import Explanation, Guard
    from spamguard.client import AsyncClient, Client
    from spamguard.errors import SpamguardError
    from spamguard.result import CleanResult, restore
    from spamguard.seams import Edit
    from spamguard.spans import CATEGORIES, Category, Span

# The build reads it from here: asking the installed package's metadata costs 20 ms of every start.
__version__ = "0.1.0"
__all__ = [
    "CATEGORIES",
    "AsyncClient",
    "Category",
    "CleanResult",
    "Client",
    "Edit",
    "Explanation",
    "Guard",
    "SpamguardError",
    "Span",
    "__version__",
    "load",
    "restore",
]
# Each name is fetched when it is first asked for, so that `spamguard --version` answers at once.
_ROOMS = {
    "CATEGORIES": "spans",
    "AsyncClient": "client",
    "Category": "spans",
    "CleanResult": "result",
    "Client": "client",
    "Edit": "seams",
    "Explanation": "cleaner",
    "Guard": "cleaner",
    "SpamguardError": "errors",
    "Span": "spans",
    "restore": "result",
}

# Out of sight of type checkers, to whom every misspelt name would else be an object.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Fetch a public name from its room, or the room itself."""
        from importlib import import_module

        if name in _ROOMS.values():
            return import_module(f"{__name__}.{name}")
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Name what the door offers, fetched or not."""
    return sorted({*globals(), *__all__})


def load(path: str | PathLike[str] | None = None) -> Guard:
    """Load a model and return a guard that cleans with it.

    Parameters
    ----------
    path
        Folder of a model artefact, or of a registry whose serving model is meant; the shipped model by
        default.

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
    from pathlib import Path

    from spamguard.cleaner import Guard
    from spamguard.model.loading import load_detector
    from spamguard.registry.resolving import resolve

    return Guard(load_detector(None if path is None else resolve(Path(path))))
