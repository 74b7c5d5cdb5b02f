"""Controls of sequence: dinucleotide-shuffled promoters, and motifs of unrelated factors in place of RAR's partners.

All on one promoter per gene (the representative one), so that overlapping windows of a gene are not shuffled apart;
the RARE block of the real sequence is computed on the same windows. Each of five shuffles is judged with its own model
seed against the real features under the same seed, and AUROCs are averaged.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from controls_common import SEED, Row, held_out_trees, judge, kept_answers, kept_features
from controls_motifs import motif_features, unrelated_motifs
from held_out import cell_data

from rarml.core.seeds import child_seed
from rarml.estimators.kmers import log_counts
from rarml.estimators.linear import LinearClassifier
from rarml.evaluation.tasks import CLASSES
from rarml.features import rare_block
from rarml.features.combine import representative_rows
from rarml.features.partner_block import FACTORS
from rarml.features.partner_motifs import choose_motifs
from rarml.features.shuffles import dinucleotide_shuffle
from rarml.reference.bases import Codes
from rarml.reference.sequences import PromoterSequences, pack
from rarml.reference.store import Reference
from rarml.training.dataset import Dataset

K = 6
K_PENALTY = 1e-3
K_SHUFFLES = 3
"""Shuffles for the 6-mer model, whose fit is slow and without a seed."""


@lru_cache(maxsize=1)
def one_promoter(path: Path) -> Reference:
    """The reference with the representative promoter of each gene that has sequence, and no other."""
    source = Reference.open(path)
    if source.sequences is None:
        raise SystemExit("the reference has no sequence")
    rows = representative_rows(source.promoters, source.genes.index)
    rows = np.sort(rows[rows >= 0])
    return with_codes(
        replace(source, promoters=source.promoters.iloc[rows].reset_index(drop=True), tracks=None),
        source.sequences.codes(rows),
    )


def with_codes(reference: Reference, codes: Codes) -> Reference:
    """The reference with other bases; soft-masking is dropped, as a shuffled base lies in no repeat."""
    bases, unknown = pack(codes)
    return replace(reference, sequences=PromoterSequences(bases, unknown, np.zeros_like(unknown), reference.window))


def codes_of(reference: Reference, shuffle: int | None) -> Codes:
    """Bases of every promoter, as they are or shuffled."""
    assert reference.sequences is not None
    codes = reference.sequences.codes()
    return codes if shuffle is None else dinucleotide_shuffle(codes, seed=child_seed(SEED, "shuffle", shuffle))


def rare_features(path: Path, shuffle: int | None = None) -> pd.DataFrame:
    """The RARE block of the real or of shuffled promoters."""

    def make() -> pd.DataFrame:
        reference = one_promoter(path)
        return rare_block.build(with_codes(reference, codes_of(reference, shuffle))).dropna(how="all", axis=1)

    return kept_features(f"rare block {'real' if shuffle is None else f'shuffled {shuffle}'}", make)


def motif_table(path: Path, motifs: Path, draw: int | None) -> pd.DataFrame:
    """Matches of the partner motifs, or of unrelated ones alike in length and information (`draw`)."""

    def make() -> pd.DataFrame:
        partners = choose_motifs(list(FACTORS.values()))
        chosen = partners if draw is None else unrelated_motifs(motifs, partners, seed=child_seed(SEED, "motifs", draw))
        reference = one_promoter(path)
        return motif_features(codes_of(reference, None), reference.promoters["gene_id"].to_numpy(dtype=str), chosen)

    return kept_features(f"motifs {'partners' if draw is None else f'unrelated {draw}'}", make)


def feature_controls(cell: str, path: Path, motifs: Path, seeds: int) -> list[Row]:
    """RARE block real and shuffled, partner and unrelated motifs: alone, and on top of the covariates."""
    data, settings = cell_data(cell)
    genes = data.status.index.intersection(pd.Index(one_promoter(path).promoters["gene_id"]))
    covariates = data.features.loc[genes, data.baseline_columns]
    held_out: dict[str, list[pd.DataFrame]] = {}
    for k in range(seeds):
        sets = {
            "RARE": rare_features(path),
            "RARE, shuffled": rare_features(path, k),
            "partner motifs": motif_table(path, motifs, None),
            "unrelated motifs": motif_table(path, motifs, k),
        }
        sets = {name: block.reindex(genes) for name, block in sets.items()}
        sets |= {f"covariates + {name}": pd.concat([covariates, block], axis=1) for name, block in sets.items()}
        for name, features in {"covariates": covariates, **sets}.items():
            fit = lambda part=features, k=k: held_out_trees(part, data, settings, seed=child_seed(SEED, k))  # noqa: E731
            held_out.setdefault(name, []).append(kept_answers("sequence", cell).of_seed(name, k, fit))
        print(f"{cell}: sequence controls, seed {k}", flush=True)
    pairs = [("RARE", "RARE, shuffled"), ("RARE, shuffled", ""), ("partner motifs", "unrelated motifs")]
    pairs += [("unrelated motifs", ""), ("covariates", "")]
    for real, control in pairs[0], pairs[2]:
        pairs += [(f"covariates + {real}", f"covariates + {control}"), (f"covariates + {real}", "covariates")]
        pairs += [(f"covariates + {control}", "covariates")]
    return judge(held_out, data, pairs, cell=cell)


def kmer_controls(cell: str, path: Path) -> list[Row]:
    """Logistic regression on 6-mer counts of real and of shuffled promoters."""
    data, _ = cell_data(cell)
    held_out: dict[str, list[pd.DataFrame]] = {"6-mers": [], "6-mers, shuffled": []}
    for k in range(K_SHUFFLES):
        for name, shuffle in (("6-mers", None), ("6-mers, shuffled", k)):
            if shuffle is None and k:
                held_out[name].append(held_out[name][0])  # a convex fit: no seed
                continue
            fit = lambda shuffle=shuffle: kmer_answers(data, path, shuffle)  # noqa: E731
            held_out[name].append(kept_answers("kmers", cell).of_seed(name, k, fit))
        print(f"{cell}: 6-mers, shuffle {k}", flush=True)
    return judge(held_out, data, [("6-mers", "6-mers, shuffled"), ("6-mers, shuffled", "")], cell=cell)


def kmer_answers(data: Dataset, path: Path, shuffle: int | None) -> pd.DataFrame:
    """Held-out probabilities of the 6-mer model, without relatives of the held-out genes in training."""
    reference = one_promoter(path)
    gene_of = pd.Index(reference.promoters["gene_id"])
    genes = data.status.index.intersection(gene_of)
    words = kmer_counts(path, shuffle)[gene_of.get_indexer(genes)]
    status, fold = data.status.loc[genes], data.folds.loc[genes].to_numpy()
    group = data.groups.loc[genes].to_numpy(dtype=str)
    classes = [name for name in CLASSES if (status == name).any()]
    codes = status.map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=int)
    proba = np.zeros((len(genes), len(classes)))
    for k in np.unique(fold):
        test = fold == k
        train = ~test & ~np.isin(group, np.unique(group[test]))
        proba[test] = LinearClassifier(K_PENALTY).fit(words[train], codes[train]).predict_proba(words[test])
    return pd.DataFrame(proba, index=genes, columns=[f"p_{name}" for name in classes])


@lru_cache(maxsize=1)
def kmer_counts(path: Path, shuffle: int | None) -> np.ndarray:
    """log(1 + count) of every 6-mer, by promoter."""
    return log_counts(codes_of(one_promoter(path), shuffle), K)
