"""What a caller may ask of a cleaning, and that the answer leads back to what was posted."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import spamguard
from spamguard.service.cleaning import Cleaning
from spamguard.service.offsets import Unit
from spamguard.service.problems import ProblemError
from spamguard.service.restoring import answer_restore
from spamguard.service.settings import Settings
from spamguard.service.watching import Cleaned
from spamguard.service.wire import CleanReply

AD = "上海贵族宝贝自荐419"
TEXT = f"😀 {AD} • Trains run again.\r\n"
# What goes does not hang on what the model learnt.
CERTAIN = {"deny": [AD], "categories": []}
UNITS = get_args(Unit)
CODECS = {"codepoint": ("utf-32-le", 4), "utf16": ("utf-16-le", 2), "byte": ("utf-8", 1)}


@pytest.fixture(scope="module")
def cleaning() -> Cleaning:
    """Small limits."""
    return Cleaning(Settings(max_text_chars=200, max_items=4))


def ask(cleaning: Cleaning, guard: spamguard.Guard, **fields: object) -> dict[str, Any]:
    """The answer to a request."""
    [body] = cleaning.answers(guard, [json.dumps(fields).encode()])
    if isinstance(body, Exception):
        raise body
    answer: dict[str, Any] = json.loads(body)
    CleanReply.model_validate(answer, strict=True)
    return answer


def restored(answer: dict[str, Any]) -> str:
    """What `POST /restore` makes of an answer, posted as it came."""
    text: str = json.loads(answer_restore(json.dumps(answer).encode()))["text"]
    return text


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("mode", ["remove", "mark", "detect"])
def test_every_mode_and_unit_speaks_of_the_posted_text_and_leads_back_to_it(
    cleaning: Cleaning, guard: spamguard.Guard, mode: str, unit: str
) -> None:
    answer = ask(cleaning, guard, text=TEXT, mode=mode, offsets=unit, **CERTAIN)
    codec, width = CODECS[unit]
    [span] = answer["spans"]
    assert TEXT.encode(codec)[span["start"] * width : span["end"] * width].decode(codec) == AD == span["text"]
    for edit in answer["edits"]:
        assert TEXT.encode(codec)[edit["start"] * width : edit["end"] * width].decode(codec) == edit["text"]
    assert restored(answer) == TEXT
    assert answer["changed"] == (mode != "detect")
    shown = {"remove": "😀 • Trains", "mark": f"😀 ⟦{AD}⟧ • Trains", "detect": f"😀 {AD} • Trains"}
    assert answer["text"] == f"{shown[mode]} run again.\r\n"


def test_marks_are_the_callers_own_and_may_name_the_category(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    marks = {"open": "<mark class='{category}'>", "close": ""}
    answer = ask(cleaning, guard, text=TEXT, mode="mark", marks=marks, **CERTAIN)
    assert f"<mark class='other'>{AD} •" in answer["text"]
    assert restored(answer) == TEXT


def test_allowed_phrases_denied_phrases_and_categories_are_as_in_the_library(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    assert ask(cleaning, guard, text=TEXT, allow=["贵族宝贝"])["text"] == TEXT
    assert ask(cleaning, guard, text=TEXT, allow=[f"{AD} • TRAINS"])["text"] == TEXT
    assert ask(cleaning, guard, text=TEXT, categories=["gambling"])["text"] == TEXT
    assert ask(cleaning, guard, text=TEXT, categories=[], deny=["trains"])["text"] == TEXT.replace(
        "Trains ", ""
    )


def test_reasons_come_with_each_span_where_asked_for(cleaning: Cleaning, guard: spamguard.Guard) -> None:
    [explanation] = guard.explain(TEXT)
    [span] = ask(cleaning, guard, text=TEXT, reasons=True)["spans"]
    assert [(one["reason"], one["weight"]) for one in span["reasons"]] == list(explanation.reasons)
    [span] = ask(cleaning, guard, text=TEXT)["spans"]
    assert "reasons" not in span


ASKED = st.fixed_dictionaries(
    {"text": st.sampled_from([TEXT, "", "Trains run again.", 5])},
    optional={
        "threshold": st.sampled_from([None, 0.2]),
        "categories": st.sampled_from([None, [], ["adult"]]),
        "allow": st.sampled_from([[], ["贵族宝贝"]]),
        "deny": st.just(["trains"]),
        "mode": st.sampled_from(["remove", "mark", "detect"]),
        "offsets": st.sampled_from(UNITS),
        "reasons": st.booleans(),
        "unknown": st.just(1),
    },
)


@given(bodies=st.lists(ASKED.map(lambda fields: json.dumps(fields).encode()), max_size=5))
@example(bodies=[b"{", b'{"text": "good"}'])
def test_bodies_done_together_get_what_each_would_get_alone(
    cleaning: Cleaning, guard: spamguard.Guard, bodies: list[bytes]
) -> None:
    alone = [answer for body in bodies for answer in cleaning.answers(guard, [body])]
    for one, other in zip(cleaning.answers(guard, bodies), alone, strict=True):
        if isinstance(one, ProblemError):
            assert isinstance(other, ProblemError)
            assert one.fields("id") == other.fields("id")
        else:
            assert one == other


def test_a_text_that_brings_the_detector_down_takes_no_other_with_it(guard: spamguard.Guard) -> None:
    def watch(cleaned: Cleaned) -> None:
        if cleaned.text == "bad":
            raise ZeroDivisionError

    bodies = [json.dumps({"text": text}).encode() for text in ("one", "bad", "two")]
    first, fault, last = Cleaning(Settings(), watch).answers(guard, bodies)
    assert isinstance(fault, ZeroDivisionError)
    assert [json.loads(answer)["text"] for answer in (first, last) if isinstance(answer, bytes)] == [
        "one",
        "two",
    ]


def batch(cleaning: Cleaning, guard: spamguard.Guard, **fields: object) -> list[dict[str, Any]]:
    """The results of a batch."""
    answer = cleaning.answer_batch(guard, json.dumps(fields).encode(), "the-one")
    results: list[dict[str, Any]] = json.loads(answer)["results"]
    return results


def test_a_batch_gives_for_each_text_what_it_would_get_alone(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    texts = [TEXT, "", "Trains run again.", TEXT]
    options = {"mode": "mark", "offsets": "byte", "deny": ["trains"]}
    alone = [ask(cleaning, guard, text=text, **options) for text in texts]
    assert batch(cleaning, guard, texts=texts, **options) == alone
    items = [{"id": number, "text": text} for number, text in enumerate(texts)]
    named = [{"id": number, **answer} for number, answer in enumerate(alone)]
    assert batch(cleaning, guard, items=items, **options) == named


def test_one_bad_item_is_one_items_error(cleaning: Cleaning, guard: spamguard.Guard) -> None:
    results = batch(cleaning, guard, texts=[5, TEXT, "x" * 201])
    assert [result.get("error", {}).get("status") for result in results] == [422, None, 413]
    assert results[1]["changed"]
    assert results[0]["error"]["instance"] == "urn:spamguard:request:the-one"
    items = [{"id": "a"}, {"id": "b", "text": "fine"}, {"text": "x", "id": []}, "no object"]
    results = batch(cleaning, guard, items=items)
    assert [result.get("error", {}).get("status") for result in results] == [422, None, 422, 422]
    assert [result.get("id") for result in results] == ["a", "b", None, None]


@pytest.mark.parametrize("name", [[], True, 1.5, "x" * 201])
def test_what_is_no_name_is_one_fault_at_the_id(
    cleaning: Cleaning, guard: spamguard.Guard, name: object
) -> None:
    item = {"id": name, "text": "fine"}
    line = json.loads(cleaning.answer_line(guard, json.dumps(item).encode(), "the-one"))
    for result in (*batch(cleaning, guard, items=[item]), line):
        [fault] = result["error"]["errors"]
        assert (fault["pointer"], result.get("id")) == ("#/id", None)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"texts": [], "items": []}, 422),
        ({"texts": "one"}, 422),
        ({"texts": ["a"] * 5}, 413),
        ({"texts": ["a"], "profile": "censor"}, 422),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    cleaning: Cleaning, guard: spamguard.Guard, fields: dict[str, object], status: int
) -> None:
    with pytest.raises(ProblemError) as caught:
        batch(cleaning, guard, **fields)
    assert caught.value.status == status


def test_a_line_of_a_stream_carries_its_id_and_its_own_options(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    line = json.dumps({"id": "a", "text": TEXT, "mode": "detect"}).encode()
    answer = json.loads(cleaning.answer_line(guard, line, "the-one"))
    assert (answer["id"], answer["text"], len(answer["spans"])) == ("a", TEXT, 1)
    for bad, status in ((b"{", 400), (b"{}", 422), (json.dumps({"text": "x" * 201}).encode(), 413)):
        assert json.loads(cleaning.answer_line(guard, bad, "the-one"))["error"]["status"] == status
    for bad in (b'{"id": 7, "text": 5}', b'{"id": 7}', b'{"text": "x", "id": 7, "mode": "shred"}'):
        result = json.loads(cleaning.answer_line(guard, bad, "the-one"))
        assert (result["id"], result["error"]["status"]) == (7, 422)


def test_every_cleaning_is_told_to_who_watches(guard: spamguard.Guard) -> None:
    seen: list[tuple[str, bool]] = []

    def watch(cleaned: Cleaned) -> None:
        seen.append((cleaned.text, cleaned.result.changed))

    watched = Cleaning(Settings(), watch)
    ask(watched, guard, text=TEXT)
    batch(watched, guard, texts=["good", 5])
    assert seen == [(TEXT, True), ("good", False)]


LONE = st.sampled_from(["\ud83d", "\ude00", AD, f" {AD} ", "x", " ", "😀", "\n"])
HALVES = f"\ud83d{AD}\ude00"


@given(st.lists(LONE, max_size=6).map("".join), st.sampled_from(["remove", "mark"]), st.sampled_from(UNITS))
@example(HALVES, "remove", "codepoint")
@example(HALVES, "mark", "utf16")
def test_lone_surrogates_lead_back_to_the_posted_text_or_are_refused(
    cleaning: Cleaning, guard: spamguard.Guard, text: str, mode: str, unit: str
) -> None:
    text = json.loads(json.dumps(text))
    with suppress(ProblemError):
        assert restored(ask(cleaning, guard, text=text, mode=mode, offsets=unit, **CERTAIN)) == text


def test_surrogates_that_a_removal_would_join_are_refused_with_what_to_do(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    with pytest.raises(ProblemError) as error:
        ask(cleaning, guard, text=HALVES, **CERTAIN)
    assert error.value.status == 422
    [fault] = error.value.faults
    assert fault.pointer == "#/text"
    assert "replace lone surrogates, U+D800 to U+DFFF" in fault.detail
    with pytest.raises(ProblemError):
        ask(cleaning, guard, text="\ud83d" + AD, mode="mark", marks={"open": "\ude00"}, **CERTAIN)


def test_such_a_text_takes_no_other_of_its_batch_or_stream_along(
    cleaning: Cleaning, guard: spamguard.Guard
) -> None:
    items = [{"text": TEXT, "id": 1}, {"text": HALVES, "id": 2}, {"text": "good", "id": 3}]
    body = json.dumps({"items": items, **CERTAIN}).encode()
    first, second, third = json.loads(cleaning.answer_batch(guard, body, "request"))["results"]
    assert first["changed"]
    assert third["text"] == "good"
    assert second.keys() == {"id", "error"}
    assert (second["id"], second["error"]["status"]) == (2, 422)
    line = json.loads(cleaning.answer_line(guard, json.dumps({**items[1], **CERTAIN}).encode(), "request"))
    assert line.keys() == {"id", "error"}
