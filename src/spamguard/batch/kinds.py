"""Which format a file is in, by its name."""

from __future__ import annotations

from dataclasses import dataclass

from spamguard.batch.encoding import check_encoding
from spamguard.batch.formats.delimited import Delimited
from spamguard.batch.formats.foreign import Shielded
from spamguard.batch.formats.html import Html
from spamguard.batch.formats.jsonl import JsonLines
from spamguard.batch.formats.parquet import Parquet
from spamguard.batch.formats.plain import Plain
from spamguard.batch.formats.protocol import Format
from spamguard.batch.formats.warc import Warc
from spamguard.batch.packing import SUFFIXES
from spamguard.errors import InputError

FORMATS = ("text", "html", "jsonl", "csv", "tsv", "parquet", "warc")
ENDINGS = {
    "": "text",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".rst": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is read and written.

    Parameters
    ----------
    format
        Its format.
    packing
        The suffix of its compression, or nothing.
    is_exact
        Whether what was not changed is written to the byte; else a file without spam is copied.
    """

    format: Format
    packing: str = ""
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What the user said about the files.

    Parameters
    ----------
    fields
        Fields or columns that hold texts.
    key
        Name under which a changed JSON line notes its spans and edits; empty for none.
    encoding
        What text is read as where nothing else shows; UTF-8 by default.
    format
        One of :data:`FORMATS` for all files, whatever their names.

    Raises
    ------
    InputError
        If there is no such encoding or format.

    Examples
    --------
    >>> Reading().kind_of("news.jsonl.gz").packing
    '.gz'
    >>> Reading().kind_of("logo.png") is None
    True
    """

    fields: tuple[str, ...] = ("text",)
    key: str = ""
    encoding: str | None = None
    format: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.encoding is not None:
            check_encoding(self.encoding)
        if self.format is not None and self.format not in FORMATS:
            raise InputError(f"a format must be one of {', '.join(FORMATS)}")

    def kind_of(self, name: str, *, named: bool = False) -> Kind | None:
        """Return how a file is read, or None where its type is unknown.

        Parameters
        ----------
        name
            The file's name; only its endings matter.
        named
            Whether the user named this very file: then one of an unknown ending is read as text.
        """
        stem = name.lower()
        packing = next((suffix for suffix in SUFFIXES if stem.endswith(suffix)), "")
        stem = stem.removesuffix(packing)
        dot = stem.rfind(".")
        ending = stem[dot:] if dot > 0 else ""
        format_name = self.format or ENDINGS.get(ending, "text" if named else "")
        if not format_name:
            return None
        if format_name == "warc" and packing == ".gz":
            # Each record may be a member of its own, which the format itself sees to.
            return Kind(self._format("warc"), is_exact=False)
        return Kind(self._format(format_name), packing, not packing and format_name != "parquet")

    def _format(self, name: str) -> Format:
        """Return the format of a name."""
        encoding = check_encoding(self.encoding) if self.encoding else None
        formats: dict[str, Format] = {
            "text": Plain(encoding),
            "html": Html(encoding),
            "jsonl": JsonLines(self.fields, self.key, encoding),
            "csv": Delimited(self.fields, "", encoding),
            "tsv": Delimited(self.fields, "\t", encoding),
            "parquet": Parquet(self.fields),
            "warc": Warc(encoding),
        }
        return formats[name] if name == "text" else Shielded(formats[name])
