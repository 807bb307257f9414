"""What the OpenAPI document says beyond the wire types: examples, and the errors of each path."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from spamguard.service.problems import MEDIA_TYPE
from spamguard.service.wire import CleanRequest, Problem

SCHEMAS = "#/components/schemas/"

BULLET = "• Bank of China's quantum-encrypted transactions processing $4.3 billion daily"
AD = "上海贵族宝贝自荐419"
CLEAN_REQUEST = {"text": f"{AD} {BULLET}"}
CLEAN_REPLY = {
    "text": BULLET,
    "changed": True,
    "spans": [{"start": 0, "end": len(AD), "text": AD, "score": 0.99, "category": "adult"}],
    "edits": [{"start": 0, "end": len(AD) + 1, "text": f"{AD} "}],
    "model": "default-3f2a9c1b",
}
UNCHANGED = {"text": "The council met on Monday and voted for the new budget."}
UNCHANGED_REPLY = {**UNCHANGED, "changed": False, "spans": [], "edits": [], "model": "default-3f2a9c1b"}

CLEAN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": f"{SCHEMAS}CleanRequest"},
                "examples": {
                    "polluted": {"summary": "An ad in front of a bullet", "value": CLEAN_REQUEST},
                    "clean": {"summary": "Nothing to remove", "value": UNCHANGED},
                },
            }
        },
    }
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


def _problem(description: str) -> dict[str, Any]:
    """Describe an answer in the one shape of all errors."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    }


CLEAN_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The text without its spam",
        "content": {
            "application/json": {
                "examples": {
                    "polluted": {"summary": "An ad in front of a bullet", "value": CLEAN_REPLY},
                    "clean": {"summary": "Nothing to remove", "value": UNCHANGED_REPLY},
                }
            }
        },
    },
    400: _problem("The body is not JSON in UTF-8"),
    413: _problem("The body or its text is too long"),
    415: _problem("The body is not announced as plain application/json"),
    422: _problem("A field is missing, unknown or of the wrong type"),
    500: _problem("The service failed"),
    503: {**_problem("The queue is full or no model is loaded"), "headers": RETRY_AFTER},
}
NOT_READY: dict[int | str, dict[str, Any]] = {503: {**_problem("No model is loaded"), "headers": RETRY_AFTER}}


def own_schemas() -> dict[str, Any]:
    """Return the types that no route declares: bodies are read in the worker, problems by handlers."""
    _, schemas = models_json_schema(
        [(CleanRequest, "validation"), (Problem, "serialization")], ref_template=SCHEMAS + "{model}"
    )
    own: dict[str, Any] = schemas["$defs"]
    return own
