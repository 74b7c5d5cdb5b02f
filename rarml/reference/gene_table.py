"""From the annotation file to the genes and promoters of a reference, counting whatever is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.annotation import Annotation, gene_key, load_annotation
from rarml.reference.contigs import ASSEMBLIES, canonical_assembly, check_lengths, contig_overlap
from rarml.reference.ensembl_keys import to_ensembl_keys
from rarml.reference.promoters import add_windows, choose_promoters, one_place_per_gene
from rarml.reference.spec import ReferenceSpec
from rarml.reference.species import species_of

TIERS = ("A", "B", "")
"""How sure the placement of a gene's sequence is: sure, less so, not said."""


@dataclass
class GeneModel:
    """Promoters, the symbol of each gene, what was left out by reason, and lines for the report."""

    promoters: pd.DataFrame
    symbols: dict[str, str]
    dropped: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def build_gene_model(spec: ReferenceSpec) -> GeneModel:
    """Read the annotation and choose promoters by the settings.

    Raises
    ------
    InputError
        If the annotation is of another assembly, or nothing is left of it.
    """
    file = Path(spec.annotation)
    annotation = load_annotation(file)
    _check_assembly(annotation, spec.assembly)
    overlap = contig_overlap(file, annotation.contig_names, ASSEMBLIES[spec.assembly])
    model = GeneModel(annotation.rows, {}, {}, [f"annotation {overlap.line()}; {annotation.dialect}"])
    model.lines += [f"annotation {file.name}: {note}" for note in annotation.notes]
    rows = _keep_biotypes(annotation.rows, spec, model, file)
    rows = _keep_contigs(rows, spec, model, file)
    rows, without_id = to_ensembl_keys(rows, spec.path("gene_info"), file, species_of(spec.assembly))
    model.dropped.update(without_id)
    rows, several = one_place_per_gene(rows)
    if several:
        model.lines.append(f"{len(several)} genes lie at several places; the one with the best evidence is used")
    model.symbols = {gene: str(symbol) for gene, symbol in zip(rows["gene_id"], rows["symbol"], strict=True) if symbol}
    promoters = choose_promoters(
        rows, spec.tss_rule, merge_distance=spec.merge_distance, max_promoters=spec.max_promoters
    )
    if not spec.alternative_promoters:
        promoters = promoters[promoters["is_primary"]].reset_index(drop=True)
    model.promoters = add_windows(promoters, spec.window)
    model.lines += [f"left out: {len(genes):,} genes, {reason}" for reason, genes in model.dropped.items()]
    model.lines.append(_summary(model.promoters, spec))
    return model


def read_tiers(path: Path) -> dict[str, str]:
    """Tier ('A', 'B' or '') by gene id from a tab-separated table with columns ``gene_id`` and ``tier``.

    Raises
    ------
    InputError
        With ``file:line``, if a column is missing or stands twice, a row is cut short, names no gene or no tier, or
        gives a gene another tier than an earlier row.
    """
    with open_text(path, kind="table of tiers") as handle:
        header = next(handle, "").rstrip("\r\n").split("\t")
        missing = [name for name in ("gene_id", "tier") if name not in header]
        if missing:
            raise InputError(
                f"column {missing[0]!r} is missing", where=f"{path}:1", fix="give columns gene_id and tier"
            )
        if len(set(header)) < len(header):
            twice = max(header, key=header.count)
            raise InputError(f"column {twice!r} stands twice", where=f"{path}:1", fix="remove one")
        at, tier = header.index("gene_id"), header.index("tier")
        tiers: dict[str, str] = {}
        for number, line in enumerate(handle, start=2):
            fields = line.rstrip("\r\n").split("\t")
            if not line.strip():
                continue
            if len(fields) != len(header):
                raise InputError(f"has {len(fields)} columns, the header {len(header)}", where=f"{path}:{number}")
            gene, found = gene_key(fields[at]), fields[tier].strip()
            if not gene or found not in TIERS:
                what = f"{found[:40]!r} is no tier" if gene else "names no gene"
                raise InputError(what, where=f"{path}:{number}", fix="give a gene and its tier, A or B, per line")
            if tiers.setdefault(gene, found) != found:
                raise InputError(f"{gene} has two tiers", where=f"{path}:{number}", fix="keep one line")
    if not tiers:
        raise InputError("has a header and no rows", where=path, fix="give a gene and its tier, A or B, per line")
    return tiers


def _check_assembly(annotation: Annotation, assembly: str) -> None:
    stated = annotation.assembly
    known = stated is not None and stated[:2].lower() in ("gr", "hg", "mm")
    if stated is not None and (not known or canonical_assembly(stated) != assembly):
        raise InputError(
            f"says that it is of {stated}, the reference is {assembly}",
            where=annotation.path,
            fix="give files of one assembly, or set 'assembly'",
        )
    check_lengths(annotation.contig_lengths, assembly, annotation.path)
    check_lengths(annotation.ends, assembly, annotation.path, exact=False)


def _keep_biotypes(rows: pd.DataFrame, spec: ReferenceSpec, model: GeneModel, file: Path) -> pd.DataFrame:
    if not spec.biotypes:
        return rows
    kept = rows["biotype"].isin([*spec.biotypes, ""])
    if not kept.any():
        found = ", ".join(sorted(rows["biotype"].unique())[:5])
        raise InputError(f"has no gene of biotype {', '.join(spec.biotypes)}; it has {found}", where=file)
    other = rows.loc[~kept, "gene_id"].nunique()
    if other:
        model.lines.append(f"left out: {other:,} genes of other biotypes than {', '.join(spec.biotypes)}")
    return rows[kept].reset_index(drop=True)


def _keep_contigs(rows: pd.DataFrame, spec: ReferenceSpec, model: GeneModel, file: Path) -> pd.DataFrame:
    """Drop the contigs of the settings, and scaffolds; a gene that also lies on a kept contig stays."""
    kept = rows["chrom"].isin([name for name in ASSEMBLIES[spec.assembly] if name not in spec.drop_contigs])
    if not kept.any():
        raise InputError("has no gene on a contig that is kept", where=file, fix="see 'drop_contigs'")
    staying = set(rows.loc[kept, "gene_id"])
    gone = rows[~kept & ~rows["gene_id"].isin(staying)].drop_duplicates("gene_id")
    reason = gone["chrom"].where(gone["chrom"].isin(spec.drop_contigs), "scaffolds")
    for name, genes in gone.groupby(reason)["gene_id"]:
        model.dropped[f"on {name}"] = sorted(genes)
    return rows[kept].reset_index(drop=True)


def _summary(promoters: pd.DataFrame, spec: ReferenceSpec) -> str:
    primary = promoters.loc[promoters["is_primary"], "source"].value_counts()
    sources = ", ".join(f"{name} {count:,}" for name, count in primary.items())
    return (
        f"{int(promoters['is_primary'].sum()):,} genes, {len(promoters):,} promoters "
        f"[-{spec.window[0]:,}, +{spec.window[1]:,}); primary TSS by {sources}"
    )
