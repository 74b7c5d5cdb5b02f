"""Attribution of single bases for the gene card: what each base adds to a class margin of the sequence branch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import InputError, did_you_mean
from rarml.estimators.linear import LinearClassifier
from rarml.explain.attribution import Crossfitted, answering_parts, model_pairs
from rarml.explain.base_attribution import SHUFFLES, STEPS, attribute_bases, margin_of
from rarml.explain.mutagenesis import base_importance, mutation_effects
from rarml.features.changed_promoter import GenePromoters
from rarml.features.sequence_block import NAME, shipped_encoders
from rarml.features.sequence_encoder import EncoderSet, load_encoders
from rarml.reference.bases import LETTERS
from rarml.reference.store import Reference

BASELINE = (
    "Importance is relative to dinucleotide shuffles of the same promoter: integrated gradients for the network, exact "
    "shares of every word for the k-mers. It is that of the sequence branch alone, in units of its margin."
)


def base_account(
    gene: str,
    model: Crossfitted,
    reference: Reference,
    *,
    class_name: str = "up",
    encoders: EncoderSet | None = None,
    seed: int = 0,
    n_shuffles: int = SHUFFLES,
    n_steps: int = STEPS,
) -> dict[str, Any]:
    """What each base of a gene's representative promoter adds to a class's margin in the sequence branch.

    Parameters
    ----------
    gene : str
        Gene id.
    model : Crossfitted
        With a sequence branch. The margin is the mean over the models that answer for the gene, less the mean over
        classes (a softmax reads no more of it than that).
    reference : Reference
        With sequences.
    class_name : str
        One of the model's classes.
    encoders : EncoderSet, optional
        Those of the atlas; the shipped ones by default.
    seed, n_shuffles, n_steps : int
        See `attribute_bases`.

    Returns
    -------
    dict
        `start` (of the first letter, in bases from the TSS of the representative promoter less that of the primary one,
        in the gene's direction), `letters`, `importance` (one number per letter), `class`, `margin`, `baseline`,
        `absent` and `error` (see `BaseAttribution`: margin = baseline + sum of importance + absent + error), `words`.

    Raises
    ------
    InputError
        If the model has no sequence branch or no such class, or the gene no known promoter.
    MissingPartError
        If the reference holds no sequence, or captum is not installed.
    """
    promoters, used = GenePromoters.of(reference, gene), encoders or load_encoders(shipped_encoders())
    weights, constant = branch_weights(model, used, gene, class_name)
    number = promoters.representative
    own, primary = promoters.promoters.iloc[number], promoters.promoters.iloc[0]
    codes = promoters.codes[number]
    found = attribute_bases(
        used, weights, codes, str(own["chrom"]), promoters.up, seed=seed, n_shuffles=n_shuffles, n_steps=n_steps
    )
    away = (int(own["tss"]) - int(primary["tss"])) * (1 if own["strand"] == "+" else -1)
    return {
        "start": away - promoters.up,
        "letters": "".join(LETTERS[code] for code in codes),
        "importance": [float(f"{value:.4g}") for value in found.importance],
        "class": class_name,
        "margin": found.margin + constant,
        "baseline": found.baseline + constant,
        "absent": found.absent,
        "error": found.error,
        "words": BASELINE,
    }


def mutagenesis_check(
    gene: str,
    model: Crossfitted,
    reference: Reference,
    start: int,
    end: int,
    *,
    class_name: str = "up",
    encoders: EncoderSet | None = None,
) -> NDArray[np.float32]:
    """How far the same margin falls on average when a base is replaced, float32 of shape (end - start,).

    Parameters
    ----------
    start, end : int
        Part of the representative promoter's window, 0-based half-open.
    gene, model, reference, class_name, encoders
        See `base_account`.
    """
    promoters, used = GenePromoters.of(reference, gene), encoders or load_encoders(shipped_encoders())
    weights, _ = branch_weights(model, used, gene, class_name)
    number = promoters.representative
    codes, chrom = promoters.codes[number], str(promoters.promoters["chrom"].iloc[number])

    def predict(rows: NDArray[np.uint8]) -> NDArray[np.floating]:
        return margin_of(used, weights, rows, chrom, promoters.up)

    return base_importance(mutation_effects(predict, codes, start, end), codes[start:end])


def branch_weights(
    model: Crossfitted, encoders: EncoderSet, gene: str, class_name: str
) -> tuple[NDArray[np.float64], float]:
    """The margin of a class in the sequence branch as a linear map of the encoders' columns.

    Returns
    -------
    weights : float64 array of shape (columns,)
        Of `encoders.columns`; 0 for one that the model does not read.
    constant : float
        The rest of the margin.
    """
    if NAME not in model.branches:
        raise InputError("the model has no sequence branch", fix="train it with feature block 'sequence'")
    if class_name not in model.classes:
        raise InputError(f"the model has no class {class_name!r}", fix=did_you_mean(class_name, model.classes))
    place = model.classes.index(class_name)
    pairs = model_pairs(model)
    parts = answering_parts(model, int(model.training_folds.get(gene, -1)))
    heads = [model.branches[NAME][pairs[number]] for part in parts for number, _ in part]
    columns = [name for name in model.columns if name.startswith(f"{NAME}:")]
    slope, constant = np.zeros(len(columns)), 0.0
    for head in heads:
        if not isinstance(head, LinearClassifier):
            raise InputError("the model's sequence branch is not linear", fix="train it again with this rarml")
        centred = head.coef_[place] - head.coef_.mean(axis=0)
        own = centred / head.spread_
        slope += own / len(heads)
        constant += float(head.intercept_[place] - head.intercept_.mean() - own @ head.mean_) / len(heads)
    by_name = dict(zip(columns, slope, strict=True))
    unknown = set(columns) - {f"{NAME}:{name}" for name in encoders.columns}
    if unknown:
        raise InputError(f"the encoders have no column {min(unknown)}", fix="give those that the model's atlas names")
    return np.array([by_name.get(f"{NAME}:{name}", 0.0) for name in encoders.columns]), constant
