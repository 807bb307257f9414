"""The names that callers give their texts, and get back with the results."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

MAX_CHARS = 200


def _read(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Say in one fault what is wrong with a name, which may be of either type."""
    try:
        return read(value)
    except ValidationError:
        raise PydanticCustomError(
            "name", f"Input should be a whole number or a string of at most {MAX_CHARS} characters"
        ) from None


Name = Annotated[Annotated[str, Field(max_length=MAX_CHARS)] | int, WrapValidator(_read)]
_NAMES: TypeAdapter[str | int] = TypeAdapter(Name)


def named(fields: object) -> dict[str, Any]:
    """Return the name that a text came with, if it is one, whatever else is wrong with the text's fields.

    Parameters
    ----------
    fields
        What should be an object with an ``id``.

    Examples
    --------
    >>> named({"id": "a", "text": 5}), named({"id": []}), named("no object")
    ({'id': 'a'}, {}, {})
    """
    if not isinstance(fields, dict) or fields.get("id") is None:
        return {}
    try:
        return {"id": _NAMES.validate_python(fields["id"], strict=True)}
    except ValidationError:
        return {}
