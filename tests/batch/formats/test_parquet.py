"""Parquet: strings wherever a path leads, each row a document of its own."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from spamguard.batch.answers import Cleaner, Task, answer_all
from spamguard.batch.formats.columns import Rows
from spamguard.batch.formats.jsonl import JsonLines
from spamguard.batch.formats.parquet import Parquet
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Finding, Outcome
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.sampling import clean_sample
from spamguard.batch.workers import Workers
from spamguard.errors import FormatError
from spamguard.result import CleanResult

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

PART = arrow.struct([("title", arrow.string()), ("at", arrow.timestamp("ns")), ("n", arrow.int8())])
NAMED = arrow.dictionary(arrow.int32(), arrow.string())
SCHEMA = arrow.schema(
    [
        ("id", arrow.int32()),
        ("meta", PART),
        ("parts", arrow.list_(PART)),
        ("tags", arrow.large_list(arrow.large_string())),
        ("pages", arrow.list_(arrow.list_(arrow.struct([("body", NAMED)])))),
        ("a.b", arrow.string()),
    ],
    metadata={"origin": "a crawl"},
)
SETTINGS = Settings(Reading(("meta.title",)))
FIELDS = ("meta.title", "parts.title", "tags", "pages.body")


def packed(rows: list[dict[str, Any]], **options: Any) -> bytes:  # noqa: ANN401  (Arrow's own)
    """A Parquet file of rows."""
    out = BytesIO()
    parquet.write_table(arrow.Table.from_pylist(rows, schema=SCHEMA), out, **options)
    return out.getvalue()


def cleaned(clean: Cleaner, format_: Parquet, raw: bytes) -> bytes:
    """A file's bytes after cleaning."""
    units = list(format_.read(BytesIO(raw)))
    answers = answer_all(clean, [Task(format_, unit) for unit in units])
    out = BytesIO()
    sink = format_.open(out)
    for unit, answer in zip(units, answers, strict=True):
        sink.write(unit, answer.raw)
    sink.close()
    return out.getvalue()


def without_spam(value: Any) -> Any:  # noqa: ANN401  (rows hold anything)
    """A row as it ought to come out."""
    if isinstance(value, dict):
        return {name: without_spam(one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_spam(one) for one in value]
    return value.removeprefix("SPAM ") if isinstance(value, str) else value


TEXT = st.sampled_from([None, "", "good", "SPAM good"])
PARTS = st.none() | st.fixed_dictionaries({"title": TEXT, "n": st.none() | st.integers(-9, 9)})
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 9),
            "meta": PARTS,
            "parts": st.none() | st.lists(PARTS, max_size=3),
            "tags": st.none() | st.lists(TEXT, max_size=3),
            "pages": st.none()
            | st.lists(
                st.none() | st.lists(st.none() | st.fixed_dictionaries({"body": TEXT}), max_size=2),
                max_size=2,
            ),
        }
    ),
    min_size=1,
    max_size=12,
)


@examples(max_examples=60)
@given(ROWS)
def test_strings_in_structs_and_lists_are_cleaned_in_their_place(clean: Cleaner, rows: list[Any]) -> None:
    raw = packed(rows)
    found = parquet.read_table(BytesIO(cleaned(clean, Parquet(FIELDS), raw)))
    before = parquet.read_table(BytesIO(raw))
    assert found.schema.equals(before.schema, check_metadata=True)
    assert found.to_pylist() == [without_spam(row) for row in before.to_pylist()]


def test_many_rows_come_back_in_their_row_groups_with_all_else_as_it_was(clean: Cleaner) -> None:
    rows = [
        {
            "id": number,
            "parts": [{"title": f"SPAM part {number}", "at": number, "n": 1}] * (number % 3),
            "a.b": "SPAM left",
        }
        for number in range(700)
    ]
    raw = packed(rows, row_group_size=600, compression="zstd")
    file = parquet.ParquetFile(BytesIO(cleaned(clean, Parquet(("parts.title",)), raw)))
    assert [file.metadata.row_group(at).num_rows for at in range(2)] == [600, 100]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    found, before = file.read(), parquet.read_table(BytesIO(raw))
    for name in ("id", "meta", "tags", "pages", "a.b"):
        assert found[name] == before[name]
    titles = [part["title"] for row in found["parts"].to_pylist() for part in row]
    assert titles == [f"part {number}" for number in range(700) for _ in range(number % 3)]
    assert [part["at"] for row in found["parts"].to_pylist() for part in row] == [
        part["at"] for row in before["parts"].to_pylist() for part in row
    ]


def test_paths_are_those_of_json_lines() -> None:
    row = {"meta": {"title": "a"}, "tags": ["b", "c"], "pages": [[{"body": "d"}, {"body": "e"}]], "a.b": "f"}
    fields = (*FIELDS, r"a\.b")
    [unit] = Parquet(fields).read(BytesIO(packed([row])))
    lines = JsonLines(fields)
    [line] = lines.read(BytesIO(json.dumps(row).encode()))
    document = Parquet(fields).parse(unit)
    assert (document.fields, document.texts) == (lines.parse(line).fields, lines.parse(line).texts)
    assert document.fields == ["meta.title", "tags.0", "tags.1", "pages.0.0.body", "pages.0.1.body", "a.b"]


def test_a_dot_may_belong_to_a_column_s_name() -> None:
    [unit] = Parquet(("a.b",)).read(BytesIO(packed([{"a.b": "text"}])))
    assert unit.raw == [("a.b", "text")]


@pytest.mark.parametrize("field", ["meta", "meta.n", "parts.0.title", "nothing", "id.title"])
def test_a_path_without_strings_is_refused_with_those_that_have_some(field: str) -> None:
    with pytest.raises(FormatError) as error:
        next(Parquet((field,)).read(BytesIO(packed([{"id": 1}]))))
    assert str(error.value) == (
        f"no strings are at {field}: name with --field one of "
        r"meta.title, parts.title, tags, pages.body, a\.b"
    )


def events_of(workers: Workers, path: Path, out: Path) -> list[Event]:
    """What happens when a file is cleaned."""
    return list(clean_files(workers, plan_roots([path], out=out), SETTINGS))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three hundred rows, of which the third and the last are polluted, the last beyond measure."""
    titles = ["good"] * 300
    titles[2], titles[-1] = "SPAM a very long and good title", "SPAM x"
    path = tmp_path / "table.parquet"
    path.write_bytes(packed([{"meta": {"title": title}} for title in titles]))
    return path


def test_what_is_found_is_told_with_its_row(workers: Workers, table: Path, tmp_path: Path) -> None:
    *findings, outcome = events_of(workers, table, tmp_path / "out")
    places = [(one.record, one.field) for one in findings if isinstance(one, Finding)]
    assert places == [(3, "meta.title"), (300, "meta.title")]
    assert isinstance(outcome, Outcome)
    assert outcome.n_documents == 300


def test_a_row_that_would_lose_too_much_is_left_alone_by_itself(
    clean: Cleaner, table: Path, tmp_path: Path
) -> None:
    careful = Workers(lambda: clean, max_removed=0.5)
    *findings, outcome = events_of(careful, table, tmp_path / "out")
    assert [(one.record, one.is_review) for one in findings if isinstance(one, Finding)] == [
        (3, False),
        (300, True),
    ]
    assert isinstance(outcome, Outcome)
    titles = [row["title"] for row in parquet.read_table(outcome.target)["meta"].to_pylist()]
    assert (titles[2], titles[-1]) == ("a very long and good title", "SPAM x")


def test_a_sample_draws_rows_and_holds_no_others(clean: Cleaner, table: Path) -> None:
    held: list[int] = []

    def counting(texts: Iterable[str]) -> Iterable[CleanResult]:
        held.append(sum(isinstance(one, Rows) for one in gc.get_objects()))
        return clean(texts)

    roots = plan_roots([table])
    *_, outcome = clean_sample(Workers(lambda: counting), roots, SETTINGS, 10)
    assert isinstance(outcome, Outcome)
    assert outcome.n_documents == 10
    assert held == [0]
