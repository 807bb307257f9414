"""Parquet: what is written is stored as what was read, values that are no text included."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from spamguard.batch.formats.parquet import Parquet
from spamguard.batch.outcomes import Event, Fault, Outcome
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.sampling import clean_sample
from spamguard.batch.workers import Workers
from spamguard.errors import FormatError

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

DAY = datetime(2025, 6, 1)


def written(folder: Path, workers: Workers, table: Any, **options: Any) -> tuple[Any, Any, list[Event]]:  # noqa: ANN401
    """The file of a table, its cleaned form, and what was told."""
    source = folder / "a.parquet"
    parquet.write_table(table, source, **options)
    events = list(clean_files(workers, plan_roots([source])))
    target = folder / "a.cleaned.parquet"
    return parquet.ParquetFile(BytesIO(source.read_bytes())), parquet.ParquetFile(target), events


def strings(values: list[bytes | None], kind: Any) -> Any:  # noqa: ANN401
    """An array of strings that nobody checked."""
    return arrow.array(values, arrow.binary()).cast(arrow.string(), safe=False).cast(kind, safe=False)


@pytest.mark.parametrize(
    "kind", [arrow.string(), arrow.large_string(), arrow.dictionary(arrow.int32(), arrow.string())], ids=str
)
def test_a_value_that_is_no_text_leaves_its_row_as_it_came(
    workers: Workers,
    tmp_path: Path,
    kind: Any,  # noqa: ANN401
) -> None:
    values = [b"SPAM one", b"SPAM ab\xff\xfe", None, b"SPAM two"]
    _, after, events = written(tmp_path, workers, arrow.table({"text": strings(values, kind)}))
    left = after.read()["text"].cast(arrow.string()).cast(arrow.binary()).to_pylist()
    assert left == [b"one", b"SPAM ab\xff\xfe", None, b"two"]
    [fault] = [event for event in events if isinstance(event, Fault)]
    assert (fault.record, fault.reason) == (2, "a value of text is not UTF-8 text; left alone")


def test_a_value_that_is_no_text_ends_no_run_or_sample(workers: Workers, tmp_path: Path) -> None:
    table = arrow.table({"text": strings([b"SPAM ab\xff\xfe"], arrow.string())})
    parquet.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "b.txt").write_bytes(b"SPAM good")
    events = [
        *clean_files(workers, plan_roots([tmp_path]), Settings(write=False)),
        *clean_sample(workers, plan_roots([tmp_path]), Settings(), 9),
    ]
    told = [(Path(one.name).name, one.status) for one in events if isinstance(one, Outcome)]
    assert told.count(("b.txt", "cleaned")) == 2
    assert ("a.parquet", "unchanged") in told


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("with_schema", [False, True])
@pytest.mark.parametrize("version", ["1.0", "2.6"])
def test_values_are_stored_as_they_were(
    workers: Workers, tmp_path: Path, is_old: bool, with_schema: bool, version: str
) -> None:
    table = arrow.table(
        {
            "text": ["SPAM a", "b"],
            "tags": [["x"], []],
            "at": arrow.array([DAY] * 2, arrow.timestamp("ns")),
            "price": arrow.array([Decimal("1.23")] * 2, arrow.decimal128(7, 2)),
            "total": arrow.array([Decimal("1.23")] * 2, arrow.decimal128(15, 2)),
        }
    )
    options: dict[str, Any] = {
        "use_deprecated_int96_timestamps": is_old,
        "store_decimal_as_integer": is_old,
        "use_compliant_nested_type": not is_old,
        "store_schema": with_schema,
        "version": version,
        "compression": "none" if is_old else "gzip",
        "row_group_size": 1,
    }
    before, after, _ = written(tmp_path, workers, table, **options)
    assert after.schema.equals(before.schema)
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert (after.metadata.metadata or {}).keys() == (before.metadata.metadata or {}).keys()
    assert after.metadata.num_row_groups == 2
    assert after.metadata.row_group(0).column(0).compression == ("UNCOMPRESSED" if is_old else "GZIP")
    left = table.set_column(0, "text", arrow.array(["a", "b"]))
    assert after.read().to_pylist() == left.to_pylist()


def test_views_and_lists_of_one_length_are_cleaned(workers: Workers, tmp_path: Path) -> None:
    pairs = [["SPAM a", "b"], None, ["SPAM c", None]]
    for kind, values, left in (
        (arrow.string_view(), ["SPAM a", None], ["a", None]),
        (arrow.list_(arrow.string(), 2), pairs, [["a", "b"], None, ["c", None]]),
    ):
        before, after, _ = written(tmp_path, workers, arrow.table({"text": arrow.array(values, kind)}))
        assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
        assert after.read()["text"].to_pylist() == left
        (tmp_path / "a.cleaned.parquet").unlink()


def test_a_file_that_could_not_be_written_like_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Arrow writes no file that mixes both ways to store dates: here no way but the newer is left.
    monkeypatch.setattr("spamguard.batch.formats.physical._options", lambda file: {})
    table, out = arrow.table({"text": ["SPAM"], "at": arrow.array([DAY], arrow.timestamp("ns"))}), BytesIO()
    parquet.write_table(table, out, use_deprecated_int96_timestamps=True)
    with pytest.raises(FormatError, match="column at is stored in a way that cannot be written again"):
        list(Parquet(("text",)).read(out))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_a_damaged_table_fails_its_file_and_the_rest_goes_on(
    workers: Workers, tmp_path: Path, share: float
) -> None:
    table = arrow.table({"text": [f"SPAM {number} of the news" for number in range(2_000)]})
    parquet.write_table(table, tmp_path / "a.parquet", use_dictionary=False)
    raw = bytearray((tmp_path / "a.parquet").read_bytes())
    at = int(share * len(raw))
    raw[at : at + 40] = b"\xff" * 40
    (tmp_path / "a.parquet").write_bytes(raw)
    (tmp_path / "b.txt").write_bytes(b"SPAM good")
    outcomes = [one for one in clean_files(workers, plan_roots([tmp_path])) if isinstance(one, Outcome)]
    assert {Path(one.name).name: one.status for one in outcomes} == {
        "a.parquet": "failed",
        "b.txt": "cleaned",
    }
    assert "news" not in outcomes[0].reason
    assert Path(outcomes[0].target).read_bytes() == raw


def test_what_has_no_strings_is_refused() -> None:
    out = BytesIO()
    parquet.write_table(arrow.table({"text": [1]}), out)
    with pytest.raises(FormatError, match="there are none"):
        list(Parquet(("text",)).read(out))


@pytest.mark.parametrize("size", [None, -1, 1], ids=["plain", "in a list", "in a list of one length"])
@pytest.mark.parametrize("year", [1600, 3000])
def test_times_that_would_change_on_the_way_are_refused(
    workers: Workers, tmp_path: Path, year: int, size: int | None
) -> None:
    kind, value = arrow.timestamp("us"), datetime(year, 1, 1)
    times = arrow.array([value], kind) if size is None else arrow.array([[value]], arrow.list_(kind, size))
    source = tmp_path / "a.parquet"
    table = arrow.table({"text": ["SPAM one"], "time": times})
    parquet.write_table(table, source, use_deprecated_int96_timestamps=True)
    [outcome] = [one for one in clean_files(workers, plan_roots([source])) if isinstance(one, Outcome)]
    assert outcome.status == "failed"
    assert "time" in outcome.reason
    assert "before 1678" in outcome.reason
    assert (tmp_path / "a.cleaned.parquet").read_bytes() == source.read_bytes()
