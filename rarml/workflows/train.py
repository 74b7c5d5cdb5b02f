"""Train a cell-type model: a label table and an atlas in, a bundle with its model card and report out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import shipped_atlas
from rarml.bundle.write import write_bundle
from rarml.core.errors import SettingsError, did_you_mean
from rarml.core.files import claimed
from rarml.core.seeds import child_seed
from rarml.estimators.domain import DomainCheck
from rarml.evaluation.summary import evaluate
from rarml.features.atlas import Atlas, load_atlas
from rarml.features.selection import select_columns
from rarml.labels.table import LabelTable
from rarml.report.train_figures import write_train_figures
from rarml.training.conformal import fit_conformal
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset, covariate_columns, training_status
from rarml.training.eligibility import eligibility
from rarml.training.groups import gene_groups
from rarml.training.splits import chromosome_folds
from rarml.workflows.audit import audit_training
from rarml.workflows.branch_report import branch_worth
from rarml.workflows.coverage import coverage_rows
from rarml.workflows.model_evaluation import baseline_predictions, covariate_predictions, model_evaluation
from rarml.workflows.model_facts import count_genes, model_facts
from rarml.workflows.model_files import model_files, self_test, table_files
from rarml.workflows.predictions import (
    TrainedModel,
    conformal_columns,
    genome_rank,
    held_out_predictions,
    predict_genes,
)
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train_report import model_documents, train_content


@dataclass(frozen=True)
class TrainResult:
    """What `train` made.

    Attributes
    ----------
    bundle : Bundle
        The written model.
    counts : dict of str to int
        Rows read, mapped, ambiguous, unmapped; genes per status; eligible genes; genes without sequence.
    metrics : DataFrame
        Tidy table of `rarml.evaluation.summary.evaluate`.
    notes : list of str
        What a user should know (dialect, joins, stand-ins, left-out rows).
    """

    bundle: Bundle
    counts: dict[str, int]
    metrics: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def train(
    labels: LabelTable,
    settings: TrainSettings,
    out: str | Path,
    *,
    atlas: str | Path | None = None,
    figures: str | Path | None = None,
    overwrite: bool = False,
    threads: int | None = None,
) -> TrainResult:
    """Train, evaluate and write one model.

    Parameters
    ----------
    labels : LabelTable
        Called labels (`rarml.labels.table.load_labels`, or the labels of another bundle).
    settings : TrainSettings
        The model's settings.
    out : str or Path
        Bundle folder to write.
    atlas : str or Path, optional
        Feature atlas or built reference; the shipped atlas by default.
    figures : str or Path, optional
        Folder for the report's figures as SVG, PNG and PDF; not part of the model.
    overwrite : bool
        Replace an existing `out` once the new model is whole.
    threads : int, optional
        Fits at once, each on one thread; the model is the same for any number.

    Raises
    ------
    InputError
        If `out` exists or another run writes to it, or too few eligible genes remain in a class.
    SettingsError
        If a stand-in, cell or block is not in the atlas.
    """
    with claimed(out, overwrite=overwrite) as folder:
        return _train(labels, settings, folder, atlas, figures, overwrite, threads)


def _train(
    labels: LabelTable,
    settings: TrainSettings,
    out: Path,
    atlas: str | Path | None,
    figures: str | Path | None,
    overwrite: bool,
    threads: int | None,
) -> TrainResult:
    source = load_atlas(atlas if atlas is not None else shipped_atlas())
    data = assemble(source, labels, settings)
    model = fit(data, settings, threads=threads)
    predictions = predict_genes(model, data.features, data.folds)
    predictions["rank"] = genome_rank(predictions, data.eligibility)
    held_out = held_out_predictions(model, data.features, data.folds)
    metrics = evaluate_model(data, held_out, settings)
    counts = count_genes(labels, data, source)
    branches = branch_worth(model.full, data, settings)
    rivals = baseline_predictions(data, source, covariate_predictions(data, held_out), settings, threads=threads)
    judged = {
        **model_evaluation(
            model,
            data,
            source,
            held_out,
            settings,
            positive_unlabelled=labels.positive_unlabelled,
            threads=threads,
            rivals=rivals,
        ),
        "coverage": coverage_rows(model.full, model.conformal, data, settings),
    }
    facts = model_facts(
        source,
        labels,
        data,
        model,
        settings,
        metrics=metrics,
        counts=counts,
        branches=branches,
        evaluation=judged,
        audit=audit_training(model, data, source, settings, metrics, labels=labels, evaluation=judged),
    )
    content = train_content(facts, data, held_out, metrics, rivals)
    table = pd.concat([predictions, conformal_columns(model, data.features), held_out], axis=1)
    files = {
        **model_files(model),
        **table_files(table, _label_table(labels, data)),
        **self_test(model, data.features, data.folds),
        **model_documents(content),
    }
    write_bundle(out, facts, files, overwrite=overwrite)
    if figures is not None:
        write_train_figures(content, figures)
    return TrainResult(load_bundle(out), counts, metrics, notes=list(labels.provenance.get("notes", [])))


def assemble(atlas: Atlas, labels: LabelTable, settings: TrainSettings) -> Dataset:
    """Features, eligibility, folds and classes for one label table."""
    context = settings.context
    columns = select_columns(
        list(atlas.features.columns),
        chosen_blocks(settings, atlas.manifest["blocks"]),
        chromatin_cells=context.chromatin,
        stand_in=context.stand_in,
    )
    if not columns:
        raise SettingsError("no feature is left to learn from", fix="name one or more blocks in the configuration")
    eligible = eligibility(atlas.genes, atlas.features, context.stand_in, settings.eligibility)
    status = training_status(labels.table["status"], eligible, positive_unlabelled=labels.positive_unlabelled)
    return Dataset(
        features=atlas.features[columns],
        baseline_columns=covariate_columns(columns) or columns,
        status=status,
        eligibility=eligible,
        folds=chromosome_folds(atlas.genes, n_folds=settings.model.n_folds),
        groups=gene_groups(atlas.genes),
    )


def chosen_blocks(settings: TrainSettings, present: Iterable[str]) -> list[str]:
    """The blocks that were asked for; where none were, all of the default ones that the atlas has.

    Raises
    ------
    SettingsError
        If a block that was asked for is not in the atlas.
    """
    known = list(present)
    if "blocks" not in settings.model_fields_set:
        return [block for block in settings.blocks if block in known]
    for block in settings.blocks:
        if block not in known:
            raise SettingsError(f"no feature block {block!r} in this atlas", fix=did_you_mean(block, known))
    return list(settings.blocks)


def fit(data: Dataset, settings: TrainSettings, *, threads: int | None = None) -> TrainedModel:
    """Cross-fit the model and its covariate baseline on the same folds."""
    training = data.features.loc[data.status.index]
    full = crossfit(
        training,
        data.status,
        data.folds,
        settings.model,
        seed=child_seed(settings.seed, "model"),
        n_threads=threads,
        groups=data.groups,
    )
    baseline = crossfit(
        training[data.baseline_columns],
        data.status,
        data.folds,
        settings.model,
        seed=child_seed(settings.seed, "covariates"),
        n_threads=threads,
        groups=data.groups,
    )
    return TrainedModel(
        full, baseline, DomainCheck().fit(training.to_numpy()), fit_conformal(full, training, data.status)
    )


def evaluate_model(data: Dataset, held_out: pd.DataFrame, settings: TrainSettings) -> pd.DataFrame:
    """Metrics of the held-out predictions of the training genes, with the gain over the covariate baseline."""
    genes = data.status.index
    return evaluate(
        pd.DataFrame({f"p_{name}": held_out.loc[genes, f"held_out_{name}"] for name in data.classes}),
        pd.DataFrame({f"p_{name}": held_out.loc[genes, f"held_out_covariates_{name}"] for name in data.classes}),
        data.status,
        data.groups.loc[genes],
        seed=child_seed(settings.seed, "bootstrap"),
        n_bootstrap=settings.bootstrap,
    )


def _label_table(labels: LabelTable, data: Dataset) -> pd.DataFrame:
    """Per gene of the atlas: called status, eligibility, the class trained on, and fold."""
    table = pd.DataFrame(index=data.eligibility.index)
    table["status"] = labels.table["status"].reindex(table.index).fillna("untested").astype("string")
    table["eligibility"] = data.eligibility.astype("string")
    table["trained_as"] = data.status.reindex(table.index).astype("string")
    table["fold"] = data.folds.reindex(table.index).astype("int16")
    return table
