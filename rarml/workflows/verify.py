"""Check a model folder: digests, self-test, and that its stored predictions are those of its boosters."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import BundleError
from rarml.features.atlas import load_atlas
from rarml.workflows.model_files import TOLERANCE, load_model
from rarml.workflows.predictions import predict_genes


def verify(path: str | Path, *, atlas: str | Path | None = None) -> str:
    """One line that says what was checked.

    Raises
    ------
    BundleError
        If a file was changed, the self-test fails, or stored and recomputed predictions differ.
    """
    bundle = load_bundle(path)
    model = load_model(bundle)
    files = len(bundle.manifest.files)
    done = f"{bundle.name}: {files} files match their digests, self-test passes"
    folder = Path(atlas) if atlas is not None else shipped_atlas()
    source = load_atlas(folder, columns=bundle.manifest.columns)
    if source.digest != bundle.manifest.atlas_digest:
        return f"{done} (trained on another atlas than {folder.name}: its predictions were not recomputed)"
    stored = bundle.predictions
    folds = bundle.labels["fold"].astype(int)
    fresh = predict_genes(model, source.features.loc[stored.index, bundle.manifest.columns], folds)
    worst = float(np.nanmax(np.abs(fresh.to_numpy() - stored[list(fresh.columns)].to_numpy())))
    if worst > TOLERANCE:
        raise BundleError(f"stored predictions differ from recomputed ones by {worst:.2g}", where=path)
    return f"{done}, {len(stored):,} predictions recomputed equal"
