"""The leakage audit of a trained model, at training and of a bundle on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from rarml.bundle.load import Bundle
from rarml.core.seeds import child_seed
from rarml.core.settings import parse_settings
from rarml.evaluation.audit import Audited, Finding, Fitted, audit
from rarml.features.atlas import Atlas
from rarml.features.selection import select_columns
from rarml.labels.table import LabelTable
from rarml.training.dataset import Dataset
from rarml.training.eligibility import standin_level
from rarml.training.groups import gene_groups
from rarml.training.splits import chromosome_folds
from rarml.workflows.predictions import TrainedModel
from rarml.workflows.settings import TrainSettings

RETINOID_CORE = (
    "CYP26A1", "CYP26B1", "CYP26C1", "DHRS3", "RARB", "HIC1", "HOXA1", "HOXA2", "HOXB1", "HOXB2",
)  # fmt: skip
"""Genes that answer to ATRA in most cells (10.1186/s12864-021-07451-2): for evaluation, never a feature."""
_FOLD_RULE = "the rule by chromosome that all models of one atlas share"
Rows = Sequence[Mapping[str, Any]]


def audit_training(
    model: TrainedModel,
    data: Dataset,
    atlas: Atlas,
    settings: TrainSettings,
    metrics: pd.DataFrame,
    *,
    labels: LabelTable | None = None,
    evaluation: Mapping[str, Rows] | None = None,
) -> list[dict[str, Any]]:
    """One row per check: `check`, `verdict` (pass, warn, fail or not checked) and `found`.

    Parameters
    ----------
    model : TrainedModel
        The model.
    data : Dataset
        What it was trained on.
    atlas : Atlas
        With all its columns.
    settings : TrainSettings
        The model's settings.
    metrics : DataFrame
        Of `rarml.evaluation.summary.evaluate`.
    labels : LabelTable, optional
        As called, before eligibility; without it the audit cannot tell which genes were left out.
    evaluation : mapping of str to rows, optional
        Tables of `rarml.workflows.model_evaluation`.
    """
    known = {} if labels is None else _called(labels.table["status"], positive_unlabelled=labels.positive_unlabelled)
    audited = Audited(
        features=data.features,
        status=data.status,
        folds=data.folds,
        groups=data.groups,
        source=atlas.features,
        fitted=_fitted(model, settings),
        metrics=metrics,
        matched=_matched(evaluation),
        **known,
        **_of_atlas(atlas, settings),
    )
    return finding_rows(audit(audited))


def audit_bundle(bundle: Bundle, model: TrainedModel, atlas: Atlas) -> list[Finding]:
    """Audit a stored model against the atlas that it was trained on, worked out again from both.

    Parameters
    ----------
    bundle : Bundle
        Of the same atlas digest.
    model : TrainedModel
        Loaded from it (`rarml.workflows.model_files.load_model`).
    atlas : Atlas
        With all its columns.

    Returns
    -------
    list of Finding
        One per check. Where a check cannot run on what a bundle stores, or failed at training, its finding at training
        stands.
    """
    manifest, labels = bundle.manifest, bundle.labels
    settings = parse_settings(manifest.settings, TrainSettings, where=str(bundle.path))
    audited = Audited(
        features=atlas.features.reindex(columns=manifest.columns),
        status=labels["trained_as"].dropna().astype(object),
        folds=labels["fold"].astype(int),
        groups=gene_groups(atlas.genes),
        fitted=_fitted(model, settings, same_library=manifest.versions.get("xgboost") == _booster_version()),
        metrics=pd.DataFrame(manifest.metrics),
        matched=_matched(manifest.evaluation),
        **_called(labels["status"].astype(object), positive_unlabelled=manifest.positive_unlabelled),
        **_of_atlas(atlas, settings),
    )
    return _with_stored(audit(audited), stored_findings(bundle))


def stored_findings(bundle: Bundle) -> list[Finding]:
    """What the audit found when the model was trained."""
    return [Finding(str(row["check"]), row["verdict"], str(row["found"])) for row in bundle.manifest.audit]


def finding_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain values, for `bundle.json`."""
    return [asdict(finding) for finding in findings]


def _with_stored(fresh: Sequence[Finding], stored: Sequence[Finding]) -> list[Finding]:
    then = {finding.check: finding for finding in stored}
    merged = []
    for finding in fresh:
        before = then.get(finding.check, finding)
        stands = before.verdict == "fail" or finding.verdict == "not checked"
        older = Finding(before.check, before.verdict, f"{before.found} (Found at training.)")
        merged.append(older if stands and before is not finding and before.verdict != "not checked" else finding)
    return merged


def _of_atlas(atlas: Atlas, settings: TrainSettings) -> dict[str, Any]:
    context = settings.context
    columns = select_columns(
        list(atlas.features.columns),
        [block for block in settings.blocks if block in atlas.manifest["blocks"]],
        chromatin_cells=context.chromatin,
        stand_in=context.stand_in,
    )
    files = [str(part["name"]) for part in atlas.manifest.get("sources", {}).values()]
    samples = [sample for bearers in atlas.manifest.get("components", {}).values() for sample in bearers]
    symbols = atlas.genes["symbol"].astype(str)
    return {
        "genes": atlas.genes,
        "columns_by_rule": tuple(columns),
        "level": standin_level(atlas.features, context.stand_in),
        "rule": settings.eligibility,
        "origins": tuple(dict.fromkeys([*files, *samples])),
        "fold_rules": {_FOLD_RULE: chromosome_folds(atlas.genes, n_folds=settings.model.n_folds)},
        "gene_lists": {"the retinoid core genes": tuple(symbols.index[symbols.isin(RETINOID_CORE)])},
    }


def _called(status: pd.Series, *, positive_unlabelled: bool) -> dict[str, Any]:
    return {"called": status, "positive_unlabelled": positive_unlabelled}


def _fitted(model: TrainedModel, settings: TrainSettings, *, same_library: bool = True) -> dict[str, Fitted]:
    return {
        "model": Fitted(model.full, child_seed(settings.seed, "model"), same_library),
        "covariate baseline": Fitted(model.baseline, child_seed(settings.seed, "covariates"), same_library),
    }


def _matched(evaluation: Mapping[str, Rows] | None) -> tuple[dict[str, object], ...]:
    return tuple(dict(row) for row in (evaluation or {}).get("matched", ()))


def _booster_version() -> str:
    import xgboost

    return str(xgboost.__version__)
