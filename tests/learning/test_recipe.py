from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import InputError, SourceError
from spamguard.learning.config import read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.ingredients import gather
from spamguard.learning.recipe import split, train_from_config
from spamguard.learning.verifier_stage import all_clean
from spamguard.model import artefact

TEXTS = [
    "On day 5 the council of ward 7 voted to keep the ferry running.\n爱上海论坛5\nThe clerk said so.",
    "cheap pills viagra On day 6 the council of ward 8 voted.",
    "Nothing of the kind.",
    "",
]


@pytest.fixture(scope="module")
def trained(tiny: Path, small_steps: None, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two artefacts of one recipe."""
    outs = [tmp_path_factory.mktemp("models") / name for name in ("one", "two")]
    return [train_from_config(tiny / "config.toml", out) for out in outs]


def test_the_same_seed_makes_the_same_model(trained: list[Path]) -> None:
    one, two = (artefact.read(out) for out in trained)
    assert one.manifest["arrays_sha256"] == two.manifest["arrays_sha256"]
    assert one.manifest["figures"] == two.manifest["figures"]
    first, second = (list(spamguard.load(out).clean_many(TEXTS)) for out in trained)
    assert first == second


def test_what_was_trained_loads_and_cleans(trained: list[Path]) -> None:
    guard = spamguard.load(trained[0])
    assert guard.model_id.startswith("tiny-")
    result = guard.clean(TEXTS[0])
    assert result.text == TEXTS[0].replace("爱上海论坛5\n", "")
    assert "".join(span.text for span in result.spans) == "爱上海论坛5"
    assert {span.category for span in result.spans} == {"adult"}
    assert spamguard.restore(result) == TEXTS[0]
    assert not guard.clean(TEXTS[2]).changed


def test_a_model_carries_its_figures_and_its_card(trained: list[Path]) -> None:
    manifest = artefact.read_manifest(trained[0])
    held_out = manifest["figures"]["held_out"]
    assert held_out["all"]["contaminated"] == 30
    assert held_out["all"]["clean"] == 12
    assert held_out["all"]["recall"] > 0.5
    assert {"lang=en", "family=en-pills", "family=zh-forum", "pattern=clean"} <= held_out.keys()
    card = (trained[0] / "README.md").read_text("utf-8")
    assert card.startswith("# Model card: tiny\n")
    assert "| en_other | test | CC0 | someone/en_other |" in card


def test_a_model_says_which_families_it_never_learnt(
    trained: list[Path], tiny: Path, small_steps: None, tmp_path: Path
) -> None:
    assert artefact.read_manifest(trained[0])["families_left_out"] == []
    out = train_from_config(tiny / "config.toml", tmp_path / "out", without_families=["*-forum"])
    assert artefact.read_manifest(out)["families_left_out"] == ["zh-forum"]
    assert "**Trained without** zh-forum" in (out / "README.md").read_text("utf-8")


def test_no_text_of_a_corpus_is_in_the_artefact(trained: list[Path]) -> None:
    stored = b"".join(path.read_bytes() for path in trained[0].iterdir())
    assert b"harbour ferry" not in stored
    assert "渡轮".encode() not in stored


def test_each_text_serves_one_stage(tiny: Path) -> None:
    config = read_config(tiny / "config.toml")
    ingredients = gather(tiny, read_sources(tiny / "sources.toml"), config)
    parts = split(ingredients, config)
    stages = [{text.text for text in all_clean(part)} for part in (parts.first, parts.second, parts.check)]
    assert all(stages)
    assert sum(map(len, stages)) == len(set.union(*stages))
    assert set.union(*stages) == {text.text for text in all_clean(ingredients)}


def test_a_missing_corpus_is_named_before_anything_is_trained(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recipe"
    shutil.copytree(tiny, folder)
    (folder / "corpora" / "en_sms.jsonl").unlink()
    with pytest.raises(SourceError, match=r"source en_sms is missing: .* get it from someone/en_sms"):
        train_from_config(folder / "config.toml", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_corpora_are_looked_for_in_the_folder_named(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=f"source en_news is missing: expected {tmp_path / 'en_news.jsonl'}"
    ):
        train_from_config(tiny / "config.toml", tmp_path / "out", root=tmp_path)


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml is not a configuration"):
        train_from_config(tmp_path / "none.toml", tmp_path / "out")
