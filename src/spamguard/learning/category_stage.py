"""The last stage: sorts found spans into categories, learnt on ads as they are drawn."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from spamguard.learning.category_fit import fit_categories
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients, lone_ads
from spamguard.learning.rows import category_rows

Floats = NDArray[np.float32]
_ADS_A_JOB = 10_000


def _batch(parts: Ingredients, count: int, seed: int) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Draw some ads and take them apart."""
    return category_rows(lone_ads(parts, count, seed=seed))


def fit_category_stage(parts: Ingredients, config: Config) -> tuple[Floats, Floats]:
    """Fit what sorts spans into categories.

    Parameters
    ----------
    parts
        Whose families are drawn from.
    config
        Every knob.

    Returns
    -------
    (weights, bias)
        See :func:`spamguard.model.categories.categorise`.
    """
    knobs = config.categories
    counts = [min(_ADS_A_JOB, knobs.documents - start) for start in range(0, knobs.documents, _ADS_A_JOB)]
    jobs = [delayed(_batch)(parts, count, config.seed + 400_000 + n) for n, count in enumerate(counts)]
    found = Parallel(config.jobs)(tqdm(jobs, desc="categories", unit="batch"))
    buckets = [one for batch, _ in found for one in batch]
    names = [name for _, batch in found for name in batch]
    return fit_categories(buckets, names, alpha=knobs.alpha, seed=config.seed)
