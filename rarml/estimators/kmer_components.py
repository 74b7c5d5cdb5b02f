"""Principal components of k-mer use around the TSS: what kind of sequence a promoter is, learnt without any target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rarml.estimators.kmers import word_counts


class KmerComponents(BaseEstimator):
    """Leading directions of the square roots of k-mer shares (Hellinger distance between promoters).

    Square roots keep the few very common words (CpG islands, poly-A) from drowning all others; both strands are counted
    together. Components keep their own spread, so a ridge on them trusts the leading ones most.

    Parameters
    ----------
    k : int
        Bases per word.
    reach : int
        Bases on either side of the TSS that are counted.
    n_components : int
        Directions kept.
    total_variance : float
        The components are scaled together so that their variances sum to this: their weight beside other columns.

    Attributes
    ----------
    directions_ : float32 array of shape (words, n_components)
    centre_ : float32 array of shape (words,)
        Mean over the training rows of the square roots of shares.
    """

    def __init__(self, k: int = 6, reach: int = 500, n_components: int = 128, total_variance: float = 4.0):
        self.k = k
        self.reach = reach
        self.n_components = n_components
        self.total_variance = total_variance

    def fit(self, X: NDArray[np.uint8], y: object = None, *, tss: int) -> Self:
        """Fit to base codes, uint8 of shape (n, length), with the TSS at column `tss`."""
        roots = self._roots(X, tss)
        self.centre_ = roots.mean(axis=0, dtype=np.float64).astype(np.float32)
        centred = roots - self.centre_
        variance, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64) / len(centred))
        kept = axes[:, ::-1][:, : self.n_components]
        kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
        total = np.maximum(variance[::-1][: self.n_components], 0).sum()
        scale = np.sqrt(self.total_variance / total) if total > 0 else 0.0
        self.directions_ = (kept * scale).astype(np.float16).astype(np.float32)  # as they are stored
        return self

    def transform(self, X: NDArray[np.uint8], *, tss: int) -> NDArray[np.float32]:
        """Components, float32 of shape (n, n_components); a window without a whole word is an average one (0)."""
        check_is_fitted(self, "directions_")
        roots = self._roots(X, tss)
        roots[~roots.any(axis=1)] = self.centre_
        return (roots - self.centre_) @ self.directions_

    def to_tensors(self) -> dict[str, NDArray[Any]]:
        """Arrays by name, for safetensors."""
        check_is_fitted(self, "directions_")
        return {
            "directions": np.ascontiguousarray(self.directions_, dtype=np.float16),
            "centre": np.ascontiguousarray(self.centre_),
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], parameters: Mapping[str, Any]) -> Self:
        """The inverse of `to_tensors` and `get_params`."""
        model = cls(**parameters)
        model.directions_ = np.asarray(tensors["directions"], dtype=np.float32)
        model.centre_ = np.asarray(tensors["centre"], dtype=np.float32)
        return model

    def _roots(self, codes: NDArray[np.uint8], tss: int) -> NDArray[np.float32]:
        counts = word_counts(codes[:, max(tss - self.reach, 0) : tss + self.reach], self.k)
        return np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
