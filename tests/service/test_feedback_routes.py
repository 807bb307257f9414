"""Editors' verdicts over HTTP, and the queue of what wants one."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.service import feedback as feedback_module
from spamguard.service.app import create_app
from spamguard.service.feedback import MAX_QUEUED_CHARS, Feedback
from spamguard.service.queued import MAX_QUEUED_SPANS
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

TEXT = "😀 The bank said so. cheap pills Experts say."
BODY: dict[str, object] = {
    "text": TEXT,
    "start": 20,
    "end": 31,
    "quote": "cheap pills",
    "verdict": "missed",
    "category": "pharma",
}


@pytest.fixture
def desk(guard: spamguard.Guard, serving: Serving, tmp_path: Path) -> Iterator[httpx.Client]:
    """A service that keeps feedback and a queue."""
    settings = Settings(feedback=f"sqlite:{tmp_path}/f.sqlite", review_queue=5, review_margin=1.0)
    with serving(create_app(settings, guard=guard)) as client:
        yield client


def exported(client: httpx.Client) -> list[dict[str, object]]:
    """All labels."""
    answer = client.get("/feedback")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_verdict_is_kept_exported_and_taken_back(desk: httpx.Client) -> None:
    answer = desk.post("/feedback", json=BODY)
    assert answer.status_code == 201
    name = answer.json()["id"]
    [label] = exported(desk)
    assert label["text"] == TEXT
    assert label["spans"] == [{"start": 20, "end": 31, "category": "pharma", "quote": "cheap pills"}]
    assert desk.delete(f"/feedback/{name}").status_code == 204
    assert exported(desk) == []
    assert desk.delete(f"/feedback/{name}").status_code == 404


@pytest.mark.parametrize(("offsets", "start", "end"), [("utf16", 21, 32), ("byte", 23, 34)])
def test_offsets_may_count_what_the_page_counts(
    desk: httpx.Client, offsets: str, start: int, end: int
) -> None:
    answer = desk.post("/feedback", json={**BODY, "offsets": offsets, "start": start, "end": end})
    assert answer.json()["id"] == desk.post("/feedback", json=BODY).json()["id"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "cheap pill"},
        {"start": 19},
        {"end": 20},
        {"end": 1_000},
        {"verdict": "maybe"},
        {"category": "politics"},
        {"start": -1},
        {"more": 1},
    ],
)
def test_a_verdict_that_does_not_fit_its_text_is_a_422(desk: httpx.Client, wrong: dict[str, object]) -> None:
    assert desk.post("/feedback", json={**BODY, **wrong}).status_code == 422
    assert exported(desk) == []


def test_uncertain_texts_are_queued_only_where_the_operator_wants_it(
    desk: httpx.Client, client: httpx.Client, polluted: str
) -> None:
    for one in (desk, client):
        assert one.post("/clean", json={"text": polluted}).json()["changed"]
        assert not one.post("/clean", json={"text": "good"}).json()["changed"]
    item = next(item for item in waiting(desk) if item["text"] == polluted)
    assert {"start", "end", "text", "score", "category"} <= set(item["spans"][0])
    assert client.get("/review/queue").json() == {"items": []}
    assert desk.delete(f"/review/queue/{item['id']}").status_code == 204
    assert desk.get("/review/queue?limit=3").json() == {"items": []}


def waiting(client: httpx.Client) -> list[dict[str, Any]]:
    """The texts that wait, once there are any: cleaning does not wait for the queue."""
    items: list[dict[str, Any]] = []
    for _ in range(500):
        if items := client.get("/review/queue").json()["items"]:
            break
        time.sleep(0.01)
    return items


def test_spans_just_below_the_threshold_wait_as_those_just_above_it(
    desk: httpx.Client, guard: spamguard.Guard, polluted: str
) -> None:
    spans = guard.detect(polluted)
    # Above all but the surest scores: what was found is left now, and waits.
    answer = desk.post("/clean", json={"text": polluted, "threshold": 1.0})
    assert not answer.json()["changed"]
    [item] = waiting(desk)
    assert item["text"] == polluted
    assert {(span.start, span.end) for span in spans} <= {(one["start"], one["end"]) for one in item["spans"]}
    assert item["spans"] == sorted(item["spans"], key=lambda one: one["start"])


def test_what_a_caller_wants_to_stay_does_not_wait(
    desk: httpx.Client, guard: spamguard.Guard, polluted: str
) -> None:
    body = {"text": polluted, "threshold": 1.0}
    suspected = [span.text for span in guard.detect(polluted, threshold=0.0)]
    assert desk.post("/clean", json={**body, "categories": []}).status_code == 200
    assert desk.post("/clean", json={**body, "allow": suspected}).status_code == 200
    marker = "an article of which nobody is sure"
    desk.post("/review/queue", json={"text": marker})
    # The store has one thread: what was offered before is in it by now.
    assert [item["text"] for item in waiting(desk)] == [marker]


SPAN: dict[str, Any] = {"start": 20, "end": 31, "text": "cheap pills", "score": 0.4, "category": "pharma"}
QUEUED: dict[str, Any] = {"text": TEXT, "spans": [SPAN]}


@pytest.mark.parametrize(
    ("offsets", "start", "end"), [("codepoint", 20, 31), ("utf16", 21, 32), ("byte", 23, 34)]
)
def test_a_text_from_elsewhere_waits_until_it_is_judged(
    desk: httpx.Client, offsets: str, start: int, end: int
) -> None:
    span = {**SPAN, "start": start, "end": end}
    answer = desk.post("/review/queue", json={"text": TEXT, "spans": [span], "offsets": offsets})
    assert answer.status_code == 201
    assert waiting(desk) == [{"id": answer.json()["id"], **QUEUED}]
    assert desk.post("/review/queue", json={"text": TEXT}).json() == answer.json()
    assert waiting(desk) == [{"id": answer.json()["id"], **QUEUED}]
    assert desk.post("/feedback", json=BODY).status_code == 201
    assert desk.get("/review/queue").json() == {"items": []}


def test_the_queue_of_others_is_bounded_and_keeps_the_newest(desk: httpx.Client) -> None:
    for number in range(7):
        assert desk.post("/review/queue", json={"text": f"text {number}"}).status_code == 201
    assert [item["text"] for item in waiting(desk)] == [f"text {number}" for number in (6, 5, 4, 3, 2)]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"text": "x" * (MAX_QUEUED_CHARS + 1), "spans": []}, 413),
        ({"spans": [{**SPAN, "text": "cheap pill"}]}, 422),
        ({"spans": [{**SPAN, "start": 19}]}, 422),
        ({"spans": [{**SPAN, "score": 1.5}]}, 422),
        ({"spans": [{**SPAN, "category": "politics"}]}, 422),
        ({"spans": [SPAN, SPAN]}, 422),
        ({"spans": [SPAN] * (MAX_QUEUED_SPANS + 1)}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_is_no_text_with_its_spans_does_not_wait(
    desk: httpx.Client, wrong: dict[str, object], status: int
) -> None:
    answer = desk.post("/review/queue", json={**QUEUED, **wrong})
    assert answer.status_code == status
    assert answer.json()["type"].startswith("urn:spamguard:problem:")
    assert desk.get("/review/queue").json() == {"items": []}


def test_where_there_is_no_queue_nothing_is_taken_into_it(client: httpx.Client) -> None:
    answer = client.post("/review/queue", json=QUEUED)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:spamguard:problem:queue-off")


def test_what_leaves_with_spans_is_told_to_the_page(desk: httpx.Client) -> None:
    body = {"text": "an ad here", "spans": [{"start": 3, "end": 5}]}
    answer = desk.post("/review/edits", json=body)
    assert answer.json() == {"edits": [{"start": 3, "end": 6, "text": "ad "}]}
    body["spans"] = [{"start": 5, "end": 50}]
    assert desk.post("/review/edits", json=body).status_code == 422


def test_a_store_out_of_reach_is_a_503_and_cleaning_goes_on(
    guard: spamguard.Guard, serving: Serving, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = Settings(feedback=f"sqlite:{tmp_path}/file/f.sqlite", retry_after_s=4)
    with serving(create_app(settings, guard=guard)) as client:
        for answer in (client.post("/feedback", json=BODY), client.get("/feedback")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "4")
            assert answer.json()["type"] == "urn:spamguard:problem:feedback-unavailable"
        assert client.post("/clean", json={"text": "good"}).status_code == 200


def test_a_store_that_hangs_holds_no_shutdown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feedback_module, "CLOSE_S", 0.2)
    feedback = Feedback(Settings(feedback=f"sqlite:{tmp_path}/f.sqlite"))

    async def story() -> None:
        await feedback.add(json.dumps(BODY).encode())
        other = sqlite3.connect(tmp_path / "f.sqlite")
        other.execute("BEGIN EXCLUSIVE")
        late = asyncio.create_task(feedback.add(json.dumps({**BODY, "verdict": "wrong"}).encode()))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await asyncio.to_thread(feedback.close)
        assert time.monotonic() - began < 3
        other.rollback()
        other.close()
        await late

    asyncio.run(story())
    assert "the feedback store hangs" in caplog.text
    feedback.close()


def test_a_full_store_says_so(guard: spamguard.Guard, serving: Serving, tmp_path: Path) -> None:
    settings = Settings(feedback=f"sqlite:{tmp_path}/f.sqlite", max_feedback=1)
    with serving(create_app(settings, guard=guard)) as client:
        assert client.post("/feedback", json=BODY).status_code == 201
        assert client.post("/feedback", json={**BODY, "verdict": "wrong"}).status_code == 507
        assert client.post("/feedback", json=BODY).status_code == 201
