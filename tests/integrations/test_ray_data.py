"""On a real cluster of this machine: two workers, a small object store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.batch.corpora import lay_out, tree
from tests.integrations.conftest import GOOD, SPAM, needs

# A worker of one shard kills itself, as kill -9 would, with half of the result under a temporary name; that
# of another shard does so whenever it is tried.
KILLED = """
import os, signal, sys
import click
import ray
from spamguard.batch.shards import ShardCleaner
from spamguard.batch.stores import bring
from spamguard.cli import cluster
from spamguard.cli.choices import Choices
from pathlib import Path

source, out, marker = sys.argv[1:4]

class Dying:
    def __init__(self, make_work, run):
        self.make_work, self.run = make_work, run

    def __call__(self, marker=marker):
        clean = self.make_work()

        def work(shard):
            if shard.name.endswith("poison.jsonl"):
                os.kill(os.getpid(), signal.SIGKILL)
            if shard.name.endswith("odd.jsonl"):
                try:
                    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    pass
                else:
                    folder = os.path.dirname(shard.target)
                    os.makedirs(folder, exist_ok=True)
                    with open(os.path.join(folder, f".spamguard-{self.run}-half.part"), "w") as sink:
                        sink.write("half of it")
                    os.kill(os.getpid(), signal.SIGKILL)
            return clean(shard)

        return work

ray.init(num_cpus=2, object_store_memory=80_000_000, include_dashboard=False, log_to_driver=False)
real = cluster._work
cluster._work = lambda choices, run: Dying(real(choices, run), run)
choices = Choices(paths=(Path(source),), out=Path(out), key="spamguard", workers=2)
summary = cluster.clean_shards(choices, [source], out, None)
sys.exit(1 if summary.has_faults else 0)
"""

HELPLESS = """
import ray
from spamguard.errors import SpamguardError
from spamguard.integrations.ray_data import spread

def make_work():
    raise ValueError("no start")

ray.init(num_cpus=2, object_store_memory=80_000_000, include_dashboard=False, log_to_driver=False)
try:
    list(spread(make_work, [1, 2], n_workers=1))
except SpamguardError as error:
    print(error)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on arguments."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=600
    )


def lines(told: str) -> set[str]:
    """What spamguard itself said, but for the folder of the results; Ray says more."""
    words = ("left alone", "failed", "skipped", "by category", "in ")
    return {line for line in told.splitlines() if line.startswith(words) or " files: " in line}


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of all formats, sound and damaged."""
    return lay_out(tmp_path_factory.mktemp("corpus") / "news", SPAM.strip())


@pytest.fixture(scope="module")
def local(news: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """What the local engine makes of it, and says."""
    out = news.parent / "local"
    command = ["-m", "spamguard.cli.main", "clean", str(news), "--out", str(out), "--field", "text"]
    return out, run(*command, "--field", "meta.title")


def test_the_command_on_a_cluster_writes_says_and_returns_what_it_does_locally(
    news: Path, local: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    needs("ray", "ray")
    expected, told = local
    command = ["-m", "spamguard.cli.main", "clean", str(news), "--out", str(tmp_path / "out")]
    fields = ["--field", "text", "--field", "meta.title"]
    found = run(*command, *fields, "--engine", "ray", "--workers", "2")
    assert found.returncode == told.returncode == 1, found.stderr[-3000:]
    assert tree(tmp_path / "out") == tree(expected)
    assert lines(found.stderr) == lines(told.stderr)
    assert any("breaks off" in line for line in lines(found.stderr))


def test_a_worker_killed_in_mid_run_costs_time_but_no_data(news: Path, tmp_path: Path) -> None:
    needs("ray", "ray")
    out, marker = tmp_path / "out", tmp_path / "killed"
    found = run("-c", KILLED, str(news), str(out), str(marker))
    assert found.returncode == 1, found.stderr[-3000:]
    assert marker.exists()
    expected = tmp_path / "local"
    told = run("-m", "spamguard.cli.main", "clean", str(news), "--out", str(expected))
    assert tree(out) == tree(expected)
    assert lines(found.stderr) == lines(told.stderr)


def test_a_shard_that_kills_every_worker_is_named_and_the_others_are_cleaned(tmp_path: Path) -> None:
    needs("ray", "ray")
    (tmp_path / "news").mkdir()
    for name in ("a", "b", "c", "poison"):
        (tmp_path / "news" / f"{name}.jsonl").write_text(f'{{"text": "{SPAM}{GOOD}"}}\n', "utf-8")
    out = tmp_path / "out"
    found = run("-c", KILLED, str(tmp_path / "news"), str(out), str(tmp_path / "killed"))
    assert found.returncode == 1, found.stderr[-3000:]
    poison = tmp_path / "news" / "poison.jsonl"
    assert f"failed {poison}: no worker could finish it" in found.stderr
    assert "4 files: 3 cleaned, 1 failed" in found.stderr
    assert sorted(os.listdir(out)) == ["a.jsonl", "b.jsonl", "c.jsonl"]


def test_a_column_that_is_not_there_is_named_and_no_other_is_cleaned() -> None:
    needs("ray", "ray")
    import pyarrow as pa

    from spamguard.errors import InputError
    from spamguard.integrations.cleaning import TextCleaner
    from spamguard.integrations.ray_data import _ColumnWorker

    rows = pa.table({"id": ["1"], "text": [SPAM + GOOD]})
    with pytest.raises(InputError, match="one column must be named 'body', of id, text"):
        _ColumnWorker(TextCleaner(), "body")(rows)
    assert _ColumnWorker(TextCleaner(), "text")(rows)["text"].to_pylist() == [GOOD]


def test_what_keeps_workers_from_starting_is_told_in_a_line() -> None:
    needs("ray", "ray")
    found = run("-c", HELPLESS)
    assert found.stdout.splitlines()[-1] == "the cluster gave up: ValueError: no start", found.stderr[-3000:]


def test_a_model_that_is_not_there_ends_the_run_before_anything_is_written(tmp_path: Path) -> None:
    needs("ray", "ray")
    (tmp_path / "a.txt").write_text(GOOD)
    out = tmp_path / "out"
    command = ["-m", "spamguard.cli.main", "clean", str(tmp_path / "a.txt"), "--out", str(out)]
    found = run(*command, "--engine", "ray", "--model", str(tmp_path / "nowhere"))
    assert found.returncode == 1
    assert "nowhere" in found.stderr
    assert "Traceback" not in found.stderr
    assert not out.exists()


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    needs("ray", "ray")
    (tmp_path / "a.txt").write_text(GOOD)
    command = ["-m", "spamguard.cli.main", "clean", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")]
    found = run(*command, "--engine", "ray", "--address", "auto")
    assert found.returncode == 1
    assert "no Ray cluster answers at auto" in found.stderr
    assert "Traceback" not in found.stderr
