"""Rows of a label file -> genes: by identifier, else by the symbol beside it."""

from __future__ import annotations

import pandas as pd

from rarml.reference.gene_ids import GeneNames


def map_rows(rows: pd.DataFrame, names: GeneNames) -> pd.DataFrame:
    """Map each row to a gene.

    A row whose identifier is not known is mapped by its symbol if that is an approved one; a row whose identifier
    is a known gene outside the annotation is not.

    Parameters
    ----------
    rows : DataFrame
        ``id, symbol, status, note`` and anything else.
    names : GeneNames
        The names of the annotation's genes.

    Returns
    -------
    DataFrame
        The same rows in the same order, with ``query, gene_id`` (None if not mapped), ``via`` and ``mapping``:
        mapped, ambiguous, unmapped, or duplicated for a gene that an earlier row of the file has; the reasons are
        added to ``note``.
    """
    found = names.resolve(rows["id"])
    symbols = rows["symbol"].to_numpy()
    unknown = ((found["status"] == "unmapped") & found["via"].isna()).to_numpy() & (symbols != "")
    if unknown.any():
        second = names.resolve(symbols[unknown])
        second.index = found.index[unknown]
        usable = second[(second["status"] == "mapped") & (second["via"] == "symbol")]
        found.loc[usable.index, ["gene_id", "status", "via"]] = usable[["gene_id", "status", "via"]]
        found.loc[usable.index, "note"] = "mapped by its symbol " + usable["query"]
    result = rows.reset_index(drop=True)
    result["query"], result["gene_id"], result["via"] = found["query"], found["gene_id"], found["via"]
    named = result["gene_id"].notna()
    repeated = named & result["gene_id"].where(named).duplicated()
    result["mapping"] = found["status"].where(~repeated, "duplicated")
    notes = [found["note"], result["note"], repeated.map({True: "the gene stands in an earlier row", False: ""})]
    result["note"] = ["; ".join(text for text in texts if text) for texts in zip(*notes, strict=True)]
    return result
