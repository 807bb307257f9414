from __future__ import annotations

import json

from click.testing import CliRunner

import spamguard
from spamguard.cli.main import commands


def test_the_table_names_the_model_and_what_is_known_of_it(guard: spamguard.Guard) -> None:
    lines = CliRunner().invoke(commands, ["model"]).stdout.splitlines()
    assert lines[0].split() == ["model", guard.model_id]
    assert len(lines) > len(guard.manifest)


def test_json_is_the_manifest(guard: spamguard.Guard) -> None:
    fields = json.loads(CliRunner().invoke(commands, ["model", "--json"]).stdout)
    assert fields.pop("model") == guard.model_id
    assert fields.items() >= json.loads(json.dumps(guard.manifest)).items()
