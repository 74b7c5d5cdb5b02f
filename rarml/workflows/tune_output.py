"""What a search leaves behind: best.yaml, trials.tsv, tune.json and report.html."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from rarml import __version__
from rarml.core.files import write_json, write_text
from rarml.report.drawings import write_figures
from rarml.report.tune_content import TrialPoint, TuneContent, TunedSetting
from rarml.report.tune_plots import tune_drawings
from rarml.report.tune_report import tune_html
from rarml.training.search_space import Parameter, values_of
from rarml.workflows.records import records
from rarml.workflows.settings import TrainSettings
from rarml.workflows.tune import StudyResult, TuneResult


def write_outputs(result: TuneResult, *, labels_from: Path, command: str) -> None:
    """Write all files of a search into its folder, the report last.

    Trials that a kill cut short are left out, so that a search that was stopped reads as one that was not.
    """
    result = replace(result, studies=tuple(map(_finished, result.studies)))
    today = datetime.now(UTC).date().isoformat()
    write_text(result.out / "trials.tsv", trials_table(result))
    write_text(result.out / "best.yaml", best_yaml(result, labels_from=labels_from, command=command, date=today))
    write_json(result.out / "tune.json", summary(result, date=today))
    content = report_content(result)
    write_figures(tune_drawings(content).values(), result.out / "figures")
    write_text(result.out / "report.html", tune_html(content))


def best_yaml(result: TuneResult, *, labels_from: Path, command: str, date: str) -> str:
    """The base configuration with the best values put in; label files are named so that they are found from anywhere.

    Parameters
    ----------
    result : TuneResult
    labels_from : Path
        Folder that relative label files start from.
    command : str
        How to train with it.
    date : str
    """
    final = result.final
    lines = [
        f"Settings found by `rarml tune` (rarml {__version__}) on {date}; study: {result.facts['study']}.",
        f"Train with them:   {command}",
        f"Mean log loss over inner folds: {final.loss:.5f}" + _beside_default(final) + ".",
        "That is the least of many trials, so it flatters.",
        *verdict(result),
    ]
    settings = _found_from_anywhere(result.best, labels_from)
    # the labels of a shipped model are named on the command line, and come with its own rule
    without = set() if settings.labels.files or settings.labels.counts else {"labels"}
    content = settings.model_dump(mode="json", exclude_unset=True, exclude=without)
    head = "".join(f"# {line}\n" for line in lines)
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def verdict(result: TuneResult) -> list[str]:
    """One or two sentences: did tuning help, as far as held-out chromosomes tell."""
    if result.metrics is None:
        return [
            "Whether tuning helps was not estimated (--no-nested): no held-out chromosome has judged these settings."
        ]
    row = result.metrics[result.metrics["metric"] == "log_loss"].iloc[0]
    said = (
        f"Held-out log loss of the tuned procedure {row['value']:.4f}, of the default settings {row['baseline']:.4f}; "
        f"gain {row['gain']:+.4f} [{row['gain_low']:+.4f}, {row['gain_high']:+.4f}]."
    )
    if result.helped:
        return [said]
    if row["gain_high"] < 0:
        return [said, "Tuning made it worse on held-out chromosomes: keep the default settings."]
    return [said, "Tuning did not clearly help on held-out chromosomes: the default settings serve as well."]


def trials_table(result: TuneResult) -> str:
    """All trials of all studies as tab-separated text; empty cells where there is no value.

    Without times, which the study holds: the table is the same wherever the fits ran.
    """
    paths = list(result.search.space)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["without_fold", "trial", "state", "default", "log_loss", "inner_fits", *paths])
    for study in result.studies:
        for row in study.trials:
            held_out = "" if study.held_out is None else study.held_out
            loss = "" if row.loss is None else f"{row.loss:.6f}"
            values = [row.values.get(path, "") for path in paths]
            writer.writerow([held_out, row.number, row.state, int(row.default), loss, len(row.steps), *values])
    return out.getvalue()


def summary(result: TuneResult, *, date: str) -> dict[str, Any]:
    """The content of `tune.json`."""
    return {
        "format": 1,
        "date": date,
        **result.facts,
        "search": result.search.model_dump(mode="json"),
        "default": values_of(result.base, result.search.space),
        "best": result.final.values,
        "loss": result.final.loss,
        "default_loss": result.final.default_loss,
        "importance": result.final.importance,
        "studies": [
            {
                "without_fold": one.held_out,
                "best": one.values,
                "loss": one.loss,
                "default_loss": one.default_loss,
                "trials": dict(Counter(row.state for row in one.trials)),
            }
            for one in result.studies
        ],
        "held_out": None if result.metrics is None else records(result.metrics),
        "helped": result.helped,
        "verdict": verdict(result),
        "versions": _versions(),
    }


def report_content(result: TuneResult) -> TuneContent:
    """Everything the report shows."""
    final, default = result.final, values_of(result.base, result.search.space)
    states = Counter(row.state for one in result.studies for row in one.trials)
    notes = []
    if not result.facts["default_in_space"]:
        notes.append("The default settings lie outside the space, so no trial has tried them.")
    return TuneContent(
        name=result.base.name,
        cell_type=result.base.cell_type,
        settings=tuple(
            TunedSetting(
                path=path,
                searched=in_words(parameter),
                default=shown(default[path]),
                best=shown(final.values[path]),
                per_fold=tuple(shown(one.values[path]) for one in result.studies[:-1]),
            )
            for path, parameter in result.search.space.items()
        ),
        trials=tuple(
            TrialPoint(row.number, row.state, row.default, row.loss) for row in final.trials if row.state != "failed"
        ),
        loss=final.loss,
        default_loss=final.default_loss,
        importance=final.importance,
        metrics=result.metrics,
        verdict=tuple(verdict(result)),
        helped=result.helped,
        counts={state: states[state] for state in ("complete", "pruned", "failed")},
        n_studies=len(result.studies),
        n_folds=result.facts["n_folds"],
        genes=result.facts["genes"],
        notes=tuple(notes),
        provenance={
            "study": str(result.facts["study"]),
            "kept in": str(result.facts["storage"]),
            "feature atlas (SHA-256)": str(result.facts["atlas_digest"]),
            "seed of the search": str(result.search.seed if result.search.seed is not None else result.base.seed),
            **_versions(),
        },
    )


def in_words(parameter: Parameter) -> str:
    """``2 to 6``, ``0.02 to 0.3, log scale``, ``one of 0, 0.05``."""
    if parameter.type == "categorical":
        return f"one of {', '.join(shown(value) for value in parameter.choices or ())}"
    extra = ", log scale" if parameter.log else f", steps of {parameter.step:g}" if parameter.step else ""
    return f"{parameter.low:g} to {parameter.high:g}{extra}"


def shown(value: Any) -> str:
    """A setting's value as a reader would write it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "off" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _finished(study: StudyResult) -> StudyResult:
    rows = (row for row in study.trials if row.state != "failed")
    return replace(study, trials=tuple(replace(row, number=number) for number, row in enumerate(rows)))


def _beside_default(study: StudyResult) -> str:
    return "" if study.default_loss is None else f" (default settings: {study.default_loss:.5f})"


def _found_from_anywhere(settings: TrainSettings, base: Path) -> TrainSettings:
    """Files of labels and counts as absolute paths; those with a variable first or absolute stay as they are."""
    labels = settings.labels
    if "labels" not in settings.model_fields_set or not (labels.files or labels.counts):
        return settings

    def found(file: str) -> str:
        return file if file.startswith("$") or Path(file).is_absolute() else os.path.abspath(base / file)

    changes: dict[str, Any] = {"files": tuple(found(file) for file in labels.files)}
    if labels.counts is not None:
        design = labels.counts.design
        place = {"matrix": found(labels.counts.matrix), "design": None if design is None else found(design)}
        changes = {"counts": labels.counts.model_copy(update=place)}
    return settings.model_copy(update={"labels": labels.model_copy(update=changes)})


def _versions() -> dict[str, str]:
    return {"rarml": __version__, "optuna": version("optuna")}
