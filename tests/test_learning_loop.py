"""The whole story: an unseen campaign slips through, is labelled, learnt, proved, served, and rolled back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spamguard
from spamguard.cli.main import commands
from spamguard.learning.labels.reading import read_labels
from spamguard.learning.proof import gate
from spamguard.learning.update.lesson import host_of
from spamguard.model.loading import shipped_folder
from spamguard.registry.store import Registry

TUTORIAL = Path(__file__).parents[1] / "docs" / "learning"


def run(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(commands, [str(one) for one in arguments])


def spam_left(guard: spamguard.Guard) -> int:
    """Count the unseen articles in which the campaign's name is left."""
    texts = [path.read_bytes().decode() for path in sorted((TUTORIAL / "unseen").iterdir())]
    return sum("Zorvex" in result.text for result in guard.clean_many(texts))


@dataclass(frozen=True)
class Story:
    """What the story's commands said, and where things lie."""

    folder: Path
    marked: Result
    trained: Result

    @property
    def registry(self) -> Path:
        """The registry, in which the shipped model serves."""
        return self.folder / "registry"

    @property
    def candidate(self) -> Path:
        """The trained model."""
        return self.folder / "candidate"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Label and train."""
    folder = tmp_path_factory.mktemp("story")
    article, labels = TUTORIAL / "seen" / "01.txt", folder / "labels.jsonl"
    marked = run("label", "add", "Zorvex member pass", "--in", article, "--to", labels)
    trained = run("train", labels, TUTORIAL / "labels.jsonl", "--out", folder / "candidate")
    registry = Registry(folder / "registry")
    registry.promote(registry.add(shipped_folder()))
    return Story(folder, marked, trained)


def test_an_editor_marks_a_string_in_an_article(story: Story) -> None:
    assert story.marked.exit_code == 0
    label = read_labels([story.folder / "labels.jsonl"]).labels[0]
    assert "Zorvex" not in host_of(label)


def test_training_proves_that_nothing_else_fell_and_says_so(story: Story) -> None:
    assert story.trained.exit_code == 0, story.trained.output
    assert "the gate is open" in story.trained.stdout
    manifest = json.loads((story.candidate / "manifest.json").read_bytes())
    shipped = json.loads((shipped_folder() / "manifest.json").read_bytes())
    assert manifest["learnt"]["base"] == shipped["arrays_sha256"]
    assert manifest["gate"] == []


def test_promoted_it_serves_and_rolled_back_it_does_not(story: Story) -> None:
    slipped_through = spam_left(spamguard.load(story.registry))
    promoted = run("model", "promote", story.candidate, "--registry", story.registry)
    assert promoted.exit_code == 0, promoted.output
    assert spam_left(spamguard.load(story.registry)) < slipped_through
    listed = run("model", "list", "--registry", story.registry).stdout
    assert listed.splitlines()[1].startswith("* candidate-")
    assert run("model", "rollback", "--registry", story.registry).exit_code == 0
    assert spam_left(spamguard.load(story.registry)) == slipped_through


def test_a_fallen_floor_is_refused_by_name_unless_somebody_says_why(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A floor of perfection falls on a few polluted texts as on all of them.
    some = gate.floor_cases()[::10]
    monkeypatch.setattr(gate, "floor_cases", lambda: some)
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"all": {"restored": {"min": 1.0}}}))
    arguments = ("model", "promote", story.candidate, "--floors", floors, "--registry", tmp_path / "models")
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert "all: restored is" in refused.stdout
    assert Registry(tmp_path / "models").index().current is None
    forced = run(*arguments, "--force", "perfection can wait")
    assert forced.exit_code == 0
    note = spamguard.load(tmp_path / "models").manifest["promotion"]
    assert note["forced"] == "perfection can wait"
    assert note["fallen"][0].startswith("floor set, all: restored is")
