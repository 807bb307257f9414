"""JSON read strictly, as it came over the wire."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from spamguard.service.problems import Fault, ProblemError, invalid_request

Shape = TypeVar("Shape", bound=BaseModel)
# A body may have as many faults as it has bytes; whoever mends these will ask again.
MAX_FAULTS = 20
# Goes with the members of a list without bound: between two of them other threads get their turn, the event
# loop's among them. Pydantic alone gives them none before the last one, half a second for 100,000 edits.
IN_TURN = BeforeValidator(lambda member: member)


def read_json(body: bytes) -> Any:  # noqa: ANN401  (JSON is any of its types)
    r"""Parse strict JSON, with no liberty that Python's parser takes by default.

    Raises
    ------
    ProblemError
        400 if the body is no JSON in UTF-8.

    Examples
    --------
    >>> read_json(b'[1, "caf\\u00e9"]')
    [1, 'café']
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_distinct)
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON at character {error.pos}"
    except RecursionError:
        detail = "The body is nested too deeply"
    except ValueError:
        detail = "The body holds NaN, an infinity, a number with too many digits, or a field twice"
    raise ProblemError(400, "bad-json", detail)


def read_shape(fields: object, shape: type[Shape]) -> Shape:
    """Check that a parsed value has a shape.

    Raises
    ------
    ProblemError
        422 with all faults, none of which holds a value or an unknown name.
    """
    if not isinstance(fields, dict):
        raise invalid_request([Fault("#", "must be a JSON object")])
    allowed = shape.model_fields
    # One fault for all: a body may hold a million unknown names, and a name may be article text.
    if shape.model_config.get("extra") == "forbid" and not fields.keys() <= allowed.keys():
        raise invalid_request([Fault("#", f"has an unknown field; allowed are {', '.join(allowed)}")])
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(_faults(error)) from None


def _refuse_constant(_: str) -> NoReturn:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a field that stands twice: two readers would see two requests."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError
    return fields


def _faults(error: ValidationError) -> list[Fault]:
    """Say what is wrong with each field, without its value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [_fault(one["loc"], one["msg"], one["type"]) for one in found[:MAX_FAULTS]]


def _fault(place: tuple[int | str, ...], said: str, kind: str) -> Fault:
    """Describe one fault; the name of an unknown field is the caller's own, and is left away."""
    if kind == "extra_forbidden":
        place, said = place[:-1], "has an unknown field"
    return Fault("#" + "".join(f"/{step}" for step in place), said)
