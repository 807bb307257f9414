"""Shards by URL, in fsspec's file system of this process's memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.batch.corpora import lay_out

from spamguard.batch.marks import Claim
from spamguard.batch.outcomes import Outcome
from spamguard.batch.planning import plan_shards, run_name
from spamguard.batch.run import Settings
from spamguard.batch.shards import clean_shard
from spamguard.batch.stores import bring, opened, sweep
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.errors import InputError

LINE = b'{"text": "SPAM Good news."}\n'
CLEAN = b'{"text": "Good news."}\n'


@pytest.fixture
def store() -> Iterator[Any]:
    """An empty store."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield memory
    memory.store.clear()


def clean(workers: Workers, sources: list[str], out: str, chosen: Filter | None = None) -> list[Outcome]:
    """Clean shard by shard; return the outcomes."""
    events: list[object] = []
    for one in plan_shards(sources, out, chosen):
        events += [one] if isinstance(one, Outcome) else clean_shard(one, workers, Settings())
    return [event for event in events if isinstance(event, Outcome)]


def test_a_folder_by_its_url_is_filtered_and_mirrored(workers: Workers, store: Any) -> None:  # noqa: ANN401
    for name in ("a.jsonl", "inner/b.jsonl", "inner/c.txt", ".spamguard-0f3a.part/y.jsonl", "z.png"):
        store.pipe_file(f"/news/{name}", LINE)
    outcomes = clean(workers, ["memory://news"], "memory://out", Filter(exclude=("*.txt",)))
    assert [(one.name, one.status) for one in outcomes] == [
        ("memory:///news/.spamguard-0f3a.part/y.jsonl", "skipped"),
        ("memory:///news/a.jsonl", "cleaned"),
        ("memory:///news/inner/b.jsonl", "cleaned"),
        ("memory:///news/z.png", "skipped"),
    ]
    assert store.find("/out") == ["/out/a.jsonl", "/out/inner/b.jsonl", "/out/z.png"]
    assert store.cat_file("/out/inner/b.jsonl") == CLEAN
    assert store.cat_file("/out/z.png") == LINE


def test_local_files_and_urls_go_together_each_under_its_name(
    workers: Workers,
    store: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    store.pipe_file("/news/a.jsonl", LINE)
    (tmp_path / "more" / "inner").mkdir(parents=True)
    (tmp_path / "more" / "inner" / "b.jsonl").write_bytes(LINE)
    (tmp_path / "c.unknown").write_bytes(b"SPAM Good news.")
    sources = ["memory://news", str(tmp_path / "more"), str(tmp_path / "c.unknown")]
    assert {one.status for one in clean(workers, sources, "memory://out")} == {"cleaned"}
    assert store.find("/out") == ["/out/c.unknown", "/out/more/inner/b.jsonl", "/out/news/a.jsonl"]
    clean(workers, ["memory://news/a.jsonl"], str(tmp_path / "out"))
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == CLEAN


def test_links_in_a_local_folder_go_to_a_url_as_they_go_to_a_folder(store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    news = lay_out(tmp_path / "news", "SPAM")
    planned = [list(plan_shards([str(news)], out)) for out in ("memory://out", str(tmp_path / "out"))]
    there, here = (
        [(one.name, one.reason if isinstance(one, Outcome) else one.target) for one in found]
        for found in planned
    )
    assert there == [(name, said.replace(str(tmp_path / "out"), "memory://out")) for name, said in here]
    assert (str(news / "link.jsonl"), "memory://out/link.jsonl") in there


@pytest.mark.parametrize(
    ("sources", "out", "reason"),
    [
        (["memory://news"], "memory://news/out", "lies in the input"),
        (["memory://news/"], "memory://news", "lies in the input"),
        (["memory://out/news"], "memory://out", "lies in the output"),
        (["memory://a/news", "memory://b/news"], "memory://out", "would both be written"),
        (["memory://news"] * 2, "memory://out", "would both be written"),
        (["nosuch://a/news"], "out", "nosuch"),
    ],
)
def test_urls_that_cannot_go_together_are_refused(
    store: Any,  # noqa: ANN401
    sources: list[str],
    out: str,
    reason: str,
) -> None:
    with pytest.raises(InputError, match=reason):
        list(plan_shards(sources, out))


def test_a_name_that_leads_out_of_the_folder_is_not_followed(store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    store.store["/news/../../a.jsonl"] = store.open("/spare", "wb")
    for one in plan_shards(["memory://news"], str(tmp_path / "out")):
        assert isinstance(one, Outcome)
        assert one.reason == "a name that leads out of the folder"


def test_only_what_the_same_run_left_behind_is_swept(store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    mine, other = run_name(["news"], "out"), run_name(["other"], "out")
    assert mine != other
    for name in (f".spamguard-{mine}-0f.part", f".spamguard-{other}-0f.part", "a.jsonl"):
        store.pipe_file(f"/out/inner/{name}", b"half of it")
        (tmp_path / name).write_bytes(b"half of it")
    sweep("memory://out", mine)
    sweep(str(tmp_path), mine)
    left = {f".spamguard-{other}-0f.part", "a.jsonl"}
    assert {name.rpartition("/")[2] for name in store.find("/out")} == left
    assert {path.name for path in tmp_path.iterdir()} == left


def test_a_result_that_breaks_off_on_its_way_leaves_nothing(store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    with pytest.raises(OSError, match="nowhere"):
        bring(tmp_path / "nowhere", "memory://out/a.jsonl", bound="", run="run", claim=Claim("a"))
    assert opened("memory://out/")[1] == "/out"
    assert store.find("/out") == []
