"""Shards of a corpus, JSON lines or Parquet, on any file system that fsspec knows; behind the extra `ray`."""

from __future__ import annotations

import json
import posixpath
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from spamguard.errors import InputError
from spamguard.integrations.cleaning import TextCleaner

JSON_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.xz", ".jsonl.bz2", ".jsonl.zst")
PARQUET_SUFFIXES = (".parquet",)
PART_PREFIX = ".spamguard-"
_BATCH_LINES = 256
_BATCH_ROWS = 1_024


@dataclass(frozen=True, slots=True)
class Shard:
    """One file to clean, and where the result goes.

    Parameters
    ----------
    source, target
        Paths or URLs such as ``s3://bucket/news-0001.jsonl``.

    Examples
    --------
    >>> Shard("in/a.jsonl", "out/a.jsonl").is_parquet
    False
    """

    source: str
    target: str

    @property
    def is_parquet(self) -> bool:
        """Whether the file is Parquet; else it is JSON lines."""
        return self.source.endswith(PARQUET_SUFFIXES)


def plan_shards(source: str, out: str) -> list[Shard]:
    """List the shards below a folder, in order of name.

    Parameters
    ----------
    source
        A folder or a file: local, or a URL of a file system that fsspec knows.
    out
        Folder for the results, the same tree below it.

    Raises
    ------
    InputError
        If there is no shard, or the output lies in the input.
    """
    system, root = fsspec.core.url_to_fs(source)
    target_system, target = fsspec.core.url_to_fs(out)
    root, target = root.rstrip("/"), target.rstrip("/")
    if type(system) is type(target_system) and f"{target}/".startswith(f"{root}/"):
        raise InputError(f"the output {out} is or lies in the input {source}: name another --out")
    found = sorted(path for path in system.find(root) if path.endswith((*JSON_SUFFIXES, *PARQUET_SUFFIXES)))
    if not found:
        raise InputError(f"{source}: no JSON lines and no Parquet below it")
    inside = [posixpath.relpath(path, root) if path != root else posixpath.basename(path) for path in found]
    return [
        Shard(system.unstrip_protocol(path), target_system.unstrip_protocol(posixpath.join(target, name)))
        for path, name in zip(found, inside, strict=True)
    ]


def clean_shard(shard: Shard, cleaner: TextCleaner, column: str) -> dict[str, int]:
    """Clean one shard; its result appears whole or not at all.

    Parameters
    ----------
    shard
        What to read and where to write.
    cleaner
        Model and threshold.
    column
        Field or column that holds the text.

    Returns
    -------
    dict
        Counts: ``documents``, ``changed``, ``spans``, and ``faults``, lines that were left as they came.

    Raises
    ------
    InputError
        If a Parquet file has no such column of strings.
    """
    counts: Counter[str] = Counter(documents=0, changed=0, spans=0, faults=0)
    system, target = fsspec.core.url_to_fs(shard.target)
    folder, name = posixpath.split(target)
    part = posixpath.join(folder, f"{PART_PREFIX}{secrets.token_hex(8)}.part")
    system.makedirs(folder, exist_ok=True)
    clean = _clean_parquet if shard.is_parquet else _clean_lines
    packing = None if shard.is_parquet else fsspec.utils.infer_compression(name)
    with (
        fsspec.open(shard.source, "rb", compression=packing) as source,
        fsspec.open(system.unstrip_protocol(part), "wb", compression=packing) as sink,
    ):
        clean(source, sink, cleaner, column, counts)
    system.mv(part, target)
    return dict(counts)


def sweep(out: str) -> None:
    """Remove what killed workers left behind."""
    system, root = fsspec.core.url_to_fs(out)
    for path in system.find(root):
        if posixpath.basename(path).startswith(PART_PREFIX):
            system.rm(path)


def _clean_lines(
    source: BinaryIO, sink: BinaryIO, cleaner: TextCleaner, column: str, counts: Counter[str]
) -> None:
    """Clean JSON lines; a line in which nothing changed is written as it came."""
    while lines := list(islice(source, _BATCH_LINES)):
        rows = [_row(line, column) for line in lines]
        results = cleaner.results(row[column] for row in rows if row is not None)
        for line, row in zip(lines, rows, strict=True):
            if row is None:
                counts["faults"] += bool(line.strip())
                sink.write(line)
                continue
            result = next(results)
            counts["documents"] += 1
            counts["spans"] += len(result.spans)
            counts["changed"] += result.changed
            sink.write(_line(row | {column: result.text}, line) if result.changed else line)


def _row(line: bytes, column: str) -> dict[str, Any] | None:
    """Read a line; None if it is no object with a text."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and isinstance(row.get(column), str) else None


def _line(row: dict[str, Any], line: bytes) -> bytes:
    """Write a line with the line end that it had."""
    end = line[len(line.rstrip(b"\r\n")) :]
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + end


def _clean_parquet(
    source: BinaryIO, sink: BinaryIO, cleaner: TextCleaner, column: str, counts: Counter[str]
) -> None:
    """Clean a column of Parquet, a batch of rows at a time; schema and metadata stay."""
    parquet = pq.ParquetFile(source)
    schema = parquet.schema_arrow
    index = schema.get_field_index(column)
    if index < 0 or not (
        pa.types.is_string(schema.types[index]) or pa.types.is_large_string(schema.types[index])
    ):
        raise InputError(
            f"there is no column {column!r} of strings; the columns are {', '.join(schema.names)}"
        )
    with pq.ParquetWriter(sink, schema) as writer:
        for batch in parquet.iter_batches(batch_size=_BATCH_ROWS):
            results = cleaner.column(batch.column(index).to_pylist())
            counts.update(_counts(results))
            texts = pa.array([None if one is None else one.text for one in results], schema.types[index])
            writer.write_batch(batch.set_column(index, schema.field(index), texts))


def _counts(results: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the name of each thing to count."""
    for one in results:
        if one is not None:
            yield from ("documents", *["changed"] * one.changed, *["spans"] * len(one.spans))
