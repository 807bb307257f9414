from __future__ import annotations

import numpy as np

from spamguard.features.lexical import lexical_features
from spamguard.learning.category_stage import fit_category_stage
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients, lone_ads
from spamguard.model.categories import categorise
from spamguard.text.tokens import tokenise


def test_ads_that_were_not_learnt_get_their_category_and_a_second_fit_is_the_same(
    parts: Ingredients, config: Config
) -> None:
    weights, bias = fit_category_stage(parts, config)
    unseen = lone_ads(parts, 100, seed=999)
    right = 0
    for ad in unseen:
        tokens = tokenise([ad.text])
        found = categorise(weights, bias, lexical_features(tokens), [(0, len(tokens))])
        right += found == [ad.category]
    assert right > 0.9 * len(unseen)
    again = fit_category_stage(parts, config)
    np.testing.assert_array_equal(weights, again[0])
    np.testing.assert_array_equal(bias, again[1])
