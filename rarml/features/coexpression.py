"""Block `coexpression`: where a gene stands among all others over the whole panel of untreated cells and tissues.

The components are fitted once on all genes of the panel, without labels, so they cannot leak a response. Each sample
is standardised over genes, so that no sample counts more for its depth. The leading components are rotated (varimax) so
that each is borne by few samples, e.g. the blood cells: a tree splits on such an axis better than on a mixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.expression_block import log_level

if TYPE_CHECKING:
    from rarml.reference.store import Reference

NAME = "coexpression"
N_COMPONENTS = 50
LEAST_KNOWN = 0.5
_RIDGE = 1e-6  # two identical samples must not make the regression fail


def build(reference: Reference, n_components: int = N_COMPONENTS) -> pd.DataFrame:
    """The co-expression block of every gene.

    Parameters
    ----------
    reference : Reference
        Uses genes and expression (None or a single sample: a table without columns).
    n_components : int
        Most components to keep; fewer if the panel has fewer samples.

    Returns
    -------
    DataFrame, float32, indexed by gene_id
        ``coexpression:c01`` ... in the order of explained variance, each with variance 1 over the genes it was fitted
        on. A gene that is not in the panel is NaN; one with some samples missing is placed by the others.
    """
    level = _panel(reference)
    if level is None:
        return pd.DataFrame(index=reference.genes.index)
    scores, loadings = components(level.to_numpy(), n_components)
    block = pd.DataFrame(scores, index=level.index, columns=_names(loadings.shape[1]))
    return block.reindex(reference.genes.index)


def component_samples(
    reference: Reference, n_components: int = N_COMPONENTS, n_samples: int = 3
) -> dict[str, list[str]]:
    """The samples that bear each component most, strongest first: what to call it in a report."""
    level = _panel(reference)
    if level is None:
        return {}
    _, loadings = components(level.to_numpy(), n_components)
    strongest = np.argsort(-loadings, axis=0, kind="stable")[:n_samples].T
    names = _names(loadings.shape[1])
    return {name: [str(level.columns[row]) for row in rows] for name, rows in zip(names, strongest, strict=True)}


def components(level: NDArray[np.float64], n_components: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Rotated principal components of the standardised panel.

    Parameters
    ----------
    level : float array, shape (n_genes, n_samples)
        log2(1 + nTPM). The components are fitted on the genes without NaN; a gene with gaps is placed by what its
        known samples say of the others (the regression that the fitted correlations imply), and comes out NaN if
        fewer than half of its samples (`LEAST_KNOWN`) are known.
    n_components : int
        Components to keep; fewer where the panel has fewer samples that vary.

    Returns
    -------
    scores : float32 array, shape (n_genes, k)
    loadings : float array, shape (n_samples, k)
        Correlation of each sample with each component (0 for a sample that does not vary). The largest of a
        component is positive, so that a refit gives the same columns.
    """
    complete = ~np.isnan(level).any(axis=1)
    fitted = level[complete]
    if len(fitted) < 2:
        return np.full((len(level), 0), np.nan, dtype=np.float32), np.zeros((level.shape[1], 0))
    spread = fitted.std(axis=0)
    vary = spread > 0
    standard = (level[:, vary] - fitted[:, vary].mean(axis=0)) / spread[vary]
    # The samples' correlation matrix is small (130 x 130) and well conditioned: faster than an SVD of all genes.
    correlation = standard[complete].T @ standard[complete] / len(fitted)
    variance, axes = np.linalg.eigh(correlation)
    kept = [number for number in np.argsort(-variance, kind="stable")[:n_components] if variance[number] > _RIDGE]
    size = np.sqrt(variance[kept])
    rotated = axes[:, kept] * size
    rotation = varimax(rotated)
    rotated = rotated @ rotation
    rotation = rotation * np.sign(rotated[np.abs(rotated).argmax(axis=0), np.arange(len(kept))])
    order = np.argsort(-(rotated**2).sum(axis=0), kind="stable")
    loadings = np.zeros((level.shape[1], len(kept)))
    loadings[vary] = (axes[:, kept] * size @ rotation)[:, order]
    scores = _filled(standard, correlation) @ (axes[:, kept] / size) @ rotation[:, order]
    return scores.astype(np.float32), loadings


def varimax(loadings: NDArray[np.float64], most_rounds: int = 200) -> NDArray[np.float64]:
    """The rotation, shape (k, k), that makes squared loadings (n, k) vary most (Kaiser 1958, 10.1007/BF02289233)."""
    n, k = loadings.shape
    rotation = np.eye(k)
    reached = 0.0
    for _ in range(most_rounds):
        turned = loadings @ rotation
        left, gain, right = np.linalg.svd(loadings.T @ (turned**3 - turned * (turned**2).sum(axis=0) / n))
        rotation = left @ right
        if gain.sum() <= reached * (1 + 1e-8):
            break
        reached = float(gain.sum())
    return rotation


def _panel(reference: Reference) -> pd.DataFrame | None:
    """log2(1 + nTPM) of the reference's genes in the panel; None without a panel of two samples."""
    table = reference.expression
    if table is None or table.shape[1] < 2:
        return None
    return log_level(table.loc[table.index.intersection(reference.genes.index, sort=False)])


def _names(n: int) -> list[str]:
    return [f"{NAME}:c{number + 1:02d}" for number in range(n)]


def _filled(standard: NDArray[np.float64], correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaps replaced by their expectation given the gene's known samples; rows that are mostly gaps wholly NaN."""
    result = standard.copy()
    missing = np.isnan(standard)
    patterns, rows = np.unique(missing, axis=0, return_inverse=True)
    for number, gaps in enumerate(patterns):
        if not gaps.any():
            continue
        mine = np.flatnonzero(rows.ravel() == number)
        if gaps.mean() > 1 - LEAST_KNOWN:
            result[mine] = np.nan
            continue
        known = correlation[np.ix_(~gaps, ~gaps)] + _RIDGE * np.eye(int((~gaps).sum()))
        weights = np.linalg.solve(known, correlation[np.ix_(~gaps, gaps)])
        result[np.ix_(mine, np.flatnonzero(gaps))] = standard[np.ix_(mine, np.flatnonzero(~gaps))] @ weights
    return result
