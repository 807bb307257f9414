"""The table of settings for the documentation: `python -m spamguard.service.settings_table`."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields

from spamguard.service.environment import COMMAND_LINE, PREFIX
from spamguard.service.settings import Settings

_PARAMETER = re.compile(r"^(\w+)\n((?:    .+\n?)+)", re.MULTILINE)


def settings_table() -> str:
    """Return all settings as a table in Markdown, from their defaults and descriptions in the code.

    Examples
    --------
    >>> settings_table().splitlines()[2]
    '| `--host` | `127.0.0.1` | Name or address to listen on. |'
    """
    parameters = inspect.getdoc(Settings) or ""
    parameters = parameters.partition("Parameters\n----------\n")[2].partition("\nRaises\n")[0]
    said = {name: " ".join(text.split()) for name, text in _PARAMETER.findall(parameters)}
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for one in fields(Settings):
        name = f"--{one.name}" if one.name in COMMAND_LINE else PREFIX + one.name.upper()
        default = one.default if one.default is not MISSING else ""
        shown = f"`{_shown(default)}`" if _shown(default) else ""
        rows.append(f"| `{name}` | {shown} | {said[one.name]} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    """Return a default as one writes it into the environment."""
    if isinstance(default, bool):
        return "1" if default else "0"
    return "" if default in (None, ()) else str(default)


if __name__ == "__main__":
    print(settings_table())
