"""Outer folds: whole chromosomes, the same for every model that shares an atlas."""

from __future__ import annotations

import pandas as pd

from rarml.core.errors import SettingsError
from rarml.core.seeds import child_rng
from rarml.reference.species import HUMAN, species_of_genes

HOX_CHROMOSOMES = HUMAN.hox


def chromosome_folds(genes: pd.DataFrame, n_folds: int = 6) -> pd.Series:
    """Fold per gene; a chromosome is never split, and the four HOX chromosomes of the species share one fold.

    The assignment depends on the genes alone, never on labels, so every model on one atlas has the same folds and a
    model can be judged on another's labels for chromosomes it has not seen. Largest units are placed first, each into
    the fold with the fewest genes.

    Parameters
    ----------
    genes : DataFrame
        Indexed by gene_id (which tells human from mouse), with `chrom`.
    n_folds : int
        Number of folds, at least 3.

    Raises
    ------
    SettingsError
        If there are fewer units (chromosomes, the HOX ones as one) than folds, or fewer than 3 folds.
    """
    unit = genes["chrom"].astype(str).where(~genes["chrom"].isin(species_of_genes(genes.index).hox), "HOX")
    sizes = unit.value_counts()
    if n_folds < 3 or len(sizes) < n_folds:
        raise SettingsError(
            f"{len(sizes)} chromosome units cannot make {n_folds} folds",
            fix="set model.n_folds between 3 and the number of chromosomes",
        )
    load = [0] * n_folds
    fold_of: dict[str, int] = {}
    for name in sorted(sizes.index, key=lambda n: (-int(sizes[n]), n)):
        fold = min(range(n_folds), key=lambda k: (load[k], k))
        fold_of[name] = fold
        load[fold] += int(sizes[name])
    return unit.map(fold_of).astype(int).rename("fold")


def random_folds(genes: pd.DataFrame, n_folds: int = 6, *, seed: int, allow_leaky: bool = False) -> pd.Series:
    """Folds at random, gene by gene: they leak (neighbours, families) and only serve to print how much.

    Raises
    ------
    SettingsError
        Unless `allow_leaky` is true.
    """
    if not allow_leaky:
        raise SettingsError("a random split leaks", fix="use chromosome folds; allow_leaky is for measuring the leak")
    drawn = child_rng(seed, "random folds").permutation(len(genes)) % n_folds
    return pd.Series(drawn, index=genes.index, name="fold")
