"""The door lets in whom it should, before any of the body is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.door import SAFE_HEADERS
from spamguard.service.settings import Settings
from spamguard.service.wire import Problem

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

TOKEN, ADMIN = "editors-token-0123456789", "admins-token-0123456789"
OPEN = ("/healthz", "/readyz")
GUARDED = (
    ("POST", "/clean"),
    ("POST", "/clean/batch"),
    ("POST", "/clean/stream"),
    ("POST", "/restore"),
    ("POST", "/feedback"),
    ("GET", "/feedback"),
    ("DELETE", "/feedback/x"),
    ("GET", "/review/queue"),
    ("POST", "/review/edits"),
    ("GET", "/model"),
    ("POST", "/model/reload"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/anything"),
)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def guarded(guard: spamguard.Guard, serving: Serving) -> Iterator[httpx.Client]:
    """A client to a service that wants a token."""
    settings = Settings(tokens=(TOKEN, f"admin {ADMIN}"), feedback="off")
    with serving(create_app(settings, guard=guard)) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong-token-0123456789", f"Basic {TOKEN}"])
def test_without_a_good_token_nothing_but_the_probes_answers(
    guarded: httpx.Client, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = guarded.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert Problem.model_validate(answer.json()).type == "urn:spamguard:problem:unauthorized"


def test_the_probes_ask_for_no_token(guarded: httpx.Client) -> None:
    assert [guarded.get(path).status_code for path in OPEN] == [200, 200]


def test_a_good_token_cleans(guarded: httpx.Client) -> None:
    for token in (TOKEN, ADMIN):
        assert guarded.post("/clean", json={"text": "good"}, headers=bearer(token)).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/feedback"), ("POST", "/model/reload")])
def test_what_lets_articles_out_or_changes_the_model_needs_an_admins_token(
    guarded: httpx.Client, method: str, path: str
) -> None:
    assert guarded.request(method, path, headers=bearer(TOKEN)).status_code == 403
    assert guarded.request(method, path, headers=bearer(ADMIN)).status_code != 403


@pytest.mark.parametrize(
    "method_path", [("GET", "/review"), ("GET", "/metrics"), ("POST", "/clean"), ("GET", "/no")]
)
def test_without_tokens_a_page_whose_name_was_made_to_point_here_is_refused(
    client: httpx.Client, method_path: tuple[str, str]
) -> None:
    for name in (
        "ads.example",
        "ads.example:8000",
        "localhost.ads.example",
        "127.0.0.1.ads.example",
        "[",
        ":80",
    ):
        answer = client.request(*method_path, headers={"Host": name, "Content-Type": "application/json"})
        assert answer.status_code == 421
        problem = Problem.model_validate(answer.json())
        assert problem.type == "urn:spamguard:problem:misdirected-request"
        assert "set SPAMGUARD_TOKENS, or say --insecure" in problem.detail
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["localhost", "LocalHost.:80", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000"])
def test_without_tokens_the_names_of_the_loopback_are_let_in(client: httpx.Client, name: str) -> None:
    assert client.get("/model", headers={"Host": name}).status_code == 200


def test_with_a_token_or_where_insecurity_was_asked_for_any_name_will_do(
    guarded: httpx.Client, guard: spamguard.Guard, serving: Serving
) -> None:
    named = {"Host": "spamguard.example"}
    assert guarded.get("/model", headers={**bearer(TOKEN), **named}).status_code == 200
    with serving(create_app(Settings(insecure=True, feedback="off"), guard=guard)) as client:
        assert client.get("/model", headers=named).status_code == 200


def test_a_refused_caller_who_sends_a_lot_still_hears_why(guarded: httpx.Client) -> None:
    answer = guarded.post("/clean", content=b" " * 5_000_000)
    assert answer.status_code == 401


def test_every_answer_has_the_safe_headers(guarded: httpx.Client) -> None:
    answers = [guarded.get("/healthz"), guarded.get("/model"), guarded.get("/model", headers=bearer(TOKEN))]
    for answer in answers:
        assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS


def test_a_caller_beyond_the_rate_is_told_when_to_come_back(guard: spamguard.Guard, serving: Serving) -> None:
    settings = Settings(tokens=(TOKEN, ADMIN), rate_per_s=1, rate_burst=2, feedback="off")
    with serving(create_app(settings, guard=guard)) as client:
        answers = [client.get("/model", headers=bearer(TOKEN)) for _ in range(4)]
        other = client.get("/model", headers=bearer(ADMIN))
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    refused = answers[-1]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["type"] == "urn:spamguard:problem:too-many-requests"
    assert other.status_code == 200


def test_more_requests_than_may_be_under_way_are_refused_at_once(
    guard: spamguard.Guard, serving: Serving
) -> None:
    with serving(create_app(Settings(n_requests=1, retry_after_s=3), guard=guard)) as client:

        def body() -> Iterator[bytes]:
            yield b'{"text": '
            # While this request is under way, another is refused, and the probes answer.
            refused = client.get("/model")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "3")
            assert client.get("/readyz").status_code == 200
            yield b'"good"}'

        headers = {"Content-Type": "application/json"}
        assert client.post("/clean", content=body(), headers=headers).status_code == 200
        assert client.get("/model").status_code == 200


def test_other_sites_are_let_in_only_where_they_are_named(guard: spamguard.Guard, serving: Serving) -> None:
    named, other = "https://desk.example", "https://else.example"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Authorization"}
    with serving(create_app(Settings(cors_origins=(named,), tokens=(TOKEN,)), guard=guard)) as client:
        allowed = client.options("/clean", headers={"Origin": named, **asked})
        refused = client.options("/clean", headers={"Origin": other, **asked})
    assert allowed.headers["access-control-allow-origin"] == named
    assert "access-control-allow-origin" not in refused.headers
    problem = Problem.model_validate(refused.json())
    assert (refused.status_code, problem.type) == (400, "urn:spamguard:problem:preflight-refused")
    assert "SPAMGUARD_CORS_ORIGINS" in problem.detail
    assert refused.headers["content-type"] == "application/problem+json"


FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://ads.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://ads.example"},
    {"Origin": "http://localhost.ads.example:8000"},
    {"Origin": "null"},
)
FROM_HERE: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://desk.example"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost:8000"},
)


def test_without_a_token_a_page_of_another_site_reloads_no_model(client: httpx.Client) -> None:
    for headers in FROM_ELSEWHERE:
        answer = client.post("/model/reload", headers=headers)
        assert answer.status_code == 403
        assert Problem.model_validate(answer.json()).type == "urn:spamguard:problem:cross-site"
    for headers in FROM_HERE:
        assert client.post("/model/reload", headers=headers).status_code == 200


def test_a_named_site_and_one_that_bears_a_token_reload_the_model(
    guarded: httpx.Client, guard: spamguard.Guard, serving: Serving
) -> None:
    sent = {"Sec-Fetch-Site": "cross-site", "Origin": "https://desk.example"}
    assert guarded.post("/model/reload", headers={**bearer(ADMIN), **sent}).status_code == 200
    settings = Settings(cors_origins=("https://desk.example",), feedback="off")
    with serving(create_app(settings, guard=guard)) as client:
        assert client.post("/model/reload", headers=sent).status_code == 200
