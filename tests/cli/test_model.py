from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spamguard
from spamguard.cli.main import commands
from spamguard.learning.proof import gate
from spamguard.model.loading import shipped_folder
from spamguard.registry.store import Registry


def test_the_table_names_the_model_and_what_is_known_of_it(guard: spamguard.Guard) -> None:
    lines = CliRunner().invoke(commands, ["model"]).stdout.splitlines()
    assert lines[0].split() == ["model", guard.model_id]
    assert len(lines) > len(guard.manifest)


def test_json_is_the_manifest(guard: spamguard.Guard) -> None:
    fields = json.loads(CliRunner().invoke(commands, ["model", "--json"]).stdout)
    assert fields.pop("model") == guard.model_id
    assert fields.items() >= json.loads(json.dumps(guard.manifest)).items()


def run(root: Path, *arguments: object) -> Result:
    """Run a command on a registry."""
    return CliRunner().invoke(
        commands, ["model", *map(str, arguments)], env={"SPAMGUARD_REGISTRY": str(root)}
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry with the shipped model, which serves, and a copy of it under another name."""
    copy = tmp_path / "copy"
    shutil.copytree(shipped_folder(), copy)
    manifest = copy / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "name": "other"}), "utf-8")
    registry = Registry(tmp_path / "registry")
    registry.promote(registry.add(shipped_folder()))
    registry.add(copy)
    return registry.root


def test_the_list_marks_the_model_that_serves(root: Path, guard: spamguard.Guard) -> None:
    lines = run(root, "list").stdout.splitlines()
    assert [line[0] for line in lines] == ["*", " "]
    assert guard.model_id in lines[0]


def test_a_model_of_the_registry_is_shown_and_compared(root: Path, guard: spamguard.Guard) -> None:
    other = f"other-{guard.model_id[-8:]}"
    assert json.loads(run(root, "show", other, "--json").stdout)["name"] == "other"
    assert run(root, "diff", guard.model_id, other).stdout == "name\n- default\n+ other\n"


def test_a_manifest_with_odd_signs_is_shown_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    odd = {"note": "\x1b[2J\nmodel  genuine", "key\nmodel": "genuine", "odd": "\ud83d"}
    fields = json.loads((folder / "manifest.json").read_bytes()) | odd
    (folder / "manifest.json").write_text(json.dumps(fields), "utf-8")
    table = CliRunner().invoke(commands, ["model", "--model", str(folder)])
    assert table.exit_code == 0, table.output
    assert "key⏎model" in table.stdout
    assert "\\x1b[2J⏎model  genuine" in table.stdout
    told = CliRunner().invoke(commands, ["model", "--model", str(folder), "--json"])
    assert json.loads(told.stdout)["odd"] == "\ud83d"


def test_a_model_is_removed_unless_it_serves(root: Path, guard: spamguard.Guard) -> None:
    refused = run(root, "remove", guard.model_id)
    assert refused.exit_code == 2
    assert "serves" in refused.stderr
    assert run(root, "remove", f"other-{guard.model_id[-8:]}").exit_code == 0
    assert len(run(root, "list").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "command", ["list", "rollback", "remove one", "show one", "diff one two", "promote one"]
)
def test_what_is_no_registry_is_refused_and_nothing_is_made(tmp_path: Path, command: str) -> None:
    outcome = run(tmp_path / "nowhere", *command.split())
    assert outcome.exit_code == 2
    assert "is no registry" in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_models_without_an_index_survive_a_rollback(tmp_path: Path) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "models" / "default")
    outcome = run(tmp_path, "rollback")
    assert outcome.exit_code == 1
    assert "nothing was changed" in outcome.stderr
    assert spamguard.load(tmp_path / "models" / "default").model_id


def test_the_first_promotion_is_rolled_back_to_the_shipped_model(
    root: Path, tmp_path: Path, guard: spamguard.Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = gate.floor_cases()[::60]
    monkeypatch.setattr(gate, "floor_cases", lambda: few)
    monkeypatch.setattr(gate, "read_floors", lambda path: {})
    new = tmp_path / "new"
    promoted = run(new, "promote", tmp_path / "copy", "--report", tmp_path / "report")
    assert promoted.exit_code == 0, promoted.output
    assert spamguard.load(new).manifest["name"] == "other"
    assert f"<h1>other-{guard.model_id[-8:]}</h1>" in (tmp_path / "report" / "index.html").read_text("utf-8")
    assert (tmp_path / "report" / "changes.jsonl").exists()
    assert run(new, "rollback").exit_code == 0
    assert spamguard.load(new).model_id == guard.model_id


def test_what_training_refused_by_its_held_out_labels_is_refused_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = gate.floor_cases()[::60]
    monkeypatch.setattr(gate, "floor_cases", lambda: few)
    monkeypatch.setattr(gate, "read_floors", lambda path: {})
    manifest = tmp_path / "copy" / "manifest.json"
    faults = ["held-out labels: altered rises from 0.0 to 0.5", "floor set, all: restored is too low"]
    refused = {**json.loads(manifest.read_bytes()), "name": "refused", "gate": faults}
    manifest.write_text(json.dumps(refused), "utf-8")
    serving = Registry(root).index().current
    outcome = run(root, "promote", tmp_path / "copy")
    assert outcome.exit_code == 1
    assert f"refused: {faults[0]}" in outcome.stdout
    # The floor set is measured anew: what it said of another base counts for nothing.
    assert faults[1] not in outcome.stdout
    assert Registry(root).index().current == serving
    assert run(root, "promote", tmp_path / "copy", "--force", "the labels were wrong").exit_code == 0
    assert spamguard.load(root).manifest["promotion"]["fallen"] == faults[:1]


def test_rolling_back_the_first_promotion_is_refused(root: Path) -> None:
    outcome = run(root, "rollback")
    assert outcome.exit_code == 2
    assert "no model served before" in outcome.stderr


def test_forcing_a_promotion_takes_a_reason(root: Path, guard: spamguard.Guard) -> None:
    assert run(root, "promote", guard.model_id, "--force", " ").exit_code == 2
