from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.batch.answers import Answer
from spamguard.batch.journal import Journal
from spamguard.errors import InputError
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span

RESULT = CleanResult("go\udce9d", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))


def test_what_was_found_is_there_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run", {"model": "a"})
    memory = journal.recall("a\udcff.jsonl", (1, 2, 3))
    answer = Answer(results=((0, "text", RESULT),))
    journal.remember(memory, 4, 5, answer.to_json())
    journal.advance(memory, 6)
    journal.close()
    again = Journal(tmp_path / "run", {"model": "a"})
    assert again.is_resumed
    known = again.recall("a\udcff.jsonl", (1, 2, 3))
    assert known.n_units == 6
    assert list(again.answers(known)) == [(4, 5, answer)]
    again.remove()
    assert not list(tmp_path.iterdir())


def test_a_file_that_has_changed_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run", {})
    memory = journal.recall("a.jsonl", (1, 2, 3))
    journal.remember(memory, 0, 1, Answer(fault="not JSON").to_json())
    journal.advance(memory, 1)
    changed = journal.recall("a.jsonl", (1, 2, 4))
    assert (changed.n_units, list(journal.answers(changed))) == (0, [])
    journal.remove()


def test_a_run_of_other_settings_begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run", {"model": "a"})
    journal.advance(journal.recall("a.jsonl", (1, 2, 3)), 6)
    journal.close()
    other = Journal(tmp_path / "run", {"model": "b"})
    assert not other.is_resumed
    assert other.recall("a.jsonl", (1, 2, 3)).n_units == 0
    other.remove()


def test_two_runs_do_not_work_in_one_place(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run", {})
    journal.recall("a.jsonl", (1, 2, 3))
    with pytest.raises(InputError, match="another run is at work"):
        Journal(tmp_path / "run", {})
    journal.remove()
