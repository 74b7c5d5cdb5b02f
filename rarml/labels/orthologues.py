"""A table of orthologues: which human genes belong to a gene of another species."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text, require_file, sha256_file
from rarml.labels.cells import Cells, plain, read_cells, sniff_delimiter, split_lines

_ENSEMBL = re.compile(r"ENS[A-Z]*G\d{6,}(?:\.\d+)?", re.IGNORECASE)
_HUMAN_ID = re.compile(r"ENSG\d{6,}(?:\.\d+)?", re.IGNORECASE)
_VERSION = re.compile(r"(ENS[A-Z]*G\d+)\.\d+")
_HUMAN_WORDS = ("human", "hsapiens", "homosapiens")
_TITLE_PARTS = ("gene", "symbol", "stableid", "ensembl", "homolog", "ortholog", "identifier")
_TITLES = frozenset({"id", "ids", "name", "names", "mouse", "human", "rat", "zebrafish", "chicken", "pig"})
# Columns of an export that name no gene: kind and confidence of the homology, places, descriptions, other molecules.
_NO_NAMES = (
    *("type", "confidence", "identical", "identity", "chrom", "scaffold", "start", "geneend", "strand", "score"),
    *("coverage", "description", "transcript", "protein", "peptide", "ancestor", "dnwith", "dswith"),
)
_MISSING = frozenset({"", "-", ".", "na", "n/a", "nan", "none", "null"})
_FIX = "give two columns, the gene of your species and the human gene, or an export of Ensembl BioMart"


@dataclass(frozen=True)
class Orthologues:
    """Human genes by gene of another species.

    Attributes
    ----------
    file, sha256 : str
        Name and digest of the file.
    columns : tuple of str
        Which columns were read: the species' own, then the human ones.
    rows : int
        Of the table.
    human : dict of str to tuple of str
        Names of human genes (Ensembl ids where the table has them) by `key` of the other gene; () for one whose rows
        name none.
    shared : frozenset of str
        Human genes that several genes of the other species have.
    """

    file: str
    sha256: str
    columns: tuple[str, ...]
    rows: int
    human: dict[str, tuple[str, ...]]
    shared: frozenset[str]

    def of(self, name: str) -> tuple[str, ...] | None:
        """The human genes of a gene; () if its rows name none, None if the table does not hold it."""
        return self.human.get(key(name))


def key(name: str) -> str:
    """A name as it is looked up: capitals, Ensembl ids without version."""
    text = name.strip().upper()
    found = _VERSION.fullmatch(text)
    return found[1] if found else text


def read_orthologues(path: str | Path) -> Orthologues:
    """Read a table of orthologues (tab, comma or semicolon separated, plain or gzip; or xlsx).

    With a header, the human columns are those whose title says human (``Human gene stable ID``, ``Human gene name``,
    ``hsapiens_homolog_ensembl_gene``), and the other columns of ids and names are the species' own: id and symbol both
    find a gene. Where no title says human, and without a header, the one column of ENSG ids is the human one, else the
    second of two. A gene in several rows has several orthologues.

    Raises
    ------
    InputError
        If it is no table, it cannot be told which column is human, or no row names a human gene.
    """
    file = require_file(path, kind="table of orthologues")
    cells = _cells(file)
    titles = [plain(name) for name in cells.header]
    titled = any(_is_title(title) for title in titles) and not any(_ENSEMBL.fullmatch(name) for name in cells.header)
    rows = cells.rows if titled else [cells.header, *cells.rows]
    own, human = _columns(titles if titled else [""] * len(titles), rows, file)
    _require_human(rows, human, file)
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        target = next((row[place] for place in human if _is_named(row[place])), "")
        names = [key(row[place]) for place in own if _is_named(row[place])]
        for name in names:
            known = found[name]
            if target:
                known[target] = None
        if target and names:
            owners[target].add(names[0])
    if not owners:
        raise InputError("names no human gene in any row", where=file, fix=_FIX)
    return Orthologues(
        file=file.name,
        sha256=sha256_file(file),
        columns=tuple(cells.header[place] if titled else f"column {place + 1}" for place in (*own, *human)),
        rows=len(rows),
        human={name: tuple(genes) for name, genes in found.items()},
        shared=frozenset(gene for gene, names in owners.items() if len(names) > 1),
    )


def _cells(file: Path) -> Cells:
    """The cells; of a table of a single row too, which needs no header here."""
    with file.open("rb") as probe:
        zipped = probe.read(2) == b"PK"
    if not zipped:
        with open_text(file, kind="table of orthologues") as handle:
            text = handle.read()
        delimiter = sniff_delimiter(text, file)
        if delimiter is not None and len(single := split_lines(text, delimiter, file)) == 1:
            return Cells(file, single[0][1], [], [], delimiter)
    return read_cells(file)


def _is_title(title: str) -> bool:
    return title in _TITLES or any(part in title for part in _TITLE_PARTS)


def _is_named(cell: str) -> bool:
    return cell.lower() not in _MISSING


def _columns(titles: list[str], rows: list[list[str]], file: Path) -> tuple[list[int], list[int]]:
    """Places of the species' own columns, and of the human ones, that of ids first."""
    useful = [at for at, title in enumerate(titles) if not any(word in title for word in _NO_NAMES)]
    named = [titles[at] for at in useful if titles[at]]
    if len(set(named)) < len(named):
        twice = max(named, key=named.count)
        raise InputError(f"column {twice!r} stands twice", where=f"{file}:1", fix="rename or remove one")
    human = [at for at in useful if any(word in titles[at] for word in _HUMAN_WORDS)]
    if not human:
        human = [at for at in useful if _share_of_human_ids(rows, at) > 0.5]
        if not human and len(useful) == 2:
            human = useful[1:]
        if len(human) != 1:
            raise InputError("it cannot be told which column is the human gene", where=f"{file}:1", fix=_FIX)
    own = [at for at in useful if at not in human]
    if not own:
        raise InputError("has no column of the other species' genes", where=f"{file}:1", fix=_FIX)
    return own, sorted(human, key=lambda at: (-_share_of_human_ids(rows, at), at))


def _require_human(rows: list[list[str]], human: list[int], file: Path) -> None:
    """Refuse a human column that holds ids of another species: the columns are exchanged, or it is another table."""
    for at in human:
        ids = [row[at] for row in rows if _ENSEMBL.fullmatch(row[at])]
        foreign = [name for name in ids if not _HUMAN_ID.fullmatch(name)]
        if len(foreign) > len(ids) / 2:
            what = f"the column of human genes holds ids of another species, such as {foreign[0]}"
            raise InputError(what, where=file, fix=_FIX)


def _share_of_human_ids(rows: list[list[str]], at: int) -> float:
    named = [row[at] for row in rows if _is_named(row[at])]
    return sum(_HUMAN_ID.fullmatch(name) is not None for name in named) / max(1, len(named))
