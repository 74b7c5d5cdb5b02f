"""Reading NCBI ``gene_info``: symbols, synonyms, Entrez, HGNC and Ensembl ids of one species' genes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.species import HUMAN, Species, is_ensembl_gene

_NEEDED = ("tax_id", "GeneID", "Symbol", "Synonyms", "dbXrefs", "type_of_gene")


@dataclass(frozen=True, slots=True)
class NcbiGene:
    """One row of ``gene_info``."""

    entrez: str
    symbol: str
    synonyms: tuple[str, ...]
    ensembl: tuple[str, ...]
    hgnc: str | None
    coding: bool


def read_gene_info(path: str | Path, species: Species = HUMAN) -> list[NcbiGene]:
    """Read NCBI ``gene_info`` (plain or gzip, tab separated, with either form of its header line).

    Parameters
    ----------
    path : str or Path
    species : Species
        Whose rows to keep, by NCBI's number.

    Raises
    ------
    InputError
        If a needed column is missing, or a row (named by line) has too few fields.
    """
    genes: list[NcbiGene] = []
    with open_text(path, kind="gene_info file") as handle:
        place = _columns(next(handle, ""), path)
        width = max(place.values()) + 1
        for number, line in enumerate(handle, start=2):
            field = line.rstrip("\r\n").split("\t")
            if line.startswith("#") or not line.strip():
                continue
            if len(field) < width:
                raise InputError(
                    f"{len(field)} fields, {width} expected", where=f"{path}:{number}", fix="is it cut off?"
                )
            if field[place["tax_id"]] == species.tax_id:
                genes.append(_parse(*(field[place[column]] for column in _NEEDED[1:])))
    if not genes:
        what = f"holds no {species.name} gene (tax_id {species.tax_id})"
        raise InputError(what, where=path, fix=f"give NCBI's {species.gene_info}")
    return genes


def _columns(header: str, path: str | Path) -> dict[str, int]:
    text = header.strip().removeprefix("#Format:").removeprefix("#")
    # The header of files before 2016 is a sentence with blanks, that of later ones has tabs.
    names = text.split("\t") if "\t" in text else text.split(" (")[0].split()
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        fix = "give NCBI's gene_info of the species, plain or gzip"
        raise InputError(f"no column {missing[0]!r} in the header", where=f"{path}:1", fix=fix)
    return {name: names.index(name) for name in _NEEDED}


def _parse(entrez: str, symbol: str, synonyms: str, xrefs: str, kind: str) -> NcbiGene:
    links = [] if xrefs == "-" else xrefs.split("|")
    ensembl = tuple(
        link.split(":", 1)[1]
        for link in links
        if link.startswith("Ensembl:ENS") and is_ensembl_gene(link.split(":", 1)[1])
    )
    hgnc = next((link.rsplit(":", 1)[1] for link in links if link.startswith("HGNC:")), None)
    others = () if synonyms == "-" else tuple(synonyms.split("|"))
    return NcbiGene(entrez, symbol, others, ensembl, hgnc, kind == "protein-coding")
