"""Gene sets (GMT) and plain gene lists of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text, require_file
from rarml.labels.cells import plain, read_cells, sniff_delimiter, split_lines
from rarml.labels.identifiers import ID_NAMES, id_column

_HEADERS = frozenset(plain(name) for name in ID_NAMES)


@dataclass(frozen=True)
class GeneSet:
    """A named list of genes, in the order of the file.

    Attributes
    ----------
    name, description : str
        As in GMT; of a plain list the file's name and ''.
    genes : tuple of str
        Identifiers as written.
    lines : tuple of int
        Line (1-based) of each gene.
    """

    name: str
    description: str
    genes: tuple[str, ...]
    lines: tuple[int, ...]


def read_gene_sets(path: str | Path) -> list[GeneSet]:
    """Read GMT (name, description, genes; one set per line), or one gene per line as a single set.

    Raises
    ------
    InputError
        If it holds no gene, or a GMT line (named) has no gene.
    """
    file = require_file(path, kind="gene set")
    with open_text(file, kind="gene set") as handle:
        text = handle.read()
    if is_gmt(text, file.name):
        return _gmt(text, file)
    genes, lines = _listed(text, file)
    return [GeneSet(file.name.removesuffix(".gz").rsplit(".", 1)[0], "", tuple(genes), tuple(lines))]


def read_gene_list(path: str | Path) -> list[str]:
    """Gene names of a file, in order, repeats kept: one per line, CSV, TSV, xlsx (its identifier column) or GMT.

    Raises
    ------
    InputError
        If it holds no gene.
    """
    file = require_file(path, kind="gene list")
    with file.open("rb") as probe:
        if probe.read(2) == b"PK":
            cells = read_cells(file)
            name = id_column(cells)
            genes = cells.column(cells.header[0] if name is None else name)
            return _some([gene for gene in genes if gene], file)
    with open_text(file, kind="gene list") as handle:
        return parse_gene_list(handle.read(), where=file)


def parse_gene_list(text: str, where: str | Path = "gene list") -> list[str]:
    """Gene names in text of any shape that `read_gene_list` takes, or separated by blanks or commas on one line.

    Raises
    ------
    InputError
        If there is none.
    """
    if is_gmt(text, Path(where).name):
        return [gene for found in _gmt(text, Path(where)) for gene in found.genes]
    return _listed(text, where)[0]


def is_gmt(text: str, name: str = "") -> bool:
    """Whether text is GMT: by the file's name, or lines of tab-separated genes of unlike length (or one long line)."""
    if name.lower().removesuffix(".gz").endswith(".gmt"):
        return True
    counts = [line.count("\t") + 1 for line in text.splitlines() if line.strip()]
    header = text.split("\t", 1)[0].strip()
    if not counts or min(counts) < 3 or plain(header) in _HEADERS:
        return False
    return len(set(counts)) > 1 or (len(counts) == 1 and counts[0] > 3)


def _gmt(text: str, file: Path) -> list[GeneSet]:
    sets: list[GeneSet] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, _, rest = line.partition("\t")
        description, _, listed = rest.partition("\t")
        genes = tuple(gene.strip() for gene in listed.split("\t") if gene.strip())
        if not genes:
            fix = "GMT is: name, description, genes, separated by tabs"
            raise InputError("a gene set without genes", where=f"{file}:{number}", fix=fix)
        sets.append(GeneSet(name.strip(), description.strip(), genes, (number,) * len(genes)))
    if not sets:
        raise InputError("holds no gene set", where=file, fix="GMT is: name, description, genes, separated by tabs")
    return sets


def _listed(text: str, where: str | Path) -> tuple[list[str], list[int]]:
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if len(lines) == 1:
        number, line = lines[0]
        genes = [word.strip("\"'") for word in line.replace(",", " ").replace(";", " ").split()]
        return _some(genes, where), [number] * len(genes)
    delimiter = sniff_delimiter(text, where)
    if delimiter in (None, " "):
        rows = [(number, [line.strip("\"'").rstrip(",;").strip("\"'")]) for number, line in lines]
    else:
        rows = split_lines(text, delimiter, where)
    header = [plain(cell) for cell in rows[0][1]] if rows else []
    place = next((header.index(name) for name in ID_NAMES if name in header), None)
    # A first cell that is empty is the unnamed column of gene ids that R writes.
    titled = place is not None or (len(header) > 1 and header[0] == "")
    found = [(row[place or 0], number) for number, row in rows[titled:] if len(row) > (place or 0) and row[place or 0]]
    genes = _some([gene for gene, _ in found], where)
    return genes, [number for _, number in found]


def _some(genes: list[str], where: str | Path) -> list[str]:
    if not genes:
        raise InputError("holds no gene", where=where, fix="write one gene per line")
    return genes
