"""Adds single labels to a file as a person works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spamguard.errors import InputError
from spamguard.learning.labels.fields import read_bytes
from spamguard.learning.labels.formats import format_within
from spamguard.learning.labels.native import TEXT, dump_line, quick_line, to_fields
from spamguard.learning.labels.reading import category_of, joined
from spamguard.learning.labels.record import Label, Mark, in_utf8

_NAMED = {".txt": "quick", ".csv": "csv", ".parquet": "parquet"} | dict.fromkeys(
    (".jsonl", ".ndjson", ".json"), "native"
)


def add_strings(strings: Sequence[str], path: Path, *, is_spam: bool) -> None:
    """Append strings as quick lines, all or, if one is refused, none.

    Raises
    ------
    InputError
        If a string has a line break, is blank or no UTF-8, or the file holds labels of another format.
    """
    in_utf8(Label(string, place="the string") for string in strings)
    lines = "".join(quick_line(string, is_spam=is_spam) for string in strings)
    _refuse_other(path, "quick")
    _append(lines, path)


def add_marked(
    article: Path, strings: Sequence[str], path: Path, *, category: str = "other", source: str = ""
) -> int:
    """Append an article in which strings are marked wherever they stand; without strings it is clean.

    Parameters
    ----------
    article
        UTF-8 text.
    strings
        Each must stand in the article.
    path
        A file of native labels, made where it is missing.
    category, source
        Of the marks, and of the article.

    Returns
    -------
    int
        How many spans were marked.

    Raises
    ------
    InputError
        If the article is no UTF-8 text, a string does not stand in it, or the file holds labels of another
        format.
    """
    try:
        text = article.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{article}: not UTF-8 from byte {error.start} on") from None
    found = category_of(category, "--category")
    marks = [Mark(at, at + len(one), found) for one in strings for at in _places(text, one, article)]
    label = Label(text, joined(marks), source, article.name)
    _refuse_other(path, "native")
    _append(dump_line(to_fields(label)), path)
    return len(label.marks)


def _places(text: str, string: str, article: Path) -> list[int]:
    """Return where a string stands, side by side at most."""
    if not string or string not in text:
        raise InputError(f"{article}: a string of {len(string)} characters does not stand in it")
    found, at = [], text.find(string)
    while at >= 0:
        found.append(at)
        at = text.find(string, at + len(string))
    return found


def _refuse_other(path: Path, wanted: str) -> None:
    """Refuse a file that lines of a format would spoil, by its name or by what it holds."""
    found = _NAMED.get(path.suffix, wanted)
    if found == wanted and path.is_file():
        head = next((line for line in read_bytes(path).split(b"\n") if line.strip()), b"")
        is_json = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))
        if head:
            found = format_within(path, TEXT) if is_json else "quick"
    if found != wanted:
        raise InputError(
            f"{path}: a file of the format {found}; strings alone are added to quick lines, such as "
            f"labels.txt, and articles (--in) to native JSON lines, such as labels.jsonl"
        )


def _append(lines: str, path: Path) -> None:
    """Append whole lines to a file, even if its last one was left unfinished."""
    with path.open("a+b") as stream:
        end = stream.seek(0, 2)
        stream.seek(max(0, end - 1))
        unfinished = end > 0 and stream.read(1) != b"\n"
        stream.write((("\n" if unfinished else "") + lines).encode("utf-8"))
