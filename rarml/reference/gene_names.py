"""Any gene identifier -> the annotation's Ensembl gene id, offline, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rarml.core.errors import InputError
from rarml.core.files import atomic_file, require_file
from rarml.core.parquet import parquet_faults
from rarml.reference.excel_dates import date_candidates

KINDS = ("ensembl", "symbol", "entrez", "hgnc", "previous", "alias", "outside")
"""Kinds of names in the order of precedence; 'outside' names a known gene that the annotation does not hold."""

_DISPLAY = "display"  # in the file only: a gene's symbol by which it cannot be found, because another gene owns it
_ENSEMBL = re.compile(r"^(ENS(?:GR?|[A-Z]{3,4}G)\d{6,})(?:\.\d+)?(?:_PAR_Y)?$")
_PREFIX = re.compile(r"^ENS[A-Z]*G")
_ENTREZ = re.compile(r"^(?:ENTREZ(?:ID)?:|GENEID:|NCBI(?:GENE)?:|LOC)?([0-9]{1,20})(?:\.0{1,20})?$")
_HGNC = re.compile(r"^(?:HGNC:){1,2}([0-9]{1,20})$")
OTHER_SPECIES = "an Ensembl gene of another species"
_FOREIGN = ((re.compile(r"^ENS[TPE]\d|^[NX][MRP]_\d"), "a transcript or protein id, a gene id is needed"),)


class GeneNames:
    """All names of the annotation's genes.

    Parameters
    ----------
    table : DataFrame
        Columns ``name`` (upper case), ``kind`` (one of `KINDS`) and ``gene_id`` (Ensembl, without version;
        empty for kind 'outside'). One name may stand in several rows.
    symbols : mapping of str to str
        Gene id -> the symbol to show; genes without one are absent.
    """

    def __init__(self, table: pd.DataFrame, symbols: Mapping[str, str]):
        self.table = table.reset_index(drop=True)
        self.symbols: dict[str, str] = dict(symbols)

    @cached_property
    def _index(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """name -> (best kind, its gene ids); only the best kind of a name counts."""
        rank = {kind: place for place, kind in enumerate(KINDS)}
        index: dict[str, tuple[str, tuple[str, ...]]] = {}
        columns = (self.table[column].tolist() for column in ("name", "kind", "gene_id"))
        for name, kind, gene in zip(*columns, strict=True):
            known = index.get(name)
            if known is None or rank[kind] < rank[known[0]]:
                index[name] = (kind, (gene,))
            elif kind == known[0] and gene not in known[1]:
                index[name] = (kind, (*known[1], gene))
        return index

    @cached_property
    def _prefixes(self) -> set[str]:
        """Prefixes of the annotation's Ensembl ids, such as ENSG; human where it has none."""
        own = self.table.loc[self.table["kind"] == "ensembl", "name"]
        return {found[0] for name in own.head(1) if (found := _PREFIX.match(name))} or {"ENSG"}

    def resolve(self, queries: Iterable[object]) -> pd.DataFrame:
        """Map identifiers of any kind, mixed as they come.

        Parameters
        ----------
        queries : iterable
            Ensembl ids (version and ``_PAR_Y`` ignored), symbols in any case, previous symbols, aliases,
            Entrez ids (``123``, ``123.0``, ``LOC123``) and HGNC ids (``HGNC:5``).

        Returns
        -------
        DataFrame
            One row per query in the order given: ``query, gene_id, symbol, status, via, note``. `status` is
            'mapped', 'ambiguous' (several genes own the name; the note lists them) or 'unmapped'; `gene_id`,
            `symbol` and `via` are None where they are not known; `via` is 'outside' for a known gene
            that the annotation does not hold. An approved symbol beats a previous symbol,
            and that beats an alias. Names changed by a spreadsheet ("1-Mar") are 'unmapped', never guessed.
        """
        asked = ["" if _is_missing(query) else str(query).strip() for query in queries]
        answers = {name: self._answer(name) for name in dict.fromkeys(asked)}
        rows = [(name, *answers[name]) for name in asked]
        return pd.DataFrame(rows, columns=["query", "gene_id", "symbol", "status", "via", "note"], dtype=object)

    def _answer(self, name: str) -> tuple[str | None, str | None, str, str | None, str]:
        if not name:
            return None, None, "unmapped", None, "empty name"
        for key in _keys(name):
            if (hit := self._index.get(key)) is None:
                continue
            kind, genes = hit
            if kind == "outside":
                return None, None, "unmapped", kind, "a known gene, but not one of this annotation"
            if len(genes) > 1:
                shown = ", ".join(f"{gene} ({self.symbols.get(gene, 'no symbol')})" for gene in sorted(genes))
                return None, None, "ambiguous", kind, f"{kind} of {len(genes)} genes: {shown}"
            symbol = self.symbols.get(genes[0])
            note = f"{kind} of {symbol or genes[0]}" if kind in ("previous", "alias") else ""
            return genes[0], symbol, "mapped", kind, note
        return None, None, "unmapped", None, self._why_unknown(name)

    def _why_unknown(self, name: str) -> str:
        dates = date_candidates(name)
        if dates is not None:
            known = [symbol for symbol in dates if self._index.get(symbol, ("outside", ()))[0] != "outside"]
            likely = " or ".join(known) if known else "a gene that cannot be told"
            return f"a date: a spreadsheet changed the gene name, probably {likely}; mend it in the source table"
        key = name.upper()
        for pattern, note in _FOREIGN:
            if pattern.match(key):
                return note
        if _ENSEMBL.match(key) and (prefix := _PREFIX.match(key)) is not None:
            own = prefix[0] in self._prefixes
            return "an Ensembl gene that is not in this annotation" if own else OTHER_SPECIES
        return "no gene of this annotation has this name"

    def genes(self) -> list[str]:
        """All gene ids that names can resolve to, sorted."""
        return sorted(self.table.loc[self.table["kind"] == "ensembl", "gene_id"])

    def write(self, path: str | Path) -> None:
        """Write compact Parquet; the same names give the same bytes with one version of pyarrow."""
        named = self.table[~self.table["kind"].isin(["ensembl", "symbol"])]
        own = self.table[self.table["kind"] == "ensembl"].assign(name="")  # equals gene_id: not stored twice
        symbols = self.table[self.table["kind"] == "symbol"]
        found_by = set(zip(symbols["gene_id"], symbols["name"], strict=True))
        shown = pd.DataFrame(
            [
                (text, "symbol" if (gene, text.upper()) in found_by else _DISPLAY, gene)
                for gene, text in self.symbols.items()
            ],
            columns=["name", "kind", "gene_id"],
        )
        whole = pd.concat([own, shown, named]).sort_values(["kind", "name", "gene_id"], kind="stable")
        columns = {
            "name": pa.array(whole["name"].tolist(), pa.string()),
            "kind": pa.array(whole["kind"].tolist(), pa.string()).dictionary_encode(),
            "gene_id": pa.array(whole["gene_id"].tolist(), pa.string()).dictionary_encode(),
        }
        with atomic_file(path) as temporary:
            pq.write_table(
                pa.table(columns),
                temporary,
                compression="zstd",
                compression_level=19,
                use_dictionary=["kind", "gene_id"],
                column_encoding={"name": "DELTA_BYTE_ARRAY"},  # neighbours share a prefix: a quarter smaller
                write_statistics=False,
                store_schema=False,
            )

    @classmethod
    def read(cls, path: str | Path) -> GeneNames:
        """Read what `write` wrote.

        Raises
        ------
        InputError
            If the file is missing or is not such a table.
        """
        file = require_file(path, kind="table of gene names")
        try:
            stored = pq.read_table(file, columns=["name", "kind", "gene_id"])
            stored.validate(full=True)
        except parquet_faults() as error:
            raise InputError(
                f"not a table of gene names: {str(error)[:120]}", where=file, fix="build it again"
            ) from error
        _require_names(stored, file)
        table = pd.DataFrame({column: stored[column].to_pylist() for column in stored.column_names}, dtype=object)
        shown = table[table["kind"].isin(["symbol", _DISPLAY])]
        symbols = dict(zip(shown["gene_id"], shown["name"], strict=True))
        table = table[table["kind"] != _DISPLAY].copy()
        own = table["kind"] == "ensembl"
        table.loc[own, "name"] = table.loc[own, "gene_id"]
        table["name"] = [name.upper() for name in table["name"]]
        return cls(table, symbols)


def _require_names(stored: pa.Table, file: Path) -> None:
    """Only texts, and only kinds that are known."""
    for column in stored.column_names:
        values = stored[column].combine_chunks()
        plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
        if not (pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type)) or plain.null_count:
            raise InputError(f"column {column!r} does not hold texts", where=file, fix="build it again")
    unknown = set(stored["kind"].unique().to_pylist()) - {*KINDS, _DISPLAY}
    if unknown:
        raise InputError(f"holds names of unknown kind {min(unknown)[:40]!r}", where=file, fix="build it again")


def _is_missing(query: object) -> bool:
    return query is None or query is pd.NA or (isinstance(query, float) and query != query)


def _keys(name: str) -> Sequence[str]:
    """Keys to look up for one identifier, best first."""
    key = name.upper()
    if found := _ENSEMBL.match(key):
        return (found[1].replace("ENSGR", "ENSG0"),)
    if found := _HGNC.match(key):
        return (f"HGNC:{found[1]}",)
    if found := _ENTREZ.match(key):
        return (key, str(int(found[1])))
    return (key,)
