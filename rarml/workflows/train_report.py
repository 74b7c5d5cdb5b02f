"""The model card and the HTML report of a trained model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.evaluation.baselines import PANEL
from rarml.evaluation.curves import pr_points, reliability_bins, roc_points
from rarml.evaluation.tasks import task_scores, tasks_of
from rarml.reference.species import HUMAN, OF_ASSEMBLY
from rarml.report.content import Curve, TrainContent
from rarml.report.model_card import model_card
from rarml.report.train_report import train_html
from rarml.training.branches import WHAT
from rarml.training.dataset import Dataset
from rarml.workflows.methods import counts_sentence, train_methods
from rarml.workflows.model_info import model_info

SPLIT_RULE = (
    "Nested cross-fitting by whole chromosomes in {n_folds} folds; the four HOX chromosomes share one. "
    "Fold k is predicted by {members} models, each fitted without fold k and one further fold, their branches joined "
    "and calibrated on those further folds. What promoter encoders read off a gene's bases comes from encoders that "
    "never saw its chromosome. A gene with a relative in fold k (overlapping window, bidirectional pair, promoter of "
    "like sequence, member of its gene cluster) is kept out of all that answers fold k. Intervals: "
    "cluster bootstrap over these groups of relatives"
)
ELIGIBILITY_RULE = (
    "expressed at {min_level:g} nTPM or more in the untreated stand-in ({stand_in}), "
    "promoter sequence {sequence}, promoter placement of tier {tiers}; never a value of the label experiment"
)
PU_LIMIT = (
    "Positive-unlabelled: only responsive genes were listed, so every other expressed gene counts as unlabelled, and "
    "P(up) is the chance of being on such a list."
)
LICENCES = {
    "GRCh38, GENCODE, ENCODE": "free to use with credit",
    "Human Protein Atlas (expression and co-expression features, promoter encoders)": "CC BY-SA 4.0",
    "JASPAR 2022 (half-site matrix)": "CC BY 4.0",
    "NCBI Gene (identifiers)": "public domain",
}
# What rarml is given of another species is the user's own; only this is of its making.
OTHER_LICENCES = {
    "the genome, annotation and expression of the reference": "as their providers say",
    "JASPAR 2022 (half-site matrix)": "CC BY 4.0",
}


def model_documents(content: TrainContent) -> dict[str, bytes]:
    """`MODEL_CARD.md` and `report.html` as bytes."""
    return {"MODEL_CARD.md": model_card(content).encode(), "report.html": train_html(content).encode()}


def train_content(
    facts: Mapping[str, Any],
    data: Dataset,
    held_out: pd.DataFrame,
    metrics: pd.DataFrame,
    rivals: Mapping[str, pd.DataFrame] | None = None,
) -> TrainContent:
    """Everything the two documents and the figures show.

    `rivals` (`rarml.workflows.model_evaluation.baseline_predictions`) adds the panel baseline to the curves.
    """
    settings = facts["settings"]
    rule, model = settings["eligibility"], settings["model"]
    return TrainContent(
        model=model_info(facts),
        counts=dict(facts["counts"]),
        metrics=metrics,
        curves=tuple(held_out_curves(data, held_out, rivals)),
        importance=dict(facts["importance"]),
        branches=tuple({**row, "what": WHAT[row["branch"]]} for row in facts["branches"]),
        evaluation={name: tuple(rows) for name, rows in facts["evaluation"].items()},
        audit=tuple(facts["audit"]),
        label_rule=label_sentences(facts["labels"]),
        eligibility_rule=ELIGIBILITY_RULE.format(
            min_level=rule["min_level"],
            stand_in=", ".join(settings["context"]["stand_in"]) or "mean of all samples",
            sequence="required" if rule["require_sequence"] else "not required",
            tiers=" or ".join(tier or "unstated" for tier in rule["tiers"]),
        ),
        split_rule=SPLIT_RULE.format(n_folds=model["n_folds"], members=model["n_folds"] - 1),
        blocks=dict(Counter(name.split(":", 1)[0] for name in facts["columns"])),
        notes=tuple(facts["labels"].get("notes", ())),
        limitations=(PU_LIMIT,) if facts["positive_unlabelled"] else (),
        licences=LICENCES if OF_ASSEMBLY.get(str(facts["assembly"]), HUMAN) is HUMAN else OTHER_LICENCES,
        provenance={
            "assembly": str(facts["assembly"]),
            "feature atlas (SHA-256)": str(facts["atlas_digest"]),
            "seed": str(facts["seed"]),
            **{f"label file {part['file']} (SHA-256)": part["sha256"] for part in facts["labels"].get("files", ())},
            **{name: str(version) for name, version in facts["versions"].items()},
        },
        methods=train_methods(facts),
    )


def label_sentences(labels: Mapping[str, Any]) -> tuple[str, ...]:
    """The label files and the calling rule in sentences, from the provenance of a label table."""
    files = labels.get("files", ())
    kind = labels.get("kind", "labels")
    sentences = [f"{part['file']}{_contrast(part)}: read as {part.get('dialect') or kind}." for part in files]
    if "counts" in labels:
        sentences.append(counts_sentence(labels["counts"]))
    rule = labels.get("rule")
    if rule:
        sentences.append(
            f"Up: log2 fold change at least {rule['up_log2fc']:g} and adjusted p below {rule['padj']:g}; down: at most "
            f"{rule['down_log2fc']:g}; unresponsive: between ±{rule['flat_log2fc']:g} and adjusted p at least "
            f"{rule['flat_padj']:g}; anything else that was tested is ambiguous and in no class; a missing adjusted p "
            "is untested."
        )
    if len(files) > 1:
        sentences.append(
            f"Joined by agreement: at least {labels['min_agree']} of {len(files)} tables with one sign, none against."
        )
    return tuple(sentences)


def _contrast(part: Mapping[str, Any]) -> str:
    return f" ({part['contrast']})" if "contrast" in part else ""


def held_out_curves(
    data: Dataset, held_out: pd.DataFrame, rivals: Mapping[str, pd.DataFrame] | None = None
) -> Iterator[Curve]:
    """Truth and score per task for the training genes: the model, its covariate baseline, and the panel if at hand."""
    genes = data.status.index
    tables = {
        predictor: pd.DataFrame({f"p_{name}": held_out.loc[genes, f"{prefix}{name}"] for name in data.classes})
        for predictor, prefix in (("all blocks", "held_out_"), ("covariates only", "held_out_covariates_"))
    }
    if rivals and PANEL in rivals:
        tables[PANEL] = rivals[PANEL].loc[genes]
    for predictor, proba in tables.items():
        for task in tasks_of(data.classes):
            used, truth, score = task_scores(task, proba, data.status)
            if used.any() and truth.any():
                yield curve_of(task, predictor, truth, score)


def curve_of(task: str, predictor: str, truth: NDArray[np.bool_], score: NDArray[np.float64]) -> Curve:
    """The points of a predictor's curves, from the truth and the held-out probability of each gene."""
    return Curve(
        task=task,
        predictor=predictor,
        prevalence=float(np.mean(truth)),
        roc=roc_points(truth, score),
        pr=pr_points(truth, score),
        reliability=reliability_bins(truth, score),
    )
