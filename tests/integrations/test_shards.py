from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.integrations.conftest import GOOD, SPAM, needs

from spamguard.errors import InputError

pytestmark = pytest.mark.filterwarnings("default")


def clean(source: Path, out: Path) -> list[dict[str, int]]:
    """Clean all shards of a folder."""
    needs("fsspec", "ray")
    needs("pyarrow", "ray")
    from spamguard.integrations.cleaning import TextCleaner
    from spamguard.integrations.shards import clean_shard, plan_shards

    return [clean_shard(shard, TextCleaner(), "text") for shard in plan_shards(str(source), str(out))]


def test_lines_without_spam_and_lines_that_are_none_come_back_to_the_byte(tmp_path: Path) -> None:
    good = b'{ "text":"It rained.",  "x": 1.50 }\r\n'
    spam = json.dumps({"x": 1, "text": SPAM + GOOD, "y": "\u00e9"}, ensure_ascii=False).encode() + b"\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(good + b"{broken\n\n" + spam + b'{"text": null}')
    [counts] = clean(tmp_path / "in", tmp_path / "out")
    cleaned = json.dumps({"x": 1, "text": GOOD, "y": "\u00e9"}, ensure_ascii=False).encode() + b"\n"
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == good + b"{broken\n\n" + cleaned + b'{"text": null}'
    assert counts == {"documents": 2, "changed": 1, "spans": 1, "faults": 2}


def test_compressed_lines_stay_compressed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl.gz").write_bytes(
        gzip.compress(json.dumps({"text": SPAM + GOOD}).encode() + b"\n")
    )
    clean(tmp_path / "in", tmp_path / "out")
    written = gzip.decompress((tmp_path / "out" / "a.jsonl.gz").read_bytes())
    assert json.loads(written) == {"text": GOOD}


def test_parquet_keeps_schema_metadata_and_other_columns(tmp_path: Path) -> None:
    needs("pyarrow", "ray")
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "in").mkdir()
    schema = pa.schema([("n", pa.int16()), ("text", pa.large_string())], metadata={"origin": "news"})
    table = pa.table({"n": [1, 2, None], "text": [SPAM + GOOD, None, GOOD]}, schema)
    pq.write_table(table, tmp_path / "in" / "a.parquet")
    clean(tmp_path / "in", tmp_path / "out")
    cleaned = pq.read_table(tmp_path / "out" / "a.parquet")
    assert cleaned.schema.equals(schema, check_metadata=True)
    assert cleaned.to_pydict() == {"n": [1, 2, None], "text": [GOOD, None, GOOD]}


def test_what_cannot_be_cleaned_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="no JSON lines"):
        clean(tmp_path / "in", tmp_path / "out")
    (tmp_path / "in" / "a.jsonl").write_text("{}")
    with pytest.raises(InputError, match="lies in the input"):
        clean(tmp_path / "in", tmp_path / "in" / "out")
