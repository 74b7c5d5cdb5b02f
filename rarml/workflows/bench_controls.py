"""Genes to take along to the bench: known responders, and measured non-responders that resemble the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.bundle.registry import shipped_atlas
from rarml.evaluation.matched import matched_covariates, stand_in_level
from rarml.evaluation.matching import MATCHED, matched_pairs
from rarml.features.atlas import Atlas, load_atlas
from rarml.workflows.calls import call_words
from rarml.workflows.gene_predictions import gene_predictions

POSITIVE = ("CYP26A1", "DHRS3", "RARB")
"""Responsive in most cells: the small core of 10.1186/s12864-021-07451-2."""
POSITIVE_ROLE, NEGATIVE_ROLE = "positive control", "matched negative"
MOST_CANDIDATES = 10
CALIPER, LOOSE = 1.0, 0.5
"""Largest distance of a pair, in standard deviations (root mean square over covariates); and what counts as loose."""
_COVARIATES = ("expression:level:", "expression:mean", "expression:sd", "composition:")
Rows = list[dict[str, Any]]


def bench_controls(
    table: pd.DataFrame,
    bundles: Sequence[Bundle],
    *,
    atlas: str | Path | None = None,
    shares: Sequence[Mapping[str, float]] | None = None,
    most: int = MOST_CANDIDATES,
) -> Rows:
    """Positive controls and matched negatives for each model.

    Parameters
    ----------
    table : DataFrame
        A score's `table`: `gene_id`, `model`, `call`, `p_unresponsive`.
    bundles : sequence of Bundle
        The models.
    atlas : str or Path, optional
        Atlas or built reference; the shipped one by default.
    shares : sequence of mapping, optional
        Per model the class shares at which probabilities are given; those of training by default.
    most : int
        Candidates per model, the likeliest first, that get a negative.

    Returns
    -------
    list of dict
        `model`, `role` (positive control, matched negative), `symbol`, `gene_id`, `for_gene` (symbol of the candidate,
        or ""), `p_up`, `p_down`, `p_unresponsive`, `measured` (in the model's own table), `level` (log2(1 + nTPM) of
        the untreated stand-in) and `note`. A negative was measured as unresponsive in the model's own label table,
        is no candidate by the model either, and is the nearest to its candidate in baseline expression, its spread, GC,
        CpG and promoter class (each used once).
        A candidate without a gene within `CALIPER` has no row.
    """
    source = _open(atlas, bundles)
    rows: Rows = []
    for bundle, own in zip(bundles, shares if shares is not None else [None] * len(bundles), strict=True):
        predictions = gene_predictions(bundle, source, own)
        named = [(gene, POSITIVE_ROLE, "", "") for gene in _known_responders(source)]
        named += _negatives(table, bundle, source, predictions, most, own)
        rows += _described(named, bundle, source, predictions)
    return rows


def _open(atlas: str | Path | None, bundles: Sequence[Bundle]) -> Atlas:
    """The atlas with the covariates alone, or whole where a model has no stored predictions for it."""
    folder = atlas if atlas is not None else shipped_atlas()
    digest = load_atlas(folder, columns=[]).digest
    if any(bundle.manifest.atlas_digest != digest for bundle in bundles):
        return load_atlas(folder)
    used = dict.fromkeys(name for bundle in bundles for name in bundle.manifest.columns)
    return load_atlas(folder, columns=[name for name in used if name.startswith(_COVARIATES)])


def _known_responders(atlas: Atlas) -> list[str]:
    symbols = atlas.genes["symbol"]
    return [str(symbols.index[symbols == name][0]) for name in POSITIVE if (symbols == name).any()]


def _negatives(
    table: pd.DataFrame,
    bundle: Bundle,
    atlas: Atlas,
    predictions: pd.DataFrame,
    most: int,
    shares: Mapping[str, float] | None,
) -> list[tuple[str, str, str, str]]:
    """Gene, role, symbol of its candidate, and note; in the order of the candidates."""
    own = table[(table["model"] == bundle.manifest.name) & table["gene_id"].notna()].drop_duplicates("gene_id")
    candidates = own[own["call"].fillna("").str.startswith("candidate")]
    leading = candidates.sort_values(["p_unresponsive", "gene_id"])["gene_id"].astype(str).head(most)
    leading = leading[leading.isin(atlas.features.index)]
    trained = bundle.labels["trained_as"]
    flat = trained.index[(trained == "unresponsive").fillna(False).to_numpy(dtype=bool)].astype(str)
    chance = predictions["p_unresponsive"].astype(float)
    known = predictions.loc[flat.intersection(chance.dropna().index)]
    called = call_words(
        known, bundle.manifest.prevalence if shares is None else dict(shares), bundle.labels["eligibility"]
    )
    pool = called.index[~called.str.startswith("candidate").to_numpy()]
    genes = pd.Index([*leading, *pool.difference(list(leading))])
    alike = matched_covariates(atlas.features.reindex(genes), bundle.manifest.context.stand_in)
    if leading.empty or not alike.shape[1]:
        return []
    pairs = matched_pairs(alike, pd.Series(genes.isin(leading), index=genes), caliper=CALIPER)
    pairs = pairs[pairs["outcome"] == MATCHED].set_index("case")
    control, distance = dict(pairs["control"]), {str(k): float(v) for k, v in pairs["distance"].items()}
    return [
        (
            str(control[gene]),
            NEGATIVE_ROLE,
            _symbol(atlas, gene),
            "loosely matched" if distance[gene] > LOOSE else "",
        )
        for gene in leading
        if gene in control and chance[control[gene]] > chance[gene]
    ]


def _described(
    named: Sequence[tuple[str, str, str, str]], bundle: Bundle, atlas: Atlas, predictions: pd.DataFrame
) -> Rows:
    genes = list(dict.fromkeys(gene for gene, *_ in named))
    level = stand_in_level(atlas.features.reindex(genes), bundle.manifest.context.stand_in)
    labels = bundle.labels.reindex(genes)
    statuses: dict[str, Any] = {str(k): v for k, v in labels["status"].items()}
    eligibility: dict[str, Any] = {str(k): v for k, v in labels["eligibility"].items()}
    rows: Rows = []
    for gene, role, partner, note in named:
        predicted, status, eligible = predictions.loc[gene], statuses[gene], eligibility[gene]
        notes = [] if pd.isna(eligible) or eligible == "eligible" else [str(eligible)]
        rows.append(
            {
                "model": bundle.manifest.name,
                "role": role,
                "symbol": _symbol(atlas, gene),
                "gene_id": gene,
                "for_gene": partner,
                **{name: _number(predicted.get(name)) for name in ("p_up", "p_down", "p_unresponsive")},
                "measured": "untested" if pd.isna(status) else str(status),
                "level": None if level is None else _number(level.loc[gene]),
                "note": "; ".join([*notes, *([note] if note else [])]),
            }
        )
    return rows


def _symbol(atlas: Atlas, gene: str) -> str:
    found = atlas.genes["symbol"].get(gene)
    return gene if found is None or pd.isna(found) else str(found)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
