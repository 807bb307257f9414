"""Shards in buckets of a real server of the S3 protocol, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.batch.corpora import lay_out, tree
from tests.integrations.conftest import SPAM, needs

from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Outcome
from spamguard.batch.planning import plan_shards
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.shards import Shard, clean_shard
from spamguard.batch.stores import sweep
from spamguard.batch.workers import Workers
from spamguard.cli.choices import Recipe

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A file system on an empty store with one bucket; whoever opens s3:// in this process comes here."""
    for library in ("fsspec", "pyarrow"):
        needs(library, "ray")
    s3fs = pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem()
    system.mkdir("bucket")
    yield system
    # The server forgets nothing while this process lives.
    system.rm("bucket", recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_shards_go_from_bucket_to_bucket_as_they_do_locally_and_nothing_else_stays(
    store: Any,  # noqa: ANN401  (s3fs has no types)
    tmp_path: Path,
) -> None:
    news = lay_out(tmp_path / "news", SPAM.strip())
    for name in ("link.jsonl", "out-of-it"):
        (news / name).unlink()
    for name, (content, _) in tree(news).items():
        store.pipe_file(f"bucket/news/{name}", content)
    store.pipe_file("bucket/cleaned/.spamguard-run-left.part", b"half of it")
    clean = Recipe()()
    workers, settings = Workers(lambda: clean), Settings(Reading(key="spamguard"))
    expected = list(clean_files(workers, plan_roots([news], out=tmp_path / "out"), settings))
    found: list[Event] = []
    for one in plan_shards(["s3://bucket/news"], "s3://bucket/cleaned"):
        found += [one] if isinstance(one, Outcome) else clean_shard(one, workers, settings, run="run")
    sweep("s3://bucket/cleaned", "run")
    store.invalidate_cache()
    names = store.find("bucket/cleaned")
    written = {name.removeprefix("bucket/cleaned/"): store.cat_file(name) for name in names}
    assert written == {name: content for name, (content, _) in tree(tmp_path / "out").items()}
    assert {told(event, "s3://bucket/") for event in found} == {
        told(event, f"{tmp_path}/") for event in expected
    }


def told(event: Event, base: str) -> str:
    """What is told, with places inside the corpus."""
    return repr(event).replace(base, "").replace("target='cleaned/", "target='out/")


def test_a_bucket_that_is_not_there_is_named(store: Any) -> None:  # noqa: ANN401  (s3fs has no types)
    [one] = plan_shards(["s3://bucket/nowhere"], "s3://bucket/cleaned")
    assert isinstance(one, Shard)
    [event] = clean_shard(one, Workers(lambda: lambda texts: []), Settings())
    assert isinstance(event, Outcome)
    assert (event.name, event.status) == ("s3://bucket/nowhere", "failed")
    assert event.reason == "No such file or directory"
