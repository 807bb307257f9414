"""Training on labels as a whole: what goes into the manifest, and what wrong labels can do."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from spamguard.cleaner import Guard
from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.proof import gate
from spamguard.learning.update.lesson import digest_of, host_of
from spamguard.learning.update.run import DEFAULT_SHARE, learn
from spamguard.learning.update.splitting import split
from spamguard.model import artefact
from spamguard.model.detector import Detector
from spamguard.spans import complement


def flipped(label: Label) -> Label:
    """Say the opposite of a label: what is spam in it is not, and all else is."""
    marks = tuple(Mark(start, end) for start, end in complement(label.spans, len(label.text)))
    return replace(label, marks=marks)


def test_flipped_labels_are_refused_or_nothing_falls(base: Detector, labels: list[Label]) -> None:
    n_flipped = max(1, round(0.05 * len(labels)))
    wrong = set(random.Random(3).sample(range(len(labels)), n_flipped))
    mixed = [flipped(label) if number in wrong else label for number, label in enumerate(labels)]
    candidate = learn(base, mixed)
    if candidate.refused:
        return
    # What the gate does not see: the articles themselves, without their ads.
    hosts = [host_of(label) for label in labels]
    before, after = (
        [result.changed for result in Guard(one).clean_many(hosts)] for one in (base, candidate.detector)
    )
    assert sum(after) <= sum(before)


def test_the_same_labels_and_seed_give_the_same_model_and_say_so(
    base: Detector, labels: list[Label], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The weights are what is compared; a few texts are enough to prove them on.
    some = gate.floor_cases()[::60]
    monkeypatch.setattr(gate, "floor_cases", lambda: some)
    one, two = learn(base, labels, seed=5), learn(base, [*labels[::-1], labels[2]], seed=5)
    ids = [each.save(tmp_path / name) for each, name in ((one, "one"), (two, "two"))]
    assert ids[0] == ids[1]
    learnt = artefact.read_manifest(tmp_path / "one")["learnt"]
    assert learnt == artefact.read_manifest(tmp_path / "two")["learnt"]
    assert learnt["base"] == base.manifest["arrays_sha256"]
    assert learnt["seed"] == 5
    learnt_from, held_out = split(labels, DEFAULT_SHARE, 5)
    assert learnt["labels_sha256"] == digest_of(learnt_from)
    assert learnt["held_out_sha256"] == digest_of(held_out)
    assert learnt["floor_set_sha256"] == gate.floor_digest()


def test_every_step_is_told(base: Detector, labels: list[Label], monkeypatch: pytest.MonkeyPatch) -> None:
    some = gate.floor_cases()[::60]
    monkeypatch.setattr(gate, "floor_cases", lambda: some)
    told: list[str] = []
    learn(base, labels, update=Still(), tell=told.append)
    assert [step[:6] for step in told] == ["1 of 3", "2 of 3", "3 of 3"]


class Still:
    """Learns nothing."""

    def __call__(self, detector: Detector, lesson: object) -> Detector:
        """Return the model as it is."""
        return detector

    def describe(self) -> dict[str, float | str]:
        """Return its name."""
        return {"name": "still"}
