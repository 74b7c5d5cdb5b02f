"""Search for better settings of a model, and say honestly whether they are better."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import Stopped
from rarml.core.files import atomic_folder, sha256_text
from rarml.core.lock import output_lock
from rarml.core.progress import track
from rarml.core.seeds import child_seed
from rarml.features.atlas import load_atlas
from rarml.labels.table import LabelTable
from rarml.training.dataset import Dataset
from rarml.training.inner_folds import InnerFolds
from rarml.training.search_space import values_of, with_values
from rarml.training.study_store import JOURNAL, kind_of, open_storage, open_study
from rarml.training.tuning import Losses, TrialRow, Tuner, best_values, importance, trial_rows
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train import assemble
from rarml.workflows.tune_estimate import nested_metrics
from rarml.workflows.tune_journal import begin_journal
from rarml.workflows.tune_settings import TuneSettings

if TYPE_CHECKING:
    import optuna


@dataclass(frozen=True)
class StudyResult:
    """What one study found.

    Attributes
    ----------
    held_out : int or None
        The outer fold that it did not see; None for the study over all folds, whose settings are written.
    values : dict
        Best value per path.
    loss : float
        Mean log loss of the best trial over its inner folds (the least of many, so it flatters).
    default_loss : float or None
        The same of the default settings; None where they lie outside the space.
    trials : tuple of TrialRow
        All that ended.
    importance : dict of str to float
        Share of each setting; empty where there are too few trials to tell.
    """

    held_out: int | None
    values: dict[str, Any]
    loss: float
    default_loss: float | None
    trials: tuple[TrialRow, ...]
    importance: dict[str, float]


@dataclass(frozen=True)
class TuneResult:
    """What `tune` found.

    Attributes
    ----------
    out : Path
        Folder with `best.yaml`, `trials.tsv`, `tune.json` and `report.html`.
    base, best : TrainSettings
        The settings given and those found.
    search : TuneSettings
        How they were searched.
    studies : tuple of StudyResult
        The last one is over all folds.
    metrics : DataFrame or None
        Held-out metrics of the tuned procedure (`value`), of the default settings (`baseline`) and the paired gain;
        None without the nested estimate.
    facts : dict
        Study, storage, digest, counts.
    """

    out: Path
    base: TrainSettings
    best: TrainSettings
    search: TuneSettings
    studies: tuple[StudyResult, ...]
    metrics: pd.DataFrame | None
    facts: dict[str, Any]

    @property
    def final(self) -> StudyResult:
        """The study over all folds."""
        return self.studies[-1]

    @property
    def helped(self) -> bool | None:
        """Whether the interval of the gain in log loss lies above 0; None where it was not estimated."""
        if self.metrics is None:
            return None
        row = self.metrics[self.metrics["metric"] == "log_loss"]
        return bool(len(row)) and float(row["gain_low"].iloc[0]) > 0


def tune(
    labels: LabelTable,
    settings: TrainSettings,
    search: TuneSettings,
    out: str | Path,
    *,
    atlas: str | Path | None = None,
    storage: str | None = None,
    study: str | None = None,
    nested: bool = True,
    resume: bool = False,
    overwrite: bool = False,
    threads: int | None = None,
    labels_from: Path = Path(),
    command: str = "rarml train --config best.yaml",
) -> TuneResult:
    """Search settings, estimate what the search is worth, and write both.

    Parameters
    ----------
    labels, settings
        As for `rarml.workflows.train.train`.
    search : TuneSettings
        Space and trials, checked (`rarml.workflows.tune_settings.load_tune_settings`).
    out : str or Path
        Folder to write, at once when all is done; holds the journal of the study too, unless `storage` is given. Until
        then the journal is in ``{out}.unfinished``.
    atlas : str or Path, optional
        Feature atlas or built reference.
    storage : str, optional
        URL of a database that several workers share; the same call joins the study.
    study : str, optional
        Name of the study; by default the name of the model.
    nested : bool
        Run one more study per outer fold without it, for a held-out estimate of the tuned procedure.
    resume, overwrite : bool
        What to do with a study that is in `out`.
    threads : int, optional
        Fits at once; the result does not depend on it.
    labels_from : Path
        Folder that relative label files start from.
    command : str
        How to train with the best settings, for the head of `best.yaml`.

    Raises
    ------
    RarmlError
        If `out` holds another result, the study was made from something else, or too few genes are left for a fit.
    Stopped
        On an interrupt; every finished trial is kept.
    """
    with output_lock(out) if storage is None else contextlib.nullcontext():
        journal = begin_journal(Path(out), storage, resume=resume, overwrite=overwrite)
        result = _tune(labels, settings, search, Path(out), journal, atlas, storage, study, nested, threads)
        _write(result, journal if storage is None else None, labels_from=labels_from, command=command)
    return result


def _tune(
    labels: LabelTable,
    settings: TrainSettings,
    search: TuneSettings,
    out: Path,
    journal: Path,
    atlas: str | Path | None,
    storage: str | None,
    study: str | None,
    nested: bool,
    threads: int | None,
) -> TuneResult:
    source = load_atlas(atlas if atlas is not None else shipped_atlas())
    data = assemble(source, labels, settings)
    n_folds = settings.model.n_folds
    inner = InnerFolds.of(data, n_folds, seed=child_seed(settings.seed, "model"), threads=threads)
    outer: list[int | None] = [*range(n_folds)] if nested else []
    inner.require([*outer, None])
    tuner = Tuner(
        space=search.space,
        default=values_of(settings, search.space),
        n_trials=search.n_trials,
        startup=search.startup,
        prune=search.prune,
        seed=child_seed(search.seed if search.seed is not None else settings.seed, "tuning"),
    )
    name = study or settings.name
    digest = study_digest(data, settings, search, tuner.seed, source.digest)
    with open_storage(journal, storage) as store:
        studies = {k: open_study(store, _named(name, k), digest, alone=storage is None) for k in [*outer, None]}
        try:
            _run(studies, tuner, settings, inner)
            results = tuple(_result(k, one, tuner) for k, one in studies.items())
            metrics = _estimate(data, settings, results, threads) if nested else None
        except KeyboardInterrupt as stop:
            raise Stopped(_kept(studies, storage)) from stop
    best = with_values(settings, results[-1].values)
    facts = {
        "study": name,
        "storage": kind_of(storage),
        "digest": digest,
        "nested": nested,
        "n_folds": n_folds,
        "genes": len(data.status),
        "default_in_space": tuner.tries_default,
        "positive_unlabelled": labels.positive_unlabelled,
        "atlas_digest": source.digest,
    }
    return TuneResult(out, settings, best, search, results, metrics, facts)


def _write(result: TuneResult, journal: Path | None, *, labels_from: Path, command: str) -> None:
    """Write the result: with its journal, as one folder that takes the place of an earlier one; else file by file."""
    from rarml.workflows.tune_output import write_outputs

    if journal is None:  # workers that share a database may share a folder: each writes the same result
        write_outputs(result, labels_from=labels_from, command=command)
        return
    with atomic_folder(result.out, overwrite=True) as folder:
        write_outputs(replace(result, out=folder), labels_from=labels_from, command=command)
        shutil.copyfile(journal, folder / JOURNAL)
    shutil.rmtree(journal.parent, ignore_errors=True)


def study_digest(
    data: Dataset, settings: TrainSettings, search: TuneSettings, seed: int, atlas_digest: str
) -> dict[str, str]:
    """What the losses of a study depend on, by the words that a mismatch is reported in."""
    aside = {"name", "cell_type", "description", "labels", "experimental", "bootstrap"}
    parts = {
        "labels": [f"{gene} {status}" for gene, status in data.status.items()],
        "features": [atlas_digest, *data.features.columns, *map(str, data.folds)],
        "settings": settings.model_dump(mode="json", exclude=aside),
        "search space": [search.model_dump(mode="json", exclude={"n_trials", "seed"}), seed],
    }
    return {name: sha256_text(json.dumps(part, sort_keys=True))[:16] for name, part in parts.items()}


def _run(studies: Mapping[int | None, optuna.Study], tuner: Tuner, settings: TrainSettings, inner: InnerFolds) -> None:
    """All trials of all studies, under one bar."""

    def steps() -> Iterator[None]:
        for held_out, study in studies.items():
            yield from tuner.run(study, _losses(settings, inner, held_out))

    total = sum(max(0, tuner.n_trials - _finished(study)) for study in studies.values())
    for _ in track(steps(), what="tuning", total=total):
        pass


def _losses(settings: TrainSettings, inner: InnerFolds, held_out: int | None) -> Losses:
    def losses(values: Mapping[str, Any], random: bool) -> Iterator[float]:
        # random trials draw the same settings in every study, so their fits serve several outer folds
        return inner.losses(with_values(settings, values).model, held_out, keep=random)

    return losses


def _result(held_out: int | None, study: optuna.Study, tuner: Tuner) -> StudyResult:
    values, loss = best_values(study, tuner.default)
    rows = tuple(trial_rows(study))
    default = next((row.loss for row in rows if row.default and row.state == "complete"), None)
    shares = importance(study) if held_out is None else {}
    return StudyResult(held_out, values, loss, default, rows, shares)


def _estimate(
    data: Dataset, settings: TrainSettings, results: tuple[StudyResult, ...], threads: int | None
) -> pd.DataFrame:
    chosen = {one.held_out: with_values(settings, one.values) for one in results if one.held_out is not None}
    return nested_metrics(data, settings, chosen, threads=threads)


def _named(name: str, held_out: int | None) -> str:
    return name if held_out is None else f"{name} without fold {held_out}"


def _finished(study: optuna.Study) -> int:
    return sum(row.state != "failed" for row in trial_rows(study))


def _kept(studies: Mapping[int | None, optuna.Study], storage: str | None) -> str:
    done = sum(_finished(study) for study in studies.values())
    again = "the same command" if storage is not None else "the same command and --resume"
    return f"stopped; {done} finished trials are kept: go on with {again}"
