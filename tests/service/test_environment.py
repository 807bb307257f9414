"""The environment sets what it may, and a value that is none is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.service.environment import settings_from
from spamguard.service.settings import Settings


def test_values_of_every_kind_are_read() -> None:
    settings = settings_from(
        {
            "SPAMGUARD_TOKENS": "one-token-of-some-length, admin other-token-of-some-length,",
            "SPAMGUARD_TOKENS_FILE": "/run/tokens",
            "SPAMGUARD_REUSE_PORT": "1",
            "SPAMGUARD_REVIEW_MARGIN": "0.25",
            "SPAMGUARD_N_THREADS": "3",
            "SPAMGUARD_FEEDBACK": "off",
        }
    )
    assert settings.tokens == ("one-token-of-some-length", "admin other-token-of-some-length")
    assert settings.tokens_file == Path("/run/tokens")
    assert (settings.reuse_port, settings.review_margin, settings.n_threads) == (True, 0.25, 3)
    assert settings.feedback == "off"


def test_an_empty_environment_gives_the_defaults() -> None:
    assert settings_from({}) == Settings()


def test_going_without_tokens_is_said_on_the_command_line_only() -> None:
    assert not settings_from({"SPAMGUARD_INSECURE": "1"}).insecure
    assert settings_from({}, insecure=True).insecure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPAMGUARD_REUSE_PORT", "yes"),
        ("SPAMGUARD_REVIEW_MARGIN", "nan"),
        ("SPAMGUARD_REVIEW_MARGIN", "wide"),
        ("SPAMGUARD_REVIEW_MARGIN", "1.5"),
        ("SPAMGUARD_REVIEW_MARGIN", "-1"),
        ("SPAMGUARD_MAX_ITEMS", "0"),
        ("SPAMGUARD_FEEDBACK", "mysql://h/db"),
    ],
)
def test_a_value_that_is_none_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"(?i){name.removeprefix('SPAMGUARD_')} must be"):
        settings_from({name: value})


def test_secrets_are_not_shown() -> None:
    settings = Settings(tokens=("one-token-of-some-length",), feedback="postgresql://u:secret@h/db")
    assert "secret" not in repr(settings)
    assert "one-token" not in repr(settings)
