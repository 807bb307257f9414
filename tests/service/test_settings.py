"""Settings refuse what no service could run with."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from spamguard.errors import InputError
from spamguard.service.settings import Settings


def test_the_default_listens_on_the_loopback_only() -> None:
    assert Settings().host == "127.0.0.1"


@pytest.mark.parametrize("port", [0, 65535])
def test_ports_at_both_ends_are_accepted(port: int) -> None:
    assert Settings(port=port).port == port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", -1),
        ("port", 65536),
        ("max_text_chars", 0),
        ("max_body_bytes", 0),
        ("n_threads", 0),
        ("n_waiting", -1),
        ("retry_after_s", 0),
        ("drain_s", 0),
    ],
)
def test_a_number_out_of_range_is_refused_by_name(name: str, value: int) -> None:
    with pytest.raises(InputError, match=rf"{name} must be .*{value}"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]
