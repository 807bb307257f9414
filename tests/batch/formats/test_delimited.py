"""CSV and TSV: marks that stand astray cost their own line and no other."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.batch.answers import Cleaner, Task, answer_all
from spamguard.batch.formats.delimited import Delimited
from spamguard.batch.formats.jsonl import JsonLines
from spamguard.batch.formats.protocol import Format

TABS, COMMAS = Delimited(("text",), "\t"), Delimited(("text",))


def cleaned(clean: Cleaner, format_: Format, raw: bytes) -> tuple[bytes, list[int | None]]:
    """A file's bytes after cleaning, and the numbers of the lines left alone."""
    units = list(format_.read(BytesIO(raw)))
    assert b"".join(unit.raw for unit in units) == raw
    answers = answer_all(clean, [Task(format_, unit) for unit in units])
    pairs = list(zip(units, answers, strict=True))
    written = b"".join(unit.raw if answer.raw is None else answer.raw for unit, answer in pairs)
    return written, [unit.record for unit, answer in pairs if answer.fault]


@pytest.mark.parametrize(
    "behind", [b"", b'99\t"SPAM Quoted"\n', b'99\tSPAM He said "no"\n', b'99\t"SPAM astray as well\n']
)
def test_a_stray_mark_costs_its_own_line(clean: Cleaner, behind: bytes) -> None:
    rows = b"".join(b"%d\tSPAM Row of news.\n" % number for number in range(50))
    stray = b'77\t"SPAM Breaking news\n'
    raw, faults = cleaned(clean, TABS, b"id\ttext\n" + stray + rows + behind)
    is_astray = behind.count(b'"') == 1
    left = behind if is_astray else behind.replace(b"SPAM ", b"")
    assert raw == b"id\ttext\n" + stray + rows.replace(b"SPAM ", b"") + left
    assert faults == ([2, 53] if is_astray else [2])


def test_a_stray_mark_that_is_closed_too_far_away_costs_its_own_line(
    clean: Cleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spamguard.batch.formats.joining._MAX_LINES", 20)
    rows = b"".join(b"%d\tSPAM Row of news.\n" % number for number in range(50))
    raw, faults = cleaned(clean, TABS, b'id\ttext\n0\t"SPAM a\n' + rows + b'9\tend"\n')
    assert raw == b'id\ttext\n0\t"SPAM a\n' + rows.replace(b"SPAM ", b"") + b'9\tend"\n'
    assert faults == [2]


def test_a_row_that_swallowed_the_cell_that_is_wanted_is_none(clean: Cleaner) -> None:
    head, stray, rows = b"id,title,text\n", b'1,"Odd,SPAM a\n', b'2,b,SPAM c\n3,d,SPAM e"\n'
    raw, faults = cleaned(clean, COMMAS, head + stray + rows)
    assert raw == head + stray + b'2,b,c\n3,d,e"\n'
    assert faults == [2]


def test_a_quotation_of_many_lines_is_one_cell(clean: Cleaner) -> None:
    rows = b'id,text\n1,"SPAM a\n""b"",\n\n"\n2,SPAM c\n'
    assert cleaned(clean, COMMAS, rows) == (b'id,text\n1,"a\n""b"",\n\n"\n2,c\n', [])


def test_a_head_of_two_lines_names_columns(clean: Cleaner) -> None:
    rows = b'"a, b\nc";text\n1;SPAM d\n'
    assert cleaned(clean, COMMAS, rows) == (b'"a, b\nc";text\n1;d\n', [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_lines_that_end_as_on_an_old_mac_are_rows(clean: Cleaner, encoding: str) -> None:
    mark = "\ufeff" if encoding != "utf-8" else ""
    raw = (mark + 'id,text\r1,SPAM a\r2,"SPAM b\rc"\r').encode(encoding)
    assert cleaned(clean, COMMAS, raw) == ((mark + 'id,text\r1,a\r2,"b\rc"\r').encode(encoding), [])


def test_a_bare_carriage_return_costs_its_own_line(clean: Cleaner) -> None:
    rows = b"id,text\n1,SPAM a\rb\n2,SPAM c\n"
    assert cleaned(clean, COMMAS, rows) == (b"id,text\n1,SPAM a\rb\n2,c\n", [2])


@pytest.mark.parametrize("format_", [COMMAS, JsonLines(("text",))])
def test_a_record_is_in_the_encoding_of_its_file(clean: Cleaner, format_: Format) -> None:
    head, row = (b"id,text\n", b"1,SPAM a\n") if format_ == COMMAS else (b"", b'{"text": "SPAM a"}\n')
    _, faults = cleaned(clean, format_, head + 20 * row + b"1\0,\0a\0b\0\n")
    assert faults == [head.count(b"\n") + 21]


@settings(max_examples=80)
@given(st.lists(st.tuples(st.text('ab",\n ', max_size=6), st.text('ab",\n ', max_size=6)), max_size=6))
def test_what_the_csv_module_writes_is_read_as_it_was(clean: Cleaner, rows: list[tuple[str, str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out).writerows([("id", "text"), *((a, f"SPAM x{b}") for a, b in rows)])
    raw, faults = cleaned(clean, COMMAS, out.getvalue().encode())
    assert faults == []
    texts = [row[1] for row in csv.reader(StringIO(raw.decode(), newline=""))][1:]
    assert texts == [result.text for result in clean(f"SPAM x{b}" for _, b in rows)]


@settings(max_examples=80)
@given(st.text('ab",\n\r\t ', max_size=60))
def test_any_file_comes_out_as_it_was_where_nothing_is_found(clean: Cleaner, rows: str) -> None:
    raw = f"id,text\n{rows}".encode()
    assert cleaned(clean, COMMAS, raw)[0] == raw
