"""Texts that a person should judge reach the page on which that is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

import spamguard
from spamguard.cli.main import commands
from spamguard.service.app import create_app
from spamguard.service.feedback import MAX_QUEUED_CHARS
from spamguard.service.settings import Settings

CLEAN = "The council met on Monday and voted for the new budget.\nIt passed by nine votes to two."
AD = "爱上海同城419论坛"


def queue(folder: Path, target: str) -> Result:
    """Run `spamguard label queue`."""
    return CliRunner().invoke(commands, ["label", "queue", str(folder), "--to", target])


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A clean text, two of one campaign, one with an ad, and one too long for the page."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for n in range(2):
        (folder / f"c{n}.txt").write_text(f"{CLEAN}\nNumber {n}.\nZorvex ripple token, join now\n", "utf-8")
    (folder / "ad.txt").write_text(f"Trains run again.\n{AD}\nThey were late.\n", "utf-8")
    (folder / "clean.txt").write_text("The ferry leaves at noon, and takes an hour.", "utf-8")
    (folder / "long.txt").write_text(f"{AD}\n{'The ferry leaves at noon. ' * (MAX_QUEUED_CHARS // 25)}")
    return folder


def waiting(client: TestClient) -> list[dict[str, object]]:
    """What waits on the review page."""
    items: list[dict[str, object]] = client.get("/review/queue").json()["items"]
    return items


def test_chosen_texts_wait_on_the_review_page_until_somebody_judges_them(
    texts: Path, tmp_path: Path, guard: spamguard.Guard
) -> None:
    store = f"sqlite:{tmp_path}/feedback.sqlite"
    settings = Settings(feedback=store, review_queue=10)
    with TestClient(create_app(settings, guard=guard), base_url="http://localhost") as client:
        outcome = queue(texts, store)
        assert outcome.exit_code == 0, outcome.output
        assert "of 5 texts written to the review page's queue" in outcome.stderr
        items = waiting(client)
        found = [item["text"] for item in items]
        # The campaign's first text is worth most; the clean and the long one are not there at all.
        assert "Zorvex" in str(found[0])
        assert sorted(map(len, map(str, found)))[-1] < MAX_QUEUED_CHARS
        assert not any("noon" in str(text) for text in found)
        [ad] = [item for item in items if AD in str(item["text"])]
        assert AD in str(ad["spans"])
        body = {"text": ad["text"], "start": 18, "end": 18 + len(AD), "quote": AD, "verdict": "right"}
        assert client.post("/feedback", json=body).status_code == 201
        assert len(waiting(client)) == len(items) - 1


def test_a_store_out_of_reach_is_refused_without_its_address(texts: Path, tmp_path: Path) -> None:
    outcome = queue(texts, f"sqlite:{tmp_path}")
    assert outcome.exit_code == 2
    assert "the feedback store cannot be written" in outcome.stderr
    assert str(tmp_path) not in outcome.stderr
