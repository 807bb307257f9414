"""The article that spamguard began with: three ads in front of good lines, and nothing else, go."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

import spamguard
from spamguard.service.app import create_app
from spamguard.service.run import listen
from spamguard.service.settings import Settings

ARTICLE = Path(__file__).parents[2] / "shared" / "seed" / "article.txt"
ADS = ["夜上海最新论坛", "上海贵族宝贝自荐419", "爱上海419论坛"]

pytestmark = pytest.mark.skipif(not ARTICLE.is_file(), reason="the article lies beside the checkout only")


@pytest.fixture(scope="module")
def raw() -> bytes:
    """The article as it came, line ends and all."""
    return ARTICLE.read_bytes()


@pytest.fixture(scope="module")
def clean(raw: bytes) -> bytes:
    """The article without its ads, each with its one space."""
    return re.sub("|".join(f"{ad} " for ad in ADS).encode(), b"", raw)


def run(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process."""
    command = [sys.executable, "-m", "spamguard.cli.main", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=True)


@contextmanager
def served(guard: spamguard.Guard) -> Iterator[str]:
    """A server on a free port; gives its address."""
    config = uvicorn.Config(create_app(Settings(), guard=guard), log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join()


def test_each_ad_stands_in_the_article_once_with_one_space(raw: bytes, clean: bytes) -> None:
    assert len(raw) - len(clean) == sum(len(f"{ad} ".encode()) for ad in ADS)


def test_the_library_takes_the_three_ads_and_gives_them_back(
    guard: spamguard.Guard, raw: bytes, clean: bytes
) -> None:
    result = guard.clean(raw.decode())
    assert [span.text for span in result.spans] == ADS
    assert [edit.text for edit in result.edits] == [f"{ad} " for ad in ADS]
    assert result.text.encode() == clean
    assert spamguard.restore(result).encode() == raw
    assert not guard.clean(result.text).changed


def test_the_ads_are_adult_forums(guard: spamguard.Guard, raw: bytes) -> None:
    assert {span.category for span in guard.detect(raw.decode())} == {"adult"}


@pytest.mark.parametrize("profile", ["newsroom", "corpus"])
def test_both_profiles_agree(guard: spamguard.Guard, raw: bytes, clean: bytes, profile: str) -> None:
    assert guard.clean(raw.decode(), profile=profile).text.encode() == clean


@pytest.mark.parametrize(
    "change", [lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"\xef\xbb\xbf" + raw]
)
def test_other_line_ends_and_a_mark_in_front_make_no_difference(
    guard: spamguard.Guard, raw: bytes, clean: bytes, change: Callable[[bytes], bytes]
) -> None:
    assert guard.clean(change(raw).decode()).text.encode() == change(clean)


def test_the_command_line_does_the_same(raw: bytes, clean: bytes, tmp_path: Path) -> None:
    assert run("clean", "-", stdin=raw).stdout == clean
    (tmp_path / "article.txt").write_bytes(raw)
    run("clean", tmp_path / "article.txt", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "article.txt").read_bytes() == clean
    assert (tmp_path / "article.txt").read_bytes() == raw


def test_a_running_server_does_the_same(guard: spamguard.Guard, raw: bytes, clean: bytes) -> None:
    with served(guard) as address:
        reply = httpx.post(f"{address}/clean", json={"text": raw.decode()}, timeout=30).json()
    assert reply.pop("model") == guard.model_id
    assert reply["text"].encode() == clean
    result = spamguard.CleanResult.from_dict(reply)
    assert [span.text for span in result.spans] == ADS
    assert spamguard.restore(result).encode() == raw
