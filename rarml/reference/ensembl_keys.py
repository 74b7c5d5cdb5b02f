"""Genes of an annotation that has no Ensembl ids (RefSeq, a BED of symbols) -> Ensembl gene ids, through NCBI."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pandas as pd

from rarml.core.errors import InputError
from rarml.reference.gene_info import read_gene_info
from rarml.reference.species import HUMAN, Species, is_ensembl_gene


def to_ensembl_keys(
    rows: pd.DataFrame, gene_info: Path | None, where: Path, species: Species = HUMAN
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Give every row an Ensembl gene id.

    Parameters
    ----------
    rows : DataFrame
        As of `read_annotation`; ``gene_id`` may be Ensembl, ``GeneID:123`` (Entrez) or a symbol.
    gene_info : Path, optional
        NCBI gene_info; needed if any id is not Ensembl.
    where : Path
        The annotation, for messages.
    species : Species
        Whose genes they are.

    Returns
    -------
    DataFrame
        The rows of genes that have one Ensembl id.
    dict of str to list of str
        Genes left out: 'no Ensembl id', 'several Ensembl ids' (NCBI links it to more than one, so it is not guessed).

    Raises
    ------
    InputError
        If most Ensembl ids are of another species, or ids are not Ensembl and no gene_info is given, or none of them is
        known to it.
    """
    _require_species(rows, where, species)
    other = sorted({str(gene) for gene in rows["gene_id"].unique() if not is_ensembl_gene(str(gene))})
    if not other:
        return rows, {}
    if gene_info is None:
        raise InputError(
            f"{len(other):,} genes have no Ensembl id (e.g. {other[0]!r})",
            where=where,
            fix=f"set 'gene_info' to NCBI's {species.gene_info}, which translates them",
        )
    links = _links(gene_info, species)
    found = {name: links.get(name.upper(), set()) for name in other}
    key = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
    if not key and len(other) == rows["gene_id"].nunique():
        raise InputError(
            f"none of its {len(other):,} genes (e.g. {other[0]!r}) is known to gene_info",
            where=where,
            fix=f"is it {species.name}?",
        )
    left_out = {
        "no Ensembl id": [name for name, ids in found.items() if not ids],
        "several Ensembl ids": [name for name, ids in found.items() if len(ids) > 1],
    }
    gone = set(left_out["no Ensembl id"]) | set(left_out["several Ensembl ids"])
    kept = rows[~rows["gene_id"].isin(gone)].reset_index(drop=True)
    kept["gene_id"] = [key.get(name, name) for name in kept["gene_id"]]
    return kept, {reason: names for reason, names in left_out.items() if names}


def _require_species(rows: pd.DataFrame, where: Path, species: Species) -> None:
    """A few ids of other species do no harm (a reporter gene, a virus); a whole annotation of one is a mix-up."""
    ensembl = [gene for gene in map(str, rows["gene_id"].unique()) if is_ensembl_gene(gene)]
    foreign = [gene for gene in ensembl if not re.match(rf"{species.ensembl}\d", gene)]
    if len(foreign) > len(ensembl) / 2:
        raise InputError(
            f"its genes are not those of {species.name} (e.g. {foreign[0]!r})",
            where=where,
            fix="give the annotation of the reference's assembly, or set 'assembly'",
        )


def _links(gene_info: Path, species: Species) -> dict[str, set[str]]:
    """Ensembl ids by ``GENEID:…`` and by approved symbol (upper case)."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for gene in read_gene_info(gene_info, species):
        links[f"GENEID:{gene.entrez}"].update(gene.ensembl)
        links[gene.symbol.upper()].update(gene.ensembl)
    return dict(links)
