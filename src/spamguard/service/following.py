"""A registry's promotions, followed: the model that it names serves a few seconds later."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from spamguard.errors import ArtefactError
from spamguard.registry.index import INDEX_NAME, read_index
from spamguard.service.engine import Engine
from spamguard.service.problems import ProblemError

_log = logging.getLogger("spamguard.service")


async def follow(engine: Engine, path: Path, every_s: int) -> None:
    """Load the model anew whenever a registry names another one, until cancelled; no request is dropped.

    What was refused once is not tried again until the registry names another, or is asked to by name. A
    registry that cannot be read is warned of once, and again when what is wrong with it changes.

    Parameters
    ----------
    engine
        Serves the model of the registry.
    path
        The registry; of a folder that is none nothing is followed.
    every_s
        Seconds between two looks, at least 1.
    """
    refused: str | None = None
    fault: str | None = None
    while True:
        await asyncio.sleep(every_s)
        wanted, found = await asyncio.to_thread(_named, path)
        if found not in (None, fault):
            _log.warning("the registry cannot be followed: %s", found)
        fault = found
        try:
            if wanted not in (None, refused, engine.guard.model_id):
                await engine.reload()
        except ProblemError as error:
            refused = wanted if error.kind == "model-refused" else None


def _named(path: Path) -> tuple[str | None, str | None]:
    """Return the id of the model that a registry lets serve, and what is wrong with the registry, if any."""
    try:
        return (read_index(path).current if (path / INDEX_NAME).is_file() else None), None
    except (ArtefactError, OSError) as error:
        # A disk or a network share that fails for a moment must not end the following.
        return None, str(error)
