"""A small feed-forward network, as arrays: standardise, ReLU layers, softmax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Standardised features beyond this say no more, and would let one odd value rule.
CLIP = 5.0


@dataclass(frozen=True)
class Network:
    """Weights of a multi-layer perceptron.

    Attributes
    ----------
    mean, scale
        float32, shape (d,): a feature is standardised to ``(x - mean) * scale``.
    weights, biases
        One array a layer, shapes (d, h), (h, ...), ... and (h,), ....
    """

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def standardise(self, matrix: Floats) -> Floats:
        """Centre and scale features, and clip them."""
        standard: Floats = np.clip((matrix - self.mean) * self.scale, -CLIP, CLIP)
        return standard

    def log_probabilities(self, matrix: Floats) -> Floats:
        """Return the log-probability of each class.

        Parameters
        ----------
        matrix
            float32, shape (n, d).

        Returns
        -------
        float32, shape (n, n_classes)
        """
        hidden = self.standardise(matrix)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = hidden @ weight
            hidden += bias
            np.maximum(hidden, 0, out=hidden)
        logits = hidden @ self.weights[-1] + self.biases[-1]
        logits -= logits.max(axis=1, keepdims=True)
        result: Floats = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return result

    def attribution(self, matrix: Floats, of: int, against: int) -> Floats:
        """Share of each feature in the log-odds of one class against another.

        Gradient times input (Shrikumar et al., 2016), on standardised features: what the answer would
        lose, to first order, were the feature at its mean.

        Parameters
        ----------
        matrix
            float32, shape (n, d).
        of, against
            Numbers of the classes.

        Returns
        -------
        float32, shape (n, d)
        """
        inputs = self.standardise(matrix)
        hidden, active = inputs, []
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0)
            active.append(hidden > 0)
        last = self.weights[-1]
        direction = last[:, of] - last[:, against]
        gradient = np.repeat(direction[None, :], len(inputs), axis=0)
        for weight, alive in zip(reversed(self.weights[:-1]), reversed(active), strict=True):
            gradient = (gradient * alive) @ weight.T
        return (gradient * inputs).astype(np.float32)

    def to_arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Return the weights as named arrays, in half precision."""
        arrays: dict[str, NDArray[np.generic]] = {f"{prefix}_mean": self.mean, f"{prefix}_scale": self.scale}
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            arrays[f"{prefix}_weight_{i}"] = weight.astype(np.float16)
            arrays[f"{prefix}_bias_{i}"] = bias.astype(np.float32)
        return arrays

    @classmethod
    def from_arrays(cls, prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> Network:
        """Rebuild a network from :meth:`to_arrays`'s form."""
        depth = sum(name.startswith(f"{prefix}_weight_") for name in arrays)
        return cls(
            arrays[f"{prefix}_mean"].astype(np.float32),
            arrays[f"{prefix}_scale"].astype(np.float32),
            tuple(arrays[f"{prefix}_weight_{i}"].astype(np.float32) for i in range(depth)),
            tuple(arrays[f"{prefix}_bias_{i}"].astype(np.float32) for i in range(depth)),
        )
