"""The model changes under load, and the figures say what happened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

import spamguard
from spamguard.model.artefact import MANIFEST_NAME
from spamguard.model.loading import shipped_folder
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]


def samples(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """All figures by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def rename(folder: Path, name: str) -> None:
    """Give the model in a folder another name."""
    manifest = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
    manifest["name"] = name
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest), "utf-8")


def test_a_new_model_takes_over_under_load_and_a_bad_one_does_not(serving: Serving, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    with serving(create_app(Settings(model=folder, feedback="off"))) as client, ThreadPoolExecutor(4) as pool:
        first = client.get("/model").json()["model"]
        load = [pool.submit(client.post, "/clean", json={"text": f"Day {day}."}) for day in range(40)]
        rename(folder, "second")
        reloaded = client.post("/model/reload")
        statuses = [one.result().status_code for one in load]
        second = client.get("/model").json()["model"]
        (folder / MANIFEST_NAME).write_text("{}")
        refused = client.post("/model/reload")
        third = client.get("/model").json()["model"]
        cleaned = client.post("/clean", json={"text": "good"})
        figures = samples(client)
    assert statuses == [200] * 40
    assert (reloaded.status_code, reloaded.json()) == (200, {"model": second})
    assert second != first
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:spamguard:problem:model-refused")
    assert third == second == cleaned.json()["model"]
    assert figures["spamguard_model", second] == 1
    assert ("spamguard_model", first) not in figures
    assert figures["spamguard_model_loads_total", "refused"] == 1


def test_the_figures_count_what_passed(guard: spamguard.Guard, serving: Serving, polluted: str) -> None:
    result = guard.clean(polluted)
    with serving(create_app(Settings(max_text_chars=5_000, feedback="off"), guard=guard)) as client:
        before = samples(client)
        for text in (polluted, "good", "x" * 5_001):
            answer = client.post("/clean", json={"text": text})
        figures = samples(client)
    assert answer.status_code == 413
    assert figures["spamguard_requests_total", "POST", "/clean", "200"] == 2
    assert figures["spamguard_requests_total", "POST", "/clean", "413"] == 1
    assert figures["spamguard_request_seconds_count", "/clean"] == 3
    assert figures["spamguard_refusals_total", "text-too-long"] == 1
    assert figures["spamguard_texts_total", "yes"] == figures["spamguard_texts_total", "no"] == 1
    assert figures["spamguard_text_chars_total",] == len(polluted) + len("good")
    assert figures["spamguard_removed_chars_total",] == len(polluted) - len(result.text)
    by_category = {category: figures["spamguard_spans_total", category] for category in spamguard.CATEGORIES}
    assert sum(by_category.values()) == len(result.spans)
    assert before["spamguard_queue_tasks",] == figures["spamguard_queue_tasks",] == 0
    assert figures["spamguard_open_requests",] == 1
    assert figures["spamguard_received_bytes_total",] > 5_001


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_is_about_to_leave_is_live_and_not_ready(
    guard: spamguard.Guard, serving: Serving, path: str
) -> None:
    app = create_app(Settings(feedback="off"), guard=guard)
    with serving(app) as client:
        app.state.traffic.is_leaving = True
        answer = client.get(path)
        assert client.post("/clean", json={"text": "good"}).headers["connection"] == "close"
    assert answer.status_code == (503 if path == "/readyz" else 200)
