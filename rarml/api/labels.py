"""Labels from a table of differential expression, a gene list or raw counts, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rarml.api.places import open_atlas
from rarml.core.errors import SettingsError
from rarml.core.settings import parse_settings
from rarml.labels.table import LabelSpec, LabelTable, load_labels


def read_labels(
    files: str | Path | Sequence[str | Path] = (),
    *,
    counts: str | Path | None = None,
    design: str | Path | None = None,
    condition: str = "condition",
    reference: str | None = None,
    treated: Sequence[str] = (),
    factors: Sequence[str] = (),
    subset: Mapping[str, Sequence[str]] | None = None,
    replicate: str | None = None,
    layer: str | None = None,
    atlas: str | Path | None = None,
    threads: int | None = None,
    **options: Any,
) -> LabelTable:
    """Read tables of DESeq2, edgeR, limma, Degust and others, gene lists or GMT, or compare raw counts; call a status.

    Parameters
    ----------
    files : path or sequence of paths
        One file, or several that must agree (doses, time points); none with `counts`.
    counts : path, optional
        Raw counts in place of files: genes x samples, or single cells (``.h5ad``); compared with PyDESeq2.
    design : path, optional
        Sample sheet of a table of counts.
    condition : str
        For counts, as all up to `layer`: column that says how a sample was treated.
    reference : str, optional
        The untreated condition; by default the one that is named like a control.
    treated : sequence of str
        Conditions to compare with it; by default the only other one.
    factors : sequence of str
        Further columns, such as batch or donor, whose effect is taken out.
    subset : mapping of str to sequence of str, optional
        Column -> values: only these samples or cells are used.
    replicate : str, optional
        Single cells: column that names the sample or donor.
    layer : str, optional
        Single cells: layer with the raw counts; found by itself otherwise.
    atlas : path, optional
        Where genes are looked up; the shipped atlas by default.
    threads : int, optional
        For counts: processes at once; the result is the same for any number.
    **options
        Any further field of `rarml.labels.spec.LabelSpec`, such as ``columns={"id": …, "log2fc": …, "padj": …}``,
        ``min_agree=2`` or ``rule={"up_log2fc": 1.5}``.

    Returns
    -------
    LabelTable
        `table` (indexed by gene_id: symbol, status, log2fc, padj, base_mean), `rows` (the fate of every input row),
        `counts()`, and of counts `computed`: the table of differential expression per treated condition.

    Raises
    ------
    RarmlError
        If a file cannot be read or understood, or an option is wrong.

    Examples
    --------
    >>> labels = ra.read_labels(counts="counts.tsv", design="samples.tsv", treated=["ATRA"])  # doctest: +SKIP
    """
    given = [files] if isinstance(files, str | Path) else list(files)
    content: dict[str, Any] = {**options, "files": tuple(str(Path(file)) for file in given)}
    if counts is not None:
        content["counts"] = {
            "matrix": str(Path(counts)),
            "design": None if design is None else str(Path(design)),
            "condition": condition,
            "reference": reference,
            "treated": tuple(treated),
            "factors": tuple(factors),
            "subset": {column: tuple(values) for column, values in (subset or {}).items()},
            "replicate": replicate,
            "layer": layer,
        }
    elif design is not None or replicate is not None:
        raise SettingsError("a design or replicate without counts", where="read_labels", fix="give counts too")
    spec = parse_settings(content, LabelSpec, where="read_labels")
    return load_labels(spec, open_atlas(atlas, []).names, threads=threads)
