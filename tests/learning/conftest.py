"""The shipped recipe's ingredients, read once, and a recipe of a few made-up texts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from spamguard.learning.grammar import Family, load_families
from spamguard.learning.held_out import HeldOut, digest
from spamguard.learning.negatives import Passage, load_passages

TRAINING = Path(__file__).parents[2] / "training"
CONFIG = """
name = "tiny"
seed = 7
fit_below = 0.4
tune_below = 0.7
jobs = 1
measured = 30
gate = -8.0
[lexical]
documents = 400
alpha = 1e-5
family_share = 1.0
string_share = 1.0
[tagger]
documents = 400
polluted_share = 0.6
keep_share = 0.05
hidden = [16]
epochs = 6
alpha = 1e-5
[verifier]
documents = 200
polluted_share = 0.6
prior = 0.5
hidden = [8]
epochs = 8
alpha = 1e-3
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
