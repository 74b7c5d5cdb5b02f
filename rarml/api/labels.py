"""Labels from a table of differential expression or a gene list, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rarml.api.places import open_atlas
from rarml.core.settings import parse_settings
from rarml.labels.table import LabelSpec, LabelTable, load_labels


def read_labels(
    files: str | Path | Sequence[str | Path], *, atlas: str | Path | None = None, **options: Any
) -> LabelTable:
    """Read tables of DESeq2, edgeR, limma, Degust and others, gene lists or GMT, and call a status per gene.

    Parameters
    ----------
    files : path or sequence of paths
        One file, or several that must agree (doses, time points).
    atlas : path, optional
        Where genes are looked up; the shipped atlas by default.
    **options
        Any field of `rarml.labels.spec.LabelSpec`, such as ``columns={"id": …, "log2fc": …, "padj": …}``,
        ``min_agree=2`` or ``rule={"up_log2fc": 1.5}``.

    Returns
    -------
    LabelTable
        `table` (indexed by gene_id: symbol, status, log2fc, padj, base_mean), `rows` (the fate of every input row) and
        `counts()`.

    Raises
    ------
    RarmlError
        If a file cannot be read or understood, or an option is wrong.
    """
    given = [files] if isinstance(files, str | Path) else list(files)
    spec = parse_settings({**options, "files": [str(Path(file)) for file in given]}, LabelSpec, where="read_labels")
    return load_labels(spec, open_atlas(atlas, []).names)
