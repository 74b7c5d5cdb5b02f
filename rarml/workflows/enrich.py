"""`rarml enrich`: names and a background in, enrichment of RARE spacing types out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.files import atomic_folder
from rarml.features.atlas import load_atlas
from rarml.workflows.enrichment import Enrichment, enrichment, plot_enrichment


def enrich(
    names: Sequence[str],
    *,
    candidates: Sequence[str] = (),
    model: str | Path | None = None,
    strict: bool = False,
    per_gene: int = 3,
    atlas: str | Path | None = None,
    seed: int = 2026,
) -> tuple[Enrichment, list[str]]:
    """Compare the promoters of named genes with those of matched genes; the result, and names left out.

    Parameters
    ----------
    names : sequence of str
        The gene set, by any identifier.
    candidates : sequence of str
        Genes that may be background, by any identifier; with `model`, its eligible unresponsive genes; else all genes.
    model : str or Path, optional
        Model whose unresponsive training genes are the background.
    strict : bool
        Count sites at p < 1e-5 instead of 1e-4.
    per_gene : int
        Background genes per gene.
    atlas : str or Path, optional
        Atlas or reference; the shipped atlas by default.
    seed : int
        Order of matching.
    """
    source = load_atlas(atlas if atlas is not None else shipped_atlas())
    resolved = source.names.resolve(list(names))
    pool: list[str] | None = None
    if model is not None:
        labels = load_bundle(find_model(model)).labels
        pool = list(labels.index[(labels["trained_as"] == "unresponsive").fillna(False).to_numpy(dtype=bool)])
    elif candidates:
        pool = list(source.names.resolve(list(candidates))["gene_id"].dropna())
    result = enrichment(
        source.features,
        list(resolved["gene_id"].dropna()),
        candidates=pool,
        feature="n_1e-5" if strict else "n_1e-4",
        per_gene=per_gene,
        seed=seed,
    )
    return result, list(resolved.loc[resolved["gene_id"].isna(), "query"])


def write_enrichment(result: Enrichment, out: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write the table, the balance of covariates, the genes and the plot; whole or not at all."""
    with atomic_folder(out, overwrite=overwrite) as folder:
        result.table.to_csv(folder / "enrichment.tsv", sep="\t", index=False, float_format="%.5g")
        result.balance.to_csv(folder / "balance.tsv", sep="\t", index_label="covariate", float_format="%.5g")
        (folder / "background.txt").write_text("\n".join(result.background) + "\n", encoding="utf-8")
        plot_enrichment(result, str(folder / "enrichment.svg"))
    return [Path(out) / name for name in ("enrichment.tsv", "enrichment.svg", "balance.tsv", "background.txt")]
