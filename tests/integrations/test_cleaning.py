from __future__ import annotations

import json
import pickle

from tests.integrations.conftest import GOOD, SPAM

import spamguard
from spamguard.integrations.cleaning import TextCleaner, findings


def test_a_cleaner_travels_without_its_model() -> None:
    cleaner = TextCleaner(profile="corpus")
    cleaner.texts([GOOD])
    packed = pickle.dumps(cleaner)
    assert len(packed) < 1_000
    assert pickle.loads(packed).texts([SPAM + GOOD, None]) == [GOOD, None]


def test_threshold_and_profile_reach_the_model() -> None:
    assert TextCleaner(threshold=1.0).texts([SPAM + GOOD]) == [SPAM + GOOD]


def test_findings_bring_the_raw_text_back() -> None:
    [result] = TextCleaner().results([SPAM + GOOD])
    note = findings(result)
    assert note is not None
    fields = json.loads(note) | {"text": result.text}
    assert spamguard.restore(spamguard.CleanResult.from_dict(fields)) == SPAM + GOOD
