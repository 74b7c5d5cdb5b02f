"""`rarml export`: the answers of models or of a scored list, in the formats of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rarml import __version__
from rarml.core.errors import InputError, did_you_mean
from rarml.core.files import atomic_folder
from rarml.core.plain_text import on_one_line
from rarml.workflows.export_annotation import require_anndata, write_annotation, write_h5ad
from rarml.workflows.export_names import words_of
from rarml.workflows.export_sets import TargetRule, write_gmt, write_rnk
from rarml.workflows.export_source import Answers, collect

FORMATS = {
    "anndata": "`genes.tsv`, `genes.parquet`: one row per gene, for `adata.var` or a spreadsheet",
    "h5ad": "`genes.h5ad`: the same as the `var` of an AnnData without cells",
    "tracks": "`tracks/`: BED, bedGraph, a UCSC hub and an IGV session; see the README there",
    "gmt": "`targets.*.gmt`: predicted targets as gene sets, by symbol and by Ensembl id",
    "rnk": "`*.rnk`: all judged genes, ranked by logit P(up) - logit P(down), for GSEA",
}
DEFAULT = ("anndata", "tracks", "gmt", "rnk")
BASES = 20


@dataclass(frozen=True)
class ExportResult:
    """What was written.

    Attributes
    ----------
    paths : list of Path
    notes : list of str
        What was left out, counted.
    genes : int
    models : list of str
    """

    paths: list[Path]
    notes: list[str]
    genes: int
    models: list[str]


def export(
    sources: Sequence[str | Path],
    out: str | Path,
    *,
    formats: Sequence[str] = (),
    min_p: float | None = None,
    top: int | None = None,
    atlas: str | Path | None = None,
    reference: str | Path | None = None,
    bases: int = BASES,
    overwrite: bool = False,
) -> ExportResult:
    """Write the answers of models, or of earlier scores, to a folder; whole or not at all.

    Parameters
    ----------
    sources : sequence of str or Path
        See `rarml.workflows.export_source.collect`.
    out : str or Path
        Folder to write.
    formats : sequence of str
        Of `FORMATS`; `DEFAULT` by default.
    min_p, top : optional
        Which genes are predicted targets (`rarml.workflows.export_sets.TargetRule`).
    atlas : str or Path, optional
        The shipped one by default.
    reference : str or Path, optional
        Built reference with bases: adds a track of base attribution.
    bases : int
        Genes per model in that track.
    overwrite : bool
        Replace an existing `out` once the new one is whole.

    Raises
    ------
    InputError
        For an unknown format or source, a table that is no score, or a reference of another assembly.
    MissingPartError
        If an optional package or part of the reference is needed and not there.
    """
    chosen = list(dict.fromkeys(formats or DEFAULT))
    unknown = next((name for name in chosen if name not in FORMATS), None)
    if unknown is not None:
        raise InputError(f"unknown format {unknown!r}", fix=did_you_mean(unknown, FORMATS))
    if reference is not None and "tracks" not in chosen:
        raise InputError("--reference is for tracks alone", fix="add --format tracks, or leave it out")
    rule = TargetRule(min_p, top)
    if "h5ad" in chosen:
        require_anndata()
    answers = collect(sources, atlas)
    bases_of = None
    if reference is not None:
        from rarml.workflows.export_bases import open_bases

        bases_of = open_bases(reference, answers.assembly)
    notes = list(answers.notes)
    with atomic_folder(out, overwrite=overwrite) as folder:
        names: list[str] = []
        if "anndata" in chosen:
            names += write_annotation(answers, folder)
        if "h5ad" in chosen:
            names += write_h5ad(answers, folder)
        if "tracks" in chosen:
            from rarml.workflows.export_tracks import write_tracks

            _add(names, notes, write_tracks(answers, folder, bases_of, bases))
        if "gmt" in chosen:
            _add(names, notes, write_gmt(answers, folder, rule))
        if "rnk" in chosen:
            _add(names, notes, write_rnk(answers, folder))
        (folder / "README.md").write_text(_readme(answers, chosen, rule, notes), encoding="utf-8")
    paths = [Path(out) / name for name in [*names, "README.md"]]
    return ExportResult(paths, notes, answers.table["gene_id"].nunique(), list(answers.models))


def _add(names: list[str], notes: list[str], found: tuple[list[str], list[str]]) -> None:
    names += found[0]
    notes += found[1]


def _readme(answers: Answers, formats: Sequence[str], rule: TargetRule, notes: Sequence[str]) -> str:
    """What lies in the folder, for whoever finds it later."""
    words = words_of(answers.models)
    lines = ["# Predicted responses to all-trans retinoic acid", ""]
    lines += [
        f"Written by rarml {__version__}; assembly {answers.assembly}. Predictions are candidates, not measurements."
    ]
    lines += ["", "| model | cells | in names of columns and files |", "|---|---|---|"]
    lines += [f"| {_cell(name)} | {_cell(answers.cell_types[name])} | `{word}` |" for name, word in words.items()]
    lines += ["", *(f"- {FORMATS[name]}" for name in FORMATS if name in formats)]
    lines += [
        "",
        f"Predicted targets: {rule.words('up')}; {rule.words('down')}.",
    ]
    if notes:
        lines += ["", "Left out or worth knowing:", "", *(f"- {_cell(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return on_one_line(text).replace("|", "\\|").replace("<", "&lt;")
