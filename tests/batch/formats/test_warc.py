"""WARC: a damaged record is left alone and named, whole ones around it are cleaned."""

from __future__ import annotations

import gzip
import zlib
from base64 import b32encode
from hashlib import sha1
from io import BytesIO
from pathlib import Path

import pytest

from spamguard.batch.answers import Cleaner, Task, answer_all
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES
from spamguard.batch.formats.warc import Warc
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Fault, Outcome
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import clean_files
from spamguard.batch.stream import clean_stream
from spamguard.batch.workers import Workers
from spamguard.errors import FormatError

pytest.importorskip("warcio")

PAGE = b"SPAM A page of the news."
LEFT = b"A page of the news."


def record(content: bytes = PAGE, *, http: bytes | None = None, digest: bytes = b"") -> bytes:
    """A page of plain text, with a digest of its block."""
    block = content
    if http is not None:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + http + b"\r\n" + content
    kind = b"resource\r\nContent-Type: text/plain"
    if http is not None:
        kind = b"response\r\nContent-Type: application/http; msgtype=response"
    digest = digest or b"sha1:" + b32encode(sha1(block).digest())
    lines = [b"WARC/1.0", b"WARC-Type: " + kind, b"WARC-Block-Digest: " + digest]
    lines += [b"WARC-Target-URI: http://example.org/", b"Content-Length: %d" % len(block)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + block + b"\r\n\r\n"


def cleaned(clean: Cleaner, raw: bytes) -> tuple[bytes, list[tuple[int | None, str]]]:
    """A file's bytes after cleaning, and the number and fault of records left alone."""
    format_, out = Warc(), BytesIO()
    units = list(format_.read(BytesIO(raw)))
    assert b"".join(unit.raw for unit in units) == raw or units[0].aside
    answers = answer_all(clean, [Task(format_, unit) for unit in units])
    sink = format_.open(out)
    for unit, answer in zip(units, answers, strict=True):
        sink.write(unit, answer.raw)
    sink.close()
    pairs = zip(units, answers, strict=True)
    return out.getvalue(), [(unit.record, answer.fault) for unit, answer in pairs if answer.fault]


def packed(raw: bytes) -> bytes:
    """A gzip member."""
    return gzip.compress(raw, mtime=0)


@pytest.mark.parametrize("n_bytes", [5, 10, 4 + len(PAGE) // 2])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_record_that_breaks_off_is_not_made_to_look_whole(
    clean: Cleaner, n_bytes: int, is_packed: bool
) -> None:
    pack = packed if is_packed else bytes
    last = pack(record())[:-n_bytes]
    raw, [(number, fault)] = cleaned(clean, pack(record()) + last)
    assert raw == pack(record(LEFT)) + last
    assert (number, "breaks off" in fault) == (2, True)


def test_a_member_whose_record_breaks_off_is_left_alone(clean: Cleaner) -> None:
    damaged = packed(record()[:-10])
    raw, [(number, fault)] = cleaned(clean, damaged + packed(record()))
    assert raw == damaged + packed(record(LEFT))
    assert (number, "breaks off" in fault) == (1, True)


def test_a_file_that_breaks_off_is_a_fault_of_its_run(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes((record() * 2)[:-12])
    events: list[Event] = list(clean_files(workers, plan_roots([tmp_path / "a.warc"])))
    assert [event.record for event in events if isinstance(event, Fault)] == [2]


@pytest.mark.parametrize("base", ["32", "16", "other"])
def test_a_record_that_is_not_what_its_digest_says_is_not_signed_anew(clean: Cleaner, base: str) -> None:
    digests = {
        "32": b"sha1:" + b32encode(sha1(b"other").digest()),
        "16": b"sha1:" + sha1(b"other").hexdigest().encode(),
        "other": b"crc32:12345678",
    }
    raw = record(digest=digests[base])
    assert cleaned(clean, raw)[0] == raw
    assert "left alone" in cleaned(clean, raw)[1][0][1]


def test_a_digest_stays_in_its_base(clean: Cleaner) -> None:
    raw = record(digest=b"sha1:" + sha1(PAGE).hexdigest().encode())
    assert cleaned(clean, raw) == (record(LEFT, digest=b"sha1:" + sha1(LEFT).hexdigest().encode()), [])


@pytest.mark.parametrize("level", [1, 6, 9])
def test_a_file_compressed_as_a_whole_is_cleaned_and_written_so(
    workers: Workers, tmp_path: Path, level: int
) -> None:
    source = tmp_path / "a.wet.gz"
    source.write_bytes(gzip.compress(record() * 40, level))
    [outcome] = [one for one in clean_files(workers, plan_roots([source])) if isinstance(one, Outcome)]
    assert (outcome.status, outcome.n_documents) == ("cleaned", 40)
    raw = Path(outcome.target).read_bytes()
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(raw) == record(LEFT) * 40
    assert unpacker.eof
    assert not unpacker.unused_data


def test_a_file_compressed_as_a_whole_without_spam_is_copied(workers: Workers, tmp_path: Path) -> None:
    source = tmp_path / "a.wet.gz"
    source.write_bytes(gzip.compress(record(LEFT) * 40, 1))
    [outcome] = clean_files(workers, plan_roots([source]))
    assert isinstance(outcome, Outcome)
    assert Path(outcome.target).read_bytes() == source.read_bytes()


def test_a_stream_compressed_as_a_whole_is_cleaned(workers: Workers) -> None:
    out = BytesIO()
    list(clean_stream(workers, BytesIO(gzip.compress(record() * 3)), out, Reading(format="warc")))
    assert gzip.decompress(out.getvalue()) == record(LEFT) * 3


def test_members_that_records_cross_are_cleaned(clean: Cleaner) -> None:
    whole = record() * 40
    raw, faults = cleaned(clean, b"".join(packed(whole[at : at + 100]) for at in range(0, len(whole), 100)))
    assert (gzip.decompress(raw), faults) == (record(LEFT) * 40, [])


@pytest.mark.parametrize(
    "damaged",
    [
        record().replace(b"WARC/1.0", b"WORC/1.0"),
        record().replace(b"Content-Length: ", b"Content-Length: x"),
        record().replace(b"Content-Length: 24", b"Content-Length: 14"),
        record().replace(b"Content-Length: 24", b"Content-Length: 99"),
        record().replace(b"Content-Length: 24", b"Content-Length: 99999"),
        record()[5:],
    ],
)
def test_the_records_behind_a_damaged_one_are_cleaned(clean: Cleaner, damaged: bytes) -> None:
    raw, [(number, _)] = cleaned(clean, record() + damaged + record() * 2)
    assert raw == record(LEFT) + damaged + record(LEFT) * 2
    assert number == 2


@pytest.mark.parametrize("at", [0, 20, 40, -6])
def test_the_members_behind_a_damaged_one_are_cleaned(clean: Cleaner, at: int) -> None:
    damaged = bytearray(packed(record()))
    damaged[at] ^= 0x5A
    raw, [(number, _)] = cleaned(clean, packed(record()) + damaged + packed(record()) * 2)
    assert raw == packed(record(LEFT)) + damaged + packed(record(LEFT)) * 2
    assert number == 2


def test_what_holds_no_record_is_refused(clean: Cleaner) -> None:
    for raw in (b"no such thing\r\n" * 9, packed(b"no such thing"), b"WARC/1.0\r\n\r\n"):
        with pytest.raises(FormatError, match="no record"):
            cleaned(clean, raw)


@pytest.mark.parametrize("coding", [b"br", b"deflate", b"zstd"])
def test_a_text_in_a_coding_that_is_not_read_is_named(clean: Cleaner, coding: bytes) -> None:
    raw = record(http=b"Content-Encoding: " + coding + b"\r\n")
    assert cleaned(clean, raw) == (
        raw,
        [(1, f"its Content-Encoding {coding.decode()} is not read; left alone")],
    )


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_text_beyond_the_limit_is_named(
    clean: Cleaner, is_packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("framing", "members"):
        monkeypatch.setattr(f"spamguard.batch.formats.{module}.MAX_UNIT_BYTES", 2_000)
    monkeypatch.setattr("spamguard.batch.formats.members._ROOM_BYTES", 500)
    pack = packed if is_packed else bytes
    large = pack(record(PAGE * 5_000))
    raw, [fault] = cleaned(clean, pack(record()) + large + pack(record()))
    assert raw == pack(record(LEFT)) + large + pack(record(LEFT))
    assert fault == (2, f"a record of more than {MAX_UNIT_BYTES:,} bytes; left alone")


def test_chunks_and_gzip_of_a_page_are_read_and_broken_ones_left_alone(clean: Cleaner) -> None:
    chunked, zipped = b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    raw, faults = cleaned(clean, record(chunks, http=chunked) + record(packed(PAGE), http=zipped))
    assert (raw, faults) == (record(LEFT, http=b"") + record(packed(LEFT), http=zipped), [])
    broken = record(chunks[:-9], http=chunked) + record(packed(PAGE)[:-9], http=zipped)
    raw, faults = cleaned(clean, broken)
    assert raw == broken
    assert ["left alone" in fault for _, fault in faults] == [True, True]


def test_zeros_behind_the_last_member_stay(clean: Cleaner) -> None:
    assert cleaned(clean, packed(record()) + bytes(99)) == (packed(record(LEFT)) + bytes(99), [])
