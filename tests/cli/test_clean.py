from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spamguard
from spamguard.cli.main import commands

SUMMARY = "1 file: 1 cleaned; 2 spans removed (24 characters)\n"


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    """Run `spamguard clean`."""
    return CliRunner().invoke(commands, ["clean", *map(str, arguments)], input=stdin)


@pytest.fixture
def article(tmp_path: Path, polluted: str) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(polluted.encode())
    return path


def test_a_file_is_cleaned_into_a_sibling_to_the_byte(article: Path, original: str, polluted: str) -> None:
    outcome = run(article)
    assert outcome.exit_code == 0
    assert outcome.stdout == ""
    assert outcome.stderr.startswith(SUMMARY)
    assert (article.parent / "article.cleaned.txt").read_bytes() == original.encode()
    assert article.read_bytes() == polluted.encode()


def test_a_folder_is_cleaned_into_the_folder_named(article: Path, original: str, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    (folder / "june").mkdir(parents=True)
    article.rename(folder / "june" / "a.txt")
    assert run(folder, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "june" / "a.txt").read_bytes() == original.encode()


def test_in_place_means_in_place(article: Path, original: str) -> None:
    assert run(article, "--in-place").exit_code == 0
    assert article.read_bytes() == original.encode()


def test_a_run_in_place_is_undone_to_the_byte(article: Path, polluted: str) -> None:
    log = run(article, "--in-place").stderr.partition("spamguard undo ")[2].split("\n")[0]
    outcome = CliRunner().invoke(commands, ["undo", log])
    assert (outcome.exit_code, outcome.stderr) == (0, "1 file restored\n")
    assert article.read_bytes() == polluted.encode()
    assert list(article.parent.iterdir()) == [article]


def test_an_undo_refuses_what_has_changed_since(article: Path) -> None:
    log = run(article, "--in-place").stderr.partition("spamguard undo ")[2].split("\n")[0]
    article.write_bytes(b"rewritten by its author")
    outcome = CliRunner().invoke(commands, ["undo", log])
    assert outcome.exit_code == 1
    assert "it has changed since it was cleaned" in outcome.stderr
    assert article.read_bytes() == b"rewritten by its author"
    assert Path(log).is_dir()


def test_a_stream_goes_from_standard_input_to_standard_output(original: str, polluted: str) -> None:
    outcome = run("-", stdin=polluted.encode())
    assert outcome.stdout_bytes == original.encode()
    assert outcome.stderr.startswith(SUMMARY)


def test_a_stream_that_is_no_text_passes_through() -> None:
    outcome = run("-", stdin=b"\0\xff")
    assert outcome.stdout_bytes == b"\0\xff"
    assert outcome.stderr.startswith("skipped -: not UTF-8 text")


def test_a_stream_as_json_undoes(polluted: str) -> None:
    fields = json.loads(run("-", "--json", stdin=polluted.encode()).stdout)
    assert fields.pop("file") == "-"
    assert spamguard.restore(spamguard.CleanResult.from_dict(fields)) == polluted


def test_a_dry_run_prints_and_writes_nothing_but_the_summary(article: Path, polluted: str) -> None:
    outcome = run(article, "--dry-run")
    assert "2 spans would be removed" in outcome.stderr
    assert list(article.parent.iterdir()) == [article]
    assert run("-", "--dry-run", stdin=polluted.encode()).stdout == ""


def test_the_diff_marks_what_was_removed(article: Path) -> None:
    outcome = run(article, "--diff", "--dry-run")
    assert "     4: [-爱上海同城419论坛⏎-]" in outcome.stdout
    assert "     7: [-上海贵族宝贝自荐419 -]• Tickets bought" in outcome.stdout
    assert "\x1b" not in outcome.stdout


def test_json_has_a_line_for_each_file(article: Path, tmp_path: Path) -> None:
    outcome = run(article, tmp_path / "none.txt", "--json")
    cleaned, failed = map(json.loads, outcome.stdout.splitlines())
    assert cleaned["status"] == "cleaned"
    assert len(cleaned["spans"]) == 2
    assert (failed["status"], failed["reason"]) == ("failed", "No such file or directory")


def test_the_report_has_a_line_for_each_span(article: Path, polluted: str, tmp_path: Path) -> None:
    report = tmp_path / "spans.jsonl"
    assert run(article, "--report", report).exit_code == 0
    spans = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [polluted[span["start"] : span["end"]] for span in spans] == [span["text"] for span in spans]
    assert {span["file"] for span in spans} == {str(article)}
    assert all(span["category"] in spamguard.CATEGORIES for span in spans)


def test_the_threshold_reaches_the_model(article: Path) -> None:
    assert "1 unchanged" in run(article, "--threshold", "1").stderr


def test_a_file_that_failed_is_named_and_the_rest_goes_on(article: Path, tmp_path: Path) -> None:
    outcome = run(tmp_path / "none.txt", article)
    assert outcome.exit_code == 1
    assert f"failed {tmp_path / 'none.txt'}: No such file or directory\n" in outcome.stderr
    assert (tmp_path / "article.cleaned.txt").exists()


def test_records_stream_through_a_pipe(polluted: str, original: str) -> None:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in (polluted, original))
    outcome = run("--format", "jsonl", "--key", "", stdin=lines.encode())
    assert [json.loads(line)["text"] for line in outcome.stdout.splitlines()] == [original, original]


def test_quiet_means_quiet(article: Path) -> None:
    assert run(article, "--quiet").stderr == ""


def test_phrases_and_categories_reach_the_model(article: Path, tmp_path: Path) -> None:
    phrases = tmp_path / "allowed.lst"
    phrases.write_text("# names\n\n爱上海同城419论坛\n上海贵族宝贝自荐419\n", encoding="utf-8")
    assert "1 unchanged" in run(article, "--dry-run", "--allow", phrases).stderr
    assert "1 unchanged" in run(article, "--dry-run", "--category", "pharma").stderr


def test_a_sample_writes_nothing(article: Path) -> None:
    outcome = run(article, "--sample", "5")
    assert "2 spans would be removed" in outcome.stderr
    assert list(article.parent.iterdir()) == [article]


def test_the_page_holds_figures_and_samples_in_one_file(article: Path, tmp_path: Path) -> None:
    assert run(article, "--html-report", tmp_path / "page").exit_code == 0
    [file] = (tmp_path / "page").iterdir()
    page = file.read_text(encoding="utf-8")
    assert "<del>爱上海同城419论坛</del>" in page
    assert page.count("<svg") == 4
    assert not [part for part in ("<script", "http://", "https://") if part in page]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str) -> None:
    words = {"_SPAMGUARD_COMPLETE": f"{shell}_source"}
    outcome = CliRunner().invoke(commands, [], env=words, prog_name="spamguard")
    assert "spamguard" in outcome.stdout


def test_a_shell_is_told_what_a_word_may_become() -> None:
    asked = {"_SPAMGUARD_COMPLETE": "bash_complete", "COMP_WORDS": "spamguard clean --max", "COMP_CWORD": "2"}
    outcome = CliRunner().invoke(commands, [], env=asked, prog_name="spamguard")
    assert outcome.stdout == "plain,--max-removed\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-", "article.txt"),
        ("-", "--out", "out"),
        ("-", "--in-place"),
        ("article.txt", "--diff", "--json"),
        ("article.txt", "--in-place", "--out", "out"),
        ("article.txt", "--out", "."),
        ("article.txt", "--threshold", "1.5"),
        ("article.txt", "--profile", "none"),
        ("article.txt", "article.txt"),
    ],
)
def test_wrong_usage_exits_with_2_and_writes_nothing(
    article: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(article.parent)
    assert run(*arguments, stdin=b"text").exit_code == 2
    assert list(article.parent.iterdir()) == [article]


def test_a_report_without_a_folder_is_wrong_usage(article: Path) -> None:
    assert run(article, "--report", article.parent / "none" / "r.jsonl").exit_code == 2


def test_a_reader_that_leaves_early_is_no_error_to_see(polluted: str) -> None:
    command = [sys.executable, "-m", "spamguard.cli.main", "clean", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(polluted.encode())
        process.stdin.close()
        assert process.stderr.read() == b""


THREADS = """
import os, sys
sys.argv = ["spamguard", "clean", sys.argv[1], "--dry-run", "--workers", "1"]
from spamguard.cli.main import main
try:
    main()
finally:
    print("threads", len(os.listdir("/proc/self/task")), file=sys.stderr)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="needs Linux to count threads")
def test_one_worker_is_one_thread(article: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", THREADS, str(article)], capture_output=True, text=True, check=False
    )
    assert told.stderr.splitlines()[-1] == "threads 1"


@pytest.mark.parametrize(("library", "name"), [("pyarrow", "a.parquet"), ("zstandard", "a.txt.zst")])
def test_a_missing_library_is_named_with_its_install_line(
    run_without: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, library: str, name: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(b"PAR1")
    (tmp_path / "in" / "b.txt").write_bytes(b"The rest goes on.")
    outcome = run_without(library, "clean", str(tmp_path / "in"))
    assert outcome.returncode == 1
    assert "pip install 'spamguard[formats]'" in outcome.stderr
    assert {path.name for path in (tmp_path / "in.cleaned").iterdir()} == {name, "b.txt"}
