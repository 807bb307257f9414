from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.campaigns.conftest import AD, BYLINE, article

from spamguard.cli.main import commands
from spamguard.result import CleanResult


def run(*arguments: str | Path) -> Result:
    """Run `spamguard campaigns`."""
    return CliRunner().invoke(commands, ["campaigns", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    news = tmp_path / "news"
    (news / "june").mkdir(parents=True)
    for number in range(5):
        (news / "june" / f"{number}.txt").write_text(f"{BYLINE}\n{article(number)}\n{AD}\n", "utf-8")
    (news / "logo.png").write_bytes(b"\0\1")
    return news


def test_campaigns_are_listed_with_their_contacts(folder: Path) -> None:
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert AD in outcome.stdout
    assert "phone:015173318842" in outcome.stdout
    assert BYLINE not in outcome.stdout


def test_tables_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(folder, "--out", out).exit_code == 0
    _, contact = csv.reader((out / "contacts.csv").read_text("utf-8").splitlines())
    assert contact[:2] == ["phone", "015173318842"]
    first = json.loads((out / "campaigns.jsonl").read_text("utf-8").splitlines()[0])
    assert first["samples"][0] == AD
    assert first["first"] == "june/0.txt"
    assert (out / "campaigns.csv").exists()
    assert not (out / "cleaned").exists()


def test_two_passes_clean_the_folder_too(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run(folder, "--out", out, "--two-pass")
    assert outcome.exit_code == 0, outcome.output
    for number in range(5):
        expected = f"{BYLINE}\n{article(number)}\n"
        assert (out / "cleaned" / "june" / f"{number}.txt").read_text("utf-8") == expected
    assert "5 cleaned, 1 skipped" in outcome.stderr


def test_several_processes_find_and_clean_what_one_does(folder: Path, tmp_path: Path) -> None:
    for number in range(70):
        (folder / f"{number}.txt").write_text(f"{article(number % 5)}\nNumber {number}.\n", "utf-8")
    told = [run(folder, "--out", tmp_path / workers, "--two-pass", "-w", workers) for workers in ("1", "2")]
    assert [one.exit_code for one in told] == [0, 0]
    assert told[0].stdout == told[1].stdout
    written = [
        {
            path.relative_to(tmp_path / workers): path.read_bytes()
            for path in (tmp_path / workers).rglob("*.*")
        }
        for workers in ("1", "2")
    ]
    assert written[0] == written[1]
    assert len(written[0]) == 70 + 6 + 3


def test_a_report_will_do(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "spans.jsonl"
    CliRunner().invoke(
        commands, ["clean", str(folder), "--out", str(tmp_path / "o"), "--report", str(report)]
    )
    outcome = run(report, "--json")
    assert AD in {json.loads(line)["samples"][0] for line in outcome.stdout.splitlines()}


def test_a_report_of_a_run_with_faults_will_do(folder: Path, tmp_path: Path) -> None:
    (folder / "june" / "broken.jsonl").write_text("{broken\n", "utf-8")
    (folder / "june" / "a.txt.gz").write_bytes(b"no such thing")
    report = tmp_path / "spans.jsonl"
    CliRunner().invoke(
        commands, ["clean", str(folder), "--out", str(tmp_path / "o"), "--report", str(report)]
    )
    assert report.read_text("utf-8").count('"fault"') == 2
    outcome = run(report, "--json")
    assert outcome.exit_code == 0, outcome.output
    assert AD in {json.loads(line)["samples"][0] for line in outcome.stdout.splitlines()}


def test_two_passes_need_a_folder_and_an_output(folder: Path) -> None:
    assert run(folder, "--two-pass").exit_code == 2
    assert run(folder / "june" / "0.txt", "--two-pass", "--out", folder).exit_code == 2


def test_the_output_may_not_lie_in_the_input(folder: Path) -> None:
    assert run(folder, "--two-pass", "--out", folder / "out").exit_code == 2


@pytest.fixture
def archive(tmp_path: Path, polluted: str) -> Path:
    """The same polluted article in every format that is written as text."""
    folder = tmp_path / "archive"
    folder.mkdir()
    line = json.dumps({"content": polluted, "id": 1}).encode() + b"\n"
    (folder / "a.txt").write_bytes(polluted.encode())
    (folder / "b.jsonl").write_bytes(line + b"{broken\n" + line)
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(line))
    (folder / "d.html").write_bytes(f"<html><body><p>{polluted}</p></body></html>".encode())
    with open(folder / "e.csv", "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "content"], ["1", polluted]])
    (folder / "f.gz").write_bytes(b"no such thing")
    return folder


def test_two_passes_write_every_format_as_clean_does(archive: Path, tmp_path: Path) -> None:
    out, expected = tmp_path / "out", tmp_path / "expected"
    outcome = run(archive, "--field", "content", "--out", out, "--two-pass", "--min-documents", "50")
    # Two files have faults: campaigns and clean say so alike.
    assert outcome.exit_code == 1, outcome.output
    cleaned = CliRunner().invoke(
        commands, ["clean", str(archive), "--field", "content", "--out", str(expected)]
    )
    assert cleaned.exit_code == 1, cleaned.output
    names = sorted(path.name for path in archive.iterdir())
    assert sorted(path.name for path in (out / "cleaned").iterdir()) == names
    for name in names:
        assert (out / "cleaned" / name).read_bytes() == (expected / name).read_bytes(), name
    assert f"left alone {archive / 'b.jsonl'}:2: not JSON" in outcome.stderr


def test_every_text_of_every_format_is_heard(archive: Path, polluted: str) -> None:
    from spamguard.batch.kinds import Reading
    from spamguard.batch.roots import Root
    from spamguard.cli.corpus import documents

    faults: list[str] = []
    reading = Reading(("content",))
    heard = list(documents(Root(archive, archive), reading, lambda name, reason: faults.append(name)))
    assert [name for name, _ in heard] == [
        "a.txt",
        "b.jsonl:1",
        "b.jsonl:3",
        "c.jsonl.gz:1",
        "d.html",
        "e.csv:2",
    ]
    assert [text for name, text in heard if name != "d.html"] == [polluted] * 5
    assert faults == ["b.jsonl:2", "f.gz"]


def test_what_cannot_be_read_is_named_once(archive: Path) -> None:
    assert run(archive, "--field", "content").stderr.count("left out b.jsonl:2: not JSON") == 1


@pytest.mark.parametrize("passes", [[], ["--two-pass"]])
def test_the_exit_status_tells_of_a_file_or_a_record_that_failed(
    folder: Path, tmp_path: Path, passes: list[str]
) -> None:
    (folder / "june" / "broken.jsonl").write_text('{"text": "It rained."}\n{broken\n', "utf-8")
    record = run(folder, "--out", tmp_path / "record", *passes)
    assert record.exit_code == 1
    assert "broken.jsonl:2: not JSON" in record.stderr
    # What could be read was heard, and the tables are there.
    assert AD in (tmp_path / "record" / "campaigns.csv").read_text("utf-8")
    (folder / "june" / "broken.jsonl").write_text('{"text": "It rained."}\n', "utf-8")
    (folder / "june" / "a.txt.gz").write_bytes(b"no such thing")
    file = run(folder, "--out", tmp_path / "file", *passes)
    assert file.exit_code == 1
    assert "a.txt.gz" in file.stderr


def test_tables_are_not_written_into_the_input_nor_over_somebodys_files(folder: Path, tmp_path: Path) -> None:
    before = sorted(folder.rglob("*"))
    assert run(folder, "--out", folder).exit_code == 2
    assert run(folder, "--out", folder / "found").exit_code == 2
    assert sorted(folder.rglob("*")) == before
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "contacts.csv").write_text("mine")
    for passes in ([], ["--two-pass"]):
        assert run(folder, "--out", tmp_path / "out", *passes).exit_code == 2
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["mine"]
    assert run(folder, "--out", tmp_path / "out", "--overwrite").exit_code == 0
    assert "phone" in (tmp_path / "out" / "contacts.csv").read_text("utf-8")


def test_a_report_that_is_read_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "--out", tmp_path / "out").exit_code == 0
    before = (tmp_path / "out" / "campaigns.jsonl").read_bytes()
    assert run(tmp_path / "out" / "campaigns.jsonl", "--out", tmp_path / "out", "--overwrite").exit_code == 2
    assert (tmp_path / "out" / "campaigns.jsonl").read_bytes() == before


def test_two_passes_report_each_span_and_read_what_is_chosen(folder: Path, tmp_path: Path) -> None:
    (folder / "june" / "more.md").write_text(f"{article(4)}\n{AD}\n", "utf-8")
    report = tmp_path / "removed.jsonl"
    command = (folder, "--out", tmp_path / "out", "--two-pass", "--report", report, "--exclude", "*.md")
    assert run(*command).exit_code == 0
    spans = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert {span["file"] for span in spans} == {str(folder / "june" / f"{n}.txt") for n in range(5)}
    assert not (tmp_path / "out" / "cleaned" / "june" / "more.md").exists()
    assert run(folder, "--out", tmp_path / "other", "--report", report).exit_code == 2
    inside = tmp_path / "o" / "cleaned" / "r.jsonl"
    assert run(folder, "--out", tmp_path / "o", "--two-pass", "--report", inside).exit_code == 2


def test_two_passes_leave_a_document_alone_that_would_lose_too_much(folder: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"text": text}) for text in (AD, f"{article(4)}\n{AD}")]
    (folder / "more.jsonl").write_text("\n".join(lines), "utf-8")
    command = (folder, "--out", tmp_path / "out", "--max-removed", "0.5")
    refused = run(*command)
    assert refused.exit_code == 2
    assert "--max-removed needs --two-pass" in refused.stderr
    outcome = run(*command, "--two-pass", "--key", "")
    assert outcome.exit_code == 0, outcome.output
    left, cleaned = (tmp_path / "out" / "cleaned" / "more.jsonl").read_text("utf-8").splitlines()
    assert (json.loads(left)["text"], AD in json.loads(cleaned)["text"]) == (AD, False)
    assert f"left for review {folder}/more.jsonl:1 text: too much of it would go" in outcome.stderr


def test_the_second_pass_of_a_killed_run_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spamguard.batch import steps
    from spamguard.campaigns.two_pass import TwoPass

    monkeypatch.setattr(steps, "BATCH_UNITS", 1)
    original = TwoPass.clean_many
    seen: list[str] = []
    ends_after = 2

    def interrupted(self: TwoPass, texts: Iterable[str]) -> Iterator[CleanResult]:
        for text in texts:
            if len(seen) == ends_after:
                raise KeyboardInterrupt
            seen.append(text)
            yield from original(self, [text])

    monkeypatch.setattr(TwoPass, "clean_many", interrupted)
    out = tmp_path / "out"
    command = (folder, "--out", out, "--two-pass", "--report", tmp_path / "r.jsonl", "-w", "1")
    assert run(*command).exit_code != 0
    assert not (tmp_path / "r.jsonl").exists()
    ends_after = 99
    outcome = run(*command)
    assert outcome.exit_code == 0, outcome.output
    assert "goes on where an earlier run was" in outcome.stderr
    # No text was cleaned twice, and all are told.
    assert len(seen) == len(set(seen)) == 5
    assert len({json.loads(line)["file"] for line in (tmp_path / "r.jsonl").read_text().splitlines()}) == 5
    for number in range(5):
        expected = f"{BYLINE}\n{article(number)}\n"
        assert (out / "cleaned" / "june" / f"{number}.txt").read_text("utf-8") == expected
    assert sorted(path.name for path in (out / "cleaned").iterdir()) == ["june", "logo.png"]
