"""What each base adds to a model's sequence branch, as a bedGraph in the coordinates of the genome."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model
from rarml.core.errors import BundleError, InputError, MissingPartError
from rarml.features.sequence_block import NAME
from rarml.reference.store import Reference
from rarml.workflows.export_source import Answers


def open_bases(folder: str | Path, assembly: str) -> Reference:
    """A built reference with bases.

    Raises
    ------
    InputError
        If there is none there, or it is of another assembly.
    MissingPartError
        If it was built without a genome.
    """
    from rarml.workflows.explain_reference import open_reference

    reference = open_reference(folder, assembly)
    if reference.sequences is None:
        fix = "build it with 'genome', or leave --reference out"
        raise MissingPartError("holds no sequence, which base attribution needs", where=folder, fix=fix)
    return reference


def base_rows(answers: Answers, model: str, reference: Reference, most: int) -> tuple[pd.DataFrame, list[str]]:
    """bedGraph rows of the `most` judged genes of one model that are likeliest to go up.

    Parameters
    ----------
    answers : Answers
    model : str
        Its name.
    reference : Reference
        With bases.
    most : int
        Genes.

    Returns
    -------
    rows : DataFrame
        `chrom`, `start`, `end` (0-based half-open, one base each), `value` (what the base adds to the margin of
        class up, see `rarml.workflows.base_account`), sorted. Of overlapping promoters the likelier gene's stands.
    notes : list of str
        Why a model or gene has none.

    Raises
    ------
    MissingPartError
        If captum is not installed.
    """
    from rarml.workflows.base_account import base_account
    from rarml.workflows.model_files import load_model

    empty = pd.DataFrame({"chrom": [], "start": [], "end": [], "value": []})
    try:
        bundle = load_bundle(find_model(answers.models[model]))
    except BundleError as error:
        return empty, [f"{model}: no base attribution, as the model is not at hand ({error.what})"]
    if NAME not in bundle.manifest.blocks:
        return empty, [f"{model}: no base attribution, as the model does not read bases"]
    crossfit = load_model(bundle).full
    ranked = answers.judged(model).sort_values(["p_up", "gene_id"], ascending=[False, True], kind="stable")
    held = reference.genes.index[reference.genes["has_sequence"].to_numpy(dtype=bool)]
    without = int((~ranked.head(most)["gene_id"].isin(held)).sum())
    notes = [f"{model}: {without:,} of the likeliest genes have no bases, the next ones stand in"] if without else []
    parts = []
    for gene in ranked.loc[ranked["gene_id"].isin(held), "gene_id"].head(most):
        try:
            account = base_account(gene, crossfit, reference)
        except InputError as error:
            notes.append(f"{model}: {gene} has no base attribution ({error.what})")
            continue
        place = reference.genes.loc[gene]
        away = int(account["start"]) + np.arange(len(account["importance"]))
        start = int(place["tss"]) + (away if place["strand"] == "+" else -away)
        parts.append(
            pd.DataFrame(
                {"chrom": str(place["chrom"]), "start": start, "end": start + 1, "value": account["importance"]}
            )
        )
    if not parts:
        return empty, notes
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["start"] >= 0) & (rows["value"] != 0)].drop_duplicates(["chrom", "start"])
    return rows.sort_values(["chrom", "start"], kind="stable").reset_index(drop=True), notes


def write_bedgraph(rows: pd.DataFrame, path: Path) -> None:
    """Write bedGraph without a header, which bedGraphToBigWig does not take."""
    rows.to_csv(path, sep="\t", index=False, header=False, lineterminator="\n", float_format="%.4g")
