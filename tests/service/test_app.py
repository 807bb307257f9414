"""What a client of the service is promised."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings
from spamguard.service.wire import CleanReply

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

AD = "上海贵族宝贝自荐419 "


def post(client: httpx.Client, text: str, **options: object) -> httpx.Response:
    """Post a text in the one form that can carry any code point."""
    body = json.dumps({"text": text, **options})
    return client.post("/clean", content=body, headers={"Content-Type": "application/json"})


def restored(answer: httpx.Response) -> str:
    """The text that an answer gives back when its edits are undone."""
    fields = answer.json()
    fields.pop("model")
    return spamguard.restore(spamguard.CleanResult.from_dict(fields))


def test_an_article_comes_back_clean_as_from_the_library(
    client: httpx.Client, guard: spamguard.Guard, polluted: str, original: str
) -> None:
    answer = post(client, polluted)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    reply = CleanReply.model_validate(answer.json(), strict=True)
    assert (reply.text, reply.changed, reply.model) == (original, True, guard.model_id)
    assert answer.json() == {**guard.clean(polluted).to_dict(), "model": guard.model_id}
    assert restored(answer) == polluted


def test_a_clean_article_comes_back_as_it_is(client: httpx.Client, original: str) -> None:
    reply = post(client, original).json()
    assert (reply["text"], reply["changed"], reply["spans"], reply["edits"]) == (original, False, [], [])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(), max_size=200) | st.just(AD), max_size=8).map("".join))
@example("")
@example("\ud800")
@example(f"\udfff {AD}\r\n\x00 😀 ")
def test_any_text_is_given_back_by_undoing_the_edits(client: httpx.Client, text: str) -> None:
    # JSON cannot tell a pair of escaped surrogates from the character they encode.
    text = json.loads(json.dumps(text))
    answer = post(client, text)
    assert answer.status_code == 200
    assert restored(answer) == text


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_body_is_our_fault(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/clean", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400, 422)


def test_the_threshold_and_the_profile_reach_the_model(
    client: httpx.Client, guard: spamguard.Guard, polluted: str
) -> None:
    for options in ({"threshold": 1.0}, {"threshold": 0.0}, {"profile": "newsroom"}, {"profile": "corpus"}):
        reply = post(client, polluted, **options).json()
        assert reply["text"] == guard.clean(polluted, **options).text


@pytest.mark.parametrize(
    "media", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_may_be_announced_in_all_its_spellings(client: httpx.Client, media: str) -> None:
    answer = client.post("/clean", content='{"text": "é"}', headers={"Content-Type": media})
    assert answer.json()["text"] == "é"


def test_the_probes_and_the_model_answer(client: httpx.Client, guard: spamguard.Guard) -> None:
    assert client.get("/healthz").json() == {"status": "live"}
    assert client.get("/readyz").json() == {"status": "ready", "model": guard.model_id}
    shown = client.get("/model").json()
    assert shown == {"model": guard.model_id, **json.loads(json.dumps(guard.manifest))}


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503), ("/model", 503)])
def test_before_the_model_is_loaded_it_is_live_and_not_ready(path: str, status: int) -> None:
    async def probe() -> httpx.Response:
        # This transport leaves the start out.
        transport = httpx.ASGITransport(create_app(Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    answer = asyncio.run(probe())
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_busy_service_answers_its_probes_and_refuses_what_it_has_no_place_for(
    guard: spamguard.Guard, serving: Serving
) -> None:
    app = create_app(Settings(n_threads=1, n_waiting=0, retry_after_s=7), guard=guard)
    began, release = threading.Event(), threading.Event()

    def occupy() -> None:
        began.set()
        release.wait()

    with serving(app) as client, ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        # Also where the test fails: what occupies the thread would be waited for.
        stack.callback(release.set)
        occupied = pool.submit(asyncio.run, app.state.engine.workers.run(occupy))
        assert began.wait(10)
        refused = post(client, "good")
        probed = client.get("/readyz")
        release.set()
        occupied.result()
        assert post(client, "good").status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:spamguard:problem:busy")
    assert refused.headers["retry-after"] == "7"
    assert probed.status_code == 200


def test_applications_keep_their_own_settings(guard: spamguard.Guard, serving: Serving) -> None:
    with serving(create_app(Settings(max_text_chars=3), guard=guard)) as strict:
        assert post(strict, "four").status_code == 413
    with serving(create_app(Settings(max_text_chars=4), guard=guard)) as wider:
        assert post(wider, "four").status_code == 200
