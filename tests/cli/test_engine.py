from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from spamguard.batch.kinds import Reading
from spamguard.batch.run import Settings
from spamguard.batch.walking import Filter
from spamguard.cli.choices import Choices, Recipe
from spamguard.cli.main import commands

RunWithout = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--in-place",), "--in-place"),
        (("--json", "--diff"), "--diff, --json"),
        (("--dry-run",), "--dry-run"),
        (("--sample", "5"), "--sample"),
        (("--report", "removed.jsonl", "--html-report", "look"), "--html-report, --report"),
    ],
)
def test_ray_refuses_options_it_knows_nothing_of_by_their_names(
    tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    pytest.importorskip("ray")
    out = str(tmp_path / "out")
    outcome = CliRunner().invoke(
        commands, ["clean", str(tmp_path), "--out", out, "--engine", "ray", *options]
    )
    assert outcome.exit_code == 2
    assert f"--engine ray knows no {named}\n" in outcome.stderr


@pytest.mark.parametrize("arguments", [("news",), ("-", "--out", "out")])
def test_ray_takes_files_or_folders_and_an_output(arguments: tuple[str, ...]) -> None:
    pytest.importorskip("ray")
    outcome = CliRunner().invoke(commands, ["clean", *arguments, "--engine", "ray"])
    assert outcome.exit_code == 2
    assert "--engine ray takes files or folders and --out, no standard input" in outcome.stderr


def test_every_option_that_ray_takes_reaches_its_workers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    from spamguard.batch.outcomes import Summary
    from spamguard.cli import cluster

    taken: list[tuple[Choices, list[str], str, str | None]] = []

    def clean_shards(choices: Choices, sources: list[str], out: str, address: str | None) -> Summary:
        taken.append((choices, sources, out, address))
        return Summary()

    monkeypatch.setattr(cluster, "clean_shards", clean_shards)
    phrases = tmp_path / "names.lst"
    phrases.write_text("Casino Lisboa\n")
    options = [
        "-q",
        "--include",
        "*.jsonl",
        "--exclude",
        "b*",
        "--format",
        "jsonl",
        "--field",
        "a.b",
        "--field",
        "c",
    ]
    options += [
        "--key",
        "k",
        "--encoding",
        "gb18030",
        "--unknown",
        "omit",
        "--threshold",
        "0.9",
        "--profile",
        "corpus",
    ]
    options += [
        "--category",
        "gambling",
        "--allow",
        str(phrases),
        "--deny",
        str(phrases),
        "--max-removed",
        "0.3",
        "--overwrite",
    ]
    places = ["s3://bucket/news", "file:///data/news", "more", "--out", "gs://bucket/cleaned"]
    command = ["clean", *places, *options, "-w", "3", "--engine", "ray", "--address", "auto"]
    outcome = CliRunner().invoke(commands, command)
    assert outcome.exit_code == 0, outcome.stderr
    [(choices, sources, out, address)] = taken
    assert (sources, out, address) == (
        ["s3://bucket/news", "/data/news", "more"],
        "gs://bucket/cleaned",
        "auto",
    )
    assert choices.reading == Reading(("a.b", "c"), "k", "gb18030", "jsonl")
    assert choices.settings == Settings(choices.reading, Filter(("*.jsonl",), ("b*",)), True, False, True)
    names = ("Casino Lisboa",)
    assert choices.recipe == Recipe(None, 0.9, "corpus", ("gambling",), names, names)
    assert (choices.quiet, choices.max_removed, choices.workers) == (True, 0.3, 3)


def test_without_ray_its_install_line_is_named(run_without: RunWithout, tmp_path: Path) -> None:
    outcome = run_without("ray", "clean", str(tmp_path), "--out", str(tmp_path / "out"), "--engine", "ray")
    assert outcome.returncode == 1
    assert "pip install 'spamguard[ray]'" in outcome.stderr


def test_an_address_is_of_no_use_without_ray(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(commands, ["clean", str(tmp_path), "--address", "auto"])
    assert outcome.exit_code == 2
    assert "--address needs --engine ray" in outcome.stderr


def test_the_help_names_every_option_of_both_engines_and_the_formats() -> None:
    text = CliRunner().invoke(commands, ["clean", "--help"]).stdout
    command = commands.commands["clean"]
    options = [option for parameter in command.params for option in parameter.opts if option[0] == "-"]
    assert {"--engine", "--address", "--out", "--format", "--field", "--key", "--encoding"} <= set(options)
    assert [option for option in options if option not in text] == []
    assert "FORMATS. Endings tell" in text
