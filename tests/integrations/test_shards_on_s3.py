"""Shards in buckets of a real server of the S3 protocol, on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integrations.conftest import GOOD, SPAM, needs

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
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_shards_go_from_bucket_to_bucket_whole_and_nothing_else_stays(store: Any) -> None:  # noqa: ANN401  (s3fs has no types)
    from spamguard.integrations.cleaning import TextCleaner
    from spamguard.integrations.shards import clean_shard, plan_shards, sweep

    lines = [{"n": 1, "text": SPAM + GOOD}, {"n": 2, "text": GOOD}]
    for name in ("a.jsonl", "june/b.jsonl"):
        store.pipe(f"bucket/news/{name}", "".join(f"{json.dumps(line)}\n" for line in lines).encode())
    store.pipe("bucket/cleaned/.spamguard-left.part", b"half of it")
    for shard in plan_shards("s3://bucket/news", "s3://bucket/cleaned"):
        assert clean_shard(shard, TextCleaner(), "text")["changed"] == 1
    sweep("s3://bucket/cleaned")
    store.invalidate_cache()
    assert store.find("bucket/cleaned") == ["bucket/cleaned/a.jsonl", "bucket/cleaned/june/b.jsonl"]
    written = store.cat("bucket/cleaned/june/b.jsonl").splitlines()
    assert [json.loads(line) for line in written] == [line | {"text": GOOD} for line in lines]
