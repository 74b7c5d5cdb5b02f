"""Which column of a table names the gene."""

from __future__ import annotations

from rarml.labels.cells import Cells, find_column

_STABLE = ("ensemblgeneid", "ensemblid", "ensembl", "geneid", "entrezid", "entrezgeneid", "entrez", "hgncid")
_GENERAL = ("gene", "genes", "id", "row", "rowname", "rownames", "feature", "featureid", "names", "identifier")
_SYMBOL = ("symbol", "genesymbol", "genename", "genenames", "externalgenename", "hgncsymbol", "symbols", "name")
ID_NAMES = (*_STABLE, *_GENERAL, *_SYMBOL)
"""Plain names of columns that hold gene identifiers, best first."""


def id_column(cells: Cells) -> str | None:
    """The column of gene identifiers: a known name (stable ids before symbols), or an unnamed first column.

    An unnamed first column that merely counts the rows is passed over.
    """
    named = find_column(cells.header, ID_NAMES)
    if cells.header[0] == "" and not _counts_rows(cells.column("")):
        return ""
    return named


def symbol_column(cells: Cells, id_name: str) -> str | None:
    """A column of symbols beside the identifiers, if there is one."""
    found = find_column(cells.header, _SYMBOL)
    return found if found != id_name else None


def _counts_rows(values: list[str]) -> bool:
    # Two rows that read 0, 1 (or 1, 2) may be Entrez ids; hundreds in sequence are not.
    if len(values) < 3:
        return False
    start = values[0]
    return start in ("0", "1") and values == [str(n) for n in range(int(start), int(start) + len(values))]
