"""On a real cluster of this machine: two workers, a small object store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integrations.conftest import GOOD, SPAM, needs

N_SHARDS, N_ROWS = 6, 12

# The worker of one shard kills itself, as kill -9 would, when it has written half of it.
KILLED = """
import os, signal, sys
import ray
from spamguard.integrations.cleaning import TextCleaner
from spamguard.integrations.ray_data import clean_corpus
from spamguard.integrations.shards import clean_shard

def work(shard, cleaner, column, marker=sys.argv[3]):
    if shard.source.endswith("2.jsonl"):
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            folder = os.path.dirname(shard.target.removeprefix("file://"))
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, ".spamguard-half.part"), "w") as sink:
                sink.write("half of it")
            os.kill(os.getpid(), signal.SIGKILL)
    return clean_shard(shard, cleaner, column)

ray.init(num_cpus=2, object_store_memory=80_000_000, include_dashboard=False, log_to_driver=False)
counts = clean_corpus(sys.argv[1], sys.argv[2], n_workers=2, work=work)
# Ray tells of the dead worker on this process's standard output, at a moment of its own.
with open(sys.argv[4], "w") as sink:
    print(counts["shards"], counts["documents"], counts["changed"], counts["faults"], file=sink)
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "inner").mkdir(parents=True)
    for shard in range(N_SHARDS):
        path = folder / ("inner" if shard % 2 else ".") / f"{shard}.jsonl"
        rows = [
            {"n": row, "text": SPAM * (row % 3 == 0) + f"{GOOD} {shard}", "more": [1.5, None]}
            for row in range(N_ROWS)
        ]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return folder


def test_a_worker_killed_in_mid_run_costs_time_but_no_data(corpus: Path, tmp_path: Path) -> None:
    needs("ray", "ray")
    from spamguard.integrations.cleaning import TextCleaner
    from spamguard.integrations.shards import clean_shard, plan_shards

    out, expected, marker = tmp_path / "out", tmp_path / "expected", tmp_path / "killed"
    counted = tmp_path / "counted"
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(corpus), str(out), str(marker), str(counted)],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert marker.exists()
    assert counted.read_text() == f"{N_SHARDS} {N_SHARDS * N_ROWS} {N_SHARDS * N_ROWS // 3} 0\n"
    for shard in plan_shards(str(corpus), str(expected)):
        clean_shard(shard, TextCleaner(), "text")
    assert tree(out) == tree(expected)
    assert len(tree(out)) == N_SHARDS


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_cleans_on_a_cluster(corpus: Path, tmp_path: Path) -> None:
    needs("ray", "ray")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "spamguard.cli.main", "clean", str(corpus), "--out", str(out)]
    run = subprocess.run(
        [*command, "--engine", "ray"], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert f"{N_SHARDS} shards" in run.stderr
    first = [json.loads(line)["text"] for line in (out / "0.jsonl").read_text("utf-8").splitlines()]
    assert first == [f"{GOOD} 0"] * N_ROWS
    assert os.path.exists(out / "inner" / "1.jsonl")
