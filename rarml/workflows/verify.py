"""Check a model folder: digests, self-test, stored against recomputed predictions, and the leakage audit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import BundleError
from rarml.evaluation.audit import Finding, failed
from rarml.features.atlas import load_atlas
from rarml.workflows.audit import audit_bundle, stored_findings
from rarml.workflows.model_files import TOLERANCE, load_model
from rarml.workflows.predictions import conformal_columns, predict_genes

STEP, FEW = 0.05, 0.01
"""Conformal p-values are steps: a probability that differs by rounding can fall on the other side of one. So this
share of them may differ by more than this."""


@dataclass(frozen=True)
class Verified:
    """A model folder that is whole.

    Attributes
    ----------
    name : str
        Of the model.
    said : str
        One line that says what was checked.
    findings : list of Finding
        Of the leakage audit; what it found at training where the atlas at hand is another one.
    audited_again : bool
        Whether the audit was worked out again here.
    """

    name: str
    said: str
    findings: list[Finding]
    audited_again: bool

    @property
    def leaks(self) -> list[Finding]:
        """Findings that fail the audit."""
        return failed(self.findings)


def verify(path: str | Path, *, atlas: str | Path | None = None) -> Verified:
    """Check a model folder and audit the model; a failed audit is no error here, see `Verified.leaks`.

    Raises
    ------
    BundleError
        If a file was changed, the self-test fails, or stored and recomputed predictions or prediction sets differ.
    """
    bundle = load_bundle(path)
    model = load_model(bundle)
    files = len(bundle.manifest.files)
    done = f"{bundle.name}: {files} files match their digests, self-test passes"
    folder = Path(atlas) if atlas is not None else shipped_atlas()
    # the columns are read where the digest fits: the audit selects the model's own from all of them
    if load_atlas(folder, columns=[]).digest != bundle.manifest.atlas_digest:
        which = "the shipped one" if atlas is None else folder.name
        said = f"{done} (trained on another atlas than {which}, see --atlas: its predictions were not recomputed)"
        return Verified(bundle.name, said, stored_findings(bundle), audited_again=False)
    source = load_atlas(folder)
    stored = bundle.predictions
    if not stored.index.equals(bundle.labels.index) or not stored.index.isin(source.features.index).all():
        raise BundleError("the stored predictions are not of the genes of its labels and the atlas", where=path)
    folds = bundle.labels["fold"].astype(int)
    fresh = predict_genes(model, source.features.loc[stored.index, bundle.manifest.columns], folds)
    lacking = sorted({*fresh.columns, *conformal_columns(model, source.features.loc[stored.index[:1]])} - {*stored})
    if lacking:
        raise BundleError(f"the stored predictions lack {lacking[0]!r}", where=path)
    worst = float(np.nanmax(np.abs(fresh.to_numpy() - stored[list(fresh.columns)].to_numpy())))
    missing = (fresh.isna().to_numpy() != stored[list(fresh.columns)].isna().to_numpy()).any()
    if missing or not worst <= TOLERANCE:
        raise BundleError(f"stored predictions differ from recomputed ones by {worst:.2g}", where=path)
    sets = conformal_columns(model, source.features.loc[stored.index])
    apart = float((np.abs(sets.to_numpy() - stored[list(sets.columns)].to_numpy()) > STEP).mean())
    if apart > FEW:
        raise BundleError(f"{apart:.1%} of the stored conformal p-values differ from recomputed ones", where=path)
    said = f"{done}, {len(stored):,} predictions recomputed equal"
    return Verified(bundle.name, said, audit_bundle(bundle, model, source), audited_again=True)
