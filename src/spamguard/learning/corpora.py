"""The corpora that the recipe names: found, checked against their digests, loaded through ``datasets``."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from datasets import Dataset

from spamguard.errors import SourceError

Role = Literal["host", "clean", "ham", "spam", "test"]
_KEYS = {"name", "path", "origin", "licence", "role", "lang", "sha256"}
_MORE_KEYS = {"label"}


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus of the recipe.

    Attributes
    ----------
    name, origin, licence, lang
        What it is, where it comes from, under which terms, in which language ("multi" for several).
    role
        What the recipe uses it for.
    path
        Where the local copy lies.
    sha256
        Digest of the file that the recipe was written for.
    label
        Where not empty, only the file's rows with this label belong to the source.

    Examples
    --------
    >>> Source("a", "somewhere", "MIT", "en", "host", Path("a.jsonl"), "0" * 64).role
    'host'
    """

    name: str
    origin: str
    licence: str
    lang: str
    role: Role
    path: Path
    sha256: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus."""

    text: str
    lang: str
    source: str
    label: str


def read_sources(listing: Path, root: Path | None = None) -> list[Source]:
    """Read the list of corpora.

    Parameters
    ----------
    listing
        ``sources.toml``.
    root
        Folder that the paths are relative to; by default the one that the listing names.

    Raises
    ------
    SourceError
        If an entry lacks a key, has an unknown one or an unknown role.
    """
    fields = tomllib.loads(listing.read_text("utf-8"))
    base = root or (listing.parent / fields["root"]).resolve()
    sources = []
    for number, entry in enumerate(fields["source"], 1):
        if faults := (_KEYS - set(entry)) | (set(entry) - _KEYS - _MORE_KEYS):
            wrong = ", ".join(sorted(faults))
            raise SourceError(f"{listing.name}, source {number}: missing or unknown keys: {wrong}")
        if entry["role"] not in get_args(Role):
            roles = ", ".join(get_args(Role))
            raise SourceError(
                f"{listing.name}, source {number}: role must be one of {roles}, got {entry['role']!r}"
            )
        sources.append(Source(**{**entry, "path": base / entry["path"]}))
    return sources


def check(source: Source) -> None:
    """Make sure that a corpus is there and is the one that the recipe names.

    Raises
    ------
    SourceError
        If the file is missing or its digest is another.
    """
    if not source.path.is_file():
        raise SourceError(
            f"source {source.name} is missing: expected {source.path}; get it from {source.origin} "
            f"and put one JSON object a line there, or name another folder with --data"
        )
    found = hashlib.sha256(source.path.read_bytes()).hexdigest()
    if found != source.sha256:
        raise SourceError(
            f"source {source.name} is not the file that the recipe names: its SHA-256 is {found[:12]}..., "
            f"sources.toml says {source.sha256[:12]}...; restore it from {source.origin} or update the digest"
        )


def _rows(source: Source) -> Iterator[dict[str, str]]:
    """Read the objects of a corpus; control characters inside strings, line breaks too, are let through."""
    text = source.path.read_text("utf-8")
    decoder, position = json.JSONDecoder(strict=False), 0
    while position < len(text):
        row, position = decoder.raw_decode(text, position)
        label = row.get("label") or ""
        if source.label in ("", label):
            yield {"text": row["text"], "lang": row.get("lang") or source.lang, "label": label}
        while position < len(text) and text[position].isspace():
            position += 1


def load_source(source: Source) -> Dataset:
    """Load one checked corpus as a data set with the columns text, lang and label.

    Raises
    ------
    SourceError
        If the corpus is missing or not the one named.
    """
    check(source)
    return Dataset.from_list(list(_rows(source)))


def documents(sources: Iterable[Source], *roles: Role) -> list[Document]:
    """Load all documents of the corpora that have one of the roles, in a fixed order."""
    found = []
    for source in sources:
        if source.role in roles:
            for row in load_source(source):
                found.append(Document(row["text"], row["lang"], source.name, row["label"]))
    return found
