"""What a trained model says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from spamguard.learning.config import Config
from spamguard.learning.corpora import Source


def manifest_of(config: Config, sources: Sequence[Source], figures: dict[str, Any]) -> dict[str, Any]:
    """Gather the manifest of a model.

    Parameters
    ----------
    config
        What it was trained with.
    sources
        The corpora that it learnt from or was tested on.
    figures
        What was measured.
    """
    return {
        "name": config.name,
        "trained_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "spamguard": version("spamguard"),
        "scikit_learn": version("scikit-learn"),
        "numpy": version("numpy"),
        "seed": config.seed,
        "decoding": {"prior": config.verifier.prior},
        "thresholds": config.thresholds,
        "sources": [
            {"name": s.name, "origin": s.origin, "licence": s.licence, "role": s.role, "sha256": s.sha256}
            for s in sources
        ],
        "figures": figures,
    }
