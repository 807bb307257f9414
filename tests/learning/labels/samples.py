"""Labels of every kind for the tests of what reads and writes them, and how files of them are made."""

from __future__ import annotations

import json
from pathlib import Path

from spamguard.learning.labels.reading import read_labels
from spamguard.learning.labels.record import Label, Mark

AD = "爱上海同城419"
TEXT = f"😀 Ferry news\n{AD} • The pier opens."
START = TEXT.index(AD)
END = START + len(AD)
# The same place as a page's JavaScript counts it: the emoji is two units.
UNITS = (START + 1, END + 1)
SUFFIX = {
    "quick": ".txt", "csv": ".csv", "parquet": ".parquet", "dataset": "", "label-studio": ".json",
    "argilla": ".json",
}  # fmt: skip
LABELS = [
    Label(TEXT, (Mark(START, END, "adult"),), "site-a", "1"),
    Label("Trains run again.\r\n", (), "site-b", "2"),
    Label("=cheap pills now", (Mark(0, 12, "pharma"), Mark(13, 16, "other")), "site-b", "3"),
]


def write(folder: Path, name: str, content: object) -> Path:
    """Write a JSON file, or JSON lines from a list where the name says so."""
    path = folder / name
    if name.endswith(".jsonl") and isinstance(content, list):
        path.write_text("".join(json.dumps(one) + "\n" for one in content), "utf-8")
    else:
        path.write_text(json.dumps(content), "utf-8")
    return path


def spans_of(path: Path, name: str | None = None) -> list[tuple[int, int, str]]:
    """Marks of the first label of a file."""
    label = read_labels([path], format_name=name).labels[0]
    assert label.text == TEXT
    return [(mark.start, mark.end, mark.category) for mark in label.marks]
