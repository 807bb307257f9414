from __future__ import annotations

import importlib.machinery
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integrations.conftest import GOOD, SPAM

import spamguard
from spamguard.errors import InputError
from spamguard.integrations.dolma import attribute_lines, attributes
from spamguard.rounds import take_more


@given(
    st.text("ad \n😀", max_size=40), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 6)), max_size=5)
)
def test_spans_are_disjoint_merged_ascending_and_leave_the_cleaned_text(
    text: str, found: list[tuple[int, int]]
) -> None:
    spans = sorted((start, min(start + length, len(text))) for start, length in found if start < len(text))
    disjoint = [span for i, span in enumerate(spans) if all(span[0] >= end for _, end in spans[:i])]
    result = take_more(
        spamguard.CleanResult(text),
        [spamguard.Span(start, end, text[start:end], 0.5, "other") for start, end in disjoint],
    )
    pieces: list[str] = []
    position = 0
    for start, end, score in attributes(result):
        assert position <= start < end
        assert not pieces or start > position
        assert 0 <= score <= 1
        pieces.append(text[position : int(start)])
        position = int(end)
    assert "".join(pieces) + text[position:] == result.text


def test_lines_bear_the_documents_names() -> None:
    documents = [json.dumps({"id": str(number), "text": SPAM + GOOD}) for number in range(70)]
    found = [json.loads(line) for line in attribute_lines(documents)]
    assert [one["id"] for one in found] == [str(number) for number in range(70)]
    assert found[0]["attributes"]["spamguard__v1__spam"][0][:2] == [0, len(SPAM)]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "1"}', '{"id": 1, "text": "a"}'])
def test_a_line_that_is_no_document_is_named(line: str) -> None:
    with pytest.raises(InputError, match="line 2"):
        list(attribute_lines(['{"id": "1", "text": "It rained."}', line]))


def mixer() -> ModuleType:
    """dolma's own mixer, without the taggers around it, which want libraries of their own."""
    if importlib.util.find_spec("dolma") is None:
        pytest.skip("needs dolma itself, which no extra brings: pip install dolma")
    spec = importlib.util.find_spec("dolma")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    [path] = Path(spec.submodule_search_locations[0]).glob("dolma.*.so")
    loader = importlib.machinery.ExtensionFileLoader("dolma", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dolma", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


def test_the_real_mixer_cuts_what_spamguard_found(tmp_path: Path) -> None:
    rust = mixer()
    import gzip

    text = f"😀 It rained 🌧.\n{SPAM}• {GOOD}\n爱上海同城419论坛\nThe end 😀."
    row = {"id": "1", "text": text, "source": "news", "added": "2025-01-01", "created": "2025-01-01"}
    (tmp_path / "documents").mkdir()
    (tmp_path / "attributes" / "spamguard").mkdir(parents=True)
    with gzip.open(tmp_path / "documents" / "a.jsonl.gz", "wt", encoding="utf-8") as sink:
        sink.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "attributes" / "spamguard" / "a.jsonl.gz", "wt", encoding="utf-8") as sink:
        sink.writelines(attribute_lines([json.dumps(row)]))
    config = {
        "streams": [
            {
                "name": "news",
                "documents": [str(tmp_path / "documents" / "*.gz")],
                "attributes": ["spamguard"],
                "output": {"path": str(tmp_path / "out"), "max_size_in_bytes": 1_000_000},
                "span_replacement": [
                    {"span": "$.attributes.spamguard__v1__spam", "min_score": 0, "replacement": ""}
                ],
            }
        ],
        "processes": 1,
        "work_dir": {"input": str(tmp_path / "in"), "output": str(tmp_path / "work")},
    }
    rust.mixer_entrypoint(json.dumps(config))
    [written] = (tmp_path / "out").glob("*.gz")
    with gzip.open(written, "rt", encoding="utf-8") as source:
        assert json.loads(source.read())["text"] == spamguard.load().clean(text).text
