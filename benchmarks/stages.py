"""Where the time goes: the profile of a run, by module."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from pathlib import Path
from typing import Any

import spamguard
from benchmarks.articles import Newsroom
from benchmarks.costs import Setting
from benchmarks.tables import Table
from benchmarks.timing import fitting

_PACKAGE = Path(spamguard.__file__).parent
_ELSEWHERE = "elsewhere"


def stages(setting: Setting) -> Table:
    """Share of the time by module, on news of which a tenth is polluted."""
    room = Newsroom(setting.seed)
    articles = [room.polluted(text).text if n % 10 == 0 else text for n, text in enumerate(setting.articles)]
    texts = fitting(setting.clean_many, articles, seconds=setting.seconds)
    profile = cProfile.Profile()
    profile.runcall(setting.clean_many, texts)
    spent = by_module(pstats.Stats(profile))
    total = sum(spent.values())
    rows = [
        (name, f"{seconds / total:.1%}", f"{seconds:.2f}")
        for name, seconds in spent.most_common()
        if seconds > 0
    ]
    note = (
        "NumPy's time counts for the module that called it. A profile slows small calls more than large ones."
    )
    points = [(name, seconds / total, 0.0) for name, seconds in spent.most_common(12)]
    return Table("stages", "Time by module, `clean_many`", ("module", "share", "s"), rows, note, points)


def by_module(stats: pstats.Stats) -> Counter[str]:
    """Sum the time by module of this package, each function's and that of the foreign functions it called.

    A foreign function's time is split among its callers as the profile split it; what foreign functions
    call in turn counts for the module nearest above, or as elsewhere where the way up is long.
    """
    table: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    spent: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in table.items():
        if (name := _module(function)) != _ELSEWHERE or not callers:
            spent[name] += own
            continue
        for caller, (_, _, own_from_caller, _) in callers.items():
            spent[_above(caller, table)] += own_from_caller
    return spent


def _module(function: tuple[str, int, str]) -> str:
    """Name of a function's module within the package."""
    path = Path(function[0])
    if not path.is_relative_to(_PACKAGE):
        return _ELSEWHERE
    return ".".join(path.relative_to(_PACKAGE).with_suffix("").parts)


def _above(function: tuple[str, int, str], table: dict[Any, Any], depth: int = 6) -> str:
    """Nearest module of the package above a function, by its dearest caller each time."""
    name = _module(function)
    if name != _ELSEWHERE or depth == 0 or not table[function][4]:
        return name
    dearest = max(table[function][4].items(), key=lambda caller: caller[1][3])[0]
    return _above(dearest, table, depth - 1)
