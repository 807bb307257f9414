from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.config import (
    CategoriesConfig,
    Config,
    LexicalConfig,
    ReaderConfig,
    VerifierConfig,
    read_config,
)

STAGES = {
    "lexical": LexicalConfig,
    "reader": ReaderConfig,
    "verifier": VerifierConfig,
    "categories": CategoriesConfig,
}


@pytest.fixture(scope="module")
def good(tiny: Path) -> str:
    """A configuration in which nothing is wrong."""
    return (tiny / "config.toml").read_text("utf-8")


def write(folder: Path, content: str) -> Path:
    """A configuration file."""
    path = folder / "config.toml"
    path.write_text(content, "utf-8")
    return path


def test_the_shipped_configuration_is_read(training: Path) -> None:
    config = read_config(training / "config.toml")
    assert config.name == "default"
    assert 0 < config.first_below < config.second_below < config.third_below < 1
    assert {"newsroom", "corpus"} <= config.thresholds.keys()
    assert config.thresholds["corpus"] <= config.thresholds["newsroom"]


def test_every_value_arrives_in_its_place(tiny: Path) -> None:
    config = read_config(tiny / "config.toml")
    assert (config.name, config.seed, config.gate, config.jobs) == ("tiny", 7, -8.0, 1)
    assert config.lexical == LexicalConfig(400, 1e-5, 1.0, 1.0)
    assert (config.first_below, config.second_below, config.third_below) == (0.4, 0.8, 0.92)
    assert config.reader == ReaderConfig(1200, 2, 0.6, 0.3, 16, 2e-2, 1, 0.1, 0.02, 0.1)
    assert config.verifier == VerifierConfig(200, 0.6, 0.5, 2, [8], 8, 1e-3)
    assert config.categories == CategoriesConfig(300, 2e-6)
    assert config.language_weight == {"host:zh": 0.5}


@pytest.mark.parametrize(("key", "value"), [
        ("networks", "0"), ("networks", "1.5"), ("networks", '"2"'),
        ("hidden", "[]"), ("hidden", "[0]"), ("hidden", "[-3]"), ("hidden", "40"), ("hidden", "[1.5]"),
    ],
)  # fmt: skip
def test_a_third_stage_without_networks_or_of_no_width_is_refused(
    good: str, tmp_path: Path, key: str, value: str
) -> None:
    stages, verifier = good.split("[verifier]")
    faulty = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", verifier, count=1)
    with pytest.raises(InputError, match=r"\[verifier\]: networks must be a whole number from 1"):
        read_config(write(tmp_path, f"{stages}[verifier]{faulty}"))


def test_a_stage_that_is_no_table_is_refused(good: str, tmp_path: Path) -> None:
    stages, verifier = good.split("[verifier]")
    rest = verifier[verifier.index("\n[") :]
    with pytest.raises(InputError, match="verifier must be a table"):
        read_config(write(tmp_path, f"verifier = 3\n{stages}{rest}"))


@pytest.mark.parametrize("key", [field.name for field in fields(Config)])
def test_a_missing_key_is_refused_by_name(good: str, tmp_path: Path, key: str) -> None:
    content = re.sub(rf"^{key} = .*\n", "", good, flags=re.M)
    content = re.sub(rf"^\[{key}\]\n(?:[^\[].*\n)*", "", content, flags=re.M)
    with pytest.raises(InputError, match=f"^config.toml: missing or unknown keys: {key}; allowed are "):
        read_config(write(tmp_path, content))


@pytest.mark.parametrize(
    ("stage", "key"), [(stage, field.name) for stage, kind in STAGES.items() for field in fields(kind)]
)
def test_a_missing_key_of_a_stage_is_refused_by_both_names(
    good: str, tmp_path: Path, stage: str, key: str
) -> None:
    head, _, tail = good.partition(f"[{stage}]\n")
    content = f"{head}[{stage}]\n" + re.sub(rf"^{key} = .*\n", "", tail, count=1, flags=re.M)
    message = rf"^config.toml \[{stage}\]: missing or unknown keys: {key}; allowed are .*{key}"
    with pytest.raises(InputError, match=message):
        read_config(write(tmp_path, content))


@pytest.mark.parametrize(
    ("old", "new", "place", "key"),
    [
        ("seed = 7", "seed = 7\nspeed = 8", "config.toml", "speed"),
        ("[lexical]", "[lexicon]\na = 1\n[lexical]", "config.toml", "lexicon"),
        ("[reader]", "[reader]\nlayers = 2", r"config.toml \[reader\]", "layers"),
        ("[verifier]", "[verifier]\nlayers = 2", r"config.toml \[verifier\]", "layers"),
    ],
)
def test_an_unknown_key_is_refused_by_name(
    good: str, tmp_path: Path, old: str, new: str, place: str, key: str
) -> None:
    with pytest.raises(InputError, match=f"^{place}: missing or unknown keys: {key}; allowed are "):
        read_config(write(tmp_path, good.replace(old, new, 1)))


@pytest.mark.parametrize("content", ["name = ", "[lexical", "name = 'a'\nname = 'b'"])
def test_what_is_no_toml_is_refused_with_its_path(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"config\.toml is not a configuration"):
        read_config(write(tmp_path, content))


def test_a_missing_file_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml is not a configuration"):
        read_config(tmp_path / "none.toml")
