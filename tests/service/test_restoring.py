"""Whatever an answer cut, marked or told, its edits lead back; edits of another text are refused."""

from __future__ import annotations

import gc
import json
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from spamguard.result import CleanResult
from spamguard.seams import Edit, edits_for, remove
from spamguard.service.cleaning import describe
from spamguard.service.edits import EditsRequest
from spamguard.service.jsonbody import read_shape
from spamguard.service.offsets import Unit
from spamguard.service.problems import ProblemError
from spamguard.service.restoring import answer_restore, put_back
from spamguard.service.wire import CleanRequest, RestoreRequest, WireEdit
from spamguard.spans import Span

UNITS = get_args(Unit)
SPANS = st.lists(st.integers(0, 12), unique=True, max_size=6).map(sorted)


@given(st.text(st.sampled_from("a😀上 \r\n\udc00"), min_size=12, max_size=12), SPANS, st.sampled_from(UNITS))
def test_any_answer_leads_back_to_the_posted_text(text: str, bounds: list[int], unit: Unit) -> None:
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    spans = tuple(Span(start, end, text[start:end], 0.9, "seo") for start, end in pairs)
    edits = edits_for(text, pairs)
    cut = tuple(Edit(start, end, text[start:end]) for start, end in edits)
    result = CleanResult(remove(text, edits), spans, cut)
    for mode in ("remove", "mark", "detect"):
        options = CleanRequest.model_validate({"text": text, "mode": mode, "offsets": unit})
        answer = describe(text, result, options)
        found = [WireEdit.model_validate(edit) for edit in answer["edits"]]
        assert put_back(answer["text"], found, unit) == text


@pytest.mark.parametrize(
    "edits",
    [
        [{"start": 1, "end": 3, "text": "x"}],
        [{"start": 9, "end": 10, "text": "x"}],
        [{"start": 1, "end": 2, "text": "x"}, {"start": 0, "end": 1, "text": "x"}],
        [{"start": 0, "end": 0, "text": "", "replacement": "zz"}],
        [{"start": 3, "end": 2, "text": ""}],
    ],
)
def test_edits_that_do_not_fit_are_a_422_at_the_edits(edits: list[dict[str, object]]) -> None:
    with pytest.raises(ProblemError) as caught:
        answer_restore(json.dumps({"text": "good", "edits": edits}).encode())
    assert caught.value.status == 422
    assert caught.value.faults[0].pointer.startswith("#/edits")


def test_edits_that_would_join_surrogates_are_not_undone() -> None:
    body = {"text": "\ud83d", "edits": [{"start": 1, "end": 2, "text": "\ude00"}]}
    with pytest.raises(ProblemError) as error:
        answer_restore(json.dumps(body).encode())
    assert error.value.status == 422


def longest_wait(work: Callable[[], object]) -> float:
    """What share of the time that some work takes another thread has to wait for its turn at most."""
    turns: list[float] = []
    done = threading.Event()

    def take_turns() -> None:
        while not done.is_set():
            turns.append(time.perf_counter())
            time.sleep(0.001)

    other = threading.Thread(target=take_turns)
    other.start()
    while not turns:
        time.sleep(0.001)
    # Hypothesis listens to the collector, which gives others turns that they have nowhere else.
    gc.disable()
    start = time.perf_counter()
    work()
    end = time.perf_counter()
    gc.enable()
    done.set()
    other.join()
    met = [start, *(turn for turn in turns if start < turn < end), end]
    return max(after - before for before, after in pairwise(met)) / (end - start)


@pytest.mark.parametrize(
    ("shape", "name", "member"),
    [
        (RestoreRequest, "edits", {"start": 0, "end": 2, "text": "ad"}),
        (EditsRequest, "spans", {"start": 0, "end": 2}),
    ],
)
def test_a_hundred_thousand_edits_leave_the_event_loop_its_turn(
    shape: type[BaseModel], name: str, member: dict[str, object]
) -> None:
    fields = {"text": "", name: [member] * 100_000}
    # Once in a while the machine itself has others wait.
    assert min(longest_wait(lambda: read_shape(fields, shape)) for _ in range(3)) < 0.6
