"""The review page in a real Chromium, on a real service; skipped, saying why, where there is no browser."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]
Scheme = Literal["light", "dark"]
Size = Literal["wide", "phone"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox, because it cannot be set up in a container; nothing that would call home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@dataclass
class Reviewer:
    """A person at the page, and what the browser tells of it."""

    page: Page
    client: httpx.Client
    faults: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def give(self, text: str) -> None:
        """Paste a text and wait until it lies on the desk."""
        self.page.fill("#source", text)
        self.page.press("#source", "Control+Enter")
        self.page.wait_for_selector("#article", timeout=60_000)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, words: str) -> None:
        """Wait until the tally says so."""
        self.page.locator("#tally", has_text=words).wait_for()

    def wait(self, condition: str, argument: object = None) -> None:
        """Wait until a condition holds in the page; its policy forbids the browser's own way of polling."""
        deadline = time.monotonic() + 20
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(20)

    def settle(self) -> None:
        """Wait until nothing is on its way to the store any more."""
        self.wait("!document.getElementById('tally').textContent.includes('saving')")

    def kept(self) -> list[dict[str, Any]]:
        """The verdicts that the service's store holds, in the order in which they came."""
        labels = map(json.loads, self.client.get("/feedback").text.splitlines())
        return [verdict for label in labels for verdict in label["verdicts"]]

    def verdicts(self) -> list[tuple[str, str]]:
        """What was said, in order, about which words."""
        return [(one["verdict"], one["quote"]) for one in self.kept()]

    def marked(self) -> list[str]:
        """The words that are marked, in order."""
        return self.page.locator("#article mark").all_text_contents()

    def cleaned(self) -> str:
        """The cleaned text on screen."""
        return self.page.locator("#cleaned").text_content() or ""


Sit = Callable[..., AbstractContextManager[Reviewer]]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser; of the package, as its loop must end before other tests can start theirs."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: pip install playwright"
    )
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on the path: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def sit(browser: Browser, guard: spamguard.Guard, serving: Serving, tmp_path: Path) -> Iterator[Sit]:
    """Opens the page at a width and in a colour scheme; fails if the browser reports a fault."""
    feedback = f"sqlite:{tmp_path / 'feedback.sqlite'}"
    # Every span counts as uncertain, so that any text with one waits for review.
    settings = Settings(feedback=feedback, review_queue=10, review_margin=1.0)
    with serving(create_app(settings, guard=guard)) as client:
        home = str(client.base_url)

        @contextmanager
        def opened(size: Size = "wide", scheme: Scheme = "light") -> Iterator[Reviewer]:
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                has_touch=size == "phone",
                is_mobile=size == "phone",
            )
            context.set_default_timeout(20_000)
            page = context.new_page()
            reviewer = Reviewer(page, client)

            def guarded(route: Route) -> None:
                if route.request.url.startswith((home, "blob:")):
                    route.continue_()
                else:
                    reviewer.strangers.append(route.request.url)
                    route.abort()

            context.route("**/*", guarded)
            page.on("pageerror", lambda error: reviewer.faults.append(str(error)))
            page.on("console", lambda message: note(reviewer, message.type, message.text))
            page.goto(f"{home}/review")
            yield reviewer
            context.close()
            assert (reviewer.faults, reviewer.strangers) == ([], [])

        yield opened


def note(reviewer: Reviewer, kind: str, words: str) -> None:
    """Keep what the browser complains about: faults of scripts, breaches of the page's policy."""
    if kind in ("error", "warning"):
        reviewer.faults.append(words)
