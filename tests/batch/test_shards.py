from __future__ import annotations

import gzip
import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.batch.corpora import lay_out, odd_lines, tree

from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Outcome, Summary
from spamguard.batch.planning import plan_shards
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.shards import MAX_TOLD, Shard, ShardCleaner, clean_shard
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.errors import InputError, SpamguardError

Told = dict[str, list[Event]]


def by_file(events: Sequence[Event], out: Path) -> Told:
    """What was told of each file, with targets inside the output folder."""
    told: Told = {}
    for event in events:
        if isinstance(event, Outcome) and event.target:
            inside = os.path.relpath(event.target, out)
            event = Outcome(
                event.name, event.status, event.result, inside, event.reason, event.n_documents, event.n_bytes
            )
        told.setdefault(event.name, []).append(event)
    return told


def locally(sources: list[Path], out: Path, workers: Workers, settings: Settings) -> Told:
    """Clean with the local engine."""
    return by_file(list(clean_files(workers, plan_roots(sources, out=out), settings)), out)


def by_shards(sources: list[Path], out: Path, workers: Workers, settings: Settings) -> Told:
    """Clean shard by shard."""
    events: list[Event] = []
    for one in plan_shards([str(source) for source in sources], str(out), settings.chosen):
        events += [one] if isinstance(one, Outcome) else clean_shard(one, workers, settings)
    return by_file(events, out)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(Reading(key="spamguard")),
        Settings(Reading(fields=("text", "meta.title", "text.b"), key="removed")),
        Settings(Reading(fields=("nowhere",)), copy_unknown=False),
        Settings(Reading(key="spamguard"), chosen=Filter(include=("*.jsonl*",), exclude=("inner/*",))),
        Settings(Reading(format="text")),
    ],
    ids=["key", "nested fields", "no such field, unknown left out", "filter", "format"],
)
def test_shards_come_out_as_the_local_engine_writes_them_to_the_byte(
    settings: Settings, workers: Workers, tmp_path: Path
) -> None:
    news = lay_out(tmp_path / "news", "SPAM")
    expected = locally([news], tmp_path / "local", workers, settings)
    assert by_shards([news], tmp_path / "out", workers, settings) == expected
    assert tree(tmp_path / "out") == tree(tmp_path / "local")
    statuses = {event.status for told in expected.values() for event in told if isinstance(event, Outcome)}
    assert "cleaned" in statuses or settings.reading.fields == ("nowhere",)


def test_the_shipped_model_finds_the_same_in_shards(tmp_path: Path) -> None:
    from spamguard.cli.choices import Recipe

    clean = Recipe()()
    workers, settings = Workers(lambda: clean), Settings(Reading(key="spamguard"))
    news = tmp_path / "news"
    news.mkdir()
    (news / "odd.jsonl").write_bytes(odd_lines("上海贵族宝贝自荐419"))
    expected = locally([news], tmp_path / "local", workers, settings)
    assert by_shards([news], tmp_path / "out", workers, settings) == expected
    assert tree(tmp_path / "out") == tree(tmp_path / "local")
    written = (tmp_path / "out" / "odd.jsonl").read_bytes()
    assert written != odd_lines("上海贵族宝贝自荐419")
    assert all(part in written for part in (b"1.50", rb"caf\u00e9", b"12345678901234567890.10"))


def test_files_that_the_user_named_go_as_with_the_local_engine(workers: Workers, tmp_path: Path) -> None:
    news = lay_out(tmp_path / "news", "SPAM")
    (news / "article.unknown").write_text("SPAM Good news.")
    sources = [news / "article.unknown", news / "odd.jsonl", news / "inner", news / "nowhere.jsonl"]
    expected = locally(sources, tmp_path / "local", workers, Settings())
    assert by_shards(sources, tmp_path / "out", workers, Settings()) == expected
    assert tree(tmp_path / "out") == tree(tmp_path / "local")
    assert (tmp_path / "out" / "article.unknown").read_text() == "Good news."


@pytest.fixture
def shard(tmp_path: Path) -> Callable[[bytes], Shard]:
    """Lays a file out as a shard."""

    def lay(content: bytes) -> Shard:
        (tmp_path / "a.jsonl").write_bytes(content)
        return Shard(
            "a.jsonl", str(tmp_path / "a.jsonl"), str(tmp_path / "out" / "a.jsonl"), str(tmp_path / "out")
        )

    return lay


def test_a_result_that_cannot_be_brought_to_its_place_fails_alone_and_leaves_nothing(
    workers: Workers, tmp_path: Path, shard: Callable[[bytes], Shard]
) -> None:
    one = shard(b'{"text": "SPAM Good news."}')
    (tmp_path / "out" / "a.jsonl" / "in the way").mkdir(parents=True)
    [event] = clean_shard(one, workers, Settings())
    assert isinstance(event, Outcome)
    assert (event.status, event.reason) == ("failed", f"{one.target} is there and no regular file")
    assert tree(tmp_path / "out") == {}


def test_a_shard_replaces_what_a_run_made_of_it_and_nothing_else(
    workers: Workers, tmp_path: Path, shard: Callable[[bytes], Shard]
) -> None:
    one, target = shard(b'{"text": "SPAM Good news."}'), tmp_path / "out" / "a.jsonl"
    target.parent.mkdir()
    target.write_text("mine")
    [event] = clean_shard(one, workers, Settings())
    assert isinstance(event, Outcome)
    assert event.status == "failed"
    assert "a.jsonl is there and not from this command" in event.reason
    assert target.read_text() == "mine"
    assert [path.name for path in target.parent.iterdir()] == ["a.jsonl"]
    list(clean_shard(one, workers, Settings(overwrite=True)))
    list(clean_shard(shard(b'{"text": "SPAM Other news."}'), workers, Settings()))
    assert b"Other news." in target.read_bytes()
    # What the local engine made of the same file is as good.
    assert [
        one.status
        for one in clean_files(workers, plan_roots([tmp_path / "a.jsonl"], out=tmp_path / "out"))
        if isinstance(one, Outcome)
    ] == ["cleaned"]


def test_a_target_is_not_followed_through_a_link_out_of_the_output(
    workers: Workers, tmp_path: Path, shard: Callable[[bytes], Shard]
) -> None:
    one = shard(b'{"text": "SPAM Good news."}')
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "inner").symlink_to(tmp_path / "elsewhere")
    leading_out = Shard(one.name, one.source, str(tmp_path / "out" / "inner" / "a.jsonl"), one.bound)
    [event] = clean_shard(leading_out, workers, Settings())
    assert isinstance(event, Outcome)
    assert event.status == "failed"
    assert "outside the output folder" in event.reason
    assert not list((tmp_path / "elsewhere").iterdir())


def test_an_error_that_nobody_foresaw_fails_its_shard_and_quotes_no_text(
    tmp_path: Path, shard: Callable[[bytes], Shard]
) -> None:
    def clean(texts: object) -> list[object]:
        raise ValueError("an article's words")

    report = ShardCleaner(lambda: clean)()(shard(b'{"text": "Good news."}'))  # type: ignore[arg-type,return-value]
    [event] = report.events
    assert event.reason == "not cleaned: ValueError"
    assert report.summary.has_faults


def test_a_model_that_cannot_be_loaded_ends_the_run(shard: Callable[[bytes], Shard]) -> None:
    def make() -> None:
        raise SpamguardError("no model")

    with pytest.raises(SpamguardError, match="no model"):
        ShardCleaner(make)()(shard(b"{}"))  # type: ignore[arg-type]


def test_a_model_is_loaded_once_for_all_shards_of_a_worker(
    workers: Workers, shard: Callable[[bytes], Shard]
) -> None:
    loaded: list[int] = []

    def make() -> Callable[[object], list[object]]:
        loaded.append(1)
        return lambda texts: []

    work = ShardCleaner(make)()  # type: ignore[arg-type]
    for _ in range(3):
        work(shard(b"\n"))
    assert loaded == [1]


def test_a_report_stays_small_however_many_lines_are_broken(shard: Callable[[bytes], Shard]) -> None:
    report = ShardCleaner(lambda: lambda texts: [])()(shard(b"{broken\n" * (MAX_TOLD + 500)))
    assert report.summary.n_faults == MAX_TOLD + 500
    assert report.n_untold == 500
    assert len(report.events) == MAX_TOLD + 1
    assert len(pickle.dumps(report)) < 200_000


def test_counts_of_shards_add_up_to_those_of_the_run(workers: Workers, tmp_path: Path) -> None:
    news = lay_out(tmp_path / "news", "SPAM")
    expected, merged = Summary(), Summary()
    for told in locally([news], tmp_path / "local", workers, Settings()).values():
        part = Summary()
        for event in told:
            expected.add(event)
            part.add(event)
        merged.merge(part)
    assert merged == expected


def test_the_output_must_not_lie_in_the_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lies in the input"):
        list(plan_shards([str(tmp_path)], str(tmp_path / "out")))


def test_a_file_that_breaks_off_is_told_and_copied(workers: Workers, tmp_path: Path) -> None:
    packed = gzip.compress(odd_lines("SPAM"))[:-8]
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    out = tmp_path / "out" / "a.jsonl.gz"
    [event] = clean_shard(
        Shard("a", str(tmp_path / "a.jsonl.gz"), str(out), str(out.parent)), workers, Settings()
    )
    assert isinstance(event, Outcome)
    assert event.status == "failed"
    assert "breaks off at byte" in event.reason
    assert out.read_bytes() == packed
