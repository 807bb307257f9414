"""What is written beside the results never costs anybody a file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

import spamguard
from spamguard.cli.main import commands
from spamguard.service.app import create_app
from spamguard.service.feedback import MAX_QUEUED_CHARS
from spamguard.service.settings import Settings


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    """Run `spamguard clean`."""
    return CliRunner().invoke(commands, ["clean", *map(str, arguments)], input=stdin)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def news(tmp_path: Path, polluted: str) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("a.txt", "index.html"):
        (folder / name).write_bytes(polluted.encode())
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("--out", "out", "--html-report", "news"),
        ("--in-place", "--html-report", "news"),
        ("--out", "out", "--report", "news/index.html"),
        ("--out", "out", "--report", "out/a.txt"),
        ("--out", "out", "--report", "out/removed.jsonl"),
        ("--out", "out", "--html-report", "out"),
        ("--out", "out", "--html-report", "look", "--report", "look/index.html"),
        ("--report", "kept.txt"),
        ("--html-report", "kept"),
        ("--sample", "5", "--html-report", "kept"),
        ("--report", "link"),
    ],
)
def test_what_is_there_is_refused_before_anything_is_written(
    news: Path, tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").mkdir()
    Path("kept", "index.html").write_text("mine")
    Path("kept.txt").write_text("mine")
    Path("link").symlink_to("kept.txt")
    before = contents(tmp_path)
    outcome = run("news", *arguments)
    assert outcome.exit_code == 2, outcome.output
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"news", "kept", "kept.txt", "link"}


def test_a_stream_spares_what_is_there_too(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    assert run("-", "--report", tmp_path / "kept.txt", stdin=b"text").exit_code == 2
    assert (tmp_path / "kept.txt").read_text() == "mine"


def test_an_unrelated_file_under_the_results_name_fails_and_stays(news: Path) -> None:
    (news / "a.cleaned.txt").write_text("mine")
    outcome = run(news / "a.txt")
    assert outcome.exit_code == 1
    assert "a.cleaned.txt is there and not from this command" in outcome.stderr
    assert (news / "a.cleaned.txt").read_text() == "mine"
    assert run(news / "a.txt", "--overwrite").exit_code == 0
    assert (news / "a.cleaned.txt").read_text() != "mine"


def test_the_same_command_again_replaces_all_that_it_made(news: Path, tmp_path: Path) -> None:
    command = (news, "--out", tmp_path / "out", "--report", tmp_path / "r", "--html-report", tmp_path / "p")
    assert run(*command).exit_code == 0
    first = contents(tmp_path)
    assert run(*command).exit_code == 0
    assert contents(tmp_path) == first
    assert run(*command, "--threshold", "1").exit_code == 0
    assert (tmp_path / "out" / "a.txt").read_bytes() == (news / "a.txt").read_bytes()
    assert (tmp_path / "r").read_bytes() == b""


def test_a_report_gives_way_to_that_of_another_folder(news: Path, tmp_path: Path) -> None:
    report, other = tmp_path / "spans.jsonl", tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_bytes((news / "a.txt").read_bytes())
    for folder in (news, other):
        assert run(folder, "--out", tmp_path / f"to-{folder.name}", "--report", report).exit_code == 0
    assert {json.loads(line)["file"] for line in report.read_text().splitlines()} == {str(other / "b.txt")}


def test_a_pipe_takes_the_report_and_stays_a_pipe(news: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "spamguard.cli.main", "clean", str(news), "--report", str(pipe)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        with open(pipe, "rb") as reader:
            lines = reader.read().splitlines()
        assert process.stderr is not None
        process.stderr.read()
        assert process.wait() == 0
    assert len(lines) == 4
    assert {json.loads(line)["file"] for line in lines} == {str(news / "a.txt"), str(news / "index.html")}
    assert stat.S_ISFIFO(os.lstat(pipe).st_mode)


def test_a_pipe_bears_no_page_and_no_result(news: Path, tmp_path: Path) -> None:
    (tmp_path / "look").mkdir()
    os.mkfifo(tmp_path / "look" / "index.html")
    assert run(news, "--html-report", tmp_path / "look", "--overwrite").exit_code == 2
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "a.txt")
    assert run(news, "--out", tmp_path / "out", "--overwrite").exit_code == 1
    assert stat.S_ISFIFO(os.lstat(tmp_path / "out" / "a.txt").st_mode)


def test_a_packed_files_result_is_read_again_by_its_name(tmp_path: Path, polluted: str) -> None:
    import gzip

    source = tmp_path / "news.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps({"text": polluted}).encode()))
    assert run(source).exit_code == 0
    assert "1 unchanged" in run(tmp_path / "news.cleaned.jsonl.gz", "--dry-run").stderr


@pytest.fixture
def records(tmp_path: Path, polluted: str) -> Path:
    """Three records: one that is an ad alone, one too long for the page, and one with two ads."""
    ad = "爱上海同城419论坛"
    texts = [ad, f"{ad}\n" * (MAX_QUEUED_CHARS // len(ad)), polluted]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def test_documents_left_for_review_are_named(records: Path, tmp_path: Path) -> None:
    outcome = run(records, "--max-removed", "0.5")
    assert f"left for review {records}:1 text: too much of it would go\n" in outcome.stderr
    assert f"{records}:3" not in outcome.stderr
    assert "left for review" not in run(records, "--max-removed", "0.5", "--quiet").stderr


def test_documents_left_for_review_wait_on_the_review_page(
    records: Path, tmp_path: Path, guard: spamguard.Guard
) -> None:
    store = f"sqlite:{tmp_path}/feedback.sqlite"
    settings = Settings(feedback=store, review_queue=10)
    with TestClient(create_app(settings, guard=guard), base_url="http://localhost") as client:
        # A run that is repeated puts nothing there twice.
        for _ in range(2):
            outcome = run(records, "--max-removed", "0.5", "--review-queue", store)
            assert outcome.exit_code == 0, outcome.output
        [item] = client.get("/review/queue").json()["items"]
        assert item["text"] == "爱上海同城419论坛"
        assert [span["text"] for span in item["spans"]] == ["爱上海同城419论坛"]
    assert "1 text put into the review page's queue, 1 left out: too long or too many" in outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--review-queue", "sqlite:q.sqlite"),
        ("--review-queue", "q.json", "--max-removed", "0.5"),
        ("--review-queue", "sqlite:q.sqlite", "--max-removed", "0.5", "--dry-run"),
    ],
)
def test_a_queue_to_which_nothing_would_come_is_wrong_usage(
    records: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(records.parent)
    assert run("a.jsonl", *arguments).exit_code == 2
    assert [path.name for path in records.parent.iterdir()] == ["a.jsonl"]


def test_a_queue_out_of_reach_ends_the_run_without_its_address(records: Path, tmp_path: Path) -> None:
    outcome = run(records, "--max-removed", "0.5", "--review-queue", f"sqlite:{tmp_path}")
    assert outcome.exit_code == 2
    assert "the feedback store cannot be written" in outcome.stderr
    assert f"sqlite:{tmp_path}" not in outcome.stderr
