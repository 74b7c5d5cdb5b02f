"""Which names belong to which gene of the annotation: its own symbols joined to NCBI ``gene_info``."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd

from rarml.reference.gene_info import NcbiGene, read_gene_info
from rarml.reference.gene_names import GeneNames
from rarml.reference.species import HUMAN, Species

__all__ = ["GeneNames", "build_gene_names"]

Name = tuple[str, str, str]  # name (upper case), kind, gene_id


def build_gene_names(genes: pd.DataFrame, gene_info: str | Path | None = None, species: Species = HUMAN) -> GeneNames:
    """Collect the names of an annotation's genes.

    Parameters
    ----------
    genes : DataFrame
        Index ``gene_id`` (Ensembl, without version: the universe) and column ``symbol``; a missing symbol, or
        one equal to the gene id, is filled from NCBI where that is possible.
    gene_info : path, optional
        NCBI ``gene_info``; without it only Ensembl ids and the annotation's symbols resolve.
    species : Species
        Whose rows of ``gene_info`` count.

    Notes
    -----
    An NCBI gene is the annotation's gene that has its symbol (of several, the one its Ensembl links name), else
    the gene that its Ensembl links name, unless that one belongs to an NCBI gene of the very symbol: readthrough
    transcripts and nearby non-coding genes carry such links. A name that is approved for one gene is an
    alias of no other; a gene of NCBI that is not in the annotation keeps its approved symbol for itself.
    """
    symbols = {
        str(gene): str(symbol).strip()
        for gene, symbol in genes["symbol"].items()
        if isinstance(symbol, str) and symbol.strip() and symbol.strip() != gene
    }
    names: list[Name] = [(str(gene).upper(), "ensembl", str(gene)) for gene in genes.index]
    if gene_info is None:
        names += [(symbol.upper(), "symbol", gene) for gene, symbol in symbols.items()]
        return _finish(names, symbols)
    ncbi = read_gene_info(gene_info, species)
    owners = _owners(ncbi, {str(gene) for gene in genes.index}, symbols)
    _fill_symbols(ncbi, owners, symbols)
    names += _symbol_names(ncbi, owners, symbols)
    approved = {symbol.upper() for symbol in symbols.values()}
    approved |= {gene.symbol.upper() for gene, own in zip(ncbi, owners, strict=True) if not own}
    for gene, own in zip(ncbi, owners, strict=True):
        if not own:
            names += [(gene.entrez, "outside", ""), (gene.symbol.upper(), "outside", "")]
        for target in own:
            names.append((gene.entrez, "entrez", target))
            if gene.hgnc:
                names.append((f"HGNC:{gene.hgnc}", "hgnc", target))
            if gene.symbol.upper() not in approved:
                names.append((gene.symbol.upper(), "previous", target))
            names += [(other.upper(), "alias", target) for other in gene.synonyms if other.upper() not in approved]
    return _finish(names, symbols)


def _owners(ncbi: list[NcbiGene], universe: set[str], symbols: dict[str, str]) -> list[tuple[str, ...]]:
    """For each NCBI gene the gene ids of the annotation that it is (none, one, seldom more)."""
    holders: dict[str, list[str]] = defaultdict(list)
    for gene_id, symbol in symbols.items():
        holders[symbol.upper()].append(gene_id)
    by_symbol = [_by_symbol(gene, holders) for gene in ncbi]
    claimed = {gene_id for own in by_symbol for gene_id in own}
    linked = [tuple(g for g in gene.ensembl if g in universe and g not in claimed) for gene in ncbi]
    coding = {
        g for gene, own, links in zip(ncbi, by_symbol, linked, strict=True) if gene.coding and not own for g in links
    }
    return [
        own or tuple(g for g in links if gene.coding or g not in coding)
        for gene, own, links in zip(ncbi, by_symbol, linked, strict=True)
    ]


def _by_symbol(gene: NcbiGene, holders: dict[str, list[str]]) -> tuple[str, ...]:
    same = holders.get(gene.symbol.upper(), [])
    return tuple(g for g in same if g in gene.ensembl) or tuple(same)


def _fill_symbols(ncbi: list[NcbiGene], owners: list[tuple[str, ...]], symbols: dict[str, str]) -> None:
    """Give genes without a symbol the one of NCBI, if one NCBI gene only claims them and nobody has it."""
    claims: dict[str, list[str]] = defaultdict(list)
    for gene, own in zip(ncbi, owners, strict=True):
        if len(own) == 1 and own[0] not in symbols:
            claims[own[0]].append(gene.symbol)
    taken = {symbol.upper() for symbol in symbols.values()}
    for gene_id, found in claims.items():
        if len(found) == 1 and found[0].upper() not in taken:
            symbols[gene_id] = found[0]


def _symbol_names(ncbi: list[NcbiGene], owners: list[tuple[str, ...]], symbols: dict[str, str]) -> list[Name]:
    """Symbols as names; of several genes with one symbol only those that NCBI's links confirm keep it."""
    confirmed: dict[str, set[str]] = defaultdict(set)
    for gene, own in zip(ncbi, owners, strict=True):
        confirmed[gene.symbol.upper()].update(own)
    return [
        (symbol.upper(), "symbol", gene_id)
        for gene_id, symbol in symbols.items()
        if not (backed := confirmed.get(symbol.upper())) or gene_id in backed
    ]


def _finish(names: list[Name], symbols: dict[str, str]) -> GeneNames:
    # Missing names of NCBI are written '-'.
    unique = [name for name in dict.fromkeys(names) if name[0] not in ("", "-")]
    return GeneNames(pd.DataFrame(unique, columns=["name", "kind", "gene_id"], dtype=object), symbols)
