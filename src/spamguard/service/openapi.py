"""What the OpenAPI document says beyond the wire types: examples, and the errors of each path."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from spamguard.service.edits import EditsRequest
from spamguard.service.problems import MEDIA_TYPE
from spamguard.service.queued import QueueRequest
from spamguard.service.verdicts import FeedbackRequest
from spamguard.service.wire import (
    BatchItem,
    BatchRequest,
    CleanRequest,
    Problem,
    RestoreRequest,
    StreamRequest,
)

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

BATCH_REQUEST = {"items": [{"id": "one", "text": CLEAN_REQUEST["text"]}, {"id": 2, **UNCHANGED}]}
RESTORE_REQUEST = {"text": BULLET, "edits": CLEAN_REPLY["edits"]}
EDITS_REQUEST = {**CLEAN_REQUEST, "spans": [{"start": 0, "end": len(AD)}]}
FEEDBACK_REQUEST = {
    **CLEAN_REQUEST,
    "start": 0,
    "end": len(AD),
    "quote": AD,
    "verdict": "right",
    "category": "adult",
}
QUEUE_REQUEST = {**CLEAN_REQUEST, "spans": CLEAN_REPLY["spans"]}


def body_of(schema: str, example: object, media_type: str = "application/json") -> dict[str, Any]:
    """Describe a body that the service reads by itself."""
    content = {"schema": {"$ref": SCHEMAS + schema}, "examples": {"one": {"value": example}}}
    return {"requestBody": {"required": True, "content": {media_type: content}}}


CLEAN_BODY = body_of("CleanRequest", CLEAN_REQUEST)
CLEAN_BODY["requestBody"]["content"]["application/json"]["examples"] = {
    "polluted": {"summary": "An ad in front of a bullet", "value": CLEAN_REQUEST},
    "clean": {"summary": "Nothing to remove", "value": UNCHANGED},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


def _problem(description: str) -> dict[str, Any]:
    """Describe an answer in the one shape of all errors."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    }


Answers = dict[int | str, dict[str, Any]]
NOT_READY: Answers = {503: {**_problem("No model is loaded, or the service ends"), "headers": RETRY_AFTER}}
CLOSED_DOOR: Answers = {
    401: _problem("No good token"),
    429: {**_problem("Too many requests in too short a time"), "headers": RETRY_AFTER},
}
BODY_PROBLEMS: Answers = {
    **CLOSED_DOOR,
    400: _problem("The body is not JSON in UTF-8, or not packed as it says"),
    408: _problem("The body did not arrive in time"),
    413: _problem("The body or its text is too long"),
    415: _problem("The body is not announced as plain application/json"),
    422: _problem("A field is missing, unknown or of the wrong type"),
    500: _problem("The service failed"),
    503: {
        **_problem("The queue is full, the work took too long, or no model is loaded"),
        "headers": RETRY_AFTER,
    },
}
CLEAN_ANSWERS: Answers = {
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
    **BODY_PROBLEMS,
}
_LINES = {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
STREAM_ANSWERS: Answers = {
    **{status: BODY_PROBLEMS[status] for status in (400, 401, 408, 413, 415, 429, 500, 503)},
    200: {"description": "One result a line, in order, as the texts come", **_LINES},
}
NO_STORE: Answers = {
    **CLOSED_DOOR,
    404: _problem("There is none of that name, or this service keeps no feedback"),
    422: _problem("A part of the path or query is not as documented"),
    503: {**_problem("The feedback store is out of reach"), "headers": RETRY_AFTER},
    507: _problem("As many verdicts are kept as may be"),
}
NO_QUEUE: Answers = {404: _problem("This service keeps no texts for review"), 503: NO_STORE[503]}
EXPORT_ANSWERS: Answers = {
    **CLOSED_DOOR,
    200: {"description": "One text a line, with its verdicts and the spans that they leave", **_LINES},
    403: _problem("No admin's token"),
    404: _problem("This service keeps no feedback"),
    503: NO_STORE[503],
}
QUEUE_PROBLEMS: Answers = {status: NO_STORE[status] for status in (401, 404, 422, 429, 503)}
RELOAD_PROBLEMS: Answers = {
    **CLOSED_DOOR,
    **NOT_READY,
    403: _problem("No admin's token; or a page of another site asks, where none is wanted"),
    409: _problem("The model was refused, the old one serves on; or another is being loaded"),
}
METRICS_ANSWERS: Answers = {
    **CLOSED_DOOR,
    200: {"description": "The figures", "content": {"text/plain": {"schema": {"type": "string"}}}},
}


def own_schemas() -> dict[str, Any]:
    """Return the types that no route declares: bodies are read in the worker, problems by handlers."""
    read = (
        CleanRequest,
        StreamRequest,
        BatchRequest,
        BatchItem,
        RestoreRequest,
        EditsRequest,
        FeedbackRequest,
        QueueRequest,
    )
    _, schemas = models_json_schema(
        [*((shape, "validation") for shape in read), (Problem, "serialization")],
        ref_template=SCHEMAS + "{model}",
    )
    own: dict[str, Any] = schemas["$defs"]
    return own
