"""An example comparison, shaped like that of the workflow; the numbers are drawn, not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rarml.report.content import CompareContent
from tests.report.example_score import SYMBOLS, model_infos


def compare_content(n_genes: int = 3000, n_models: int = 3, seed: int = 0) -> CompareContent:
    rng = np.random.default_rng(seed)
    infos = model_infos(n_models)
    names = [info.name for info in infos]
    genes = pd.DataFrame({"gene_id": [f"ENSG{i:011d}" for i in range(n_genes)]})
    genes["symbol"] = [*SYMBOLS, *(f"GENE{i}" for i in range(n_genes))][:n_genes]
    shared = rng.normal(-1.5, 1, n_genes)
    groups = ["shared up", "shared down", "opposite", "partly shared", "none", *(f"only in {name}" for name in names)]
    for info in infos:
        genes[f"p_up:{info.name}"] = 1 / (1 + np.exp(-(shared + rng.normal(-0.5, 0.8, n_genes))))
        genes[f"p_down:{info.name}"] = (
            (1 - genes[f"p_up:{info.name}"]) * rng.beta(1, 6, n_genes) if "down" in info.classes else np.nan
        )
        genes[f"call:{info.name}"] = rng.choice(["candidate up", "candidate down", "unlikely", "uncertain"], n_genes)
        genes[f"measured:{info.name}"] = rng.choice(["up", "down", "unresponsive", "untested"], n_genes)
    genes["group"] = rng.choice(groups, n_genes)
    genes["spread"] = rng.uniform(0, 1, n_genes)
    correlations = pd.DataFrame(
        [
            {"a": a, "b": b, "probability": what, "spearman": rng.uniform(0.2, 0.8), "n": n_genes}
            for i, a in enumerate(names)
            for b in names[i + 1 :]
            for what in ("up", "down", "responsive")
        ]
    )
    rows = []
    for model in names:
        for labels in names:
            for task in ("responsive v unresponsive", "up v unresponsive", "up v down"):
                value = rng.uniform(0.7, 0.85) if model == labels else rng.uniform(0.48, 0.72)
                rows.append((model, labels, task, value, value - 0.02, value + 0.02, 6000, 900))
    columns = ["model", "labels", "task", "value", "low", "high", "n", "n_positive"]
    return CompareContent(
        genes, correlations, pd.DataFrame(rows, columns=columns), infos, provenance={"rarml": "0.1.0"}
    )
