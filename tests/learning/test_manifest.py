from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from spamguard.learning.config import Config, read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.manifest import manifest_of


@pytest.fixture(scope="module")
def config(tiny: Path) -> Config:
    """The tiny recipe's knobs."""
    return read_config(tiny / "config.toml")


@pytest.fixture(scope="module")
def manifest(tiny: Path, config: Config) -> dict[str, Any]:
    """The manifest of a tiny model."""
    return manifest_of(config, read_sources(tiny / "sources.toml"), {"calibration_error": 0.01})


def test_a_model_says_what_it_was_made_with(manifest: dict[str, Any], config: Config) -> None:
    assert manifest["name"] == "tiny"
    assert manifest["seed"] == 7
    assert manifest["spamguard"] == version("spamguard")
    assert manifest["scikit_learn"] == version("scikit-learn")
    assert manifest["numpy"] == version("numpy")
    assert manifest["decoding"] == {"prior": config.verifier.prior}
    assert manifest["thresholds"] == {"newsroom": 0.5, "corpus": 0.2}
    assert manifest["figures"] == {"calibration_error": 0.01}


def test_the_time_is_that_of_the_training_with_its_zone(manifest: dict[str, Any]) -> None:
    age = datetime.now(UTC) - datetime.fromisoformat(manifest["trained_at"])
    assert timedelta(0) <= age < timedelta(hours=1)


def test_every_source_is_named_with_its_digest_and_without_its_place(
    manifest: dict[str, Any], tiny: Path
) -> None:
    sources = read_sources(tiny / "sources.toml")
    assert [source["name"] for source in manifest["sources"]] == [source.name for source in sources]
    for entry, source in zip(manifest["sources"], sources, strict=True):
        assert entry.keys() == {"name", "origin", "licence", "role", "sha256"}
        assert entry["sha256"] == source.sha256
    assert str(tiny) not in json.dumps(manifest)


def test_a_manifest_is_json(manifest: dict[str, Any]) -> None:
    assert json.loads(json.dumps(manifest)) == manifest
