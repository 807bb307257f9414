"""From the verifier's log-odds to calibrated scores: isotonic regression, as a short curve.

Zadrozny and Elkan (KDD 2002) introduced isotonic regression for calibration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float32]
_POINTS = 40
# No score says that it can't be wrong.
_LEAST, _MOST = 0.0005, 0.9995


def calibrate(log_odds: Floats, truth: NDArray[np.bool_]) -> Floats:
    """Fit the curve from log-odds to scores.

    Parameters
    ----------
    log_odds
        float32, shape (n,): of candidates that the verifier was not fitted on.
    truth
        bool, shape (n,): the candidate is spam.

    Returns
    -------
    float32, shape (k, 2)
        Points of an ascending curve; scores in between are read off straight lines.
    """
    fitted = IsotonicRegression(y_min=_LEAST, y_max=_MOST, out_of_bounds="clip").fit(log_odds, truth)
    levels = np.unique(np.quantile(log_odds, np.linspace(0, 1, _POINTS)))
    scores = np.maximum.accumulate(fitted.predict(levels))
    # A slight slope, so that of two scores on one step the surer one is the higher.
    scores = np.clip(scores + np.linspace(-1e-4, 1e-4, len(levels)), 0, 1)
    return np.stack([levels, scores], axis=1).astype(np.float32)


def expected_calibration_error(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], bins: int = 10
) -> float:
    """Mean distance between score and share of hits, over equal-width bins weighted by their size.

    Parameters
    ----------
    scores
        Shape (n,), 0 to 1.
    truth
        bool, shape (n,).
    bins
        Number of bins.
    """
    number = np.minimum((scores * bins).astype(int), bins - 1)
    error = 0.0
    for one in range(bins):
        inside = number == one
        if inside.any():
            error += inside.mean() * abs(scores[inside].mean() - truth[inside].mean())
    return float(error)
