from __future__ import annotations

import pytest

from spamguard.batch.outcomes import Outcome
from spamguard.cli.progress import LOG_EVERY_S, Progress


def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now_s = [0.0]
    progress = Progress(10_000_000, is_logged=True, clock=lambda: now_s[0])
    progress.add(1_000_000)
    assert capsys.readouterr().err == ""
    now_s[0] = LOG_EVERY_S
    progress.add(2_000_000)
    assert capsys.readouterr().err == "3.0 MB at 0.10 MB/s, 30%, 0:01:10 left\n"
    progress.add(1)
    assert capsys.readouterr().err == ""


def test_a_file_that_is_done_counts_whole() -> None:
    progress = Progress(100)
    progress.add(40)
    progress.note(Outcome("a.jsonl", "cleaned", n_bytes=60))
    assert progress.n_bytes == 60


def test_a_terminal_gets_a_bar_with_share_and_rate_and_it_goes_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(4_000_000, is_shown=True)
    progress.add(1_000_000)
    progress.close()
    shown = capsys.readouterr().err
    assert "0%" in shown
    assert "4.00M" in shown
    assert "B/s" in shown
    assert shown.endswith("\r")
