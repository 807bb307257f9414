"""What every format promises."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.batch.answers import Cleaner, Task, answer_all
from spamguard.batch.formats.delimited import Delimited
from spamguard.batch.formats.html import Html
from spamguard.batch.formats.jsonl import JsonLines
from spamguard.batch.formats.parquet import Parquet
from spamguard.batch.formats.plain import Plain
from spamguard.batch.formats.protocol import Format
from spamguard.batch.formats.tags import Tokens
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Outcome
from spamguard.batch.packing import SUFFIXES, packed, unpacked
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import clean_files
from spamguard.batch.workers import Workers
from spamguard.errors import FormatError


def unpack(name: str, raw: bytes) -> bytes:
    """The content of a file, where packing has more than one form."""
    ways: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.decompress,
        ".bz2": bz2.decompress,
        ".xz": lzma.decompress,
        ".zst": lambda packed: unpacked(BytesIO(packed), ".zst").read(),
    }
    way = ways.get(Path(name).suffix)
    return way(raw) if way else raw


def cleaned(clean: Cleaner, format_: Format, raw: bytes) -> tuple[bytes, list[str]]:
    """A file's bytes after cleaning, and its faults."""
    units = list(format_.read(BytesIO(raw)))
    answers = answer_all(clean, [Task(format_, unit) for unit in units])
    out = BytesIO()
    sink = format_.open(out)
    for unit, answer in zip(units, answers, strict=True):
        sink.write(unit, answer.raw)
    sink.close()
    return out.getvalue(), [answer.fault for answer in answers if answer.fault]


def test_spam_goes_and_all_else_comes_out_to_the_byte(workers: Workers, archive: Path) -> None:
    conftest_files = pytest.importorskip("pyarrow") and _originals()
    outcomes = [one for one in clean_files(workers, plan_roots([archive])) if isinstance(one, Outcome)]
    assert {Path(one.name).name for one in outcomes if one.status != "cleaned"} == {"logo.png"}
    for name, raw in conftest_files.items():
        written = (archive.with_name("archive.cleaned") / name).read_bytes()
        assert unpack(name, written) == unpack(name, raw), name


def _originals() -> dict[str, bytes]:
    """The archive before it was polluted."""
    import importlib.util

    path = Path(__file__).parent.parent / "conftest.py"
    spec = importlib.util.spec_from_file_location("batch_fixtures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[str, bytes] = module.files(40, spam=False)
    return made


def test_a_page_keeps_markup_and_loses_an_ads_own_anchor(clean: Cleaner) -> None:
    left, right = b'<a title="SPAM" href=/1>News</a> ', b"on.<!-- SPAM --><script>SPAM</script>"
    page = left + b'<a href="http://x"><b>SPAM</b></a> ' + right
    assert cleaned(clean, Html(), page) == (left + right, [])


def test_markup_that_a_removal_would_make_is_not_made(clean: Cleaner) -> None:
    page = b"<p>one <&#83;PAMb>two</p>"
    raw, [fault] = cleaned(clean, Html(), page)
    assert raw == page
    assert "would be read as markup" in fault


def test_a_page_says_its_encoding(clean: Cleaner) -> None:
    page = '<meta charset="gb2312"><p>SPAM 上海的新闻</p>'.encode("gb18030")
    assert cleaned(clean, Html(), page) == (page.replace(b"SPAM ", b""), [])


@given(st.text(st.sampled_from("<>/!-='\" abpscript[]&;?"), max_size=80))
def test_tokens_of_any_page_are_the_page(page: str) -> None:
    assert "".join(page[token.start : token.end] for token in Tokens(page)) == page


def test_fields_are_found_by_path_and_escapes_stay(clean: Cleaner) -> None:
    line = (
        b'{ "n":1.50, "meta":{"text" : "\\u4e0aSPAM \\ud83d\\ude00\\/"},"text":["SPAM a",{"x":1}], "n":2}\n'
    )
    left = b'{ "n":1.50, "meta":{"text" : "\\u4e0a\\ud83d\\ude00\\/"},"text":["a",{"x":1}], "n":2}\n'
    assert cleaned(clean, JsonLines(("text", "meta.text")), line) == (left, [])


def test_a_changed_line_notes_its_edits_and_a_second_cleaning_adds_to_them(clean: Cleaner) -> None:
    format_ = JsonLines(("text",), key="notes")
    once = cleaned(clean, format_, b'{"text": "SPAM a"}\n')[0]
    fields = json.loads(once)
    assert list(fields) == ["text", "notes"]
    assert fields["notes"][0]["edits"] == [{"start": 0, "end": 5, "text": "SPAM "}]
    assert cleaned(clean, format_, once) == (once, [])
    twice = cleaned(clean, format_, once.replace(b'"a"', b'"SPAM b"'))[0]
    assert [note["field"] for note in json.loads(twice)["notes"]] == ["text", "text"]


def test_a_key_that_is_taken_leaves_the_line_alone(clean: Cleaner) -> None:
    line = b'{"text": "SPAM a", "notes": 1}\n'
    raw, faults = cleaned(clean, JsonLines(("text",), key="notes"), line)
    assert raw == line
    assert "taken" in faults[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(fields=st.dictionaries(st.text(max_size=3), json_values, max_size=4), text=st.text(max_size=20))
def test_any_object_is_read_and_only_its_text_is_changed(clean: Cleaner, fields: object, text: str) -> None:
    assert isinstance(fields, dict)
    line = json.dumps({**fields, "text": f"SPAM {text}"}).encode()
    raw, faults = cleaned(clean, JsonLines(("text",)), line)
    assert not faults
    left = json.loads(raw)
    assert left.pop("text") == next(iter(clean([f"SPAM {text}"]))).text
    fields.pop("text", None)
    assert left == fields


def test_a_cell_that_would_read_as_quoted_is_quoted(clean: Cleaner) -> None:
    rows = b'id,text\r\n1,SPAM"a" b\r\n'
    assert cleaned(clean, Delimited(("text",)), rows) == (b'id,text\r\n1,"""a"" b"\r\n', [])


def test_a_file_without_the_column_is_refused(clean: Cleaner) -> None:
    with pytest.raises(FormatError, match="no column is named text"):
        cleaned(clean, Delimited(("text",)), b"id,body\n1,SPAM a\n")


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "shift-jis"])
def test_other_encodings_are_read_when_named(clean: Cleaner, encoding: str) -> None:
    text = "上海 SPAM の新聞\n" if encoding != "big5" else "上海 SPAM 新聞\n"
    kind = Reading(encoding=encoding).kind_of("a.txt")
    assert kind is not None
    raw = (text * 20).encode(encoding)
    assert cleaned(clean, kind.format, raw) == (raw.replace(b"SPAM ", b""), [])


def test_a_long_text_comes_in_stretches_of_lines(clean: Cleaner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spamguard.batch.formats.plain.STRETCH_BYTES", 100)
    raw = b"A line of SPAM news.\n" * 50
    units = list(Plain().read(BytesIO(raw)))
    assert len(units) > 5
    assert all(unit.raw.endswith(b"\n") for unit in units)
    assert cleaned(clean, Plain(), raw) == (raw.replace(b"SPAM ", b""), [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_packing_comes_back_and_breaks_are_seen(suffix: str) -> None:
    content = bytes(range(256)) * 2_000
    out = BytesIO()
    with packed(out, suffix) as sink:
        sink.write(content)
    raw = out.getvalue()
    assert unpacked(BytesIO(raw), suffix).read() == content
    assert unpacked(BytesIO(raw + raw), suffix).read() == content * 2
    for damaged in (raw[:-5], b"no such data" + raw):
        with pytest.raises(FormatError, match="byte"):
            unpacked(BytesIO(damaged), suffix).read()


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_zeros_behind_packed_data_are_passed_over(suffix: str) -> None:
    out = BytesIO()
    with packed(out, suffix) as sink:
        sink.write(b"Good news.")
    raw, zeros = out.getvalue(), bytes(3_000)
    assert unpacked(BytesIO(raw + zeros), suffix).read() == b"Good news."
    assert unpacked(BytesIO(raw + zeros + raw), suffix).read() == b"Good news." * 2


@pytest.mark.parametrize(
    "name", ["plain.txt", "wide.txt", "page.html", "rows.csv", "crawl.warc", "table.parquet"]
)
def test_every_format_comes_in_every_packing(workers: Workers, archive: Path, name: str) -> None:
    pytest.importorskip("zstandard")
    suffixes = [suffix for suffix in SUFFIXES if f"{name}{suffix}" != "crawl.warc.gz"]
    for suffix in suffixes:
        with open(archive / f"{name}{suffix}", "wb") as sink, packed(sink, suffix) as stream:
            stream.write((archive / name).read_bytes())
    list(clean_files(workers, plan_roots([archive])))
    out = archive.with_name("archive.cleaned")
    expected = (out / name).read_bytes()
    assert expected != (archive / name).read_bytes()
    for suffix in suffixes:
        assert unpack(f"{name}{suffix}", (out / f"{name}{suffix}").read_bytes()) == expected, suffix


def test_tables_with_tabs_and_texts_of_a_crawl_are_read_by_their_endings(
    workers: Workers, tmp_path: Path
) -> None:
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
    conversion = head + b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
    made = {
        "rows.tsv": (
            b'id\ttext\n1\tSPAM The news.\n2\t"SPAM a\tb"\n',
            b'id\ttext\n1\tThe news.\n2\t"a\tb"\n',
        ),
        "crawl.wet": (conversion % (14, b"SPAM The news."), conversion % (9, b"The news.")),
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (raw, _) in made.items():
        (folder / name).write_bytes(raw)
    list(clean_files(workers, plan_roots([folder])))
    for name, (_, expected) in made.items():
        assert (tmp_path / "in.cleaned" / name).read_bytes() == expected, name


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_bomb_is_not_unpacked(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spamguard.batch.packing._FREE_BYTES", 100_000)
    out = BytesIO()
    with packed(out, suffix) as sink:
        sink.write(bytes(30_000_000))
    with pytest.raises(FormatError, match="unpacks to more than"):
        unpacked(BytesIO(out.getvalue()), suffix).read()


@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary"])
def test_strings_of_a_table_keep_their_type(clean: Cleaner, kind: str) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    types = {"dictionary": arrow.dictionary(arrow.int32(), arrow.string())}
    type_ = types.get(kind) or getattr(arrow, kind)()
    made = arrow.table({"text": arrow.array(["SPAM a", "b", None]).cast(type_), "n": [[1], [], None]})
    out = BytesIO()
    parquet.write_table(made.replace_schema_metadata({"origin": "a crawl"}), out)
    raw, faults = cleaned(clean, Parquet(("text",)), out.getvalue())
    read, before = parquet.read_table(BytesIO(raw)), parquet.read_table(BytesIO(out.getvalue()))
    assert not faults
    assert read.schema.equals(before.schema, check_metadata=True)
    assert read["text"].to_pylist() == ["a", "b", None]
    assert read["n"] == before["n"]
