from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spamguard.cli.label import FORMAT_NAMES
from spamguard.cli.main import commands
from spamguard.learning.labels.formats import FORMATS
from spamguard.learning.labels.reading import read_labels


def run(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(commands, ["label", *map(str, arguments)])


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """An article with one ad, twice."""
    path = tmp_path / "ferry.txt"
    path.write_bytes("夜网论坛\r\nThe ferry runs.\r\n夜网论坛 It is late.\r\n".encode())
    return path


def test_strings_are_added_line_by_line(tmp_path: Path) -> None:
    target = tmp_path / "labels.txt"
    target.write_text("ham\tThe council met.", "utf-8")
    assert run("add", "夜网论坛", "buy pills", "--to", target).exit_code == 0
    assert run("add", "--ham", "The pier opens.", "--to", target).exit_code == 0
    assert target.read_text("utf-8").split("\n")[1:4] == [
        "spam\t夜网论坛",
        "spam\tbuy pills",
        "ham\tThe pier opens.",
    ]
    assert [len(label.marks) for label in read_labels([target]).labels] == [0, 1, 1, 0]


def test_a_string_that_is_no_text_spoils_no_file(tmp_path: Path) -> None:
    target = tmp_path / "labels.txt"
    assert run("add", "fine", "caf\udce9", "--to", target).exit_code == 2
    assert not target.exists()


def test_a_string_is_marked_wherever_it_stands_in_an_article(tmp_path: Path, article: Path) -> None:
    target = tmp_path / "labels.jsonl"
    outcome = run(
        "add", "夜网论坛", "--in", article, "--category", "adult", "--source", "site-a", "--to", target
    )
    assert "2 spans marked" in outcome.stderr
    label = read_labels([target]).labels[0]
    assert label.text.encode() == article.read_bytes()
    assert label.quotes == ("夜网论坛", "夜网论坛")
    assert (label.source, label.marks[0].category) == ("site-a", "adult")


def test_a_string_that_is_not_there_is_refused_and_nothing_written(tmp_path: Path, article: Path) -> None:
    outcome = run("add", "casino", "--in", article, "--to", tmp_path / "labels.jsonl")
    assert outcome.exit_code == 2
    assert "casino" not in outcome.stderr
    assert not (tmp_path / "labels.jsonl").exists()


def test_an_article_is_added_as_clean_and_nothing_at_all_is_refused(tmp_path: Path, article: Path) -> None:
    target = tmp_path / "labels.jsonl"
    assert run("add", "--ham", "--in", article, "--to", target).exit_code == 0
    assert read_labels([target]).labels[0].marks == ()
    assert run("add").exit_code == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.jsonl", '{"text": "x", "spans": []}\n'),
        ("labels", '{"text": "x", "spans": []}\n'),
        ("l.csv", ""),
    ],
)
def test_a_string_is_not_added_to_a_file_of_another_format(tmp_path: Path, name: str, content: str) -> None:
    target = tmp_path / name
    target.write_text(content, "utf-8")
    outcome = run("add", "buy pills", "--to", target)
    assert (outcome.exit_code, target.read_text("utf-8")) == (2, content)
    assert "labels.txt" in outcome.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", "spam\tbuy\n"),
        ("x.txt", ""),
        ("x", "spam\tbuy\n"),
        ("x.jsonl", '{"text": "x", "label": []}\n'),
        ("x.json", "[]"),
    ],
)
def test_an_article_is_not_added_to_a_file_of_another_format(
    tmp_path: Path, article: Path, name: str, content: str
) -> None:
    target = tmp_path / name
    target.write_text(content, "utf-8")
    outcome = run("add", "夜网论坛", "--in", article, "--to", target)
    assert (outcome.exit_code, target.read_text("utf-8")) == (2, content)


@pytest.mark.parametrize("options", [["--category", "adult"], ["--source", "site-a"], ["--ham", "--in"]])
def test_what_would_be_ignored_is_refused(tmp_path: Path, article: Path, options: list[str]) -> None:
    more = [article] if options[-1] == "--in" else []
    outcome = run("add", "夜网论坛", *options, *more, "--to", tmp_path / "labels")
    assert outcome.exit_code == 2
    assert not (tmp_path / "labels").exists()


def test_a_file_without_labels_is_no_success(tmp_path: Path) -> None:
    empty = tmp_path / "labels.txt"
    empty.write_text("# nothing yet\n", "utf-8")
    outcome = run("check", empty)
    assert outcome.exit_code == 2
    assert "no labels" in outcome.stderr


def test_labels_whose_text_has_another_name_are_converted(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"content": "buy pills", "label": [[0, 9, "spam"]]}\n', "utf-8")
    assert run("convert", source, "--to", target).exit_code == 2
    assert run("convert", source, "--text-field", "content", "--to", target).exit_code == 0
    assert read_labels([target]).labels[0].quotes == ("buy pills",)


def test_strict_checks_fail_where_something_was_found(tmp_path: Path) -> None:
    target = tmp_path / "labels.txt"
    run("add", "buy pills", "buy pills", "--to", target)
    assert run("check", target).exit_code == 0
    outcome = run("check", target, "--strict")
    assert outcome.exit_code == 1
    assert "duplicate" in outcome.stdout


def test_labels_are_converted(tmp_path: Path, article: Path) -> None:
    native, csv = tmp_path / "labels.jsonl", tmp_path / "labels.csv"
    run("add", "夜网论坛", "--in", article, "--to", native)
    assert run("convert", native, "--to", csv).exit_code == 0
    assert read_labels([csv]).labels[0].marks == read_labels([native]).labels[0].marks


@pytest.mark.parametrize("command", ["convert", "queue"])
def test_labels_that_a_person_made_or_mended_are_not_written_over(tmp_path: Path, command: str) -> None:
    source, target = tmp_path / "texts" / "labels.txt", tmp_path / "target.json"
    source.parent.mkdir()
    source.write_text("spam\tZorvex ripple token tonight\n", "utf-8")
    named = source if command == "convert" else source.parent
    again = (command, named, "--to", target, "--to-format", "label-studio")
    target.write_text("mine", "utf-8")
    refused = run(*again)
    assert (refused.exit_code, target.read_text("utf-8")) == (2, "mine")
    assert "--overwrite replaces it" in refused.stderr
    assert run(*again, "--overwrite").exit_code == 0
    written = target.read_text("utf-8")
    assert run(*again).exit_code == 0
    target.write_text(f"{written} ", "utf-8")
    assert (run(*again).exit_code, target.read_text("utf-8")) == (2, f"{written} ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target.json", "texts"]


def test_labels_are_not_converted_into_themselves(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("# why these\nspam\tbuy pills\n", "utf-8")
    assert run("convert", path, "--to", path).exit_code == 2
    assert path.read_text("utf-8").startswith("# why these")


def test_a_data_set_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("spam\tbuy pills\n", "utf-8")
    command = ("convert", tmp_path / "labels.txt", "--to", tmp_path / "set", "--to-format", "dataset")
    assert [run(*command).exit_code, run(*command).exit_code, run(*command, "--overwrite").exit_code] == [
        0,
        2,
        0,
    ]
    assert read_labels([tmp_path / "set"]).labels[0].quotes == ("buy pills",)


def test_a_meaning_without_an_equals_sign_is_refused(tmp_path: Path) -> None:
    outcome = run("check", tmp_path, "--as", "MISC")
    assert outcome.exit_code == 2
    assert "NAME=CATEGORY" in outcome.stderr


def test_a_queue_is_written_and_said_why(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(f"Number {n} is here.\nZorvex ripple token tonight\n", "utf-8")
    outcome = run("queue", tmp_path, "--to", tmp_path / "queue.json", "--count", "2")
    assert outcome.exit_code == 0
    assert "3 texts share" in outcome.stdout
    assert "2 of 3 texts" in outcome.stderr


def test_the_command_offers_every_format_that_there_is() -> None:
    assert set(FORMAT_NAMES) == set(FORMATS)
