"""The review page's files come whole, under headers that let it run nothing but them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

FOLDER = Path(__file__).parents[2] / "src" / "spamguard" / "service" / "review"
FILES = sorted(path.name for path in FOLDER.iterdir())


def address(name: str) -> str:
    """Where a file is served."""
    return "/review" if name == "index.html" else f"/review/{name}"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_whole_and_can_run_nothing_but_the_pages_own(
    client: httpx.Client, name: str
) -> None:
    answer = client.get(address(name))
    assert (answer.status_code, answer.content) == (200, (FOLDER / name).read_bytes())
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert {policy[kind] for kind in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["index.html", "review.js", "review.css", "icon.svg"])
def test_a_file_is_named_by_its_type(client: httpx.Client, name: str) -> None:
    types = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    media = client.get(address(name)).headers["content-type"]
    assert media == f"{types[name.rpartition('.')[2]]}; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/review/", "/review/page.py", "/review/../app.py", "/review/%2e%2e/app.py"]
)
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_no_file_asks_for_anything_from_elsewhere_or_makes_markup_of_a_string() -> None:
    for name in FILES:
        content = (FOLDER / name).read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.", content), name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", content), name
        assert not re.search(r"<script>|<style|\son\w+=\"|\sstyle=\"", content), name


def test_the_documentation_names_what_is_there() -> None:
    docs = FOLDER.parents[3] / "docs"
    page = (docs / "review.md").read_text()
    markup, script = (FOLDER / "index.html").read_text(), (FOLDER / "review.js").read_text()
    labels = set(re.findall(r"(?<!\*)\*([A-Z][a-z ]+)\*(?!\*)", page))
    assert {"Not spam", "Mark missed", "Undo"} <= labels
    assert {label for label in labels if label not in markup} == set()
    assert {key for key in re.findall(r"`([a-z?])`", page) if f'"{key}"' not in script} == set()
    for image in re.findall(r"\]\((images/[^)]+)\)", page):
        assert (docs / image).is_file()
