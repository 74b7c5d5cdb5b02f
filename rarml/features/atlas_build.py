"""Computing the atlas of a reference: all blocks, rounded, with a digest of what a model would see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import SettingsError, did_you_mean
from rarml.features.atlas_table import FORMAT, FORMAT_VERSION, GENE_COLUMNS, Atlas
from rarml.features.builder import build_features
from rarml.features.coexpression import component_samples
from rarml.features.combine import representative_rows
from rarml.features.compact import round_significant
from rarml.features.expression_block import LEVEL
from rarml.features.registry import BLOCKS, block_of
from rarml.features.selection import samples_of
from rarml.features.sequence_block import encoder_digest

if TYPE_CHECKING:
    from rarml.reference.store import Reference

SITE_PVALUE = 1e-4
"""Sites that an atlas lists, of the spacings that RAR is known to use (`spacing.CLASSICAL`, DR0, DR8, IR0)."""
OTHER_SITE_PVALUE = 1e-5
"""The same for all other spacings: stricter, since what they bind is less sure, and there are many."""
RAR_TYPES = ("DR0", "DR1", "DR2", "DR5", "DR8", "IR0")
"""DR1, DR2, DR5: classical; DR0, DR8, IR0: embryonic cells (Moutier 2012, 10.1074/jbc.M112.348383)."""


def build_atlas(
    reference: Reference,
    *,
    blocks: Iterable[str] | None = None,
    levels: Sequence[str] | None = None,
    encoder: Path | None = None,
    site_pvalue: float = SITE_PVALUE,
    other_site_pvalue: float = OTHER_SITE_PVALUE,
) -> Atlas:
    """Compute the atlas of a reference.

    Parameters
    ----------
    reference : Reference
    blocks : iterable of str, optional
        Feature blocks; all that the reference has the inputs for if left out.
    levels : sequence of str, optional
        Samples whose ``expression:level`` is kept; all if None. The co-expression block holds the rest of the panel.
    encoder : Path, optional
        Folder of promoter encoders for block `sequence`; the shipped ones if left out.
    site_pvalue, other_site_pvalue : float
        Largest p-value of a site in the table of sites, for `RAR_TYPES` and for other spacings. The features
        themselves come from all positions, whatever is listed.

    Raises
    ------
    SettingsError
        If a level is asked for that the expression table lacks.
    """
    features = build_features(reference, blocks, encoder=encoder)
    if levels is not None:
        features = features[_kept(features.columns, levels)]
    for name, block in BLOCKS.items():
        own = np.array([block_of(column) == name for column in features.columns], dtype=bool)
        features.loc[:, own] = round_significant(features.loc[:, own].to_numpy(), block.kept_bits)
    genes = _gene_table(reference)
    sites = _sites(reference, features.columns, site_pvalue, other_site_pvalue)
    blocks_held = _block_table(features)
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "assembly": reference.manifest.get("assembly"),
        "window": [int(bases) for bases in reference.window],
        "n_genes": len(genes),
        "n_sites": len(sites),
        "site_pvalue": {"rar_types": site_pvalue, "other": other_site_pvalue},
        "blocks": blocks_held,
        "components": component_samples(reference) if "coexpression" in blocks_held else {},
        "sources": reference.manifest.get("inputs", {}),
        "reference_digest": reference.manifest.get("digest"),
        "encoder_digest": encoder_digest(encoder) if "sequence" in blocks_held else None,
        "digest": _content_digest(genes, features),
    }
    return Atlas(None, manifest, genes, features, lambda: reference.names, lambda: sites)


def _kept(columns: pd.Index, levels: Sequence[str]) -> list[str]:
    known = samples_of(list(columns))
    for sample in levels:
        if sample not in known:
            raise SettingsError(f"no expression sample named {sample!r}", fix=did_you_mean(sample, known))
    wanted = {f"{LEVEL}{sample}" for sample in levels}
    return [name for name in columns if not name.startswith(LEVEL) or name in wanted]


def _gene_table(reference: Reference) -> pd.DataFrame:
    genes = reference.genes.reindex(columns=list(GENE_COLUMNS))
    promoters = reference.promoters
    rows = representative_rows(promoters, genes.index) if reference.sequences is not None else np.full(len(genes), -1)
    tss = np.append(promoters["tss"].to_numpy(dtype=np.int64), -1)
    return genes.assign(sequence_tss=tss[rows], family=_families(reference, genes.index, rows)).rename_axis("gene_id")


def _families(reference: Reference, genes: pd.Index, rows: NDArray[np.integer]) -> NDArray[np.object_]:
    """First gene_id of those whose promoters are alike; None for a gene that is like no other or has no sequence."""
    names = np.full(len(genes), None, dtype=object)
    if reference.sequences is None or not (rows >= 0).any():
        return names
    from rarml.features.similar_promoters import similar_families  # SciPy: for building only, not for reading

    known = np.flatnonzero(rows >= 0)
    family = pd.Series(similar_families(reference.sequences.codes(rows[known])), index=genes[known])
    first = pd.Series(family.index, index=family.to_numpy()).groupby(level=0).min()
    several = family.map(family.value_counts()).to_numpy() > 1
    names[known[several]] = first[family.to_numpy()[several]].to_numpy(dtype=object)
    return names


def _sites(reference: Reference, columns: pd.Index, pvalue: float, other_pvalue: float) -> pd.DataFrame:
    """Called sites in the order of the engine, without their spacers' bases; no rows without block `rare`."""
    if not any(block_of(name) == BLOCKS["rare"].name for name in columns):
        return pd.DataFrame({"gene_id": pd.Series(dtype=object)})
    engine = import_module(f"rarml.features.{BLOCKS['rare'].module}")
    sites: pd.DataFrame = engine.sites(reference, max_pvalue=max(pvalue, other_pvalue))
    sites = sites.drop(columns="spacer", errors="ignore")  # an atlas holds computed values, not sequence
    most = np.where(sites["type"].isin(RAR_TYPES), pvalue, other_pvalue)
    sites = sites[sites["pvalue"].to_numpy() <= most].reset_index(drop=True)
    for name in [name for name in sites.columns if pd.api.types.is_float_dtype(sites[name])]:
        sites[name] = round_significant(sites[name])  # what is written is what was there before
    return sites


def _block_table(features: pd.DataFrame) -> dict[str, dict[str, Any]]:
    owner = np.array([block_of(name) for name in features.columns])
    table = {}
    for name in dict.fromkeys(owner.tolist()):
        known = features.loc[:, owner == name].notna().to_numpy().any(axis=1)
        table[name] = {"columns": int((owner == name).sum()), "genes": int(known.sum()), "what": BLOCKS[name].what}
    return table


def _content_digest(genes: pd.DataFrame, features: pd.DataFrame) -> str:
    digest = hashlib.sha256(genes.to_csv(lineterminator="\n").encode())
    digest.update("\n".join(features.columns).encode())
    values = np.ascontiguousarray(features.to_numpy(dtype="<f4"))
    digest.update(np.where(np.isnan(values), np.float32(np.nan), values).tobytes())  # one bit pattern for missing
    return digest.hexdigest()
