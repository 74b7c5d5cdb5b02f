"""Audit of the numbers: a held-out AUROC above what was ever seen without a leak."""

from __future__ import annotations

from dataclasses import dataclass

from rarml.evaluation.audit_facts import Audited, Finding


@dataclass(frozen=True)
class Band:
    """The largest AUROC that is believed of a kind of predictor without a second look."""

    kind: str
    most: float

    @property
    def impossible(self) -> float:
        """Half-way from `most` to 1: above it a leak is taken for granted."""
        return (1 + self.most) / 2


# "what was measured here in a first look, and above what a leak should be looked for": section 3 of the project's
# notes on the science; five cell-type tables, folds by chromosome
RARE = Band("RARE scores alone", 0.70)
SEQUENCE = Band("k-mers or promoter networks alone", 0.90)
CHROMATIN = Band("chromatin of the stand-in cell alone", 0.93)
COVARIATES = Band("expression and composition", 0.96)
EVERYTHING = Band("covariates and co-expression panel", 0.98)
MATCHED = Band("any model within matched pairs", 0.92)
UNSEEN_CELL = Band("an unseen cell type and unseen genes", 0.80)
_COVARIATE_BLOCKS = frozenset({"composition", "expression"})
_SEQUENCE_BLOCKS = frozenset({"rare", "partners", "sequence"})


def band_of(blocks: frozenset[str]) -> Band:
    """The band of a model by the feature blocks that it reads."""
    if blocks <= {"rare"}:
        return RARE
    if blocks <= _SEQUENCE_BLOCKS:
        return SEQUENCE
    if blocks <= {"chromatin"}:
        return CHROMATIN
    return COVARIATES if blocks <= _COVARIATE_BLOCKS else EVERYTHING


def auroc_bands(audited: Audited) -> Finding:
    """The model's and its covariate baseline's AUROC per task, each against its band."""
    check = "AUROC is believable"
    if audited.metrics is None or not len(audited.metrics):
        return Finding(check, "not checked", "No metrics are at hand.")
    own = band_of(frozenset(name.split(":", 1)[0] for name in audited.columns))
    rows = audited.metrics[audited.metrics["metric"] == "auroc"]
    tasks = rows["task"].astype(str)
    base = min(own, COVARIATES, key=lambda band: band.most)
    seen = [(own, "the model", task, float(value)) for task, value in zip(tasks, rows["value"], strict=True)]
    seen += [
        (base, "the covariate baseline", task, float(value))
        for task, value in zip(tasks, rows["baseline"], strict=True)
    ]
    return _judged(check, seen)


def matched_bands(audited: Audited) -> Finding:
    """The same within pairs of genes that are alike in expression and composition."""
    check = "AUROC within matched pairs is believable"
    seen = [
        (MATCHED, str(row["predictor"]), str(row["task"]), float(str(row["value"])))
        for row in audited.matched
        if row.get("value") is not None
    ]
    if not seen:
        return Finding(check, "not checked", "No evaluation within matched pairs is at hand.")
    return _judged(check, seen)


def _judged(check: str, seen: list[tuple[Band, str, str, float]]) -> Finding:
    seen = [row for row in seen if row[3] == row[3]]
    if not seen:
        return Finding(check, "not checked", "No AUROC could be measured.")
    band, who, task, value = max(seen, key=lambda row: row[3] - row[0].most)
    shown = f"AUROC {value:.3f} of {who} for {task}"
    if value > band.impossible:
        return Finding(check, "fail", f"{shown} is far above the {band.most:.2f} believed of {band.kind}.")
    if value > band.most:
        return Finding(check, "warn", f"{shown} is above the {band.most:.2f} believed of {band.kind}: look for a leak.")
    return Finding(check, "pass", f"{len(seen)} values, none above its band; the nearest: {shown} ({band.most:.2f}).")
