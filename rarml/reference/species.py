"""Species of which rarml knows assemblies, and names of genes that look like those of another species."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from rarml.reference.excel_dates import date_candidates

ENSEMBL_GENE = re.compile(r"ENS(?:[A-Z]{3,4})?G\d{11}")
"""Ensembl gene ids of any species, without version: ENSG (human), ENSMUSG (mouse), ENSDARG (zebrafish), …"""

# Mouse symbols have one capital, then small letters and digits (MGI's rule), as Cyp26a1 or C1qa; Riken's clones have
# names of their own. Human symbols are capitals but for the orf in C1orf112.
_MOUSE_SYMBOL = re.compile(r"[A-Z]\d{0,2}[a-z]{1,}[a-z0-9]*(?:-[a-z0-9]+)*")
_RIKEN = re.compile(r"\d{7}[A-Z]\d{2}Rik")
_HUMAN_ORF = re.compile(r"C(?:\d{1,2}|X|Y)orf\d+")
_FOREIGN_ID = re.compile(r"ENS(?!G)[A-Z]{3,4}G\d{6,}(?:\.\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Species:
    """What depends on the species.

    Attributes
    ----------
    name : str
        In words.
    tax_id : str
        NCBI's number.
    gene_info : str
        NCBI's file of gene names.
    ensembl : str
        Prefix of the Ensembl gene ids.
    hox : tuple of str
        Contigs of the four HOX clusters.
    """

    name: str
    tax_id: str
    gene_info: str
    ensembl: str
    hox: tuple[str, ...]


HUMAN = Species("human", "9606", "Homo_sapiens.gene_info", "ENSG", ("chr2", "chr7", "chr12", "chr17"))
# Hoxd, Hoxa, Hoxb, Hoxc; MGI
MOUSE = Species("mouse", "10090", "Mus_musculus.gene_info", "ENSMUSG", ("chr2", "chr6", "chr11", "chr15"))
OF_ASSEMBLY = {"GRCh38": HUMAN, "GRCh37": HUMAN, "GRCm39": MOUSE, "GRCm38": MOUSE}


def species_of(assembly: str) -> Species:
    """The species of a canonical assembly name (`rarml.reference.contigs.canonical_assembly`)."""
    return OF_ASSEMBLY[assembly]


def species_of_genes(genes: Iterable[str]) -> Species:
    """Mouse if the first gene id is one of the mouse's, else human; one reference holds one species."""
    first = next(iter(genes), "")
    return MOUSE if str(first).startswith(MOUSE.ensembl) else HUMAN


def human_spelling(symbols: pd.Series) -> pd.Series:
    """Symbols, indexed by gene id, spelt as for human: mouse's Hoxa1 is HOXA1; human ones stay as they are.

    Mouse's predicted genes (Gm123) get '': they share a series of numbers, not a family.
    """
    if species_of_genes(symbols.index) is HUMAN:
        return symbols
    return symbols.str.upper().where(~symbols.str.match(r"Gm\d"), "")


def is_ensembl_gene(name: str) -> bool:
    """Whether a name begins like an Ensembl gene id of any species."""
    return ENSEMBL_GENE.match(name) is not None


def looks_foreign(name: str) -> bool:
    """Whether a name is not human: an Ensembl gene id of another species, or written like a mouse symbol."""
    text = name.strip()
    if text.startswith("ENSG"):  # nearly all names of a long list: no need to try the patterns
        return False
    if _FOREIGN_ID.fullmatch(text) or _RIKEN.fullmatch(text):
        return True
    if len(text) < 3 or _MOUSE_SYMBOL.fullmatch(text) is None:
        return False
    return _HUMAN_ORF.fullmatch(text) is None and date_candidates(text) is None
