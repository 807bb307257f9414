"""The shipped recipe's ingredients, read once, and a recipe of a few made-up texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS
from spamguard.learning import lexical_stage, reader_stage, verifier_stage
from spamguard.learning.config import Config, read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.documents import Ingredients
from spamguard.learning.grammar import Family, load_families
from spamguard.learning.held_out import HeldOut, digest
from spamguard.learning.ingredients import gather
from spamguard.learning.language_fit import fit_language_tables
from spamguard.learning.negatives import Passage, load_passages
from spamguard.learning.reader_fit import Fitting, quantised
from spamguard.model.reader import Reader
from spamguard.model.tagger import Tagger

TRAINING = Path(__file__).parents[2] / "training"
CONFIG = """
name = "tiny"
seed = 7
first_below = 0.4
second_below = 0.8
third_below = 0.92
jobs = 1
measured = 30
gate = -8.0
[lexical]
documents = 400
alpha = 1e-5
family_share = 1.0
string_share = 1.0
[reader]
documents = 1200
rounds = 2
polluted_share = 0.6
keep_share = 0.3
hidden = 16
rate = 2e-2
cycles = 1
drop_grams = 0.1
drop_words = 0.02
drop_stretches = 0.1
[verifier]
documents = 200
polluted_share = 0.6
prior = 0.5
networks = 2
hidden = [8]
epochs = 8
alpha = 1e-3
[categories]
documents = 300
alpha = 2e-6
[thresholds]
newsroom = 0.5
corpus = 0.2
[language_weight]
"host:zh" = 0.5
"""
FAMILY = """
category = "{category}"
lang = "{lang}"
[ingredients]
what = {what}
[strings]
short = ["{{what}}{{n}}", "{{what}} {{what}}", "{{what}} {{domain}}"]
"""
FAMILIES = {
    "en-pills": {"category": "pharma", "lang": "en", "what": '["cheap pills", "secret pills", "viagra"]'},
    "zh-forum": {"category": "adult", "lang": "zh", "what": '["爱上海论坛", "夜网", "品茶"]'},
}
PASSAGES = """
lang = "en"
[[passages]]
kind = "mention"
text = "Police closed the forum {spam} on day {n}."
[[passages]]
kind = "numbers"
text = "Final score: {n} to {n}"
"""
ENGLISH = (
    "On day {n} the council of ward {m} voted to keep the harbour ferry running, said clerk number {n}{m}."
)
CHINESE = "第{n}天,第{m}区议会投票决定保留渡轮,书记员{n}{m}说,乘客比计划的多。"


@pytest.fixture(scope="session")
def training() -> Path:
    """The folder of the recipe."""
    return TRAINING


@pytest.fixture(scope="session")
def families() -> list[Family]:
    """The shipped inventory."""
    return load_families(TRAINING / "inventory")


@pytest.fixture(scope="session")
def passages() -> list[Passage]:
    """The shipped passages."""
    return load_passages(TRAINING / "negatives")


@pytest.fixture(scope="session")
def held_out() -> HeldOut:
    """The strings and lines that the recipe leaves out."""
    return HeldOut.read(TRAINING / "held_out.txt")


def _articles(line: str, count: int, first: int) -> list[str]:
    """Articles of some ten numbered lines."""
    return ["\n".join(line.format(n=n, m=m) for m in range(3, 13)) for n in range(first, first + count)]


def _write_corpora(folder: Path) -> None:
    """Write the corpora, and the list that names them."""
    corpora = {
        ("en_news", "host", "en"): _articles(ENGLISH, 90, 100),
        ("zh_news", "host", "zh"): _articles(CHINESE, 90, 100),
        ("en_sms", "ham", "en"): [f"ok see you at {n}, bring {n} cups" for n in range(40)],
        ("en_spam", "spam", "en"): [f"win a free prize now, call {n}" for n in range(40)],
        ("en_other", "test", "en"): _articles(ENGLISH.replace("ferry", "tram"), 12, 900),
    }
    lines = ['root = "corpora"']
    (folder / "corpora").mkdir()
    for (name, role, lang), texts in corpora.items():
        path = folder / "corpora" / f"{name}.jsonl"
        path.write_text("\n".join(json.dumps({"text": text}) for text in texts), "utf-8")
        entry = {"name": name, "path": path.name, "origin": f"someone/{name}", "licence": "CC0", "role": role}
        entry |= {"lang": lang, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        lines += ["[[source]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items())]
    (folder / "sources.toml").write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole recipe, small enough to run in seconds."""
    folder = tmp_path_factory.mktemp("recipe")
    _write_corpora(folder)
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    for name in ("inventory", "negatives"):
        (folder / name).mkdir()
    for name, fields in FAMILIES.items():
        (folder / "inventory" / f"{name}.toml").write_text(FAMILY.format(**fields), "utf-8")
    (folder / "negatives" / "en-all.toml").write_text(PASSAGES, "utf-8")
    held_out = [digest("secret pills secret pills"), digest(ENGLISH.format(n=105, m=3))]
    (folder / "held_out.txt").write_text("\n".join(held_out), "ascii")
    return folder


@pytest.fixture(scope="module")
def small_steps() -> Iterator[None]:
    """Batches, jobs and steps so small that even the tiny recipe takes several of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical_stage, "BATCH", 200)
        patch.setattr(verifier_stage, "BATCH", 200)
        patch.setattr(reader_stage, "_DOCUMENTS_A_JOB", 200)
        patch.setattr(reader_stage, "_PILOT", 50)
        patch.setattr(reader_stage, "_STEP_TOKENS", 1000)
        yield


@pytest.fixture(scope="session")
def config(tiny: Path) -> Config:
    """The tiny recipe's knobs."""
    return read_config(tiny / "config.toml")


@pytest.fixture(scope="session")
def parts(tiny: Path, config: Config) -> Ingredients:
    """The tiny recipe's ingredients."""
    return gather(tiny, read_sources(tiny / "sources.toml"), config)


@pytest.fixture(scope="session")
def blind(parts: Ingredients) -> Tagger:
    """A tagger that knows words at random and has no reader yet."""
    weights: NDArray[np.float32] = np.random.default_rng(1).normal(size=1 << HASH_BITS).astype(np.float32)
    return Tagger(weights, -3.0, fit_language_tables(parts.hosts), gate=-100.0)


@pytest.fixture(scope="session")
def tagger(blind: Tagger) -> Tagger:
    """The same with a reader that has learnt nothing."""
    found = blind.prepare(["On day 5 the council voted.\n爱上海论坛5"])
    assert found is not None
    matrix = found.context.matrix
    fitting = Fitting.new(matrix.shape[1], 8, np.random.default_rng(3))
    standard = matrix.mean(axis=0), 1 / (matrix.std(axis=0) + 1)
    reader = Reader(*quantised(fitting.table), *standard, tuple(fitting.weights), tuple(fitting.biases))
    return replace(blind, reader=reader)
