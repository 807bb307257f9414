"""The store keeps what it was given, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from spamguard.errors import InputError
from spamguard.service import databases
from spamguard.service.databases import database_at
from spamguard.service.store import PAGE_TEXTS, Store, StoreFullError
from spamguard.service.verdicts import Verdict

TEXT = "The bank said so. cheap pills Experts say 😀."
BINARIES = ("initdb", "pg_ctl", "postgres")


def binary(name: str) -> str | None:
    """Where a program of PostgreSQL is: on the path, or where Debian has it."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *os.environ["PATH"].split(os.pathsep)]
    return shutil.which(name, path=os.pathsep.join(map(str, places)))


def unprivileged() -> dict[str, Any]:
    """How to run a program that refuses to be root's, when root runs the tests."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server of our own, that is gone with the tests."""
    missing = [name for name in BINARIES if binary(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL is not installed: {', '.join(missing)} missing; see CONTRIBUTING.md")
    pytest.importorskip("psycopg")
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        owner = unprivileged()
        if owner:
            os.chown(folder, owner["user"], owner["group"])

        def run(name: str, *arguments: str) -> None:
            command = [str(binary(name)), "-D", f"{folder}/db", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **owner)

        run("initdb", "--auth=trust", "--username=test", "--encoding=UTF8", "--no-locale", "--no-sync")
        # Reached through a file, so that no port is needed.
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql://test@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path}/deep/feedback.sqlite"
    found: str = request.getfixturevalue("postgres")
    connection = database_at(found).connect()
    connection.execute("DROP TABLE IF EXISTS verdicts, texts, queue")
    connection.commit()
    connection.close()
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with room for three verdicts and two queued texts."""
    opened = Store(database_at(url), max_verdicts=3, max_queued=2)
    yield opened
    opened.close()


def test_a_verdict_comes_back_as_a_label_with_its_quote(store: Store) -> None:
    name = store.add(Verdict(TEXT, 18, 29, "missed", "pharma"))
    [label] = store.labels()
    assert label["text"] == TEXT
    assert label["source"] == "feedback"
    assert label["spans"] == [{"start": 18, "end": 29, "category": "pharma", "quote": "cheap pills"}]
    [verdict] = label["verdicts"]
    assert (verdict["id"], verdict["verdict"], verdict["quote"]) == (name, "missed", "cheap pills")


@pytest.mark.parametrize("text", ["\0 nul", "\ud800 lone", "😀 emoji", '"quoted" \\ ? %s', "a\r\nb\u2028c"])
def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    store.add(Verdict(text, 0, 1, "wrong"))
    assert [label["text"] for label in store.labels()] == [text]


def test_of_a_text_that_was_taken_out_nothing_stays_on_the_disk(tmp_path: Path) -> None:
    store = Store(database_at(f"sqlite:{tmp_path}/feedback.sqlite"), max_queued=2)
    names = [store.add(Verdict(f"confidential report {number}", 0, 5, "wrong")) for number in range(2)]
    store.enqueue("confidential draft", [])
    [queued] = store.queued(9)

    def kept(words: str) -> bool:
        return any(words.encode() in file.read_bytes() for file in tmp_path.iterdir())

    assert kept("confidential draft")
    assert store.delete(names[0])
    assert store.dequeue(queued["id"])
    assert [kept(f"confidential {word}") for word in ("report 0", "report 1", "draft")] == [
        False,
        True,
        False,
    ]
    store.close()


def test_the_same_verdict_is_kept_once_however_often_it_is_sent(store: Store) -> None:
    assert len({store.add(Verdict(TEXT, 0, 3, "right")) for _ in range(5)}) == 1
    [label] = store.labels()
    assert len(label["verdicts"]) == 1


def test_a_verdict_that_is_taken_back_leaves_no_trace_and_no_text(store: Store) -> None:
    first, second = (store.add(Verdict(TEXT, start, start + 2, "missed")) for start in (0, 5))
    assert store.delete(first)
    assert [span["start"] for label in store.labels() for span in label["spans"]] == [5]
    assert store.delete(second)
    assert list(store.labels()) == []
    assert not store.delete(second)


def test_of_verdicts_on_the_same_stretch_the_newest_holds(store: Store) -> None:
    store.add(Verdict(TEXT, 18, 29, "right", "pharma"))
    store.add(Verdict(TEXT, 18, 29, "wrong"))
    [label] = store.labels()
    assert label["spans"] == []
    assert [verdict["verdict"] for verdict in label["verdicts"]] == ["right", "wrong"]
    store.add(Verdict(TEXT, 18, 29, "right", "pharma"))
    [label] = store.labels()
    assert len(label["spans"]) == 1


def test_a_full_store_takes_no_more_and_keeps_what_it_has(store: Store) -> None:
    for start in range(3):
        store.add(Verdict(TEXT, start, start + 1, "right"))
    with pytest.raises(StoreFullError):
        store.add(Verdict("another text", 0, 3, "right"))
    assert [label["text"] for label in store.labels()] == [TEXT]


def test_an_export_goes_over_several_pages(url: str) -> None:
    store = Store(database_at(url))
    texts = {f"text {number}" for number in range(2 * PAGE_TEXTS + 1)}
    for text in texts:
        store.add(Verdict(text, 0, 4, "right"))
    assert len(store.page()) == PAGE_TEXTS
    assert sorted(label["text"] for label in store.labels()) == sorted(texts)
    store.close()


def test_the_queue_keeps_the_newest_texts_until_a_verdict_comes(store: Store) -> None:
    span = {"start": 0, "end": 3, "text": "The", "score": 0.5, "category": "seo"}
    for text in ("one text", "two text", "two text", TEXT):
        store.enqueue(text, [span])
    assert [item["text"] for item in store.queued(10)] == [TEXT, "two text"]
    assert store.queued(1)[0]["spans"] == [span]
    store.add(Verdict(TEXT, 0, 3, "wrong"))
    [item] = store.queued(10)
    assert item["text"] == "two text"
    assert store.dequeue(item["id"])
    assert not store.dequeue(item["id"])


def test_several_instances_share_a_store(url: str) -> None:
    first, second = (Store(database_at(url)) for _ in range(2))
    name = first.add(Verdict(TEXT, 0, 3, "right"))
    assert [label["verdicts"][0]["id"] for label in second.labels()] == [name]
    assert second.delete(name)
    assert list(first.labels()) == []
    first.close()
    second.close()


WRITER = """
import sys
from spamguard.service.databases import database_at
from spamguard.service.store import Store
from spamguard.service.verdicts import Verdict
store = Store(database_at(sys.argv[1]))
for number in range(1_000_000):
    print(store.add(Verdict(f"text {number}", 0, 4, "right")), flush=True)
"""


def test_a_killed_writer_loses_no_row_that_it_acknowledged(url: str) -> None:
    acknowledged = []
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        for line in writer.stdout:
            acknowledged.append(line.strip())
            if len(acknowledged) == 20:
                writer.send_signal(signal.SIGKILL)
    store = Store(database_at(url))
    kept = {verdict["id"] for label in store.labels() for verdict in label["verdicts"]}
    store.close()
    assert len(acknowledged) >= 20
    # What was printed only in part was not acknowledged.
    assert kept >= {name for name in acknowledged if len(name) == 32}


def test_sqlite_syncs_every_commit_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    connection = database_at(f"sqlite:{file}").connect()
    assert isinstance(connection, sqlite3.Connection)
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    connection.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert file.stat().st_mode & 0o077 == 0


def test_a_database_that_hangs_is_not_waited_for_without_end(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "STATEMENT_S", 1)
    database = database_at(postgres)
    store, other = Store(database), database.connect()
    verdict = Verdict(TEXT, 0, 3, "right")
    for _ in range(2):
        other.execute("LOCK TABLE verdicts")
        with pytest.raises(database.errors, match="statement timeout"):
            store.add(verdict)
        other.commit()
    assert store.add(verdict) == verdict.id
    store.close()
    other.close()


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(InputError, match="feedback must be kept"):
        database_at("mysql://h/db")
