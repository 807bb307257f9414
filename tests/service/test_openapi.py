"""The OpenAPI document says what the service does, and its examples hold."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from spamguard.service.wire import CleanRequest, Problem


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The document, as a client gets it."""
    answer: dict[str, Any] = client.get("/openapi.json").json()
    return answer


@pytest.mark.parametrize("name", ["polluted", "clean"])
def test_the_examples_are_what_the_service_answers(
    client: httpx.Client, document: dict[str, Any], name: str
) -> None:
    post = document["paths"]["/clean"]["post"]
    request = post["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    shown = post["responses"]["200"]["content"]["application/json"]["examples"][name]["value"]
    answer = client.post("/clean", json=request).json()
    # Training anew changes the model's name and its scores a little, never the rest.
    assert len(answer.pop("model").split("-")) == len(shown.pop("model").split("-"))
    for span, shown_span in zip(answer["spans"], shown["spans"], strict=True):
        assert span.pop("score") == pytest.approx(shown_span.pop("score"), abs=0.1)
    assert answer == shown


def test_every_error_of_cleaning_is_documented_in_the_one_shape(document: dict[str, Any]) -> None:
    answers = document["paths"]["/clean"]["post"]["responses"]
    assert set(answers) == {"200", "400", "401", "408", "413", "415", "422", "429", "500", "503"}
    for status in set(answers) - {"200"}:
        content = answers[status]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in ("429", "503"):
        assert set(answers[status]["headers"]) == {"Retry-After"}
    assert document["components"]["schemas"]["Problem"]["required"] == Problem.model_json_schema()["required"]


def test_every_answer_in_json_has_a_shape(document: dict[str, Any]) -> None:
    shapeless = {
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        for status, answer in one["responses"].items()
        if status in ("200", "201")
        and answer.get("content", {}).get("application/json", {}).get("schema") == {}
    }
    assert shapeless == set()


def references(node: object) -> set[str]:
    """All references below a node of the document."""
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert references(document) == {
        f"#/components/schemas/{name}" for name in document["components"]["schemas"]
    }


def test_request_fields_and_their_bounds_are_documented(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["CleanRequest"]
    assert schema["required"] == ["text"]
    assert set(schema["properties"]) == set(CleanRequest.model_fields)
    assert set(schema["properties"]["threshold"]["anyOf"][0]) == {"type", "minimum", "maximum"}
    assert schema["additionalProperties"] is False
