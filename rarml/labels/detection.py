"""Which dialect a table is of, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rarml.core.errors import InputError, did_you_mean
from rarml.labels.cells import Cells, find_column, plain
from rarml.labels.degust import condition_column
from rarml.labels.identifiers import id_column, symbol_column
from rarml.labels.known_dialects import DIALECTS, ROLES, Dialect, Unit

OWN_COLUMNS = "columns given by the user"
_FEW = 100


@dataclass(frozen=True)
class Detected:
    """Dialect of a table, its column of each role, and the scale of its base mean."""

    dialect: str
    columns: dict[str, str]
    unit: Unit
    notes: list[str] = field(default_factory=list)


def detect(cells: Cells, columns: Mapping[str, str], contrast: str | None = None) -> Detected:
    """The dialect of a table and the column of each role (see `read_table`)."""
    _check_columns(cells, columns)
    found = Detected(OWN_COLUMNS, {}, "unknown") if {"log2fc", "padj"} <= set(columns) else None
    for dialect in DIALECTS:
        roles = None if found else _match(dialect, cells, columns, contrast)
        if roles is not None:
            notes = [f"base mean: {dialect.base_mean_means}"] if "base_mean" in roles else []
            found = Detected(dialect.name, roles, dialect.unit, notes)
    if found is None:
        raise _unknown(cells, columns)
    identifier = columns.get("id", id_column(cells))
    if identifier is None:
        shown = ", ".join(name for name in cells.header[:8] if name)
        fix = f"name it with --columns id=…; columns: {shown}"
        raise InputError("no column of gene identifiers", where=f"{cells.path}:1", fix=fix)
    symbol = columns.get("symbol", symbol_column(cells, identifier))
    roles = {"id": identifier, **({"symbol": symbol} if symbol is not None else {}), **found.columns, **columns}
    unit: Unit = "unknown" if "base_mean" in columns else found.unit
    name = f"{found.dialect}, with {OWN_COLUMNS}" if columns and found.columns else found.dialect
    return Detected(name, {role: roles[role] for role in ROLES if role in roles}, unit, found.notes)


def _match(dialect: Dialect, cells: Cells, columns: Mapping[str, str], contrast: str | None) -> dict[str, str] | None:
    """Role -> column if the table is of this dialect."""
    padj = columns.get("padj") or find_column(cells.header, dialect.padj)
    base = columns.get("base_mean") or find_column(cells.header, dialect.base_mean)
    log2fc = columns.get("log2fc") or find_column(cells.header, dialect.log2fc)
    if padj is None:
        return None
    if not dialect.log2fc and log2fc is None and base is not None:
        log2fc = condition_column(cells, padj, contrast)
    if log2fc is None:
        return None
    return {"log2fc": log2fc, "padj": padj, **({"base_mean": base} if base is not None else {})}


def _check_columns(cells: Cells, columns: Mapping[str, str]) -> None:
    for role, name in columns.items():
        if role not in ROLES:
            raise InputError(f"unknown column role {role!r}", where=cells.path, fix=did_you_mean(role, ROLES))
        if name not in cells.header:
            fix = did_you_mean(name, [column for column in cells.header if column])
            raise InputError(f"no column {name!r} (given for {role})", where=f"{cells.path}:1", fix=fix)


def _unknown(cells: Cells, columns: Mapping[str, str]) -> InputError:
    """Say what the table looks like and what it lacks."""
    header = [plain(name) for name in cells.header]
    for dialect in DIALECTS:
        for role, wanted in (("log2fc", dialect.log2fc), ("padj", dialect.padj)):
            other = dialect.padj if role == "log2fc" else dialect.log2fc
            if wanted and role not in columns and any(name in header for name in other):
                shown = did_you_mean(wanted[0], [name for name in cells.header if name])
                fix = f"{shown}; or name it with --columns {role}=…"
                what = f"looks like {dialect.name}, but has no {role} column"
                return InputError(what, where=f"{cells.path}:1", fix=fix)
    if all(text.isdigit() for row in cells.rows[:_FEW] for text in row[1:]):
        fix = "give a table of differential expression (DESeq2, edgeR, limma, Degust)"
        return InputError("is a table of counts", where=cells.path, fix=fix)
    shown = ", ".join(name for name in cells.header[:8] if name)
    fix = "name its columns: --columns id=…,log2fc=…,padj=…"
    return InputError(f"is of no known dialect (columns: {shown})", where=f"{cells.path}:1", fix=fix)
