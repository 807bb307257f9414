"""Floors: figures that an evaluation may not fall below, or rise above."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from spamguard.errors import InputError

MEASURES = ("restored", "restored~", "recall", "precision", "altered", "lost", "MB/s")
# By group, then measure, then "min" or "max".
Floors = dict[str, dict[str, dict[str, float]]]


def read_floors(path: Path) -> Floors:
    """Read floors, such as ``{"all": {"restored": {"min": 0.9}, "altered": {"max": 0.002}}}``.

    Parameters
    ----------
    path
        A JSON file. Its groups are those of an evaluation: ``all``, ``lang=zh`` and the like.

    Raises
    ------
    InputError
        If the file is no such JSON, or names an unknown measure or bound.
    """
    try:
        floors = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(f"{path}: not UTF-8 JSON: {error.__class__.__name__}") from None
    for group, measures in _entries(floors, f"{path}"):
        for measure, bounds in _entries(measures, f"{path}: {group}"):
            if measure not in MEASURES:
                raise InputError(f"{path}: {group}: {measure!r} is none of {', '.join(MEASURES)}")
            for bound, value in _entries(bounds, f"{path}: {group}: {measure}"):
                if bound not in ("min", "max") or type(value) not in (int, float):
                    raise InputError(f"{path}: {group}: {measure}: allowed is min or max with a number")
    parsed: Floors = floors
    return parsed


def _entries(value: object, place: str) -> list[tuple[str, object]]:
    """Return the entries of a JSON object that must have some."""
    if not isinstance(value, dict) or not value:
        raise InputError(f"{place}: must be a JSON object with at least one entry")
    return list(value.items())


def fallen(floors: Floors, rows: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    """Say which floors do not hold.

    Parameters
    ----------
    floors
        From :func:`read_floors`.
    rows
        Measures by group, as :class:`spamguard.learning.evaluation.Evaluation` has them.

    Returns
    -------
    list of str
        One line for each; a figure that was not measured does not hold.

    Examples
    --------
    >>> fallen({"all": {"restored": {"min": 0.9}}}, {"all": {"restored": 0.85}})
    ['all: restored is 0.85, its floor is at least 0.9']
    """
    faults = []
    for group, measures in floors.items():
        for measure, bounds in measures.items():
            value = rows.get(group, {}).get(measure)
            if value is None:
                faults.append(f"{group}: {measure} was not measured")
                continue
            if value < bounds.get("min", value):
                faults.append(f"{group}: {measure} is {value}, its floor is at least {bounds['min']}")
            if value > bounds.get("max", value):
                faults.append(f"{group}: {measure} is {value}, its floor is at most {bounds['max']}")
    return faults


def keys_of(floors: Floors) -> list[str]:
    """Return the keys by which cases must be grouped to check these floors.

    Examples
    --------
    >>> keys_of({"all": {}, "lang=zh": {}, "lang=en": {}})
    ['lang']
    """
    return sorted({group.partition("=")[0] for group in floors if "=" in group})
