"""Tokens let in whom they should, and change while the service runs."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.service.tokens import Tokens

ONE, OTHER, ADMIN = "one-token-of-some-length", "other-token-of-some-length", "admin-token-of-some-length"


def is_admin(tokens: Tokens, token: str) -> bool | None:
    """Whether a token is an admin's; None if it is not good."""
    bearer = tokens.bearer(token)
    return bearer.is_admin if bearer else None


def test_without_an_admin_among_them_all_are() -> None:
    tokens = Tokens([ONE, OTHER])
    assert (is_admin(tokens, ONE), is_admin(tokens, OTHER), is_admin(tokens, ADMIN)) == (True, True, None)


def test_with_an_admin_among_them_the_others_are_not() -> None:
    tokens = Tokens([ONE, f"admin {ADMIN}"])
    assert (is_admin(tokens, ONE), is_admin(tokens, ADMIN)) == (False, True)


@pytest.mark.parametrize("guess", ["", ONE[:-1], ONE + "x", ONE.upper(), f"admin {ONE}", "\ud800", "é" * 20])
def test_what_is_nearly_a_token_is_none(guess: str) -> None:
    assert Tokens([ONE]).bearer(guess) is None


def test_callers_are_told_apart_without_their_tokens() -> None:
    one, other = (Tokens([ONE, OTHER]).bearer(token) for token in (ONE, OTHER))
    assert one
    assert other
    assert one.key != other.key
    assert ONE not in one.key


def write(file: Path, *lines: str) -> None:
    """Write a file so that its change shows, however coarse the clock of the disk is."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text("\n".join(lines))
    os.utime(file, ns=(before + 10**9, before + 10**9))


def test_a_changed_file_changes_the_tokens_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    write(file, "# the newsroom", ONE, "")
    tokens = Tokens([], file)
    assert is_admin(tokens, ONE)
    write(file, OTHER, f"admin {ADMIN}")
    assert (is_admin(tokens, ONE), is_admin(tokens, OTHER), is_admin(tokens, ADMIN)) == (None, False, True)


def test_a_change_shows_that_leaves_length_and_time_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    write(file, ONE)
    tokens, before = Tokens([], file), file.stat()
    time.sleep(0.05)
    file.write_text(ONE[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (is_admin(tokens, ONE), is_admin(tokens, ONE[::-1])) == (None, True)


def test_an_emptied_file_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    write(file, ONE)
    tokens = Tokens([], file)
    write(file)
    assert tokens.are_wanted
    assert tokens.bearer(ONE) is None


@pytest.mark.parametrize("content", ["short", None])
def test_a_file_that_cannot_be_used_now_leaves_the_old_tokens_good_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str | None
) -> None:
    file = tmp_path / "tokens"
    write(file, ONE)
    tokens = Tokens([], file)
    if content is None:
        file.unlink()
    else:
        write(file, content)
    for _ in range(3):
        assert tokens.bearer(ONE)
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "the old tokens stay good" in record.getMessage()
    assert "short" not in record.getMessage()


@pytest.mark.parametrize("given", [["short"], ["two words-of-some-length"], [f"root {ONE}"], ["é" * 20]])
def test_what_is_no_token_is_refused_without_being_shown(given: list[str]) -> None:
    with pytest.raises(InputError, match="token 1 must be") as caught:
        Tokens(given)
    assert given[0] not in str(caught.value)


def test_a_file_without_tokens_or_none_at_all_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    with pytest.raises(InputError, match="cannot be read"):
        Tokens([], file)
    write(file, "# none yet")
    with pytest.raises(InputError, match="holds no token"):
        Tokens([], file)
