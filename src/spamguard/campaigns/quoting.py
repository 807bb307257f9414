"""Whether a stretch of a text is quoted: a string that is spoken of is no advertisement."""

from __future__ import annotations

import re

_OPENERS, _CLOSERS = "“‘„‚«‹「『《〈»", "”’“‘»›」』》〉«"
# These open and close alike: they count only right beside the string.
_EITHER = "\"'"
_BRACKETS = {"(": ")", "（": "）", "[": "]"}
_MARK = re.compile(f"[{_OPENERS}{_CLOSERS}]")
_LEAD = re.compile("[ \t]?[:：,，]?[ \t\u00a0]?[“‘„«‹「『]")
# A quotation may hold so much beside the string.
_SLACK_CHARS = 30


def is_quoted(text: str, start: int, end: int) -> bool:
    """Say whether a stretch stands in quotation marks or brackets, with little else between them.

    Parameters
    ----------
    text
        The text.
    start, end
        Half-open offsets of the stretch, not empty.

    Examples
    --------
    >>> is_quoted("They read « cheap pills » twice.", 12, 23), is_quoted("cheap pills It rained.", 0, 11)
    (True, False)
    """
    if text[start] in _OPENERS and text[end - 1] in _CLOSERS:
        return True
    before, behind = text[max(0, start - _SLACK_CHARS) : start], text[end : end + _SLACK_CHARS]
    beside = before.rstrip()[-1:], behind.lstrip()[:1]
    if beside[0] and (
        (beside[0] in _EITHER and beside[0] == beside[1]) or _BRACKETS.get(beside[0]) == beside[1]
    ):
        return True
    opened, closed = _MARK.findall(before.rpartition("\n")[2]), _MARK.findall(behind.partition("\n")[0])
    return bool(opened and closed) and opened[-1] in _OPENERS and closed[0] in _CLOSERS


def introduces_quote(text: str, end: int) -> bool:
    """Say whether a quotation begins right behind a stretch: what leads up to one is a reporter's.

    Parameters
    ----------
    text
        The text.
    end
        Where the stretch ends, exclusive.

    Examples
    --------
    >>> introduces_quote("Police warn of the words: “cheap pills”.", 24)
    True
    >>> introduces_quote("cheap pills It rained.", 11)
    False
    """
    return _LEAD.match(text, end) is not None
