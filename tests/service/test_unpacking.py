"""Packed bodies are read as unpacked ones, and bounded by what comes out."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from spamguard.service.problems import ProblemError
from spamguard.service.settings import Settings
from spamguard.service.unpacking import PIECE_BYTES, Unpacker, Unpacking

BODY = json.dumps({"text": "good news"}).encode()


def raw_deflate(content: bytes) -> bytes:
    """Deflate without a frame, which some clients send."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "bare": raw_deflate,
}


def post(client: httpx.Client, content: bytes, coding: str) -> httpx.Response:
    """Post a packed body."""
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    return client.post("/clean", content=content, headers=headers)


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_body_is_cleaned_as_an_unpacked_one(client: httpx.Client, packer: str) -> None:
    answer = post(client, PACKERS[packer](BODY), "gzip" if packer == "gzip" else "deflate")
    assert answer.json()["text"] == "good news"


@given(st.binary(max_size=5_000), st.sampled_from(sorted(PACKERS)), st.integers(1, 500))
def test_what_comes_out_does_not_hang_on_the_pieces(content: bytes, packer: str, size: int) -> None:
    packed = PACKERS[packer](content)
    unpacker = Unpacker("gzip" if packer == "gzip" else "deflate")
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(out for piece in pieces for out in unpacker.feed(piece)) == content
    assert unpacker.is_whole


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_are_unpacked_or_refused(content: bytes, coding: str) -> None:
    refusals: list[int] = []
    try:
        list(Unpacker(coding).feed(content))
    except ProblemError as problem:
        refusals.append(problem.status)
    assert refusals in ([], [400])


def test_a_gzip_body_of_several_members_is_one_body() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    assert b"".join(Unpacker("gzip").feed(packed)) == b"one two"


def test_a_bomb_comes_out_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(20_000_000))
    pieces = Unpacker("gzip").feed(bomb)
    assert max(len(piece) for piece in pieces) <= PIECE_BYTES


@pytest.mark.parametrize(
    "packed", [gzip.compress(bytes(20_000_000)), gzip.compress(b"") * 1_000], ids=["bomb", "empty members"]
)
def test_while_a_few_bytes_become_many_others_have_their_turn(packed: bytes) -> None:
    n_turns = 0

    async def read(scope: Scope, receive: Receive, _: Send) -> None:
        async for _piece in Request(scope, receive).stream():
            pass

    async def receive() -> Message:
        return {"type": "http.request", "body": packed, "more_body": False}

    async def send(_: Message) -> None:
        raise AssertionError("nothing is answered here")

    async def count() -> None:
        nonlocal n_turns
        while True:
            await asyncio.sleep(0)
            n_turns += 1

    async def unpack() -> None:
        other = asyncio.create_task(count())
        scope = {"type": "http", "path": "/clean/stream", "headers": [(b"content-encoding", b"gzip")]}
        await Unpacking(read, max_bytes=1)(scope, receive, send)
        other.cancel()

    asyncio.run(unpack())
    assert n_turns >= 300


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_is_refused_by_what_comes_out(client: httpx.Client, settings: Settings, packer: str) -> None:
    bomb = PACKERS[packer](b'{"text": "' + b" " * 10_000_000)
    assert len(bomb) < settings.max_body_bytes
    answer = post(client, bomb, "gzip" if packer == "gzip" else "deflate")
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:spamguard:problem:body-too-large"


@pytest.mark.parametrize(
    "content",
    [gzip.compress(BODY)[:-9], BODY, b"", gzip.compress(BODY) + b"more"],
    ids=["cut off", "not packed", "empty", "more behind it"],
)
def test_what_is_not_packed_as_it_says_is_a_400(client: httpx.Client, content: bytes) -> None:
    answer = post(client, content, "gzip")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:spamguard:problem:bad-encoding")
